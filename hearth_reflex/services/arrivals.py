"""A model file on its way in from a browser: gathered under a name of its own, looked at, then given its name."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

import structlog

from hearth_reflex.domain.full_disk import NO_ROOM
from hearth_reflex.errors import EngineError, InputError
from hearth_reflex.llm.model_facts import check_file
from hearth_reflex.llm.shelf import Shelf, safe_name, write_all

log = structlog.get_logger(__name__)

MAGIC = b"GGUF"
_STEP_BYTES = 4 * 1024 * 1024


async def receive(shelf: Shelf, raw_name: str, pieces: AsyncIterator[bytes], *, size_bytes: int | None) -> str:
    """Stores a file and returns the name it got. What does not end well leaves nothing behind.

    Raises:
        InputError: `model_name`, `model_file`, `model_space`.
        ConflictError: `model_taken`.
    """
    name = safe_name(raw_name)
    await asyncio.to_thread(shelf.check_free_name, name)
    if not await asyncio.to_thread(shelf.room_for, size_bytes or 0):
        raise InputError("model_space", field="file")
    partial = await asyncio.to_thread(shelf.partial, name)
    try:
        with await asyncio.to_thread(partial.open, "xb") as file:
            await _gather(shelf, file, pieces)
        await check_whole(partial)
        await asyncio.to_thread(shelf.place, partial, name)
    finally:
        await asyncio.to_thread(partial.unlink, missing_ok=True)
    log.info("model.added", size=size_bytes)
    return name


async def check_whole(path: Path) -> None:
    """Raises InputError `model_file` for what is no GGUF file, or not all of one. Any kind of model may come."""
    try:
        await check_file(path)
    except EngineError as error:
        raise InputError("model_file", field="file") from error


async def _gather(shelf: Shelf, file: BinaryIO, pieces: AsyncIterator[bytes]) -> None:
    """Off the event loop, some megabytes at a time; what cannot become a model is refused at its first bytes."""
    waiting, begun = bytearray(), False
    async for piece in pieces:
        waiting += piece
        if not begun and len(waiting) >= len(MAGIC):
            begun = True
            if not waiting.startswith(MAGIC):
                raise InputError("model_file", field="file")
        if len(waiting) >= _STEP_BYTES:
            await _write(shelf, file, bytes(waiting))
            waiting.clear()
    await _write(shelf, file, bytes(waiting))


async def _write(shelf: Shelf, file: BinaryIO, data: bytes) -> None:
    if not await asyncio.to_thread(shelf.room_for, len(data)):
        raise InputError("model_space", field="file")
    try:
        await write_all(file, data)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise InputError("model_space", field="file") from error
