"""Documents on their way through the house, as the database has it: who reads which, how far, and what came of it.

Several processes share the work. One takes a document by writing its name into the row, and says again and again that
it lives; what it says counts only as long as the row is still its own. Each function is one transaction.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

from sqlalchemy import ColumnElement, insert, literal
from sqlalchemy.orm import aliased
from sqlmodel import col, delete, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.base import UtcDateTime, new_uuid, now
from hearth_reflex.db.database import Database
from hearth_reflex.db.document import Chunk, Document, DocumentStatus, PictureNote, Removal
from hearth_reflex.domain.reading import Line, Piece, Reading
from hearth_reflex.domain.text_facts import language_of
from hearth_reflex.services.cited_again import Again, let_go, take_hold

IN_HAND = (DocumentStatus.READING.value, DocumentStatus.CUTTING.value)
DEAD_AFTER = timedelta(seconds=20)
TRIES = 3  # a document whose reader dies with it is not taken up for ever
INTERRUPTED = "document_interrupted"
_AT_ONCE = 200  # rows of one statement


async def claim(database: Database, *, worker: str, at: datetime) -> Document | None:
    """Takes the next document that waits: of those who waited longest for their turn, their oldest."""
    async with database.read() as db:
        if (await db.exec(select(Document.id).where(_waits()).limit(1))).first() is None:
            return None  # the one writer is not asked for nothing
    other = aliased(Document)
    turn = select(func.max(other.heartbeat_at)).where(
        col(other.owner_user_id) == col(Document.owner_user_id), col(other.worker) != ""
    )
    query = select(Document).where(_waits()).order_by(turn.scalar_subquery().nulls_first(), col(Document.id)).limit(1)
    async with database.write() as db:
        document = (await db.exec(query.with_for_update(skip_locked=True, of=Document))).first()
        if document is not None:
            document.status, document.worker, document.heartbeat_at = DocumentStatus.READING.value, worker, at
            document.done = document.total = 0
            db.add(document)
    return document


async def note(database: Database, document: Document, *, status: str, done: int, total: int, at: datetime) -> bool:
    """Says that its reader lives, and how far it is. False: it is no longer its reader."""
    async with database.write() as db:
        values = {"status": status, "done": done, "total": total, "heartbeat_at": at}
        return (await db.exec(update(Document).where(_is_held_by(document)).values(**values))).rowcount == 1


async def keep(
    database: Database,
    document: Document,
    reading: Reading,
    pieces: Sequence[Piece],
    *,
    again: Again | None = None,
    at: datetime,
) -> bool:
    """Puts what was read in the place of what stood there, and has what was cited of that point at the same words.

    False: it was cancelled, removed, or taken by another.

    Args:
        again: where those words stand, of a document that was read before.
    """
    rows = [_chunk(document.id or 0, position, piece) for position, piece in enumerate(pieces)]
    async with database.write() as db:
        row = (await db.exec(select(Document).where(_is_held_by(document)).with_for_update())).first()
        if row is None:
            return False
        held = await let_go(db, row, again, [one["uuid"] for one in rows]) if again else []
        await drop_chunks(db, col(Chunk.document_id) == row.id)
        for first in range(0, len(rows), _AT_ONCE):
            await db.exec(insert(Chunk), params=rows[first : first + _AT_ONCE])
        await take_hold(db, row, held)
        row.kind, row.title, row.pages = reading.kind[:12], reading.title[:300], reading.pages
        row.unread = _unread(reading)
        row.characters = pieces[-1].end if pieces else 0
        row.language = language_of("\n".join(piece.text for piece in pieces[:20]))
        row.status = (DocumentStatus.EMBEDDING if pieces else DocumentStatus.READY).value
        row.done, row.total, row.error = 0, len(pieces), None
        row.heartbeat_at = row.indexed_at = at
        db.add(row)
    return True


async def fail(database: Database, document: Document, error: str, *, at: datetime) -> bool:
    """Keeps why it could not be read. What was read of it before still stands."""
    values = {"status": DocumentStatus.FAILED.value, "error": error[:60], "done": 0, "total": 0, "heartbeat_at": at}
    async with database.write() as db:
        return (await db.exec(update(Document).where(_is_held_by(document)).values(**values))).rowcount == 1


async def release(database: Database, document: Document) -> None:
    """Lets another process take it up: this one closes."""
    values = {"status": DocumentStatus.WAITING.value, "worker": "", "done": 0, "total": 0}
    async with database.write() as db:
        await db.exec(update(Document).where(_is_held_by(document)).values(**values))


async def revive(database: Database, *, at: datetime) -> list[Document]:
    """Documents whose reader has died wait again; one that it happened to too often has failed. Returns them."""
    lost = select(Document).where(col(Document.status).in_(IN_HAND), col(Document.heartbeat_at) < at - DEAD_AFTER)
    async with database.read() as db:
        if (await db.exec(lost.limit(1))).first() is None:
            return []
    async with database.write() as db:
        documents = list((await db.exec(lost.with_for_update(skip_locked=True))).all())
        for document in documents:
            tries = int((document.error or "").partition(":")[2] or 0) + 1
            document.error = INTERRUPTED if tries >= TRIES else f"{INTERRUPTED}:{tries}"
            document.status = (DocumentStatus.FAILED if tries >= TRIES else DocumentStatus.WAITING).value
            document.worker, document.done, document.total = "", 0, 0
            db.add(document)
    return documents


async def note_embedded(
    database: Database, document_id: int, done: int, total: int, *, at: datetime
) -> Document | None:
    """How many of its pieces are found by meaning; all: it is ready. None: it is not waiting for that."""
    values: dict[str, Any] = {"done": done, "total": total}
    if done >= total:
        values |= {"status": DocumentStatus.READY.value, "indexed_at": at}
    embedding = (col(Document.id) == document_id) & (col(Document.status) == DocumentStatus.EMBEDDING.value)
    async with database.write() as db:
        if (await db.exec(update(Document).where(embedding).values(**values))).rowcount != 1:
            return None
        return (await db.exec(select(Document).where(Document.id == document_id))).first()


async def drop_chunks(db: AsyncSession, which: ColumnElement[bool]) -> None:
    """Removes pieces, and has them leave the index. One by one: new ones of the same document may be in it already."""
    keys = select(literal("chunk:") + col(Chunk.uuid), literal(now(), UtcDateTime())).where(which)
    await db.exec(insert(Removal).from_select(["key", "created_at"], keys))
    await db.exec(delete(Chunk).where(which))


async def drop_documents(db: AsyncSession, which: ColumnElement[bool]) -> list[str]:
    """Removes documents with all that was made of them. Returns those whose bytes are to go when this is committed."""
    ids = select(Document.id).where(which)
    notes = select(literal("picture:") + col(PictureNote.uuid), literal(now(), UtcDateTime())).where(
        col(PictureNote.document_id).in_(ids)
    )
    whole = select(literal("parent:") + col(Document.uuid), literal(now(), UtcDateTime())).where(which)
    for keys in (notes, whole):
        await db.exec(insert(Removal).from_select(["key", "created_at"], keys))
    return [uuid for (uuid,) in (await db.exec(delete(Document).where(which).returning(col(Document.uuid)))).all()]


def _waits() -> ColumnElement[bool]:
    return col(Document.status) == DocumentStatus.WAITING.value


def _is_held_by(document: Document) -> ColumnElement[bool]:
    """The condition that a document is still in the hands of who took it."""
    return (
        (col(Document.id) == document.id)
        & (col(Document.worker) == document.worker)
        & col(Document.status).in_(IN_HAND)
    )


def _unread(reading: Reading) -> str:
    """Of a picture that holds no words nothing is missing."""
    if reading.pages < 2 or not reading.skipped:
        return ""
    return f"{'document_pages_late' if reading.is_late else 'document_pages_scanned'}:{reading.skipped}"


def _chunk(document_id: int, position: int, piece: Piece) -> dict[str, Any]:
    return {
        "uuid": new_uuid(),
        "document_id": document_id,
        "position": position,
        "text": piece.text,
        "heading": piece.heading[:300],
        "page_from": piece.page_from,
        "page_to": piece.page_to,
        "start": piece.start,
        "end": piece.end,
        "boxes": [_box(line) for line in piece.lines],
        "tokens": piece.tokens,
        "embedded": "",
    }


def _box(line: Line) -> list[float]:
    """[page, left, top, right, bottom, start, end]; sides stay within the page, whatever a reader says."""
    sides = (line.left, line.top, line.right, line.bottom)
    return [
        line.page,
        *(round(min(1.0, max(0.0, side)), 4) if isfinite(side) else 0.0 for side in sides),
        line.start,
        line.end,
    ]
