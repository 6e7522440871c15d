"""A persona answers. Each answer is a task of the app, owned by no tab, with a row in the database.

Every stream ends: done, stopped, failed or interrupted. What was said is saved every second and told every 50 ms.
"""

import asyncio
import contextlib
import time
from dataclasses import dataclass, field, replace

import structlog

from hearth_reflex.db.database import Database
from hearth_reflex.db.generation import GenerationStatus
from hearth_reflex.db.message import OPEN_STATUSES, UNFINISHED_STATUSES, Message
from hearth_reflex.db.persona import Persona
from hearth_reflex.db.room import Room
from hearth_reflex.domain.generation import (
    ChatRequest,
    ChatTurn,
    EngineHealth,
    Finished,
    Piece,
    Sampling,
    Usage,
)
from hearth_reflex.domain.mentions import next_speakers
from hearth_reflex.domain.prompt import Prompt
from hearth_reflex.domain.roles import Permission, Role, may
from hearth_reflex.domain.stream import FLUSH_SECONDS, Growth
from hearth_reflex.domain.text import without_controls
from hearth_reflex.domain.voice import Label, stops_for
from hearth_reflex.errors import ConflictError, EngineError, ForbiddenError, InputError
from hearth_reflex.services.access import Actor, message_for
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.engines import Engines
from hearth_reflex.services.generations import Generations, Run
from hearth_reflex.services.personas import Personas
from hearth_reflex.services.recall import Recall

log = structlog.get_logger(__name__)

END_PAUSES = (0.2, 1.0, 3.0)  # seconds between tries to keep how an answer ended
OPEN_PER_ASKER = 3  # answers that one person may have on their way


