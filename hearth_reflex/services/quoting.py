"""Answers that the house gives itself, in the words of what was found: for models too small to read.

Which sentences answer is decided in `domain/extracts.py`, by their words and, where an embedder answers in time, by
their meaning. What is quoted is shown letter by letter: no mark in it means anything to a page.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace

import structlog

from hearth_reflex.domain.extracts import Extract, Sentence, likeliest, pick, sentences, stretch
from hearth_reflex.domain.fences import defused, inert, plain
from hearth_reflex.domain.generation import EngineHealth
from hearth_reflex.domain.passages import Embedder
from hearth_reflex.domain.sentences import has_hangul
from hearth_reflex.errors import EmbedderError
from hearth_reflex.i18n import Locale, say
from hearth_reflex.services.passages import Passage
from hearth_reflex.services.sourced import Given

log = structlog.get_logger(__name__)

EMBED_SECONDS = 4.0  # longer nobody waits for a better choice of sentences
_COMPARED = 24  # sentences whose meaning is asked for
_QUOTE_MAX = 900  # characters between the first and the last sentence of one quotation
_SMALL_MODEL = 1_000_000_000  # parameters
_SIZE = re.compile(r"(?<![\d.])(\d{1,4}(?:\.\d{1,2})?)\s*([mb])(?![a-z])", re.IGNORECASE)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#$~|])")


class Quoting:
    """Args:
    embedder: compares meanings; without one words decide.
    """

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._embedder = embedder

    async def answer(self, question: str, given: Sequence[Given]) -> tuple[str, tuple[tuple[int, str], ...]]:
        """The answer, and what it quotes as (number, words), a quotation a number; ("", ()) where nothing answers."""
        picked = await self.best(question, given)
        if not picked:
            return "", ()
        texts = {one.number: one.passage.text for one in given}
        return _told(question, picked), tuple(_quotes(picked, texts))

    async def best(self, question: str, given: Sequence[Given], *, enough: float | None = None) -> list[Extract]:
        """The sentences that answer, with their scores.

        Args:
            enough: the score that the best must have; None for the house's own limits.
        """
        found = [
            sentence
            for one in given
            for sentence in sentences(one.number, one.passage.text, above=f"{one.passage.name} {one.passage.heading}")
        ]
        return pick(question, await self._compared(question, found), enough=enough)

    async def _compared(self, question: str, found: list[Sentence]) -> list[Sentence]:
        """The same with how near each is, as far as that can be known in time."""
        if self._embedder is None or not found:
            return found
        try:
            async with asyncio.timeout(EMBED_SECONDS):
                (asked,) = await self._embedder.embed_sentences([question], query=True)
                compared = likeliest(question, found)[:_COMPARED]
                vectors = await self._embedder.embed_sentences([one.text for one in compared])
        except (EmbedderError, TimeoutError):
            log.info("quoting.words_alone")
            return found
        near = [sum(a * b for a, b in zip(asked, vector, strict=True)) for vector in vectors]
        known = dict(zip(compared, near, strict=True))
        return [replace(one, near=known.get(one)) for one in found]


def is_weak(health: EngineHealth) -> bool:
    """Whether a model is too small to answer from what it reads, as far as its name tells its size; none is, too."""
    if health.demo or health.status == "unavailable":
        return True
    sizes = [
        float(number) * (1_000_000 if unit in "mM" else 1_000_000_000) for number, unit in _SIZE.findall(health.model)
    ]
    return bool(sizes) and max(sizes) < _SMALL_MODEL


def nothing_found(question: str) -> str:
    """What the house says when it was asked for a document and found nothing."""
    return say(_locale(question), "citing.nothing")


def quote_of(passage: Passage, claims: Sequence[str]) -> str:
    """What of a passage these sentences of an answer take from it, as it stands there."""
    start, end = stretch(passage.text, claims)
    return passage.text[start:end]


def _told(question: str, picked: Sequence[Extract]) -> str:
    lines = [f"- {_letter_by_letter(one.text)} [{one.number}]" for one in picked]
    return "\n".join([say(_locale(question), "citing.extract"), "", *lines])


def _letter_by_letter(text: str) -> str:
    shown = " ".join(inert(defused(plain(text))).split())
    return _MARKDOWN.sub(r"\\\1", shown)


def _quotes(picked: Sequence[Extract], texts: dict[int, str]) -> list[tuple[int, str]]:
    """What is quoted of each passage, in one piece: from its first sentence to its last, or the best where they stand
    far apart."""
    quotes: list[tuple[int, str]] = []
    for number in dict.fromkeys(one.number for one in picked):
        its = [one for one in picked if one.number == number]
        start, end = min(one.start for one in its), max(one.end for one in its)
        if end - start > _QUOTE_MAX:
            best = max(its, key=lambda one: one.score)
            start, end = best.start, best.end
        quotes.append((number, texts[number][start:end]))
    return quotes


def _locale(question: str) -> Locale:
    return "ko" if has_hangul(question) else "en"
