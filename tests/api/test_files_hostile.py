"""Files that mean harm, each brought to an open house: a clear word or a clean picture, and nothing left behind."""

import io
from pathlib import Path

import httpx
import pytest
from PIL import Image

from hearth_reflex.domain.files import picture_kind
from hearth_reflex.errors import InputError
from hearth_reflex.media.darkroom import Darkroom, Developed
from hearth_reflex.settings import Settings
from tests.api.checks import check_problem
from tests.hostile_files import (
    FAMILIES,
    FILE,
    HEIC,
    MARKS,
    PICTURE,
    SECRET,
    bombs,
    endless,
    moving,
    noted,
    opened,
    written,
)

MOST_MB, MOST_SECONDS = 512, 10


def lying(settings: Settings) -> set[Path]:
    return {path for path in (settings.data_dir / "files").rglob("*") if path.is_file()}


@pytest.mark.parametrize("family", FAMILIES)
async def test_a_clear_word_or_a_clean_picture(
    family: str, mina: httpx.AsyncClient, living_room: str, settings: Settings
) -> None:
    for one in FAMILIES[family]():
        before = lying(settings)
        answer = await mina.post(f"/api/rooms/{living_room}/files", params={"name": one.name}, content=one.data)
        if answer.status_code == 201:
            assert (PICTURE if answer.json()["kind"] == "image" else FILE) in one.may_become, one.title
            await _is_harmless(mina, answer.json())
        else:
            assert answer.json()["code"] in one.may_become, one.title
            check_problem(answer, 422, answer.json()["code"], "file")
            assert lying(settings) == before, one.title
        assert list((settings.data_dir / "files" / "arriving").iterdir()) == [], one.title
        assert (await mina.get("/healthz")).status_code == 200


async def _is_harmless(client: httpx.AsyncClient, view: dict[str, str]) -> None:
    whole = await client.get(f"/api/files/{view['id']}")
    if view["kind"] == "file":
        assert whole.headers["content-type"] == "application/octet-stream"
        assert whole.headers["content-disposition"].startswith("attachment")
        return
    small = await client.get(f"/api/files/{view['id']}/thumb")
    for answer, mime in ((whole, view["mime"]), (small, "image/webp")):
        assert answer.headers["content-type"] == mime
        assert f"image/{picture_kind(answer.content[:32])}" == mime
        assert not [mark for mark in MARKS if mark in answer.content]
        with Image.open(io.BytesIO(answer.content)) as picture:
            picture.load()
            assert not {"exif", "xmp", "icc_profile", "comment", "Description"} & set(picture.info)


def test_the_program_that_opens_pictures_stays_small() -> None:
    for one in [*bombs(), endless()]:
        if picture_kind(one.data[:32]):
            took = opened(one.data)
            assert took.peak_mb <= MOST_MB, one.title
            assert took.seconds <= MOST_SECONDS, one.title


async def test_who_takes_too_long_is_ended_and_the_next_one_opened(tmp_path: Path) -> None:
    darkroom = Darkroom(places=1, patience=4.0)
    with pytest.raises(InputError, match="picture_large"):
        await _developed(darkroom, endless().data, tmp_path)
    assert (await _developed(darkroom, HEIC, tmp_path)).kind == "jpeg"


async def _developed(darkroom: Darkroom, data: bytes, folder: Path) -> Developed:
    places = [folder / name for name in ("source", "whole", "small")]
    places[0].write_bytes(data)
    with places[0].open("rb") as source, places[1].open("wb") as whole, places[2].open("wb") as small:
        return await darkroom.develop(source, whole=whole, small=small)


def test_a_picture_comes_out_upright_and_without_its_place() -> None:
    sideways = Image.new("RGB", (80, 40), (200, 30, 30))
    sideways.paste((30, 30, 200), (0, 0, 40, 40))
    out = opened(noted(sideways, orientation=6))  # turned a quarter to the right: left comes to the top
    picture = Image.open(io.BytesIO(out.whole)).convert("RGB")
    assert picture.size == (out.said["width"], out.said["height"]) == (40, 80)
    above, below = picture.getpixel((20, 10)), picture.getpixel((20, 70))
    assert isinstance(above, tuple)
    assert isinstance(below, tuple)
    assert above[2] > 150 > below[2]
    assert SECRET.encode() not in out.whole + out.small


def test_a_picture_of_a_phone_becomes_one_for_everybody() -> None:
    out = opened(HEIC)
    picture = Image.open(io.BytesIO(out.whole)).convert("RGB")
    assert (out.said["kind"], picture.size) == ("jpeg", (48, 64))
    colour = picture.getpixel((24, 32))
    assert isinstance(colour, tuple)
    assert all(abs(have - want) < 25 for have, want in zip(colour, (200, 40, 30), strict=True))


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_what_moves_goes_on_moving(kind: str) -> None:
    out = opened(moving(kind))
    assert out.said["moves"] is True
    with Image.open(io.BytesIO(out.whole)) as picture:
        assert (picture.format, getattr(picture, "n_frames", 1)) == ("WEBP", 6)
    with Image.open(io.BytesIO(out.small)) as still:
        assert getattr(still, "n_frames", 1) == 1


def test_a_large_photograph_is_made_smaller_and_a_small_one_is_not() -> None:
    large = opened(written(Image.new("RGB", (8000, 5000), (90, 60, 30)), "JPEG"))
    assert (large.said["width"], large.said["height"]) == (4096, 2560)
    small = opened(written(Image.new("RGB", (300, 200), (90, 60, 30)), "JPEG"))
    assert (small.said["width"], small.said["height"], small.said["moves"]) == (300, 200, False)


def test_what_can_be_seen_through_stays_so() -> None:
    out = opened(written(Image.new("RGBA", (60, 60), (255, 0, 0, 100)), "PNG"))
    picture = Image.open(io.BytesIO(out.whole))
    assert (out.said["kind"], picture.mode) == ("png", "RGBA")
