"""Receipts of looks into what the house knows: what was asked, what was found, how well, and what was used of it.

A receipt keeps keys and figures, no words of what was found: names are read when somebody looks, and only those that
this reader may see at that moment. What was removed or moved away is told as gone. Words that are taken back, or put
otherwise, go out of the questions (`erasing.py`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import col, delete, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from hearth_reflex.db.base import new_uuid
from hearth_reflex.db.database import Database
from hearth_reflex.db.document import SearchLog
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Member, Room
from hearth_reflex.domain.roles import Permission
from hearth_reflex.errors import ForbiddenError, NotFoundError
from hearth_reflex.services.access import Actor, is_there, room_for, seat_in, uuid_text
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.passages import Passage, read_passages
from hearth_reflex.services.reach import reach_of
from hearth_reflex.services.views import iso

MOST = 100
KEPT = timedelta(days=90)
MOST_LOOSE = 500  # of one person that belong to no answer
TIDY_EVERY = 50  # receipts of all people


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is noted of one look. `room_id` is None where it was not one room's, but its asker's alone."""

    user_id: int
    room_id: int | None
    question: str
    query: str
    passages: Sequence[Passage]
    mode: str
    total_ms: float
    embed_ms: float


@dataclass(frozen=True, slots=True)
class FoundView:
    """A passage as a receipt tells of it. Without a `key` it is gone, or not for this reader."""

    key: str
    kind: str
    name: str
    document: str
    page: int
    rank: int
    vector: float | None
    text: float | None
    fused: float
    second: float | None
    used: bool


@dataclass(frozen=True, slots=True)
class LogView:
    """A receipt. `room` and `message` are "" where there is none; times are milliseconds; `second_look`: a
    cross-encoder looked at the best again, and the ranks are its. Who keeps the house and neither asked nor sits there
    gets its figures, and no word of the question."""

    id: str
    question: str
    query: str
    mode: str
    is_nothing: bool
    second_look: bool
    found: list[FoundView]
    room: str
    message: str
    total_ms: float
    embed_ms: float
    created_at: str
    mine: bool


async def keep(db: AsyncSession, receipt: Receipt) -> str:
    """Adds the receipt within the caller's transaction; its uuid."""
    row = SearchLog(
        uuid=new_uuid(),
        user_id=receipt.user_id,
        room_id=receipt.room_id,
        question=receipt.question,
        query=receipt.query,
        found=[_noted(passage) for passage in receipt.passages],
        is_nothing=not receipt.passages,
        mode=receipt.mode,
        total_ms=receipt.total_ms,
        embed_ms=receipt.embed_ms,
    )
    db.add(row)
    await db.flush()
    if (row.id or 0) % TIDY_EVERY == 0:
        await _tidy(db, receipt.user_id)
    return row.uuid


async def _tidy(db: AsyncSession, user_id: int) -> None:
    """Only so many of one person stay that belong to no answer: whoever asks all day fills no disk."""
    loose = (col(SearchLog.user_id) == user_id) & col(SearchLog.message_id).is_(None)
    past = select(SearchLog.id).where(loose).order_by(col(SearchLog.id).desc()).offset(MOST_LOOSE).limit(1)
    await db.exec(delete(SearchLog).where(loose, col(SearchLog.id) <= past.scalar_subquery()))


async def mark_used(
    db: AsyncSession, log: str, keys: Collection[str], *, message_id: int | None = None, version: int = 1
) -> None:
    """Notes what an answer drew on, and which message and version it is; in the caller's transaction."""
    row = (await db.exec(select(SearchLog).where(SearchLog.uuid == log))).first()
    if row is None:
        return
    row.found = [{**one, "used": one["key"] in keys} for one in row.found]
    row.message_id, row.version = message_id or row.message_id, version
    db.add(row)
    await db.flush()


