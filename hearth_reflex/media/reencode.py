"""One picture in by standard input, a plain JPEG out by standard output: the program that opens strangers' pictures.

Run as `python -m hearth_reflex.media.reencode`. It limits itself before it reads the first byte. Only the four kinds of
file are tried, only the first frame is decoded, and what comes out is drawn on a new canvas, so that nothing but the
picture itself (no place, no camera, no comment, no second file behind it) can get through.
"""

import io
import sys

from PIL import Image, ImageOps

from hearth_reflex.media.colours import in_plain_colours, on_paper
from hearth_reflex.media.limits import limit_itself

KINDS = ("PNG", "JPEG", "WEBP", "GIF")
LONGEST_SIDE = 1024
SHORTEST_SIDE = 28  # a model's eye sees in squares of about this size; thinner pictures get a margin
MOST_PIXELS = 40_000_000
_QUALITY = 85
_MEMORY_BYTES = 1 << 30
_CPU_SECONDS = 10


def main() -> int:
    limit_itself(memory_bytes=_MEMORY_BYTES, cpu_seconds=_CPU_SECONDS)
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
        picture = in_plain_colours(opened)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    picture = ImageOps.exif_transpose(picture)
    size = max(picture.width, SHORTEST_SIDE), max(picture.height, SHORTEST_SIDE)
    written = io.BytesIO()
    on_paper(picture, size).save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()


if __name__ == "__main__":
    raise SystemExit(main())
