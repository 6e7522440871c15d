"""An answer without a model: the sentences of the passages that answer a question best, each with its number. Pure.

For models that cannot be trusted to read. Who asks scores the sentences by their meaning where that is known; their
words are scored here. Where no sentence is near enough there is no answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from hearth_reflex.domain.named import lacks
from hearth_reflex.domain.text_facts import language_of
from hearth_reflex.domain.wording import Said, has, said, share, spans

ENOUGH = 0.48  # of a sentence's score; docs/knowing.md says how it was measured
ENOUGH_WORDS = 0.47  # without a score of its meaning
_BESIDE = 0.8  # of the best score: what else is quoted
_NEAR_LOW, _NEAR_HIGH = 0.78, 0.92  # cosines of the embedder's first encoder: of strangers, and of question and answer
_MEANING = 0.3  # what it counts beside the words: of near misses the meaning is as near as of answers
_MEANING_ACROSS = 0.5  # the same between two languages, which share few words
_PLAIN, _AS_MUCH = 0.2, 0.6
_OF_ANOTHER = 0.6  # what counts of a sentence whose passage lacks a number or a name that was asked of
_TITLE = 0.5  # what a word counts that stands above the sentence and not in it


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage. `near`: the cosine of its meaning to the question's, None where it is not known."""

    number: int
    start: int
    end: int
    text: str
    above: str = ""
    near: float | None = None


@dataclass(frozen=True, slots=True)
class Extract:
    """A sentence that is quoted."""

    number: int
    start: int
    end: int
    text: str
    score: float


def sentences(number: int, text: str, *, above: str = "") -> list[Sentence]:
    """The sentences of a passage. `above`: the headings that it stands under, and the name of its document."""
    return [Sentence(number, start, end, text[start:end], above) for start, end in spans(text)]


def pick(question: str, found: Sequence[Sentence], *, most: int = 3, enough: float | None = None) -> list[Extract]:
    """The best sentences, in the order of their passages; none where nothing is near enough.

    Args:
        enough: the score that the best must have; None for the house's own limits.
    """
    asked = said(question)
    rare = _rarity(asked, [said(one.text) for one in found])
    known = any(one.near is not None for one in found)
    strange, language = _strange(question, found), language_of(question)
    scored = [
        (_score(one, asked, rare, language=language, known=known) * (_OF_ANOTHER if one.number in strange else 1), one)
        for one in found
    ]
    best = max((score for score, _ in scored), default=0.0)
    least = enough if enough is not None else ENOUGH if known else ENOUGH_WORDS
    if best < least:
        return []
    kept: list[Extract] = []
    for score, one in sorted(scored, key=lambda pair: -pair[0]):
        if len(kept) < most and score >= best * _BESIDE and not _is_told(one, kept):
            kept.append(Extract(one.number, one.start, one.end, one.text, score))
    return sorted(kept, key=lambda one: (one.number, one.start))


def _strange(question: str, found: Sequence[Sentence]) -> set[int]:
    """The passages that say nothing of something that the question names."""
    texts: dict[int, list[str]] = {}
    for one in found:
        texts.setdefault(one.number, [one.above]).append(one.text)
    whole = {number: "\n".join(parts) for number, parts in texts.items()}
    return {number for number, text in whole.items() if lacks(question, text, said(text))}


def _is_told(one: Sentence, kept: Sequence[Extract]) -> bool:
    words = said(one.text)
    return any(share(words, said(other.text)) > 0.8 for other in kept)


def _rarity(asked: Said, texts: Sequence[Said]) -> list[float]:
    """What each word of the question weighs: one that stands in every sentence tells them apart little."""
    count = len(texts) + 1
    return [log(1 + count / (1 + sum(has(text, word) for text in texts))) for word in asked.words]


def likeliest(question: str, found: Sequence[Sentence]) -> list[Sentence]:
    """The sentences by their words alone, the best first: of too many to compare, those are compared."""
    asked = said(question)
    rare = _rarity(asked, [said(one.text) for one in found])
    return sorted(found, key=lambda one: -_by_words(one, asked, rare))


def _score(one: Sentence, asked: Said, rare: Sequence[float], *, language: str, known: bool) -> float:
    """`known`: the meaning of some is known; one of which it is not stands beside them by what its words count."""
    words = _by_words(one, asked, rare)
    if not known:
        return words
    meaning = _MEANING_ACROSS if language_of(one.text) not in ("", language) else _MEANING
    near = 0.0 if one.near is None else min(1.0, max(0.0, (one.near - _NEAR_LOW) / (_NEAR_HIGH - _NEAR_LOW)))
    return (1 - meaning) * words + meaning * near


def _by_words(one: Sentence, asked: Said, rare: Sequence[float]) -> float:
    its, above = said(one.text), said(one.above)
    weight = sum(rare)
    there = sum(
        value * (1.0 if has(its, word) else _TITLE if has(above, word) else 0.0)
        for word, value in zip(asked.words, rare, strict=True)
    )
    return there / weight if weight else 0.0


def stretch(text: str, claims: Sequence[str]) -> tuple[int, int]:
    """Where a passage says what these sentences of an answer take from it: a sentence, with those beside it that say as
    much; all of it where none does plainly."""
    places, told = spans(text), [said(claim) for claim in claims]
    its = [said(text[start:end]) for start, end in places]
    likeness = [max((_alike(claim, one) for claim in told), default=0.0) for one in its]
    best = max(likeness, default=0.0)
    if best < _PLAIN:
        return 0, len(text)
    first = last = likeness.index(best)
    while first > 0 and likeness[first - 1] >= best * _AS_MUCH:
        first -= 1
    while last + 1 < len(places) and likeness[last + 1] >= best * _AS_MUCH:
        last += 1
    return places[first][0], places[last][1]


def _alike(claim: Said, sentence: Said) -> float:
    """How much of each stands in the other; a short heading does not win over the sentence that says it."""
    return (2 * share(claim, sentence) + share(sentence, claim)) / 3
