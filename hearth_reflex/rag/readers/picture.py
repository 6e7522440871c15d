"""Pictures: the words in them, and how they look upright. What is opened here is opened nowhere else in the house."""

import io
from typing import BinaryIO

from PIL import Image, ImageOps

from hearth_reflex.domain.reading import Reading
from hearth_reflex.rag.draft import Draft
from hearth_reflex.rag.readers.ocr import Ocr
from hearth_reflex.rag.refusal import Refusal, Why

KINDS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")
MOST_PIXELS = 50_000_000
LARGEST_SIDE = 4096


def upright(file: BinaryIO) -> Image.Image:
    """The first picture of a file; raises Refusal for one that is broken or too large."""
    _know_heif()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    file.seek(0)
    try:
        opened = Image.open(file, formats=KINDS)
        if opened.width * opened.height > MOST_PIXELS:
            raise Refusal(Why.BOMB)
        opened.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
        return _turned(opened)
    except (MemoryError, Image.DecompressionBombError):
        raise Refusal(Why.BOMB) from None
    except Refusal:
        raise
    except Exception:  # whatever a broken picture brings about, it is one thing
        raise Refusal(Why.UNREADABLE) from None


def _turned(picture: Image.Image) -> Image.Image:
    picture.load()
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # notes that nobody can read do not make the picture unreadable
        return picture


def read_words(file: BinaryIO, draft: Draft, ocr: Ocr) -> Reading:
    """The words in a picture; without blocks where there are none, or nobody here can tell: it is a picture still."""
    picture = upright(file)
    if ocr.is_there:
        for block in ocr.blocks(picture, page=1):
            draft.add(block)
            draft.scanned = 1
    draft.skipped = 1 - draft.scanned
    return draft.unasked(pages=1)


def draw_picture(file: BinaryIO, *, width: int) -> bytes:
    picture = upright(file)
    picture.thumbnail((width, LARGEST_SIDE))
    return png(picture)


def png(picture: Image.Image) -> bytes:
    drawn = io.BytesIO()
    picture.info.clear()
    plain = picture if picture.mode in ("L", "RGB", "RGBA") else picture.convert("RGBA")
    plain.save(drawn, "PNG", compress_level=6)
    return drawn.getvalue()


def _know_heif() -> None:
    import pi_heif  # pyright: ignore[reportMissingTypeStubs] - it brings none

    pi_heif.options.DECODE_THREADS = 1
    pi_heif.register_heif_opener()  # pyright: ignore[reportUnknownMemberType] - as above
