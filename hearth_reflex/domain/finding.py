"""How well a text answers a question, and which part of it to show. Values only; the candidates come from the index.

The whole question as it was typed weighs most, then all its words near each other, then each word in the best form in
which it stands there: as typed, without its particle or ending, corrected by one letter, or a part of it. Between texts
that say the same the shorter and the younger one comes first.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from hearth_reflex.domain.endings import stems
from hearth_reflex.domain.korean import (
    find_typed,
    fold,
    fold_with_places,
    initials,
    is_syllable,
    jamo,
    one_off,
    squeeze,
)
from hearth_reflex.domain.terms import Question, Script, Word

EXCERPT_MAX = 150
_BEFORE = 44  # letters that an excerpt shows before the first find
_READ_MAX = 20_000  # letters of one text that are looked through
_SPANS_MAX = 40
_HANGUL_WORDS = re.compile("[가-힣]+")

_AS_TYPED, _STEM, _INFLECTED, _CORRECTED, _PARTLY = 1.0, 0.88, 0.75, 0.7, 0.5
_LEAST = 0.3  # of what a full answer is worth: less is chance
_INSIDE = 0.92  # of what stands within a longer word
_SPACED = 0.97  # of what is written with other spaces


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of an excerpt; `hit` when it is what was looked for."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Sought:
    """A question with what the index knows of its words.

    Attributes:
        corrected: for a word that stands nowhere, words of the house that differ from it by one letter.
        weights: how much a word tells: rare ones more. 1 for a word that is not in it.
    """

    question: Question
    corrected: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    weights: Mapping[str, float] = field(default_factory=dict[str, float])


def worth(sought: Sought, text: str, *, age_days: float = 0.0) -> float:
    """How well `text` answers; 0.0 when too little of the question is in it."""
    body = _Body(fold(text[:_READ_MAX]))
    total, gained = 1e-9, 0.0
    for word in sought.question.words:
        weight = sought.weights.get(word.text, 1.0)
        total += weight
        gained += weight * _worth_of(word, sought.corrected.get(word.text, ()), body)
    if gained < _LEAST * total:
        return 0.0
    asked = sought.question.text
    brevity = 0.06 * min(1.0, len(asked) / max(1, len(body.text)))
    youth = 0.08 / (1.0 + max(0.0, age_days) / 30.0)
    return gained / total + _whole(asked, body) + brevity + youth


def closest(word: str, known: Sequence[str], *, most: int = 4) -> list[str]:
    """Those of the `known` words that differ from `word` by one letter of the keyboard."""
    own = jamo(word)
    return [other for other in known if other != word and one_off(own, jamo(other))][:most]


def name_worth(asked: str, name: str) -> float:
    """How well the name of a person, a room or a file answers what was typed, perhaps half; both unfolded. 0.0: not."""
    wanted, shown = squeeze(fold(asked)), fold(name)
    if not wanted:
        return 0.0
    best = 0.0
    for form, value in _forms_of_name(wanted):
        place = find_typed(form, shown)
        if place:
            at_start = place[0] == 0 or not shown[place[0] - 1].isalnum()
            best = max(best, value * (1.0 if at_start else _INSIDE) + 0.1 * len(form) / max(1, len(shown)))
    if not best and len(wanted) > 1 and one_off(jamo(wanted), jamo(squeeze(shown)[: len(wanted)])):
        best = _PARTLY
    return best


def marked(asked: str, name: str) -> list[Segment]:
    """A whole name, with what was asked for marked."""
    composed, folded, places = fold_with_places(name)
    for form, _ in _forms_of_name(squeeze(fold(asked))):
        found = find_typed(form, folded)
        if found:
            return _segments(composed, [_in_original(found, places, len(composed))], 0, len(composed))
    return [Segment(composed, hit=False)]


def excerpt(sought: Sought, text: str) -> list[Segment]:
    """The part of `text` around the first find, its spaces drawn together, with all finds in it marked."""
    composed, folded, places = fold_with_places(text[:_READ_MAX])
    spans = [_in_original(span, places, len(composed)) for span in _spans(sought, folded)]
    start = _start_of(composed, spans[0][0]) if spans else 0
    return _segments(composed, spans, start, min(len(composed), start + EXCERPT_MAX))


class _Body:
    """A folded text, and what is made of it when it is first asked for."""

    __slots__ = ("_heads", "_squeezed", "_words", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._squeezed: str | None = None
        self._heads: str | None = None
        self._words: list[str] | None = None

    @property
    def squeezed(self) -> str:
        if self._squeezed is None:
            self._squeezed = squeeze(self.text)
        return self._squeezed

    @property
    def heads(self) -> str:
        if self._heads is None:
            self._heads = initials(self.text)
        return self._heads

    @property
    def words(self) -> list[str]:
        if self._words is None:
            self._words = _HANGUL_WORDS.findall(self.text)[:400]
        return self._words


def _worth_of(word: Word, corrected: Sequence[str], body: _Body) -> float:
    if word.script is Script.JAMO:
        return _worth_of_initials(word.text, body)
    found = _stands(word.text, body) * _AS_TYPED
    if found or word.script is not Script.HANGUL:
        return found
    best = max((_stands(stem, body) * _STEM for stem in word.stems if len(stem) > 1), default=0.0)
    if best:
        return best
    wanted = set(word.stems)
    if any(not wanted.isdisjoint(stems(other)) for other in body.words):
        return _INFLECTED
    best = max((_stands(form, body) * _CORRECTED for form in corrected), default=0.0)
    return best or _overlap(word.text, body) * _PARTLY


def _stands(form: str, body: _Body) -> float:
    place = body.text.find(form)
    if place < 0:
        return _SPACED if len(form) > 1 and form in body.squeezed else 0.0
    while place >= 0:
        if place == 0 or not body.text[place - 1].isalnum():
            return 1.0
        place = body.text.find(form, place + 1)
    return _INSIDE


def _worth_of_initials(heads: str, body: _Body) -> float:
    """At the beginning of a word they are worth most where they are the whole word but for what hangs on it."""
    if heads in body.text:
        return 1.0
    best = 0.0
    for word in body.words:
        own = initials(word)
        if own.startswith(heads):
            best = max(best, 0.95 if any(len(stem) == len(heads) for stem in (word, *stems(word))) else 0.85)
    return best or (0.8 if heads in squeeze(body.heads) else 0.0)


def _overlap(word: str, body: _Body) -> float:
    pairs = [word[place : place + 2] for place in range(len(word) - 1)]
    return sum(pair in body.squeezed for pair in pairs) / len(pairs) if pairs else 0.0


def _whole(asked: str, body: _Body) -> float:
    """What is added when the question stands in the text as a whole."""
    if asked == body.text:
        return 0.9
    if asked in body.text:
        return 0.6
    return 0.5 if squeeze(asked) in body.squeezed else 0.0


@lru_cache(maxsize=256)
def _forms_of_name(wanted: str) -> tuple[tuple[str, float], ...]:
    """What to look for in a name, the best first: as typed, then without a particle."""
    forms = [(wanted, 1.0)]
    if all(is_syllable(letter) for letter in wanted):
        forms += [(stem, _STEM) for stem in stems(wanted) if len(stem) > 1 and stem != wanted]
    return tuple(forms)


def _spans(sought: Sought, folded: str) -> list[tuple[int, int]]:
    """Where in the folded text something of the question stands, in order and not overlapping."""
    found: list[tuple[int, int]] = []
    for word in sought.question.words:
        found += _spans_of(word, sought.corrected.get(word.text, ()), folded)
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged[:_SPANS_MAX]


def _spans_of(word: Word, corrected: Sequence[str], folded: str) -> list[tuple[int, int]]:
    if word.script is Script.JAMO:
        return _occurrences(word.text, folded) or _occurrences(word.text, initials(folded), at_start=True)
    for form in dict.fromkeys([word.text, *(stem for stem in word.stems if len(stem) > 1), *corrected]):
        spans = _occurrences(form, folded)
        if spans:
            return spans
    if word.script is not Script.HANGUL:
        return []
    wanted = set(word.stems)
    inflected = [match.span() for match in _HANGUL_WORDS.finditer(folded) if not wanted.isdisjoint(stems(match[0]))]
    pairs = [word.text[place : place + 2] for place in range(len(word.text) - 1)]
    return inflected[:_SPANS_MAX] or [span for pair in pairs for span in _occurrences(pair, folded)]


def _occurrences(form: str, folded: str, *, at_start: bool = False) -> list[tuple[int, int]]:
    """Where `form` stands, spaces in between passed over."""
    pattern = r"\s*".join(map(re.escape, form))
    places = re.finditer(rf"(?<!\w){pattern}" if at_start else pattern, folded)
    return [match.span() for _, match in zip(range(_SPANS_MAX), places, strict=False)]


def _in_original(span: tuple[int, int], places: Sequence[int], length: int) -> tuple[int, int]:
    start, end = span
    return places[start], (places[end] if end < len(places) else length)


def _start_of(text: str, first: int) -> int:
    """Where an excerpt begins, so that the first find has some words before it."""
    if first <= _BEFORE:
        return 0
    space = text.find(" ", first - _BEFORE, first)
    return space + 1 if space >= 0 else first - _BEFORE


def _segments(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> list[Segment]:
    pieces: list[tuple[str, bool]] = [("…", False)] if start else []
    place = start
    for first, last in spans:
        if first >= end:
            break
        if last > place:
            pieces += [(text[place : max(first, place)], False), (text[max(first, place) : min(last, end)], True)]
            place = min(last, end)
    pieces += [(text[place:end], False), ("…" if end < len(text) else "", False)]
    return [Segment(_tidy(piece), hit=hit) for piece, hit in pieces if piece]


def _tidy(piece: str) -> str:
    """Lines stay: without them nobody could tell the marks of Markdown from words any more."""
    return re.sub(r" ?\n\s*", "\n", re.sub(r"[^\S\n]+", " ", piece))
