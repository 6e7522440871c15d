"""A persona answers. Each answer is a task of the app, owned by no tab, with a row in the database.

Every stream ends: done, stopped, failed or interrupted. What was said is saved every second and told every 50 ms; so is
the place in line of an answer that waits.
"""

import asyncio
import contextlib
import time
from dataclasses import dataclass, field

import structlog

from hearth_reflex.db.database import Database
from hearth_reflex.db.generation import GenerationStatus
from hearth_reflex.db.message import OPEN_STATUSES, UNFINISHED_STATUSES, Message
from hearth_reflex.db.room import Room
from hearth_reflex.domain.ai_config import AiConfig
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.generation import EngineEvent, Queued
from hearth_reflex.domain.line import Line
from hearth_reflex.domain.roles import Permission, Role, may
from hearth_reflex.domain.stream import FLUSH_SECONDS, Growth
from hearth_reflex.errors import ConflictError, EngineError, ForbiddenError, LimitError
from hearth_reflex.services.access import Actor, message_for
from hearth_reflex.services.ai_settings import AiSettings
from hearth_reflex.services.answering import answer_for, check_answer, seated_author
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.generations import Generations, Run
from hearth_reflex.services.manners import Manners
from hearth_reflex.services.news import News
from hearth_reflex.services.personas import Personas, Seated
from hearth_reflex.services.records import Record
from hearth_reflex.services.reply_log import log_ended
from hearth_reflex.services.usage_days import UsageDays
from hearth_reflex.services.utterances import Utterances, Voice

log = structlog.get_logger(__name__)

END_PAUSES = (0.2, 1.0, 3.0)  # seconds between tries to keep how an answer ended
ANSWER_MAX_CHARS = 100_000  # far above what max_tokens allows: for a server that does not know when to stop


