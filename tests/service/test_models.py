"""Model files: in step with the folder, told with their facts, brought in, removed, loaded; by the keeper alone."""

import errno
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hearth_reflex.bootstrap import House
from hearth_reflex.domain.generation import EngineHealth
from hearth_reflex.domain.refs import local_ref
from hearth_reflex.errors import (
    ConflictError,
    EngineBusyError,
    EngineError,
    ForbiddenError,
    InputError,
    ModelMissingError,
    NotFoundError,
)
from hearth_reflex.llm import shelf
from hearth_reflex.services import arrivals
from hearth_reflex.services.access import Actor
from hearth_reflex.services.models import Models, ModelView
from tests import gguf_files
from tests.clocks import HandClock
from tests.engines import ScriptedEngine
from tests.factories import guest, house_keeper


class OneEngine(ScriptedEngine):
    def __init__(self) -> None:
        super().__init__()
        self.told = EngineHealth(status="asleep")

    async def health(self) -> EngineHealth:
        return self.told


class HandFleet:
    """Loads and unloads as it is told, at once."""

    def __init__(self) -> None:
        self.engines: dict[Path | None, OneEngine] = {}
        self.busy: set[Path | None] = set()
        self.eyes: dict[Path | None, Path] = {}

    def engine_for(self, path: Path | None, *, projector: Path | None = None) -> OneEngine:
        if projector is not None:
            self.eyes[path] = projector
        return self.engines.setdefault(path, OneEngine())

    async def load(self, path: Path | None) -> None:
        self.engine_for(path).told = EngineHealth(status="ready")

    async def unload(self, path: Path | None) -> None:
        if path in self.busy:
            raise EngineBusyError
        self.engine_for(path).told = EngineHealth(status="asleep")


@pytest.fixture
async def keeper(house: House) -> Actor:
    return await house_keeper(house)


@pytest.fixture
def folder(house: House) -> Path:
    house.settings.models_dir.mkdir()
    return house.settings.models_dir


@pytest.fixture
def fleet() -> HandFleet:
    return HandFleet()


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    (tmp_path / "package").mkdir()
    return gguf_files.model(tmp_path / "package" / "demo-model.gguf", name="Demo")


@pytest.fixture
async def models(house: House, fleet: HandFleet, demo: Path, clock: HandClock) -> AsyncIterator[Models]:
    """Over a demo model that is small, so that its checksum is counted soon."""
    models = Models(
        database=house.database, clock=clock, shelf=shelf.Shelf(house.settings.models_dir), demo=demo, fleet=fleet
    )
    yield models
    await models.close()


async def seen(models: Models, keeper: Actor) -> dict[str, ModelView]:
    await models.scan(patience=None)
    return {view.file: view for view in await models.list(keeper)}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def pieces_of(data: bytes, size: int = 700) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


