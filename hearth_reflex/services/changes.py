"""One committed change of a room: the next `rev`, the next `seq`, and the rows to tell afterwards.

A change is taken inside the caller's transaction by raising the room's counters first; that also locks the room's row,
so that two writers of one room never share a seq or a rev and revs have no gaps.
"""

from datetime import datetime

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.generation import Generation
from hearth_reflex.db.message import Message, MessageKind
from hearth_reflex.db.persona import Persona
from hearth_reflex.db.room import Room
from hearth_reflex.db.user import User
from hearth_reflex.domain.feed import Row
from hearth_reflex.services.views import message_row


async def next_rev(db: AsyncSession, room_id: int, *, messages: int = 0, at: datetime | None = None) -> tuple[int, int]:
    """Raises the room's counters. Returns (rev, seq of the last of `messages` new messages)."""
    values: dict[str, object] = {"rev": col(Room.rev) + 1, "last_seq": col(Room.last_seq) + messages}
    if at is not None:
        values["last_activity"] = at
    statement = (
        update(Room).where(col(Room.id) == room_id).values(**values).returning(col(Room.rev), col(Room.last_seq))
    )
    rev, seq = (await db.exec(statement)).one()
    return rev, seq


async def lock_room(db: AsyncSession, room: Room) -> None:
    """Others who look before they write in this room wait until this transaction ends. SQLite has one writer anyway."""
    await db.exec(select(Room.id).where(Room.id == room.id).with_for_update())


async def add_notice(db: AsyncSession, room: Room, about: User | Persona, key: str, *, at: datetime) -> Message:
    """A line of the house about somebody; `key` stands below `notice.` in the catalogues."""
    assert room.id is not None  # noqa: S101 - it came from the database
    rev, seq = await next_rev(db, room.id, messages=1, at=at)
    notice = Message(
        room_id=room.id,
        seq=seq,
        rev=rev,
        kind=MessageKind.NOTICE.value,
        author_user_id=about.id if isinstance(about, User) else None,
        author_persona_id=about.id if isinstance(about, Persona) else None,
        author_name=about.name if isinstance(about, User) else about.name_ko,
        text=key,
        created_at=at,
    )
    db.add(notice)
    await db.flush()
    return notice


async def rows_of(db: AsyncSession, messages: list[Message]) -> list[Row]:
    """Views of messages, in the order given: authors and runs are fetched in three queries, however many there are."""
    users = await _user_uuids(db, {m.author_user_id for m in messages if m.author_user_id})
    personas = await _personas(db, {m.author_persona_id for m in messages if m.author_persona_id})
    runs = await _newest_runs(db, [m.id for m in messages if m.author_persona_id and m.id])
    return [
        message_row(
            message,
            author=users.get(message.author_user_id or 0, ""),
            persona=personas.get(message.author_persona_id or 0),
            generation=runs.get(message.id or 0),
        )
        for message in messages
    ]


async def _user_uuids(db: AsyncSession, ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    found = await db.exec(select(User.id, User.uuid).where(col(User.id).in_(ids)))
    return {row_id: uuid for row_id, uuid in found if row_id is not None}


async def _personas(db: AsyncSession, ids: set[int]) -> dict[int, Persona]:
    if not ids:
        return {}
    found = (await db.exec(select(Persona).where(col(Persona.id).in_(ids)))).all()
    return {persona.id: persona for persona in found if persona.id is not None}


async def _newest_runs(db: AsyncSession, message_ids: list[int]) -> dict[int, Generation]:
    if not message_ids:
        return {}
    query = select(Generation).where(col(Generation.message_id).in_(message_ids)).order_by(col(Generation.id))
    newest: dict[int, Generation] = {}
    for run in (await db.exec(query)).all():
        newest[run.message_id] = run
    return newest
