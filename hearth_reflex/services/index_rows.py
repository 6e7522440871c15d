"""Rows of the database as entries of the index: which still have to come into it, what they say, and that they have.

A row's `embedded` is "" (nothing of it is in the index), a mark with `WORDS_ONLY` behind it (it is found by its words),
or the index's mark. Reads and writes rows; knows neither the index nor the embedder.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, literal, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from hearth_reflex.db.attachment import Attachment
from hearth_reflex.db.document import Chunk, Document, PictureNote
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Room
from hearth_reflex.db.search import SearchEntry
from hearth_reflex.db.user import User
from hearth_reflex.domain.passages import Entry, Kind, checked_scope, key_of
from hearth_reflex.domain.pictures_told import picture_text

WORDS_ONLY = "~"
KINDS = (Kind.MESSAGE, Kind.PICTURE, Kind.CHUNK)
# Where each kind notes what is in the index, and the row's number. Of messages the entry of the other index does.
_COLUMNS: dict[Kind, tuple[Any, Any]] = {
    Kind.CHUNK: (col(Chunk.embedded), col(Chunk.id)),
    Kind.PICTURE: (col(PictureNote.embedded), col(PictureNote.id)),
    Kind.MESSAGE: (col(SearchEntry.embedded), col(SearchEntry.message_id)),
}
_parent = aliased(Room)


@dataclass(frozen=True, slots=True)
class Row:
    """A row and what it says to the index. `entry` is None of what is not to be found: it has no words, or its room is
    deleted."""

    id: int
    kind: Kind
    entry: Entry | None
    document_id: int = 0


async def something_waits(db: AsyncSession, *, mark: str) -> bool:
    """Whether any row is not in the index with all it says. One statement: it is asked each second."""
    waits = [
        select(number).where(other).exists()
        for embedded, number in _COLUMNS.values()
        for other in (embedded < mark, embedded > mark)
    ]
    return bool((await db.exec(select(or_(*waits)))).one())


async def unknown_rows(db: AsyncSession, kind: Kind, *, mark: str, limit: int) -> list[int]:
    """Rows that the index with this mark has nothing of: new ones first, then those of an index that was before it."""
    embedded, _ = _COLUMNS[kind]
    half = mark + WORDS_ONLY
    for other in (embedded < mark, (embedded > mark) & (embedded < half), embedded > half):
        found = (await db.exec(select(embedded).where(other).order_by(embedded).limit(1))).first()
        if found is not None:
            return await _rows_with(db, kind, found, limit)
    return []


async def half_known_rows(db: AsyncSession, kind: Kind, *, mark: str, limit: int) -> list[int]:
    """Rows that are found by their words alone."""
    return await _rows_with(db, kind, mark + WORDS_ONLY, limit)


async def _rows_with(db: AsyncSession, kind: Kind, value: str, limit: int) -> list[int]:
    # Pieces of a document in their order, so that one becomes whole before the next; of all else the newest.
    embedded, number = _COLUMNS[kind]
    order = number if kind is Kind.CHUNK else number.desc()
    return list((await db.exec(select(number).where(embedded == value).order_by(order).limit(limit))).all())


async def lost_marks(db: AsyncSession, *, mark: str, models: Sequence[str]) -> list[str]:
    """What stands at pieces of documents whose table is lost: it is neither this one nor one of these models, which
    still answer for theirs."""
    here = ("", mark, mark + WORDS_ONLY)
    said = (await db.exec(select(col(Chunk.embedded)).distinct())).all()
    return [value for value in said if value not in here and value.rpartition("#")[0] not in models]


async def forget(db: AsyncSession, value: str, *, limit: int) -> bool:
    """So many of the pieces that stand in a lost table stand in none any more: whoever looks for them meanwhile finds
    them by what they say. Returns whether there was one."""
    some = select(col(Chunk.id)).where(col(Chunk.embedded) == value).limit(limit)
    ids = (await db.exec(some)).all()
    await db.exec(update(Chunk).where(col(Chunk.id).in_(ids), col(Chunk.embedded) == value).values(embedded=""))
    return bool(ids)


async def load(db: AsyncSession, kind: Kind, ids: Sequence[int], *, hold: bool = False) -> list[Row]:
    """These rows as they are now; those that are gone are left out.

    Args:
        hold: nobody changes them until the transaction ends.
    """
    if kind is Kind.CHUNK:
        return await _chunks(db, ids, hold=hold)
    return await (_pictures if kind is Kind.PICTURE else _messages)(db, ids, hold=hold)


async def mark_rows(db: AsyncSession, rows: Iterable[Row], value: str) -> None:
    """Notes what of these rows is in the index, where they still say what they said; the others come again."""
    for kind in KINDS:
        known = {row.id: row for row in rows if row.kind is kind}
        if not known:
            continue
        now = await load(db, kind, sorted(known), hold=True)
        same = [row.id for row in now if known[row.id] == row]
        embedded, number = _COLUMNS[kind]
        await db.exec(update(embedded.class_).where(number.in_(same)).values(embedded=value))


async def waiting_counts(db: AsyncSession, *, mark: str) -> dict[Kind, int]:
    """How many of each kind are not found by their meaning yet."""
    counts: dict[Kind, int] = {}
    for kind, (embedded, number) in _COLUMNS.items():
        query = select(func.count(number)).where((embedded < mark) | (embedded > mark))
        counts[kind] = (await db.exec(query)).one()
    return counts


async def progress(db: AsyncSession, document_ids: Iterable[int], *, mark: str) -> list[tuple[int, int, int]]:
    """(document, pieces in the index, pieces) of each."""
    done = func.count(col(Chunk.id)).filter(col(Chunk.embedded) == mark)
    query = select(col(Document.id), done, func.count(col(Chunk.id))).outerjoin(
        Chunk, col(Chunk.document_id) == col(Document.id)
    )
    query = query.where(col(Document.id).in_(sorted(document_ids))).group_by(col(Document.id))
    return [(int(number or 0), ready, total) for number, ready, total in (await db.exec(query)).all()]


async def _chunks(db: AsyncSession, ids: Sequence[int], *, hold: bool) -> list[Row]:
    query = (
        select(Chunk, Document, _library_scope())
        .join(Document, col(Document.id) == col(Chunk.document_id))
        .outerjoin(Room, col(Room.id) == col(Document.room_id))
        .outerjoin(_parent, col(_parent.id) == col(Room.parent_id))
        .outerjoin(User, col(User.id) == col(Document.owner_user_id))
        .where(col(Chunk.id).in_(ids))
        .order_by(col(Chunk.id))
    )
    query = query.with_for_update(read=True, of=[Chunk, Document]) if hold else query
    rows: list[Row] = []
    for chunk, document, scope in (await db.exec(query)).all():
        text = f"{chunk.heading}\n{chunk.text}" if chunk.heading else chunk.text
        entry = _entry(Kind.CHUNK, chunk.uuid, scope, parent=document.uuid, text=text, at=document.created_at)
        rows.append(Row(chunk.id or 0, Kind.CHUNK, entry, document_id=chunk.document_id))
    return rows


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture that was opened once, as it is found by how it looks. `file` and `document` are the uuids of which one
    is set."""

    id: int
    entry: Entry
    file: str
    document: str