class TestScan:
    async def test_the_demo_model_is_always_there(self, models: Models, keeper: Actor) -> None:
        (view,) = (await seen(models, keeper)).values()
        assert (view.is_demo, view.removable, view.error, view.name) == (True, False, "", "Demo")
        assert await models.path_of(view.id) is None

    async def test_new_files_with_their_facts(self, models: Models, keeper: Actor, folder: Path) -> None:
        path = gguf_files.model(folder / "한글 모델.gguf", name="작은 모델")
        view = (await seen(models, keeper))["한글 모델.gguf"]
        assert (view.name, view.ref, view.status) == ("작은 모델", local_ref(view.id), "asleep")
        assert view.facts.parameters == gguf_files.parameters()
        assert view.size_bytes == path.stat().st_size
        assert view.ram_bytes > view.facts.weight_bytes
        assert view.fits
        assert await models.path_of(view.id) == path

    async def test_checksums_are_counted_afterwards(self, models: Models, keeper: Actor, folder: Path) -> None:
        path = gguf_files.model(folder / "a.gguf")
        await models.scan(patience=None)
        await models.counted()
        views = {view.file: view for view in await models.list(keeper)}
        assert views["a.gguf"].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()

    async def test_a_changed_file_is_read_anew(self, models: Models, keeper: Actor, folder: Path) -> None:
        gguf_files.model(folder / "a.gguf", name="One")
        before = (await seen(models, keeper))["a.gguf"]
        await models.counted()
        gguf_files.model(folder / "a.gguf", name="Two and more")
        after = (await seen(models, keeper))["a.gguf"]
        await models.counted()
        counted = (await seen(models, keeper))["a.gguf"]
        assert (after.id, after.name) == (before.id, "Two and more")
        assert counted.sha256 == hashlib.sha256((folder / "a.gguf").read_bytes()).hexdigest()

    async def test_a_file_that_goes_and_comes_back_is_the_same(
        self, models: Models, keeper: Actor, folder: Path
    ) -> None:
        path = gguf_files.model(folder / "a.gguf")
        before = (await seen(models, keeper))["a.gguf"]
        path.rename(folder / "away")
        gone = (await seen(models, keeper))["a.gguf"]
        assert (gone.id, gone.error, gone.status) == (before.id, "model_missing", "unavailable")
        with pytest.raises(ModelMissingError):
            await models.path_of(gone.id)
        (folder / "away").rename(path)
        assert (await seen(models, keeper))["a.gguf"].error == ""

    async def test_what_cannot_be_used_says_why(self, models: Models, keeper: Actor, folder: Path) -> None:
        (folder / "broken.gguf").write_bytes(b"GGUF and no more")
        gguf_files.projector(folder / "mmproj.gguf")
        gguf_files.encoder(folder / "vectors.gguf")
        gguf_files.split(folder, "big")[2].unlink()
        (folder / "folder.gguf").mkdir()
        (folder / "ring.gguf").symlink_to(folder / "ring.gguf")
        (folder / "notes.txt").write_text("no model")
        views = await seen(models, keeper)
        assert {name: view.error for name, view in views.items()} == {
            "demo-model.gguf": "",
            "broken.gguf": "model_broken",
            "mmproj.gguf": "model_kind",
            "vectors.gguf": "model_kind",
            "big-00001-of-00003.gguf": "model_part",
        }
        assert views["mmproj.gguf"].facts.kind == "projector"
        with pytest.raises(EngineError) as told:
            await models.path_of(views["mmproj.gguf"].id)
        assert told.value.code == "model_kind"

    async def test_a_missing_part_that_comes_makes_it_whole(self, models: Models, keeper: Actor, folder: Path) -> None:
        last = gguf_files.split(folder, "big")[2]
        last.rename(folder / "elsewhere")
        assert (await seen(models, keeper))["big-00001-of-00003.gguf"].error == "model_part"
        (folder / "elsewhere").rename(last)
        view = (await seen(models, keeper))["big-00001-of-00003.gguf"]
        assert (view.error, view.facts.parts) == ("", 3)

    async def test_the_operators_own_file_elsewhere(self, house: House, keeper: Actor, demo: Path) -> None:
        own = gguf_files.model(demo.parent / "own.gguf", name="Own")
        models = Models(
            database=house.database, clock=house.clock, shelf=shelf.Shelf(house.settings.models_dir), demo=demo, own=own
        )
        view = (await seen(models, keeper))["own.gguf"]
        await models.close()
        assert await models.path_of(view.id) == own
        with pytest.raises(ForbiddenError) as told:
            await models.remove(keeper, view.id)
        assert told.value.code == "model_kept"
        assert own.exists()

    async def test_two_scans_at_once_are_one(self, models: Models, keeper: Actor, folder: Path) -> None:
        gguf_files.model(folder / "a.gguf")
        await models.scan(patience=0)
        assert list(await seen(models, keeper)) == ["demo-model.gguf", "a.gguf"]

    async def test_an_older_rows_operator_file_is_never_deleted(
        self, house: House, models: Models, keeper: Actor, demo: Path
    ) -> None:
        own = gguf_files.model(demo.parent / "own.gguf")
        first = Models(
            database=house.database, clock=house.clock, shelf=shelf.Shelf(house.settings.models_dir), demo=demo, own=own
        )
        await first.scan(patience=None)
        await first.close()
        view = (await seen(models, keeper))["own.gguf"]  # a house whose settings name it no more
        assert view.error == "model_missing"
        await models.remove(keeper, view.id)
        assert own.exists()
        assert "own.gguf" not in await seen(models, keeper)


