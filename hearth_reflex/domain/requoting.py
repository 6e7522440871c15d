"""Where a quotation stands in a document that was read again: in the same words, else in nearly the same. Pure.

A document is read anew because the house reads better than it did, or cuts otherwise: its words are the same for the
most part, their pieces are not. White space counts nothing but within a number, and no word or number is cut in two.
What reads a little otherwise is looked for near where it stood, and is not the same where a number in it is another.

Only the likeliest places are compared letter by letter: those that share most short runs of letters with the quotation.
Whoever asks says when there is no more time; what was not found by then stands nowhere.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nlargest
from itertools import accumulate

from hearth_reflex.domain.reading import Piece
from hearth_reflex.domain.wording import Said, said, spans, strange_numbers

NEAR = 0.85  # of the letters of two sentences that are one, in order
_MOST_PLACES = 50  # where the same words stand again and again
_FAR = 0.1  # of a document without pages: so far from where it stood nobody looks for it
_FEW = 50  # pieces that are all looked through
_LONGER = 2 / NEAR - 1  # than the quotation, or shorter: what can be as near as that at all
_COMPARED = 1_500  # letters of a sentence, its first
_RUN = 3  # letters
_RUNS = 40  # of a quotation that are looked for
_LIKELY_PIECES, _LIKELY_PLACES = 24, 36
_WHOLE = re.compile(r"\d[\d.,:]*\d%?|\d%|[A-Za-z]+")  # what is cut nowhere
_WIDE = 40  # letters around an edge in which it stands
_DIGITS = re.compile(r"\d+")

IsOver = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Quoted:
    """What was quoted. `page` is where it stood, 0 without pages; `place` how far into the document, 0 to 1."""

    words: str
    page: int = 0
    place: float = 0.0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where it stands now: in which piece it begins, and in which words."""

    piece: int
    words: str


