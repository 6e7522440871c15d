"""Pictures that look like one, among those that the asker may see: of rooms where they sit, and of libraries.

How alike two are is counted from the notes, and told by the model of pictures where the house has one; no picture is
opened. Who may see what is part of each statement.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from hearth_reflex.db.attachment import Attachment, AttachmentKind
from hearth_reflex.db.database import Database
from hearth_reflex.db.document import Document, PictureNote
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Member, Room
from hearth_reflex.domain.feed import Row
from hearth_reflex.domain.looks_alike import ALIKE, Looks, most_alike
from hearth_reflex.domain.passages import Kind, key_of
from hearth_reflex.domain.pictures_told import shown_caption
from hearth_reflex.errors import NotFoundError
from hearth_reflex.services.access import Actor, file_for, is_there, seat_in
from hearth_reflex.services.picture_finding import PictureFinding
from hearth_reflex.services.picture_notes import is_picture
from hearth_reflex.services.reach import reach_of
from hearth_reflex.services.views import file_view, iso

COMPARED = 5_000  # the newest pictures of rooms, and as many of libraries, that somebody may see
MOST = 12


@dataclass(frozen=True, slots=True)
class Alike:
    """A picture, where it stands, and how much it looks like the one that was asked about, from 0 to 1.

    One of a library has the uuid of its document as `document`, one of a talk its message with `seq` and sender.
    """

    file: Row
    likeness: float
    room: str
    at: str
    document: str = ""
    message: str = ""
    seq: int = 0
    by: str = ""


class MoreLike:
    """Args:
    looks: who knows how pictures look to a model; None where nobody does.
    """

    def __init__(self, *, database: Database, looks: PictureFinding | None = None) -> None:
        self._db, self._looks = database, looks

    async def of(self, actor: Actor, file_uuid: str, *, limit: int = MOST) -> list[Alike]:
        """The likest first; none for a picture that was not looked at yet, or could not be opened.

        Raises:
            NotFoundError: `file_unknown`, no picture or not theirs to see.
        """
        async with self._db.read() as db:
            _, file = await file_for(db, actor, file_uuid)
            if file.kind != AttachmentKind.IMAGE:
                raise NotFoundError("file_unknown")
            note = (await db.exec(select(PictureNote).where(PictureNote.attachment_id == file.id))).first()
            if note is None or not note.hash:
                return []
            others = await _others(db, actor, note)
            wanted, looks = Looks(note.hash, note.colours), [looks for _, looks in others]
            near = await asyncio.to_thread(most_alike, wanted, looks, limit=limit)
            worth = {others[place][0]: worth for place, worth in near}
            for number, likeness in (await self._to_the_model(db, actor, note)).items():
                worth[number] = max(likeness, worth.get(number, 0.0))
            found = await _shown(db, actor, worth)
        return sorted(found, key=lambda one: -one.likeness)[:limit]

    async def _to_the_model(self, db: AsyncSession, actor: Actor, note: PictureNote) -> dict[int, float]:
        """Notes of pictures that look alike to the model, and how much."""
        if self._looks is None:
            return {}
        found = await self._looks.like(await reach_of(db, actor), key_of(Kind.PICTURE, note.uuid), limit=MOST)
        alike = {key.partition(":")[2]: likeness for key, likeness in found.items() if likeness >= ALIKE}
        query = select(PictureNote.id, PictureNote.uuid).where(col(PictureNote.uuid).in_(list(alike)))
        return {number or 0: alike[uuid] for number, uuid in (await db.exec(query)).all()}


async def _others(db: AsyncSession, actor: Actor, note: PictureNote) -> list[tuple[int, Looks]]:
    """Notes of all others that somebody may see."""
    looked_at = (col(PictureNote.hash) != "") & (col(PictureNote.id) != note.id)
    sent = (
        select(PictureNote.id, PictureNote.hash, PictureNote.colours)
        .join(Attachment, col(Attachment.id) == col(PictureNote.attachment_id))
        .join(Message, is_picture())
        .where(looked_at, col(Message.room_id).in_(_seated(actor)))
    )
    shelved = (
        select(PictureNote.id, PictureNote.hash, PictureNote.colours)
        .join(Document, col(Document.id) == col(PictureNote.document_id))
        .where(looked_at, _may_see(actor))
    )
    newest = col(PictureNote.id).desc()
    found = [
        *(await db.exec(sent.order_by(newest).limit(COMPARED))).all(),
        *(await db.exec(shelved.order_by(newest).limit(COMPARED))).all(),
    ]
    return [(note_id or 0, Looks(looks, colours)) for note_id, looks, colours in found]


def _seated(actor: Actor) -> SelectOfScalar[Any]:
    """Ids of the rooms where somebody sits."""
    return select(Room.id).join(Member, seat_in(Room)).where(Member.user_id == actor.user_id, is_there())


def _may_see(actor: Actor) -> ColumnElement[bool]:
    """That a document is of a room where somebody sits, or lies on their own shelf."""
    own = col(Document.room_id).is_(None) & (col(Document.owner_user_id) == actor.user_id)
    return own | col(Document.room_id).in_(_seated(actor))


async def _shown(db: AsyncSession, actor: Actor, worth: dict[int, float]) -> list[Alike]:
    """These, again only as far as somebody may see them."""
    ids: Sequence[int] = list(worth)
    sent = (
        select(PictureNote, Attachment, Message, Room.uuid)
        .join(Attachment, col(Attachment.id) == col(PictureNote.attachment_id))
        .join(Message, is_picture())
        .join(Room, col(Room.id) == col(Message.room_id))
        .where(col(PictureNote.id).in_(ids), col(Message.room_id).in_(_seated(actor)))
    )
    shelved = (
        select(PictureNote, Document, Room.uuid)
        .join(Document, col(Document.id) == col(PictureNote.document_id))
        .join(Room, col(Room.id) == col(Document.room_id), isouter=True)
        .where(col(PictureNote.id).in_(ids), _may_see(actor))
    )
    return [
        *(_sent(*found, worth=worth[found[0].id or 0]) for found in (await db.exec(sent)).all()),
        *(_shelved(*found, worth=worth[found[0].id or 0]) for found in (await db.exec(shelved)).all()),
    ]


def _sent(note: PictureNote, file: Attachment, message: Message, room: str, *, worth: float) -> Alike:
    return Alike(
        file=file_view(file, caption=shown_caption(note.caption, note.caption_by)),
        likeness=round(worth, 3),
        room=room,
        at=iso(message.created_at),
        message=message.uuid,
        seq=message.seq,
        by=message.author_name,
    )


def _shelved(note: PictureNote, document: Document, room: str | None, *, worth: float) -> Alike:
    """As a file is shown; its picture is the first page of the document."""
    file: Row = {
        "id": document.uuid,
        "kind": AttachmentKind.IMAGE.value,
        "name": document.name,
        "size": document.size_bytes,
        "caption": shown_caption(note.caption, note.caption_by),
        "url": f"/api/documents/{document.uuid}/pages/1",
    }
    return Alike(file, round(worth, 3), room or "", iso(document.created_at), document=document.uuid)
