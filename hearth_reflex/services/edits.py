"""Saying it better, and taking it back. The AI is not asked again: it answered what was said."""

from collections.abc import Sequence
from typing import Protocol

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.attachment import Attachment
from hearth_reflex.db.database import Database
from hearth_reflex.db.generation import MessageMetadata
from hearth_reflex.db.message import (
    OPEN_STATUSES,
    AnswerVersion,
    Hush,
    Mention,
    Message,
    MessageStatus,
    Rating,
    Reaction,
    Star,
)
from hearth_reflex.db.room import Room
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.feed import Row
from hearth_reflex.domain.roles import Permission, Role, may
from hearth_reflex.domain.text import clean_message
from hearth_reflex.errors import ForbiddenError, LimitError
from hearth_reflex.services.access import Actor, check_voice
from hearth_reflex.services.answer_versions import asked_for
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.calls import keep_calls
from hearth_reflex.services.changes import renewed, rows_of
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.erasing import forget_in_prompts, forget_questions
from hearth_reflex.services.picture_notes import words_changed
from hearth_reflex.services.search_index import forget_message, index_message
from hearth_reflex.services.talk import answers_to, check_there, said_for
from hearth_reflex.services.views import EXCERPT


class OpenAnswers(Protocol):
    async def end_deleted(self, message: Message) -> None:
        """Stops whoever still writes this answer."""
        ...


class Files(Protocol):
    async def forget(self, db: AsyncSession, message: Message) -> list[str]:
        """Removes the rows of a message's files. Returns what `erase` is to be given after the commit."""
        ...

    async def erase(self, uuids: Sequence[str]) -> None:
        """Removes the bytes of files whose rows are gone."""
        ...


class Edits:
    """Args:
    limit: longest message, in code points.
    pace: how fast one person may speak; an edit counts like a message.
    """

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        clock: Clock,
        answers: OpenAnswers,
        files: Files,
        limit: int,
        pace: Buckets,
    ) -> None:
        self._db, self._bus, self._clock = database, bus, clock
        self._answers, self._files = answers, files
        self._limit, self._pace = limit, pace

    async def edit(self, actor: Actor, room_uuid: str, message_uuid: str, *, text: str) -> Row:
        """Puts other words in place of one's own.

        Raises:
            InputError: the text is not usable, or `message_house`.
            NotFoundError, ForbiddenError: not a room of theirs, or `silenced`; `edit_other`, somebody else's words.
            ConflictError: `message_gone`, it was deleted.
            LimitError: too fast.
        """
        cleaned = clean_message(text, limit=self._limit, may_be_empty=True)
        async with self._db.write() as db:
            room, member, message = await said_for(db, actor, room_uuid, message_uuid, Permission.POST)
            if message.author_user_id != actor.user_id:
                raise ForbiddenError("edit_other")
            check_there(message)
            check_voice(member, at=self._clock.now())
            if not cleaned and not await _has_files(db, message):
                clean_message(text, limit=self._limit)  # says what is wrong with it
            if cleaned == message.text:
                return (await rows_of(db, [message]))[0]
            self._check_pace(actor)
            rev, rows = await self._reword(db, message, cleaned)
        await self._bus.change(room.uuid, rev=rev, rows=rows)
        return rows[0]

    async def delete(self, actor: Actor, room_uuid: str, message_uuid: str) -> None:
        """Takes a message back: one's own, an answer that one asked for, or any by who keeps order. Twice is once.

        Raises:
            NotFoundError, ForbiddenError: not a room of theirs; `delete_other`, not theirs to take back.
            InputError: `message_house`.
        """
        async with self._db.write() as db:
            room, member, message = await said_for(db, actor, room_uuid, message_uuid, Permission.POST)
            if not may(Role(member.role), Permission.DELETE_ANY) and not await self._is_theirs(db, actor, message):
                raise ForbiddenError("delete_other")
            if message.deleted_at is not None:
                return
            was_open = message.status in OPEN_STATUSES
            files = await self._files.forget(db, message)
            rev, rows = await self._empty(db, room, message)
        await self._bus.change(room.uuid, rev=rev, rows=rows)
        if was_open:
            await self._answers.end_deleted(message)
        if files:
            await self._files.erase(files)

    async def _reword(self, db: AsyncSession, message: Message, text: str) -> tuple[int, list[Row]]:
        quoted_anew = message.text[:EXCERPT] != text[:EXCERPT]
        message.text, message.edited_at = text, self._clock.now()
        await keep_calls(db, message)
        await index_message(db, message)
        await words_changed(db, message)
        await _forget_in_prompts(db, message)
        return await renewed(db, [message, *(await answers_to(db, message) if quoted_anew else [])])

    async def _empty(self, db: AsyncSession, room: Room, message: Message) -> tuple[int, list[Row]]:
        message.text, message.deleted_at, message.error = "", self._clock.now(), None
        message.edited_at = message.pinned_at = message.pinned_by_user_id = None
        if message.status in OPEN_STATUSES:
            message.status = MessageStatus.STOPPED.value  # from now on no process adds words to it
        message.version = message.versions = 1
        await forget_message(db, message.id or 0)
        for table in (Reaction, Mention, Star, Rating, Hush, AnswerVersion, MessageMetadata):
            await db.exec(delete(table).where(col(table.message_id) == message.id))
        await _forget_in_prompts(db, message)
        return await renewed(db, [message, *await answers_to(db, message)])

    async def _is_theirs(self, db: AsyncSession, actor: Actor, message: Message) -> bool:
        if message.author_persona_id is None:
            return message.author_user_id == actor.user_id
        return await asked_for(db, message, actor.user_id)

    def _check_pace(self, actor: Actor) -> None:
        if wait := self._pace.take(actor.uuid, at=self._clock.now().timestamp()):
            raise LimitError("message_pace", retry_after=wait)


async def _has_files(db: AsyncSession, message: Message) -> bool:
    return (await db.exec(select(Attachment.id).where(Attachment.message_id == message.id))).first() is not None


async def _forget_in_prompts(db: AsyncSession, message: Message) -> None:
    """What answers had before them is kept to be shown; words that stand no more are not to be read there, nor in what
    was looked for on their account."""
    await forget_questions(db, col(Message.id) == message.id, rooms=[message.room_id])
    await forget_in_prompts(db, col(Message.id) == message.id, rooms=[message.room_id])
