"""Saying something: kept first, told afterwards, answered last."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.message import Message, MessageKind
from hearth_reflex.db.room import Room
from hearth_reflex.domain.ai_config import AiConfig
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.feed import Row
from hearth_reflex.domain.roles import Permission
from hearth_reflex.domain.text import clean_message
from hearth_reflex.errors import ConflictError, InputError, LimitError, NotFoundError
from hearth_reflex.services.access import Actor, check_voice, room_for, uuid_text
from hearth_reflex.services.ai_talks import note_said
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.calls import keep_calls
from hearth_reflex.services.changes import lock_named, next_rev, rows_of
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.search_index import index_message

REPLIES_MAX = 100  # to one message: whoever changes it tells their rows anew


class Answers(Protocol):
    async def plan(self, actor: Actor, room: Room, message: Message, *, config: AiConfig | None = None) -> None:
        """Lets whoever was spoken to begin an answer, with `config` set for it; returns once it stands in line."""
        ...


class Files(Protocol):
    async def attach(
        self, db: AsyncSession, actor: Actor, room: Room, message: Message, file_uuids: Sequence[str]
    ) -> None:
        """Makes waiting files of `actor` in this room those of `message`; refuses any other."""
        ...


class Tidings(Protocol):
    async def spoken(self, room: Room, message: Message, mentions: Sequence[str] = ()) -> None:
        """Tells those who look elsewhere; `mentions` are the uuids of the people whom the message calls."""
        ...


@dataclass(slots=True)
class _Said:
    """What came in, looked through."""

    text: str
    client_id: str
    reply_to: str
    files: tuple[str, ...]
    entitled: list[str] = field(default_factory=list[str])  # rooms that learn which title it gave a talk with an AI


class Messages:
    """Args:
    limit: longest message, in code points.
    pace: how fast one person may speak.
    """

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        clock: Clock,
        answers: Answers,
        files: Files,
        news: Tidings,
        limit: int,
        pace: Buckets,
    ) -> None:
        self._db, self._bus, self._clock = database, bus, clock
        self._answers, self._files, self._news = answers, files, news
        self._limit, self._pace = limit, pace

    async def send(
        self,
        actor: Actor,
        room_uuid: str,
        *,
        text: str,
        client_msg_id: str,
        reply_to: str = "",
        files: Sequence[str] = (),
        config: AiConfig | None = None,
    ) -> Row:
        """Keeps a message and tells the room. The same `client_msg_id` again is the same message.

        Args:
            reply_to: the message of the same room that this one answers.
            files: files of the sender that wait in this room, in the order in which they are shown.
            config: what is set for the answers to it alone (`AiSettings.for_message`).

        Raises:
            InputError: the text or the id is not usable.
            NotFoundError, ForbiddenError: not a room of theirs, or `silenced` there; `message_unknown` to answer.
            ConflictError: `message_elsewhere`; `replies_many` to that message already; `session_ended` and
                `session_persona_gone` in the talk of an AI session.
            LimitError: too fast.
        """
        cleaned = clean_message(text, limit=self._limit, may_be_empty=bool(files))
        said = _Said(cleaned, _client_id(client_msg_id), reply_to, tuple(files))
        try:
            message, room, is_new, row = await self._keep(actor, room_uuid, said)
        except IntegrityError:  # the same id came into another room in the same moment: there it is found by now
            message, room, is_new, row = await self._keep(actor, room_uuid, said)
        if is_new:
            await self._bus.change(room.uuid, rev=message.rev, rows=[row])
            for named in said.entitled:
                await self._bus.signal(named, "room" if named == room.uuid else "sessions", [])
            await self._news.spoken(room, message, row["mentions"])
            await self._answers.plan(actor, room, message, config=config)
        return row

    async def _keep(self, actor: Actor, room_uuid: str, said: _Said) -> tuple[Message, Room, bool, Row]:
        async with self._db.write() as db:
            await lock_named(db, room_uuid)
            room, member = await room_for(db, actor, room_uuid, Permission.POST)
            message, is_new = await self._already(db, actor, room, said.client_id), False
            if message is None:
                check_voice(member, at=self._clock.now())
                self._check_pace(actor)
                message, is_new = await self._add(db, actor, room, said), True
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

    async def _add(self, db: AsyncSession, actor: Actor, room: Room, said: _Said) -> Message:
        assert room.id is not None  # noqa: S101 - it came from the database
        now, answered = self._clock.now(), await _answered(db, room, said.reply_to)
        rev, seq = await next_rev(db, room.id, messages=1, at=now)
        message = Message(
            room_id=room.id,
            seq=seq,
            rev=rev,
            author_user_id=actor.user_id,
            author_name=actor.name,
            client_msg_id=said.client_id,
            text=said.text,
            created_at=now,
            reply_to_id=answered,
        )
        db.add(message)
        await db.flush()
        if said.files:
            await self._files.attach(db, actor, room, message, said.files)
        await keep_calls(db, message)
        await index_message(db, message)
        said.entitled = await note_said(db, room, message)
        return message


async def _answered(db: AsyncSession, room: Room, reply_to: str) -> int | None:
    """The message that is answered: something that somebody said in this room. Of a deleted one its place is quoted."""
    if not reply_to:
        return None
    query = select(Message.id).where(
        Message.uuid == uuid_text(reply_to), Message.room_id == room.id, Message.kind == MessageKind.TALK.value
    )
    answered = (await db.exec(query)).first()
    if answered is None:
        raise NotFoundError("message_unknown", field="reply_to")
    if (await db.exec(select(func.count()).where(col(Message.reply_to_id) == answered))).one() >= REPLIES_MAX:
        raise ConflictError("replies_many", field="reply_to", limit=REPLIES_MAX)
    return answered


def _client_id(raw: str) -> str:
    try:
        return str(UUID(raw))
    except (ValueError, AttributeError, TypeError):
        raise InputError("client_msg_id", field="client_msg_id") from None
