"""Passages as they are read: their words come from the database, and only where the asker may see them at that time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Label, Row, Select, bindparam
from sqlalchemy import select as select_columns
from sqlalchemy.orm import Mapped
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.attachment import Attachment, AttachmentKind
from hearth_reflex.db.database import Database
from hearth_reflex.db.document import Chunk, Document, PictureNote
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Room
from hearth_reflex.domain.passages import Kind, key_of
from hearth_reflex.services.reach import Reach

_Chunks = Select[*tuple[Any, ...]]
_PICTURE_KIND = "image"  # of a document that is one
# Columns, not rows of tables: a look reads more than a hundred pieces, and whole rows take twice as long.
_OF_A_CHUNK: Sequence[Mapped[Any] | Label[Any]] = [
    col(Chunk.uuid),
    col(Chunk.text),
    col(Chunk.heading),
    col(Chunk.page_from),
    col(Chunk.page_to),
    col(Chunk.start),
    col(Chunk.end),
    col(Chunk.boxes),
    col(Chunk.position),
    col(Document.name),
    col(Document.kind),
    col(Document.uuid).label("document"),
    col(Room.uuid).label("room"),
]


@dataclass(frozen=True, slots=True)
class Passage:
    """What was found, and how well. Uuids are "" where there is none; pages count from 1, 0 where there are none.

    Attributes:
        name: of the document or the file; of a message who said it.
        start, end: characters of the document's text.
        boxes: lines on page pictures, as `Chunk.boxes`; of a picture its regions with words.
        position: its place among the pieces of its document.
        vector, text_score: what each leg made of it; None where it did not find it. Of what has none of the question's
            words, but says them in the other language, what those made of it.
        fused: what all together made of it; the order follows it.
        second: what a second look made of it; None where none was taken at it.
        rank: 1 is the best.
    """

    key: str
    kind: Kind
    text: str
    heading: str = ""
    document: str = ""
    name: str = ""
    page_from: int = 0
    page_to: int = 0
    start: int = 0
    end: int = 0
    boxes: tuple[Any, ...] = ()
    room: str = ""
    message: str = ""
    image_urls: tuple[str, ...] = ()
    position: int = 0
    vector: float | None = None
    text_score: float | None = None
    fused: float = 0.0
    second: float | None = None
    rank: int = 0


async def read_passages(db: AsyncSession, reach: Reach, keys: Iterable[str]) -> dict[str, Passage]:
    """Those of `keys` that are there and that the asker may see, by key."""
    return await _read(db, reach, _chunks_within(reach), keys)


async def _read(db: AsyncSession, reach: Reach, chunks: _Chunks, keys: Iterable[str]) -> dict[str, Passage]:
    wanted: dict[str, list[str]] = {}
    for key in keys:
        kind, _, uuid = key.partition(":")
        wanted.setdefault(kind, []).append(uuid)
    found = await _chunks(db, chunks, wanted.get(Kind.CHUNK, []))
    if not reach.documents:
        found += await _messages(db, reach, wanted.get(Kind.MESSAGE, []))
    found += await _pictures(db, reach, wanted.get(Kind.PICTURE, []))
    return {passage.key: passage for passage in found}


class Reading:
    """Passages read while others are still looked for, each once."""

    def __init__(self, database: Database, reach: Reach) -> None:
        self._db, self._reach = database, reach
        self._chunks = _chunks_within(reach)  # once: making it takes as long as asking it
        self._wanted = set[str]()
        self._read = dict[str, Passage]()

    async def take(self, keys: Iterable[str]) -> list[Passage]:
        """Those of `keys` that are there, that the asker may see, and that nobody has wanted before."""
        new = [key for key in dict.fromkeys(keys) if key not in self._wanted]
        self._wanted.update(new)
        if not new:
            return []
        async with self._db.read() as db:
            read = await _read(db, self._reach, self._chunks, new)
        self._read |= read
        return list(read.values())

    async def of(self, keys: Iterable[str]) -> dict[str, Passage]:
        """Those of `keys` that are there and that the asker may see, by key; when nobody else reads any more."""
        keys = list(dict.fromkeys(keys))
        await self.take(keys)
        return {key: self._read[key] for key in keys if key in self._read}


async def whole_documents(db: AsyncSession, reach: Reach, *, tokens: int) -> list[Passage]:
    """All pieces of all documents within reach, in the order of reading; none when they are more than `tokens`."""
    measured = (
        select(Chunk.tokens, Chunk.uuid)
        .join(Document, col(Document.id) == col(Chunk.document_id))
        .where(reach.may_see())
        .order_by(col(Document.id), col(Chunk.position))
        .limit(tokens // 20 + 1)  # so many pieces are too many, however short they are
    )
    pieces = (await db.exec(measured)).all()
    if not pieces or len(pieces) > tokens // 20 or sum(count for count, _ in pieces) > tokens:
        return []
    found = {passage.key: passage for passage in await _chunks(db, _chunks_within(reach), [uuid for _, uuid in pieces])}
    return [found[key] for _, uuid in pieces if (key := key_of(Kind.CHUNK, uuid)) in found]


async def fresh_chunks(db: AsyncSession, reach: Reach, *, most: int, indexed: bool = True) -> list[str]:
    """Keys of the newest pieces that the index does not know yet: their words can be compared already.

    Args:
        indexed: whether there is an index at all; without one it knows of nothing.
    """
    query = (
        select(Chunk.uuid)
        .join(Document, col(Document.id) == col(Chunk.document_id))
        .where(reach.may_see())
        .order_by(col(Chunk.id).desc())
        .limit(most)
    )
    if indexed:
        query = query.where(col(Chunk.embedded) == "")
    return [key_of(Kind.CHUNK, uuid) for uuid in (await db.exec(query)).all()]


def _chunks_within(reach: Reach) -> _Chunks:
    """What reads pieces within reach, of which `uuids` are told when it is executed."""
    return (
        select_columns(*_OF_A_CHUNK)
        .join(Document, col(Document.id) == col(Chunk.document_id))
        .join(Room, col(Room.id) == col(Document.room_id), isouter=True)
        .where(col(Chunk.uuid).in_(bindparam("uuids", expanding=True)), reach.may_see())
    )


async def _chunks(db: AsyncSession, chunks: _Chunks, uuids: Sequence[str]) -> list[Passage]:
    if not uuids:
        return []
    connection = await db.connection()
    return [_of_chunk(row) for row in (await connection.execute(chunks, {"uuids": list(uuids)})).all()]


def _of_chunk(row: Row[Any]) -> Passage:
    # Taken apart at once: a column by its name takes as long as all of them so.
    uuid, text, heading, page_from, page_to, start, end, boxes, position, name, kind, document, room = _values(row)
    return Passage(
        key=key_of(Kind.CHUNK, uuid),
        kind=Kind.CHUNK,
        text=text,
        heading=heading,
        document=document,
        name=name,
        page_from=page_from,
        page_to=page_to,
        start=start,
        end=end,
        boxes=tuple(boxes),
        room=room or "",
        image_urls=(_page_of(document),) if kind == _PICTURE_KIND else (),
        position=position,
    )


def _values(row: Row[Any]) -> tuple[Any, ...]:
    return tuple(row)


async def _messages(db: AsyncSession, reach: Reach, uuids: Sequence[str]) -> list[Passage]:
    if not uuids:
        return []
    query = (
        select(Message, Room.uuid)
        .join(Room, col(Room.id) == col(Message.room_id))
        .where(col(Message.uuid).in_(uuids), reach.may_hear())
    )
    rows = (await db.exec(query)).all()
    pictures = await _pictures_of(db, [message.id or 0 for message, _ in rows])
    return [
        Passage(
            key=key_of(Kind.MESSAGE, message.uuid),
            kind=Kind.MESSAGE,
            text=message.text,
            name=message.author_name,
            room=room,
            message=message.uuid,
            image_urls=tuple(pictures.get(message.id or 0, ())),
        )
        for message, room in rows
    ]


async def _pictures_of(db: AsyncSession, ids: Sequence[int]) -> dict[int, list[str]]:
    query = (
        select(Attachment.message_id, Attachment.uuid)
        .where(col(Attachment.message_id).in_(ids), Attachment.kind == AttachmentKind.IMAGE.value)
        .order_by(col(Attachment.position))
    )
    found: dict[int, list[str]] = {}
    for message_id, uuid in (await db.exec(query)).all():
        found.setdefault(message_id or 0, []).append(_file(uuid))
    return found


async def _pictures(db: AsyncSession, reach: Reach, uuids: Sequence[str]) -> list[Passage]:
    if not uuids:
        return []
    in_libraries = (
        select(PictureNote, Document, Room.uuid)
        .join(Document, col(Document.id) == col(PictureNote.document_id))
        .join(Room, col(Room.id) == col(Document.room_id), isouter=True)
        .where(col(PictureNote.uuid).in_(uuids), reach.may_see())
    )
    found = [
        _of_picture(note, name=document.name, url=_page_of(document.uuid), room=room or "", document=document.uuid)
        for note, document, room in (await db.exec(in_libraries)).all()
    ]
    if reach.documents:
        return found
    sent = (
        select(PictureNote, Attachment, Message.uuid, Room.uuid)
        .join(Attachment, col(Attachment.id) == col(PictureNote.attachment_id))
        .join(Message, col(Message.id) == col(Attachment.message_id))
        .join(Room, col(Room.id) == col(Message.room_id))
        .where(col(PictureNote.uuid).in_(uuids), reach.may_hear())
    )
    found += [
        _of_picture(note, name=file.name, url=_file(file.uuid), room=room, message=message)
        for note, file, message, room in (await db.exec(sent)).all()
    ]
    return found


def _of_picture(note: PictureNote, *, name: str, url: str, room: str, document: str = "", message: str = "") -> Passage:
    return Passage(
        key=key_of(Kind.PICTURE, note.uuid),
        kind=Kind.PICTURE,
        text="\n".join(part for part in (note.caption, note.words) if part),
        document=document,
        name=name,
        page_from=1 if document else 0,
        page_to=1 if document else 0,
        boxes=tuple(note.regions),
        room=room,
        message=message,
        image_urls=(url,),
    )


def _page_of(document: str) -> str:
    return f"/api/documents/{document}/pages/1"


def _file(uuid: str) -> str:
    return f"/api/files/{uuid}"
