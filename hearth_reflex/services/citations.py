"""Where the numbers in an answer point, for those who may read what they point to.

A quotation is a piece of somebody's document: whoever may not see that any more (it was moved, or lay on a shelf of
whoever asked) is told of no such number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, cast

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.attachment import Attachment
from hearth_reflex.db.database import Database
from hearth_reflex.db.document import Chunk, Citation, Document, PictureNote
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Room
from hearth_reflex.domain.passages import Kind
from hearth_reflex.domain.pictures_told import shown_caption
from hearth_reflex.domain.roles import Permission
from hearth_reflex.services.access import Actor, message_for

_LINE_MIN = 4  # characters of a line that tell it from others
_NEIGHBOURS = 2  # pieces of a document on either side that a quotation may reach into


@dataclass(frozen=True, slots=True)
class CitationView:
    """Where one number points. `boxes` are lines on page pictures, [page, left, top, right, bottom] in shares of a
    page; `image_url` is the picture, of a document that of the page. `start` and `end` are the characters of the piece
    where the quotation stands, both 0 where it does not stand in it as it was."""

    number: int
    kind: str
    document: str
    name: str
    heading: str
    page: int
    quote: str = field(repr=False)
    image_url: str = ""
    boxes: list[list[float]] = field(default_factory=list[list[float]])
    start: int = 0
    end: int = 0
    chunk: str = ""  # the piece of the document, for its reader
    caption: str = ""  # what somebody said of the picture
    message: str = ""  # the message of this room that the picture was sent with, and its place there
    seq: int = 0


class Citations:
    """Shows what answers cite."""

    def __init__(self, *, database: Database) -> None:
        self._db = database

    async def of(self, actor: Actor, room_uuid: str, message_uuid: str) -> list[CitationView]:
        """What the version of an answer cites that stands, by number; of a deleted one nothing.

        Raises:
            NotFoundError, ForbiddenError: not a message of a room of theirs.
        """
        async with self._db.read() as db:
            room, _, message = await message_for(db, actor, room_uuid, message_uuid, Permission.READ)
            if message.deleted_at is not None:
                return []
            pieces = await _pieces(db, actor, room, message)
            pictures = await _pictures(db, actor, room, message)
        return sorted([*pieces, *pictures], key=lambda one: one.number)


async def _pieces(db: AsyncSession, actor: Actor, room: Room, message: Message) -> list[CitationView]:
    query = (
        select(Citation, Chunk, Document)
        .join(Chunk, col(Chunk.id) == col(Citation.chunk_id))
        .join(Document, col(Document.id) == col(Chunk.document_id))
        .where(Citation.message_id == message.id, Citation.version == message.version)
        .where(_may_see(actor, room))
    )
    found: list[CitationView] = []
    for citation, chunk, document in (await db.exec(query)).all():
        boxes = await _boxes(db, chunk, citation.quote)
        page = int(boxes[0][0]) if boxes else chunk.page_from
        start, end = span_of(chunk.text, citation.quote)
        found.append(
            CitationView(
                number=citation.number,
                kind=Kind.CHUNK.value,
                document=document.uuid,
                name=document.name,
                heading=chunk.heading,
                page=page,
                quote=citation.quote,
                image_url=f"/api/documents/{document.uuid}/pages/{page}" if page and document.pages else "",
                boxes=boxes,
                start=start,
                end=end,
                chunk=chunk.uuid,
            )
        )
    return found


async def _pictures(db: AsyncSession, actor: Actor, room: Room, message: Message) -> list[CitationView]:
    query = (
        select(Citation, PictureNote, Document, Attachment)
        .join(PictureNote, col(PictureNote.id) == col(Citation.picture_note_id))
        .join(Document, col(Document.id) == col(PictureNote.document_id), isouter=True)
        .join(Attachment, col(Attachment.id) == col(PictureNote.attachment_id), isouter=True)
        .where(Citation.message_id == message.id, Citation.version == message.version)
        .where(_may_see(actor, room) | col(Attachment.room_id).in_(_rooms(room)))
    )
    rows: list[tuple[Citation, PictureNote, Document | None, Attachment | None]] = list((await db.exec(query)).all())
    sent = await _sent(db, room, [file.message_id for _, _, _, file in rows if file and file.message_id])
    return [
        _picture(citation, note, document, file, sent.get(file.message_id or 0) if file else None)
        for citation, note, document, file in rows
    ]


async def _sent(db: AsyncSession, room: Room, ids: Sequence[int]) -> dict[int, Message]:
    """The messages of this room among these, by id."""
    found = await db.exec(select(Message).where(col(Message.id).in_(ids), Message.room_id == room.id))
    return {message.id or 0: message for message in found.all()}


def _picture(
    citation: Citation, note: PictureNote, document: Document | None, file: Attachment | None, sent: Message | None
) -> CitationView:
    return CitationView(
        number=citation.number,
        kind=Kind.PICTURE.value,
        document=document.uuid if document else "",
        name=document.name if document else file.name if file else "",
        heading="",
        page=1 if document else 0,
        quote=citation.quote,
        image_url=f"/api/documents/{document.uuid}/pages/1" if document else _file_url(file),
        boxes=lines_of(note.regions, note.words, citation.quote),
        caption=shown_caption(note.caption, note.caption_by),
        message=sent.uuid if sent else "",
        seq=sent.seq if sent else 0,
    )


def _file_url(file: Attachment | None) -> str:
    return f"/api/files/{file.uuid}" if file else ""


def _rooms(room: Room) -> list[int]:
    return [one for one in (room.id, room.parent_id) if one is not None]


def _may_see(actor: Actor, room: Room) -> Any:
    """That a document is one of the room's, or of the room that a session's talk belongs to, or one's own."""
    own = col(Document.room_id).is_(None) & (col(Document.owner_user_id) == actor.user_id)
    return col(Document.room_id).in_(_rooms(room)) | own


