"""Where pictures are looked at: in a process of its own (`rag/look.py`), with little memory and little time.

What a picture can break there is only that process. Knows nothing of rooms or people.
"""

import asyncio
import json
import re
import sys
from pathlib import Path

import structlog

from hearth_reflex.domain.looks_alike import GRID, Looks
from hearth_reflex.errors import InputError

log = structlog.get_logger(__name__)

MODULE = "hearth_reflex.rag.look"
PATIENCE_S = 10.0
_ROOT = Path(__file__).parents[2]
_ENVIRONMENT = {"MALLOC_ARENA_MAX": "1"}  # threads of a decoder would each claim a share of the memory it may take
_LONGEST_ANSWER = 1000
_HASH = re.compile("[0-9a-f]{16}")
_COLOURS = re.compile(f"[0-9a-f]{{{GRID * GRID * 6}}}")


class PictureLooker:
    """One picture at a time: nobody waits for it."""

    def __init__(self, *, patience: float = PATIENCE_S) -> None:
        self._turn, self._patience = asyncio.Lock(), patience

    async def look(self, path: Path) -> Looks:
        """How a picture looks.

        Raises:
            InputError: `picture_unreadable`, `picture_large`.
        """
        async with self._turn:
            try:
                source = await asyncio.to_thread(path.open, "rb")
            except OSError:
                raise InputError("picture_unreadable", field="file") from None
            with source:
                said = await self._run(source.fileno())
        return _believed(said)

    async def _run(self, source: int) -> bytes:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", MODULE,
            stdin=source,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=_ROOT,
            env=_ENVIRONMENT,
        )  # fmt: skip
        assert process.stdout is not None  # noqa: S101 - it was asked for
        try:
            async with asyncio.timeout(self._patience):
                said = await process.stdout.read(_LONGEST_ANSWER)
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


def _believed(said: bytes) -> Looks:
    """What the program said, believed only as far as it can be true: a picture may have taken it over."""
    try:
        told = json.loads(said)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise InputError("picture_unreadable", field="file")
    if told.get("refused") == "picture_large":  # pyright: ignore[reportUnknownMemberType] - it is JSON
        raise InputError("picture_large", field="file")
    found, colours = told.get("hash"), told.get("colours")  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] - as above
    if not isinstance(found, str) or not isinstance(colours, str):
        raise InputError("picture_unreadable", field="file")
    if not _HASH.fullmatch(found) or not _COLOURS.fullmatch(colours):
        raise InputError("picture_unreadable", field="file")
    return Looks(found, colours)
