"""The room where one person talks with the house's AI alone: a private room like any other, found again by its key.

There the AI joins in by itself. Whoever brings somebody else in has simply a private room.
"""

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.room import Member, Room, RoomKind, Temper
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.roles import Role
from hearth_reflex.errors import InputError, LimitError
from hearth_reflex.i18n import words
from hearth_reflex.services.access import Actor
from hearth_reflex.services.ai_seating import welcome_once
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.personas import Personas
from hearth_reflex.services.room_lists import seats_taken, view_of
from hearth_reflex.services.seating import locked, seat_of
from hearth_reflex.services.views import RoomView

log = structlog.get_logger(__name__)


class Alone:
    """Args:
    pace: how fast one person may make rooms.
    """

    def __init__(self, *, database: Database, bus: Bus, clock: Clock, personas: Personas, pace: Buckets) -> None:
        self._db, self._bus, self._clock = database, bus, clock
        self._personas, self._pace = personas, pace

    async def open(self, actor: Actor) -> RoomView:
        """That room of `actor`'s, made if there is none in which they sit.

        Raises:
            InputError: `private_guest`.
            LimitError: `room_pace`.
        """
        if actor.is_guest:
            raise InputError("private_guest")
        try:
            return await self._open(actor)
        except IntegrityError:
            return await self._open(actor)  # asked for twice in the same moment, and one was first

    async def _open(self, actor: Actor) -> RoomView:
        persona, key = await self._personas.ensure_default(), f"alone:{actor.uuid}"
        async with self._db.write() as db:
            room, seat = await _found(db, actor, key)
            if room is not None and seat is not None:
                return await view_of(db, actor, room, seat)
            if wait := self._pace.take(actor.uuid, at=self._clock.now().timestamp()):
                raise LimitError("room_pace", retry_after=wait)
            room, seat = await self._make(db, actor, key)
            await welcome_once(db, room, persona, at=self._clock.now())
            view = await view_of(db, actor, room, seat)
        await self._bus.lobby()
        log.info("room.alone_made", room=room.uuid)
        return view

    async def _make(self, db: AsyncSession, actor: Actor, key: str) -> tuple[Room, Member]:
        now, named = self._clock.now(), words("sessions.alone_name")
        room = Room(kind=RoomKind.PRIVATE.value, name_ko=named["ko"], name_en=named["en"], direct_key=key)
        room.temper, room.created_at, room.last_activity = Temper.JOINS_IN.value, now, now
        db.add(room)
        await db.flush()
        assert room.id is not None  # noqa: S101 - flushed
        seat = Member(room_id=room.id, user_id=actor.user_id, role=Role.OWNER.value, joined_at=now)
        db.add(seat)
        await db.flush()
        return room, seat


async def _found(db: AsyncSession, actor: Actor, key: str) -> tuple[Room | None, Member | None]:
    """The room and the seat in it. One that was left or put away, or in which somebody else sits, gives its key up:
    another one is made."""
    room = (await db.exec(select(Room).where(Room.direct_key == key))).first()
    if room is None:
        return None, None
    await locked(db, room)
    await db.refresh(room)
    seat = await seat_of(db, room, actor.user_id)
    is_there = room.deleted_at is None and room.archived_at is None and room.kind == RoomKind.PRIVATE
    if is_there and seat is not None and await seats_taken(db, room) == 1:
        return room, seat
    room.direct_key = None
    await db.flush()
    return None, None
