"""What answers cite of a document, carried over when it is read again: other pieces hold the same words then.

Where each quotation stands now is looked for beside the event loop, before anything is written (`looked`), for a few
seconds at most; what came of it is written in the transaction that puts new pieces in the place of the old ones. A
quotation that stands nowhere any more, or was not found in time, goes with its piece, and so does what receipts say of
a piece that is not there as it was.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

import structlog
from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.document import Chunk, Citation, Document
from hearth_reflex.domain.passages import Kind, key_of
from hearth_reflex.domain.reading import Piece
from hearth_reflex.domain.requoting import Quoted, Requotes, Standing
from hearth_reflex.services.citations import lines_of
from hearth_reflex.services.cited_rows import QUOTE_MAX
from hearth_reflex.services.document_traces import renew_traces

log = structlog.get_logger(__name__)

LOOK_SECONDS = 5.0  # for all of a document: far less than its reader may be silent
_LATE_SECONDS = 0.5  # for what came since: whoever else writes waits
_AT_ONCE = 200  # rows of one statement


@dataclass(frozen=True, slots=True)
class Again:
    """What is known of a document's pieces as they will be.

    Args:
        same: the position of each old piece that says the same, by its uuid.
        standing: where each citation stands, by its id; None of one that stands nowhere.
    """

    quotes: Requotes
    same: Mapping[str, int] = field(default_factory=dict[str, int])
    standing: Mapping[int, Standing | None] = field(default_factory=dict[int, Standing | None])


@dataclass(frozen=True, slots=True)
class Held:
    """A citation that has let go of its old piece, and where it goes."""

    citation_id: int
    key: str
    standing: Standing


async def looked(database: Database, document: Document, pieces: Sequence[Piece]) -> Again:
    """Where everything that is cited of a document stands among its new pieces."""
    async with database.read() as db:
        old = (await db.exec(select(Chunk.uuid, Chunk.text).where(Chunk.document_id == document.id))).all()
        cited = await _cited(db, document)
    again = await asyncio.to_thread(_look, old, cited, pieces)
    lost = sum(standing is None for standing in again.standing.values())
    log.info("document.requoted", document=document.uuid, quotations=len(cited), lost=lost)
    return again


def _look(old: Sequence[tuple[str, str]], cited: Mapping[int, tuple[str, Quoted]], pieces: Sequence[Piece]) -> Again:
    is_over = _after(LOOK_SECONDS)
    texts = {piece.text: position for position, piece in reversed(list(enumerate(pieces)))}
    quotes = Requotes(pieces)
    return Again(
        quotes=quotes,
        same={uuid: texts[text] for uuid, text in old if text in texts},
        standing=quotes.find({row_id: quoted for row_id, (_, quoted) in cited.items()}, is_over=is_over),
    )


def _after(seconds: float) -> Callable[[], bool]:
    """Says whether so many seconds have gone by."""
    until = monotonic() + seconds
    return lambda: monotonic() >= until


async def let_go(db: AsyncSession, document: Document, again: Again, uuids: Sequence[str]) -> list[Held]:
    """Frees what stands somewhere still from the pieces that are about to go, and has receipts name the new ones.

    Args:
        uuids: of the new pieces, in their order.
    """
    # Held until these pieces are gone, so that no answer cites one of them after they were looked through.
    await db.exec(select(Chunk.id).where(Chunk.document_id == document.id).with_for_update())
    held = await _held(await _cited(db, document), again)
    ids = [one.citation_id for one in held]
    for first in range(0, len(ids), _AT_ONCE):
        freed = col(Citation.id).in_(ids[first : first + _AT_ONCE])
        await db.exec(update(Citation).where(freed).values(chunk_id=None))
    places = {key_of(Kind.CHUNK, uuid): position for uuid, position in again.same.items()}
    places |= {one.key: one.standing.piece for one in held}
    await renew_traces(
        db,
        document,
        {key: key_of(Kind.CHUNK, uuids[position]) for key, position in places.items()},
        cited=ids,
    )
    return held


async def _held(cited: Mapping[int, tuple[str, Quoted]], again: Again) -> list[Held]:
    """What stands somewhere. One that an answer has brought since it was looked is found in the same words alone."""
    new = {row_id: quoted for row_id, (_, quoted) in cited.items() if row_id not in again.standing}
    standing = dict(again.standing)
    if new:
        standing |= await asyncio.to_thread(again.quotes.same, new, is_over=_after(_LATE_SECONDS))
    stands = ((row_id, key, standing[row_id]) for row_id, (key, _) in cited.items())
    return [Held(row_id, key, where) for row_id, key, where in stands if where is not None]


async def take_hold(db: AsyncSession, document: Document, held: Sequence[Held]) -> None:
    """Points what was let go at the new pieces."""
    for first in range(0, len(held), _AT_ONCE):
        some = held[first : first + _AT_ONCE]
        positions = {one.standing.piece for one in some}
        query = select(Chunk.position, Chunk.id).where(
            Chunk.document_id == document.id, col(Chunk.position).in_(positions)
        )
        ids = dict((await db.exec(query)).all())
        values = [
            {"id": one.citation_id, "chunk_id": ids[one.standing.piece], "quote": one.standing.words[:QUOTE_MAX]}
            for one in some
        ]
        await db.exec(update(Citation), params=values)


async def _cited(db: AsyncSession, document: Document) -> dict[int, tuple[str, Quoted]]:
    """What is cited of a document: the key of its piece, and the words, by the citation's id."""
    query = (
        select(Citation, Chunk)
        .join(Chunk, col(Chunk.id) == col(Citation.chunk_id))
        .where(Chunk.document_id == document.id)
    )
    found = (await db.exec(query)).all()
    if not found:
        return {}
    last = (await db.exec(select(func.max(Chunk.end)).where(Chunk.document_id == document.id))).one() or 1
    return {
        citation.id or 0: (key_of(Kind.CHUNK, chunk.uuid), _quoted(citation, chunk, length=last))
        for citation, chunk in found
    }


def _quoted(citation: Citation, chunk: Chunk, *, length: int) -> Quoted:
    lines = lines_of(chunk.boxes, chunk.text, citation.quote)
    page = int(lines[0][0]) if lines else chunk.page_from
    return Quoted(citation.quote, page=page, place=chunk.start / length)
