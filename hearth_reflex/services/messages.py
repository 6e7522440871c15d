"""Saying something: kept first, told afterwards, answered last."""

from typing import Protocol
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Room
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.feed import Row
from hearth_reflex.domain.roles import Permission
from hearth_reflex.domain.text import clean_message
from hearth_reflex.errors import ConflictError, InputError, LimitError
from hearth_reflex.services.access import Actor, room_for
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.changes import lock_room, next_rev, rows_of
from hearth_reflex.services.clock import Clock


class Answers(Protocol):
    async def plan(self, actor: Actor, room: Room, message: Message) -> None:
        """Lets whoever was spoken to begin an answer; returns once the answer stands in line."""
        ...


class Messages:
    """Args:
    limit: longest message, in code points.
    pace: how fast one person may speak.
    """

    def __init__(
        self, *, database: Database, bus: Bus, clock: Clock, answers: Answers, limit: int, pace: Buckets
    ) -> None:
        self._db, self._bus, self._clock = database, bus, clock
        self._answers, self._limit, self._pace = answers, limit, pace

    async def send(self, actor: Actor, room_uuid: str, *, text: str, client_msg_id: str) -> Row:
        """Keeps a message and tells the room. The same `client_msg_id` again is the same message.

        Raises:
            InputError: the text or the id is not usable.
            NotFoundError, ForbiddenError: not a room of theirs.
            LimitError: too fast.
        """
        cleaned = clean_message(text, limit=self._limit)
        client_id = _client_id(client_msg_id)
        message, room, is_new, row = await self._keep(actor, room_uuid, cleaned, client_id)
        if is_new:
            await self._bus.change(room.uuid, rev=message.rev, rows=[row])
            await self._answers.plan(actor, room, message)
        return row

    async def _keep(self, actor: Actor, room_uuid: str, text: str, client_id: str) -> tuple[Message, Room, bool, Row]:
        async with self._db.write() as db:
            room, _ = await room_for(db, actor, room_uuid, Permission.POST)
            await lock_room(db, room)
            message, is_new = await self._already(db, actor, room, client_id), False
            if message is None:
                self._check_pace(actor)
                message, is_new = await self._add(db, actor, room, text, client_id), True
            return message, room, is_new, (await rows_of(db, [message]))[0]

    async def _already(self, db: AsyncSession, actor: Actor, room: Room, client_id: str) -> Message | None:
        query = select(Message).where(Message.author_user_id == actor.user_id, Message.client_msg_id == client_id)
        message = (await db.exec(query)).first()
        if message is not None and message.room_id != room.id:
            raise ConflictError("message_elsewhere", field="client_msg_id")
        return message

    def _check_pace(self, actor: Actor) -> None:
        wait = self._pace.take(actor.uuid, at=self._clock.now().timestamp())
        if wait:
            raise LimitError("message_pace", retry_after=wait)

    async def _add(self, db: AsyncSession, actor: Actor, room: Room, text: str, client_id: str) -> Message:
        assert room.id is not None  # noqa: S101 - it came from the database
        now = self._clock.now()
        rev, seq = await next_rev(db, room.id, messages=1, at=now)
        message = Message(
            room_id=room.id,
            seq=seq,
            rev=rev,
            author_user_id=actor.user_id,
            author_name=actor.name,
            client_msg_id=client_id,
            text=text,
            created_at=now,
        )
        db.add(message)
        await db.flush()
        return message


def _client_id(raw: str) -> str:
    try:
        return str(UUID(raw))
    except (ValueError, AttributeError, TypeError):
        raise InputError("client_msg_id", field="client_msg_id") from None
