"""Taking a seat and giving it up, inside the caller's transaction: one rule for lobby, invitation and direct rooms.

Knows who may sit where and what the room is told of it; finds no rooms and publishes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.generation import OPEN_GENERATIONS, Generation
from hearth_reflex.db.message import Message, MessageKind
from hearth_reflex.db.room import Ban, Member, Room, RoomKind
from hearth_reflex.db.user import User
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.feed import Row
from hearth_reflex.domain.roles import Permission, Role
from hearth_reflex.errors import ForbiddenError, LimitError, NotFoundError
from hearth_reflex.services.access import Actor, room_for, uuid_text
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.changes import add_notice, lock_named, lock_room, rows_of
from hearth_reflex.services.room_lists import seats_taken

LIVING = "living"
SILENCED, UNSILENCED = "silenced", "unsilenced"  # lines of the house; behind the first one the minutes


@dataclass(frozen=True, slots=True)
class Told:
    """What a room hears once a change of its seats is kept."""

    room: str
    rows: list[Row]

    async def publish(self, bus: Bus) -> None:
        """Rows of the talk, a hint to look at the room again, and the lists of rooms."""
        for row in self.rows:
            await bus.change(self.room, rev=row["rev"], rows=[row])
        await bus.signal(self.room, "room", [])
        await bus.lobby()


def check_seat_pace(pace: Buckets, actor: Actor, *, at: datetime) -> None:
    """Raises LimitError `seat_pace`: each time somebody sits down or leaves, the whole room reads a line of it."""
    if wait := pace.take(actor.uuid, at=at.timestamp()):
        raise LimitError("seat_pace", retry_after=wait)


async def seat_of(db: AsyncSession, room: Room, user_id: int) -> Member | None:
    return (await db.exec(select(Member).where(Member.room_id == room.id, Member.user_id == user_id))).first()


async def locked(db: AsyncSession, room: Room) -> None:
    """Others who change this room wait; what was read of it before is forgotten, so that it is read again."""
    await lock_room(db, room)
    db.expire_all()


async def locked_room(db: AsyncSession, actor: Actor, room_uuid: str, permission: Permission) -> tuple[Room, Member]:
    """As `room_for`, asked behind the lock: a role may be lost in the same moment.

    Raises:
        NotFoundError, ForbiddenError: as `room_for`; `session_talk`: what has seats is the room that a talk belongs to.
    """
    await lock_named(db, room_uuid)
    room, seat = await room_for(db, actor, room_uuid, permission)
    not_talk(room)
    return room, seat


async def take_seat(db: AsyncSession, room: Room, actor: Actor, *, role: Role, at: datetime) -> Told | None:
    """Makes `actor` a member of a room that the caller has locked and found open to them. None: they sit there already.

    Raises:
        ForbiddenError: `banned`; `room_full`.
    """
    assert room.id is not None  # noqa: S101 - it came from the database
    if await seat_of(db, room, actor.user_id) is not None:
        return None
    if await is_banned(db, room, actor.user_id):
        raise ForbiddenError("banned")
    if room.max_members and await seats_taken(db, room) >= room.max_members:
        raise ForbiddenError("room_full")
    if room.purpose == LIVING and actor.is_admin and not await has_owner(db, room):
        role = Role.OWNER
    seat = Member(room_id=room.id, user_id=actor.user_id, role=role.value, joined_at=at)
    seat.read_seq = room.last_seq  # what was said before somebody came is not unread to them
    seat.silenced_until = await _silence_left(db, room, actor.user_id, at=at)
    db.add(seat)
    return await noticed(db, room, actor.user_id, "joined", at=at)


async def noticed(db: AsyncSession, room: Room, about: int, *keys: str, at: datetime) -> Told:
    """Writes lines of the house about a person into the room."""
    user = await db.get_one(User, about)
    notices = [await add_notice(db, room, user, key, at=at) for key in keys]
    return Told(room.uuid, await rows_of(db, notices))


async def _silence_left(db: AsyncSession, room: Room, user_id: int, *, at: datetime) -> datetime | None:
    """Whoever leaves while they are silenced and comes back is silenced still: the room's own lines remember."""
    query = (
        select(Message.text, Message.created_at)
        .where(
            Message.room_id == room.id,
            Message.author_user_id == user_id,
            Message.kind == MessageKind.NOTICE.value,
            col(Message.text).like(f"{SILENCED}:%") | (col(Message.text) == UNSILENCED),
        )
        .order_by(col(Message.seq).desc())
        .limit(1)
    )
    found = (await db.exec(query)).first()
    minutes = found[0].partition(":")[2] if found else ""
    until = found[1] + timedelta(minutes=int(minutes)) if found and minutes else None
    return until if until is not None and until > at else None


