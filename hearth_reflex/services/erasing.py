"""What becomes of rooms and words when a person goes for good. Runs in the caller's transaction; tells nobody.

A page with the room open learns of it by the room's rev, which `RoomWatch` looks at: thousands of rows in one frame
would help nobody.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from hearth_reflex.db.attachment import Attachment
from hearth_reflex.db.document import Document, SearchLog
from hearth_reflex.db.generation import OPEN_GENERATIONS, Generation, MessageMetadata
from hearth_reflex.db.message import Mention, Message, MessageKind, Reaction, Star
from hearth_reflex.db.room import Member, Room
from hearth_reflex.db.search import SearchEntry
from hearth_reflex.db.user import User
from hearth_reflex.domain.roles import Role
from hearth_reflex.services.changes import next_rev
from hearth_reflex.services.document_rows import drop_documents
from hearth_reflex.services.document_traces import forget_traces
from hearth_reflex.services.index_removals import forget_rooms, forget_said
from hearth_reflex.services.picture_notes import forget_pictures

# Who keeps the room after its owner: whoever kept order, then who sat down first; guests never.
_HEIRS = (Role.MODERATOR.value, Role.MEMBER.value)


async def erase_words(db: AsyncSession, user_id: int, *, at: datetime) -> list[str]:
    """Takes back everything that a person said, in one change a room. Returns the files whose bytes are to go, too."""
    mine = (
        (col(Message.author_user_id) == user_id)
        & (col(Message.kind) == MessageKind.TALK.value)
        & col(Message.deleted_at).is_(None)
    )
    rooms = (await db.exec(select(Message.room_id).where(mine).distinct())).all()
    which = select(Message.id).where(mine)
    await forget_said(db, mine)
    for table in (Reaction, Mention, Star, SearchEntry):
        await db.exec(delete(table).where(col(table.message_id).in_(which)))
    await forget_pictures(db, col(Attachment.message_id).in_(which))
    sent = delete(Attachment).where(col(Attachment.message_id).in_(which)).returning(col(Attachment.uuid))
    files = [uuid for (uuid,) in (await db.exec(sent)).all()]
    await forget_questions(db, mine, rooms=rooms)
    await forget_in_prompts(db, mine, rooms=rooms)
    await _forget_given(db, user_id)
    for room_id in sorted(rooms):
        rev, _ = await next_rev(db, room_id)
        answered = col(Message.reply_to_id).in_(which.where(Message.room_id == room_id))
        await db.exec(update(Message).where(answered).values(rev=rev))
        await db.exec(
            update(Message)
            .where(mine, col(Message.room_id) == room_id)
            .values(text="", deleted_at=at, pinned_at=None, rev=rev)
        )
    return files


async def take_unsent(db: AsyncSession, user_id: int) -> list[str]:
    """Removes the rows of files that a person brought and never sent. Returns those whose bytes are to go, too."""
    unsent = col(Attachment.message_id).is_(None) & (col(Attachment.uploader_user_id) == user_id)
    gone = await db.exec(delete(Attachment).where(unsent).returning(col(Attachment.uuid)))
    return [uuid for (uuid,) in gone.all()]


async def take_library(db: AsyncSession, user_ids: set[int], *, everywhere: bool) -> list[str]:
    """Removes the shelves of these people with all that is on them. Returns those whose bytes are to go, too.

    Args:
        everywhere: also what they brought into the libraries of rooms, which else stays there as their words do.
    """
    theirs = col(Document.owner_user_id).in_(user_ids)
    which = theirs if everywhere else theirs & col(Document.room_id).is_(None)
    for document in (await db.exec(select(Document).where(which))).all():
        await forget_traces(db, document)
    return await drop_documents(db, which)


async def forget_in_prompts(db: AsyncSession, said: ColumnElement[bool], *, rooms: Sequence[int]) -> None:
    """Takes words that are taken back, or were put otherwise, out of what is kept of how later answers were made.

    A prompt holds whole stretches of a talk, so all of it goes: those answers can no longer be looked into.

    Args:
        said: which messages, as a condition on `Message`.
        rooms: where they were said.
    """
    held = _answers_that_heard(said, rooms)
    await db.exec(update(MessageMetadata).where(col(MessageMetadata.message_id).in_(held)).values(prompt="", turns=[]))


async def forget_questions(db: AsyncSession, said: ColumnElement[bool], *, rooms: Sequence[int]) -> None:
    """Takes the same words out of the receipts of looks: of those for answers that heard them, and of those that their
    author asked for in the same room since then. What an answer on its way asked goes when it ends (`runs.py`).

    Args: as `forget_in_prompts`.
    """
    here = col(SearchLog.room_id).in_(rooms)
    heard = col(SearchLog.message_id).in_(_answers_that_heard(said, rooms))
    since = select(Message.id).where(
        said,
        col(Message.room_id) == col(SearchLog.room_id),
        col(Message.author_user_id) == col(SearchLog.user_id),
        col(Message.created_at) <= col(SearchLog.created_at),
    )
    asked = here & col(SearchLog.message_id).is_(None) & since.correlate(SearchLog).exists()
    for which in (here & heard, asked):
        await db.exec(update(SearchLog).where(which).values(question="", query=""))


def _answers_that_heard(said: ColumnElement[bool], rooms: Sequence[int]) -> SelectOfScalar[int]:
    """Ids of the answers that had these words before them."""
    answer, taken_back = aliased(Message), select(Message.id).where(said)
    return (
        select(MessageMetadata.message_id)
        .join(answer, col(answer.id) == col(MessageMetadata.message_id))
        .where(col(answer.room_id).in_(rooms))
        .where(
            taken_back.where(
                Message.room_id == answer.room_id,
                Message.seq < answer.seq,
                Message.seq >= MessageMetadata.first_seq,
            ).exists()
            | _quoted_in_prompt(answer, said)
        )
    )


async def _forget_given(db: AsyncSession, user_id: int) -> None:
    """The emoji of this person stand under their name in prompts that held what they were given to."""
    marked = col(Message.id).in_(select(Reaction.message_id).where(Reaction.user_id == user_id))
    rooms = (await db.exec(select(Message.room_id).where(marked).distinct())).all()
    await forget_in_prompts(db, marked, rooms=rooms)


def _quoted_in_prompt(answer: type[Message], said: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition that a prompt held a message that answers one of these: the beginning of that stands there too,
    however long ago it was said.

    Args:
        answer: an alias of `Message` in the statement, joined to its `MessageMetadata`.
        said: which messages, as a condition on `Message`.
    """
    reply = aliased(Message)
    quotes = select(reply.id).where(
        reply.room_id == answer.room_id,
        reply.seq < answer.seq,
        reply.seq >= MessageMetadata.first_seq,
        col(reply.reply_to_id).in_(select(Message.id).where(said)),
    )
    return quotes.exists()