class Requotes:
    """The pieces of a document as it was read this time."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces
        self._flat = [_flat(piece.text) for piece in pieces]
        self._ends = list(accumulate(map(len, self._flat)))
        self._all = "".join(self._flat)

    def find(self, wanted: Mapping[int, Quoted], *, is_over: IsOver) -> dict[int, Standing | None]:
        """Where each quotation stands; None where it stands no more. The same words are looked for first, of all."""
        found = self.same(wanted, is_over=is_over)
        for key, quoted in wanted.items():
            if is_over():
                break
            found[key] = found[key] or self._nearly(quoted, is_over)
        return found

    def same(self, wanted: Mapping[int, Quoted], *, is_over: IsOver) -> dict[int, Standing | None]:
        """Where each quotation stands in the same words."""
        return {key: None if is_over() else self._same(quoted) for key, quoted in wanted.items()}

    def _same(self, quoted: Quoted) -> Standing | None:
        flat = _flat(quoted.words)
        places = sorted(self._places(flat), key=lambda at: self._distance(at, quoted)) if flat else []
        for at in places:
            standing = self._standing(at, len(flat))
            if standing and _DIGITS.findall(standing.words) == _DIGITS.findall(quoted.words):
                return standing
        return None

    def _places(self, flat: str) -> Iterator[int]:
        at = self._all.find(flat)
        for _ in range(_MOST_PLACES):
            if at < 0:
                return
            yield at
            at = self._all.find(flat, at + 1)

    def _distance(self, at: int, quoted: Quoted) -> tuple[int, float]:
        piece = self._pieces[bisect_right(self._ends, at)]
        pages = 0 if piece.page_from <= quoted.page <= piece.page_to else 1 + abs(piece.page_from - quoted.page)
        return pages, abs(at / len(self._all) - quoted.place)

    def _standing(self, at: int, length: int) -> Standing | None:
        """The words of a stretch as its pieces have them; None where it begins or ends within a word or a number."""
        first, last = bisect_right(self._ends, at), bisect_right(self._ends, at + length - 1)
        parts: list[str] = []
        for number in range(first, last + 1):
            begin, text = self._ends[number] - len(self._flat[number]), self._pieces[number].text
            start, end = _stretch(text, at - begin, at + length - begin)
            if (number == first and _is_within(text, start)) or (number == last and _is_within(text, end)):
                return None
            parts.append(text[start:end])
        return Standing(first, "\n".join(part for part in parts if part))

    def _nearly(self, quoted: Quoted, is_over: IsOver) -> Standing | None:
        flat = _flat(quoted.words)
        words, best, found = said(quoted.words), NEAR, None
        matcher = SequenceMatcher(None, "", flat[:_COMPARED], autojunk=False)
        for _, number, start, end in self._likely(flat, quoted, is_over):
            if is_over():
                break
            text = self._pieces[number].text[start:end]
            matcher.set_seq1(_flat(text)[:_COMPARED])
            if matcher.real_quick_ratio() < best or matcher.quick_ratio() < best:
                continue
            ratio = matcher.ratio()
            if ratio > best and _same_numbers(words, said(text)):
                best, found = ratio, Standing(number, text)
        return found

    def _likely(self, flat: str, quoted: Quoted, is_over: IsOver) -> list[tuple[float, int, int, int]]:
        """The places that share most with a quotation, the likeliest first: how much, the piece, its letters."""
        runs = _runs(flat)

        def pieces() -> Iterator[tuple[int, int]]:
            for number in self._around(quoted):
                if is_over():
                    return
                shared = _shared(runs, self._flat[number])
                if shared:
                    yield shared, -number

        def places(number: int) -> Iterator[tuple[float, int, int, int]]:
            text = self._pieces[number].text
            for start, end, size in _windows(text, len(flat)):
                if is_over():
                    return
                alike = 2 * min(size, len(flat)) / (size + len(flat))
                yield alike * _shared(runs, _flat(text[start:end])), number, start, end

        likely = nlargest(_LIKELY_PIECES, pieces())
        return nlargest(_LIKELY_PLACES, (place for _, number in likely for place in places(-number)))

    def _around(self, quoted: Quoted) -> Iterator[int]:
        """The pieces of its page; of a document without pages those near the place."""
        for number, piece in enumerate(self._pieces):
            if quoted.page and piece.page_to:
                if piece.page_from <= quoted.page <= piece.page_to:
                    yield number
            elif len(self._pieces) <= _FEW or abs(number / len(self._pieces) - quoted.place) <= _FAR:
                yield number


def _flat(text: str) -> str:
    return "".join(text.split())


def _stretch(text: str, start: int, end: int) -> tuple[int, int]:
    """Where in a text its letters from `start` on to `end` stand, white space not counted."""
    places = [at for at, letter in enumerate(text) if not letter.isspace()]
    return (places[max(0, start)], places[min(end, len(places)) - 1] + 1) if places else (0, 0)


def _is_within(text: str, edge: int) -> bool:
    """Whether a number or a word of Latin letters goes on over an edge."""
    around = _WHOLE.finditer(text, max(0, edge - _WIDE), edge + _WIDE)
    return any(one.start() < edge < one.end() for one in around)


def _runs(flat: str) -> list[str]:
    """Some of the runs of letters of a quotation, from all of it."""
    last = max(1, len(flat) - _RUN + 1)
    step = max(1, last // _RUNS)
    return [flat[at : at + _RUN] for at in range(0, last, step)]


def _shared(runs: Sequence[str], flat: str) -> int:
    return sum(run in flat for run in runs)


def _windows(text: str, length: int) -> Iterator[tuple[int, int, int]]:
    """Sentences that stand together, about as long as so many letters: from where to where, and their letters."""
    places = spans(text)
    before = list(accumulate((not letter.isspace() for letter in text), initial=0))
    for first, (start, _) in enumerate(places):
        for _, end in places[first:]:
            size = before[end] - before[start]
            if size > length * _LONGER:
                break
            if size * _LONGER >= length:
                yield start, end, size


def _same_numbers(one: Said, other: Said) -> bool:
    return not strange_numbers(one, [other]) and not strange_numbers(other, [one])
