"""Pictures for the model: every common kind comes out as one small plain JPEG, and nothing hostile comes out at all."""

import base64
import io
import json
import re
import struct
import zlib

import pytest
from PIL import Image

from hearth_reflex.domain.data_uri import MOST_BYTES, kind_of, read_data_uri, write_data_uri
from hearth_reflex.domain.generation import ChatTurn
from hearth_reflex.errors import PictureError
from hearth_reflex.i18n import CATALOGUES
from hearth_reflex.llm.dialect import error_body, error_from
from hearth_reflex.llm.picture_parts import MOST_A_PROMPT, MOST_A_TURN, picture_of, pictures_of, stand_ins, whole
from hearth_reflex.media.pictures import as_data_uri, from_data_uri
from hearth_reflex.media.reencode import LONGEST_SIDE, SHORTEST_SIDE

RED, GREEN, WHITE = (255, 0, 0), (0, 255, 0), (255, 255, 255)
ORIENTATION, GPS = 0x0112, 0x8825


def written(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_of(width: int, height: int, data: bytes) -> bytes:
    """A PNG that claims a size, whatever it really holds."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = chunk(b"IDAT", zlib.compress(data))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + packed + chunk(b"IEND", b"")


def gif_of(frames: int) -> bytes:
    """A GIF of one black point, over and over."""
    head = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff"
    frame = b"\x21\xf9\x04\x00\x01\x00\x00\x00\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00"
    return head + frame * frames + b"\x3b"


def stripes(size: tuple[int, int] = (200, 100)) -> Image.Image:
    """Noise that compresses badly, so that a tenth of the file is a tenth of the picture."""
    return Image.effect_noise(size, 90).convert("RGB")


def seen(data: bytes) -> Image.Image:
    """The picture that a model would get."""
    picture = Image.open(io.BytesIO(from_data_uri(as_data_uri(data))))
    assert picture.format == "JPEG"
    assert picture.mode == "RGB"
    return picture


def close_to(colour: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(colour, tuple)
    return all(abs(have - want) < 12 for have, want in zip(colour, wanted, strict=True))


def middle(picture: Image.Image) -> object:
    return picture.getpixel((picture.width // 2, picture.height // 2))


def transparent_palette() -> bytes:
    picture = Image.new("P", (60, 60), 0)
    picture.putpalette([0, 0, 255] * 256)
    return written(picture, "PNG", transparency=0)


KINDS = {
    "png": (written(Image.new("RGB", (80, 60), RED), "PNG"), RED),
    "jpeg": (written(Image.new("RGB", (80, 60), RED), "JPEG"), RED),
    "webp": (written(Image.new("RGB", (80, 60), RED), "WEBP"), RED),
    "gif": (written(Image.new("RGB", (80, 60), RED), "GIF"), RED),
    "cmyk": (written(Image.new("CMYK", (80, 60), (0, 255, 255, 0)), "JPEG"), RED),
    "grey of 16 bits": (written(Image.new("I;16", (80, 60), 128 * 256), "PNG"), (128, 128, 128)),
    "palette with transparency": (transparent_palette(), WHITE),
    "grey with transparency": (written(Image.new("LA", (80, 60), (0, 0)), "PNG"), WHITE),
    "colour key": (written(Image.new("RGB", (80, 60), GREEN), "PNG", transparency=GREEN), WHITE),
    "one bit": (written(Image.new("1", (80, 60), 1), "PNG"), WHITE),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_becomes_a_jpeg_of_the_same_colour(kind: str) -> None:
    data, colour = KINDS[kind]
    assert close_to(middle(seen(data)), colour)


def test_large_ones_shrink_and_thin_ones_get_a_margin() -> None:
    assert seen(written(Image.new("RGB", (3000, 1500), RED), "PNG")).size == (LONGEST_SIDE, LONGEST_SIDE // 2)
    thin = seen(written(Image.new("RGB", (4000, 2), RED), "PNG"))
    assert thin.size == (LONGEST_SIDE, SHORTEST_SIDE)


def test_it_is_turned_as_the_camera_was_held() -> None:
    picture = Image.new("RGB", (80, 40), GREEN)
    picture.paste(RED, (0, 0, 40, 40))
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # to be turned a quarter to the right: what was left is on top
    upright = seen(written(picture, "JPEG", exif=exif, quality=95))
    assert upright.size == (40, 80)
    assert close_to(upright.getpixel((20, 10)), RED)
    assert close_to(upright.getpixel((20, 70)), GREEN)


def test_place_camera_and_comment_do_not_get_through() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAMERA"
    exif.get_ifd(GPS)[1] = "N"
    data = written(Image.new("RGB", (80, 60), RED), "JPEG", exif=exif, comment=b"SECRETCOMMENT")
    assert b"SECRETCAMERA" in data
    assert b"SECRETCOMMENT" in data
    plain = from_data_uri(as_data_uri(data))
    assert b"SECRET" not in plain
    picture = Image.open(io.BytesIO(plain))
    assert not dict(picture.getexif())
    assert not {"exif", "comment", "icc_profile", "xmp"} & set(picture.info)


def test_what_hides_behind_a_picture_is_left_behind() -> None:
    data = written(Image.new("RGB", (80, 60), RED), "JPEG") + b"PK\x03\x04<script>alert(1)</script>"
    plain = from_data_uri(as_data_uri(data))
    assert b"PK\x03\x04" not in plain
    assert b"script" not in plain


def test_of_many_frames_the_first_is_read() -> None:
    frames = [Image.new("RGB", (80, 60), colour) for colour in (RED, GREEN, WHITE)]
    for kind in ("GIF", "WEBP"):
        moving = written(frames[0], kind, save_all=True, append_images=frames[1:])
        assert close_to(middle(seen(moving)), RED)
    assert seen(gif_of(10_000)).size == (SHORTEST_SIDE, SHORTEST_SIDE)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_half_a_picture_is_refused(kind: str) -> None:
    data = written(stripes(), kind)
    assert seen(data).size == (200, 100)
    for tenth in range(10):
        with pytest.raises(PictureError) as raised:
            as_data_uri(data[: len(data) * tenth // 10])
        assert raised.value.code == "picture_bad"


HOSTILE = {
    "nothing": b"",
    "words": b"I am no picture. " * 50,
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "pdf": b"%PDF-1.7\n" + bytes(200),
    "tiff": written(Image.new("RGB", (8, 8), RED), "TIFF"),
    "bmp": written(Image.new("RGB", (8, 8), RED), "BMP"),
    "a page that begins like a GIF": b"GIF89a/*" + b"<html><script>alert(1)</script>" * 20,
    "a bomb of 2.5 billion points": png_of(50_000, 50_000, bytes(1000)),
    "just too many points": written(Image.new("1", (8200, 5000), 0), "PNG"),
    "no points at all": png_of(0, 0, b""),
    "a lie about its size": png_of(6000, 6000, bytes(100)),
    "noise after a good beginning": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
    "a jpeg of markers only": b"\xff\xd8\xff" + b"\xff\xd8" * 1000,
    "more bytes than allowed": b"\xff\xd8\xff" + bytes(MOST_BYTES),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_are_refused(kind: str) -> None:
    with pytest.raises(PictureError) as raised:
        as_data_uri(HOSTILE[kind])
    assert raised.value.code == "picture_bad"


GOOD = write_data_uri("png", written(Image.new("RGB", (8, 8), RED), "PNG"))


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "http://127.0.0.1:1/cat.png",
        "https://example.org/cat.png",
        "file:///etc/passwd",
        "data:text/html;base64,PGI+",
        "data:image/svg+xml;base64,PHN2Zz4=",
        "data:image/png,notbase64",
        "data:image/png;charset=x;base64,AAAA",
        GOOD + " ",
        "x" + GOOD,
        GOOD.replace("iVBOR", "iV\nBOR"),
        GOOD[:-3],
        GOOD.replace("image/png", "image/gif"),  # not what it says
        "data:image/png;base64," + base64.b64encode(b"no png").decode(),
        "data:image/png;base64," + "A" * (MOST_BYTES * 4 // 3 + 100),
    ],
    ids=range(15),
)
def test_only_whole_data_uris_of_pictures_are_read(uri: str) -> None:
    assert read_data_uri(uri) is None
    with pytest.raises(PictureError):
        from_data_uri(uri)
    with pytest.raises(PictureError) as raised:
        pictures_of([ChatTurn("user", "look", (uri,))])
    assert raised.value.code == "picture_bad"


def test_a_data_uri_is_read_as_it_was_written() -> None:
    data = from_data_uri(GOOD)
    assert kind_of(data) == "png"
    assert write_data_uri("png", data) == GOOD
    assert pictures_of([ChatTurn("user", "look", (GOOD, GOOD))]) == [data, data]


def test_too_many_pictures_are_refused_with_the_limit() -> None:
    assert len(pictures_of([ChatTurn("user", "look", (GOOD,) * 4)])) == 4
    with pytest.raises(PictureError) as raised:
        pictures_of([ChatTurn("user", "look", (GOOD,) * 5)])
    assert (raised.value.code, raised.value.params) == ("picture_many", {"limit": 4})
    with pytest.raises(PictureError) as raised:
        pictures_of([ChatTurn("user", "look", (GOOD,))] * (MOST_A_PROMPT + 1))
    assert raised.value.code == "picture_many"
    for catalogue in CATALOGUES.values():
        assert re.findall(r"\d+", catalogue["error.picture_many"]) == [str(MOST_A_TURN), str(MOST_A_PROMPT)]


def test_what_was_wrong_with_a_picture_survives_the_wire() -> None:
    for error in (PictureError(), PictureError("picture_many", limit=4), PictureError("picture_bad")):
        read = error_from(json.loads(json.dumps(error_body(error))))
        assert isinstance(read, PictureError)
        assert read.code == error.code


def test_the_engine_takes_what_we_write_and_nothing_larger() -> None:
    assert picture_of(as_data_uri(written(stripes(), "WEBP")))
    progressive = written(stripes(), "JPEG", progressive=True, exif=Image.Exif().tobytes(), comment=b"x" * 300)
    assert picture_of(write_data_uri("jpeg", progressive)).data == progressive
    for kind, data in (
        ("png", png_of(5000, 10, b"")),
        ("png", png_of(0, 10, b"")),
        ("webp", written(stripes(), "WEBP")),
        ("jpeg", b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff"),
        ("jpeg", b"\xff\xd8\xff\xe0\xff\xff"),
        ("jpeg", b"\xff\xd8\xff" + b"\xff" * 5000),
    ):
        with pytest.raises(PictureError):
            picture_of(write_data_uri(kind, data))


def test_stand_ins_tell_pictures_apart_and_keep_them_whole() -> None:
    cat, dog = stand_ins("cat", 5), stand_ins("dog", 5)
    assert all(number < -1 for number in cat + dog)
    assert cat == stand_ins("cat", 5)
    assert not set(cat) & set(dog)
    prompt = [7, 8, *cat, *dog, 9]
    assert [whole(prompt, length) for length in range(len(prompt) + 1)] == [0, 1, 2, 2, 2, 2, 2, 7, 7, 7, 7, 7, 12, 13]
