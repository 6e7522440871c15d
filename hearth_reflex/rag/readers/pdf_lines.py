"""The lines of one page of a PDF: its letters in pdfium's order, gathered where they stand. Knows no paragraph."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hearth_reflex.rag.clean import clean_line
from hearth_reflex.rag.readers.pdfium import Page, Words, raw

_GRID = 100_000  # pdfium tells places in whole parts of a picture: one fine enough to lose nothing
_SPAN = 1_000.0  # points
_LINE_ENDS = (10, 13)
_HYPHEN = "\x02"  # pdfium's letter for one that parts a word at the end of a line
_APART = 1.5  # heights of a line: words further apart stand in cells
_LIES = 0.25  # of a page: no letter is so high but by a font that lies about itself
_MOST_LETTERS = 400_000


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter in shares of the page. `thing` is the address of the text object that draws it."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    weight: int
    thing: int

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(slots=True)
class Cell:
    """Words that stand together on a line."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(slots=True)
class PdfLine:
    cells: list[Cell]
    height: float  # of its letters, in points
    weight: int
    ends_open: bool  # nothing stands behind its last letter: a word may go on in the next line
    goes_on: bool = False  # its last word does, after a hyphen that is left out
    text: str = field(init=False)

    def __post_init__(self) -> None:
        self.text = " ".join(cell.text for cell in self.cells)

    @property
    def left(self) -> float:
        return self.cells[0].left

    @property
    def right(self) -> float:
        return max(cell.right for cell in self.cells)

    @property
    def top(self) -> float:
        return min(cell.top for cell in self.cells)

    @property
    def bottom(self) -> float:
        return max(cell.bottom for cell in self.cells)


class Measure:
    """Turns the places of a page into shares of its picture, however it is turned or cropped."""

    def __init__(self, page: Page) -> None:
        self.width, self.height = page.get_size()
        self._origin = _point(page, 0, 0)
        across, up = _point(page, _SPAN, 0), _point(page, 0, _SPAN)
        # Three points say how all others lie: asking pdfium for each costs as much as all the rest.
        self._by_x = ((across[0] - self._origin[0]) / _SPAN, (across[1] - self._origin[1]) / _SPAN)
        self._by_y = ((up[0] - self._origin[0]) / _SPAN, (up[1] - self._origin[1]) / _SPAN)

    def box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """Left, top, right, bottom; what lies off the page is below 0 or above 1."""
        one, two = self._share(left, top), self._share(right, bottom)
        return min(one[0], two[0]), min(one[1], two[1]), max(one[0], two[0]), max(one[1], two[1])

    def _share(self, x: float, y: float) -> tuple[float, float]:
        return (
            self._origin[0] + self._by_x[0] * x + self._by_y[0] * y,
            self._origin[1] + self._by_x[1] * x + self._by_y[1] * y,
        )


def _point(page: Page, x: float, y: float) -> tuple[float, float]:
    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, 0, 0, _GRID, _GRID, 0, x, y, across, down)
    return across.value / _GRID, down.value / _GRID


def letters(words: Words, measure: Measure) -> list[Letter]:
    """All letters of a page, seen or not. A letter of no place has the address 0: pdfium put it in, as a space."""
    count = min(raw.FPDFText_CountChars(words), _MOST_LETTERS)
    box = raw.FS_RECTF()
    return [_letter(words, at, measure, box) for at in range(max(count, 0))]


def _letter(words: Words, at: int, measure: Measure, box: Any) -> Letter:
    code = raw.FPDFText_GetUnicode(words, at)
    text = chr(code) if code <= 0x10FFFF else ""
    thing = raw.FPDFText_GetTextObject(words, at)
    address = ctypes.cast(thing, ctypes.c_void_p).value or 0
    if code in _LINE_ENDS or raw.FPDFText_IsGenerated(words, at) == 1 or not address:
        return Letter(text, 0, 0, 0, 0, 0, 0)
    left, top, right, bottom = _place(words, at, measure, box)
    return Letter(text, left, top, right, bottom, raw.FPDFText_GetFontWeight(words, at), address)


def _place(words: Words, at: int, measure: Measure, box: Any) -> tuple[float, float, float, float]:
    if raw.FPDFText_GetLooseCharBox(words, at, box):
        found = measure.box(box.left, box.bottom, box.right, box.top)
        if 0 < found[3] - found[1] < _LIES:
            return found
    sides = [ctypes.c_double() for _ in range(4)]
    raw.FPDFText_GetCharBox(words, at, *sides)
    left, right, bottom, top = (side.value for side in sides)
    return measure.box(left, bottom, right, top)


def lines(seen: list[Letter], measure: Measure) -> Iterator[PdfLine]:
    """What is seen, as lines. A line ends where pdfium ends it, or where the next letter stands elsewhere."""
    row: list[Letter] = []
    last: Letter | None = None
    for letter in seen:
        if letter.text in "\r\n" or (last and letter.thing and _is_elsewhere(last, letter)):
            yield from _line(row, measure)
            row, last = [], None
        if letter.text not in "\r\n":
            row.append(letter)
            last = letter if letter.thing and not letter.text.isspace() else last
    yield from _line(row, measure)


def _is_elsewhere(last: Letter, letter: Letter) -> bool:
    if letter.thing == last.thing:  # drawn in one go, if perhaps up along the margin
        return False
    middle = (letter.top + letter.bottom) / 2
    return not last.top - last.height / 2 < middle < last.bottom + last.height / 2


def _line(row: list[Letter], measure: Measure) -> Iterator[PdfLine]:
    drawn = [letter for letter in row if letter.thing and not letter.text.isspace()]
    if not drawn:
        return
    heights = sorted(letter.height for letter in drawn)
    height = heights[len(heights) // 2] * measure.height
    apart = _APART * height / max(measure.width, 1)
    cells = [cell for part in _parts(row, apart) if (cell := _cell(part)).text]
    if cells:
        weights = sorted(letter.weight for letter in drawn)
        yield PdfLine(
            cells, round(height, 2), weights[len(weights) // 2], not row[-1].text.isspace(), row[-1].text == _HYPHEN
        )


def _parts(row: list[Letter], apart: float) -> Iterator[list[Letter]]:
    part: list[Letter] = []
    end: float | None = None
    for letter in row:
        if letter.thing and not letter.text.isspace():
            if end is not None and (letter.left - end > apart or end - letter.right > apart):
                yield part
                part = []
            end = letter.right
        part.append(letter)
    yield part


def _cell(part: list[Letter]) -> Cell:
    drawn = [letter for letter in part if letter.thing and not letter.text.isspace()] or part
    return Cell(
        clean_line("".join(letter.text for letter in part)),
        max(0.0, min(letter.left for letter in drawn)),
        max(0.0, min(letter.top for letter in drawn)),
        min(1.0, max(letter.right for letter in drawn)),
        min(1.0, max(letter.bottom for letter in drawn)),
    )
