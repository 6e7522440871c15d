"""What must leave the index of meanings, noted in the commit that takes it away; `Indexing` sees to it.

Of a deleted room everything leaves, and comes back with it. Runs in the caller's transaction.
"""

from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, insert, literal, union
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.attachment import Attachment
from hearth_reflex.db.document import Chunk, Document, PictureNote, Removal
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Room
from hearth_reflex.db.search import SearchEntry

_COLUMNS = ["key", "created_at"]


async def forget_said(db: AsyncSession, said: ColumnElement[bool]) -> None:
    """To be called before their entries of the other index go.

    Args:
        said: which messages, as a condition on `Message`.
    """
    entry = select(SearchEntry.message_id).where(SearchEntry.message_id == Message.id)
    keys = select(literal("message:") + col(Message.uuid), func.now()).where(said, entry.exists())
    await db.exec(insert(Removal).from_select(_COLUMNS, keys))


async def forget_rooms(db: AsyncSession, rooms: ColumnElement[bool]) -> None:
    """Rooms that are deleted, with the talks of their AI sessions.

    Args:
        rooms: which, as a condition on `Room`.
    """
    gone = aliased(Room)
    keys = select(literal("scope:room:") + col(gone.uuid), func.now()).where(col(gone.id).in_(_with_talks(rooms)))
    await db.exec(insert(Removal).from_select(_COLUMNS, keys))


async def bring_room_back(db: AsyncSession, room: Room) -> None:
    """Its deletion is taken back: all that is known of it comes into the index again."""
    here = _with_talks(col(Room.id) == room.id)
    documents = select(Document.id).where(col(Document.room_id).in_(here))
    files = select(Attachment.id).where(col(Attachment.room_id).in_(here))
    of_notes = col(PictureNote.attachment_id).in_(files) | col(PictureNote.document_id).in_(documents)
    said = select(Message.id).where(col(Message.room_id).in_(here))
    await db.exec(update(Chunk).where(col(Chunk.document_id).in_(documents)).values(embedded=""))
    await db.exec(update(PictureNote).where(of_notes).values(embedded=""))
    await db.exec(update(SearchEntry).where(col(SearchEntry.message_id).in_(said)).values(embedded=""))


def _with_talks(rooms: ColumnElement[bool]) -> CompoundSelect[Any]:
    """The ids of these rooms and of the talks beside them."""
    ids, talk = select(Room.id).where(rooms), aliased(Room)
    return union(ids, select(talk.id).where(col(talk.parent_id).in_(ids)))
