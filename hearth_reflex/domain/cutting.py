"""A document's text, cut into pieces that can be found and quoted. Values in, values out; knows no model.

The document's text is that of its blocks with an empty line between them. Every piece is a stretch of it, in order, and
between two pieces there is only white space and headings that the later one keeps above it: nothing is lost. Nothing is
doubled but the header of a table whose later rows begin a piece: it is put before them once more, and counts no
characters of the document.

A piece ends where a thought does, as far as it can: before a heading rather than before a paragraph, there rather than
between sentences or rows, and inside a word only where one alone is longer than a piece may be.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from itertools import accumulate, pairwise

from hearth_reflex.domain.reading import Block, BlockKind, Line, Piece, Reading

LEAST, MOST = 300, 400  # tokens of a piece; the last two of a document share what is left
UNIT = 100  # tokens of what is not cut any further, so that a piece always ends between LEAST and MOST
PATH_MAX = 300  # characters of the headings above a piece
SIGN = " › "
_HEADING_MAX = 80
_HEADER_MOST = 60  # tokens of a table's header that is repeated
_STRETCH = 240  # characters that are counted as one at first
_REACH = 60  # characters in which the end of a word is looked for
_GAP = "\n\n"
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_DESERT_MAX = 60
_DESERT = re.compile(rf"(?<!\s)\s{{{_DESERT_MAX},}}")  # looked for once in each run of blanks, not from each of them
_SLICE = 100_000  # characters of one search: who searches lets nobody else run meanwhile
_SENTENCE = re.compile(r"\S[^\n]*?(?:[。！？]|[.!?…][\"'”’)\]]*(?=\s)|(?=\n)|\Z)")
_ROW = re.compile(r"[^\n]+")
_STOPS = frozenset(".!?…。！？\"'”’)]")


class _Break(IntEnum):
    """How well the text can be cut before a unit."""

    IN_WORD = 0
    WORD = 1
    LINE = 2
    SENTENCE = 3
    BLOCK = 4
    HEADING = 5


@dataclass(frozen=True, slots=True)
class _Unit:
    """A stretch of the document that stays whole. `leads`: it says what follows, and does not end a piece."""

    start: int
    end: int
    before: _Break
    block: int
    leads: bool = False
    header: tuple[int, int] | None = None
    tokens: int = 0


@dataclass(slots=True)
class _Document:
    blocks: list[Block]
    text: str
    starts: list[int]  # of each block
    lines: list[Line] = field(default_factory=list[Line])  # in characters of the document, in order
    line_starts: list[int] = field(default_factory=list[int])


def cut(reading: Reading, count: Callable[[list[str]], list[int]]) -> list[Piece]:
    """The pieces of a document.

    Args:
        count: the tokens of each text.
    """
    asking = cutting(reading)
    try:
        texts = next(asking)
        while True:
            texts = asking.send(count(texts))
    except StopIteration as end:
        return end.value


def cutting(reading: Reading) -> Generator[list[str], list[int], list[Piece]]:
    """As `cut`, for whoever counts elsewhere: yields texts, is sent the tokens of each, returns the pieces.

    The first text is empty: what a model adds to any text is taken off.
    """
    document = _document(reading)
    units = yield from _counted(document)
    spans = sorted({unit.header for unit in units if unit.header})
    costs = dict(zip(spans, (yield from _tokens([document.text[a:b] for a, b in spans])), strict=True))
    heads = {span: cost for span, cost in costs.items() if cost <= _HEADER_MOST}
    pieces = _pieces(document, units, heads)
    sizes = yield from _tokens([piece.text for piece in pieces])
    return [replace(piece, tokens=size) for piece, size in zip(pieces, sizes, strict=True)]


def _tokens(texts: list[str]) -> Generator[list[str], list[int], list[int]]:
    if not texts:
        return []
    none, *counts = yield ["", *texts]
    return [max(1, count - none) for count in counts]


def _document(reading: Reading) -> _Document:
    cleaned = [replace(block, text=_cleaned(block), level=max(1, block.level)) for block in reading.blocks]
    blocks = [block for block in cleaned if block.text.strip()]
    lengths = [len(block.text) + len(_GAP) for block in blocks]
    starts = [0, *accumulate(lengths)][: len(blocks)]
    document = _Document(blocks, _GAP.join(block.text for block in blocks), starts)
    moved = [
        replace(line, start=start + max(0, line.start), end=start + min(len(block.text), line.end))
        for block, start in zip(blocks, starts, strict=True)
        for line in block.lines
    ]
    document.lines = sorted((line for line in moved if line.start < line.end), key=lambda line: line.start)
    document.line_starts = [line.start for line in document.lines]
    return document


def _cleaned(block: Block) -> str:
    """Without what no database takes, and without deserts; where lines count its characters, of the same length."""
    slices = (block.text[at : at + _SLICE] for at in range(0, len(block.text), _SLICE))
    text = "".join(_CONTROL.sub(" ", part) for part in slices)
    return text if block.lines else _DESERT.sub(lambda found: found.group()[:_DESERT_MAX], text)


# --- units -----------------------------------------------------------------------------------------------------------


def _counted(document: _Document) -> Generator[list[str], list[int], list[_Unit]]:
    """All units of a document, none larger than UNIT: what is gets cut in two, and both are counted again."""
    waiting = [part for unit in _units(document) for part in _stretches(document.text, unit)]
    done: list[_Unit] = []
    while waiting:
        counts = yield from _tokens([document.text[unit.start : unit.end] for unit in waiting])
        counted = [replace(unit, tokens=tokens) for unit, tokens in zip(waiting, counts, strict=True)]
        is_small = [unit.tokens <= UNIT or unit.end - unit.start == 1 for unit in counted]
        done += [unit for unit, small in zip(counted, is_small, strict=True) if small]
        large = [unit for unit, small in zip(counted, is_small, strict=True) if not small]
        waiting = [half for unit in large for half in _halves(document.text, unit)]
    return sorted(done, key=lambda unit: unit.start)


def _units(document: _Document) -> Iterator[_Unit]:
    for number, (block, start) in enumerate(zip(document.blocks, document.starts, strict=True)):
        first = _Break.HEADING if block.kind == BlockKind.HEADING else _Break.BLOCK
        header: tuple[int, int] | None = None
        for a, b, before in _spans(block):
            unit = _Unit(start + a, start + b, first if first else before, number, header=header)
            first = None
            if block.kind == BlockKind.TABLE and header is None:
                header = (unit.start, unit.end)
                unit = replace(unit, leads="\n" in block.text[b:].rstrip())
            yield replace(unit, leads=True) if block.kind == BlockKind.HEADING else unit


def _spans(block: Block) -> Iterator[tuple[int, int, _Break]]:
    """The sentences of a paragraph, the lines of a listing or table: (from, to, how well it is cut before it)."""
    by_lines = block.kind in (BlockKind.TABLE, BlockKind.CODE)
    end = 0
    for found in (_ROW if by_lines else _SENTENCE).finditer(block.text):
        words = found.group().rstrip()
        if not words:
            continue
        went_on = "\n" in block.text[end : found.start()] and block.text[end - 1 : end] not in _STOPS
        # A line that ends within a sentence ends perhaps only where the page does.
        yield found.start(), found.start() + len(words), _Break.LINE if went_on and not by_lines else _Break.SENTENCE
        end = found.start() + len(words)


def _stretches(text: str, unit: _Unit) -> Iterator[_Unit]:
    """A unit in parts that are worth counting."""
    while unit.end - unit.start > _STRETCH + _REACH:
        first, unit = _parted(text, unit, unit.start + _STRETCH, reach=_REACH)
        yield first
    yield unit


def _halves(text: str, unit: _Unit) -> tuple[_Unit, _Unit]:
    size = unit.end - unit.start
    return _parted(text, unit, unit.start + size // 2, reach=size)


def _parted(text: str, unit: _Unit, at: int, *, reach: int) -> tuple[_Unit, _Unit]:
    """A unit in two, at the end of a word near `at`; of a word without end, `at` itself or before what clings there."""
    low, high = max(unit.start, at - reach), min(unit.end, at + reach)
    for place in (place for step in range(reach) for place in (at - step, at + step) if low < place < high):
        if text[place].isspace() and not text[place - 1].isspace():
            start = place + 1
            while text[start].isspace():
                start += 1
            return replace(unit, end=place), replace(unit, start=start, before=_Break.WORD)
    while at > low + 1 and _clings(text[at]):
        at -= 1
    return replace(unit, end=at), replace(unit, start=at, before=_Break.IN_WORD)


def _clings(char: str) -> bool:
    """Whether a character is drawn on the one before: marks, joiners, the later parts of a syllable."""
    return bool(re.match("[\u0300-\u036f\u1160-\u11ff\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]", char))


# --- pieces ----------------------------------------------------------------------------------------------------------


def _pieces(document: _Document, units: Sequence[_Unit], heads: dict[tuple[int, int], int]) -> list[Piece]:
    cuts = [0, *_cuts(units, heads)]
    above: list[Block] = []
    pieces: list[Piece] = []
    for a, b in pairwise(cuts):
        kept = units[_below_headings(document, units, a, b, above) : b]
        header = kept[0].header if kept[0].header in heads else None
        pieces.append(_piece(document, kept, header=header, heading=_path(document, above, kept[0])))
        for number in dict.fromkeys(unit.block for unit in kept):
            _pass(document.blocks[number], above)
    return pieces


def _below_headings(document: _Document, units: Sequence[_Unit], a: int, b: int, above: list[Block]) -> int:
    """Moves the headings that a piece begins with above it, whole ones that are short. Returns where it goes on."""
    while units[a].before == _Break.HEADING:
        after = next((at for at in range(a, b) if units[at].block != units[a].block), b)
        heading, tried = document.blocks[units[a].block], list(above)
        _pass(heading, tried)
        if after == b or not _can_stand_above(heading, document.blocks[units[after].block], tried):
            break
        above[:], a = tried, after
    return a


def _can_stand_above(heading: Block, following: Block, path: Sequence[Block]) -> bool:
    """Whether all of a heading is said by the path of what follows it."""
    is_empty = following.kind == BlockKind.HEADING and following.level <= heading.level
    fits = len(SIGN.join(_name(one) for one in path)) <= PATH_MAX
    return fits and not is_empty and len(_words(heading)) <= _HEADING_MAX


def _cuts(units: Sequence[_Unit], heads: dict[tuple[int, int], int]) -> Iterator[int]:
    """Where each piece ends, as the number of the unit after it."""
    left, at = sum(unit.tokens for unit in units), 0
    while at < len(units):
        header = units[at].header
        head = heads.get(header, 0) if header else 0
        end = len(units) if left + head <= MOST else _end(units, at, head=head, left=left)
        left -= sum(unit.tokens for unit in units[at:end])
        at = end
        yield at


def _end(units: Sequence[_Unit], at: int, *, head: int, left: int) -> int:
    """Where the piece ends that begins at `at`, when not all that is left fits."""
    most = MOST if left >= LEAST + MOST else left // 2 + UNIT // 2 + head
    size, end, best = head, at, at
    while end < len(units) and (end == at or size + units[end].tokens <= min(most, MOST)):
        size += units[end].tokens
        end += 1
        good = size >= most - UNIT and end < len(units) and not units[end - 1].leads
        if good and (best == at or units[end].before >= units[best].before):
            best = end
    if best > at:
        return best
    last = end
    while last > at + 1 and units[last - 1].leads:
        last -= 1
    return last if not units[last - 1].leads else end


def _piece(document: _Document, units: Sequence[_Unit], *, header: tuple[int, int] | None, heading: str) -> Piece:
    start, end = units[0].start, units[-1].end
    repeated = document.text[slice(*header)] + "\n" if header else ""
    lines = tuple(_lines(document, start, end, moved=len(repeated) - start))
    pages = [line.page for line in lines] or [document.blocks[unit.block].page for unit in units]
    return Piece(
        text=repeated + document.text[start:end],
        heading=heading,
        page_from=min(pages),
        page_to=max(pages),
        start=start,
        end=end,
        tokens=0,
        lines=lines,
    )


def _lines(document: _Document, start: int, end: int, *, moved: int) -> Iterator[Line]:
    """The lines of a stretch, as far as they stand in it."""
    for line in document.lines[max(0, bisect_right(document.line_starts, start) - 1) :]:
        if line.start >= end:
            return
        if line.end > start:
            yield replace(line, start=max(line.start, start) + moved, end=min(line.end, end) + moved)


def _path(document: _Document, above: Sequence[Block], first: _Unit) -> str:
    """The headings above a piece that do not stand in it, outermost first."""
    block = document.blocks[first.block]
    begins = block.kind == BlockKind.HEADING and first.before == _Break.HEADING
    return _joined([heading for heading in above if not begins or heading.level < block.level])


def _joined(headings: Sequence[Block]) -> str:
    names = [_name(heading) for heading in headings]
    while len(SIGN.join(names)) > PATH_MAX:
        del names[0]
    return SIGN.join(names)


def _pass(block: Block, above: list[Block]) -> None:
    if block.kind != BlockKind.HEADING:
        return
    while above and above[-1].level >= block.level:
        above.pop()
    above.append(block)


def _name(heading: Block) -> str:
    words = _words(heading)
    return words if len(words) <= _HEADING_MAX else words[: _HEADING_MAX - 1].rstrip() + "…"


def _words(block: Block) -> str:
    return " ".join(block.text.split())
