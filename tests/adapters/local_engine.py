"""An engine with a worker process, and what tests look for in both."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path

from hearth_reflex.domain.generation import ChatRequest, ChatTurn, EngineEvent, EngineHealth, Piece, Sampling
from hearth_reflex.errors import EngineBusyError
from hearth_reflex.llm.config import EngineConfig
from hearth_reflex.llm.supervisor import LocalEngine

BRIEF = Sampling(temperature=0, max_tokens=12, repeat_penalty=1)
SHORT = ChatRequest((ChatTurn("user", "Hi"),), Sampling(temperature=0, max_tokens=2))
ENDLESS = ChatRequest(
    (ChatTurn("user", "Go on."), ChatTurn("assistant", "red green blue " * 12 + "red")),
    Sampling(temperature=0, max_tokens=900, repeat_penalty=1),
    continue_last=True,
)


@asynccontextmanager
async def running(config: EngineConfig) -> AsyncIterator[LocalEngine]:
    engine = LocalEngine(config)
    await engine.start()
    try:
        yield engine
    finally:
        await engine.close()


def small(data_dir: Path, model: Path | None = None) -> EngineConfig:
    return EngineConfig(data_dir=data_dir, model_path=model, n_ctx=1024)


async def last_event(engine: LocalEngine, request: ChatRequest = SHORT) -> object:
    event: object = None
    async with aclosing(engine.stream(request)) as events:
        async for told in events:
            event = told
    return event


async def speaking(engine: LocalEngine, events: AsyncGenerator[EngineEvent, None]) -> int:
    """Read on until the first words; the worker's process."""
    while not isinstance(await anext(events), Piece):
        pass
    assert engine.worker_pid is not None
    return engine.worker_pid


async def drain(events: AsyncGenerator[EngineEvent, None]) -> None:
    async for _ in events:
        pass


async def until(engine: LocalEngine, check: Callable[[EngineHealth], bool]) -> EngineHealth:
    async with asyncio.timeout(30):
        while not check(await engine.health()):  # noqa: ASYNC110 - it changes with another process
            await asyncio.sleep(0.02)
    return await engine.health()


def up_after(falls: int) -> Callable[[EngineHealth], bool]:
    return lambda health: (health.status, health.restarts) == ("ready", falls)


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def environ_of(pid: int | None) -> set[bytes]:
    return set(Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"))


async def until_gone(pid: int) -> None:
    async with asyncio.timeout(15):
        while is_alive(pid):  # noqa: ASYNC110 - a process that is not our child
            await asyncio.sleep(0.02)


async def unloaded(engine: LocalEngine) -> None:
    """Unloads it as soon as the worker has noticed that its callers are gone."""
    async with asyncio.timeout(10):
        while True:
            with suppress(EngineBusyError):
                return await engine.unload()
            await asyncio.sleep(0.02)
