"""One model, many askers: the line in front of it, and who is told what. All of this lives in the event loop.

The decoding itself happens in `stage.py`'s thread. The loop answers at once, whatever that thread is in the middle of:
to be told one's place in line needs no step to end.
"""

import asyncio
import time

import structlog

from hearth_reflex.domain.generation import EngineEvent, Finished, FinishReason, Made, Priority, Queued, Started, Usage
from hearth_reflex.errors import EngineError
from hearth_reflex.llm.core import ChatModel, Prompt
from hearth_reflex.llm.estimate import Habits, waits
from hearth_reflex.llm.kept import KeptStore
from hearth_reflex.llm.stage import Job, Stage

log = structlog.get_logger(__name__)

_SETTLED_S = 0.05
_REFRESH_S = 1.0  # places in line are told again so often: the estimate changes while nobody moves


class Ticket:
    """One reply asked for. `events` ends with a Finished or an EngineError."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.events: asyncio.Queue[EngineEvent | EngineError] = asyncio.Queue()
        self.waiting = True

    def tell(self, event: EngineEvent | EngineError) -> None:
        self.events.put_nowait(event)


class Runner:
    """Use from one event loop.

    Args:
        max_queue: replies that may wait.
    """

    def __init__(self, model: ChatModel, kept: KeptStore, *, max_queue: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._tickets: dict[Job, Ticket] = {}
        self._habits = Habits()
        self._stage = Stage(model, kept, max_queue=max_queue, tell=self._tell_from_thread)
        self._refresher = asyncio.create_task(self._refresh())

    @property
    def running(self) -> int:
        return self._stage.running

    @property
    def waiting(self) -> int:
        return self._stage.waiting

    @property
    def tokens_per_second(self) -> float:
        """Of all replies together, lately."""
        return self._stage.tokens_per_second

    def submit(self, prompt: Prompt, *, asker: str, room: str, priority: Priority, arrived: float) -> Ticket:
        """Put a reply in line. Raises EngineBusyError when the line is full."""
        job = Job(prompt, asker=asker, room=room, priority=priority, arrived=arrived)
        ticket = self._tickets[job] = Ticket(job)
        try:
            self._stage.submit(job)
        except EngineError:
            del self._tickets[job]
            raise
        # Most begin at once: a place in line is told to those who are still in it a moment later.
        self._loop.call_later(_SETTLED_S, self._tell_places)
        return ticket

    def cancel(self, ticket: Ticket) -> None:
        """Stop a reply, wherever it is; its events end with Finished(CANCELLED)."""
        if self._stage.cancel(ticket.job):
            self._tell(ticket.job, _never_begun(ticket.job))
            self._tell_places()

    def forget(self, room: str) -> None:
        """Nothing that was read of this room is kept."""
        self._stage.forget(room)

    async def close(self) -> None:
        """Cancel everything and wait for the thread, so that the model may be freed."""
        self._refresher.cancel()
        for ticket in list(self._tickets.values()):
            self.cancel(ticket)
        await asyncio.to_thread(self._stage.close)
        await asyncio.sleep(0)  # what the thread told last is delivered

    def _tell_from_thread(self, told: list[tuple[Job, EngineEvent | EngineError]]) -> None:
        self._loop.call_soon_threadsafe(self._tell_all, told)

    def _tell_all(self, told: list[tuple[Job, EngineEvent | EngineError]]) -> None:
        moved = False
        for job, event in told:
            moved |= isinstance(event, Started | Finished | EngineError)
            self._tell(job, event)
        if moved:
            self._tell_places()

    def _tell(self, job: Job, event: EngineEvent | EngineError) -> None:
        ticket = self._tickets.get(job)
        if ticket is None:
            return
        if isinstance(event, Started):
            ticket.waiting = False
        elif isinstance(event, Finished | EngineError):
            del self._tickets[job]
        if isinstance(event, Finished):
            self._note(event.usage)
        ticket.tell(event)

    def _note(self, usage: Usage) -> None:
        if usage.tokens_per_second:
            self._habits.note(
                tokens=usage.output_tokens,
                speaking_s=usage.output_tokens / usage.tokens_per_second,
                turn_s=usage.prompt_ms / 1000,
            )

    def _tell_places(self) -> None:
        line = self._stage.line()
        if not line:
            return
        running = self._stage.progress()
        left = [self._habits.left_s(said, most) for said, most in running]
        turns = waits(left, self._stage.places - len(running), len(line), self._habits.reply_s)
        for position, (job, seconds) in enumerate(zip(line, turns, strict=True), start=1):
            ticket = self._tickets.get(job)
            if ticket is not None and ticket.waiting:
                ticket.tell(Queued(position, round(seconds, 1)))

    async def _refresh(self) -> None:
        while True:
            await asyncio.sleep(_REFRESH_S)
            self._tell_places()


def _never_begun(job: Job) -> Finished:
    waited = (time.perf_counter() - job.arrived) * 1000
    usage = Usage(prompt_tokens=len(job.prompt.tokens), queue_ms=waited, total_ms=waited)
    return Finished(FinishReason.CANCELLED, usage, Made(seed=job.prompt.seed, prompt=job.prompt.text))
