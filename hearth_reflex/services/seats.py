"""Seats: who sits in a room, leaving it, roles and handing over, and what a person wants of a room.

Keeping order among the others (showing out, silence, bans) is `order.py`'s.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import case
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.room import Member, Notify, Room, RoomKind
from hearth_reflex.db.user import User
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.preferences import preferences_of
from hearth_reflex.domain.roles import Permission, Role, may
from hearth_reflex.domain.room_words import QUIET_MINUTES_MAX, check_within
from hearth_reflex.errors import ForbiddenError, InputError
from hearth_reflex.services.access import Actor, room_for, seats_of
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.erasing import heir_of
from hearth_reflex.services.index_removals import forget_rooms
from hearth_reflex.services.room_lists import seats_taken
from hearth_reflex.services.seating import (
    LIVING,
    Told,
    check_seat_pace,
    give_up,
    has_owner,
    locked_room,
    not_talk,
    noticed,
    person_in,
    show_out,
)
from hearth_reflex.services.views import iso

log = structlog.get_logger(__name__)

MOST_PEOPLE = 1000
_RANKS = {role.value: rank for rank, role in enumerate((Role.OWNER, Role.MODERATOR, Role.MEMBER, Role.GUEST))}


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody who sits in a room. Times are ISO 8601 in UTC; `last_seen` is "" when they keep that to themself."""

    id: str
    name: str
    role: str
    avatar: str
    silenced: bool
    joined_at: str
    last_seen: str
    guest: bool
    silenced_until: str


@dataclass(frozen=True, slots=True)
class SeatView:
    """What a person wants of a room."""

    favourite: bool
    notify: str
    quiet_until: str


class Deleted(Protocol):
    async def let_go(self, room: Room) -> None:
        """Ends what is on its way in a room that was just deleted, and has forgotten what was read there."""
        ...


