"""A model leaves the memory when nobody needs it, and is there again for who asks."""

from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from hearth_reflex.domain.generation import Finished
from hearth_reflex.errors import EngineBusyError, ModelMissingError
from hearth_reflex.llm.address import OwnerLock
from hearth_reflex.llm.config import demo_model_file
from hearth_reflex.llm.supervisor import LocalEngine
from tests.adapters.local_engine import ENDLESS, last_event, running, small, speaking, unloaded, until, until_gone


async def test_an_engine_that_nobody_needs_leaves_and_comes_back(tmp_path: Path) -> None:
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


async def test_a_long_reply_is_no_idleness(tmp_path: Path) -> None:
    async with running(replace(small(tmp_path), idle_s=0.2)) as engine:
        asked = replace(ENDLESS, sampling=replace(ENDLESS.sampling, max_tokens=400))
        *_, last = [event async for event in engine.stream(asked)]
        assert isinstance(last, Finished)
        assert last.usage.total_ms > 400


async def test_a_lazy_engine_has_no_worker_before_it_is_asked(tmp_path: Path) -> None:
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


async def test_of_two_processes_whoever_is_asked_wakes_it_for_both(tmp_path: Path) -> None:
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


async def test_it_is_not_taken_from_who_uses_it(tmp_path: Path) -> None:
    async with running(small(tmp_path)) as engine:
        async with aclosing(engine.stream(ENDLESS)) as events:
            await speaking(engine, events)
            with pytest.raises(EngineBusyError):
                await engine.unload()
            await speaking(engine, events)
        await unloaded(engine)
        assert (await engine.health()).status == "asleep"
        await engine.load()
        assert (await engine.health()).status == "ready"


async def test_a_model_that_failed_stays_so_until_it_is_loaded_again(tmp_path: Path) -> None:
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
