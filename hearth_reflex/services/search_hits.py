"""What is shown of what a search has found: where it was said, by whom, and the part of it that answers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.attachment import Attachment, AttachmentKind
from hearth_reflex.db.message import Message
from hearth_reflex.db.persona import Persona
from hearth_reflex.db.room import Room
from hearth_reflex.db.user import User
from hearth_reflex.domain.feed import Row
from hearth_reflex.domain.finding import Segment, Sought, excerpt
from hearth_reflex.domain.passages import Kind
from hearth_reflex.services.access import Actor
from hearth_reflex.services.room_lists import peers_of
from hearth_reflex.services.search_meaning import FoundDocument
from hearth_reflex.services.views import RoomView, iso


@dataclass(frozen=True, slots=True)
class RoomHit:
    room: RoomView
    marked: list[Segment]  # its name


@dataclass(frozen=True, slots=True)
class PersonHit:
    id: str
    avatar: str
    marked: list[Segment]  # their name


@dataclass(frozen=True, slots=True)
class Where:
    """The room of a hit. A direct room bears the other person's name."""

    id: str
    kind: str
    name_ko: str
    name_en: str


@dataclass(frozen=True, slots=True)
class MessageHit:
    """A message, and the part of it that answers. `images` is how many pictures it holds.

    `by_meaning`: it says so in other words.
    """

    id: str
    seq: int
    at: str
    room: Where
    author: str
    name: str
    name_en: str
    is_ai: bool
    images: int
    excerpt: list[Segment]
    by_meaning: bool = False


@dataclass(frozen=True, slots=True)
class FileHit:
    """A file and the message it was sent with. `by_meaning`: of a picture, what it shows answers."""

    file: Row
    marked: list[Segment]  # its name
    message: MessageHit
    by_meaning: bool = False


@dataclass(frozen=True, slots=True)
class DocumentHit:
    """A document and the part of it that answers; none where its name does.

    Attributes:
        room: None of a document on the reader's own shelf.
        page: from 1, 0 where it has none.
        piece: uuid of the passage.
        start: where it begins in the document's text.
    """

    id: str
    name: str
    kind: str
    at: str
    room: Where | None
    piece: str
    page: int
    start: int
    heading: str
    marked: list[Segment]  # its name
    excerpt: list[Segment]
    by_meaning: bool


async def document_hits(
    db: AsyncSession, actor: Actor, found: Sequence[FoundDocument], sought: Sought
) -> list[DocumentHit]:
    """What is shown of documents, in the order given."""
    rooms = await _places(db, actor, {one.document.room_id for one in found if one.document.room_id is not None})
    return [_document_hit(one, rooms.get(one.document.room_id or 0), sought) for one in found]


def _document_hit(found: FoundDocument, room: Where | None, sought: Sought) -> DocumentHit:
    document, passage = found.document, found.passage
    return DocumentHit(
        id=document.uuid,
        name=document.name,
        kind=document.kind,
        at=iso(document.created_at),
        room=room,
        piece=passage.key.partition(":")[2] if passage and passage.kind is Kind.CHUNK else "",
        page=passage.page_from if passage else 0,
        start=passage.start if passage else 0,
        heading=passage.heading if passage else "",
        marked=excerpt(sought, document.name),
        excerpt=excerpt(sought, passage.text) if passage else [],
        by_meaning=found.by_meaning,
    )


async def message_hits(
    db: AsyncSession, actor: Actor, messages: list[Message], sought: Sought, *, meant: Collection[int] = ()
) -> list[MessageHit]:
    """What is shown of messages, in the order given: in as many queries as there are tables.

    Args:
        meant: row numbers of those that only their meaning has brought.
    """
    if not messages:
        return []
    rooms = await _places(db, actor, {message.room_id for message in messages})
    users = await _uuids(db, {message.author_user_id for message in messages if message.author_user_id})
    personas = await _personas(db, {m.author_persona_id for m in messages if m.author_persona_id})
    images = await _images(db, [message.id or 0 for message in messages])
    hits: list[MessageHit] = []
    for message in messages:
        persona = personas.get(message.author_persona_id or 0)
        hit = MessageHit(
            id=message.uuid,
            seq=message.seq,
            at=iso(message.created_at),
            room=rooms[message.room_id],
            author=persona.uuid if persona else users.get(message.author_user_id or 0, ""),
            name=message.author_name,
            name_en=persona.name_en if persona else message.author_name,
            is_ai=message.author_persona_id is not None,
            images=images.get(message.id or 0, 0),
            excerpt=excerpt(sought, message.text),
            by_meaning=message.id in meant,
        )
        hits.append(hit)
    return hits


async def _places(db: AsyncSession, actor: Actor, ids: set[int]) -> dict[int, Where]:
    rooms = (await db.exec(select(Room).where(col(Room.id).in_(ids)))).all()
    peers = await peers_of(db, actor, rooms)
    found: dict[int, Where] = {}
    for room in rooms:
        peer = peers.get(room.uuid)
        ko, en = (peer.name, peer.name) if peer else (room.name_ko, room.name_en)
        found[room.id or 0] = Where(id=room.uuid, kind=room.kind, name_ko=ko, name_en=en)
    return found


async def _uuids(db: AsyncSession, ids: set[int]) -> dict[int, str]:
    found = (await db.exec(select(User.id, User.uuid).where(col(User.id).in_(ids)))).all()
    return {row_id: uuid for row_id, uuid in found if row_id is not None}


async def _personas(db: AsyncSession, ids: set[int]) -> dict[int, Persona]:
    if not ids:
        return {}
    found = (await db.exec(select(Persona).where(col(Persona.id).in_(ids)))).all()
    return {persona.id: persona for persona in found if persona.id is not None}


async def _images(db: AsyncSession, ids: list[int]) -> dict[int, int]:
    query = select(Attachment.message_id).where(
        col(Attachment.message_id).in_(ids), Attachment.kind == AttachmentKind.IMAGE.value
    )
    counted: dict[int, int] = {}
    for message_id in (await db.exec(query)).all():
        counted[message_id or 0] = counted.get(message_id or 0, 0) + 1
    return counted
