"""A file on its way in: gathered on disk piece by piece, counted, looked at, drawn anew if it is a picture, then kept.

What the sender says of it (name, kind, length) is believed nowhere. What does not end well leaves nothing behind.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from weakref import WeakValueDictionary

from hearth_reflex.db.attachment import AttachmentKind
from hearth_reflex.db.base import new_uuid
from hearth_reflex.domain.files import PICTURE_SUFFIXES, clean_file_name, mime_of, picture_kind, suffix_of, with_suffix
from hearth_reflex.domain.full_disk import NO_ROOM
from hearth_reflex.errors import InputError
from hearth_reflex.media.darkroom import Darkroom, Developed
from hearth_reflex.media.store import FileStore, write_to
from hearth_reflex.services.quotas import Arrival, Quotas

PATIENCE_SECONDS = 60.0  # for the next piece
_STEP_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that lies in the store under its uuid, and what it really is."""

    uuid: str
    kind: AttachmentKind
    name: str
    mime: str
    size_bytes: int
    sha256: str
    picture: Developed | None


class Intake:
    def __init__(self, *, store: FileStore, darkroom: Darkroom, quotas: Quotas) -> None:
        self._store, self._darkroom, self._quotas = store, darkroom, quotas
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def take(self, arrival: Arrival, *, name: str, pieces: AsyncIterator[bytes]) -> Arrived:
        """Raises InputError: `file_empty`, `file_long`, `file_space`, `file_stalled`, `file_no_picture`,
        `picture_unreadable`, `picture_large`, or what a quota says. What else a disk may refuse is raised as it is."""
        try:
            return await self._take(arrival, name, pieces)
        except OSError as fault:
            if fault.errno not in NO_ROOM:
                raise
            raise InputError("file_space", field="file") from fault

    async def _take(self, arrival: Arrival, name: str, pieces: AsyncIterator[bytes]) -> Arrived:
        with self._store.arriving() as raw:
            with await asyncio.to_thread(raw.open, "xb") as file:
                await self._gather(arrival, file, pieces)
            head = await asyncio.to_thread(_head, raw)
            shown = clean_file_name(name)
            if picture_kind(head):
                async with self._turn_of(arrival.person):
                    return await self._keep_picture(raw, shown)
            if suffix_of(shown) in PICTURE_SUFFIXES:
                raise InputError("file_no_picture", field="file")
            return await asyncio.to_thread(self._keep_file, raw, shown)

    def _turn_of(self, person: int) -> asyncio.Lock:
        """One person's pictures are opened one after the other, so that nobody's bombs fill the darkroom."""
        return self._turns.setdefault(person, asyncio.Lock())

    async def _gather(self, arrival: Arrival, file: BinaryIO, pieces: AsyncIterator[bytes]) -> None:
        waiting = bytearray()
        async with aclosing(patient(pieces)) as coming:
            async for piece in coming:
                self._quotas.check(arrival, len(piece))
                arrival.size += len(piece)
                waiting += piece
                if len(waiting) >= _STEP_BYTES:
                    await self._write(file, bytes(waiting))
                    waiting.clear()
        if not arrival.size:
            raise InputError("file_empty", field="file")
        await self._write(file, bytes(waiting))

    async def _write(self, file: BinaryIO, data: bytes) -> None:
        if not await asyncio.to_thread(self._store.has_room, len(data)):
            raise InputError("file_space", field="file")
        await _to_the_end(file, data)

    async def _keep_picture(self, raw: Path, name: str) -> Arrived:
        with self._store.arriving() as whole, self._store.arriving() as small:
            with raw.open("rb") as source, whole.open("x+b") as large, small.open("x+b") as thumb:
                developed = await self._darkroom.develop(source, whole=large, small=thumb)
            return await asyncio.to_thread(self._keep_developed, whole, small, name, developed)

    def _keep_developed(self, whole: Path, small: Path, name: str, developed: Developed) -> Arrived:
        arrived = Arrived(
            uuid=new_uuid(),
            kind=AttachmentKind.IMAGE,
            name=with_suffix(name, developed.suffix),
            mime=f"image/{developed.kind}",
            size_bytes=whole.stat().st_size,
            sha256=_digest(whole),
            picture=developed,
        )
        self._store.keep(whole, arrived.uuid)
        self._store.keep(small, arrived.uuid, small=True)
        return arrived

    def _keep_file(self, raw: Path, name: str) -> Arrived:
        size, digest = raw.stat().st_size, _digest(raw)
        arrived = Arrived(new_uuid(), AttachmentKind.FILE, name, mime_of(name), size, digest, None)
        self._store.keep(raw, arrived.uuid)
        return arrived


async def patient(pieces: AsyncIterator[bytes], *, seconds: float = PATIENCE_SECONDS) -> AsyncGenerator[bytes]:
    """The pieces, as long as each comes within a minute: a sender who says nothing must not hold a place.

    Raises:
        InputError: `file_stalled`.
    """
    while True:
        try:
            async with asyncio.timeout(seconds):
                piece = await anext(pieces)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise InputError("file_stalled", field="file") from None
        yield piece


async def _to_the_end(file: BinaryIO, data: bytes) -> None:
    """Off the event loop. Who is cancelled waits for the thread: the file must not be closed under its hands."""
    writing = asyncio.ensure_future(asyncio.to_thread(write_to, file, data))
    try:
        await asyncio.shield(writing)
    except asyncio.CancelledError:
        await asyncio.wait([writing])
        raise


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(32)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
