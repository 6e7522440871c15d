"""An answer asked for again: another version, the choice among them, and a question put better.

An answer keeps its place in the talk, whatever its versions: one of them stands there, the same for everybody. Whoever
asked for it may do so again and choose, and so may who keeps order in the room; whoever sits there may read them all.
"""

from dataclasses import dataclass
from typing import Protocol

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.generation import Generation
from hearth_reflex.db.message import OPEN_STATUSES, Message, MessageKind
from hearth_reflex.db.room import Room
from hearth_reflex.domain.ai_config import AiConfig
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.feed import Row
from hearth_reflex.domain.roles import Permission
from hearth_reflex.errors import ConflictError, ForbiddenError, LimitError, NotFoundError
from hearth_reflex.services.access import Actor, check_voice, message_for
from hearth_reflex.services.answer_versions import check_another, runs_of, stand, versions_of
from hearth_reflex.services.answering import answer_for, check_answer, check_right, seated_author
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.changes import renewed, rows_of
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.personas import Personas, Seated
from hearth_reflex.services.search_index import index_message
from hearth_reflex.services.talk import answers_to, check_there, said_for
from hearth_reflex.services.views import iso


class Speaking(Protocol):
    async def again(
        self, actor: Actor, room: Room, seated: Seated, message: Message, *, config: AiConfig | None = None
    ) -> None:
        """Has the persona answer the same words again."""
        ...

    async def plan(self, actor: Actor, room: Room, message: Message) -> None:
        """Lets whoever is spoken to begin an answer."""
        ...


