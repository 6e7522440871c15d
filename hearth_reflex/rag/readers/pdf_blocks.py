"""Lines of a PDF's pages to paragraphs, headings and tables. A PDF says nothing of these: size and place must tell."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hearth_reflex.domain.reading import Block, BlockKind, Line
from hearth_reflex.rag.draft import CELL_BREAK
from hearth_reflex.rag.readers.pdf_lines import Cell, PdfLine

_LARGER = 1.15  # than the body: a heading
_ALIKE = 0.12  # lines whose heights differ by no more are of one paragraph
_GAP = 0.75  # of a line's height: more is a new paragraph
_LONGEST_HEADING, _LONGEST_BOLD = 200, 80
_LEVELS = 4
_BOLD = 600
_ITEM = re.compile(r"(?:[•·▪◦○●■□▶※∙❍–-]|\d{1,2}[.)]|[가-하][.)]|\([\d가-하a-z]\)|[①-⑳])\s")
_ENDS_SENTENCE = re.compile(r"[.!?。…:]['\"”’)\]]*$")
_HANGUL_END, _HANGUL_START = re.compile(r"[가-힣]$"), re.compile(r"^[가-힣]")
_MARGIN = 0.09
_MOST_CELL_WORDS = 40  # letters of a cell, on average: more than that stand in columns of a page, not of a table
_MOST_WORDS_OF_TWO = 18  # the same where there are two, and both hold so many
_LEADERS = re.compile(r"(?:[.·…]\s?){5}")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class PdfPage:
    """A page's lines, or, where they were read off its picture, its blocks."""

    number: int
    lines: Sequence[PdfLine] = ()
    read_off: Sequence[Block] = ()


def blocks(pages: Sequence[PdfPage]) -> Iterator[Block]:
    """All blocks in order. The head and foot that pages repeat stand where they come first."""
    style = _Style.of(line for page in pages for line in page.lines)
    repeated, told = _repeated(pages), set[str]()
    for page in pages:
        yield from page.read_off
        kept = [line for line in page.lines if _is_new(line, repeated, told)]
        for rows in _tables(_columns_in_order(kept)):
            if len(rows) > 1:
                yield _table(rows, page.number)
            else:
                yield from (_block(lines, style, page.number) for lines in _paragraphs(rows[0]))


@dataclass(frozen=True, slots=True)
class _Style:
    """What the body of a document looks like, and which heights its headings have, the greatest first."""

    body: float
    is_bold: bool
    headings: tuple[float, ...]

    @classmethod
    def of(cls, lines: Iterable[PdfLine]) -> "_Style":
        heights, bold = Counter[float](), Counter[bool]()
        for line in lines:
            heights[_rounded(line.height)] += len(line.text)
            bold[line.weight >= _BOLD] += len(line.text)
        body = heights.most_common(1)[0][0] if heights else 0.0
        larger = sorted((height for height in heights if height > body * _LARGER), reverse=True)
        return cls(body, bold[True] > bold[False], tuple(larger))

    def level(self, lines: Sequence[PdfLine], text: str) -> int:
        """Of a heading, from 1; 0 of what is none, and of the lines of a table of contents."""
        if _LEADERS.search(text):
            return 0
        height = _rounded(lines[0].height)
        if height in self.headings and len(text) <= _LONGEST_HEADING:
            return min(self.headings.index(height) + 1, _LEVELS)
        is_bold = not self.is_bold and all(line.weight >= _BOLD for line in lines)
        if is_bold and len(lines) == 1 and len(text) <= _LONGEST_BOLD and not _ENDS_SENTENCE.search(text):
            return min(len(self.headings) + 1, _LEVELS)
        return 0


def _rounded(height: float) -> float:
    return round(height * 2) / 2


def _repeated(pages: Sequence[PdfPage]) -> set[str]:
    """What the margins of at least half of the pages say, whatever the numbers in it."""
    if len(pages) < 4:
        return set()
    counts = Counter(key for page in pages for key in {_key(line) for line in page.lines if _is_in_margin(line)})
    return {key for key, count in counts.items() if count * 2 >= len(pages)}


def _is_in_margin(line: PdfLine) -> bool:
    return line.bottom < _MARGIN or line.top > 1 - _MARGIN


def _key(line: PdfLine) -> str:
    return _DIGITS.sub("#", line.text)


def _is_new(line: PdfLine, repeated: set[str], told: set[str]) -> bool:
    key = _key(line)
    if key not in repeated or not _is_in_margin(line):
        return True
    if key in told or key.strip("-–—/ .") == "#":  # a page's number says nothing
        return False
    told.add(key)
    return True


