"""Several models in one house, of which only so many are in memory at once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from hearth_reflex.domain.generation import ChatRequest, ChatTurn, Finished, Piece, Sampling
from hearth_reflex.errors import EngineBusyError, ModelBrokenError
from hearth_reflex.llm.config import EngineConfig, demo_model_file
from hearth_reflex.llm.fleet import Fleet
from hearth_reflex.llm.supervisor import LocalEngine

SHORT = ChatRequest((ChatTurn("user", "Hi"),), Sampling(temperature=0, max_tokens=2))
ENDLESS = ChatRequest(
    (ChatTurn("user", "Go on."), ChatTurn("assistant", "red green blue " * 12 + "red")),
    Sampling(temperature=0, max_tokens=900, repeat_penalty=1),
    continue_last=True,
)

LONG = replace(ENDLESS, sampling=replace(ENDLESS.sampling, max_tokens=120))


@asynccontextmanager
async def fleet_of(data_dir: Path, *, most: int = 1, place_timeout_s: float = 60.0) -> AsyncIterator[Fleet]:
    base = EngineConfig(data_dir=data_dir, n_ctx=1024, n_seq=2, place_timeout_s=place_timeout_s)
    fleet = Fleet(base, most_loaded=most)
    try:
        yield fleet
    finally:
        await fleet.close()


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Models of their own, as far as names go."""
    paths = [tmp_path / f"{name}.gguf" for name in ("one", "two", "three")]
    for path in paths:
        path.symlink_to(demo_model_file())
    return paths


async def answers(engine: LocalEngine) -> bool:
    return isinstance([event async for event in engine.stream(SHORT)][-1], Finished)


async def status_of(engine: LocalEngine) -> str:
    return (await engine.health()).status


async def until(check: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not check():  # noqa: ASYNC110 - it changes with other processes
            await asyncio.sleep(0.02)


async def test_one_engine_a_file(tmp_path: Path, files: list[Path]) -> None:
    async with fleet_of(tmp_path) as fleet:
        assert fleet.engine_for(None) is fleet.default is fleet.engine_for(demo_model_file())
        assert fleet.engine_for(files[0]) is fleet.engine_for(tmp_path / "elsewhere" / ".." / "one.gguf")
        assert fleet.engine_for(files[0]) is not fleet.engine_for(files[1])
        assert [await status_of(fleet.engine_for(file)) for file in files] == ["asleep"] * 3
        health = await fleet.engine_for(files[0]).health()
        assert (health.model, health.demo, health.context_tokens) == ("one", False, 1024)


async def test_another_default_leaves_the_demo_model_as_one_of_many(tmp_path: Path, files: list[Path]) -> None:
    fleet = Fleet(EngineConfig(data_dir=tmp_path, model_path=files[0]), most_loaded=1)
    assert fleet.engine_for(files[0]) is fleet.default
    demo = fleet.engine_for(None)
    assert demo is not fleet.default
    assert (await demo.health()).demo
    await fleet.close()


async def test_the_one_that_rested_gives_way_and_comes_back_when_it_is_asked(tmp_path: Path, files: list[Path]) -> None:
    async with fleet_of(tmp_path) as fleet:
        await fleet.default.start()
        assert await answers(fleet.default)
        assert fleet.loaded() == [None]
        one = fleet.engine_for(files[0])
        assert await answers(one)
        assert fleet.loaded() == [files[0]]
        assert (await status_of(fleet.default), await status_of(one)) == ("asleep", "ready")
        assert fleet.default.worker_pid is None
        assert await answers(fleet.default)
        assert fleet.loaded() == [None]


async def test_the_least_recent_goes_first(tmp_path: Path, files: list[Path]) -> None:
    async with fleet_of(tmp_path, most=2) as fleet:
        one, two, three = (fleet.engine_for(file) for file in files)
        for engine in (one, two, one, three):
            assert await answers(engine)
        assert fleet.loaded() == [files[0], files[2]]
        assert await status_of(two) == "asleep"


async def test_one_that_speaks_is_waited_for(tmp_path: Path, files: list[Path]) -> None:
    async with fleet_of(tmp_path) as fleet:
        one, two = fleet.engine_for(files[0]), fleet.engine_for(files[1])
        async with aclosing(one.stream(LONG)) as events:
            while not isinstance(await anext(events), Piece):
                pass
            asked = asyncio.create_task(answers(two))
            await until(lambda: fleet.loaded() == files[:2])  # the second one is on its way in
            *_, last = [event async for event in events]
            assert isinstance(last, Finished)  # and did not get there before this was said
            assert last.usage.output_tokens == LONG.sampling.max_tokens
        assert await asked
        assert fleet.loaded() == [files[1]]


async def test_who_waits_in_vain_is_told_so(tmp_path: Path, files: list[Path]) -> None:
    async with fleet_of(tmp_path) as patient:
        one = patient.engine_for(files[0])
        await one.load()
        async with fleet_of(tmp_path, place_timeout_s=0.5) as fleet, aclosing(one.stream(ENDLESS)) as events:
            two = fleet.engine_for(files[1])
            await anext(events)
            with pytest.raises(EngineBusyError):
                await answers(two)
            assert await status_of(one) == "ready"
            await until(lambda: fleet.loaded() == [])  # nobody wants it any more


async def test_the_count_holds_for_all_processes_of_the_house(tmp_path: Path, files: list[Path]) -> None:
    async with fleet_of(tmp_path) as here, fleet_of(tmp_path) as there:
        await here.default.start()
        await there.default.start()
        assert await answers(here.default)
        assert await answers(there.default)
        assert await answers(there.engine_for(files[0]))
        # Neither process snatches the place back for the default, which nobody asks for now.
        await until(lambda: not here.default.in_memory and not there.default.in_memory)
        assert await status_of(here.engine_for(files[0])) == "ready"
        assert (await status_of(here.default), await status_of(there.default)) == ("asleep", "asleep")
        assert await answers(here.default)
        await until(lambda: not there.engine_for(files[0]).in_memory)


async def test_a_broken_model_hurts_no_other(tmp_path: Path, files: list[Path]) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(4096))
    async with fleet_of(tmp_path, most=2) as fleet:
        await fleet.load(files[0])
        with pytest.raises(ModelBrokenError):
            await fleet.load(broken)
        assert await answers(fleet.engine_for(files[0]))
        # Its worker holds a place only until somebody else needs it.
        assert await answers(fleet.engine_for(files[1]))
        assert await status_of(fleet.engine_for(files[0])) == "ready"
        assert await status_of(fleet.engine_for(broken)) == "unavailable"


async def test_unload_and_load(tmp_path: Path, files: list[Path]) -> None:
    async with fleet_of(tmp_path) as fleet:
        await fleet.load(files[0])
        await fleet.unload(files[0])
        assert fleet.loaded() == []
        await fleet.unload(files[0])  # it sleeps already
        await fleet.load(files[0])
        assert fleet.loaded() == [files[0]]
