"""A reader without a process: it reads plain text, or says what a test told it to say. For tests only.

A line that begins with `#` is a heading; an empty line ends a paragraph; a form feed ends a page.
"""

import asyncio
from pathlib import Path

from hearth_reflex.domain.reading import Block, BlockKind, Line, Reading
from hearth_reflex.errors import InputError

PNG = b"\x89PNG\r\n\x1a\n"


class ScriptedReader:
    """Args:
    says: of a file of this name what comes instead of its words: a reading, or what is raised.
    held: as long as it is not set, reading does not end; `waiting` is set when somebody waits for it.
    """

    reads_pictures = False

    def __init__(self) -> None:
        self.says: dict[str, Reading | BaseException] = {}
        self.held: asyncio.Event | None = None
        self.waiting = asyncio.Event()
        self.read_names: list[str] = []
        self.drawn: list[tuple[int, int]] = []
        self.drawing: asyncio.Event | None = None

    async def read(self, path: Path, *, name: str) -> Reading:
        self.read_names.append(name)
        if self.held is not None:
            self.waiting.set()
            await self.held.wait()
        said = self.says.get(name)
        if isinstance(said, BaseException):
            raise said
        return said or reading_of(await asyncio.to_thread(path.read_bytes))

    async def page(self, path: Path, page: int, *, width: int) -> bytes:
        self.drawn.append((page, width))
        if self.drawing is not None:
            self.waiting.set()
            await self.drawing.wait()
        return PNG + f"{path.name} {page} {width}".encode()

    async def picture_words(self, path: Path) -> Reading:
        return Reading("image", "", 1, ())


def reading_of(data: bytes) -> Reading:
    """Raises InputError `document_unreadable` for what is no text, `document_empty` for one without words."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise InputError("document_unreadable") from None
    pages = text.split("\f")
    blocks = tuple(
        _block(part.strip(), number if len(pages) > 1 else 0)
        for number, page in enumerate(pages, 1)
        for part in page.split("\n\n")
        if part.strip()
    )
    if not blocks:
        raise InputError("document_empty")
    return Reading("text", blocks[0].text[:80], len(pages) if len(pages) > 1 else 0, blocks)


def _block(text: str, page: int) -> Block:
    words = text.lstrip("#")
    level = len(text) - len(words)
    words = words.strip()
    lines = (Line(page, 0.1, 0.1, 0.9, 0.2, 0, len(words)),) if page else ()
    return Block(BlockKind.HEADING if level else BlockKind.TEXT, words, level=level, page=page, lines=lines)
