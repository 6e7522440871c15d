"""Where pictures are looked at: in a process of its own (`rag/look.py`), with little memory and little time.

What a picture can break there is only that process. Knows nothing of rooms or people.
"""

import asyncio
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeGuard, cast

import structlog

from hearth_reflex.domain.looks_alike import GRID, Looks
from hearth_reflex.domain.seeing import SIDE_MOST, Pixels, canvas_of
from hearth_reflex.errors import InputError

log = structlog.get_logger(__name__)

MODULE = "hearth_reflex.rag.look"
PATIENCE_S = 10.0
_ROOT = Path(__file__).parents[2]
_ENVIRONMENT = {"MALLOC_ARENA_MAX": "1"}  # threads of a decoder would each claim a share of the memory it may take
_LONGEST_ANSWER = 1000
_MOST_POINTS = SIDE_MOST * SIDE_MOST * 3 + _LONGEST_ANSWER
_HASH = re.compile("[0-9a-f]{16}")
_COLOURS = re.compile(f"[0-9a-f]{{{GRID * GRID * 6}}}")


class PictureLooker:
    """Implements domain.looks_alike.Looker and domain.seeing.Thumbnails; one picture at a time: nobody waits for it."""

    def __init__(self, *, patience: float = PATIENCE_S) -> None:
        self._turn, self._patience = asyncio.Lock(), patience

    async def look(self, path: Path) -> Looks:
        """How a picture looks.

        Raises:
            InputError: `picture_unreadable`, `picture_large`.
        """
        return _believed(await self._asked(path, most=_LONGEST_ANSWER))

    async def pixels(self, path: Path) -> Pixels:
        """Implements domain.seeing.Thumbnails: its points, so that whoever looks at them unpacks nothing."""
        head, _, points = (await self._asked(path, "--pixels", most=_MOST_POINTS)).partition(b"\n")
        told = _told(head)
        width, height = told.get("width"), told.get("height")
        if not _is_side(width) or not _is_side(height) or canvas_of(width, height) != (width, height):
            raise InputError("picture_unreadable", field="file")
        if len(points) != width * height * 3:
            raise InputError("picture_unreadable", field="file")
        return Pixels(width, height, points)

    async def _asked(self, path: Path, *arguments: str, most: int) -> bytes:
        async with self._turn:
            try:
                source = await asyncio.to_thread(path.open, "rb")
            except OSError:
                raise InputError("picture_unreadable", field="file") from None
            with source:
                return await self._run(source.fileno(), arguments, most=most)

    async def _run(self, source: int, arguments: Sequence[str], *, most: int) -> bytes:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", MODULE, *arguments,
            stdin=source,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=_ROOT,
            env=_ENVIRONMENT,
        )  # fmt: skip
        assert process.stdout is not None  # noqa: S101 - it was asked for
        try:
            async with asyncio.timeout(self._patience):
                said = await _read(process.stdout, most)
                await process.wait()
        except TimeoutError:
            log.warning("looks.too_slow")
            raise InputError("picture_large", field="file") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            log.warning("looks.opener_fell", exit_code=process.returncode)
        return said


async def _read(source: asyncio.StreamReader, most: int) -> bytes:
    """All that it says, and no more than `most`."""
    said = bytearray()
    while len(said) < most and (more := await source.read(most - len(said))):
        said += more
    return bytes(said)


def _is_side(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and 0 < value <= SIDE_MOST


def _told(said: bytes) -> dict[str, Any]:
    """What the program said, if it can be read; raises InputError for what it refused."""
    try:
        told: object = json.loads(said)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise InputError("picture_unreadable", field="file")
    known = cast("dict[str, Any]", told)
    if known.get("refused") == "picture_large":
        raise InputError("picture_large", field="file")
    return known


def _believed(said: bytes) -> Looks:
    """What the program said, believed only as far as it can be true: a picture may have taken it over."""
    told = _told(said)
    found, colours = told.get("hash"), told.get("colours")
    if not isinstance(found, str) or not isinstance(colours, str):
        raise InputError("picture_unreadable", field="file")
    if not _HASH.fullmatch(found) or not _COLOURS.fullmatch(colours):
        raise InputError("picture_unreadable", field="file")
    return Looks(found, colours)