class Rewording(Protocol):
    async def edit(self, actor: Actor, room_uuid: str, message_uuid: str, *, text: str) -> Row:
        """Puts other words in place of one's own."""
        ...


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of an answer. `at`: when it was asked for, ISO 8601 in UTC."""

    number: int
    stands: bool
    status: str
    text: str
    model: str
    at: str


class Answers:
    """Args:
    pace: how fast one person may speak; another version counts like a message.
    """

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        clock: Clock,
        personas: Personas,
        replies: Speaking,
        edits: Rewording,
        pace: Buckets,
    ) -> None:
        self._db, self._bus, self._clock = database, bus, clock
        self._personas, self._replies, self._edits, self._pace = personas, replies, edits, pace

    async def regenerate(
        self, actor: Actor, room_uuid: str, message_uuid: str, *, config: AiConfig | None = None
    ) -> Row:
        """Has an answer made again; what stood is kept as a version of it. Returns its row, which waits for the model.

        Args:
            config: what is set for this version, over everything else.

        Raises:
            NotFoundError, InputError, ForbiddenError: as `answer_for` and `check_right`.
            ConflictError: as `seated_author`; `answer_open`, it has not ended, or somebody was first; `versions_many`.
            LimitError: `message_pace`, too fast; `answers_many`, too many at once.
        """
        async with self._db.read() as db:
            room, member, message = await answer_for(db, actor, room_uuid, message_uuid, at=self._clock.now())
            await check_right(db, actor, member, message)
        check_another(message)
        seated = await seated_author(self._personas, room, message)
        self._check_pace(actor)
        await self._replies.again(actor, room, seated, message, config=config)
        return await self._row(message)

    async def choose(self, actor: Actor, room_uuid: str, message_uuid: str, *, number: int) -> Row:
        """Lets another version of an answer stand, for everybody. Twice is once.

        Raises:
            NotFoundError, ForbiddenError: not a room of theirs; `answer_other`; `silenced`; `version_unknown`.
            InputError: `not_an_answer`, `message_house`.
            ConflictError: `message_gone`; `answer_open`, one of them grows.
            LimitError: `message_pace`, too fast.
        """
        async with self._db.write() as db:
            room, member, message = await said_for(db, actor, room_uuid, message_uuid, Permission.POST)
            check_answer(message)
            await check_right(db, actor, member, message)
            check_voice(member, at=self._clock.now())
            check_there(message)
            if message.status in OPEN_STATUSES:
                raise ConflictError("answer_open")
            if number == message.version:
                return (await rows_of(db, [message]))[0]
            self._check_pace(actor)
            if not await stand(db, message, number):
                raise NotFoundError("version_unknown", field="number")
            await index_message(db, message)
            rev, rows = await renewed(db, [message, *await answers_to(db, message)])
        await self._bus.change(room.uuid, rev=rev, rows=rows)
        return rows[0]

    async def versions(self, actor: Actor, room_uuid: str, message_uuid: str) -> list[VersionView]:
        """All versions of an answer, the oldest first; of a deleted one none.

        Raises:
            NotFoundError, ForbiddenError: not a room of theirs.
            InputError: `not_an_answer`.
        """
        async with self._db.read() as db:
            _, _, message = await message_for(db, actor, room_uuid, message_uuid, Permission.READ)
            check_answer(message)
            if message.deleted_at is not None:
                return []
            kept = await versions_of(db, message)
            models = await _models(db, message)
            standing = (await runs_of(db, [message])).get(message.id or 0)
        if not kept:
            model = standing.standing.model if standing else ""
            return [VersionView(1, True, message.status, message.text, model, iso(message.created_at))]
        return [
            VersionView(
                number=one.number,
                stands=one.number == message.version,
                status=message.status if one.number == message.version else one.status,
                text=message.text if one.number == message.version else one.text,
                model=models.get(one.generation_id or 0, ""),
                at=iso(one.created_at),
            )
            for one in kept
        ]

    async def resend(
        self, actor: Actor, room_uuid: str, message_uuid: str, *, text: str, config: AiConfig | None = None
    ) -> Row:
        """Puts other words in place of one's own, and has the answers that followed them made again; where none did,
        whoever is spoken to now answers. Returns the row of the question.

        Nothing is changed when the answers cannot be asked for. What goes wrong after the words were changed leaves
        them changed: the same call again goes on from there.

        Raises:
            NotFoundError, InputError, ForbiddenError, ConflictError, LimitError: as `Edits.edit` and `regenerate`.
        """
        answers = await self._answers_behind(actor, room_uuid, message_uuid)
        seats = [await seated_author(self._personas, room, answer) for room, answer in answers]
        self._check_pace(actor)
        row = await self._edits.edit(actor, room_uuid, message_uuid, text=text)
        for (room, answer), seated in zip(answers, seats, strict=True):
            await self._replies.again(actor, room, seated, answer, config=config)
        if not answers:
            async with self._db.read() as db:
                room, _, message = await message_for(db, actor, room_uuid, message_uuid, Permission.POST)
            await self._replies.plan(actor, room, message)
        return row

    async def _answers_behind(self, actor: Actor, room_uuid: str, message_uuid: str) -> list[tuple[Room, Message]]:
        """The answers to one's own words, up to the next words of one's own; each can be asked for again."""
        async with self._db.read() as db:
            room, _, question = await message_for(db, actor, room_uuid, message_uuid, Permission.POST)
            if question.author_user_id != actor.user_id:
                raise ForbiddenError("edit_other")
            check_there(question)
            answers = await _followed(db, question, actor)
            for answer in answers:
                await answer_for(db, actor, room_uuid, answer.uuid, at=self._clock.now())
                check_another(answer)
        return [(room, answer) for answer in answers]

    async def _row(self, message: Message) -> Row:
        async with self._db.read() as db:
            return (await rows_of(db, [await db.get_one(Message, message.id)]))[0]

    def _check_pace(self, actor: Actor) -> None:
        if wait := self._pace.take(actor.uuid, at=self._clock.now().timestamp()):
            raise LimitError("message_pace", retry_after=wait)


async def _models(db: AsyncSession, message: Message) -> dict[int, str]:
    """The model of each run of an answer."""
    query = select(Generation.id, Generation.model).where(Generation.message_id == message.id)
    return {run_id: model for run_id, model in (await db.exec(query)).all() if run_id is not None}


async def _followed(db: AsyncSession, question: Message, actor: Actor) -> list[Message]:
    """What AIs answered this person between these words and their next."""
    said = (Message.room_id == question.room_id, Message.seq > question.seq, Message.kind == MessageKind.TALK.value)
    own = select(Message.seq).where(*said, Message.author_user_id == actor.user_id).order_by(col(Message.seq))
    until = (await db.exec(own.limit(1))).first()
    query = select(Message).where(*said, col(Message.author_persona_id).is_not(None), col(Message.deleted_at).is_(None))
    if until is not None:
        query = query.where(Message.seq < until)
    answers = list((await db.exec(query.order_by(col(Message.seq)))).all())
    runs = await runs_of(db, answers)
    return [one for one in answers if one.id in runs and runs[one.id].asker_user_id == actor.user_id]