async def shown_pictures(db: AsyncSession, ids: Sequence[int]) -> list[Shown]:
    """Those of these notes whose picture can be seen by anybody now, with or without words."""
    noted = [found for found in (await db.exec(_of_pictures(ids))).all() if found[0].hash and found[3]]
    sent = select(col(Attachment.id), Attachment.uuid).where(
        col(Attachment.id).in_([note.attachment_id for note, *_ in noted])
    )
    files = dict((await db.exec(sent)).all())
    return [
        Shown(
            id=note.id or 0,
            entry=_as_entry(Kind.PICTURE, note.uuid, whose, parent=parent or "", text="", at=at),
            file=files.get(note.attachment_id, ""),
            document=parent if note.document_id is not None else "",
        )
        for note, parent, at, whose in noted
    ]


async def _pictures(db: AsyncSession, ids: Sequence[int], *, hold: bool) -> list[Row]:
    query = _of_pictures(ids)
    query = query.with_for_update(read=True, of=PictureNote) if hold else query
    rows: list[Row] = []
    for note, parent, brought, whose in (await db.exec(query)).all():
        entry = _entry(Kind.PICTURE, note.uuid, whose, parent=parent or "", text=picture_text(note), at=brought)
        rows.append(Row(note.id or 0, Kind.PICTURE, entry))
    return rows


