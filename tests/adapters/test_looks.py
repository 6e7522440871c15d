"""Looking at real pictures, in the program that does: the same again is known, others are not, the broken refused."""

import asyncio
import io
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from PIL import Image, ImageDraw, ImageFilter

from hearth_reflex.domain.looks_alike import ALIKE, Looks, likeness
from hearth_reflex.errors import InputError
from hearth_reflex.rag.look import look
from hearth_reflex.rag.looks import PictureLooker
from tests.hostile_files import SCRIPT, png_of, zeros

WIDE, HIGH = 640, 480
OTHERS = 12


def scene(seed: int) -> Image.Image:
    """Blots of colour, soft at their edges, as a photograph out of focus."""
    drawn = Random(seed)
    picture = Image.new("RGB", (WIDE, HIGH), colour(drawn))
    pen = ImageDraw.Draw(picture)
    for _ in range(14):
        x, y, wide, high = (
            drawn.randrange(WIDE),
            drawn.randrange(HIGH),
            drawn.randrange(40, 280),
            drawn.randrange(40, 240),
        )
        pen.ellipse((x - wide // 2, y - high // 2, x + wide // 2, y + high // 2), fill=colour(drawn))
    return picture.filter(ImageFilter.GaussianBlur(3))


def colour(drawn: Random) -> tuple[int, int, int]:
    return drawn.randrange(256), drawn.randrange(256), drawn.randrange(256)


def seen(picture: Image.Image, kind: str = "PNG", **options: int) -> Looks:
    """As the program sees it, in this process."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    file.seek(0)
    return look(file)


def cut(picture: Image.Image, share: float) -> Image.Image:
    """Without a margin on each side."""
    left, top = int(picture.width * share), int(picture.height * share)
    return picture.crop((left, top, picture.width - left, picture.height - top))


def on_nothing(picture: Image.Image) -> Image.Image:
    """Seen through at its edges, where a page is white."""
    canvas = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    canvas.paste(picture.resize((WIDE - 4, HIGH - 4)), (2, 2))
    return canvas


@pytest.mark.parametrize(
    ("changed", "at_least"),
    [
        (lambda picture: seen(picture.resize((200, 150))), 0.9),
        (lambda picture: seen(picture, "JPEG", quality=25), 0.9),
        (lambda picture: seen(picture, "WEBP", quality=40), 0.9),
        (lambda picture: seen(picture.convert("P", palette=Image.Palette.ADAPTIVE)), 0.85),
        (lambda picture: seen(picture.point(lambda value: int(value * 0.8))), 0.75),
        (lambda picture: seen(cut(picture, 0.02)), 0.7),
        (lambda picture: seen(cut(picture, 0.04)), ALIKE),
        (lambda picture: seen(picture.convert("L")), ALIKE),
        (lambda picture: seen(on_nothing(picture)), 0.75),
    ],
    ids=["smaller", "jpeg", "webp", "few colours", "darker", "cut a little", "cut more", "grey", "seen through"],
)
def test_the_same_picture_again_is_known(changed: Callable[[Image.Image], Looks], at_least: float) -> None:
    for seed in range(6):
        picture = scene(seed)
        assert likeness(seen(picture), changed(picture)) >= at_least, seed


def test_other_pictures_are_not() -> None:
    looks = [seen(scene(seed)) for seed in range(OTHERS)]
    pairs = [likeness(one, other) for place, one in enumerate(looks) for other in looks[:place]]
    assert max(pairs) < ALIKE


async def test_the_program_sees_the_same(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    scene(1).save(path, "PNG")
    assert await PictureLooker().look(path) == look(io.BytesIO(path.read_bytes()))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "picture_unreadable"),
        (b"no picture", "picture_unreadable"),
        (SCRIPT, "picture_unreadable"),
        (png_of(40, 40, b"short"), "picture_unreadable"),
        (png_of(30_000, 30_000), "picture_large"),
        (png_of(9_000, 9_000, packed=zeros(9_000 * 9_000 * 3)), "picture_large"),
    ],
    ids=["empty", "words", "script", "cut", "claims too much", "bomb"],
)
async def test_what_cannot_be_looked_at_is_refused(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "picture"
    path.write_bytes(data)
    with pytest.raises(InputError) as refused:
        await PictureLooker().look(path)
    assert refused.value.code == code


async def test_a_picture_that_is_gone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="picture_unreadable"):
        await PictureLooker().look(tmp_path / "gone")


async def test_who_takes_too_long_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    scene(1).save(path, "PNG")
    with pytest.raises(InputError, match="picture_large"):
        await PictureLooker(patience=0.01).look(path)


async def test_many_at_once_are_looked_at_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    scene(1).resize((40, 30)).save(path, "PNG")
    looker = PictureLooker()
    assert len(set(await asyncio.gather(*(looker.look(path) for _ in range(3))))) == 1
