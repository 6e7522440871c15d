"""What a reader makes of a file: blocks of text in order, with where they stand. Plain values.

Readers run in a process of their own (`hearth_reflex/rag`) and are not believed beyond this shape.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol


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
    """A whole file. `pages` counts those that can be drawn; `scanned` those whose words were read off a picture.

    `skipped` counts the pages whose words are a picture and were not read off it: there was no time left for them
    (`is_late`), or nothing here reads pictures.
    """

    kind: str
    title: str
    pages: int
    blocks: tuple[Block, ...]
    scanned: int = 0
    skipped: int = 0
    is_late: bool = False


class Reads(Protocol):
    """Whoever turns files into readings, away from this process. All three raise `InputError` with one of these codes.

    `document_unreadable`, `document_locked`, `document_empty`, `document_bomb`, `document_slow`, `document_kind`,
    `document_scanned`.
    """

    async def read(self, path: Path, *, name: str) -> Reading:
        """What is in a file; of `name` only the ending counts, and that only among texts."""
        ...

    async def page(self, path: Path, page: int, *, width: int) -> bytes:
        """The PNG of a page of a PDF, or of a picture as its page 1."""
        ...

    async def picture_words(self, path: Path) -> Reading:
        """The words in a picture, with where they stand; no blocks where there are none or nothing here can tell."""
        ...


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
