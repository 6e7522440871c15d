"""The small pictures of people and personas: drawn anew by the house. Those of people are shown to those who share a
room with them; whose personas' are seen, `persona_pictures.py` says.

Only the small one is kept. Each picture has an id of its own, so that a browser that knows one never shows an old one.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from pathlib import Path

from sqlmodel import col, select

from hearth_reflex.db.base import new_uuid
from hearth_reflex.db.database import Database
from hearth_reflex.db.persona import Persona
from hearth_reflex.db.user import User
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.errors import InputError, LimitError, NotFoundError
from hearth_reflex.media.darkroom import Darkroom
from hearth_reflex.media.store import FileStore, write_to
from hearth_reflex.services.access import Actor
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.profiles import rooms_of, shares_a_room
from hearth_reflex.services.seating import person_uuid
from hearth_reflex.services.uploads import PATIENCE_SECONDS, patient

MOST_BYTES = 10_000_000
STALE_SECONDS = 3600.0  # a picture without a person, or still arriving


class Avatars:
    """Args:
    pace: how often one person may change their picture.
    patience: seconds to wait for the next piece of one.
    """

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        clock: Clock,
        store: FileStore,
        darkroom: Darkroom,
        pace: Buckets,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._db, self._bus, self._clock = database, bus, clock
        self._store, self._darkroom, self._pace, self._patience = store, darkroom, pace, patience

    async def put(self, actor: Actor, pieces: AsyncIterator[bytes]) -> str:
        """Takes another picture of `actor`. Returns its id.

        Raises:
            InputError: `avatar_large`, `file_stalled`, or a picture that cannot be read.
            LimitError: `files_pace`.
        """
        uuid = await self.take_in(actor, pieces)
        try:
            await self._show(actor, uuid)
        except BaseException:
            await asyncio.shield(self.erase([uuid]))
            raise
        return uuid

    async def take_in(self, actor: Actor, pieces: AsyncIterator[bytes]) -> str:
        """Draws a picture anew and keeps it; whoever asked says whose it is, soon. Returns its id. Raises as `put`."""
        if wait := self._pace.take(actor.uuid, at=self._clock.now().timestamp()):
            raise LimitError("files_pace", retry_after=wait)
        uuid = new_uuid()
        await self._develop(pieces, uuid)
        return uuid

    async def path_of(self, avatar: str) -> Path | None:
        """Where a picture lies; None for "" and for one that is gone."""
        path = self._store.path(avatar, small=True) if avatar else None
        return path if path is not None and await asyncio.to_thread(path.is_file) else None

    async def take_away(self, actor: Actor) -> None:
        await self._show(actor, "")

    async def open(self, actor: Actor, person: str) -> Path:
        """Where the picture of `person` lies.

        Raises:
            NotFoundError: `person_unknown`: nobody there, no picture, or no room that both sit in.
        """
        query = select(User.avatar).where(User.uuid == person_uuid(person), shares_a_room(actor))
        async with self._db.read() as db:
            avatar = (await db.exec(query)).first()
        path = await self.path_of(avatar or "")
        if path is None:
            raise NotFoundError("person_unknown")
        return path

    async def erase(self, uuids: Sequence[str]) -> None:
        """Removes pictures that are nobody's any more."""
        await asyncio.to_thread(self._store.remove, uuids)

    async def clean(self) -> None:
        """Removes pictures of people and personas who are gone, and what never arrived."""
        await asyncio.to_thread(self._store.sweep, seconds=STALE_SECONDS)
        for folder in await asyncio.to_thread(self._store.folders):
            old = await asyncio.to_thread(self._store.old, folder, seconds=STALE_SECONDS)
            async with self._db.read() as db:
                known = set((await db.exec(select(User.avatar).where(col(User.avatar).in_(old)))).all())
                known |= set((await db.exec(select(Persona.avatar).where(col(Persona.avatar).in_(old)))).all())
            await asyncio.to_thread(self._store.remove, old - known)

    async def _develop(self, pieces: AsyncIterator[bytes], uuid: str) -> None:
        with self._store.arriving() as came, self._store.arriving() as whole, self._store.arriving() as small:
            await _write(patient(pieces, seconds=self._patience), came)
            with came.open("rb") as source, whole.open("wb") as drawn, small.open("wb") as reduced:
                await self._darkroom.develop(source, whole=drawn, small=reduced)
            await asyncio.to_thread(self._store.keep, small, uuid, small=True)

    async def _show(self, actor: Actor, avatar: str) -> None:
        async with self._db.write() as db:
            user = await db.get_one(User, actor.user_id)
            before, user.avatar = user.avatar, avatar
            rooms = await rooms_of(db, actor)
        if before:
            await self.erase([before])
        for room in rooms:
            await self._bus.signal(room, "room", [])


async def _write(pieces: AsyncGenerator[bytes], path: Path) -> None:
    size = 0
    with path.open("wb") as file:
        async with aclosing(pieces) as coming:
            async for piece in coming:
                size += len(piece)
                if size > MOST_BYTES:
                    raise InputError("avatar_large", field="file", limit=MOST_BYTES // 1_000_000)
                await asyncio.to_thread(write_to, file, piece)
    if size == 0:
        raise InputError("picture_unreadable", field="file")