class TestUse:
    async def test_load_and_unload(self, models: Models, keeper: Actor, folder: Path, fleet: HandFleet) -> None:
        path = gguf_files.model(folder / "a.gguf")
        view = (await seen(models, keeper))["a.gguf"]
        await models.load(keeper, view.id)
        assert (await seen(models, keeper))["a.gguf"].status == "ready"
        fleet.busy.add(path)
        with pytest.raises(ConflictError) as told:
            await models.unload(keeper, view.id)
        assert told.value.code == "model_speaking"
        fleet.busy.clear()
        await models.unload(keeper, view.id)
        assert (await seen(models, keeper))["a.gguf"].status == "asleep"

    async def test_a_projector_beside_it_gives_it_sight(
        self, models: Models, keeper: Actor, folder: Path, fleet: HandFleet
    ) -> None:
        path = gguf_files.model(folder / "tiny-Q4_K_M.gguf")
        other = gguf_files.model(folder / "other.gguf")
        eyes = gguf_files.projector(folder / "mmproj-tiny-f16.gguf")
        views = await seen(models, keeper)
        await models.load(keeper, views["tiny-Q4_K_M.gguf"].id)
        await models.load(keeper, views["other.gguf"].id)
        assert fleet.eyes == {path: eyes}
        assert other in fleet.engines
        assert await models.projector_of(views["tiny-Q4_K_M.gguf"].id) == eyes

    async def test_a_model_that_failed_to_load_says_why(
        self, models: Models, keeper: Actor, folder: Path, fleet: HandFleet
    ) -> None:
        path = gguf_files.model(folder / "a.gguf")
        fleet.engine_for(path).told = EngineHealth(status="unavailable", reason="engine_memory")
        view = (await seen(models, keeper))["a.gguf"]
        assert (view.status, view.error) == ("unavailable", "engine_memory")

    async def test_remove(self, models: Models, keeper: Actor, folder: Path, fleet: HandFleet) -> None:
        path = gguf_files.model(folder / "a.gguf")
        (folder / ".a.gguf.abc123.part").write_bytes(b"some")
        view = (await seen(models, keeper))["a.gguf"]
        fleet.busy.add(path)
        with pytest.raises(ConflictError):
            await models.remove(keeper, view.id)
        assert path.exists()
        fleet.busy.clear()
        await models.remove(keeper, view.id)
        assert names(folder) == []
        with pytest.raises(NotFoundError):
            await models.path_of(view.id)

    async def test_a_house_without_models_says_so(self, house: House, keeper: Actor) -> None:
        await house.models.scan(patience=None)
        (view,) = await house.models.list(keeper)
        with pytest.raises(ModelMissingError) as told:
            await house.models.load(keeper, view.id)
        assert told.value.code == "model_skipped"

    async def test_only_who_keeps_the_house(self, models: Models, house: House, keeper: Actor) -> None:
        stranger = await guest(house, "미나")
        (view,) = (await seen(models, keeper)).values()
        for attempt in (
            models.list(stranger),
            models.load(stranger, view.id),
            models.unload(stranger, view.id),
            models.remove(stranger, view.id),
            models.add(stranger, "a.gguf", pieces_of(b"GGUF"), size_bytes=None),
        ):
            with pytest.raises(ForbiddenError) as told:
                await attempt
            assert told.value.code == "admin_only"

    @pytest.mark.parametrize("uuid", ["", "demo", "../a.gguf", "00000000-0000-0000-0000-000000000000", "x" * 500])
    async def test_an_unknown_one(self, models: Models, keeper: Actor, uuid: str) -> None:
        for attempt in (models.load(keeper, uuid), models.remove(keeper, uuid), models.path_of(uuid)):
            with pytest.raises(NotFoundError) as told:
                await attempt
            assert told.value.code == "model_unknown"


