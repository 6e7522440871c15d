"""A reading while it is written: blocks in order, clean and bounded. Knows nothing of files."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from hearth_reflex.domain.reading import Block, BlockKind, Reading
from hearth_reflex.rag.clean import clean, clean_line, clean_lines
from hearth_reflex.rag.refusal import Refusal, Why

MOST_CHARACTERS = 20_000_000
MOST_BLOCKS = 400_000
LONGEST_TITLE = 300
LONGEST_TABLE = 100_000  # characters; a longer one is taken on in another block, under the same header
LONGEST_CODE = 100_000  # characters; what is longer is taken on in another block, after the end of a line if it has one
MOST_CELLS = 500  # of a row
CELL_BREAK = " | "


class Draft:
    """Args:
    kind: what the file really is.
    """

    def __init__(self, kind: str) -> None:
        self.kind, self.title = kind, ""
        self.scanned = self.skipped = 0
        self.is_late = False
        self._blocks: list[Block] = []
        self._characters = 0

    @property
    def is_empty(self) -> bool:
        return not self._blocks

    def heading(self, text: str, *, level: int, page: int = 0) -> None:
        self.add(Block(BlockKind.HEADING, clean_line(text), level=max(1, min(level, 9)), page=page))

    def text(self, text: str, *, page: int = 0) -> None:
        self.add(Block(BlockKind.TEXT, clean_lines(text), page=page))

    def code(self, text: str) -> None:
        for part in _parts(clean(text).strip("\n").rstrip()):
            self.add(Block(BlockKind.CODE, part))

    def table(self, rows: Iterable[Sequence[str]], *, page: int = 0) -> None:
        """Rows of cells. One column is no table: such frames hold plain words."""
        header, lines, size, columns = "", list[str](), 0, 0
        for row in rows:
            cells = [clean_line(cell) for cell in islice(row, MOST_CELLS)]
            if not any(cells):
                continue
            columns = max(columns, len(cells))
            line = CELL_BREAK.join(cells).rstrip()
            if size + len(line) > LONGEST_TABLE and len(lines) > 1:
                self._rows(lines, columns, page)
                lines, size = [header], len(header)
            header = header or line
            lines.append(line)
            size += len(line)
        self._rows(lines, columns, page)

    def _rows(self, lines: list[str], columns: int, page: int) -> None:
        kind = BlockKind.TABLE if columns > 1 else BlockKind.TEXT
        self.add(Block(kind, "\n".join(lines), page=page))

    def add(self, block: Block) -> None:
        """Takes a block whose text is clean; one of no words is left out."""
        if not block.text.strip():
            return
        self._characters += len(block.text)
        if self._characters > MOST_CHARACTERS or len(self._blocks) >= MOST_BLOCKS:
            raise Refusal(Why.BOMB)
        self._blocks.append(block)

    def done(self, *, pages: int = 0) -> Reading:
        """Raises Refusal for a file without a word."""
        if not any(letter.isalnum() for block in self._blocks for letter in block.text):
            raise Refusal(Why.EMPTY)
        return self.unasked(pages=pages)

    def unasked(self, *, pages: int) -> Reading:
        """The same, with or without words."""
        title = (clean_line(self.title) or self._first_heading())[:LONGEST_TITLE]
        return Reading(
            self.kind,
            title,
            pages,
            tuple(self._blocks),
            scanned=self.scanned,
            skipped=self.skipped,
            is_late=self.is_late,
        )

    def _first_heading(self) -> str:
        return next((block.text for block in self._blocks if block.kind is BlockKind.HEADING), "")


def _parts(text: str) -> Iterator[str]:
    at = 0
    while len(text) - at > LONGEST_CODE:
        end = text.rfind("\n", at, at + LONGEST_CODE) + 1 or at + LONGEST_CODE
        yield text[at:end].rstrip("\n")
        at = end
    yield text[at:]
