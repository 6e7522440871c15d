"""What people gave the house to know: documents, the pieces they are cut into, and what is known of pictures.

Words live here and are the truth; the vector index beside the database is made from them and can be made again. A row
whose `embedded` names another index than the house's own (or none) is still to be brought into it.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON
from sqlmodel import BigInteger, Field, SQLModel, Text, UniqueConstraint

from hearth_reflex.db.base import UtcDateTime, new_uuid, now


class DocumentStatus(StrEnum):
    WAITING = "waiting"
    READING = "reading"
    CUTTING = "cutting"
    EMBEDDING = "embedding"  # found by its words already, not yet by its meaning
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNREAD_STATUSES = (DocumentStatus.WAITING, DocumentStatus.READING, DocumentStatus.CUTTING)


class Collection(SQLModel, table=True):
    """A folder in the library of a room, or (without a room) on the shelf of its owner."""

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(default_factory=new_uuid, unique=True, max_length=36)
    room_id: int | None = Field(default=None, foreign_key="room.id", index=True, ondelete="CASCADE")
    owner_user_id: int | None = Field(default=None, foreign_key="user_account.id", index=True, ondelete="CASCADE")
    name: str = Field(max_length=80)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Document(SQLModel, table=True):
    """A document of a room's library, or (without a room) of the shelf of whoever brought it.

    `done` of `total` is how far its present stage is, in pages, pieces or vectors. `worker` names the process that
    reads it, so that its death can be noticed. Its bytes lie in the data folder under its uuid.
    """

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(default_factory=new_uuid, unique=True, max_length=36)
    room_id: int | None = Field(default=None, foreign_key="room.id", index=True, ondelete="CASCADE")
    owner_user_id: int | None = Field(default=None, foreign_key="user_account.id", index=True, ondelete="SET NULL")
    collection_id: int | None = Field(default=None, foreign_key="collection.id", index=True, ondelete="SET NULL")
    outside_id: str = Field(default="", max_length=80)  # what the program that brought it calls it
    name: str = Field(max_length=200)  # as people see it; no file of this name is ever written
    kind: str = Field(default="", max_length=12)  # pdf, docx, image …: what it really is, known once it was looked at
    size_bytes: int = Field(sa_type=BigInteger)
    sha256: str = Field(max_length=64, index=True)
    status: str = Field(default=DocumentStatus.WAITING.value, max_length=12, index=True)
    error: str | None = Field(default=None, max_length=60)  # error code of a failed one, behind a colon its number
    done: int = 0
    total: int = 0
    worker: str = Field(default="", max_length=64)
    heartbeat_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    title: str = Field(default="", max_length=300)
    language: str = Field(default="", max_length=8)
    pages: int = 0  # that have pictures; 0 of what has none
    unread: str = Field(default="", max_length=60)  # why some of its pages were not read, behind a colon how many
    characters: int = 0
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    indexed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Chunk(SQLModel, table=True):
    """A piece of a document. `start` and `end` count characters of the document's text, all its pieces in order.

    `boxes` are the lines it covers on page pictures, [page, left, top, right, bottom, start, end] each: page from 1,
    sides in shares of it from its top left corner, the characters of `text` that stand there.
    """

    __table_args__ = (UniqueConstraint("document_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(default_factory=new_uuid, unique=True, max_length=36)
    document_id: int = Field(foreign_key="document.id", ondelete="CASCADE")
    position: int
    text: str = Field(sa_type=Text)
    heading: str = Field(default="", max_length=300)  # the headings above it, outermost first
    page_from: int = 0
    page_to: int = 0
    start: int = 0
    end: int = 0
    boxes: list[Any] = Field(default_factory=list, sa_type=JSON)
    tokens: int = 0
    embedded: str = Field(default="", max_length=80, index=True)


class PictureNote(SQLModel, table=True):
    """What is known of a picture that was sent or put into a library: its caption, the words in it, how it looks.

    `looks` holds a perceptual hash and a grid of colours, hexadecimal; `words` are those read in it, `regions` where.
    """

    __tablename__ = "picture_note"  # pyright: ignore[reportAssignmentType] - SQLModel declares it otherwise

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(default_factory=new_uuid, unique=True, max_length=36)
    attachment_id: int | None = Field(default=None, foreign_key="attachment.id", unique=True, ondelete="CASCADE")
    document_id: int | None = Field(default=None, foreign_key="document.id", unique=True, ondelete="CASCADE")
    caption: str = Field(default="", sa_type=Text)
    caption_by: str = Field(default="", max_length=12)  # person, model, or around: the words it was sent with
    words: str = Field(default="", sa_type=Text)
    regions: list[Any] = Field(default_factory=list, sa_type=JSON)
    hash: str = Field(default="", max_length=32)
    colours: str = Field(default="", max_length=400)
    taken_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    version: int = 0  # of the way it was looked at; an older one is looked at again
    embedded: str = Field(default="", max_length=80, index=True)


class Removal(SQLModel, table=True):
    """Something that must leave the vector index: told in the commit that removed it, gone from here when it has left.

    `key` is that of an entry (`chunk:<uuid>`), or all of a parent (`parent:<uuid>`) or scope (`scope:room:<uuid>`).
    """

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=100)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Citation(SQLModel, table=True):
    """Where an answer's [number] points. `quote` is what was read, as it stood; it goes with what it was taken from."""

    __table_args__ = (UniqueConstraint("message_id", "version", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(default_factory=new_uuid, unique=True, max_length=36)
    message_id: int = Field(foreign_key="message.id", ondelete="CASCADE")
    version: int = 1
    number: int
    chunk_id: int | None = Field(default=None, foreign_key="chunk.id", index=True, ondelete="CASCADE")
    picture_note_id: int | None = Field(default=None, foreign_key="picture_note.id", index=True, ondelete="CASCADE")
    source_message_id: int | None = Field(default=None, foreign_key="message.id", index=True, ondelete="CASCADE")
    quote: str = Field(default="", sa_type=Text)


class SearchLog(SQLModel, table=True):
    """The receipt of one look into what the house knows.

    `found` has one object for each passage: key, document, page, rank, vector, text, fused, second, used. Scores are
    those of its legs, None of a leg that did not find it; `second` is that of a second look, None where there was none.
    """

    __tablename__ = "search_log"  # pyright: ignore[reportAssignmentType] - SQLModel declares it otherwise

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(default_factory=new_uuid, unique=True, max_length=36)
    user_id: int | None = Field(default=None, foreign_key="user_account.id", index=True, ondelete="CASCADE")
    room_id: int | None = Field(default=None, foreign_key="room.id", index=True, ondelete="CASCADE")
    message_id: int | None = Field(default=None, foreign_key="message.id", index=True, ondelete="CASCADE")
    version: int = 1  # of the answer that it was looked for; 0: that was then given from the talk alone
    question: str = Field(default="", sa_type=Text)
    query: str = Field(default="", sa_type=Text)  # what was really asked
    found: list[Any] = Field(default_factory=list, sa_type=JSON)
    is_nothing: bool = False  # nothing was near enough
    mode: str = Field(default="", max_length=12)  # hybrid, words (no vectors yet), whole (the documents fit)
    total_ms: float = 0.0
    embed_ms: float = 0.0
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
