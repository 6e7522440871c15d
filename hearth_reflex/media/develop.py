"""One picture in, a clean one and a small one out: the program that opens the pictures which people send.

Run as `python -m hearth_reflex.media.develop PICTURE SMALL`: the file is its standard input, the numbers are open files
to write to, and one line of JSON on standard output says what came of it. It knows no path and no name. What comes out
is drawn anew, upright and in sRGB: no place, no camera, no comment, no second file behind the picture gets through. Of
its notes the line tells one thing, the day and hour when it was taken.
"""

import json
import os
import sys
from typing import BinaryIO

import pi_heif  # pyright: ignore[reportMissingTypeStubs] - it brings none
from PIL import AvifImagePlugin, ExifTags, Image

from hearth_reflex.domain.blurhash import Colour, blurhash
from hearth_reflex.media.animation import frame_times, write_animation
from hearth_reflex.media.colours import in_plain_colours, in_srgb, on_paper
from hearth_reflex.media.limits import limit_itself

KINDS = ("PNG", "JPEG", "WEBP", "GIF", "AVIF", "HEIF")
MOST_PIXELS = 50_000_000  # what phones take today
LONGEST_SIDE = 4096
SMALL_SIDE = 640
BLUR_SIDE = 32
LOSSLESS_BYTES = 8_000_000  # a photograph kept as PNG is larger than anybody needs
TOO_LARGE = "picture_large"
UNREADABLE = "picture_unreadable"

_QUALITY = 88
_SMALL_QUALITY = 78
_SCALED_AS_IT_IS = ("RGB", "RGBA", "L", "CMYK")
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def main(picture: int, small: int) -> int:
    """Writes what came of it; the exit code is 0 even when the picture was refused."""
    AvifImagePlugin.DEFAULT_MAX_THREADS = 2
    pi_heif.options.DECODE_THREADS = 2
    pi_heif.register_heif_opener()  # pyright: ignore[reportUnknownMemberType] - as above
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    limit_itself()
    try:
        with os.fdopen(picture, "wb") as whole, os.fdopen(small, "wb") as thumb:
            said = develop(sys.stdin.buffer, whole, thumb)
    except (MemoryError, Image.DecompressionBombError, TooLargeError):
        said = {"refused": TOO_LARGE}
    except Exception:  # whatever a broken file brings about, it is one thing: refused
        said = {"refused": UNREADABLE}
    sys.stdout.write(json.dumps(said))
    return 0


class TooLargeError(Exception):
    """More pixels than a picture may have."""


def develop(source: BinaryIO, whole: BinaryIO, small: BinaryIO) -> dict[str, str | int]:
    """Draws the picture anew; raises what Pillow raises."""
    with Image.open(source, formats=KINDS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise TooLargeError
        taken = _taken(opened)
        if times := frame_times(opened):
            kind, size = "webp", opened.size
            write_animation(opened, whole, times=times)
            picture = _still(opened)
        else:
            picture = _upright(_still(opened), opened)
            kind, size = _write(picture, whole, source_kind=opened.format or ""), picture.size
    picture.thumbnail((SMALL_SIDE, SMALL_SIDE))
    picture.save(small, "WEBP", quality=_SMALL_QUALITY, method=4)
    told = {"kind": kind, "width": size[0], "height": size[1], "blur": _blur(picture), "moves": bool(times)}
    return {**told, "taken": taken}


def _still(opened: Image.Image) -> Image.Image:
    """The first frame in plain colours, as a copy: whatever else the file held stays behind."""
    opened.seek(0)
    if opened.mode in _SCALED_AS_IT_IS:
        # Before its colours are turned, which takes as much memory again. A JPEG is decoded at a fraction of its size.
        opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    picture = in_srgb(opened)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    picture.info.clear()
    return picture


def _upright(picture: Image.Image, opened: Image.Image) -> Image.Image:
    try:
        turn = _TURNS.get(opened.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # notes that nobody can read do not make the picture unreadable
        return picture
    return picture if turn is None else picture.transpose(turn)


def _taken(opened: Image.Image) -> str:
    """When the camera says that it was, by its own clock; "" when it does not."""
    try:
        told = opened.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
    except Exception:  # as above
        return ""
    return told[:19] if isinstance(told, str) and told[:19].isascii() else ""


def _write(picture: Image.Image, whole: BinaryIO, *, source_kind: str) -> str:
    seen_through = picture.mode == "RGBA"
    if source_kind in ("PNG", "GIF"):
        picture.save(whole, "PNG", compress_level=6)
        if whole.tell() <= LOSSLESS_BYTES:
            return "png"
        whole.seek(0)
        whole.truncate()
    if seen_through or source_kind == "WEBP":
        picture.save(whole, "WEBP", quality=_QUALITY, method=2)
        return "webp"
    picture.save(whole, "JPEG", quality=_QUALITY)
    return "jpeg"


def _blur(picture: Image.Image) -> str:
    tiny = on_paper(in_plain_colours(picture.copy()))
    tiny.thumbnail((BLUR_SIDE, BLUR_SIDE))
    data = tiny.tobytes()
    pixels: list[Colour] = [(data[at], data[at + 1], data[at + 2]) for at in range(0, len(data), 3)]
    return blurhash(pixels, width=tiny.width, height=tiny.height)


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]), int(sys.argv[2])))
