"""Keeps the index of how pictures look, for the one process that writes indexes: what is new is seen, what goes leaves.

There is no note of it in the database: what the index lacks is found by comparing once after a start, and again when
its table was lost or could not be cleaned; from then on `Indexing` tells which pictures came by, and what is to leave.
Each picture is unpacked in a guarded process and seen as points, once: what others say of it later, or where it lies,
changes nothing of its vector. Looks for nothing: `picture_finding.py` does.
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
from hearth_reflex.errors import EmbedderError, InputError
from hearth_reflex.services.index_rows import Shown, shown_pictures
from hearth_reflex.services.tidying import Tidying

log = structlog.get_logger(__name__)

AT_ONCE = 8
COMPARED_AT_ONCE = 500
SOUND_SECONDS = 30.0
_PLAIN = Pixels(8, 8, bytes((128, 128, 128)) * 64)  # what can be seen if anything can


class LooksIndex(PassageIndex, Protocol):
    """The index of looks, as the one that writes needs it."""

    async def open(self, dimension: int) -> str: ...

    async def scopes(self) -> dict[str, str]: ...

    async def vector(self, key: str) -> list[float]:
        """That of an entry; empty where there is none."""
        ...

    async def sound(self) -> bool: ...

    async def tidy(self) -> None: ...

    async def drop_others(self) -> None: ...


class PictureVectors:
    """Implements index_steps.Beside.

    Args:
        small, document: where the bytes lie, by the uuid of a file that was sent or of a document; drawn by the house.
        timer: seconds.
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
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._db, self._seer, self._index, self._thumbnails = database, seer, index, thumbnails
        self._small, self._document, self._timer = small, document, timer
        self._waiting: dict[int, None] = {}
        self._alone: set[int] = set()  # pictures that are tried each for itself: one of them could not be seen
        self._compared = self._opened = self._others_dropped = False
        self._looked_at = 0.0
        self._tidying = Tidying(timer=timer)
        self._changing = asyncio.Lock()  # a removal never comes between a look and what it was for

    def came_by(self, notes: Sequence[int]) -> None:
        self._waiting |= dict.fromkeys(notes)

    async def remove(self, keys: Sequence[str]) -> None:
        async with self._changing:
            try:
                await self._index.remove(keys)
            except Exception:
                self._compared = False  # what is there too much is found by comparing
                raise
        self._tidying.changed()

    async def step(self) -> bool:
        """Raises EmbedderError."""
        await self._see_to_it()
        await self._see_some()
        await self._tidy()
        return bool(self._waiting)

    async def _see_some(self) -> None:
        some = self._next()
        for note in some:
            del self._waiting[note]  # before they are seen: one that changes meanwhile waits again
        if not some:
            return
        try:
            await self._see(some)
        except Exception:
            self.came_by(some)
            raise

    def _next(self) -> list[int]:
        waiting = list(self._waiting)
        if waiting and waiting[0] in self._alone:
            return waiting[:1]
        return [note for note in waiting if note not in self._alone][:AT_ONCE]

    async def _see_to_it(self) -> None:
        """After a start, and when the table is lost, all that it lacks waits."""
        now = self._timer()
        if self._opened and now - self._looked_at > SOUND_SECONDS:
            self._looked_at = now
            if not await self._index.sound():
                self._opened = self._compared = False
        if self._compared:
            return
        self._compared = True  # a removal that fails meanwhile says otherwise
        try:
            await self._compare()
        except Exception:
            self._compared = False
            raise

    async def _compare(self) -> None:
        known, last = await self._known(), 0
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

    async def _known(self) -> dict[str, str]:
        """Whose each picture in the index is; nothing where its table cannot be read: then another is made."""
        try:
            return await self._index.scopes()
        except EmbedderError:
            if await self._index.sound():
                raise
            return {}

    async def _see(self, notes: Sequence[int]) -> None:
        async with self._db.read() as db:
            shown = await shown_pictures(db, notes)
        vectors = await self._seen_before(shown)
        vectors |= await self._seen_now([one for one in shown if one.id not in vectors])
        if vectors:
            await self._put(vectors)

    async def _seen_before(self, shown: Sequence[Shown]) -> dict[int, list[float]]:
        """The vectors of those that the index has, by the number of their notes."""
        if not self._opened:
            return {}
        found = {one.id: await self._index.vector(one.entry.key) for one in shown}
        return {note: vector for note, vector in found.items() if vector}

    async def _seen_now(self, shown: Sequence[Shown]) -> dict[int, list[float]]:
        pixels = {one.id: found for one in shown if (found := await self._unpacked(one)) is not None}
        if not pixels:
            return {}
        try:
            vectors = await self._seer.see(list(pixels.values()))
        except EmbedderError:
            await self._seer.see([_PLAIN])  # where nothing can be seen, all of them wait
            self._part(list(pixels))
            return {}
        self._alone -= pixels.keys()
        return dict(zip(pixels, vectors, strict=True))

    def _part(self, notes: Sequence[int]) -> None:
        """Of these at least one cannot be seen: each is tried for itself, and one that fails alone is left out until
        the next start, or until something about it changes."""
        self._alone |= set(notes)
        if len(notes) > 1:
            self.came_by(notes)
        else:
            log.warning("pictures.given_up")

    async def _put(self, vectors: dict[int, list[float]]) -> None:
        if not self._opened:
            await self._index.open(len(next(iter(vectors.values()))))
            self._opened, self._looked_at = True, self._timer()
        async with self._changing:
            async with self._db.read() as db:
                now = await shown_pictures(db, list(vectors))
            if now:
                entries = [one.entry for one in now]
                await self._index.put(entries, [vectors[one.id] for one in now], ["" for _ in now])
                self._tidying.changed()
        log.info("pictures.seen", pictures=len(now))

    async def _unpacked(self, one: Shown) -> Pixels | None:
        try:
            return await self._thumbnails.pixels(self._small(one.file) if one.file else self._document(one.document))
        except (InputError, OSError) as fault:  # a file may be lost
            log.info("pictures.not_unpacked", error=type(fault).__name__)
            return None

    async def _tidy(self) -> None:
        if not self._waiting and not self._others_dropped:
            await self._index.drop_others()  # of models that were named before
            self._others_dropped = True
        await self._tidying.when_due(self._index.tidy)
