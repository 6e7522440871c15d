"""Seats of personas as rows: who sits in a room, sitting down, getting up. Inside the caller's transaction, behind the
lock of the room; publishes nothing.

Knows nothing of who may do it: that is `ai_seats.py`'s.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.generation import OPEN_GENERATIONS, Generation
from hearth_reflex.db.message import Message, MessageKind
from hearth_reflex.db.persona import Persona, Seat
from hearth_reflex.db.room import Member, Room
from hearth_reflex.db.session import AiSession
from hearth_reflex.domain.looks import look_among, look_of
from hearth_reflex.errors import ConflictError
from hearth_reflex.services.access import Actor, is_there, seat_in
from hearth_reflex.services.changes import add_notice, next_rev
from hearth_reflex.services.search_index import index_message

MOST_SEATS = 8  # of a room: more voices are a crowd, and there are as many colours
JOINED, LEFT = "ai_joined", "ai_left"  # lines of the house

SeatRow = tuple[Seat, Persona]


async def seats_in(db: AsyncSession, room: Room) -> list[SeatRow]:
    """All seats that the room ever had, those that were left too, in the order in which they were taken."""
    query = (
        select(Seat, Persona)
        .join(Persona, col(Persona.id) == col(Seat.persona_id))
        .where(Seat.room_id == room.id)
        .order_by(col(Seat.id))
    )
    return list((await db.exec(query)).all())


def taken(seats: Sequence[SeatRow]) -> list[SeatRow]:
    """Those of them in which somebody sits."""
    return [(seat, persona) for seat, persona in seats if seat.left_at is None and persona.deleted_at is None]


async def spell_out(db: AsyncSession, room: Room, default: Persona, *, at: datetime) -> list[SeatRow]:
    """The seats of a room. Of one without any the default persona gets a row first: it stays when others come."""
    seats = await seats_in(db, room)
    if seats:
        return seats
    seat = _new_seat(room, default, at=at)
    db.add(seat)
    await db.flush()
    return [(seat, default)]


async def take_ai_seat(
    db: AsyncSession, room: Room, persona: Persona, seats: Sequence[SeatRow], *, since_seq: int, by: int, at: datetime
) -> Seat:
    """A seat for a persona that has none among `seats`, or left it. Raises ConflictError `ai_seats_many`."""
    beside = taken(seats)
    if len(beside) >= MOST_SEATS:
        raise ConflictError("ai_seats_many", limit=MOST_SEATS)
    known = next((seat for seat, sitter in seats if sitter.id == persona.id), None)
    seat = known or _new_seat(room, persona, at=at)
    favourite = seat.look if known else look_of(persona.uuid, is_default=persona.purpose is not None)
    seat.look = look_among(favourite, [other.look for other, _ in beside])
    seat.since_seq, seat.by_user_id, seat.left_at = since_seq, by, None
    db.add(seat)
    await db.flush()
    return seat


async def welcome_once(db: AsyncSession, room: Room, persona: Persona, *, at: datetime) -> list[Message]:
    """The line that it has sat down, unless that stands there and no leaving behind it; and its greeting, if it has
    never said anything in this room."""
    about = (col(Message.room_id) == room.id) & (col(Message.author_persona_id) == persona.id)
    lines = select(Message.text).where(about, Message.kind == MessageKind.NOTICE.value)
    newest = (await db.exec(lines.order_by(col(Message.seq).desc()).limit(1))).first()
    said: list[Message] = []
    if newest != JOINED:
        said.append(await add_notice(db, room, persona, JOINED, at=at))
    spoken = select(Message.id).where(about, Message.kind == MessageKind.TALK.value).limit(1)
    if persona.greeting and (await db.exec(spoken)).first() is None:
        said.append(await _greet(db, room, persona, at=at))
    return said


async def leave_ai_seat(db: AsyncSession, room: Room, seat: Seat, persona: Persona, *, at: datetime) -> Message:
    """Gets up; the row stays, so that the room does not fall back to the default persona. Returns the line of it."""
    seat.left_at = at
    db.add(seat)
    return await add_notice(db, room, persona, LEFT, at=at)


async def stop_persona(database: Database, persona: Persona, room: Room | None = None) -> None:
    """Asks for the end of its answers on their way, in one room and the talks beside it where it spoke for its seat, or
    in all; what they said so far is kept.

    In a transaction of its own: an answer's end locks its run before the room, and two orders would be a deadlock.
    """
    answers = select(Message.id).where(Message.author_persona_id == persona.id)
    if room is not None:
        talks = select(AiSession.talk_id).where(
            AiSession.room_id == room.id, col(AiSession.by_user_id).is_distinct_from(persona.owner_user_id)
        )
        here = col(Message.room_id) == room.id
        answers = answers.where(here if persona.purpose else here | col(Message.room_id).in_(talks))
    async with database.write() as db:
        await db.exec(
            update(Generation)
            .where(col(Generation.status).in_(OPEN_GENERATIONS), col(Generation.message_id).in_(answers))
            .values(stop_requested=True)
        )


def sits_with(actor: Actor) -> ColumnElement[bool]:
    """The condition on `Persona` that it sits, or sat, in a room of `actor`'s, or answers in a talk beside one."""
    mine = seat_in(Room) & (col(Member.user_id) == actor.user_id)
    shared = (
        select(Seat.id)
        .join(Room, col(Room.id) == col(Seat.room_id))
        .join(Member, mine)
        .where(col(Seat.persona_id) == col(Persona.id), is_there())
    )
    beside = (
        select(AiSession.id)
        .join(Room, col(Room.id) == col(AiSession.room_id))
        .join(Member, mine)
        .where(col(AiSession.persona_id) == col(Persona.id), is_there())
    )
    return shared.exists() | beside.exists()


async def rooms_with(db: AsyncSession, persona: Persona) -> list[Room]:
    """Where a persona sits, as far as a row says so."""
    query = (
        select(Room)
        .join(Seat, col(Seat.room_id) == col(Room.id))
        .where(Seat.persona_id == persona.id, col(Seat.left_at).is_(None), col(Room.deleted_at).is_(None))
        .order_by(col(Room.id))
    )
    return list((await db.exec(query)).all())


def _new_seat(room: Room, persona: Persona, *, at: datetime) -> Seat:
    assert room.id is not None  # noqa: S101 - it came from the database
    assert persona.id is not None  # noqa: S101 - the same
    return Seat(room_id=room.id, persona_id=persona.id, created_at=at)


async def _greet(db: AsyncSession, room: Room, persona: Persona, *, at: datetime) -> Message:
    assert room.id is not None  # noqa: S101 - it came from the database
    rev, seq = await next_rev(db, room.id, messages=1, at=at)
    greeting = Message(
        room_id=room.id,
        seq=seq,
        rev=rev,
        author_persona_id=persona.id,
        author_name=persona.name_ko,
        text=persona.greeting,
        created_at=at,
    )
    db.add(greeting)
    await db.flush()
    await index_message(db, greeting)
    return greeting
