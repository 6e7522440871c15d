"""What else holds words of a document, and lets go of them when it is removed. Runs in the caller's transaction.

Pieces, citations and notes of pictures go with their document by themselves. What remains are the prompts that held its
words, kept to show how an answer was made, and the receipts of searches that name it. When it is read again both stay
as far as the new pieces say what the old ones said.
"""

from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, cast
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from hearth_reflex.db.document import Chunk, Citation, Document, PictureNote, SearchLog
from hearth_reflex.db.generation import MessageMetadata
from hearth_reflex.db.room import Room

_AT_ONCE = 200
_Found = dict[str, Any]
_Receipt = tuple[int, int | None, list[_Found]]  # its id, the answer it was for, what was found


async def forget_traces(db: AsyncSession, document: Document) -> None:
    """Empties prompts that held words of a document, and takes it out of receipts.

    To be called before its pieces go, or it lies elsewhere: by these the prompts are found.
    """
    keys = await _keys(db, document)
    citing = await _citing(db, document)

    def without(found: Sequence[_Found]) -> list[_Found]:
        return [one for one in found if one.get("document") != document.uuid and one.get("key") not in keys]

    named, _ = await _change_receipts(db, document, without)
    await _empty_prompts(db, citing | named)


async def forget_prompts(db: AsyncSession, document: Document) -> None:
    """Empties prompts that held words of a document which says something else from now on."""
    answers = await _citing(db, document)
    async for receipts in _receipts(db, document):
        answers |= {answer for _, answer, found in receipts if answer and _names(found, document)}
    await _empty_prompts(db, answers)


async def renew_traces(
    db: AsyncSession, document: Document, keys: Mapping[str, str], *, cited: Collection[int]
) -> None:
    """Has receipts name the pieces that a document is about to have.

    A prompt is found by a citation or a receipt that names the document: one of which neither is left is emptied.

    Args:
        keys: of the new pieces, by those of the old ones that say the same; what other old ones said is gone.
        cited: ids of the citations that stay.
    """
    citing = await _citing(db, document)

    def renewed(found: Sequence[_Found]) -> list[_Found]:
        return [one | {"key": keys.get(one["key"], one["key"])} for one in found if not gone(one)]

    def gone(one: _Found) -> bool:
        return one.get("document") == document.uuid and one["key"].startswith("chunk:") and one["key"] not in keys

    named, still = await _change_receipts(db, document, renewed)
    stays = await _answers_of(db, cited)
    pictures = await _citing_pictures(db, document)
    await _empty_prompts(db, (citing | named) - still - stays - pictures)


async def _empty_prompts(db: AsyncSession, answers: Collection[int]) -> None:
    for some in _steps(answers):
        held = col(MessageMetadata.message_id).in_(some)
        await db.exec(update(MessageMetadata).where(held).values(prompt="", turns=[]))


async def _answers_of(db: AsyncSession, citations: Collection[int]) -> set[int]:
    answers = set[int]()
    for some in _steps(citations):
        answers |= {*(await db.exec(select(Citation.message_id).where(col(Citation.id).in_(some)))).all()}
    return answers


def _steps(ids: Collection[int]) -> list[list[int]]:
    """Few enough for one statement each."""
    ordered = sorted(ids)
    return [ordered[first : first + _AT_ONCE] for first in range(0, len(ordered), _AT_ONCE)]


def _names(found: Sequence[_Found], document: Document) -> bool:
    return any(one.get("document") == document.uuid for one in found)


async def _keys(db: AsyncSession, document: Document) -> set[str]:
    pieces = (await db.exec(select(Chunk.uuid).where(Chunk.document_id == document.id))).all()
    notes = (await db.exec(select(PictureNote.uuid).where(PictureNote.document_id == document.id))).all()
    return {*(f"chunk:{uuid}" for uuid in pieces), *(f"picture:{uuid}" for uuid in notes)}


async def _citing(db: AsyncSession, document: Document) -> set[int]:
    """The answers that cite it."""
    told = (await db.exec(_citing_pieces_of(document))).all()
    return {*told, *await _citing_pictures(db, document)}


async def _citing_pictures(db: AsyncSession, document: Document) -> set[int]:
    return {*(await db.exec(_citing_pictures_of(document))).all()}


def _citing_pieces_of(document: Document) -> SelectOfScalar[int]:
    pieces = select(Citation.message_id).join(Chunk, col(Chunk.id) == col(Citation.chunk_id))
    return pieces.where(Chunk.document_id == document.id).distinct()


def _citing_pictures_of(document: Document) -> SelectOfScalar[int]:
    notes = select(Citation.message_id).join(PictureNote, col(PictureNote.id) == col(Citation.picture_note_id))
    return notes.where(PictureNote.document_id == document.id).distinct()


async def _change_receipts(
    db: AsyncSession, document: Document, change: Callable[[Sequence[_Found]], list[_Found]]
) -> tuple[set[int], set[int]]:
    """Changes what receipts that can name the document say was found.

    Returns: the answers of the receipts that were changed, and of those that name it then.
    """
    changed, naming = set[int](), set[int]()
    async for receipts in _receipts(db, document):
        written: list[dict[str, Any]] = []
        for receipt_id, answer, found in receipts:
            kept = change(found)
            if kept != found:
                written.append({"id": receipt_id, "found": kept})
                changed |= {answer} if answer else set()
            if answer and _names(kept, document):
                naming.add(answer)
        if written:
            await db.exec(update(SearchLog), params=written)
    return changed, naming


async def _receipts(db: AsyncSession, document: Document) -> AsyncGenerator[Sequence[_Receipt]]:
    """Receipts that can name the document, some at a time."""
    held: Any = SearchLog.found
    last = 0
    while True:
        query = select(col(SearchLog.id), SearchLog.message_id, held).where(_naming(document), col(SearchLog.id) > last)
        rows: Sequence[Any] = (await db.exec(query.order_by(col(SearchLog.id)).limit(_AT_ONCE))).all()
        yield rows
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1][0]


def _naming(document: Document) -> ColumnElement[bool]:
    """Receipts that can name it: of searches since it came, where it lay or by whose shelf it was."""
    answer = col(SearchLog.message_id)
    citing = answer.in_(_citing_pieces_of(document)) | answer.in_(_citing_pictures_of(document))
    named = cast(col(SearchLog.found), Text).contains(document.uuid) | citing
    since = named & (col(SearchLog.created_at) >= document.created_at)
    if document.room_id is None:
        return since & (col(SearchLog.user_id) == document.owner_user_id)
    talks = select(Room.id).where((col(Room.id) == document.room_id) | (col(Room.parent_id) == document.room_id))
    return since & (col(SearchLog.room_id).in_(talks) | col(SearchLog.room_id).is_(None))
