"""The PNG of a character card: a picture that carries the card's JSON, in base64, in a text chunk named "chara".

Reading takes chunks apart and opens no picture. What is written is drawn from a picture of the house.
"""

import base64
import binascii
import io
import struct
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEYWORDS = (b"chara", b"ccv3")  # the second is what newer programs add; one of the two is enough
_HEAD = struct.Struct(">I4s")
_MOST_CHUNKS = 20_000
_GROUND = "#2A1D16"
_BARE = (400, 600)


def is_png(data: bytes) -> bool:
    return data.startswith(SIGNATURE)


def card_in(png: bytes) -> bytes | None:
    """The JSON that a PNG carries; None when it carries none. Nothing is unpacked: what is short stays short."""
    texts = _texts(png)
    for keyword in _KEYWORDS:
        if keyword in texts:
            try:
                return base64.b64decode(texts[keyword], validate=False)
            except binascii.Error:
                return None
    return None


def card_png(card: bytes, picture: Path | None) -> bytes:
    """A PNG that carries `card`.

    Args:
        picture: one that the house has drawn; None: a plain one.
    """
    carried = PngInfo()
    carried.add_text(_KEYWORDS[0].decode(), base64.b64encode(card).decode())
    file = io.BytesIO()
    with Image.open(picture, formats=("WEBP",)) if picture else Image.new("RGB", _BARE, _GROUND) as shown:
        shown.convert("RGBA" if shown.mode == "RGBA" else "RGB").save(file, "PNG", pnginfo=carried)
    return file.getvalue()


def _texts(png: bytes) -> dict[bytes, bytes]:
    """The plain text chunks by their keyword, the first of each."""
    found: dict[bytes, bytes] = {}
    at = len(SIGNATURE)
    for _ in range(_MOST_CHUNKS):
        if at + _HEAD.size > len(png):
            break
        length, kind = _HEAD.unpack_from(png, at)
        begin = at + _HEAD.size
        if kind == b"tEXt" and begin + length <= len(png):
            keyword, _, text = png[begin : begin + length].partition(b"\0")
            found.setdefault(keyword.lower(), text)
        at = begin + length + 4  # behind the checksum
    return found
