"""Direct rooms: one for each two people, made when one of them writes to the other for the first time.

Whoever leaves theirs comes back only by themself: nobody can make another sit down.
"""

from datetime import datetime

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.room import Member, Room, RoomKind
from hearth_reflex.db.user import User
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.roles import Role
from hearth_reflex.errors import InputError, LimitError, NotFoundError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.index_removals import bring_room_back
from hearth_reflex.services.room_care import KEPT_DELETED
from hearth_reflex.services.room_lists import direct_key, view_of
from hearth_reflex.services.seating import Told, locked, person_uuid, seat_of, take_seat
from hearth_reflex.services.views import RoomView

log = structlog.get_logger(__name__)


class Directs:
    """Args:
    pace: how fast one person may make rooms.
    """

    def __init__(self, *, database: Database, bus: Bus, clock: Clock, pace: Buckets) -> None:
        self._db, self._bus, self._clock, self._pace = database, bus, clock, pace

    async def open(self, actor: Actor, person: str) -> RoomView:
        """The room of `actor` and somebody else, made if there is none yet; who had left it sits down again.

        Raises:
            InputError: `direct_self`.
            NotFoundError: `person_unknown`, also for somebody with whom `actor` shares no room.
            LimitError: `room_pace`.
        """
        other = person_uuid(person)
        if other == actor.uuid:
            raise InputError("direct_self", field="user_id")
        try:
            view, told = await self._open(actor, other)
        except IntegrityError:
            view, told = await self._open(actor, other)  # both wrote in the same moment, and one room was first
        if told is not None:
            await told.publish(self._bus)
        return view

    async def _open(self, actor: Actor, other: str) -> tuple[RoomView, Told | None]:
        key = direct_key(actor.uuid, other)
        async with self._db.write() as db:
            room = await self._found(db, key)
            told = await (self._make(db, actor, other, key) if room is None else self._return(db, actor, room))
            room = room or (await db.exec(select(Room).where(Room.direct_key == key))).one()
            return await view_of(db, actor, room, await seat_of(db, room, actor.user_id)), told

    async def _found(self, db: AsyncSession, key: str) -> Room | None:
        """The room of this key. One that was deleted too long ago is on its way out, and gives its key up."""
        query = select(Room).where(Room.direct_key == key)
        room = (await db.exec(query)).first()
        if room is None:
            return None
        await locked(db, room)
        room = (await db.exec(query)).first()
        if room is not None and room.deleted_at and room.deleted_at <= self._clock.now() - KEPT_DELETED:
            room.direct_key = None
            await db.flush()
            return None
        return room

    async def _return(self, db: AsyncSession, actor: Actor, room: Room) -> Told | None:
        if room.deleted_at is not None:
            room.deleted_at = None
            await bring_room_back(db, room)
        return await take_seat(db, room, actor, role=Role.MEMBER, at=self._clock.now())

    async def _make(self, db: AsyncSession, actor: Actor, other: str, key: str) -> Told:
        user = await _neighbour(db, actor, other)
        now = self._clock.now()
        if wait := self._pace.take(actor.uuid, at=now.timestamp()):
            raise LimitError("room_pace", retry_after=wait)
        # Shown only when one of the two is gone from the house: each sees the other's name.
        names = f"{actor.name}, {user.name}"
        room = Room(kind=RoomKind.DIRECT.value, name_ko=names, name_en=names, direct_key=key)
        room.created_at = room.last_activity = now
        db.add(room)
        await db.flush()
        for user_id in (actor.user_id, user.id or 0):
            db.add(_seat(room, user_id, at=now))
        await db.flush()
        log.info("room.direct_made", room=room.uuid)
        return Told(room.uuid, [])


def _seat(room: Room, user_id: int, *, at: datetime) -> Member:
    assert room.id is not None  # noqa: S101 - flushed
    return Member(room_id=room.id, user_id=user_id, role=Role.MEMBER.value, joined_at=at)


async def _neighbour(db: AsyncSession, actor: Actor, person: str) -> User:
    """Somebody who sits in a room with `actor`: of others nobody learns here whether they exist."""
    mine, theirs = aliased(Member), aliased(Member)
    query = (
        select(User)
        .join(theirs, col(theirs.user_id) == col(User.id))
        .join(mine, col(mine.room_id) == col(theirs.room_id))
        .join(Room, col(Room.id) == col(mine.room_id))
        .where(User.uuid == person, mine.user_id == actor.user_id, col(Room.deleted_at).is_(None))
        .limit(1)
    )
    user = (await db.exec(query)).first()
    if user is None:
        raise NotFoundError("person_unknown")
    return user
