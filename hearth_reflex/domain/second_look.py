"""A second look at what was found: question and passage read together by a cross-encoder, and what its scores change.

Whether anything was found stays what fusion says, whose measure is fitted; a score of a model that somebody chose says
nothing by itself, only beside the others it gave to the same question. So what fusion takes for padding comes in only
where the second look puts it before the passage that fusion is surest of. Values in, values out; knows no model.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from hearth_reflex.domain.fusion import PADDING, Ranked, is_found, selected, without_repeats

LOOKED_AT = 30  # of the best: a cross-encoder reads each of them with the question


class Reranker(Protocol):
    """The seam to a cross-encoder. Calls may be made concurrently from one event loop and never block it."""

    async def scores(self, question: str, passages: Sequence[str], *, seconds: float) -> list[float]:
        """How well each passage answers, of as many from the first on as there is time for; a score has a meaning
        beside its neighbours alone.

        Args:
            seconds: by which it is to be done.

        Raises:
            errors.EmbedderError: it cannot be had, or not so soon.
        """
        ...


def worth_a_look(ranked: Sequence[Ranked], *, least: float) -> list[Ranked]:
    """What a second look is taken at; nothing where nothing was found, or nothing could change places."""
    best = list(ranked[:LOOKED_AT]) if is_found(ranked, least=least) else []
    return best if len(best) > 1 else []


def chosen(ranked: Sequence[Ranked], scores: Mapping[str, float], *, limit: int, least: float) -> list[Ranked]:
    """The best, each said once: first what the second look has scores of, then the others as they were.

    Args:
        scores: by key, of the passages it was taken at; without any the fused order stands.
    """
    seen = [one for one in ranked if one.candidate.key in scores]
    if not seen or not is_found(ranked, least=least):
        return selected(ranked, limit=limit, least=least)
    padding = min(least, PADDING)
    surest = scores[max(seen, key=lambda one: one.likely).candidate.key]
    seen = [one for one in seen if one.likely >= padding or scores[one.candidate.key] > surest]
    rest = [one for one in ranked if one.candidate.key not in scores and one.likely >= padding]
    return without_repeats([*sorted(seen, key=lambda one: -scores[one.candidate.key]), *rest], limit=limit)
