"""One picture in by standard input, a plain JPEG out by standard output: the program that opens strangers' pictures.

Run as `python -m hearth_reflex.media.reencode`. It limits itself before it reads the first byte. Only the four kinds of
file are tried, only the first frame is decoded, and what comes out is drawn on a new canvas, so that nothing but the
picture itself (no place, no camera, no comment, no second file behind it) can get through.
"""

import io
import resource
import sys

from PIL import Image, ImageOps

KINDS = ("PNG", "JPEG", "WEBP", "GIF")
LONGEST_SIDE = 1024
SHORTEST_SIDE = 28  # a model's eye sees in squares of about this size; thinner pictures get a margin
MOST_PIXELS = 40_000_000
_QUALITY = 85
_MEMORY_BYTES = 1 << 30
_CPU_SECONDS = 10
_PAPER = (255, 255, 255)


def main() -> int:
    _limit_itself()
    try:
        sys.stdout.buffer.write(reencode(sys.stdin.buffer.read()))
    except Exception as error:  # whatever a broken file brings about, it is one thing: refused
        sys.stderr.write(type(error).__name__)
        return 1
    return 0


def reencode(data: bytes) -> bytes:
    """The picture as a JPEG; raises what Pillow raises, and ValueError for one that is too large."""
    with Image.open(io.BytesIO(data), formats=KINDS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        # A JPEG can be decoded at a fraction of its size.
        opened.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
        picture = _in_plain_colours(opened)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    written = io.BytesIO()
    _on_paper(ImageOps.exif_transpose(picture)).save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()


def _in_plain_colours(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I") or picture.mode == "F":
        # 16 bits a point: cut down by hand, converting would only clip them.
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    seen_through = "transparency" in picture.info or picture.mode in ("RGBA", "LA", "PA", "RGBa", "La")
    return picture.convert("RGBA" if seen_through else "RGB")


def _on_paper(picture: Image.Image) -> Image.Image:
    """On a canvas of its own, white where it can be seen through."""
    width, height = max(picture.width, SHORTEST_SIDE), max(picture.height, SHORTEST_SIDE)
    paper = Image.new("RGB", (width, height), _PAPER)
    place = ((width - picture.width) // 2, (height - picture.height) // 2)
    paper.paste(picture, place, picture if picture.mode == "RGBA" else None)
    return paper


def _limit_itself() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    raise SystemExit(main())
