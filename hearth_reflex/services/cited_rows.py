"""The rows behind the numbers in answers: kept in the commit that ends an answer, counted for its row in the talk.

Everything here runs in the caller's transaction, behind the lock of the room, and tells nobody. Who may see where a
number points is said by `services/citations.py`.
"""

from collections.abc import Iterable, Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.document import Chunk, Citation, Document, PictureNote, SearchLog
from hearth_reflex.db.message import Message
from hearth_reflex.domain.passages import Kind
from hearth_reflex.services.search_logs import mark_used
from hearth_reflex.services.sourced import Cite, Linked

QUOTE_MAX = 4_000  # characters
NO_VERSION = 0  # on the receipt of a look that no version of its answer stands on


async def keep_citations(db: AsyncSession, message: Message, version: int, linked: Linked) -> None:
    """Keeps what an answer cites, and on the receipt which answer it was for and what of it was used.

    A number that the version has already keeps its place: it was gone on with.
    """
    assert message.id is not None  # noqa: S101 - it came from the database
    here = select(Citation.number).where(Citation.message_id == message.id, Citation.version == version)
    there = set((await db.exec(here)).all())
    ids = await _ids(db, [cite.key for cite in linked.cites], held=True)
    for cite in linked.cites:
        kind, row_id = ids.get(cite.key) or await _anew(db, cite)
        if kind is None or cite.number in there:  # it was removed while the answer was said
            continue
        row = Citation(message_id=message.id, version=version, number=cite.number, quote=cite.quote[:QUOTE_MAX])
        row.chunk_id = row_id if kind is Kind.CHUNK else None
        row.picture_note_id = row_id if kind is Kind.PICTURE else None
        db.add(row)
    if linked.log:
        used = {cite.key for cite in linked.cites}
        stands_in = version if linked.stands else NO_VERSION
        await mark_used(db, linked.log, used, message_id=message.id, version=stands_in)
    await db.flush()


async def taken_numbers(db: AsyncSession, message: Message) -> dict[str, int]:
    """The numbers that the standing version of an answer has given already, by passage."""
    query = (
        select(Citation.number, Chunk.uuid, PictureNote.uuid)
        .join(Chunk, col(Chunk.id) == col(Citation.chunk_id), isouter=True)
        .join(PictureNote, col(PictureNote.id) == col(Citation.picture_note_id), isouter=True)
        .where(Citation.message_id == message.id, Citation.version == message.version)
    )
    return {
        f"{Kind.CHUNK.value}:{chunk}" if chunk else f"{Kind.PICTURE.value}:{picture}": number
        for number, chunk, picture in (await db.exec(query)).all()
    }


async def cited_of(db: AsyncSession, messages: Sequence[Message]) -> dict[int, tuple[int, str]]:
    """Of each of these answers how many places its standing version cites, and the receipt of its last look."""
    ids = [message.id for message in messages if message.id is not None]
    if not ids:
        return {}
    counted: dict[int, int] = {}
    standing = (
        select(Citation.message_id)
        .join(Message, col(Message.id) == col(Citation.message_id))
        .where(col(Citation.message_id).in_(ids), col(Citation.version) == col(Message.version))
    )
    for message_id in (await db.exec(standing)).all():
        counted[message_id] = counted.get(message_id, 0) + 1
    looks = (
        select(SearchLog.message_id, SearchLog.uuid)
        .join(Message, col(Message.id) == col(SearchLog.message_id))
        .where(col(SearchLog.message_id).in_(ids), col(SearchLog.version) == col(Message.version))
    )
    receipts = dict((await db.exec(looks.order_by(col(SearchLog.id)))).all())
    return {one: (counted.get(one, 0), receipts.get(one, "")) for one in {*counted, *receipts} if one is not None}


async def all_there(db: AsyncSession, keys: Sequence[str]) -> bool:
    """Whether none of these passages was removed meanwhile."""
    return len(await _ids(db, keys)) == len(set(keys))


async def _anew(db: AsyncSession, cite: Cite) -> tuple[Kind | None, int]:
    """The piece that holds the words of one whose document was read again while the answer was said."""
    if not cite.document or not cite.quote or not cite.key.startswith(f"{Kind.CHUNK.value}:"):
        return None, 0
    query = (
        select(Chunk.id)
        .join(Document, col(Document.id) == col(Chunk.document_id))
        .where(Document.uuid == cite.document, col(Chunk.text).contains(cite.quote, autoescape=True))
    )
    row_id = (await db.exec(query.order_by(col(Chunk.position)).limit(1))).first()
    return (Kind.CHUNK, row_id) if row_id else (None, 0)


async def _ids(db: AsyncSession, keys: Iterable[str], *, held: bool = False) -> dict[str, tuple[Kind, int]]:
    """The rows that these passages still are. `held`: until the transaction ends none of them goes."""
    uuids: dict[Kind, list[str]] = {Kind.CHUNK: [], Kind.PICTURE: []}
    for key in keys:
        kind, _, uuid = key.partition(":")
        if kind in uuids:
            uuids[Kind(kind)].append(uuid)
    found: dict[str, tuple[Kind, int]] = {}
    for kind, table in ((Kind.CHUNK, Chunk), (Kind.PICTURE, PictureNote)):
        rows = select(table.uuid, table.id).where(col(table.uuid).in_(uuids[kind]))
        rows = rows.with_for_update(read=True, key_share=True) if held else rows
        found |= {f"{kind.value}:{uuid}": (kind, row_id or 0) for uuid, row_id in (await db.exec(rows)).all()}
    return found
