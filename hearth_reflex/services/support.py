"""Marks what an answer says and its passages do not: by words and numbers, and by meaning where words differ.

A mark is a hint to look, not a judgement: who says the same in other words is compared by meaning, and where that
cannot be known nothing is marked. Nor is it, but for numbers, where a sentence and its passages are in two languages:
what is true is no nearer there than what is made up. docs/benchmarks.md says how the limits were measured.
"""

import asyncio
import re
from collections.abc import Sequence
from functools import partial

import structlog

from hearth_reflex.domain.citing import Claim, claims, marked
from hearth_reflex.domain.passages import Embedder
from hearth_reflex.domain.text_facts import language_of
from hearth_reflex.domain.wording import Said, said, share, spans, strange_numbers
from hearth_reflex.errors import EmbedderError
from hearth_reflex.services.sourced import Given, Sourced

log = structlog.get_logger(__name__)

SECONDS = 2.0  # an answer that is said waits no longer for its marks
SAYS = 0.6  # of the telling words of a sentence in its passages: they say it
SAYS_NEAR = 0.91  # cosine of its meaning to the nearest sentence there
_TELLING = 4  # words: what says less without a number makes no claim
_COMPARED = 8  # sentences of an answer whose meaning is asked for
_LONG = 20_000  # characters: an answer that long is gone through beside the event loop
_BESIDE = 12  # sentences of passages that each is compared with
# What an answer says of itself, or that it did not find something.
_NO_CLAIM = re.compile(
    r"찾지 못|찾을 수 없|나와 있지 않|나오지 않|적혀 있지 않|알 수 없|언급(?:이|은|되)|도움이|궁금|말씀해"
    r"|not find|not found|couldn['’]t find"
    r"|does(?:n['’]t| not) (?:say|mention|state)|do(?:n['’]t| not) (?:say|mention|know)|"
    r"no (?:information|mention)|let me know|hope (?:this|that)|feel free|based on",
    re.IGNORECASE,
)


class Support:
    """Args:
    embedder: compares meanings; without one only strange numbers are marked where words differ.
    says: of the telling words of a sentence in its passages: they say it.
    near: cosine of its meaning to the nearest sentence there: it says it, too.
    """

    def __init__(self, embedder: Embedder | None = None, *, says: float = SAYS, near: float = SAYS_NEAR) -> None:
        self._embedder, self._says, self._near = embedder, says, near

    async def marked(self, text: str, sourced: Sourced) -> str:
        """The answer with a mark behind each sentence that what it was given does not say."""
        is_long = len(text) > _LONG
        judged = partial(_judged, text, sourced, says=self._says)
        doubtful, bad = await asyncio.to_thread(judged) if is_long else judged()
        bad += await self._unlike(doubtful[:_COMPARED], sourced.given)
        return marked(text, bad)

    async def _unlike(self, doubtful: Sequence[Claim], given: Sequence[Given]) -> list[Claim]:
        """Those whose meaning stands nowhere either; none where that cannot be known."""
        if self._embedder is None or not doubtful:
            return []
        beside = {claim: _sentences(claim, given) for claim in doubtful}
        texts = list(
            dict.fromkeys([claim.text for claim in doubtful] + [text for its in beside.values() for text in its])
        )
        try:
            async with asyncio.timeout(SECONDS):
                vectors = dict(zip(texts, await self._embedder.embed_sentences(texts), strict=True))
        except (EmbedderError, TimeoutError):
            log.info("support.unknown")
            return []
        return [
            claim
            for claim, its in beside.items()
            if max((_cosine(vectors[claim.text], vectors[text]) for text in its), default=0.0) < self._near
        ]


def _judged(text: str, sourced: Sourced, *, says: float) -> tuple[list[Claim], list[Claim]]:
    """The sentences whose words stand in no passage, and those with a number that stands nowhere."""
    asked = said(sourced.question)
    texts = {one.number: said(_all_of(one)) for one in sourced.given}
    doubtful, bad = list[Claim](), list[Claim]()
    for claim in claims(text):
        words, its = said(claim.text), _beside(claim, texts)
        if _NO_CLAIM.search(claim.text) or not words.words:
            continue
        if strange_numbers(words, [*texts.values(), asked]):
            bad.append(claim)
        elif max((share(words, one) for one in its), default=0.0) < says and _claims(claim, words, sourced.given):
            doubtful.append(claim)
    return doubtful, bad


def _claims(claim: Claim, words: Said, given: Sequence[Given]) -> bool:
    """Whether it says enough to be held against its passages, and one of them is in its language."""
    language = language_of(claim.text)
    is_comparable = any(language_of(one.passage.text) in ("", language) for one in _named(claim, given))
    return is_comparable and (bool(claim.numbers) or len(words.words) >= _TELLING)


def _named(claim: Claim, given: Sequence[Given]) -> list[Given]:
    return [one for one in given if one.number in claim.numbers] or list(given)


def _beside(claim: Claim, texts: dict[int, Said]) -> list[Said]:
    """What a sentence names; one that names nothing may stand on any of it."""
    return [texts[number] for number in claim.numbers if number in texts] or list(texts.values())


def _sentences(claim: Claim, given: Sequence[Given]) -> list[str]:
    words = said(claim.text)
    found = [one.passage.text[start:end] for one in _named(claim, given) for start, end in spans(one.passage.text)]
    return sorted(found, key=lambda text: -share(words, said(text)))[:_BESIDE]


def _all_of(one: Given) -> str:
    return f"{one.passage.name}\n{one.passage.heading}\n{one.passage.text}"


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))
