"""When the AI of a room speaks: what the room's keepers set, and what anybody there may take off.

Whoever finds an answer too talkative says so once; the room's AIs then join in less, down to not at all. Setting the
temper begins anew; who has said so of what stays known, whichever process is asked.
"""

import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.generation import Generation
from hearth_reflex.db.message import Hush, Message
from hearth_reflex.db.room import Temper
from hearth_reflex.domain.manners import ASKED_FOR, TALKATIVE_MIN
from hearth_reflex.domain.roles import Permission
from hearth_reflex.errors import InputError
from hearth_reflex.services.access import Actor, message_for
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.changes import lock_named
from hearth_reflex.services.seating import locked_room

log = structlog.get_logger(__name__)


class Tempers:
    def __init__(self, *, database: Database, bus: Bus) -> None:
        self._db, self._bus = database, bus

    async def set(self, actor: Actor, room_uuid: str, temper: str) -> None:
        """Sets when the AIs of a room speak, and forgets that they were found too talkative.

        Raises:
            InputError: `temper`.
            NotFoundError, ForbiddenError: as `room_for`, for those who may describe the room.
        """
        if temper not in tuple(Temper):
            raise InputError("temper", field="temper")
        async with self._db.write() as db:
            room, _ = await locked_room(db, actor, room_uuid, Permission.DESCRIBE)
            changed = (room.temper, room.talkative) != (temper, 0)
            room.temper, room.talkative = temper, 0
        if changed:
            log.info("room.temper", room=room.uuid, temper=temper, by=actor.uuid)
            await self._bus.signal(room.uuid, "room", [])

    async def quieter(self, actor: Actor, room_uuid: str, message_uuid: str) -> int:
        """Takes one off the room's talkativeness; the same person can do it once for an answer. Returns what it is now.

        Raises:
            NotFoundError, ForbiddenError: as `message_for`.
            InputError: `not_an_answer`; `answer_wanted`, it was called for.
        """
        async with self._db.write() as db:
            await lock_named(db, room_uuid)
            room, _, message = await message_for(db, actor, room_uuid, message_uuid, Permission.POST)
            await _check_unasked(db, message)
            is_new = await _note(db, actor, message)
            if is_new:
                room.talkative = max(TALKATIVE_MIN, room.talkative - 1)
            talkative = room.talkative
        if is_new:
            log.info("room.too_talkative", room=room.uuid, talkative=talkative, by=actor.uuid)
            await self._bus.signal(room.uuid, "room", [])
        return talkative


async def _note(db: AsyncSession, actor: Actor, message: Message) -> bool:
    """Keeps that `actor` found this answer too talkative, behind the lock of its room. False: that is known."""
    kept = select(Hush.id).where(Hush.message_id == message.id, Hush.user_id == actor.user_id)
    if (await db.exec(kept)).first() is not None:
        return False
    db.add(Hush(message_id=message.id or 0, user_id=actor.user_id))
    return True


async def _check_unasked(db: AsyncSession, message: Message) -> None:
    if message.author_persona_id is None:
        raise InputError("not_an_answer", field="message")
    newest = select(Generation.reason).where(Generation.message_id == message.id).order_by(col(Generation.id).desc())
    reason = (await db.exec(newest.limit(1))).first() or ""
    if not reason or reason in tuple(ASKED_FOR):
        raise InputError("answer_wanted", field="message")