async def hold_all(db: AsyncSession, user_ids: set[int]) -> list[str]:
    """Lets everybody wait who changes what these people are to leave: them, their answers on the way, and the rooms
    where they sit or have said something, in the order in which all others ask for these. Returns the uuids of the
    rooms where they sit.
    """
    mine = col(Message.author_user_id).in_(user_ids) | col(Message.id).in_(
        select(Reaction.message_id).where(col(Reaction.user_id).in_(user_ids))
    )
    sits = col(Room.id).in_(select(Member.room_id).where(col(Member.user_id).in_(user_ids)))
    spoke = col(Room.id).in_(select(Message.room_id).where(mine))
    open_runs = (col(Generation.asker_user_id).in_(user_ids)) & col(Generation.status).in_(OPEN_GENERATIONS)
    for held in (
        select(User.id).where(col(User.id).in_(user_ids)).order_by(col(User.id)).with_for_update(key_share=True),
        select(Generation.id).where(open_runs).order_by(col(Generation.id)).with_for_update(),
        # Not FOR UPDATE, here as of people: an answer that ends names both where it notes what it used.
        select(Room.id).where(sits | spoke).order_by(col(Room.id)).with_for_update(key_share=True),
    ):
        await db.exec(held)
    return list((await db.exec(select(Room.uuid).where(sits))).all())


async def take_reactions(db: AsyncSession, user_ids: set[int]) -> None:
    """Takes the emoji of these people away from what others said, in one change a room."""
    given = select(Reaction.message_id).where(col(Reaction.user_id).in_(user_ids))
    rooms = (await db.exec(select(Message.room_id).where(col(Message.id).in_(given)).distinct())).all()
    for room_id in sorted(rooms):
        rev, _ = await next_rev(db, room_id)
        under = (col(Message.room_id) == room_id) & col(Message.id).in_(given)
        await db.exec(update(Message).where(under).values(rev=rev))
    await db.exec(delete(Reaction).where(col(Reaction.user_id).in_(user_ids)))


async def pass_rooms_on(db: AsyncSession, user_ids: set[int], *, at: datetime) -> list[str]:
    """Gives each room that these people own to another of its members. One where nobody else sits is marked as deleted;
    one where only guests stay has no owner. Returns the uuids of the rooms."""
    owned = (
        select(Room)
        .join(Member, col(Member.room_id) == col(Room.id))
        .where(col(Member.user_id).in_(user_ids), Member.role == Role.OWNER.value)
    )
    rooms = (await db.exec(owned)).all()
    for room in rooms:
        heir = await heir_of(db, room, user_ids)
        if heir is not None:
            heir.role = Role.OWNER.value
        elif room.purpose is None and not await _others_sit(db, room, user_ids):
            room.deleted_at = room.deleted_at or at
            await forget_rooms(db, col(Room.id) == room.id)
    return [room.uuid for room in rooms]


async def _others_sit(db: AsyncSession, room: Room, leaving: set[int]) -> bool:
    query = select(Member.id).where(Member.room_id == room.id, col(Member.user_id).not_in(leaving)).limit(1)
    return (await db.exec(query)).first() is not None


async def heir_of(db: AsyncSession, room: Room, leaving: set[int]) -> Member | None:
    """Who keeps a room when these people leave it."""
    query = (
        select(Member)
        .where(Member.room_id == room.id, col(Member.user_id).not_in(leaving), col(Member.role).in_(_HEIRS))
        .order_by(col(Member.joined_at), col(Member.id))
    )
    seats = (await db.exec(query)).all()
    return min(seats, key=lambda seat: _HEIRS.index(seat.role), default=None)
