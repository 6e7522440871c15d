"""One committed change of a room: the next `rev`, the next `seq`, and the rows to tell afterwards.

A change is taken inside the caller's transaction by raising the room's counters first; that also locks the room's row,
so that two writers of one room never share a seq or a rev and revs have no gaps.
"""

from datetime import datetime

from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.attachment import Attachment
from hearth_reflex.db.document import PictureNote
from hearth_reflex.db.message import Mention, Message, MessageKind, Reaction
from hearth_reflex.db.persona import Persona, Seat
from hearth_reflex.db.room import Room
from hearth_reflex.db.user import User
from hearth_reflex.domain.feed import Row
from hearth_reflex.domain.pictures_told import shown_caption
from hearth_reflex.services.access import uuid_text
from hearth_reflex.services.answer_versions import runs_of
from hearth_reflex.services.cited_rows import cited_of
from hearth_reflex.services.views import Around, ReplyView, message_row, reply_view


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


async def renewed(db: AsyncSession, messages: list[Message]) -> tuple[int, list[Row]]:
    """Gives messages of one room that have just changed its next rev. Returns it, and their rows to tell."""
    rev, _ = await next_rev(db, messages[0].room_id)
    for message in messages:
        message.rev = rev
    await db.flush()
    return rev, await rows_of(db, messages)


async def lock_room(db: AsyncSession, room: Room) -> None:
    """Others who look before they write in this room wait until this transaction ends. SQLite has one writer anyway."""
    await db.exec(select(Room.id).where(Room.id == room.id).with_for_update())


async def lock_named(db: AsyncSession, room_uuid: str) -> None:
    """The same for a room that was not looked at yet: what is found of it, and who sits there, is then true until this
    transaction ends. Whoever waits here may find that they have lost their seat."""
    named = col(Room.uuid) == uuid_text(room_uuid)
    # Those who sit in the talk of an AI session have their seats in its room. SHARE: whoever ends an answer there, and
    # so holds the talk's row, may still name that room.
    parent = col(Room.id) == select(Room.parent_id).where(named).scalar_subquery()
    await db.exec(select(Room.id).where(parent).with_for_update(read=True))
    await db.exec(select(Room.id).where(named).with_for_update())


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
    """Views of messages, in the order given: what belongs to them is fetched in as many queries as there are tables,
    however many messages there are."""
    around = {message.id: Around() for message in messages if message.id is not None}
    personas = await _personas(db, {m.author_persona_id for m in messages if m.author_persona_id})
    looks = await _looks(db, {(m.room_id, m.author_persona_id) for m in messages if m.author_persona_id})
    runs = await runs_of(db, [m for m in messages if m.author_persona_id])
    askers = {run.asker_user_id for run in runs.values() if run.asker_user_id}
    users = await _users(db, askers | {m.author_user_id for m in messages if m.author_user_id})
    replies = await _replies(db, {m.reply_to_id for m in messages if m.reply_to_id})
    for message in messages:
        its = around[message.id or 0]
        its.author = users[message.author_user_id][0] if message.author_user_id in users else ""
        its.persona = personas.get(message.author_persona_id or 0)
        its.look = looks.get((message.room_id, message.author_persona_id or 0), 0)
        if its_runs := runs.get(message.id or 0):
            its.generation, asker = its_runs.standing, its_runs.asker_user_id
            its.asker = users[asker][0] if asker in users else ""
        its.reply = replies.get(message.reply_to_id or 0)
    await _add_reactions(db, around)
    await _add_files(db, around)
    await _add_mentions(db, around)
    await _add_sources(db, messages, around)
    return [message_row(message, around[message.id or 0]) for message in messages]


async def _users(db: AsyncSession, ids: set[int]) -> dict[int, tuple[str, str]]:
    """(uuid, name) of people."""
    if not ids:
        return {}
    found = await db.exec(select(User.id, User.uuid, User.name).where(col(User.id).in_(ids)))
    return {row_id: (uuid, name) for row_id, uuid, name in found if row_id is not None}


async def _personas(db: AsyncSession, ids: set[int]) -> dict[int, Persona]:
    if not ids:
        return {}
    found = (await db.exec(select(Persona).where(col(Persona.id).in_(ids)))).all()
    return {persona.id: persona for persona in found if persona.id is not None}


async def _looks(db: AsyncSession, speakers: set[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """(room, persona) -> what it wears there. In the talk of an AI session it wears what it wears in the room."""
    if not speakers:
        return {}
    query = (
        select(Room.id, Seat.persona_id, Seat.look)
        .join(Seat, col(Seat.room_id) == func.coalesce(col(Room.parent_id), col(Room.id)))
        .where(col(Room.id).in_({room for room, _ in speakers}))
        .where(col(Seat.persona_id).in_({persona for _, persona in speakers}))
    )
    return {(room, persona): look for room, persona, look in (await db.exec(query)).all() if room is not None}


async def _replies(db: AsyncSession, ids: set[int]) -> dict[int, ReplyView]:
    if not ids:
        return {}
    query = (
        select(Message, Persona.name_en)
        .join(Persona, col(Persona.id) == col(Message.author_persona_id), isouter=True)
        .where(col(Message.id).in_(ids))
    )
    return {message.id: reply_view(message, name_en) for message, name_en in (await db.exec(query)).all() if message.id}


async def _add_reactions(db: AsyncSession, around: dict[int, Around]) -> None:
    query = (
        select(Reaction.message_id, Reaction.emoji, User.uuid, User.name)
        .join(User, col(User.id) == col(Reaction.user_id))
        .where(col(Reaction.message_id).in_(list(around)))
        .order_by(col(Reaction.id))
    )
    for message_id, emoji, uuid, name in (await db.exec(query)).all():
        around[message_id].reactions.append((emoji, uuid, name))


async def _add_files(db: AsyncSession, around: dict[int, Around]) -> None:
    query = (
        select(Attachment, PictureNote.caption, PictureNote.caption_by)
        .join(PictureNote, col(PictureNote.attachment_id) == col(Attachment.id), isouter=True)
        .where(col(Attachment.message_id).in_(list(around)))
        .order_by(col(Attachment.position))
    )
    for file, caption, by in (await db.exec(query)).all():
        its = around[file.message_id or 0]
        its.files.append(file)
        its.captions[file.id or 0] = shown_caption(caption, by)


async def _add_sources(db: AsyncSession, messages: list[Message], around: dict[int, Around]) -> None:
    answers = [message for message in messages if message.author_persona_id and message.kind == MessageKind.TALK]
    for message_id, (cited, receipt) in (await cited_of(db, answers)).items():
        around[message_id].cited, around[message_id].sources = cited, receipt


async def _add_mentions(db: AsyncSession, around: dict[int, Around]) -> None:
    query = (
        select(Mention.message_id, User.uuid, User.name)
        .join(User, col(User.id) == col(Mention.user_id))
        .where(col(Mention.message_id).in_(list(around)))
        .order_by(col(Mention.id))
    )
    for message_id, uuid, name in (await db.exec(query)).all():
        around[message_id].mentions.append(uuid)
        around[message_id].mention_names.append(name)
