"""What was said in a room, a stretch at a time: before a row, after it, around it; and which row a day begins with.

Knows no newest state of a room (rooms.py) and no search. Each call costs the same however long the room is.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.message import Message
from hearth_reflex.domain.feed import Row
from hearth_reflex.domain.roles import Permission
from hearth_reflex.errors import InputError
from hearth_reflex.services.access import Actor, message_for, room_for
from hearth_reflex.services.changes import rows_of

PAGE_ROWS = 50
MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in their order, without holes between the first and the last of them.

    `rev` is how far the room was when they were read.
    """

    rows: list[Row]
    has_older: bool
    has_newer: bool
    rev: int


class History:
    """Stretches of a room's talk, for its members."""

    def __init__(self, *, database: Database) -> None:
        self._db = database

    async def before(self, actor: Actor, room_uuid: str, seq: int, *, limit: int = PAGE_ROWS) -> Page:
        """The rows just before `seq`."""
        async with self._db.read() as db:
            room, _ = await room_for(db, actor, room_uuid, Permission.READ)
            older = await _older(db, room.id, seq, limit=_bounded(limit) + 1)
            page = older[-_bounded(limit) :]
            newest = page[-1].seq if page else seq - 1
            return Page(await rows_of(db, page), len(older) > len(page), newest < room.last_seq, room.rev)

    async def after(self, actor: Actor, room_uuid: str, seq: int, *, limit: int = PAGE_ROWS) -> Page:
        """The rows just after `seq`."""
        async with self._db.read() as db:
            room, _ = await room_for(db, actor, room_uuid, Permission.READ)
            newer = await _newer(db, room.id, seq, limit=_bounded(limit) + 1)
            page = newer[: _bounded(limit)]
            return Page(await rows_of(db, page), seq > 0, len(newer) > len(page), room.rev)

    async def around(self, actor: Actor, room_uuid: str, seq: int, *, limit: int = PAGE_ROWS) -> Page:
        """The row `seq` in the midst of its neighbours; where one side is short the page is shorter."""
        half = max(1, _bounded(limit) // 2)
        async with self._db.read() as db:
            room, _ = await room_for(db, actor, room_uuid, Permission.READ)
            older = await _older(db, room.id, seq, limit=half + 1)
            newer = await _newer(db, room.id, seq - 1, limit=half + 1)
            page = older[-half:] + newer[:half]
            return Page(await rows_of(db, page), len(older) > half, len(newer) > half, room.rev)

    async def seq_of(self, actor: Actor, room_uuid: str, message_uuid: str) -> int:
        """Where a message of this room stands.

        Raises:
            NotFoundError: no such message in this room.
        """
        async with self._db.read() as db:
            _, _, message = await message_for(db, actor, room_uuid, message_uuid, Permission.READ)
            return message.seq

    async def seq_at(self, actor: Actor, room_uuid: str, moment: datetime) -> int:
        """The first row said at this moment or later, else the newest; 0 in a room where nothing was said.

        A moment without a zone is one of UTC.
        """
        try:
            sought = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (OverflowError, ValueError):
            raise InputError(field="date") from None  # the first or the last year there is, and a zone beyond it
        async with self._db.read() as db:
            room, _ = await room_for(db, actor, room_uuid, Permission.READ)
            return await _first_from(db, room.id, sought, last=room.last_seq)


def _bounded(limit: int) -> int:
    return min(max(limit, 1), MOST_ROWS)


async def _older(db: AsyncSession, room_id: int | None, seq: int, *, limit: int) -> list[Message]:
    query = (
        select(Message)
        .where(Message.room_id == room_id, Message.seq < seq)
        .order_by(col(Message.seq).desc())
        .limit(limit)
    )
    return list((await db.exec(query)).all())[::-1]


async def _newer(db: AsyncSession, room_id: int | None, seq: int, *, limit: int) -> list[Message]:
    query = select(Message).where(Message.room_id == room_id, Message.seq > seq).order_by(col(Message.seq)).limit(limit)
    return list((await db.exec(query)).all())


async def _first_from(db: AsyncSession, room_id: int | None, moment: datetime, *, last: int) -> int:
    """Rows were said in their order, so halving finds the first one from `moment` on with few looks."""
    low, found = 1, last
    while low < found:
        middle = (low + found) // 2
        at = await _said_at(db, room_id, middle)
        if at is None or at[1] >= moment:
            found = middle
        else:
            low = at[0] + 1
    return min(max(low, 0), last)


async def _said_at(db: AsyncSession, room_id: int | None, seq: int) -> tuple[int, datetime] | None:
    """(seq, when) of the first row from `seq` on."""
    query = (
        select(Message.seq, Message.created_at)
        .where(Message.room_id == room_id, Message.seq >= seq)
        .order_by(col(Message.seq))
        .limit(1)
    )
    found = (await db.exec(query)).first()
    return (found[0], found[1]) if found else None
