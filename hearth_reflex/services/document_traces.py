"""What else holds words of a document, and lets go of them when it is removed. Runs in the caller's transaction.

Pieces, citations and notes of pictures go with their document by themselves. What remains are the prompts that held its
words, kept to show how an answer was made, and the receipts of searches that name it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, cast
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.document import Chunk, Citation, Document, PictureNote, SearchLog
from hearth_reflex.db.generation import MessageMetadata
from hearth_reflex.db.room import Room

_AT_ONCE = 200


async def forget_traces(db: AsyncSession, document: Document) -> None:
    """Empties prompts that held words of a document, and takes it out of receipts.

    To be called before its pieces go, or it lies elsewhere: by these the prompts are found.
    """
    keys = await _keys(db, document)
    citing = await _citing(db, document)
    answers = citing | await _forget_in_receipts(db, document, keys, citing)
    if answers:
        held = col(MessageMetadata.message_id).in_(answers)
        await db.exec(update(MessageMetadata).where(held).values(prompt="", turns=[]))


async def _keys(db: AsyncSession, document: Document) -> set[str]:
    pieces = (await db.exec(select(Chunk.uuid).where(Chunk.document_id == document.id))).all()
    notes = (await db.exec(select(PictureNote.uuid).where(PictureNote.document_id == document.id))).all()
    return {*(f"chunk:{uuid}" for uuid in pieces), *(f"picture:{uuid}" for uuid in notes)}


async def _citing(db: AsyncSession, document: Document) -> set[int]:
    pieces = select(Citation.message_id).join(Chunk, col(Chunk.id) == col(Citation.chunk_id))
    notes = select(Citation.message_id).join(PictureNote, col(PictureNote.id) == col(Citation.picture_note_id))
    return {
        *(await db.exec(pieces.where(Chunk.document_id == document.id).distinct())).all(),
        *(await db.exec(notes.where(PictureNote.document_id == document.id).distinct())).all(),
    }


async def _forget_in_receipts(db: AsyncSession, document: Document, keys: set[str], citing: set[int]) -> set[int]:
    """Returns the answers whose prompts may have held what those receipts name."""
    answers: set[int] = set()
    naming, last = _naming(document, citing), 0
    held: Any = SearchLog.found
    while True:
        query = select(col(SearchLog.id), SearchLog.message_id, held).where(naming, col(SearchLog.id) > last)
        rows: Sequence[Any] = (await db.exec(query.order_by(col(SearchLog.id)).limit(_AT_ONCE))).all()
        changed: list[dict[str, Any]] = []
        for log_id, message_id, found in rows:
            kept = _without(found, document, keys)
            if len(kept) < len(found):
                changed.append({"id": log_id, "found": kept})
                answers |= {message_id} if message_id else set()
        if changed:
            await db.exec(update(SearchLog), params=changed)
        if len(rows) < _AT_ONCE:
            return answers
        last = rows[-1][0]


def _without(found: Sequence[dict[str, Any]], document: Document, keys: set[str]) -> list[dict[str, Any]]:
    return [one for one in found if one.get("document") != document.uuid and one.get("key") not in keys]


def _naming(document: Document, citing: set[int]) -> ColumnElement[bool]:
    """Receipts that can name it: of searches since it came, where it lay or by whose shelf it was."""
    named = cast(col(SearchLog.found), Text).contains(document.uuid) | col(SearchLog.message_id).in_(citing)
    since = named & (col(SearchLog.created_at) >= document.created_at)
    if document.room_id is None:
        return since & (col(SearchLog.user_id) == document.owner_user_id)
    talks = select(Room.id).where((col(Room.id) == document.room_id) | (col(Room.parent_id) == document.room_id))
    return since & (col(SearchLog.room_id).in_(talks) | col(SearchLog.room_id).is_(None))
