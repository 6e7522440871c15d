"""What may be shown of documents, their pieces and collections. Rows become plain values here."""

from dataclasses import dataclass
from typing import Any

from hearth_reflex.db.document import Chunk, Collection, Document, DocumentStatus
from hearth_reflex.services.document_access import Place, may_change
from hearth_reflex.services.views import iso


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document as one person sees it.

    Args:
        room: of whose library it is; "" on a shelf.
        error: code of why it could not be read, "" unless its status is `failed`.
        unread: code of why some of its pages were not read, behind a colon how many; "" when all were.
        done: how far its stage is, of `total`; both 0 where that is not known.
        pages: that can be drawn.
        by: who brought it, "" when they are gone.
    """

    id: str
    name: str
    kind: str
    room: str
    collection: str
    status: str
    error: str
    unread: str
    done: int
    total: int
    pages: int
    size_bytes: int
    by: str
    created_at: str
    mine: bool
    may_change: bool
    title: str
    language: str
    characters: int
    outside_id: str


@dataclass(frozen=True, slots=True)
class ChunkView:
    """A piece of a document. `boxes` as in the table: [page, left, top, right, bottom, start, end] each."""

    id: str
    position: int
    heading: str
    text: str
    page_from: int
    page_to: int
    start: int
    end: int
    boxes: list[Any]


@dataclass(frozen=True, slots=True)
class CollectionView:
    id: str
    name: str
    room: str
    documents: int
    created_at: str
    may_change: bool


@dataclass(frozen=True, slots=True)
class Storage:
    """Bytes that a library takes; of a shelf all that its owner keeps in the house, and how much that may be."""

    used_bytes: int
    limit_bytes: int


def document_view(place: Place, document: Document, *, by: str, collection: str) -> DocumentView:
    """Args:
    by: the name of who brought it.
    collection: the uuid of the one that it lies in.
    """
    failed = document.status == DocumentStatus.FAILED
    return DocumentView(
        id=document.uuid,
        name=document.name,
        kind=document.kind,
        room=place.room.uuid if place.room else "",
        collection=collection,
        status=document.status,
        error=document.error or "" if failed else "",
        unread=document.unread,
        done=document.done,
        total=document.total,
        pages=document.pages,
        size_bytes=document.size_bytes,
        by=by,
        created_at=iso(document.created_at),
        mine=document.owner_user_id == place.actor.user_id,
        may_change=may_change(place, document) and (place.room is None or place.room.archived_at is None),
        title=document.title,
        language=document.language,
        characters=document.characters,
        outside_id=document.outside_id,
    )


def chunk_view(chunk: Chunk) -> ChunkView:
    return ChunkView(
        id=chunk.uuid,
        position=chunk.position,
        heading=chunk.heading,
        text=chunk.text,
        page_from=chunk.page_from,
        page_to=chunk.page_to,
        start=chunk.start,
        end=chunk.end,
        boxes=chunk.boxes,
    )


def collection_view(place: Place, collection: Collection, *, documents: int) -> CollectionView:
    return CollectionView(
        id=collection.uuid,
        name=collection.name,
        room=place.room.uuid if place.room else "",
        documents=documents,
        created_at=iso(collection.created_at),
        may_change=place.keeps_order and (place.room is None or place.room.archived_at is None),
    )


def progress(document: Document) -> list[Any]:
    """What is told of a document while it is read: [id, status, done, total, error]."""
    failed = document.status == DocumentStatus.FAILED
    return [document.uuid, document.status, document.done, document.total, document.error or "" if failed else ""]
