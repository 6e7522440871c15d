"""What a reader makes of a file: blocks of text in order, with where they stand. Plain values.

Readers run in a process of their own (`hearth_reflex/rag`) and are not believed beyond this shape.
"""

from dataclasses import dataclass
from enum import StrEnum


class BlockKind(StrEnum):
    HEADING = "heading"
    TEXT = "text"
    TABLE = "table"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Line:
    """A line on a page picture: sides in shares of the page from its top left, characters in the text of its block."""

    page: int
    left: float
    top: float
    right: float
    bottom: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, table or listing. `level` is that of a heading, from 1; `page` from 1, 0 without pages.

    A table is text with a line for each row and ` | ` between cells; its first line is its header.
    """

    kind: BlockKind
    text: str
    level: int = 0
    page: int = 0
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole file. `pages` counts those that can be drawn; `scanned` those whose words were read off a picture."""

    kind: str
    title: str
    pages: int
    blocks: tuple[Block, ...]
    scanned: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """What becomes a chunk. `start` and `end` count characters of the document's text, `lines` those of `text`."""

    text: str
    heading: str
    page_from: int
    page_to: int
    start: int
    end: int
    tokens: int
    lines: tuple[Line, ...] = ()