class Replies:
    """Args:
    utterances: who speaks for an answer, and what of it may be told.
    pace: how fast one person may speak; going on with an answer counts like a message.
    usage: how much a person and a room may have written in a day.
    settings: whose word counts for an answer.
    """

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        clock: Clock,
        generations: Generations,
        personas: Personas,
        manners: Manners,
        utterances: Utterances,
        news: News,
        pace: Buckets,
        usage: UsageDays,
        settings: AiSettings,
    ) -> None:
        self._db, self._bus, self._clock, self._utterances = database, bus, clock, utterances
        self._generations, self._personas, self._news = generations, personas, news
        self._manners, self._usage, self._settings, self._pace = manners, usage, settings, pace
        self._answers: dict[str, _Answer] = {}  # by message uuid

    async def plan(self, actor: Actor, room: Room, message: Message, *, config: AiConfig | None = None) -> None:
        """Queues an answer of everyone who was spoken to in `message`; where no AI answers, the room is told so.

        Args:
            config: what is set for these answers alone.
        """
        turns = await self._manners.decide(room, message, await self._personas.seated(room))
        if turns and await self._generations.is_off(room):  # asked anew: much may happen while it is decided
            await self._generations.decline(actor, room)
            return
        with contextlib.suppress(ForbiddenError):  # turned off in this very moment
            for turn in turns:
                await self._generations.welcome(room, turn.seated.persona)
                await self.begin(actor, room, turn.seated, reason=turn.reason, config=config)

    async def begin(
        self, actor: Actor, room: Room, seated: Seated, *, reason: str = "", config: AiConfig | None = None
    ) -> Run:
        """Queues one answer; the model begins as soon as its turn comes.

        Args:
            reason: why the persona speaks, a code of `domain/manners.py`.
            config: what is set for this answer, over what is set for the persona.
        """
        run = await self._generations.queue(
            actor,
            room,
            seated.persona,
            reason=reason,
            config=await self._settings.laid(actor, room, seated.persona, config),
            since_seq=seated.since_seq,
        )
        if run.one_too_many:
            error = f"answers_many:{self._generations.per_person}"
            await self._generations.end(run, GenerationStatus.FAILED, text="", error=error)
        elif full := await self._usage.full(actor, room):
            error = f"{full.code}:{full.params['limit']}"
            await self._generations.end(run, GenerationStatus.FAILED, text="", error=error)
        else:
            self._start(run)
        return run

    async def stop(self, actor: Actor, room_uuid: str, message_uuid: str) -> None:
        """Ends an answer; what was said is kept. For who asked for it, and for those who keep order in the room.

        Raises:
            ForbiddenError: `stop_other`, somebody else's answer.
            InputError: `not_an_answer`.
        """
        async with self._db.read() as db:
            _, member, message = await message_for(db, actor, room_uuid, message_uuid, Permission.READ)
            check_answer(message)
            asker = await self._generations.asker_of(db, message)
        if asker != actor.user_id and not may(Role(member.role), Permission.STOP_ANY) and not actor.is_admin:
            raise ForbiddenError("stop_other")
        self._halt(message, GenerationStatus.STOPPED)  # at once, when the answer is this worker's own
        await self._generations.request_stop(message)

    async def go_on(self, actor: Actor, room_uuid: str, message_uuid: str) -> None:
        """Continues an answer that was stopped, failed or interrupted, behind the text that is there.

        Raises:
            NotFoundError, InputError, ForbiddenError, ConflictError: as `answer_for` and `seated_author`.
            ConflictError: `answer_open` while it still runs, `answer_finished` when it ended by itself.
            LimitError: `message_pace`, too fast; `answers_many`, too many at once; `usage_person` and `usage_room`,
                what a day holds is used.
        """
        async with self._db.read() as db:
            room, _, message = await answer_for(db, actor, room_uuid, message_uuid, at=self._clock.now())
        if message.status not in UNFINISHED_STATUSES:
            raise ConflictError("answer_open" if message.status in OPEN_STATUSES else "answer_finished")
        seated = await seated_author(self._personas, room, message)
        self._check_pace(actor)
        await self._usage.check(actor, room)
        run = await self._generations.requeue(actor, room, seated.persona, message)
        config = await self._settings.laid(actor, room, seated.persona)
        self._start(run.set_for(config, since_seq=seated.since_seq))

    async def again(
        self, actor: Actor, room: Room, seated: Seated, message: Message, *, config: AiConfig | None = None
    ) -> None:
        """Has `seated` answer the same words again: another version stands in the place of `message`.

        Raises:
            ConflictError, ForbiddenError, LimitError: as `Generations.queue_again` and `UsageDays.check`.
        """
        await self._usage.check(actor, room)
        run = await self._generations.queue_again(actor, room, seated.persona, message)
        config = await self._settings.laid(actor, room, seated.persona, config)
        self._start(run.set_for(config, since_seq=seated.since_seq))

    async def end_deleted(self, message: Message) -> None:
        """Nobody is to read this answer any more: whichever process still writes it stops."""
        self._halt(message, GenerationStatus.STOPPED)
        await self._generations.request_stop(message)

    async def close(self) -> None:
        """The house shuts: answers on their way are marked interrupted, their text kept."""
        for answer in list(self._answers.values()):
            answer.halt(GenerationStatus.INTERRUPTED)
        await asyncio.gather(*(answer.task for answer in list(self._answers.values())), return_exceptions=True)

    def _check_pace(self, actor: Actor) -> None:
        if wait := self._pace.take(actor.uuid, at=self._clock.now().timestamp()):
            raise LimitError("message_pace", retry_after=wait)

    def _start(self, run: Run) -> None:
        halted: asyncio.Future[GenerationStatus] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._run(run, halted), name=f"reply:{run.message.uuid}")
        self._answers[run.message.uuid] = _Answer(task, halted)
        task.add_done_callback(lambda done: self._forget(run.message, done))

    def _forget(self, message: Message, done: asyncio.Task[None]) -> None:
        # By now another version of it may be on its way, under the same name.
        if (answer := self._answers.get(message.uuid)) and answer.task is done:
            del self._answers[message.uuid]

    async def _run(self, run: Run, halted: asyncio.Future[GenerationStatus]) -> None:
        growth, line = Growth.resumed(run.text, at=time.monotonic()), Line()
        log.info("reply.queued", room=run.room, reply=run.message.uuid)
        outcome = _Outcome(GenerationStatus.FAILED, "unexpected")
        teller = asyncio.create_task(self._tell(run, growth, line))
        speaking = asyncio.create_task(self._speak(run, growth, line, outcome))
        await asyncio.wait({speaking, halted}, return_when=asyncio.FIRST_COMPLETED)
        teller.cancel()
        if not speaking.done():
            speaking.cancel()
            outcome.end, outcome.error = halted.result(), None
            if outcome.end is GenerationStatus.INTERRUPTED:
                outcome.error = "interrupted"
        await asyncio.gather(speaking, teller, return_exceptions=True)
        if outcome.voice and (rest := outcome.voice.rest()[: ANSWER_MAX_CHARS - len(growth.text)]):
            growth.add(rest)
        await self._finish(run, growth, outcome)

    async def _speak(self, run: Run, growth: Growth, line: Line, outcome: "_Outcome") -> None:
        """Lets the model speak and notes how it ended; never raises but when it is cancelled."""
        record = outcome.record
        try:
            outcome.voice = await self._utterances.begin(run, record)
            if outcome.voice is None:  # what it was asked was taken back meanwhile
                outcome.error = "message_gone"
                return
            await self._listen(run, growth, line, record, outcome.voice)
            outcome.end, outcome.error = GenerationStatus.DONE, None
        except EngineError as fault:
            outcome.error = fault.code
        except Exception:
            log.exception("reply.broke", reply=run.message.uuid)

    async def _listen(self, run: Run, growth: Growth, line: Line, record: Record, voice: Voice) -> None:
        begun = False
        async with contextlib.aclosing(voice.events) as stream:
            async for event in stream:
                record.hear(event)
                _move_up(line, event)
                words = voice.words(event)[: ANSWER_MAX_CHARS - len(growth.text)]
                if words:
                    growth.add(words)
                if words and not begun:
                    begun = await self._has_begun(run)
                if len(growth.text) >= ANSWER_MAX_CHARS:
                    log.warning("reply.endless", reply=run.message.uuid)
                    return

    async def _has_begun(self, run: Run) -> bool:
        try:
            # Shielded, here and below: a stop must not tear a commit in two.
            await asyncio.shield(self._generations.begin(run))
        except Exception:
            # Told again with the next words: what is being said must not end for one fault of the database.
            log.exception("reply.begin_failed", reply=run.message.uuid)
            return False
        return True

    async def _tell(self, run: Run, growth: Growth, line: Line) -> None:
        """Tells the room what is new every 50 ms, and saves it every second."""
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            try:
                await self._tell_once(run, growth, line)
            except Exception:
                # The next round tells and saves again; the answer must not freeze for one fault of the database.
                log.exception("reply.tell_failed", reply=run.message.uuid)

    async def _tell_once(self, run: Run, growth: Growth, line: Line) -> None:
        if place := line.take(time.monotonic()):
            await self._bus.place(run.room, seq=run.message.seq, position=place[0], seconds=place[1])
        if new := growth.take():
            await self._bus.words(run.room, seq=run.message.seq, offset=new[0], text=new[1])
        if growth.save_due(time.monotonic()) and await asyncio.shield(self._generations.save(run, growth.text)):
            self._halt(run.message, GenerationStatus.STOPPED)

    def _halt(self, message: Message, end: GenerationStatus) -> None:
        if answer := self._answers.get(message.uuid):
            answer.halt(end)

    async def _finish(self, run: Run, growth: Growth, outcome: "_Outcome") -> None:
        outcome.record.end()
        text, outcome.record.linked = await self._utterances.linked(
            growth.text, outcome.voice, whole=outcome.end is GenerationStatus.DONE
        )
        for pause in END_PAUSES:
            try:
                await self._generations.end(run, outcome.end, text=text, error=outcome.error, record=outcome.record)
                break
            except Exception:
                log.exception("reply.end_failed", reply=run.message.uuid)
                await asyncio.sleep(pause)
        else:
            self._generations.let_go(run)
        log_ended(run, outcome.end, outcome.error, outcome.record)
        if outcome.end is GenerationStatus.DONE:
            await self._news.answered(run.message.id or 0, asker=run.asker)


@dataclass(slots=True)
class _Outcome:
    end: GenerationStatus
    error: str | None
    record: Record = field(default_factory=Record)
    voice: Voice | None = None


@dataclass(slots=True)
class _Answer:
    task: asyncio.Task[None]
    halted: asyncio.Future[GenerationStatus]

    def halt(self, end: GenerationStatus) -> None:
        if not self.halted.done():
            self.halted.set_result(end)


def _move_up(line: Line, event: EngineEvent) -> None:
    if isinstance(event, Queued):
        line.stand(event.position, event.seconds, at=time.monotonic())
    else:
        line.leave()