class Replies:
    """Args:
    sampling: the house's defaults for drawing tokens.
    """

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        engines: Engines,
        generations: Generations,
        personas: Personas,
        recall: Recall,
        sampling: Sampling,
    ) -> None:
        self._db, self._bus, self._engines = database, bus, engines
        self._generations, self._personas, self._recall = generations, personas, recall
        self._sampling = sampling.clamped()
        self._answers: dict[str, _Answer] = {}  # by message uuid

    async def plan(self, actor: Actor, room: Room, message: Message) -> None:
        """Queues an answer of everyone who was spoken to in `message`."""
        speakers = await self._personas.speakers()
        called = next_speakers(message.text, [speaker for _, speaker in speakers])
        personas = {speaker.uuid: persona for persona, speaker in speakers}
        for speaker in called:
            await self._generations.welcome(room, personas[speaker.uuid])
            run = await self._generations.queue(actor, room, personas[speaker.uuid])
            if self._open_for(actor) >= OPEN_PER_ASKER:
                await self._generations.end(run, GenerationStatus.FAILED, text="", error="answers_many")
            else:
                self._start(run)

    async def stop(self, actor: Actor, room_uuid: str, message_uuid: str) -> None:
        """Ends an answer; what was said is kept. For who asked for it, and for those who keep order in the room.

        Raises:
            ForbiddenError: `stop_other`, somebody else's answer.
            InputError: `not_an_answer`.
        """
        async with self._db.read() as db:
            _, member, message = await message_for(db, actor, room_uuid, message_uuid, Permission.READ)
            _check_answer(message)
            asker = await self._generations.asker_of(db, message)
        if asker != actor.user_id and not may(Role(member.role), Permission.STOP_ANY) and not actor.is_admin:
            raise ForbiddenError("stop_other")
        self._halt(message, GenerationStatus.STOPPED)  # at once, when the answer is this worker's own
        await self._generations.request_stop(message)

    async def go_on(self, actor: Actor, room_uuid: str, message_uuid: str) -> None:
        """Continues an answer that was stopped, failed or interrupted, behind the text that is there.

        Raises:
            InputError: `not_an_answer`.
            ConflictError: `answer_open` while it still runs, `answer_finished` when it ended by itself.
        """
        async with self._db.read() as db:
            room, _, message = await message_for(db, actor, room_uuid, message_uuid, Permission.POST)
            _check_answer(message)
            persona = await db.get_one(Persona, message.author_persona_id)
        if message.status not in UNFINISHED_STATUSES:
            raise ConflictError("answer_open" if message.status in OPEN_STATUSES else "answer_finished")
        self._start(await self._generations.requeue(actor, room, persona, message))

    async def close(self) -> None:
        """The house shuts: answers on their way are marked interrupted, their text kept."""
        for answer in list(self._answers.values()):
            answer.halt(GenerationStatus.INTERRUPTED)
        await asyncio.gather(*(answer.task for answer in list(self._answers.values())), return_exceptions=True)

    def _open_for(self, actor: Actor) -> int:
        return sum(answer.asker == actor.uuid for answer in self._answers.values())

    def _start(self, run: Run) -> None:
        halted: asyncio.Future[GenerationStatus] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._run(run, halted), name=f"reply:{run.message.uuid}")
        self._answers[run.message.uuid] = _Answer(task, halted, run.asker)
        task.add_done_callback(lambda _: self._answers.pop(run.message.uuid, None))

    async def _run(self, run: Run, halted: asyncio.Future[GenerationStatus]) -> None:
        growth = Growth.resumed(run.text, at=time.monotonic())
        log.info("reply.queued", room=run.room, reply=run.message.uuid)
        outcome = _Outcome(GenerationStatus.FAILED, "unexpected")
        teller = asyncio.create_task(self._tell(run, growth))
        speaking = asyncio.create_task(self._speak(run, growth, outcome))
        await asyncio.wait({speaking, halted}, return_when=asyncio.FIRST_COMPLETED)
        teller.cancel()
        if not speaking.done():
            speaking.cancel()
            outcome.end, outcome.error = halted.result(), None
            if outcome.end is GenerationStatus.INTERRUPTED:
                outcome.error = "interrupted"
        await asyncio.gather(speaking, teller, return_exceptions=True)
        await self._finish(run, growth, outcome)

    async def _speak(self, run: Run, growth: Growth, outcome: "_Outcome") -> None:
        """Lets the model speak and notes how it ended; never raises but when it is cancelled."""
        try:
            health = outcome.health = await self._engines.health(run.model)
            context = health.context_tokens or 4096
            reply = min(self._sampling.max_tokens, context // 2)
            prompt = await self._recall.gather(
                run.persona, run.message, model=run.model, context=context, reply=reply, begun=run.text
            )
            outcome.usage = await self._listen(run, growth, prompt)
            outcome.end, outcome.error = GenerationStatus.DONE, None
        except EngineError as fault:
            outcome.error = fault.code
        except Exception:
            log.exception("reply.broke", reply=run.message.uuid)

    async def _listen(self, run: Run, growth: Growth, prompt: Prompt) -> Usage:
        label = Label(() if run.text else (run.persona.name_ko, run.persona.name_en, *prompt.speakers))
        stream = self._engines.stream(_request(run, prompt, self._sampling))
        begun = False
        async with contextlib.aclosing(stream):
            async for event in stream:
                words = label.feed(without_controls(event.text)) if isinstance(event, Piece) else ""
                if isinstance(event, Finished):
                    words = label.flush()
                if words:
                    growth.add(words)
                if words and not begun:
                    begun = True
                    # Shielded, here and below: a stop must not tear a commit in two.
                    await asyncio.shield(self._generations.begin(run))
                if isinstance(event, Finished):
                    return event.usage
        return Usage()

    async def _tell(self, run: Run, growth: Growth) -> None:
        """Tells the room what is new every 50 ms, and saves it every second."""
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            try:
                await self._tell_once(run, growth)
            except Exception:
                # The next round tells and saves again; the answer must not freeze for one fault of the database.
                log.exception("reply.tell_failed", reply=run.message.uuid)

    async def _tell_once(self, run: Run, growth: Growth) -> None:
        if new := growth.take():
            await self._bus.words(run.room, seq=run.message.seq, offset=new[0], text=new[1])
        if growth.save_due(time.monotonic()) and await asyncio.shield(self._generations.save(run, growth.text)):
            self._halt(run.message, GenerationStatus.STOPPED)

    def _halt(self, message: Message, end: GenerationStatus) -> None:
        if answer := self._answers.get(message.uuid):
            answer.halt(end)

    async def _finish(self, run: Run, growth: Growth, outcome: "_Outcome") -> None:
        usage = outcome.usage
        for pause in END_PAUSES:
            try:
                await self._generations.end(
                    run,
                    outcome.end,
                    text=growth.text,
                    error=outcome.error,
                    usage=usage,
                    health=outcome.health,
                    sampling=self._sampling,
                )
                break
            except Exception:
                log.exception("reply.end_failed", reply=run.message.uuid)
                await asyncio.sleep(pause)
        log.info(
            f"reply.{outcome.end.value}",
            room=run.room,
            reply=run.message.uuid,
            error=outcome.error,
            prompt_tokens=usage.prompt_tokens,
            output_tokens=usage.output_tokens,
            queue_ms=round(usage.queue_ms),
            first_token_ms=round(usage.first_token_ms),
            total_ms=round(usage.total_ms),
        )


@dataclass(slots=True)
class _Outcome:
    end: GenerationStatus
    error: str | None
    usage: Usage = field(default_factory=Usage)
    health: EngineHealth | None = None


@dataclass(slots=True)
class _Answer:
    task: asyncio.Task[None]
    halted: asyncio.Future[GenerationStatus]
    asker: str

    def halt(self, end: GenerationStatus) -> None:
        if not self.halted.done():
            self.halted.set_result(end)


def _check_answer(message: Message) -> None:
    if message.author_persona_id is None:
        raise InputError("not_an_answer", field="message")


def _request(run: Run, prompt: Prompt, sampling: Sampling) -> ChatRequest:
    turns, sampling = prompt.turns, replace(sampling, stop=stops_for(prompt.speakers))
    if run.text:
        turns = (*turns, ChatTurn("assistant", run.text))
    return ChatRequest(
        turns=turns,
        sampling=sampling,
        continue_last=bool(run.text),
        affinity=run.room,
        asker=run.asker,
        model=run.model,
    )
