"""Texts that nobody waits for (titles, summaries), written beside the talk: after people, as many at once as fit."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

import structlog

from hearth_reflex.domain.generation import ChatRequest, EngineHealth, Finished, FinishReason, Piece, Priority
from hearth_reflex.errors import EngineError, ModelMissingError
from hearth_reflex.services.engines import Engines

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Written:
    """What came of one job. `error` is a code when it failed; `text` is what was written until then.

    `whole` is false for a text that was cut: by a fault, or by `max_tokens`.
    """

    text: str
    whole: bool
    error: str = ""


class BatchWriter:
    """Writes lists of texts with the house's models."""

    def __init__(self, *, engines: Engines) -> None:
        self._engines = engines

    async def write(self, jobs: Sequence[ChatRequest], *, asker: str, inside: bool = False) -> list[Written]:
        """Writes all `jobs`, in their order. One that fails does not hinder the others; cancelling ends them all.

        Args:
            asker: for whom; people in line go before all of them, and other askers' jobs take turns with these.
            inside: by models that stay in the house or, where none of those can, not at all.
        """
        gates = {model: asyncio.Semaphore(await self._width(model)) for model in {job.model for job in jobs}}
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._write(job, asker, gates[job.model], inside)) for job in jobs]
        written = [task.result() for task in tasks]
        log.info("llm.batch_written", jobs=len(jobs), failed=sum(bool(one.error) for one in written))
        return written

    async def _width(self, model: str) -> int:
        """How many at once: more would only stand in the engine's line and take up places of people there."""
        try:
            return max(1, (await self._engines.health(model)).streams)
        except EngineError:
            return 1

    async def _write(self, job: ChatRequest, asker: str, gate: asyncio.Semaphore, inside: bool) -> Written:
        said: list[str] = []
        async with gate:
            try:
                reason = await self._listen(replace(job, priority=Priority.BATCH, asker=asker), said, inside)
                return Written("".join(said), whole=reason is FinishReason.STOP)
            except EngineError as fault:
                return Written("".join(said), whole=False, error=fault.code)
            except Exception:
                log.exception("llm.batch_job_broke")
                return Written("".join(said), whole=False, error="unexpected")

    async def _listen(self, request: ChatRequest, said: list[str], inside: bool) -> FinishReason | None:
        async with aclosing(self._engines.stream(request, turned_to=_stay if inside else None)) as events:
            async for event in events:
                if isinstance(event, Piece):
                    said.append(event.text)
                elif isinstance(event, Finished):
                    return event.reason
        return None


def _stay(turned_to: EngineHealth) -> None:
    """Heard before anything goes to a server outside: it does not."""
    if turned_to.leaves_house:
        raise ModelMissingError