def _of_pictures(ids: Sequence[int]) -> "Select[PictureNote, str, datetime, Any]":
    """Notes, where their pictures stand, since when, and whose they are."""
    around = func.coalesce(col(Document.uuid), col(Room.uuid))
    at = func.coalesce(col(Document.created_at), col(Attachment.created_at))
    sent = case((col(Attachment.message_id).is_not(None), _room_scope()), else_=None)
    scope = case((col(PictureNote.document_id).is_not(None), _library_scope()), else_=sent)
    return (
        select(PictureNote, around, at, scope)
        .outerjoin(Attachment, col(Attachment.id) == col(PictureNote.attachment_id))
        .outerjoin(Document, col(Document.id) == col(PictureNote.document_id))
        .outerjoin(Room, col(Room.id) == func.coalesce(col(Attachment.room_id), col(Document.room_id)))
        .outerjoin(_parent, col(_parent.id) == col(Room.parent_id))
        .outerjoin(User, col(User.id) == col(Document.owner_user_id))
        .where(col(PictureNote.id).in_(ids))
        .order_by(col(PictureNote.id))
    )


async def _messages(db: AsyncSession, ids: Sequence[int], *, hold: bool) -> list[Row]:
    query = (
        select(SearchEntry.message_id, Message, Room.uuid, _room_scope())
        .join(Message, col(Message.id) == col(SearchEntry.message_id))
        .join(Room, col(Room.id) == col(Message.room_id))
        .outerjoin(_parent, col(_parent.id) == col(Room.parent_id))
        .where(col(SearchEntry.message_id).in_(ids))
        .order_by(col(SearchEntry.message_id))
    )
    query = query.with_for_update(read=True, of=Message) if hold else query
    rows: list[Row] = []
    for number, message, room, scope in (await db.exec(query)).all():
        text = "" if message.deleted_at else message.text
        entry = _entry(Kind.MESSAGE, message.uuid, scope, parent=room, text=text, at=message.created_at)
        rows.append(Row(number, Kind.MESSAGE, entry))
    return rows


def _room_scope() -> ColumnElement[str | None]:
    """Whose what belongs to a room is; nobody's while the room is deleted."""
    gone = col(Room.deleted_at).is_not(None) | col(_parent.deleted_at).is_not(None)
    return case((gone, None), else_=literal("room:") + col(Room.uuid))


def _library_scope() -> ColumnElement[str | None]:
    """Whose a document is: a room's, or on its owner's shelf."""
    return case((col(Document.room_id).is_not(None), _room_scope()), else_=literal("user:") + col(User.uuid))


def _entry(kind: Kind, uuid: str, scope: str | None, *, parent: str, text: str, at: datetime) -> Entry | None:
    if not scope or not text.strip():
        return None
    return _as_entry(kind, uuid, scope, parent=parent, text=text, at=at)


def _as_entry(kind: Kind, uuid: str, scope: str, *, parent: str, text: str, at: datetime) -> Entry:
    return Entry(key=key_of(kind, uuid), kind=kind, scope=checked_scope(scope), parent=parent, text=text, at=at)