async def person_in(db: AsyncSession, room: Room, person: str) -> tuple[Member, User]:
    """The seat of somebody by their uuid.

    Raises:
        NotFoundError: `person_unknown`, nobody of that id sits there.
    """
    query = (
        select(Member, User)
        .join(User, col(User.id) == col(Member.user_id))
        .where(Member.room_id == room.id, User.uuid == person_uuid(person))
    )
    found = (await db.exec(query)).first()
    if found is None:
        raise NotFoundError("person_unknown")
    return found


async def give_up(db: AsyncSession, room: Room, user_id: int) -> None:
    await db.exec(delete(Member).where(col(Member.room_id) == room.id, col(Member.user_id) == user_id))


async def is_banned(db: AsyncSession, room: Room, user_id: int) -> bool:
    query = select(Ban.id).where(Ban.room_id == room.id, Ban.user_id == user_id)
    return (await db.exec(query)).first() is not None


async def has_owner(db: AsyncSession, room: Room) -> bool:
    query = select(Member.id).where(Member.room_id == room.id, Member.role == Role.OWNER.value)
    return (await db.exec(query)).first() is not None


async def people_in(db: AsyncSession, room: Room) -> list[str]:
    """The uuids of all who sit in a room."""
    query = select(User.uuid).join(Member, col(Member.user_id) == col(User.id)).where(Member.room_id == room.id)
    return list((await db.exec(query)).all())


async def show_out(database: Database, bus: Bus, room: Room, people: list[str]) -> None:
    """Tells that these people have lost their seats in a room, and so in the talks of its AI sessions."""
    for uuid in await with_talks(database, [room.uuid]):
        await bus.unseated(uuid, people)


async def with_talks(database: Database, room_uuids: Sequence[str]) -> list[str]:
    """These rooms, and the talks of their AI sessions, by uuid."""
    parents = select(Room.id).where(col(Room.uuid).in_(room_uuids))
    async with database.read() as db:
        talks = (await db.exec(select(Room.uuid).where(col(Room.parent_id).in_(parents)))).all()
    return [*room_uuids, *talks]


async def stop_answers(database: Database, room: Room) -> None:
    """Asks for the end of every answer on its way here, and in the talks of its AI sessions; whichever process writes
    one reads that within a second.

    In a transaction of its own: an answer's end locks its run before the room, and two orders would be a deadlock.
    """
    rooms = select(Room.id).where((col(Room.id) == room.id) | (col(Room.parent_id) == room.id))
    answers = select(Message.id).where(col(Message.room_id).in_(rooms))
    async with database.write() as db:
        await db.exec(
            update(Generation)
            .where(col(Generation.status).in_(OPEN_GENERATIONS), col(Generation.message_id).in_(answers))
            .values(stop_requested=True)
        )


def not_direct(room: Room) -> None:
    """Raises ForbiddenError `direct_room`: it is two people's, for good."""
    if room.kind == RoomKind.DIRECT:
        raise ForbiddenError("direct_room")


def not_talk(room: Room) -> None:
    """Raises ForbiddenError `session_talk`: it has no seats of its own, and is kept by its AI session."""
    if room.kind == RoomKind.SESSION:
        raise ForbiddenError("session_talk")


def not_living(room: Room) -> None:
    """Raises ForbiddenError `living_room`: the house has one, always."""
    if room.purpose == LIVING:
        raise ForbiddenError("living_room")


def person_uuid(raw: str) -> str:
    try:
        return uuid_text(raw)
    except NotFoundError:
        raise NotFoundError("person_unknown") from None
