"""Messages that a room keeps at hand for everybody in it."""

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Room
from hearth_reflex.domain.feed import Row
from hearth_reflex.domain.roles import Permission
from hearth_reflex.errors import ConflictError
from hearth_reflex.services.access import Actor, room_for
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.changes import renewed, rows_of
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.talk import check_there, said_for

PINS_MAX = 50  # of a room


class Pins:
    def __init__(self, *, database: Database, bus: Bus, clock: Clock) -> None:
        self._db, self._bus, self._clock = database, bus, clock

    async def pin(self, actor: Actor, room_uuid: str, message_uuid: str, *, on: bool) -> Row:
        """Pins a message or takes it down; what is so already stays so.

        Raises:
            NotFoundError, ForbiddenError: not a room of theirs, or a role that may not.
            InputError: `message_house`.
            ConflictError: `message_gone`; `pins_many`, the board is full.
        """
        async with self._db.write() as db:
            room, _, message = await said_for(db, actor, room_uuid, message_uuid, Permission.PIN)
            check_there(message)
            if (message.pinned_at is not None) == on:
                return (await rows_of(db, [message]))[0]
            if on and await _count(db, room) >= PINS_MAX:
                raise ConflictError("pins_many", limit=PINS_MAX)
            message.pinned_at = self._clock.now() if on else None
            message.pinned_by_user_id = actor.user_id if on else None
            rev, rows = await renewed(db, [message])
        await self._bus.change(room.uuid, rev=rev, rows=rows)
        return rows[0]

    async def listed(self, actor: Actor, room_uuid: str) -> list[Row]:
        """What is pinned in a room, the newest pin first."""
        async with self._db.read() as db:
            room, _ = await room_for(db, actor, room_uuid, Permission.READ)
            newest = col(Message.pinned_at).desc(), col(Message.seq).desc()
            found = await db.exec(select(Message).where(*_pinned_in(room)).order_by(*newest).limit(PINS_MAX))
            return await rows_of(db, list(found.all()))


async def _count(db: AsyncSession, room: Room) -> int:
    return (await db.exec(select(func.count()).select_from(Message).where(*_pinned_in(room)))).one()


def _pinned_in(room: Room):
    return col(Message.room_id) == room.id, col(Message.pinned_at).is_not(None), col(Message.deleted_at).is_(None)