class Seats:
    """Args:
    care: who is told of a room that its last member took along.
    pace: how fast one person may sit down and leave.
    """

    def __init__(self, *, database: Database, bus: Bus, clock: Clock, care: Deleted, pace: Buckets) -> None:
        self._db, self._bus, self._clock = database, bus, clock
        self._care, self._pace = care, pace

    async def people(self, actor: Actor, room_uuid: str, *, limit: int = MOST_PEOPLE) -> list[PersonView]:
        """Who sits there, for its members: by role, then by name."""
        async with self._db.read() as db:
            room, _ = await room_for(db, actor, room_uuid, Permission.READ)
            query = (
                select(Member, User)
                .join(User, col(User.id) == col(Member.user_id))
                .where(Member.room_id == seats_of(room))
                .order_by(case(_RANKS, value=col(Member.role)), col(User.name))
                .limit(limit)
            )
            found = (await db.exec(query)).all()
        now = self._clock.now()
        return [_person(seat, user, actor, at=now) for seat, user in found]

    async def leave(self, actor: Actor, room_uuid: str) -> bool:
        """Gives up one's seat. An owner's room goes to who kept order longest, else to who has sat there longest.

        The last one who leaves takes the room along: it is deleted, and whoever owned it may take that back for a
        while. Returns whether that happened.

        Raises:
            ForbiddenError: `owner_stays`, only guests would be left behind.
            LimitError: `seat_pace`.
        """
        check_seat_pace(self._pace, actor, at=self._clock.now())
        async with self._db.write() as db:
            room, seat = await locked_room(db, actor, room_uuid, Permission.READ)
            last = await seats_taken(db, room) == 1 and room.purpose != LIVING
            told = await (self._close(db, room, seat) if last else self._go(db, room, seat))
        await show_out(self._db, self._bus, room, [actor.uuid])
        await told.publish(self._bus)
        if last:
            await self._care.let_go(room)
        log.info("room.left", room=room.uuid, person=actor.uuid, last=last)
        return last

    async def give_role(self, actor: Actor, room_uuid: str, person: str, role: str) -> None:
        """Makes somebody moderator, member or guest; "owner" hands the room over to them.

        A room that has no owner, open to all, may be taken over or given away by who keeps the house and sits there.

        Raises:
            InputError: `role_unknown`.
            NotFoundError: `person_unknown`.
            ForbiddenError: `role`; `owner_stays`, an owner hands the room over first.
        """
        given = _role(role)
        async with self._db.write() as db:
            room, own = await locked_room(db, actor, room_uuid, Permission.READ)
            if not may(Role(own.role), Permission.OWN) and not await _may_take_over(db, actor, room, given):
                raise ForbiddenError("role")
            seat, user = await person_in(db, room, person)
            if seat.role == given:
                return
            if seat.role == Role.OWNER:
                raise ForbiddenError("owner_stays")
            if given is Role.OWNER:
                own.role = Role.MODERATOR.value if own.role == Role.OWNER else own.role
                seat.silenced_until = None  # nobody stands above an owner who could end it
            seat.role = given.value
            told = await self._noticed(db, room, user, "handed_over" if given is Role.OWNER else f"role_{given.value}")
        await told.publish(self._bus)
        log.info("room.role_given", room=room.uuid, person=user.uuid, role=given.value, by=actor.uuid)

    async def prefer(
        self,
        actor: Actor,
        room_uuid: str,
        *,
        favourite: bool | None = None,
        notify: str | None = None,
        quiet_minutes: int | None = None,
    ) -> SeatView:
        """What `actor` wants of a room; None leaves it as it is, 0 minutes end the quiet.

        Raises:
            InputError: `notify_level`, `out_of_range`.
            ForbiddenError: `session_talk`.
        """
        if quiet_minutes is not None:
            check_within(quiet_minutes, least=0, most=QUIET_MINUTES_MAX, field="quiet_minutes")
        async with self._db.write() as db:
            room, seat = await room_for(db, actor, room_uuid, Permission.READ)
            not_talk(room)
            seat.favourite = seat.favourite if favourite is None else favourite
            seat.notify = seat.notify if notify is None else _notify(notify)
            if quiet_minutes is not None:
                seat.quiet_until = self._clock.now() + timedelta(minutes=quiet_minutes) if quiet_minutes else None
        return SeatView(seat.favourite, seat.notify, iso(seat.quiet_until) if seat.quiet_until else "")

    async def _go(self, db: AsyncSession, room: Room, seat: Member) -> Told:
        told: list[Told] = []
        if seat.role == Role.OWNER:
            heir = await heir_of(db, room, {seat.user_id})
            if heir is not None:
                heir.role = Role.OWNER.value
                told.append(await noticed(db, room, heir.user_id, "handed_over", at=self._clock.now()))
            elif await seats_taken(db, room) > 1:
                raise ForbiddenError("owner_stays")
        await give_up(db, room, seat.user_id)
        told.append(await noticed(db, room, seat.user_id, "left", at=self._clock.now()))
        return Told(room.uuid, [row for one in told for row in one.rows])

    async def _close(self, db: AsyncSession, room: Room, seat: Member) -> Told:
        """The seat is kept, so that the room can be taken back. A direct room is opened again by writing to each
        other: there nobody keeps a seat that they left."""
        if room.kind == RoomKind.DIRECT:
            await give_up(db, room, seat.user_id)
        room.deleted_at = self._clock.now()
        await forget_rooms(db, col(Room.id) == room.id)
        return Told(room.uuid, [])

    async def _noticed(self, db: AsyncSession, room: Room, about: User, key: str) -> Told:
        assert about.id is not None  # noqa: S101 - it came from the database
        return await noticed(db, room, about.id, key, at=self._clock.now())


async def _may_take_over(db: AsyncSession, actor: Actor, room: Room, given: Role) -> bool:
    wanted = actor.is_admin and given is Role.OWNER and room.kind == RoomKind.OPEN
    return wanted and not await has_owner(db, room)


def _role(raw: str) -> Role:
    try:
        return Role(raw)
    except ValueError:
        raise InputError("role_unknown", field="role") from None


def _notify(raw: str) -> str:
    try:
        return Notify(raw).value
    except ValueError:
        raise InputError("notify_level", field="notify") from None


def _person(seat: Member, user: User, actor: Actor, *, at: datetime) -> PersonView:
    silenced_until = seat.silenced_until if seat.silenced_until and seat.silenced_until > at else None
    hidden = preferences_of(user.preferences).hide_last_seen and user.id != actor.user_id
    return PersonView(
        id=user.uuid,
        name=user.name,
        role=seat.role,
        avatar=user.avatar,
        silenced=silenced_until is not None,
        joined_at=iso(seat.joined_at),
        last_seen="" if hidden else iso(user.last_activity),
        guest=user.is_guest,
        silenced_until=iso(silenced_until) if silenced_until else "",
    )
