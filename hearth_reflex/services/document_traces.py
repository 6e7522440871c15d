"""What else holds words of a document, and lets go of them when it is removed. Runs in the caller's transaction.

Pieces, citations and notes of pictures go with their document by themselves. What remains are the prompts that held its
words, kept to show how an answer was made, and the receipts of searches that name it.
"""

from typing import Any, cast

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from hearth_reflex.db.document import Chunk, Citation, Document, PictureNote, SearchLog
from hearth_reflex.db.generation import MessageMetadata
from hearth_reflex.db.room import Room

_AT_ONCE = 500


async def forget_traces(db: AsyncSession, document: Document) -> None:
    """Empties prompts that held words of a document, and takes it out of receipts."""
    keys = await _keys(db, document)
    answers = await _citing(db, document) | await _forget_in_receipts(db, document, keys)
    if answers:
        held = col(MessageMetadata.message_id).in_(answers)
        await db.exec(update(MessageMetadata).where(held).values(prompt="", turns=[]))


async def _keys(db: AsyncSession, document: Document) -> set[str]:
    pieces = (await db.exec(select(Chunk.uuid).where(Chunk.document_id == document.id))).all()
    notes = (await db.exec(select(PictureNote.uuid).where(PictureNote.document_id == document.id))).all()
    return {*(f"chunk:{uuid}" for uuid in pieces), *(f"picture:{uuid}" for uuid in notes)}


async def _citing(db: AsyncSession, document: Document) -> set[int]:
    query = select(Citation.message_id).join(Chunk, col(Chunk.id) == col(Citation.chunk_id)).distinct()
    return set((await db.exec(query.where(Chunk.document_id == document.id))).all())


async def _forget_in_receipts(db: AsyncSession, document: Document, keys: set[str]) -> set[int]:
    """Returns the answers whose prompts may have held what those receipts name."""
    answers: set[int] = set()
    last = 0
    while keys:
        logs = (await db.exec(_receipts(document).where(col(SearchLog.id) > last).limit(_AT_ONCE))).all()
        for log in logs:
            found = cast("list[dict[str, Any]]", log.found)
            kept = [one for one in found if one.get("key") not in keys]
            if len(kept) < len(found):
                log.found = kept
                db.add(log)
                answers |= {log.message_id} if log.message_id else set()
        if len(logs) < _AT_ONCE:
            break
        last = logs[-1].id or 0
    await db.flush()
    return answers


def _receipts(document: Document) -> SelectOfScalar[SearchLog]:
    """Those that can name it, the oldest first: of searches since it came, where it lay or by whose shelf it was."""
    query = select(SearchLog).where(col(SearchLog.created_at) >= document.created_at).order_by(col(SearchLog.id))
    if document.room_id is None:
        return query.where(SearchLog.user_id == document.owner_user_id)
    talks = select(Room.id).where((col(Room.id) == document.room_id) | (col(Room.parent_id) == document.room_id))
    return query.where(col(SearchLog.room_id).in_(talks) | col(SearchLog.room_id).is_(None))
