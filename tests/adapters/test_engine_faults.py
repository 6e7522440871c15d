"""What goes wrong with the engine process: killed, frozen, orphaned, asked to load what is no model."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from hearth_reflex.domain.generation import ChatRequest, ChatTurn, EngineEvent, EngineHealth, Finished, Piece, Sampling
from hearth_reflex.errors import EngineCrashedError, EngineError, ModelBrokenError, ModelMissingError
from hearth_reflex.llm.config import EngineConfig, demo_model_file
from hearth_reflex.llm.supervisor import LocalEngine

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


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


async def until_gone(pid: int) -> None:
    async with asyncio.timeout(15):
        while is_alive(pid):  # noqa: ASYNC110 - a process that is not our child
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_worker_that_falls_or_freezes_under_a_reply(tmp_path: Path, blow: signal.Signals) -> None:
    async with running(small(tmp_path)) as engine:
        async with asyncio.timeout(12):
            async with aclosing(engine.stream(ENDLESS)) as events:
                pid = await speaking(engine, events)
                os.kill(pid, blow)
                with pytest.raises(EngineCrashedError):
                    await drain(events)
        assert isinstance(await last_event(engine), Finished)
        health = await engine.health()
        assert (health.status, health.restarts) == ("ready", 1)
        assert engine.worker_pid != pid
        assert not is_alive(pid)


@pytest.mark.parametrize(
    ("content", "error"),
    [(None, ModelMissingError), (b"not a model " * 50, ModelBrokenError), (b"cut", ModelBrokenError)],
    ids=["missing", "no gguf", "truncated"],
)
async def test_no_usable_model(tmp_path: Path, content: bytes | None, error: type[EngineError]) -> None:
    model = tmp_path / "model.gguf"
    if content == b"cut":
        content = demo_model_file().read_bytes()[: 50 << 20]
    if content is not None:
        model.write_bytes(content)
    async with running(small(tmp_path, model)) as engine:
        with pytest.raises(error) as raised:
            await last_event(engine)
        health = await engine.health()
        assert (health.status, health.reason) == ("unavailable", raised.value.code)
        assert (health.restarts, health.demo) == (0, False)
        with pytest.raises(error):
            await engine.count_tokens(["hi"])


async def test_a_model_put_there_later_is_found_by_reload(tmp_path: Path) -> None:
    model = tmp_path / "model.gguf"
    async with running(small(tmp_path, model)) as engine:
        await until(engine, lambda health: health.status == "unavailable")
        model.symlink_to(demo_model_file())
        await engine.reload()
        assert isinstance(await last_event(engine), Finished)
        assert (await engine.health()).restarts == 0


async def test_a_worker_that_cannot_start_is_given_up_after_a_few_tries(tmp_path: Path) -> None:
    # Too little memory for Python itself: it ends before it can say why.
    async with running(EngineConfig(data_dir=tmp_path, memory_limit_mb=8)) as engine:
        health = await until(engine, lambda health: health.status == "unavailable")
        assert health.reason == "engine_crashed"
        with pytest.raises(EngineCrashedError):
            await last_event(engine)
        assert engine.worker_pid is None


async def test_closing_ends_the_worker_even_a_frozen_one(tmp_path: Path) -> None:
    async with running(small(tmp_path)) as engine:
        assert isinstance(await last_event(engine), Finished)
        pid = engine.worker_pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
    assert not is_alive(pid)


async def test_a_second_web_process_shares_the_worker_and_takes_over(tmp_path: Path) -> None:
    first, second = LocalEngine(small(tmp_path)), LocalEngine(small(tmp_path))
    await first.start()
    assert isinstance(await last_event(first), Finished)
    await second.start()
    try:
        assert isinstance(await last_event(second), Finished)
        assert second.worker_pid is None
        await first.close()
        await until(second, lambda health: health.status == "ready" and second.worker_pid is not None)
        assert isinstance(await last_event(second), Finished)
    finally:
        await first.close()
        await second.close()


ORPHAN = """
import asyncio, sys
from pathlib import Path
from hearth_reflex.llm.config import EngineConfig
from hearth_reflex.llm.supervisor import LocalEngine

async def main():
    engine = LocalEngine(EngineConfig(data_dir=Path(sys.argv[1]), n_ctx=256))
    await engine.start()
    await engine.count_tokens(["up"])
    sys.stderr.write(f"worker={engine.worker_pid}\\n")
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_the_worker_does_not_outlive_its_parent(tmp_path: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ORPHAN, str(tmp_path), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    assert parent.stderr is not None
    async with asyncio.timeout(30):
        while not (line := (await parent.stderr.readline()).decode()).startswith("worker="):
            assert line
    pid = int(line.partition("=")[2])
    assert is_alive(pid)
    parent.kill()
    await parent.wait()
    await until_gone(pid)