class SearchLogs:
    """Receipts as people see them: their own, and those of rooms where they sit; who keeps the house sees the figures
    of all rooms."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        self._db, self._clock = database, clock

    async def recent(self, actor: Actor, limit: int = 20, *, room: str = "") -> list[LogView]:
        """The newest first, their passages left out.

        Raises:
            NotFoundError, ForbiddenError: a `room` that is not theirs to see.
        """
        async with self._db.read() as db:
            query = _readable(actor)
            if room:
                found, _ = await room_for(db, actor, room, Permission.READ)
                query = query.where(SearchLog.room_id == found.id)
            query = query.order_by(col(SearchLog.id).desc()).limit(max(1, min(limit, MOST)))
            rows = (await db.exec(query)).all()
        return [_view(actor, *row) for row in rows]

    async def receipt(self, actor: Actor, uuid: str) -> LogView:
        """One receipt whole.

        Raises:
            NotFoundError: `log_unknown`, also of one that is not theirs to see.
        """
        try:
            wanted = uuid_text(uuid)
        except NotFoundError:
            raise NotFoundError("log_unknown") from None
        async with self._db.read() as db:
            row = (await db.exec(_readable(actor).where(SearchLog.uuid == wanted))).first()
            if row is None:
                raise NotFoundError("log_unknown")
            log, room, *_ = row
            read = await read_passages(db, await reach_of(db, actor), [one["key"] for one in log.found])
            if room:  # the talk of an AI session is reached only when it is asked for
                read |= await self._of_room(db, actor, room, log)
        view = _view(actor, *row)
        return replace(view, found=[_found(one, read.get(one["key"])) for one in log.found])

    async def clean(self) -> None:
        """Removes receipts that are old."""
        async with self._db.write() as db:
            await db.exec(delete(SearchLog).where(col(SearchLog.created_at) < self._clock.now() - KEPT))

    async def _of_room(self, db: AsyncSession, actor: Actor, room: str, log: SearchLog) -> dict[str, Passage]:
        try:
            reach = await reach_of(db, actor, rooms=[room])
        except (NotFoundError, ForbiddenError):
            return {}
        return await read_passages(db, reach, [one["key"] for one in log.found])


def _readable(actor: Actor) -> "Select[SearchLog, str, str, int | None]":
    """Receipts that `actor` may see, with the uuids of their room and message, and the id of the room if they sit
    there. One of a message taken back is gone."""
    seats = (
        select(Room.id).join(Member, seat_in(Room)).where(Member.user_id == actor.user_id, is_there()).correlate(None)
    )
    of_rooms: ColumnElement[bool] = col(SearchLog.room_id).in_(seats)
    if actor.is_admin:
        of_rooms = col(SearchLog.room_id).is_not(None)
    seated = aliased(Room)
    return (
        select(SearchLog, Room.uuid, Message.uuid, col(seated.id))
        .join(Room, col(Room.id) == col(SearchLog.room_id), isouter=True)
        .join(Message, col(Message.id) == col(SearchLog.message_id), isouter=True)
        .join(seated, (col(seated.id) == col(SearchLog.room_id)) & col(seated.id).in_(seats), isouter=True)
        .where(or_(col(SearchLog.user_id) == actor.user_id, of_rooms), col(Message.deleted_at).is_(None))
    )


def _noted(passage: Passage) -> dict[str, Any]:
    return {
        "key": passage.key,
        "document": passage.document,
        "page": passage.page_from,
        "rank": passage.rank,
        "vector": passage.vector,
        "text": passage.text_score,
        "fused": passage.fused,
        "second": passage.second,
        "used": False,
    }


def _found(noted: dict[str, Any], passage: Passage | None) -> FoundView:
    figures = {name: noted.get(name) for name in ("rank", "vector", "text", "fused", "second", "used")}
    if passage is None:
        return FoundView(key="", kind="", name="", document="", page=0, **figures)  # pyright: ignore[reportArgumentType]
    return FoundView(
        key=passage.key,
        kind=passage.kind.value,
        name=passage.name,
        document=passage.document,
        page=passage.page_from,
        **figures,  # pyright: ignore[reportArgumentType] - they are what `_noted` wrote
    )


def _view(actor: Actor, log: SearchLog, room: str | None, message: str | None, seated: int | None) -> LogView:
    mine = log.user_id == actor.user_id
    heard = mine or seated is not None
    return LogView(
        id=log.uuid,
        question=log.question if heard else "",
        query=log.query if heard else "",
        mode=log.mode,
        is_nothing=log.is_nothing,
        second_look=any(one.get("second") is not None for one in log.found),
        found=[],
        room=room or "",
        message=message or "",
        total_ms=round(log.total_ms, 1),
        embed_ms=round(log.embed_ms, 1),
        created_at=iso(log.created_at),
        mine=mine,
    )
