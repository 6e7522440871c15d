"""The picture of a persona: its owner changes it, whoever may see the persona sees it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from sqlmodel import or_

from hearth_reflex.db.database import Database
from hearth_reflex.errors import NotFoundError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.ai_seating import rooms_with, sits_with
from hearth_reflex.services.avatars import Avatars
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.persona_access import is_usable_by, own_persona, persona_where


class PersonaPictures:
    def __init__(self, *, database: Database, bus: Bus, avatars: Avatars) -> None:
        self._db, self._bus, self._avatars = database, bus, avatars

    async def put(self, actor: Actor, persona: str, pieces: AsyncIterator[bytes]) -> str:
        """Takes another picture of a persona. Returns its id.

        Raises:
            NotFoundError, ForbiddenError: as `own_persona`.
            InputError, LimitError: as `Avatars.put`.
        """
        async with self._db.read() as db:
            await own_persona(db, actor, persona)  # before anything is read
        avatar = await self._avatars.take_in(actor, pieces)
        try:
            await self._show(actor, persona, avatar)
        except BaseException:
            await asyncio.shield(self._avatars.erase([avatar] if avatar else []))
            raise
        return avatar

    async def take_away(self, actor: Actor, persona: str) -> None:
        """Raises as `own_persona`."""
        await self._show(actor, persona, "")

    async def open(self, actor: Actor, persona: str) -> Path:
        """Where the picture lies.

        Raises:
            NotFoundError: `persona_unknown`: not theirs to see, or it has no picture.
        """
        async with self._db.read() as db:
            found = await persona_where(db, persona, or_(is_usable_by(actor), sits_with(actor)))
        path = await self._avatars.path_of(found.avatar)
        if path is None:
            raise NotFoundError("persona_unknown")
        return path

    async def _show(self, actor: Actor, persona: str, avatar: str) -> None:
        async with self._db.write() as db:
            kept = await own_persona(db, actor, persona)
            before, kept.avatar = kept.avatar, avatar
            db.add(kept)
            rooms = await rooms_with(db, kept)
        await self._avatars.erase([before] if before else [])
        for room in rooms:
            await self._bus.signal(room.uuid, "room", [])
