"""The rows behind answers: queued, running, ended; each change in one commit, with the rows to tell.

Knows no model. `replies.py` drives it; the reaper uses it for answers whose worker has died.
"""

from datetime import timedelta

from sqlmodel import col, select, update
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
from hearth_reflex.services.access import Actor, check_ai
from hearth_reflex.services.answer_versions import begin_version, check_another, standing_run, written_by
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.changes import add_notice, lock_room, next_rev, renewed, rows_of
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.records import Record
from hearth_reflex.services.runs import Run, keep_record, open_of
from hearth_reflex.services.search_index import index_message
from hearth_reflex.services.talk import answers_to
from hearth_reflex.services.usage_days import UsageDays, spent_by

DEAD_AFTER = timedelta(seconds=15)  # a busy machine lets a living worker wait for some seconds
_ENDS = {
    GenerationStatus.DONE: MessageStatus.COMPLETE,
    GenerationStatus.STOPPED: MessageStatus.STOPPED,
    GenerationStatus.FAILED: MessageStatus.FAILED,
    GenerationStatus.INTERRUPTED: MessageStatus.INTERRUPTED,
}


class Generations:
    """Args:
    worker: name of this process; it owns what it queues.
    usage: where it is added up what each run cost.
    per_person: answers that one person may have on their way, in all processes of the house together.
    """

    def __init__(
        self, *, database: Database, bus: Bus, clock: Clock, worker: str, usage: UsageDays, per_person: int = 3
    ) -> None:
        self._db, self._bus, self._clock, self._worker, self._usage = database, bus, clock, worker, usage
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

        Raises:
            ForbiddenError: `ai_off`, no AI answers there any more.
        """
        assert room.id is not None  # noqa: S101 - it came from the database
        now = self._clock.now()
        async with self._db.write() as db:
            one_too_many = await self._has_enough(db, actor)
            rev, seq = await next_rev(db, room.id, messages=1)
            await check_ai(db, room)  # behind the lock: whoever turns it off next stops this one, too
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
            run.set_for(config or AiConfig(), since_seq=since_seq).one_too_many = one_too_many
            rows = await rows_of(db, [message])
        await self._bus.change(room.uuid, rev=rev, rows=rows)
        return run

    async def requeue(self, actor: Actor, room: Room, persona: Persona, message: Message) -> Run:
        """Another run for an answer that ended: it goes on behind the text that is there.

        Raises:
            ConflictError: `answer_open`, it has not ended, or it has ended by itself.
            ForbiddenError: `ai_off`.
            LimitError: `answers_many`.
        """
        async with self._db.write() as db:
            if await self._has_enough(db, actor):
                raise LimitError("answers_many", retry_after=1.0, limit=self.per_person)
            await lock_room(db, room)  # before the message, as everywhere
            await check_ai(db, room)
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
            before = await standing_run(db, message)
            run = await self._new_run(db, actor, room, persona, message, reason=before.reason if before else "")
            await written_by(db, message, run.generation)
            rows = await rows_of(db, [message])
        await self._bus.change(room.uuid, rev=message.rev, rows=rows)
        return run

    async def queue_again(self, actor: Actor, room: Room, persona: Persona, message: Message) -> Run:
        """Another version of an answer that ended: it stands in its place at once as "thinking", and the one that stood
        is kept.

        Raises:
            ConflictError: `answer_open`, it has not ended; `versions_many`; `message_gone`.
            ForbiddenError: `ai_off`.
            LimitError: `answers_many`.
        """
        async with self._db.write() as db:
            if await self._has_enough(db, actor):
                raise LimitError("answers_many", retry_after=1.0, limit=self.per_person)
            await lock_room(db, room)
            await check_ai(db, room)
            message = await db.get_one(Message, message.id, populate_existing=True)
            check_another(message)
            before = await standing_run(db, message)
            await begin_version(db, message)
            await index_message(db, message)  # it says nothing now
            run = await self._new_run(db, actor, room, persona, message, reason=before.reason if before else "")
            await written_by(db, message, run.generation)
            rev, rows = await renewed(db, [message, *await answers_to(db, message)])
        await self._bus.change(room.uuid, rev=rev, rows=rows)
        return run

    async def is_off(self, room: Room) -> bool:
        """Whether no AI answers in this room, as the database says now."""
        async with self._db.read() as db:
            both = {room.id, room.parent_id or room.id}  # a session's talk, and the room that it belongs to
            return not all((await db.exec(select(Room.ai_enabled).where(col(Room.id).in_(both)))).all())

    async def begin(self, run: Run) -> None:
        """The first words are there."""
        await self._set(run, GenerationStatus.RUNNING, MessageStatus.STREAMING)

    async def save(self, run: Run, text: str) -> bool:
        """Keeps what was said so far and shows that this worker lives.

        Returns whether to say no more: somebody asked to stop, or the run was ended elsewhere, since this worker was
        silent for so long that it was taken for dead.
        """
        async with self._db.write() as db:
            # Generation before Message, as everywhere: two orders of locking would be a deadlock on PostgreSQL.
            told = await db.exec(
                update(Generation)
                .where(col(Generation.id) == run.generation.id, col(Generation.status).in_(OPEN_GENERATIONS))
                .values(heartbeat_at=self._clock.now())
                .returning(col(Generation.stop_requested))
            )
            stop_requested = told.scalar_one_or_none()
            if stop_requested is None:
                return True
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

    def let_go(self, run: Run) -> None:
        """This process gives a run up whose end it could not keep: the next round of `reap` ends it."""
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
        return await open_of(db, actor) >= self.per_person

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
        run = Run(generation, message, persona, room.uuid, actor.uuid, text=message.text, model=room.model_ref)
        run.actor = actor
        return run

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
            spent = await spent_by(db, record) if record and text is not None else None
            figures |= {"price_micro": spent.price_micro} if spent else {}
            ended = await db.exec(
                update(Generation)
                .where(col(Generation.id) == run.generation.id, col(Generation.status).in_(OPEN_GENERATIONS))
                .values(status=status.value, heartbeat_at=self._clock.now(), **figures)
                .returning(col(Generation.asker_user_id))  # as it is now: they may have left for good
            )
            asker = ended.first()
            if asker is None:
                return
            rev, _ = await next_rev(db, run.message.room_id)
            kept = await db.exec(
                update(Message)
                .where(col(Message.id) == run.message.id, col(Message.deleted_at).is_(None))
                .values(status=shown.value, rev=rev, error=error, **({} if text is None else {"text": text}))
            )
            if kept.rowcount == 1:
                await keep_record(db, run, record, at=self._clock.now())
            else:  # it was deleted under the run: of that nothing is kept but that it ended
                await db.exec(update(Message).where(col(Message.id) == run.message.id).values(rev=rev))
            fresh = await db.get_one(Message, run.message.id, populate_existing=True)
            if text is not None:
                await index_message(db, fresh)
            if spent:
                await self._usage.note(db, spent, user_id=asker[0], room_id=run.message.room_id)
            rows = await rows_of(db, [fresh, *(await _quoting(db, fresh, rev) if text is not None else [])])
        await self._bus.change(run.room, rev=rev, rows=rows)


async def _quoting(db: AsyncSession, answer: Message, rev: int) -> list[Message]:
    """Who has quoted an earlier version of this answer, to be told anew with what stands now."""
    quoting = await answers_to(db, answer) if answer.versions > 1 else []
    for message in quoting:
        message.rev = rev
    await db.flush()
    return quoting
