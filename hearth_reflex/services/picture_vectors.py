"""Keeps the index of how pictures look, for the one process that writes indexes: what is new is seen, what goes leaves.

There is no note of it in the database: what the index lacks is found by comparing once after a start, and again when
its table was lost; from then on `Indexing` tells which pictures came by, and what is to leave. Each picture is unpacked
in a guarded process and seen as points. Looks for nothing: `picture_finding.py` does.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import structlog
from sqlmodel import col, select

from hearth_reflex.db.database import Database
from hearth_reflex.db.document import PictureNote
from hearth_reflex.domain.passages import PassageIndex
from hearth_reflex.domain.seeing import Pixels, Seer, Thumbnails
from hearth_reflex.errors import InputError
from hearth_reflex.services.index_rows import Shown, shown_pictures

log = structlog.get_logger(__name__)

AT_ONCE = 8
COMPARED_AT_ONCE = 500
SOUND_SECONDS = 30.0
TIDY_AFTER = 200  # pictures


class LooksIndex(PassageIndex, Protocol):
    """The index of looks, as the one that writes needs it."""

    async def open(self, dimension: int) -> str: ...

    async def scopes(self) -> dict[str, str]: ...

    async def sound(self) -> bool: ...

    async def tidy(self) -> None: ...

    async def drop_others(self) -> None: ...


class PictureVectors:
    """Implements index_steps.Beside.

    Args:
        small, document: where the bytes lie, by the uuid of a file that was sent or of a document; drawn by the house.
    """

    def __init__(
        self,
        *,
        database: Database,
        seer: Seer,
        index: LooksIndex,
        thumbnails: Thumbnails,
        small: Callable[[str], Path],
        document: Callable[[str], Path],
    ) -> None:
        self._db, self._seer, self._index, self._thumbnails = database, seer, index, thumbnails
        self._small, self._document = small, document
        self._waiting: dict[int, None] = {}
        self._compared = self._opened = self._others_dropped = False
        self._looked_at = 0.0
        self._written = 0
        self._changing = asyncio.Lock()  # a removal never comes between a look and what it was for

    def came_by(self, notes: Sequence[int]) -> None:
        self._waiting |= dict.fromkeys(notes)

    async def remove(self, keys: Sequence[str]) -> None:
        async with self._changing:
            await self._index.remove(keys)

    async def step(self) -> bool:
        """Raises EmbedderError."""
        await self._see_to_it()
        await self._see_some()
        if not self._waiting and self._opened:
            await self._tidy()
        return bool(self._waiting)

    async def _see_some(self) -> None:
        some = list(self._waiting)[:AT_ONCE]
        for note in some:
            del self._waiting[note]  # before they are seen: one that changes meanwhile waits again
        if not some:
            return
        try:
            await self._see(some)
        except Exception:
            self.came_by(some)
            raise

    async def _see_to_it(self) -> None:
        """After a start, and when the table is lost, all that it lacks waits."""
        now = time.monotonic()
        if self._opened and now - self._looked_at > SOUND_SECONDS:
            self._looked_at = now
            self._opened = self._compared = await self._index.sound()
        if not self._compared:
            await self._compare()
            self._compared = True

    async def _compare(self) -> None:
        known, last = await self._index.scopes(), 0
        left, self._opened = set(known), bool(known)
        while True:
            query = select(col(PictureNote.id)).where(col(PictureNote.id) > last)
            async with self._db.read() as db:
                ids = (await db.exec(query.order_by(col(PictureNote.id)).limit(COMPARED_AT_ONCE))).all()
                shown = await shown_pictures(db, [number for number in ids if number is not None])
            if not ids:
                break
            last = max(number or 0 for number in ids)
            left -= {one.entry.key for one in shown}
            self.came_by([one.id for one in shown if known.get(one.entry.key) != one.entry.scope])
        if left:
            await self.remove(sorted(left))

    async def _see(self, notes: Sequence[int]) -> None:
        async with self._db.read() as db:
            shown = await shown_pictures(db, notes)
        pixels = {one.id: found for one in shown if (found := await self._unpacked(one)) is not None}
        if not pixels:
            return
        vectors = dict(zip(pixels, await self._seer.see(list(pixels.values())), strict=True))
        if not self._opened:
            await self._index.open(len(next(iter(vectors.values()))))
            self._opened, self._looked_at = True, time.monotonic()
        async with self._changing:
            async with self._db.read() as db:
                now = await shown_pictures(db, list(vectors))
            if now:
                entries = [one.entry for one in now]
                await self._index.put(entries, [vectors[one.id] for one in now], ["" for _ in now])
        self._written += len(now)
        log.info("pictures.seen", pictures=len(now))

    async def _unpacked(self, one: Shown) -> Pixels | None:
        try:
            return await self._thumbnails.pixels(self._small(one.file) if one.file else self._document(one.document))
        except (InputError, OSError) as fault:  # a file may be lost
            log.info("pictures.not_unpacked", error=type(fault).__name__)
            return None

    async def _tidy(self) -> None:
        if not self._others_dropped:
            await self._index.drop_others()  # of models that were named before
            self._others_dropped = True
        if self._written >= TIDY_AFTER:
            await self._index.tidy()
            self._written = 0
