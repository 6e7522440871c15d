"""What goes wrong with the engine process: killed, frozen, orphaned, asked to load what is no model."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from hearth_reflex.domain.generation import ChatRequest, ChatTurn, EngineEvent, EngineHealth, Finished, Piece, Sampling
from hearth_reflex.errors import (
    EngineBusyError,
    EngineCrashedError,
    EngineError,
    EngineMemoryError,
    ModelBrokenError,
    ModelMissingError,
)
from hearth_reflex.llm.address import OwnerLock
from hearth_reflex.llm.config import EngineConfig, demo_model_file
from hearth_reflex.llm.supervisor import LocalEngine
from tests import gguf_files

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


async def until_quiet(engine: LocalEngine) -> None:
    """The worker has noticed that its callers are gone."""
    await until(engine, lambda health: not health.running and not health.waiting)


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
        with pytest.raises(EngineMemoryError):
            await engine.load()
        health = await engine.health()
        assert (health.status, health.reason) == ("unavailable", "engine_memory")
        assert engine.worker_pid is None


async def test_a_context_larger_than_memory_is_made_smaller(tmp_path: Path) -> None:
    config = EngineConfig(data_dir=tmp_path, n_ctx=8192, memory_limit_mb=300)
    async with running(config) as engine:
        assert isinstance(await last_event(engine), Finished)
        health = await engine.health()
        assert (health.status, health.parameters["reduced"]) == ("ready", True)
        assert 1024 <= health.context_tokens < 8192
        assert health.streams < config.n_seq
        # It stays like this when it falls; asked for again, the whole is tried again.
        assert engine.worker_pid is not None
        os.kill(engine.worker_pid, signal.SIGKILL)
        await until(engine, lambda told: told.restarts > health.restarts and told.status == "ready")
        assert (await engine.health()).context_tokens == health.context_tokens


async def test_hostile_files_end_in_a_word_and_the_next_good_one_speaks(tmp_path: Path) -> None:
    model = tmp_path / "model.gguf"
    hostile = [
        gguf_files.model(tmp_path / "a.gguf", architecture="nonsense").read_bytes(),
        gguf_files.model(tmp_path / "b.gguf", architecture="bert").read_bytes(),
        gguf_files.model(tmp_path / "c.gguf").read_bytes()[:-100],
        gguf_files.HOSTILE["huge counts"],
        # llama.cpp does not refuse this one: it aborts.
        gguf_files.model(tmp_path / "d.gguf", numbers={"expert_count": 2**31 - 1}).read_bytes(),
    ]
    async with running(small(tmp_path, model)) as engine:
        for content in hostile:
            model.write_bytes(content)
            with pytest.raises(ModelBrokenError):
                await engine.load()
            health = await engine.health()
            assert (health.status, health.reason) == ("unavailable", "model_broken")
        model.unlink()
        model.symlink_to(demo_model_file())
        await engine.load()
        assert isinstance(await last_event(engine), Finished)


async def test_a_worker_that_is_told_to_end_gives_its_replies_a_while(tmp_path: Path) -> None:
    async with running(small(tmp_path)) as engine:
        long, short = engine.stream(ENDLESS), engine.stream(replace(ENDLESS, sampling=BRIEF))
        async with aclosing(long), aclosing(short), asyncio.timeout(20):
            pid = await speaking(engine, long)
            await speaking(engine, short)
            os.kill(pid, signal.SIGTERM)
            *_, last = [event async for event in short]
            assert isinstance(last, Finished)
            assert last.usage.output_tokens == BRIEF.max_tokens
            with pytest.raises(EngineCrashedError):
                await drain(long)
        assert isinstance(await last_event(engine), Finished)
        assert (await engine.health()).restarts == 1
        assert engine.worker_pid != pid


async def test_threads_of_other_libraries_are_bounded_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MKL_NUM_THREADS", "7")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    async with running(EngineConfig(data_dir=tmp_path, n_ctx=1024, n_threads=2)) as engine:
        await engine.load()
        environ = environ_of(engine.worker_pid)
    assert {b"OMP_NUM_THREADS=2", b"NUMEXPR_NUM_THREADS=2", b"MKL_NUM_THREADS=7"} <= environ


class TestAsleep:
    async def test_an_engine_that_nobody_needs_leaves_and_comes_back(self, tmp_path: Path) -> None:
        async with running(replace(small(tmp_path), idle_s=0.5)) as engine:
            await engine.load()
            pid = engine.worker_pid
            assert pid is not None
            health = await until(engine, lambda health: health.status == "asleep")
            assert (health.memory_bytes, health.context_tokens, health.reason) == (0, 1024, "")
            await until_gone(pid)
            assert engine.worker_pid is None
            lock = OwnerLock(tmp_path)
            assert lock.take()
            lock.release()

            assert isinstance(await last_event(engine), Finished)
            assert (await engine.health()).restarts == 0
            assert engine.worker_pid != pid

    async def test_a_long_reply_is_no_idleness(self, tmp_path: Path) -> None:
        async with running(replace(small(tmp_path), idle_s=0.2)) as engine:
            *_, last = [event async for event in engine.stream(ENDLESS)]
            assert isinstance(last, Finished)
            assert last.usage.total_ms > 400

    async def test_a_lazy_engine_has_no_worker_before_it_is_asked(self, tmp_path: Path) -> None:
        engine = LocalEngine(small(tmp_path), eager=False)
        await engine.start()
        try:
            health = await engine.health()
            assert (health.status, health.context_tokens, health.demo) == ("asleep", 1024, True)
            assert engine.worker_pid is None
            assert await engine.count_tokens(["hello"]) == [1]
            assert engine.worker_pid is not None
        finally:
            await engine.close()

    async def test_of_two_processes_whoever_is_asked_wakes_it_for_both(self, tmp_path: Path) -> None:
        config = replace(small(tmp_path), idle_s=0.5)
        async with running(config) as first, running(config) as second:
            await first.load()
            await second.load()
            for engine in (first, second):
                await until(engine, lambda health: health.status == "asleep")
            assert (first.worker_pid, second.worker_pid) == (None, None)
            async with aclosing(second.stream(ENDLESS)) as events:
                pid = await speaking(second, events)
                assert (await first.health()).status == "ready"
                assert isinstance(await last_event(first), Finished)
                assert (first.worker_pid, second.worker_pid) == (None, pid)

    async def test_it_is_not_taken_from_who_uses_it(self, tmp_path: Path) -> None:
        async with running(small(tmp_path)) as engine:
            async with aclosing(engine.stream(ENDLESS)) as events:
                await speaking(engine, events)
                with pytest.raises(EngineBusyError):
                    await engine.unload()
                await speaking(engine, events)
            await until_quiet(engine)
            await engine.unload()
            assert (await engine.health()).status == "asleep"
            await engine.load()
            assert (await engine.health()).status == "ready"

    async def test_a_model_that_failed_stays_so_until_it_is_loaded_again(self, tmp_path: Path) -> None:
        model = tmp_path / "model.gguf"
        async with running(replace(small(tmp_path, model), idle_s=0.2)) as engine:
            with pytest.raises(ModelMissingError):
                await engine.load()
            await until(engine, lambda _: engine.worker_pid is None)
            with pytest.raises(ModelMissingError):
                await last_event(engine)
            assert engine.worker_pid is None
            model.symlink_to(demo_model_file())
            await engine.load()
            assert (await engine.health()).status == "ready"


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
from tests import gguf_files

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
