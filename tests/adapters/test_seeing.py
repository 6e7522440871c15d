"""Pictures and captions through a tiny CLIP made of chance, in the embedder's process; thumbnails, and their index."""

import io
import math
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image

from hearth_reflex.db.base import new_uuid, now
from hearth_reflex.domain.passages import Entry, Kind, key_of, room_scope
from hearth_reflex.domain.seeing import SIDE_MOST, Pixels
from hearth_reflex.errors import EmbedderError, InputError
from hearth_reflex.rag.embedders import WorkerEmbedder
from hearth_reflex.rag.index import LOOKS, LanceIndex
from hearth_reflex.rag.looks import PictureLooker
from hearth_reflex.rag.order import LIGHT, EmbedderOrder
from hearth_reflex.rag.seer import WorkerSeer
from tests.tiny_models import clip

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]

RED, BLUE = Pixels(3, 2, bytes((230, 10, 10)) * 6), Pixels(2, 5, bytes((10, 10, 230)) * 10)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def seer(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WorkerSeer]:
    folder = tmp_path_factory.mktemp("seeing")
    order = EmbedderOrder(folder=folder, source=LIGHT, clip=str(clip(folder / "model")))
    worker = WorkerEmbedder(order)
    yield WorkerSeer(worker, model=order.picture_model)
    await worker.close()


async def test_pictures_and_captions_come_into_one_space(seer: WorkerSeer) -> None:
    pictures = await seer.see([RED, BLUE] * 5)
    captions = await seer.imagine(["a red lamp", "등대", "", "\x00\ud800" * 500])
    assert {len(vector) for vector in (*pictures, *captions)} == {16}
    assert all(math.isclose(math.hypot(*vector), 1.0, abs_tol=1e-4) for vector in (*pictures, *captions))
    assert pictures[2] == pytest.approx(pictures[0], abs=1e-5)
    assert pictures[1] != pytest.approx(pictures[0], abs=1e-3)
    assert captions[1] != pytest.approx(captions[0], abs=1e-3)
    assert seer.model.startswith("model@")


async def test_points_that_are_too_few_are_refused_and_the_next_are_seen(seer: WorkerSeer) -> None:
    with pytest.raises(EmbedderError):
        await seer.see([Pixels(9, 9, b"few")])
    assert len(await seer.see([RED])) == 1


async def test_a_house_that_names_no_model_has_none(tmp_path: Path) -> None:
    worker = WorkerEmbedder(EmbedderOrder(folder=tmp_path, source=LIGHT))
    with pytest.raises(EmbedderError):
        await WorkerSeer(worker, model="").imagine(["x"])
    await worker.close()


