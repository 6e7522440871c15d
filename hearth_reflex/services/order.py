"""Keeping order in a room: showing somebody out, silencing and banning them. Always among those below oneself.

Whoever loses their seat hears nothing more of the room: their open sockets are told first, the room afterwards.
"""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.orm import aliased
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Ban, Member, Room
from hearth_reflex.db.user import User
from hearth_reflex.domain.roles import Permission, Role, stands_above
from hearth_reflex.domain.room_words import SILENCE_MINUTES_MAX, check_within
from hearth_reflex.errors import ForbiddenError, NotFoundError
from hearth_reflex.services.access import Actor, room_for
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.seating import (
    SILENCED,
    UNSILENCED,
    Told,
    give_up,
    is_banned,
    locked_room,
    noticed,
    person_in,
    person_uuid,
    seat_of,
    show_out,
)
from hearth_reflex.services.views import iso

log = structlog.get_logger(__name__)

MOST_BANS = 500


@dataclass(frozen=True, slots=True)
class BanView:
    """Somebody who may not sit down in a room again. `by` is the name of who decided that, "" when they are gone."""

    id: str
    name: str
    by: str
    at: str


class Order:
    """Every verb raises ForbiddenError `role` for who does not keep order there, or does not stand above the other."""

    def __init__(self, *, database: Database, bus: Bus, clock: Clock) -> None:
        self._db, self._bus, self._clock = database, bus, clock

    async def remove(self, actor: Actor, room_uuid: str, person: str) -> None:
        """Takes somebody's seat; into an open room they may come back.

        Raises:
            NotFoundError: `person_unknown`, nobody of that id sits there.
        """
        async with self._db.write() as db:
            room, own = await locked_room(db, actor, room_uuid, Permission.KEEP_ORDER)
            seat, user = await person_in(db, room, person)
            _check_above(own, seat)
            await give_up(db, room, seat.user_id)
            told = await self._noticed(db, room, user, "removed")
        await self._show_out(room, user, told)
        log.info("room.person_removed", room=room.uuid, person=user.uuid, by=actor.uuid)

    async def ban(self, actor: Actor, room_uuid: str, person: str) -> None:
        """Takes somebody's seat for good: neither the lobby nor an invitation gives it back. Twice is once.

        Raises:
            NotFoundError: `person_unknown`, nobody of that id sits there or ever did.
        """
        async with self._db.write() as db:
            room, own = await locked_room(db, actor, room_uuid, Permission.KEEP_ORDER)
            user, seat = await _known_there(db, room, person)
            if seat is not None:
                _check_above(own, seat)
                await give_up(db, room, seat.user_id)
            if await is_banned(db, room, user.id or 0):
                return
            db.add(Ban(room_id=_id(room), user_id=user.id or 0, by_user_id=actor.user_id, created_at=self._clock.now()))
            told = await self._noticed(db, room, user, "banned")
        await self._show_out(room, user, told)
        log.info("room.person_banned", room=room.uuid, person=user.uuid, by=actor.uuid)

    async def unban(self, actor: Actor, room_uuid: str, person: str) -> None:
        """Lets somebody sit down again.

        Raises:
            NotFoundError: `person_unknown`, nobody of that id is banned there.
        """
        async with self._db.write() as db:
            room, _ = await locked_room(db, actor, room_uuid, Permission.KEEP_ORDER)
            whom = select(User.id).where(User.uuid == person_uuid(person))
            done = await db.exec(delete(Ban).where(col(Ban.room_id) == room.id, col(Ban.user_id).in_(whom)))
            if done.rowcount != 1:
                raise NotFoundError("person_unknown")
        await self._bus.signal(room.uuid, "room", [])
        log.info("room.person_unbanned", room=room.uuid, by=actor.uuid)

    async def bans(self, actor: Actor, room_uuid: str) -> list[BanView]:
        """Who is banned there, the newest first."""
        keeper = aliased(User)
        async with self._db.read() as db:
            room, _ = await room_for(db, actor, room_uuid, Permission.KEEP_ORDER)
            query = (
                select(User.uuid, User.name, keeper.name, Ban.created_at)
                .join(Ban, col(Ban.user_id) == col(User.id))
                .join(keeper, col(keeper.id) == col(Ban.by_user_id), isouter=True)
                .where(Ban.room_id == room.id)
                .order_by(col(Ban.id).desc())
                .limit(MOST_BANS)
            )
            found = (await db.exec(query)).all()
        return [BanView(id=uuid, name=name, by=by or "", at=iso(at)) for uuid, name, by, at in found]

    async def silence(self, actor: Actor, room_uuid: str, person: str, *, minutes: int) -> None:
        """Lets somebody read and not speak for a while; leaving and coming back changes nothing of it.

        Raises:
            InputError: `out_of_range`.
            NotFoundError: `person_unknown`.
        """
        check_within(minutes, least=1, most=SILENCE_MINUTES_MAX, field="minutes")
        until = self._clock.now() + timedelta(minutes=minutes)
        async with self._db.write() as db:
            room, own = await locked_room(db, actor, room_uuid, Permission.KEEP_ORDER)
            seat, user = await person_in(db, room, person)
            _check_above(own, seat)
            seat.silenced_until = until
            told = await self._noticed(db, room, user, f"{SILENCED}:{minutes}")
        await told.publish(self._bus)
        log.info("room.person_silenced", room=room.uuid, person=user.uuid, minutes=minutes, by=actor.uuid)

    async def unsilence(self, actor: Actor, room_uuid: str, person: str) -> None:
        """Lets somebody speak again. No error when they may already.

        Raises:
            NotFoundError: `person_unknown`.
        """
        async with self._db.write() as db:
            room, own = await locked_room(db, actor, room_uuid, Permission.KEEP_ORDER)
            seat, user = await person_in(db, room, person)
            _check_above(own, seat)
            if seat.silenced_until is None:
                return
            seat.silenced_until = None
            told = await self._noticed(db, room, user, UNSILENCED)
        await told.publish(self._bus)
        log.info("room.person_unsilenced", room=room.uuid, person=user.uuid, by=actor.uuid)

    async def _noticed(self, db: AsyncSession, room: Room, about: User, key: str) -> Told:
        return await noticed(db, room, about.id or 0, key, at=self._clock.now())

    async def _show_out(self, room: Room, user: User, told: Told) -> None:
        await show_out(self._db, self._bus, room, [user.uuid])
        await told.publish(self._bus)


def _check_above(own: Member, other: Member) -> None:
    if not stands_above(Role(own.role), Role(other.role)):
        raise ForbiddenError("role")


def _id(room: Room) -> int:
    assert room.id is not None  # noqa: S101 - it came from the database
    return room.id


async def _known_there(db: AsyncSession, room: Room, person: str) -> tuple[User, Member | None]:
    """Somebody who sits there or once did: of others nobody learns here whether they exist."""
    user = (await db.exec(select(User).where(User.uuid == person_uuid(person)))).first()
    if user is None or user.id is None:
        raise NotFoundError("person_unknown")
    seat = await seat_of(db, room, user.id)
    traces = select(Message.id).where(Message.room_id == room.id, Message.author_user_id == user.id).limit(1)
    if seat is None and (await db.exec(traces)).first() is None:
        raise NotFoundError("person_unknown")
    return user, seat
