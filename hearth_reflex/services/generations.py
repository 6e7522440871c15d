"""The rows behind answers: queued, running, ended; each change in one commit, with the rows to tell.

Knows no model. `replies.py` drives it; the reaper uses it for answers whose worker has died.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.generation import OPEN_GENERATIONS, Generation, GenerationStatus
from hearth_reflex.db.message import OPEN_STATUSES, UNFINISHED_STATUSES, Message, MessageKind, MessageStatus
from hearth_reflex.db.persona import Persona
from hearth_reflex.db.room import Room
from hearth_reflex.db.user import User
from hearth_reflex.domain.ai_config import AiConfig
from hearth_reflex.domain.prompt import PROMPT_ID
from hearth_reflex.errors import ConflictError, LimitError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.changes import add_notice, lock_room, next_rev, rows_of
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.records import Record
from hearth_reflex.services.search_index import index_message

DEAD_AFTER = timedelta(seconds=6)
_ENDS = {
    GenerationStatus.DONE: MessageStatus.COMPLETE,
    GenerationStatus.STOPPED: MessageStatus.STOPPED,
    GenerationStatus.FAILED: MessageStatus.FAILED,
    GenerationStatus.INTERRUPTED: MessageStatus.INTERRUPTED,
}


@dataclass(slots=True)
class Run:
    """An answer on its way: its rows as they were when it was queued. `text` is what it begins with."""

    generation: Generation
    message: Message
    persona: Persona
    room: str
    asker: str
    text: str = ""
    model: str = ""  # what speaks in the room, as it was when this was queued
    config: AiConfig = field(default_factory=AiConfig)  # what is set for this answer, all words of it laid over another
    since_seq: int = 0  # the first message that the persona may hear of
    one_too_many: bool = False  # whoever asked has as many answers on their way as they may


class Generations:
    """Args:
    worker: name of this process; it owns what it queues.
    per_person: answers that one person may have on their way, in all processes of the house together.
    """

    def __init__(self, *, database: Database, bus: Bus, clock: Clock, worker: str, per_person: int = 3) -> None:
        self._db, self._bus, self._clock, self._worker = database, bus, clock, worker
        self.per_person = per_person
        self._own: set[int] = set()  # runs of this process: their tasks live, whatever the clock says

    async def welcome(self, room: Room, persona: Persona) -> None:
        """Says, once in a room, that the persona has joined it."""
        async with self._db.write() as db:
            await lock_room(db, room)
            known = select(Message.id).where(
                Message.room_id == room.id,
                Message.author_persona_id == persona.id,
                Message.kind == MessageKind.NOTICE.value,
            )
            if (await db.exec(known)).first() is not None:
                return
            notice = await add_notice(db, room, persona, "ai_joined", at=self._clock.now())
            rows = await rows_of(db, [notice])
        await self._bus.change(room.uuid, rev=notice.rev, rows=rows)

    async def decline(self, actor: Actor, room: Room) -> None:
        """Says in a room where no AI answers that somebody has called one."""
        async with self._db.write() as db:
            user = await db.get_one(User, actor.user_id)
            notice = await add_notice(db, room, user, "ai_silent", at=self._clock.now())
            rows = await rows_of(db, [notice])
        await self._bus.change(room.uuid, rev=notice.rev, rows=rows)

    async def queue(
        self,
        actor: Actor,
        room: Room,
        persona: Persona,
        *,
        reason: str = "",
        config: AiConfig | None = None,
        since_seq: int = 0,
    ) -> Run:
        """A new answer of `persona`, which stands in the room at once as "thinking".

        Args:
            reason: why it speaks, a code of `domain/manners.py`.
            config: what is set for this answer.
            since_seq: the first message that it may hear of.
        """
        assert room.id is not None  # noqa: S101 - it came from the database
        now = self._clock.now()
        async with self._db.write() as db:
            one_too_many = await self._has_enough(db, actor)
            rev, seq = await next_rev(db, room.id, messages=1)
            message = Message(
                room_id=room.id,
                seq=seq,
                rev=rev,
                status=MessageStatus.QUEUED.value,
                author_persona_id=persona.id,
                author_name=persona.name_ko,
                created_at=now,
            )
            db.add(message)
            await db.flush()
            run = await self._new_run(db, actor, room, persona, message, reason=reason)
            run.config, run.since_seq = config or AiConfig(), since_seq
            run.model = run.config.model or run.model
            run.one_too_many = one_too_many
            rows = await rows_of(db, [message])
        await self._bus.change(room.uuid, rev=rev, rows=rows)
        return run

    async def requeue(self, actor: Actor, room: Room, persona: Persona, message: Message) -> Run:
        """Another run for an answer that ended: it goes on behind the text that is there.

        Raises:
            ConflictError: `answer_open`, it has not ended, or it has ended by itself.
            LimitError: `answers_many`.
        """
        async with self._db.write() as db:
            if await self._has_enough(db, actor):
                raise LimitError("answers_many", retry_after=1.0, limit=self.per_person)
            await lock_room(db, room)  # before the message, as everywhere
            changed = await db.exec(
                update(Message)
                .where(
                    col(Message.id) == message.id,
                    col(Message.status).in_(UNFINISHED_STATUSES),
                    col(Message.deleted_at).is_(None),
                )
                .values(status=MessageStatus.QUEUED.value, error=None)
            )
            if changed.rowcount != 1:
                raise ConflictError("answer_open")
            message = await db.get_one(Message, message.id, populate_existing=True)
            message.rev, _ = await next_rev(db, message.room_id)
            await db.flush()
            run = await self._new_run(db, actor, room, persona, message)
            rows = await rows_of(db, [message])
        await self._bus.change(room.uuid, rev=message.rev, rows=rows)
        return run

    async def begin(self, run: Run) -> None:
        """The first words are there."""
        await self._set(run, GenerationStatus.RUNNING, MessageStatus.STREAMING)

    async def save(self, run: Run, text: str) -> bool:
        """Keeps what was said so far and shows that this worker lives. Returns whether somebody asked to stop."""
        async with self._db.write() as db:
            # Generation before Message, as everywhere: two orders of locking would be a deadlock on PostgreSQL.
            stop = await db.exec(
                update(Generation)
                .where(col(Generation.id) == run.generation.id)
                .values(heartbeat_at=self._clock.now())
                .returning(col(Generation.stop_requested))
            )
            stop_requested: bool = stop.one()[0]
            open_message = (col(Message.id) == run.message.id) & col(Message.status).in_(OPEN_STATUSES)
            await db.exec(update(Message).where(open_message).values(text=text))
            return stop_requested

    async def end(
        self,
        run: Run,
        status: GenerationStatus,
        *,
        text: str,
        error: str | None = None,
        record: Record | None = None,
    ) -> None:
        """Text, status and how it was made in one commit. One that ended already (the reaper was first) stays as it is.

        Args:
            error: a code, behind a colon the number that its sentence names, if it names one.
        """
        await self._set(run, status, _ENDS[status], text=text, error=error, record=record)
        self._own.discard(run.generation.id or 0)

    async def request_stop(self, message: Message) -> None:
        """Raises the flag that the owning worker reads, whichever process that is."""
        async with self._db.write() as db:
            await db.exec(
                update(Generation)
                .where(col(Generation.message_id) == message.id, col(Generation.status).in_(OPEN_GENERATIONS))
                .values(stop_requested=True)
            )

    async def asker_of(self, db: AsyncSession, message: Message) -> int | None:
        """Who asked for the newest run of this answer."""
        query = (
            select(Generation.asker_user_id)
            .where(Generation.message_id == message.id)
            .order_by(col(Generation.id).desc())
        )
        return (await db.exec(query)).first()

    async def reap(self, *, everything: bool) -> int:
        """Marks answers whose worker died as interrupted, their text kept. Returns how many.

        Args:
            everything: no other worker runs, so whatever is open has lost its owner.
        """
        query = (
            select(Generation, Message, Room)
            .join(Message, col(Message.id) == Generation.message_id)
            .join(Room, col(Room.id) == Message.room_id)
            .where(col(Generation.status).in_(OPEN_GENERATIONS))
        )
        if not everything:
            query = query.where(Generation.heartbeat_at < self._clock.now() - DEAD_AFTER)
        async with self._db.read() as db:
            orphans = (await db.exec(query)).all()
        orphans = [orphan for orphan in orphans if orphan[0].id not in self._own]
        for generation, message, room in orphans:
            run = Run(generation, message, Persona(name_ko="", name_en="", instructions=""), room.uuid, "")
            await self.end(run, GenerationStatus.INTERRUPTED, text=message.text, error="interrupted")
        return len(orphans)

    async def _has_enough(self, db: AsyncSession, actor: Actor) -> bool:
        # Whoever asks twice at once, in two processes, is counted one after the other. KEY SHARE: others may go on
        # writing rows that name this person.
        await db.exec(select(User.id).where(User.id == actor.user_id).with_for_update(key_share=True))
        query = select(func.count()).where(
            col(Generation.asker_user_id) == actor.user_id, col(Generation.status).in_(OPEN_GENERATIONS)
        )
        return (await db.exec(query)).one() >= self.per_person

    async def _new_run(
        self, db: AsyncSession, actor: Actor, room: Room, persona: Persona, message: Message, *, reason: str = ""
    ) -> Run:
        assert message.id is not None  # noqa: S101 - flushed
        generation = Generation(
            message_id=message.id,
            asker_user_id=actor.user_id,
            worker=self._worker,
            heartbeat_at=self._clock.now(),
            created_at=self._clock.now(),
            prompt_id=PROMPT_ID,
            reason=reason,
        )
        db.add(generation)
        await db.flush()
        assert generation.id is not None  # noqa: S101 - flushed
        self._own.add(generation.id)
        return Run(generation, message, persona, room.uuid, actor.uuid, text=message.text, model=room.model_ref)

    async def _set(
        self,
        run: Run,
        status: GenerationStatus,
        shown: MessageStatus,
        *,
        text: str | None = None,
        error: str | None = None,
        record: Record | None = None,
    ) -> None:
        figures = record.columns() if record else {}
        if text is not None:
            figures |= {"ended_at": self._clock.now(), "error": error}
        async with self._db.write() as db:
            changed = await db.exec(
                update(Generation)
                .where(col(Generation.id) == run.generation.id, col(Generation.status).in_(OPEN_GENERATIONS))
                .values(status=status.value, heartbeat_at=self._clock.now(), **figures)
            )
            if changed.rowcount != 1:
                return
            rev, _ = await next_rev(db, run.message.room_id)
            kept = await db.exec(
                update(Message)
                .where(col(Message.id) == run.message.id, col(Message.deleted_at).is_(None))
                .values(status=shown.value, rev=rev, error=error, **({} if text is None else {"text": text}))
            )
            if kept.rowcount == 1:
                await _keep_record(db, run, record, at=self._clock.now())
            else:  # it was deleted under the run: of that nothing is kept but that it ended
                await db.exec(update(Message).where(col(Message.id) == run.message.id).values(rev=rev))
            fresh = await db.get_one(Message, run.message.id, populate_existing=True)
            if text is not None:
                await index_message(db, fresh)
            rows = await rows_of(db, [fresh])
        await self._bus.change(run.room, rev=rev, rows=rows)


async def _keep_record(db: AsyncSession, run: Run, record: Record | None, *, at: datetime) -> None:
    assert run.generation.id is not None  # noqa: S101 - flushed when it was queued
    metadata = record and record.metadata(generation_id=run.generation.id, message_id=run.generation.message_id)
    if metadata:
        if await _words_went(db, run):
            metadata.prompt, metadata.turns = "", []
        metadata.created_at = at
        db.add(metadata)


async def _words_went(db: AsyncSession, run: Run) -> bool:
    """Whether something that it may have heard was taken back while it spoke; no kept prompt is to hold that."""
    query = select(Message.id).where(
        Message.room_id == run.message.room_id,
        Message.rev > run.message.rev,  # as it was when this was queued
        Message.seq < run.message.seq,
        col(Message.deleted_at).is_not(None),
    )
    return (await db.exec(query.limit(1))).first() is not None
