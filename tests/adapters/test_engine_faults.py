"""What goes wrong with the engine process: killed, frozen, orphaned, asked to load what is no model."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from hearth_reflex.domain.generation import Finished
from hearth_reflex.errors import (
    EngineCrashedError,
    EngineError,
    EngineMemoryError,
    ModelBrokenError,
    ModelMissingError,
)
from hearth_reflex.llm.config import EngineConfig, demo_model_file
from hearth_reflex.llm.supervisor import LocalEngine
from tests import gguf_files
from tests.adapters.local_engine import (
    BRIEF,
    ENDLESS,
    drain,
    environ_of,
    is_alive,
    last_event,
    running,
    small,
    speaking,
    until,
    until_gone,
    up_after,
)


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


async def test_one_that_falls_again_and_again_is_tried_with_less(tmp_path: Path) -> None:
    async with running(EngineConfig(data_dir=tmp_path, n_ctx=2048)) as engine:
        for falls in range(3):
            health = await until(engine, up_after(falls))
            assert not health.parameters["reduced"]
            assert engine.worker_pid is not None
            os.kill(engine.worker_pid, signal.SIGKILL)
        health = await until(engine, up_after(3))
        assert (health.parameters["reduced"], health.context_tokens) == (True, 1024)


async def test_a_model_is_taken_away_while_it_loads(tmp_path: Path) -> None:
    async with running(small(tmp_path)) as engine:
        await until(engine, lambda _: engine.worker_pid is not None)
        await engine.unload()
        assert (await engine.health()).status == "asleep"
        assert isinstance(await last_event(engine), Finished)
        assert (await engine.health()).restarts == 0


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