@pytest.mark.parametrize(("size", "small"), [((40, 20), (40, 20)), ((2000, 1000), (SIDE_MOST, SIDE_MOST // 2))])
async def test_a_thumbnail_is_points_alone(tmp_path: Path, size: tuple[int, int], small: tuple[int, int]) -> None:
    path = tmp_path / "picture"
    Image.new("RGB", size, (230, 10, 10)).save(path, "PNG")
    found = await PictureLooker().pixels(path)
    assert (found.width, found.height) == small
    assert found.rgb == bytes((230, 10, 10)) * (small[0] * small[1])


async def test_what_is_seen_through_lies_on_paper(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(path, "PNG")
    assert (await PictureLooker().pixels(path)).rgb == b"\xff" * 48


@pytest.mark.parametrize(
    ("size", "canvas", "drawn"),
    [
        ((2000, 1), (SIDE_MOST, SIDE_MOST // 8), SIDE_MOST),
        ((1, 2000), (SIDE_MOST // 8, SIDE_MOST), SIDE_MOST),
        ((80, 9), (80, 10), 80 * 9),
        ((1, 1), (4, 4), 1),
    ],
)
async def test_a_strip_lies_on_paper(
    tmp_path: Path, size: tuple[int, int], canvas: tuple[int, int], drawn: int
) -> None:
    path = tmp_path / "picture"
    Image.new("RGB", size, (230, 10, 10)).save(path, "PNG")
    found = await PictureLooker().pixels(path)
    points = [found.rgb[at : at + 3] for at in range(0, len(found.rgb), 3)]
    assert (found.width, found.height) == canvas
    assert points.count(bytes((230, 10, 10))) == drawn
    assert points.count(b"\xff\xff\xff") == canvas[0] * canvas[1] - drawn


@pytest.mark.parametrize(("width", "height"), [(448, 1), (1, 448), (3, 3), (448, 55), (449, 449), (0, 9), (-4, -4)])
async def test_a_shape_that_no_model_can_take_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int, height: int
) -> None:
    path = tmp_path / "picture"
    path.write_bytes(b'{"width": %d, "height": %d}\n' % (width, height) + bytes(abs(width * height) * 3))
    monkeypatch.setattr("hearth_reflex.rag.looks.MODULE", "tests.parrot")
    with pytest.raises(InputError):
        await PictureLooker().pixels(path)
    path.write_bytes(b'{"width": 4, "height": 4}\n' + bytes(48))
    assert (await PictureLooker().pixels(path)).rgb == bytes(48)


async def test_what_is_no_picture_has_no_thumbnail(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    whole = io.BytesIO()
    Image.new("RGB", (40, 40)).save(whole, "PNG")
    for data in (b"", b"no picture", whole.getvalue()[:50]):
        path.write_bytes(data)
        with pytest.raises(InputError):
            await PictureLooker().pixels(path)


async def test_looks_that_cannot_be_read_keep_nothing_among_the_passages(tmp_path: Path) -> None:
    passages = LanceIndex(tmp_path, model="words")
    await passages.open(2)
    entry = Entry(key_of(Kind.CHUNK, new_uuid()), Kind.CHUNK, room_scope(new_uuid()), new_uuid(), "", now())
    await passages.put([entry], [[0.6, 0.8]], ["말"])
    rubbish = tmp_path / f"{LOOKS}2_0123456789ab.lance"
    (rubbish / "_versions").mkdir(parents=True)
    (rubbish / "_versions" / "1.manifest").write_bytes(b"no table")
    await passages.remove([entry.key])
    assert await passages.keys() == set()
    await passages.close()


def ruin(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            file.write_bytes(b"rubbish")


async def test_looks_that_cannot_be_read_are_known_to_be_lost_and_made_anew(tmp_path: Path) -> None:
    looks = LanceIndex(tmp_path, model="clip", family=LOOKS)
    await looks.open(2)
    await looks.close()
    ruin(tmp_path)
    again, other = LanceIndex(tmp_path, model="clip", family=LOOKS), LanceIndex(tmp_path, model="new", family=LOOKS)
    for asked in (again.scopes, again.tidy):
        with pytest.raises(EmbedderError):
            await asked()
    assert not await again.sound()
    await other.drop_others()
    await again.open(2)
    assert await again.scopes() == {}
    for one in (again, other):
        await one.close()


async def test_looks_lie_beside_passages_and_know_nothing_of_each_other(tmp_path: Path) -> None:
    looks = LanceIndex(tmp_path, model="clip", family=LOOKS)
    passages = LanceIndex(tmp_path, model="words")
    room, key = room_scope(new_uuid()), key_of(Kind.PICTURE, new_uuid())
    entry = Entry(key, Kind.PICTURE, room, new_uuid(), "", now())
    assert await looks.scopes() == {}
    assert await looks.vector(key) == []
    await looks.open(2)
    await passages.open(3)
    await looks.put([entry], [[0.6, 0.8]], [""])
    await passages.drop_others()
    assert (await looks.scopes(), await passages.keys(), await looks.others()) == ({key: room}, set(), [])
    assert await looks.vector(key) == pytest.approx([0.6, 0.8])
    assert [near.key for near in await looks.nearest([0.6, 0.8], scopes=[room])] == [key]
    await looks.remove([f"scope:{room}"])
    assert await looks.scopes() == {}
    await looks.put([entry], [[0.6, 0.8]], [""])
    await passages.remove([key])
    again = LanceIndex(tmp_path, model="clip", family=LOOKS)
    assert await again.scopes() == {}, "the others take it along"
    await again.close()
    await looks.close()
    await passages.close()