class TestAdd:
    async def test_a_file_comes_in(self, models: Models, keeper: Actor, folder: Path, tmp_path: Path) -> None:
        data = gguf_files.model(tmp_path / "new.gguf", name="New").read_bytes()
        view = await models.add(keeper, "../up/new.gguf", pieces_of(data), size_bytes=len(data))
        assert view is not None
        assert (view.file, view.name, view.removable) == ("new.gguf", "New", True)
        assert (folder / "new.gguf").read_bytes() == data
        assert names(folder) == ["new.gguf"]

    async def test_nothing_is_written_over(self, models: Models, keeper: Actor, folder: Path, tmp_path: Path) -> None:
        data = gguf_files.model(tmp_path / "new.gguf").read_bytes()
        (folder / "\u1112\u1161\u11ab.gguf").write_bytes(b"old")  # the same name, written in other letters
        with pytest.raises(ConflictError) as told:
            await models.add(keeper, "한.gguf", pieces_of(data), size_bytes=None)
        assert told.value.code == "model_taken"
        assert names(folder) == ["\u1112\u1161\u11ab.gguf"]

    @pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
    async def test_half_a_file_leaves_nothing(
        self, models: Models, keeper: Actor, folder: Path, tmp_path: Path, share: float
    ) -> None:
        data = gguf_files.model(tmp_path / "new.gguf").read_bytes()
        with pytest.raises(InputError) as told:
            await models.add(keeper, "a.gguf", pieces_of(data[: int(len(data) * share)]), size_bytes=None)
        assert told.value.code == "model_file"
        assert names(folder) == []

    async def test_what_is_no_model_is_refused_at_its_first_bytes(
        self, models: Models, keeper: Actor, folder: Path
    ) -> None:
        taken = list[int]()

        async def film() -> AsyncIterator[bytes]:
            for number in range(10_000):
                taken.append(number)
                yield b"MKV " * 10_000

        with pytest.raises(InputError) as told:
            await models.add(keeper, "a.gguf", film(), size_bytes=None)
        assert told.value.code == "model_file"
        assert taken == [0]

    async def test_a_sender_who_breaks_off_leaves_nothing(self, models: Models, keeper: Actor, folder: Path) -> None:
        async def broken() -> AsyncIterator[bytes]:
            yield b"GGUF"
            raise ConnectionError

        with pytest.raises(ConnectionError):
            await models.add(keeper, "a.gguf", broken(), size_bytes=None)
        assert names(folder) == []

    async def test_more_than_the_disk_holds(
        self, models: Models, keeper: Actor, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with pytest.raises(InputError) as told:
            await models.add(keeper, "a.gguf", pieces_of(b"GGUF"), size_bytes=10**18)
        assert told.value.code == "model_space"
        monkeypatch.setattr(shelf, "SPARE_BYTES", 10**18)  # a sender who does not say how much comes
        with pytest.raises(InputError) as told:
            await models.add(keeper, "a.gguf", pieces_of(b"GGUF"), size_bytes=None)
        assert told.value.code == "model_space"
        assert names(folder) == []

    @pytest.mark.parametrize(
        ("fault", "expected"), [(errno.ENOSPC, "model_space"), (errno.EFBIG, "model_space"), (errno.EIO, "")]
    )
    async def test_only_a_full_disk_is_called_full(
        self, models: Models, keeper: Actor, folder: Path, monkeypatch: pytest.MonkeyPatch, fault: int, expected: str
    ) -> None:
        async def refused(*_: object) -> None:
            raise OSError(fault, "refused")

        monkeypatch.setattr(arrivals, "write_all", refused)
        with pytest.raises(InputError if expected else OSError) as told:
            await models.add(keeper, "a.gguf", pieces_of(b"GGUF"), size_bytes=None)
        assert getattr(told.value, "code", "") == expected
        assert names(folder) == []

    async def test_parts_come_one_after_the_other(
        self, models: Models, keeper: Actor, folder: Path, tmp_path: Path
    ) -> None:
        views = list[ModelView | None]()
        for path in reversed(gguf_files.split(tmp_path, "big")):
            views.append(await models.add(keeper, path.name, pieces_of(path.read_bytes()), size_bytes=None))
        first = views.pop()
        assert views == [None, None]
        assert first is not None
        assert (first.error, first.facts.parts) == ("", 3)