def _columns_in_order(lines: list[PdfLine]) -> list[PdfLine]:
    """Lines that run through two columns of prose, taken apart: the left column first."""
    ordered: list[PdfLine] = []
    for run in _runs(lines):
        if len(run[0].cells) == 2 and len(run) > 2 and not _is_table(run):
            for side in range(2):
                ordered += [
                    PdfLine([line.cells[side]], line.height, line.weight, line.ends_open)
                    for line in run
                    if len(line.cells) > side
                ]
        else:
            ordered += run
    return ordered


def _runs(lines: Sequence[PdfLine]) -> Iterator[list[PdfLine]]:
    """Neighbours of the same number of cells, one below the other."""
    run: list[PdfLine] = []
    for line in lines:
        if run and (len(run[-1].cells) != len(line.cells) or line.top < run[-1].top):
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def _tables(lines: list[PdfLine]) -> Iterator[list[list[PdfLine]]]:
    """Tables as one list a row, and all between them as one list of lines."""
    plain: list[PdfLine] = []
    for run in _runs(lines):
        if len(run[0].cells) > 1 and _is_table(run):
            if plain:
                yield [plain]
                plain = []
            yield [[line] for line in run]
        else:
            plain += run
    if plain:
        yield [plain]


def _is_table(run: Sequence[PdfLine]) -> bool:
    """Whether the cells of a run stand below each other, and hold words rather than prose."""
    columns = len(run[0].cells)
    if len(run) < (3 if columns == 2 else 2):
        return False
    letters = [sum(len(line.cells[column].text) for line in run) / len(run) for column in range(columns)]
    if sum(letters) > _MOST_CELL_WORDS * columns or (columns == 2 and min(letters) > _MOST_WORDS_OF_TWO):
        return False
    return all(
        _stand_together(above, below)
        for one, two in pairwise(run)
        for above, below in zip(one.cells, two.cells, strict=True)
    )


def _stand_together(above: Cell, below: Cell) -> bool:
    return above.left < below.right and below.left < above.right


def _table(rows: Sequence[Sequence[PdfLine]], page: int) -> Block:
    text, lines = "", list[Line]()
    for row in rows:
        text += "\n" if text else ""
        for place, cell in enumerate(row[0].cells):
            text += CELL_BREAK if place else ""
            start = len(text)
            text += cell.text
            lines.append(_line(cell, page, start, len(text)))
    return Block(BlockKind.TABLE, text, page=page, lines=tuple(lines))


def _line(cell: Cell | PdfLine, page: int, start: int, end: int) -> Line:
    left, top, right, bottom = (round(side, 4) for side in (cell.left, cell.top, cell.right, cell.bottom))
    return Line(page, left, top, right, bottom, start, end)


def _paragraphs(lines: Sequence[PdfLine]) -> Iterator[list[PdfLine]]:
    if not lines:
        return
    paragraph = [lines[0]]
    edge = max(line.right for line in lines)
    for last, line in pairwise(lines):
        if _begins(last, line, paragraph, edge):
            yield paragraph
            paragraph = []
        paragraph.append(line)
    yield paragraph


def _begins(last: PdfLine, line: PdfLine, paragraph: Sequence[PdfLine], edge: float) -> bool:
    """Whether a line begins a new paragraph."""
    tall = max(last.bottom - last.top, 1e-6)
    if abs(last.height - line.height) > _ALIKE * max(last.height, line.height):
        return True
    if line.top < last.top or line.top - last.bottom > _GAP * tall or _ITEM.match(line.text):
        return True
    if (last.weight >= _BOLD) != (line.weight >= _BOLD):
        return True
    is_short = last.right < line.right - tall and last.right < edge - 4 * tall
    if is_short and _ENDS_SENTENCE.search(last.text):
        return True
    return len(paragraph) > 1 and line.left - paragraph[-1].left > tall and bool(_ENDS_SENTENCE.search(last.text))


def _block(lines: Sequence[PdfLine], style: _Style, page: int) -> Block:
    text, placed = "", list[Line]()
    keeps_spaces = any(not line.ends_open for line in lines[:-1])
    for at, line in enumerate(lines):
        if at:
            text = _joined(text, lines[at - 1], line, keeps_spaces=keeps_spaces)
        start = len(text)
        text += line.text
        placed.append(_line(line, page, start, len(text)))
    level = style.level(lines, text)
    kind = BlockKind.HEADING if level else BlockKind.TEXT
    return Block(kind, text, level=level, page=page, lines=tuple(placed))


def _joined(text: str, last: PdfLine, line: PdfLine, *, keeps_spaces: bool) -> str:
    """A paragraph so far, ready for its next line: a space, unless a word goes on.

    Korean is broken within words. A writer that leaves the space at the end of a line where there is one tells which.
    """
    if last.goes_on or (
        keeps_spaces and last.ends_open and _HANGUL_END.search(text) and _HANGUL_START.match(line.text)
    ):
        return text
    return f"{text} "
