"""Fetching models from a hub that breaks off, lies, is slow or is not there. The hub is a local server of its shape."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlmodel import select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.model import ModelFile, ModelPull, PullStatus
from hearth_reflex.errors import ConflictError, ForbiddenError, HubError, NotFoundError
from hearth_reflex.llm import shelf
from hearth_reflex.llm.hub import Hub, HubFile
from hearth_reflex.services import pulls as pulls_module
from hearth_reflex.services.access import Actor
from hearth_reflex.services.pulls import Pulls, PullView
from tests import gguf_files
from tests.clocks import HandClock
from tests.factories import guest, house_keeper
from tests.hubs import COMMIT, HubServer, serving

REPO = "fire/place"


@pytest.fixture
def data(tmp_path: Path) -> bytes:
    return gguf_files.model(tmp_path / "source.gguf", name="Fetched").read_bytes()


@pytest.fixture
async def hub(data: bytes) -> AsyncIterator[HubServer]:
    files = {"README.md": b"# Fire", "Q4/small.gguf": data, "other.gguf": data}
    async with serving(HubServer(files)) as hub:
        yield hub


@pytest.fixture
async def keeper(house: House) -> Actor:
    return await house_keeper(house)


Make = Callable[..., Pulls]


@pytest.fixture
async def make(house: House, hub: HubServer) -> AsyncIterator[Make]:
    """Makes the fetching side of one worker of the house."""
    made = list[Pulls]()

    def make(*, token: str = "", url: str = "", worker: str = "one") -> Pulls:
        pulls = Pulls(
            database=house.database,
            clock=house.clock,
            shelf=shelf.Shelf(house.settings.models_dir),
            models=house.models,
            hub=Hub(url=url or hub.url, token=token, pause=0.001),
            worker=worker,
        )
        made.append(pulls)
        return pulls

    yield make
    for pulls in made:
        await pulls.close()


@pytest.fixture
def pulls(make: Make) -> Pulls:
    return make()


async def fetched(pulls: Pulls, keeper: Actor, file: str = "Q4/small.gguf") -> PullView:
    """Fetches to the end, whatever it is."""
    await pulls.start(keeper, REPO, file)
    await pulls.ended()
    return (await pulls.list(keeper))[0]


def names(house: House) -> list[str]:
    return sorted(path.name for path in house.settings.models_dir.iterdir() if path.name != ".fetching")


async def test_off_until_the_operator_allows_it(house: House, keeper: Actor) -> None:
    for attempt in (house.pulls.offers(keeper, REPO), house.pulls.start(keeper, REPO, "a.gguf")):
        with pytest.raises(ForbiddenError) as told:
            await attempt
        assert told.value.code == "hub_off"


async def test_only_who_keeps_the_house(house: House, pulls: Pulls, hub: HubServer) -> None:
    stranger = await guest(house, "미나")
    for attempt in (pulls.offers(stranger, REPO), pulls.start(stranger, REPO, "a.gguf"), pulls.list(stranger)):
        with pytest.raises(ForbiddenError) as told:
            await attempt
        assert told.value.code == "admin_only"
    assert hub.asked == []


async def test_what_a_repository_offers(pulls: Pulls, keeper: Actor, hub: HubServer, data: bytes) -> None:
    assert await pulls.offers(keeper, f" {REPO} ") == [
        HubFile("Q4/small.gguf", len(data)),
        HubFile("other.gguf", len(data)),
    ]
    assert {where for where, _, _ in hub.asked} == {"info"}


class TestFetch:
    async def test_a_whole_file_becomes_a_model(
        self, pulls: Pulls, keeper: Actor, house: House, hub: HubServer, data: bytes
    ) -> None:
        pull = await fetched(pulls, keeper)
        assert (pull.status, pull.error, pull.done_bytes, pull.total_bytes) == ("done", "", len(data), len(data))
        assert names(house) == ["small.gguf"]
        async with house.database.read() as db:
            row = (await db.exec(select(ModelFile).where(ModelFile.path == "small.gguf"))).one()
        assert (house.settings.models_dir / "small.gguf").read_bytes() == data
        assert row.source == f"{REPO}/Q4/small.gguf@{COMMIT}"
        assert len(row.sha256) == 64
        assert row.facts["name"] == "Fetched"

    async def test_a_broken_connection_goes_on_where_it_was(
        self, pulls: Pulls, keeper: Actor, hub: HubServer, data: bytes
    ) -> None:
        hub.breaks = [5000, 7000, 1000]
        assert (await fetched(pulls, keeper)).status == "done"
        starts = [int(asked[6:-1]) for where, asked, _ in hub.asked if where == "bytes" and asked]
        assert starts == sorted(starts)
        assert len(starts) == 4
        assert starts[-1] > 0

    async def test_a_server_that_does_not_resume(self, pulls: Pulls, keeper: Actor, hub: HubServer) -> None:
        hub.breaks, hub.ranges = [5000], False
        assert (await fetched(pulls, keeper)).status == "done"

    async def test_a_connection_that_stays_broken(
        self, pulls: Pulls, keeper: Actor, house: House, hub: HubServer
    ) -> None:
        hub.breaks = [3000] + [0] * 50
        pull = await fetched(pulls, keeper)
        assert (pull.status, pull.error) == ("failed", "hub_offline")
        assert 0 < pull.done_bytes < pull.total_bytes
        hub.breaks = []
        again = await fetched(pulls, keeper)
        assert (again.id, again.status) == (pull.id, "done")

    async def test_another_file_than_was_told_is_thrown_away(
        self, pulls: Pulls, keeper: Actor, house: House, hub: HubServer
    ) -> None:
        hub.lie = "ab" * 32
        pull = await fetched(pulls, keeper)
        assert (pull.status, pull.error) == ("failed", "hub_checksum")
        assert names(house) == []

    async def test_a_hub_that_tells_no_checksum(self, pulls: Pulls, keeper: Actor, hub: HubServer) -> None:
        hub.lie = "1234"
        with pytest.raises(HubError) as told:
            await pulls.start(keeper, REPO, "Q4/small.gguf")
        assert told.value.code == "hub_checksum"

    async def test_what_is_no_model_is_thrown_away(
        self, pulls: Pulls, keeper: Actor, house: House, hub: HubServer
    ) -> None:
        hub.files["film.gguf"] = b"MKV " * 5000
        pull = await fetched(pulls, keeper, "film.gguf")
        assert (pull.status, pull.error) == ("failed", "model_file")
        assert names(house) == []

    async def test_all_parts_of_a_split_model(
        self, pulls: Pulls, keeper: Actor, house: House, hub: HubServer, tmp_path: Path
    ) -> None:
        paths = gguf_files.split(tmp_path, "big")
        hub.files |= {f"parts/{path.name}": path.read_bytes() for path in paths}
        (offered,) = [one for one in await pulls.offers(keeper, REPO) if one.file.startswith("parts/")]
        assert offered == HubFile(f"parts/{paths[0].name}", sum(path.stat().st_size for path in paths))
        pull = await fetched(pulls, keeper, offered.file)
        assert (pull.status, pull.done_bytes) == ("done", offered.size_bytes)
        assert names(house) == [path.name for path in paths]

    async def test_the_key_goes_to_the_hub_and_not_where_it_redirects(
        self, make: Make, keeper: Actor, hub: HubServer
    ) -> None:
        hub.key = "hf_key"
        assert (await fetched(make(token="hf_key"), keeper)).status == "done"
        assert {key for where, _, key in hub.asked if where == "resolve"} == {"Bearer hf_key"}
        assert {key for where, _, key in hub.asked if where == "bytes"} == {""}


class TestRefusals:
    async def refused(self, pulls: Pulls, keeper: Actor, repo: str = REPO, file: str = "Q4/small.gguf") -> str:
        with pytest.raises(HubError) as told:
            await pulls.start(keeper, repo, file)
        with pytest.raises(HubError) as also:
            await pulls.offers(keeper, repo) if file != "none.gguf" else await pulls.start(keeper, repo, file)
        assert also.value.code == told.value.code
        return told.value.code

    async def test_nobody_answers(self, make: Make, keeper: Actor, hub: HubServer) -> None:
        async with serving(HubServer({})) as gone:
            pass
        assert await self.refused(make(url=gone.url), keeper) == "hub_offline"

    async def test_unknown_repository_and_file(self, pulls: Pulls, keeper: Actor) -> None:
        assert await self.refused(pulls, keeper, repo="fire/nothing") == "hub_missing"
        assert await self.refused(pulls, keeper, file="none.gguf") == "hub_missing"

    async def test_a_key_is_wanted(self, make: Make, keeper: Actor, hub: HubServer) -> None:
        hub.key = "right"
        assert await self.refused(make(), keeper) == "hub_key"
        assert await self.refused(make(token="wrong"), keeper) == "hub_key"
        hub.key, hub.gated = "", True
        assert await self.refused(make(), keeper) == "hub_key"

    async def test_the_bytes_are_refused(self, pulls: Pulls, keeper: Actor, hub: HubServer) -> None:
        for status, code in ((403, "hub_key"), (404, "hub_missing"), (500, "hub_offline"), (418, "hub")):
            hub.refuse = status
            assert (await fetched(pulls, keeper)).error == code

    @pytest.mark.parametrize("repo", ["", "..", "a/b/c", "a/../b", "http://elsewhere/a", "a b/c", "a/b?x", "a/b#x"])
    async def test_what_is_no_repository_is_not_asked_for(
        self, pulls: Pulls, keeper: Actor, hub: HubServer, repo: str
    ) -> None:
        with pytest.raises(HubError) as told:
            await pulls.start(keeper, repo, "a.gguf")
        assert told.value.code == "hub_missing"
        assert hub.asked == []

    @pytest.mark.parametrize("file", ["../a.gguf", "a//b.gguf", "/a.gguf", "a\\b.gguf", "a/./b.gguf"])
    async def test_nor_what_is_no_file_of_one(self, pulls: Pulls, keeper: Actor, hub: HubServer, file: str) -> None:
        with pytest.raises(HubError):
            await pulls.start(keeper, REPO, file)
        assert hub.asked == []

    async def test_no_room_on_the_disk(
        self, pulls: Pulls, keeper: Actor, hub: HubServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shelf, "SPARE_BYTES", 10**18)
        with pytest.raises(HubError) as told:
            await pulls.start(keeper, REPO, "other.gguf")
        assert told.value.code == "hub_space"
        assert "bytes" not in {where for where, _, _ in hub.asked}

    async def test_a_name_that_is_taken(self, pulls: Pulls, keeper: Actor, house: House) -> None:
        await fetched(pulls, keeper, "other.gguf")
        with pytest.raises(ConflictError) as told:
            await pulls.start(keeper, REPO, "other.gguf")
        assert told.value.code == "model_taken"


class TestOnTheWay:
    @pytest.fixture(autouse=True)
    def brisk(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pulls_module, "WRITE_SECONDS", 0.01)

    @pytest.fixture
    async def held(self, pulls: Pulls, keeper: Actor, hub: HubServer) -> PullView:
        """A fetch that has come half of the way."""
        hub.hold = asyncio.Event()
        pull = await pulls.start(keeper, REPO, "Q4/small.gguf")
        await hub.holding.wait()
        return pull

    async def until(self, pulls: Pulls, keeper: Actor, holds: Callable[[PullView], bool]) -> PullView:
        """Looks again and again, as another process has to."""
        for _ in range(1000):
            if holds(pull := (await pulls.list(keeper))[0]):
                return pull
            await asyncio.sleep(0.01)
        raise TimeoutError

    async def test_progress_is_seen_by_another_worker(self, make: Make, keeper: Actor, held: PullView) -> None:
        seen = await self.until(make(worker="two"), keeper, lambda pull: pull.done_bytes > 0)
        assert (seen.id, seen.status) == (held.id, "running")
        assert 0 < seen.done_bytes < seen.total_bytes

    async def test_one_at_a_time_in_a_house(self, pulls: Pulls, make: Make, keeper: Actor, held: PullView) -> None:
        for worker in (pulls, make(worker="two")):
            with pytest.raises(ConflictError) as told:
                await worker.start(keeper, REPO, "other.gguf")
            assert told.value.code == "pull_running"

    async def test_stop_keeps_what_came_and_goes_on_later(
        self, pulls: Pulls, keeper: Actor, house: House, hub: HubServer, held: PullView
    ) -> None:
        await pulls.stop(keeper, held.id)
        (stopped,) = await pulls.list(keeper)
        assert (stopped.status, stopped.error) == ("stopped", "")
        assert [name.endswith(".part") for name in names(house)] == [True]
        assert hub.hold is not None
        hub.hold.set()
        done = await fetched(pulls, keeper)
        assert (done.id, done.status) == (held.id, "done")
        assert next(asked for where, asked, _ in reversed(hub.asked) if where == "bytes") != "bytes=0-"
        await pulls.stop(keeper, held.id)  # too late is no error
        assert (await pulls.list(keeper))[0].status == "done"

    async def test_another_worker_stops_it(self, pulls: Pulls, make: Make, keeper: Actor, held: PullView) -> None:
        await make(worker="two").stop(keeper, held.id)
        await asyncio.wait_for(pulls.ended(), 10)
        assert (await pulls.list(keeper))[0].status == "stopped"

    async def test_a_restart_is_told_and_goes_on(
        self, pulls: Pulls, make: Make, keeper: Actor, hub: HubServer, held: PullView
    ) -> None:
        await pulls.close()
        (cut,) = await pulls.list(keeper)
        assert (cut.status, cut.error) == ("failed", "hub_interrupted")
        assert hub.hold is not None
        hub.hold.set()
        assert (await fetched(make(worker="two"), keeper)).status == "done"

    async def test_a_worker_that_died_is_shown_as_failed(
        self, pulls: Pulls, house: House, keeper: Actor, clock: HandClock
    ) -> None:
        async with house.database.write() as db:
            db.add(ModelPull(repo=REPO, file="Q4/small.gguf", worker="dead", heartbeat_at=clock.now(), total_bytes=9))
        assert (await pulls.list(keeper))[0].status == "running"
        clock.forward(seconds=16)
        (lost,) = await pulls.list(keeper)
        assert (lost.status, lost.error) == ("failed", "hub_interrupted")
        done = await fetched(pulls, keeper)
        assert (done.id, done.status) == (lost.id, "done")

    async def test_an_unknown_one_cannot_be_stopped(self, pulls: Pulls, keeper: Actor) -> None:
        for uuid in ("", "no uuid", "00000000-0000-0000-0000-000000000000"):
            with pytest.raises(NotFoundError) as told:
                await pulls.stop(keeper, uuid)
            assert told.value.code == "pull_unknown"

    async def test_nothing_is_left_running(self, pulls: Pulls, house: House, held: PullView) -> None:
        await pulls.close()
        async with house.database.read() as db:
            rows = (await db.exec(select(ModelPull).where(ModelPull.status == PullStatus.RUNNING.value))).all()
        assert rows == []


async def test_the_hub_learns_no_more_than_it_must(pulls: Pulls, keeper: Actor, hub: HubServer) -> None:
    await fetched(pulls, keeper)
    for agent in hub.agents:
        assert not any(word in agent.lower() for word in ("torch", "session_id", "linux"))
