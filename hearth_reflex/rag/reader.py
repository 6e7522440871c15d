"""Where strangers' documents are opened: each in a process of its own, with bounded memory and time, no environment.

What a file can break there is only that process, and what that process says is checked like any stranger's word.
Knows nothing of rooms, people or names.
"""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import structlog

from hearth_reflex.domain.reading import Reading
from hearth_reflex.errors import InputError, SpaceError
from hearth_reflex.rag.answer import reading_from, refusal_in
from hearth_reflex.rag.kinds import ending_of
from hearth_reflex.rag.limits import NO_SPACE, Limits
from hearth_reflex.rag.refusal import Refusal, Why

log = structlog.get_logger(__name__)

MODULE = "hearth_reflex.rag.read"
OCR_SHARE = 0.7  # of the time for a file
PAGE_LIMITS = Limits(cpu_s=20, wall_s=30.0, answer_bytes=32 << 20)
NARROWEST, WIDEST = 100, 2400
_ROOT = Path(__file__).parents[2]
_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin:/opt/local/bin",  # where tesseract may be
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "1",  # threads of a decoder would each claim a share of the memory it may take
    "OMP_THREAD_LIMIT": "1",  # tesseract's would fight over a small machine
}
_PNG = b"\x89PNG\r\n\x1a\n"


def can_read_pictures() -> bool:
    """Whether what reads words off pictures is installed."""
    return shutil.which("tesseract", path=_ENVIRONMENT["PATH"]) is not None


class Reader:
    """Args:
    places: files that are read at the same time.
    page_places: pages that are drawn at the same time; nobody who leafs through waits for a book to be read.
    """

    def __init__(
        self, *, places: int = 1, page_places: int = 2, limits: Limits | None = None, page_limits: Limits = PAGE_LIMITS
    ) -> None:
        self._limits, self._page_limits = limits or Limits(), page_limits
        self._places, self._page_places = asyncio.Semaphore(places), asyncio.Semaphore(page_places)

    async def read(self, path: Path, *, name: str) -> Reading:
        """What is in a file. Raises InputError with one of the codes of `Reads`, SpaceError where the disk is full."""
        async with self._places:
            return await self._reading(path, "read", ending_of(name))

    async def picture_words(self, path: Path) -> Reading:
        """The words in a picture; a reading without blocks where there are none."""
        async with self._places:
            return await self._reading(path, "words", "")

    async def page(self, path: Path, page: int, *, width: int) -> bytes:
        """The PNG of a page of a PDF, or of a picture as its page 1."""
        asked = max(NARROWEST, min(width, WIDEST))
        async with self._page_places:
            with await self._run(path, ("draw", "", str(page), str(asked)), self._page_limits) as said:
                drawn = await asyncio.to_thread(said.read)
        if not drawn.startswith(_PNG):
            raise InputError((refusal_in(drawn[:200]) or Why.UNREADABLE).value, field="file")
        return drawn

    async def _reading(self, path: Path, task: str, ending: str) -> Reading:
        with await self._run(path, (task, ending, "1", "1000"), self._limits) as said:
            try:
                return await asyncio.to_thread(reading_from, said)
            except Refusal as refusal:
                raise InputError(refusal.why.value, field="file") from None

    async def _run(self, path: Path, asked: tuple[str, ...], limits: Limits) -> BinaryIO:
        """Runs the program on a file; what it wrote, from its beginning, as a file that whoever asked closes."""
        said = await asyncio.to_thread(tempfile.TemporaryFile)
        try:
            with await asyncio.to_thread(path.open, "rb") as file:
                exit_code = await self._wait(file, said, asked, limits)
            if exit_code == NO_SPACE:
                raise SpaceError
            if exit_code != 0:
                why = Why.SLOW if -exit_code in (signal.SIGXCPU, signal.SIGKILL) else Why.UNREADABLE
                log.warning("document.reader_fell", exit_code=exit_code)
                raise InputError(why.value, field="file")
        except BaseException:
            said.close()
            raise
        said.seek(0)
        return said  # pyright: ignore[reportReturnType] - a temporary file without a name is a file

    async def _wait(self, file: BinaryIO, said: object, asked: tuple[str, ...], limits: Limits) -> int:
        bounds = (limits.memory_bytes, limits.cpu_s, limits.wall_s * OCR_SHARE, limits.answer_bytes)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", MODULE, *asked, *map(str, bounds),
            stdin=file,
            stdout=said,  # pyright: ignore[reportArgumentType] - as above
            stderr=asyncio.subprocess.DEVNULL,
            cwd=_ROOT,
            env=_ENVIRONMENT,
            start_new_session=True,  # with whatever it starts itself it can be ended at once
        )  # fmt: skip
        try:
            async with asyncio.timeout(limits.wall_s):
                return await process.wait()
        except TimeoutError:
            log.warning("document.too_slow")
            raise InputError(Why.SLOW.value, field="file") from None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):  # it has just ended by itself
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
