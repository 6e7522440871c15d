"""What was read of a room is dropped when the room goes: in the engine's memory, on its disk, for every model."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from hearth_reflex.domain.generation import Finished
from hearth_reflex.llm.config import EngineConfig
from hearth_reflex.llm.fleet import Fleet
from hearth_reflex.llm.kept import KeptStore, forget_kept, kept_folder
from tests.adapters.hall import Hall
from tests.adapters.test_batching import pattern

WORTH = 20  # tokens: all prompts begin alike for a few


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    opened = Hall(EngineConfig(data_dir=tmp_path, n_ctx=2048, n_seq=4, n_threads=1))
    yield opened
    opened.close()


def kept_tokens(hall: Hall, number: int) -> int:
    """Asks the same again; how much of the prompt did not have to be read."""
    return hall.ask(pattern(number)).whole()[1].usage.kept_tokens


def test_a_forgotten_room_is_read_anew_and_others_are_not(hall: Hall) -> None:
    for number in (1, 2):
        hall.ask(pattern(number)).whole()
    assert kept_tokens(hall, 1) > WORTH
    hall.stage.forget(pattern(1).affinity)
    assert kept_tokens(hall, 1) < WORTH
    assert kept_tokens(hall, 2) > WORTH


def test_a_room_that_is_forgotten_while_it_speaks_is_not_kept_afterwards(tmp_path: Path) -> None:
    hall = Hall(EngineConfig(data_dir=tmp_path, n_ctx=2048, n_seq=2, n_threads=1))
    for number in (1, 2):  # long enough to be worth a file when the engine ends
        asked = hall.ask(pattern(number, tokens=40, times=100))
        asked.wait_for_pieces(1)
        if number == 1:
            hall.stage.forget(asked.job.room)
        asked.whole()
    hall.close()
    assert len(list((tmp_path / "kept").iterdir())) == 1


def test_files_go_for_every_model_and_an_open_store_thinks_no_more_of_them(tmp_path: Path) -> None:
    tokens, root = list(range(400)), kept_folder(tmp_path)
    stores = [KeptStore(root / model, fingerprint="f", limit_bytes=10_000) for model in ("one", "two")]
    for store in stores:
        store.put("attic", tokens, b"state")
        store.put("cellar", list(range(400, 800)), b"other")
    stores[0].close()
    found = stores[1].find([*tokens, 7])
    assert found is not None
    assert stores[1].read(found).result() == b"state"  # whatever was to be written is written
    assert forget_kept(root, ["attic", "nowhere"]) == 2
    assert stores[1].read(found).result() == b""
    stores[1].close()
    assert len(list(root.glob("*/*"))) == 2
    assert forget_kept(tmp_path / "no such folder", ["attic"]) == 0


async def test_a_fleet_that_sleeps_forgets_what_lies_on_disk(tmp_path: Path) -> None:
    store = KeptStore(kept_folder(tmp_path) / "one", fingerprint="f", limit_bytes=10_000)
    store.put("attic", list(range(400)), b"state")
    store.close()
    fleet = Fleet(EngineConfig(data_dir=tmp_path), most_loaded=1)
    await fleet.forget_rooms(["attic"])
    assert list(kept_folder(tmp_path).glob("*/*")) == []
    await fleet.close()


async def test_a_worker_is_told(tmp_path: Path) -> None:
    fleet = Fleet(EngineConfig(data_dir=tmp_path, n_ctx=1024, n_seq=2, n_threads=1), most_loaded=1)
    request = pattern(1)

    async def kept() -> int:
        async for event in fleet.default.stream(request):
            if isinstance(event, Finished):
                return event.usage.kept_tokens
        raise AssertionError

    await fleet.default.start()
    async with asyncio.timeout(120):
        await kept()
        assert await kept() > WORTH
        await fleet.forget_rooms([request.affinity])
        assert await kept() < WORTH
    await fleet.close()
