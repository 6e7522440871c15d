"""An answer said again: the same turns, parameters and seed, alone in the engine, compared with what was said then.

What is said again is shown to who asked, and kept nowhere. One at a time for each person, behind people who wait.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from enum import StrEnum

import structlog
from sqlmodel import select

from hearth_reflex.db.database import Database
from hearth_reflex.db.generation import GenerationStatus
from hearth_reflex.db.model import ModelFile
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.generation import ChatRequest, ChatTurn, Finished, Made, Piece, Priority
from hearth_reflex.domain.retelling import Comparison, compare, is_settled
from hearth_reflex.domain.text import without_controls
from hearth_reflex.errors import ConflictError, EngineError, LimitError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.engines import Engines
from hearth_reflex.services.metadata import KeptRun, kept_run
from hearth_reflex.services.records import sampling_of

log = structlog.get_logger(__name__)

REPLAY_SECONDS = 600
_KEPT = 200  # results that wait to be looked at, of all people


class ReplayStatus(StrEnum):
    RUNNING = "running"
    SAME = "same"
    DIFFERS = "differs"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of saying `message` again.

    `error` is a code when it failed. `other_build`: the engine is not the one of then. `streams`: how many answers
    were written side by side then.
    """

    message: str
    status: ReplayStatus
    comparison: Comparison | None = None
    error: str = ""
    other_build: bool = False
    streams: int = 1


class Replays:
    """Args:
    pace: how fast one person may have answers said again.
    """

    def __init__(self, *, database: Database, engines: Engines, clock: Clock, pace: Buckets) -> None:
        self._db, self._engines, self._clock, self._pace = database, engines, clock, pace
        self._tasks: dict[str, asyncio.Task[None]] = {}  # by person
        self._found: OrderedDict[str, Replay] = OrderedDict()  # the newest of each person

    async def begin(
        self, actor: Actor, room_uuid: str, message_uuid: str, *, done: Callable[[], Awaitable[None]]
    ) -> Replay:
        """Begins to say an answer again; `done` is awaited when `of` has what came of it.

        Raises:
            NotFoundError, ForbiddenError, InputError: not an answer in a room of theirs.
            ConflictError: it cannot be said again (`replay_unknown`, `replay_pictures`, `replay_seed`, `answer_open`),
                its model is not here (`replay_model`), or one is on its way (`replay_running`).
            LimitError: `replay_pace`.
        """
        async with self._db.read() as db:
            kept = await kept_run(db, actor, room_uuid, message_uuid)
        if kept.hindrance:
            raise ConflictError(kept.hindrance)
        request = _request(kept, actor, model=await self._same_model(kept))
        if actor.uuid in self._tasks:
            raise ConflictError("replay_running")
        if wait := self._pace.take(actor.uuid, at=self._clock.now().timestamp()):
            raise LimitError("replay_pace", retry_after=wait)
        begun = self._keep(actor, Replay(message_uuid, ReplayStatus.RUNNING))
        task = asyncio.create_task(self._run(actor, begun, kept, request, done), name=f"replay:{message_uuid}")
        self._tasks[actor.uuid] = task
        task.add_done_callback(lambda _: self._tasks.pop(actor.uuid, None))
        return begun

    def of(self, actor: Actor, message_uuid: str) -> Replay | None:
        """What has come of saying this answer again, as long as it was the last one that `actor` asked for."""
        found = self._found.get(actor.uuid)
        return found if found and found.message == message_uuid else None

    def forget(self, actor: Actor) -> None:
        """Nobody looks any more: what is on its way ends."""
        self._found.pop(actor.uuid, None)
        if task := self._tasks.get(actor.uuid):
            task.cancel()

    async def close(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _keep(self, actor: Actor, replay: Replay) -> Replay:
        self._found[actor.uuid] = replay
        self._found.move_to_end(actor.uuid)
        while len(self._found) > _KEPT:
            self._found.popitem(last=False)
        return replay

    async def _same_model(self, kept: KeptRun) -> str:
        """The ref under which the model of then can be asked now."""
        run = kept.generation
        for ref in await self._refs(kept):
            try:
                health = await self._engines.health(ref)
            except EngineError:
                continue
            if health.leaves_house and ref != kept.model_ref:
                continue  # the room has chosen otherwise since
            same_file = bool(run.model_sha256) and health.model_sha256 == run.model_sha256
            same_name = not run.model_sha256 and (health.provider, health.model) == (run.provider, run.model)
            if (same_file or same_name) and health.status != "unavailable":
                return ref
        raise ConflictError("replay_model")

    async def _refs(self, kept: KeptRun) -> list[str]:
        sha256 = kept.generation.model_sha256
        query = select(ModelFile.uuid).where(ModelFile.sha256 == sha256, ModelFile.error == None)  # noqa: E711 - SQL
        async with self._db.read() as db:
            files = list((await db.exec(query)).all()) if sha256 else []
        return list(dict.fromkeys([kept.model_ref, "", *(f"local:{uuid}" for uuid in files)]))

    async def _run(
        self, actor: Actor, begun: Replay, kept: KeptRun, request: ChatRequest, done: Callable[[], Awaitable[None]]
    ) -> None:
        try:
            async with asyncio.timeout(REPLAY_SECONDS):
                found = await self._say_again(begun, kept, request)
        except EngineError as fault:
            found = replace(begun, status=ReplayStatus.FAILED, error=fault.code)
        except TimeoutError:
            found = replace(begun, status=ReplayStatus.FAILED, error="engine_silent")
        except Exception:
            log.exception("reply.replay_broke", reply=begun.message)
            found = replace(begun, status=ReplayStatus.FAILED, error="unexpected")
        agree = found.comparison.agree if found.comparison else 0
        log.info("reply.replayed", reply=begun.message, status=found.status.value, error=found.error, agree=agree)
        self._keep(actor, found)
        await done()

    async def _say_again(self, begun: Replay, kept: KeptRun, request: ChatRequest) -> Replay:
        metadata = kept.metadata
        assert metadata is not None  # noqa: S101 - else there was a hindrance
        whole = kept.generation.status == GenerationStatus.DONE
        text, made = await self._listen(request, metadata.said, whole=whole)
        if made.model_sha256 and kept.generation.model_sha256 not in ("", made.model_sha256):
            return replace(begun, status=ReplayStatus.FAILED, error="replay_model")  # another one spoke in its stead
        comparison = compare(metadata.said, text, whole=whole)
        return replace(
            begun,
            status=ReplayStatus.SAME if comparison.same else ReplayStatus.DIFFERS,
            comparison=comparison,
            other_build=bool(made.build) and made.build != metadata.build,
            streams=metadata.streams,
        )

    async def _listen(self, request: ChatRequest, then: str, *, whole: bool) -> tuple[str, Made]:
        """What is said, as far as it decides the matter."""
        text = ""
        async with aclosing(self._engines.stream(request)) as events:
            async for event in events:
                if isinstance(event, Finished):
                    return text, event.made
                if isinstance(event, Piece):
                    text += without_controls(event.text)
                    if is_settled(then, text, whole=whole):
                        break
        return text, Made()


def _request(kept: KeptRun, actor: Actor, *, model: str) -> ChatRequest:
    metadata = kept.metadata
    assert metadata is not None  # noqa: S101 - else there was a hindrance
    return ChatRequest(
        turns=tuple(ChatTurn(role, content) for role, content in metadata.turns),
        sampling=sampling_of(kept.generation.parameters, seed=metadata.seed),
        continue_last=bool(metadata.begun),
        asker=actor.uuid,
        priority=Priority.BATCH,
        model=model,
        alone=True,
    )