async def _boxes(db: AsyncSession, chunk: Chunk, quote: str) -> list[list[float]]:
    """The lines of a quotation on its pages; it may reach into the pieces beside its own."""
    boxes = lines_of(chunk.boxes, chunk.text, quote)
    if quote in chunk.text or not chunk.boxes:
        return boxes
    beside = select(Chunk).where(
        Chunk.document_id == chunk.document_id,
        col(Chunk.position).between(chunk.position - _NEIGHBOURS, chunk.position + _NEIGHBOURS),
        Chunk.id != chunk.id,
    )
    for other in (await db.exec(beside)).all():
        boxes += lines_of(other.boxes, other.text, quote)
    return sorted(boxes)


def span_of(text: str, quote: str) -> tuple[int, int]:
    """Where in a piece its quotation stands, or that part of it which does not lie in the pieces beside; (0, 0) where
    nothing of it is there. White space may differ."""
    places = [at for at, letter in enumerate(text) if not letter.isspace()]
    flat = "".join(text[at] for at in places)
    start, length = _flat_span(flat, ["".join(line.split()) for line in quote.split("\n")])
    return (places[start], places[start + length - 1] + 1) if length else (0, 0)


def _flat_span(flat: str, lines: Sequence[str]) -> tuple[int, int]:
    """From where on, and how many letters; ones that lie in two pieces have the end of a line between them."""
    whole = "".join(lines)
    if whole and (at := flat.find(whole)) >= 0:
        return at, len(whole)
    lengths = list(accumulate(map(len, lines)))
    for size in reversed(lengths):  # it begins here and goes on in the next
        if size >= _LINE_MIN and flat.endswith(whole[:size]):
            return len(flat) - size, size
    for size in lengths:
        if len(whole) - size >= _LINE_MIN and flat.startswith(whole[size:]):
            return 0, len(whole) - size
    return 0, 0


def lines_of(boxes: Sequence[Any], text: str, quote: str) -> list[list[float]]:
    """Those of a text's lines that hold something of the quotation."""
    at = text.find(quote) if quote else -1
    lines = cast(
        "list[list[float]]", [box for box in boxes if isinstance(box, list) and len(cast("list[Any]", box)) >= 7]
    )
    kept: list[list[float]] = []
    for line in lines:
        start, end = int(line[5]), int(line[6])
        said = text[start:end].strip()
        if (start < at + len(quote) and end > at) if at >= 0 else (len(said) >= _LINE_MIN and said in quote):
            kept.append([float(side) for side in line[:5]])
    return kept
