"""One model, many askers: the line in front of it and the single thread it speaks in.

All of the line lives in the event loop; the thread only runs `ChatModel.generate` and posts what it yields back.
Knows no wire: the worker's API reads `Job.events`.
"""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import structlog

from hearth_reflex.domain.generation import EngineEvent, Finished, FinishReason, Queued, Started, Usage
from hearth_reflex.errors import EngineError
from hearth_reflex.llm.core import ChatModel, Prompt
from hearth_reflex.llm.fair_queue import FairQueue

log = structlog.get_logger(__name__)


class Job:
    """One reply asked for. `events` ends with a Finished or an EngineError."""

    def __init__(self, prompt: Prompt, *, asker: str, affinity: str, arrived: float) -> None:
        self.prompt = prompt
        self.asker = asker
        self.affinity = affinity
        self.arrived = arrived
        self.cancelled = Event()
        self.events: asyncio.Queue[EngineEvent | EngineError] = asyncio.Queue()
        self.position = 0

    def tell(self, event: EngineEvent | EngineError) -> None:
        self.events.put_nowait(event)


class Runner:
    """Serves jobs one at a time, askers in turn. Use from one event loop."""

    def __init__(self, model: ChatModel, *, max_queue: int) -> None:
        self._model = model
        self._line: FairQueue[Job] = FairQueue(max_queue)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="decode")
        self._running: Job | None = None
        self._served: asyncio.Task[None] | None = None
        self._last_affinity = ""

    @property
    def running(self) -> int:
        return int(self._running is not None)

    @property
    def waiting(self) -> int:
        return len(self._line)

    def submit(self, prompt: Prompt, *, asker: str, affinity: str, arrived: float) -> Job:
        """Put a reply in line. Raises EngineBusyError when the line is full."""
        job = Job(prompt, asker=asker, affinity=affinity, arrived=arrived)
        self._line.push(job, asker=asker, affinity=affinity)
        if self._running is None:
            self._serve_next()
        else:
            self._tell_positions()
        return job

    def cancel(self, job: Job) -> None:
        """Stop a reply, wherever it is; its events end with Finished(CANCELLED)."""
        job.cancelled.set()
        if self._line.remove(job):
            waited = (time.perf_counter() - job.arrived) * 1000
            usage = Usage(prompt_tokens=len(job.prompt.tokens), queue_ms=waited, total_ms=waited)
            job.tell(Finished(FinishReason.CANCELLED, usage))
            self._tell_positions()

    async def close(self) -> None:
        """Cancel everything and wait for the thread, so that the model may be freed."""
        for job in [*self._line.order(), *([self._running] if self._running else [])]:
            self.cancel(job)
        if self._served is not None:
            await asyncio.wait([self._served])
        await asyncio.to_thread(self._thread.shutdown)

    def _serve_next(self) -> None:
        self._running = self._line.pop(affinity=self._last_affinity)
        if self._running is None:
            return
        self._last_affinity = self._running.affinity
        self._tell_positions()
        self._running.tell(Started())
        self._served = asyncio.create_task(self._serve(self._running))

    async def _serve(self, job: Job) -> None:
        loop = asyncio.get_running_loop()

        def speak() -> None:
            for event in self._model.generate(job.prompt, job.cancelled, arrived=job.arrived):
                loop.call_soon_threadsafe(job.tell, event)

        try:
            await loop.run_in_executor(self._thread, speak)
        except EngineError as error:
            job.tell(error)
        except Exception:
            # A reply that fails must end for the one who waits, and the next one be served.
            log.exception("engine.reply_failed")
            job.tell(EngineError())
        finally:
            self._serve_next()

    def _tell_positions(self) -> None:
        for position, job in enumerate(self._line.order(affinity=self._last_affinity), start=1):
            if job.position != position:
                job.position = position
                job.tell(Queued(position))
