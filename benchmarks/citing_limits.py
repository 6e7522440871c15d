"""Which limits the citing benchmark's figures would choose: fitted on one half of the questions, told of the other.

Three limits decide what is answered and marked: how likely a passage must be (`UNSURE`), how near a sentence that is
quoted (`ENOUGH`), and from where on a sentence of a model counts as said by its passages (`SAYS`, `SAYS_NEAR`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from hearth_reflex.domain.citing import UNSUPPORTED
from hearth_reflex.domain.extracts import ENOUGH
from hearth_reflex.domain.fusion import PADDING, UNSURE
from hearth_reflex.domain.meanings import Meanings
from hearth_reflex.domain.passages import Embedder
from hearth_reflex.services.sourced import Sourced
from hearth_reflex.services.support import SAYS, SAYS_NEAR, Support
from tests.citing_set import Asked

REFUSED = 0.8  # of the unanswerable: the goal that a choice must keep
_LIKELY = tuple(step / 100 for step in range(round(PADDING * 100), 96, 5))
_SCORES = tuple(step / 100 for step in range(30, 71))
_SAYS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_NEAR = tuple(step / 1000 for step in range(840, 961, 10))


@dataclass(frozen=True, slots=True)
class Judged:
    """A question as the limits see it.

    Attributes:
        likely: the likeliest of the foremost passages.
        score: the best sentence's; `right`, whether what would be quoted holds the answer.
        sourced: what a model would be given where nothing is too unlikely; `number`, which passage it would name.
    """

    asked: Asked
    likely: float
    score: float
    right: bool
    sourced: Sourced
    number: int


class Remembering:
    """An embedder that embeds each passage once: limits change, meanings do not."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[tuple[str, bool], list[float]] = {}

    @property
    def model(self) -> str:
        return self._embedder.model

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    async def embed(self, texts: Sequence[str], *, query: bool = False) -> list[list[float]]:
        return await self._embedder.embed(texts, query=query)

    async def embed_sentences(self, texts: Sequence[str], *, query: bool = False) -> list[list[float]]:
        new = list(dict.fromkeys(text for text in texts if (text, query) not in self._known))
        if new:
            vectors = await self._embedder.embed_sentences(new, query=query)
            self._known |= {(text, query): vector for text, vector in zip(new, vectors, strict=True)}
        return [self._known[text, query] for text in texts]

    async def alike(self, words: Sequence[str], texts: Sequence[str], *, seconds: float) -> list[list[float]]:
        return await self._embedder.alike(words, texts, seconds=seconds)

    async def words(self, texts: Sequence[str]) -> list[str]:
        return await self._embedder.words(texts)

    async def meanings(self, words: Sequence[str]) -> Meanings:
        return await self._embedder.meanings(words)

    async def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return await self._embedder.count_tokens(texts)

    async def close(self) -> None:
        """It is another's."""


def answered(judged: Sequence[Judged], *, unsure: float, enough: float) -> tuple[float, float]:
    """Shares: of the unanswerable that are refused, of the answerable that are answered from the right place."""
    quoted = [one.likely >= unsure and one.score >= enough for one in judged]
    refused = [not told for one, told in zip(judged, quoted, strict=True) if not one.asked.gold]
    right = [told and one.right for one, told in zip(judged, quoted, strict=True) if one.asked.gold]
    return _mean(refused), _mean(right)


def chosen(judged: Sequence[Judged]) -> tuple[float, float]:
    """Of the limits that keep the goal, those with most right answers; of equals the strictest."""

    def worth(limits: tuple[float, float]) -> tuple[bool, float, float, float, float]:
        refused, right = answered(judged, unsure=limits[0], enough=limits[1])
        kept = refused >= REFUSED
        return kept, right if kept else refused, refused, *limits

    return max(product(_LIKELY, _SCORES), key=worth)


async def marks(judged: Sequence[Judged], support: Support) -> tuple[float, float]:
    """Shares: of what is made up that is marked, of what is true that is marked."""
    found: dict[bool, list[bool]] = {True: [], False: []}
    for one in judged:
        if one.sourced.given:
            said = await support.marked(f"{one.asked.claim[:-1]} [{one.number}]{one.asked.claim[-1]}", one.sourced)
            found[bool(one.asked.gold)].append(UNSUPPORTED in said)
    return _mean(found[False]), _mean(found[True])


async def chosen_marks(judged: Sequence[Judged], embedder: Embedder) -> tuple[float, float]:
    """The two limits of marks by which what is made up and what is true are told apart best."""
    best, limits = -1.0, (SAYS, SAYS_NEAR)
    for says, near in product(_SAYS, _NEAR):
        rightly, wrongly = await marks(judged, Support(embedder, says=says, near=near))
        if rightly - wrongly > best:
            best, limits = rightly - wrongly, (says, near)
    return limits


async def advice(judged: Sequence[Judged], embedder: Embedder) -> dict[str, float]:
    """What the half `fit` would choose, and what that and the house's own limits come to in the other."""
    fit = [one for one in judged if one.asked.half == "fit"]
    held = [one for one in judged if one.asked.half == "held"]
    remembering = Remembering(embedder)
    unsure, enough = chosen(fit)
    says, near = await chosen_marks(fit, remembering)
    own, other = answered(held, unsure=UNSURE, enough=ENOUGH), answered(held, unsure=unsure, enough=enough)
    now = await marks(held, Support(remembering))
    then = await marks(held, Support(remembering, says=says, near=near))
    return {
        "unsure": UNSURE,
        "enough": ENOUGH,
        "chosen_unsure": unsure,
        "chosen_enough": enough,
        "refused_by_limits": own[0],
        "right_by_limits": own[1],
        "refused_by_chosen": other[0],
        "right_by_chosen": other[1],
        "chosen_says": says,
        "chosen_says_near": near,
        "marks_rightly": now[0],
        "marks_wrongly": now[1],
        "marks_rightly_chosen": then[0],
        "marks_wrongly_chosen": then[1],
    }


def _mean(found: Sequence[bool]) -> float:
    return round(sum(found) / len(found), 3) if found else 0.0
