"""One picture in by standard input, a line of JSON out: the program that looks at pictures to tell which are alike.

Run as `python -m hearth_reflex.rag.look`. It limits itself before it reads the first byte, and knows no path, no name
and no table. What it says is `{"hash": …, "colours": …}` or `{"refused": code}`; with `--pixels` it is
`{"width": …, "height": …}`, a line break, and the points of a small picture, three bytes each.
"""

import json
import sys
from typing import Any, BinaryIO, cast

import pi_heif  # pyright: ignore[reportMissingTypeStubs] - it brings none
from PIL import AvifImagePlugin, Image

from hearth_reflex.domain.looks_alike import GRID, SIDE, Looks, colours_of, hash_of
from hearth_reflex.domain.seeing import SIDE_MOST, canvas_of
from hearth_reflex.rag.limits import limit_itself

KINDS = ("PNG", "JPEG", "WEBP", "GIF", "AVIF", "HEIF", "BMP", "TIFF")
MOST_PIXELS = 50_000_000
UNREADABLE, TOO_LARGE = "picture_unreadable", "picture_large"

_MEMORY_BYTES = 768 << 20
_CPU_SECONDS = 9
_SCALED = 256  # a picture is brought down to this before its colours are looked at
_PAPER = (255, 255, 255)


def main() -> int:
    """Writes what came of it; the exit code is 0 even when the picture was refused."""
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    pi_heif.options.DECODE_THREADS = 1
    pi_heif.register_heif_opener()  # pyright: ignore[reportUnknownMemberType] - as above
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    limit_itself(memory_bytes=_MEMORY_BYTES, cpu_s=_CPU_SECONDS, answer_bytes=0)
    points = b""
    try:
        if sys.argv[1:] == ["--pixels"]:
            small = _on_canvas(opened(sys.stdin.buffer, side=SIDE_MOST))
            said: dict[str, Any] = {"width": small.width, "height": small.height}
            points = b"\n" + small.tobytes()
        else:
            looks = look(sys.stdin.buffer)
            said = {"hash": looks.hash, "colours": looks.colours}
    except (MemoryError, Image.DecompressionBombError, TooLargeError):
        said = {"refused": TOO_LARGE}
    except Exception:  # whatever a broken file brings about, it is one thing: refused
        said = {"refused": UNREADABLE}
    sys.stdout.buffer.write(json.dumps(said).encode() + points)
    return 0


class TooLargeError(Exception):
    """More pixels than a picture may have."""


def look(source: BinaryIO) -> Looks:
    """How the first frame of a picture looks; raises what Pillow raises."""
    picture = opened(source, side=_SCALED)
    grey = picture.convert("L").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    fields = picture.resize((GRID, GRID), Image.Resampling.BOX)
    colours = cast("list[tuple[int, int, int]]", _points(fields))
    return Looks(hash_of(cast("list[int]", _points(grey))), colours_of(colours))


def opened(source: BinaryIO, *, side: int) -> Image.Image:
    """The first frame, small and in plain colours; raises what Pillow raises."""
    with Image.open(source, formats=KINDS) as whole:
        if whole.width * whole.height > MOST_PIXELS:
            raise TooLargeError
        whole.draft("RGB", (side, side))  # a JPEG is decoded at a fraction of its size
        return _on_paper(whole, side)


def _on_paper(whole: Image.Image, side: int) -> Image.Image:
    """White where it can be seen through."""
    if whole.mode.startswith("I") or whole.mode == "F":
        whole = whole.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    seen_through = "transparency" in whole.info or whole.mode in ("RGBA", "LA", "PA", "RGBa", "La")
    picture = whole.convert("RGBA" if seen_through else "RGB")
    picture.thumbnail((side, side))
    if picture.mode == "RGB":
        return picture
    paper = Image.new("RGB", picture.size, _PAPER)
    paper.paste(picture, (0, 0), picture)
    return paper


def _on_canvas(picture: Image.Image) -> Image.Image:
    """A strip lies in the middle of paper that is broad enough for who looks at it."""
    width, height = canvas_of(*picture.size)
    if (width, height) == picture.size:
        return picture
    paper = Image.new("RGB", (width, height), _PAPER)
    paper.paste(picture, ((width - picture.width) // 2, (height - picture.height) // 2))
    return paper


def _points(picture: Image.Image) -> list[Any]:
    data, width = picture.tobytes(), len(picture.getbands())
    if width == 1:
        return list(data)
    return [tuple(data[at : at + width]) for at in range(0, len(data), width)]


if __name__ == "__main__":
    raise SystemExit(main())
