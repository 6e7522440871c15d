"""Pictures inside a text: `data:` URIs, read strictly and written plainly.

Knows four kinds of picture by name and by their first bytes; it opens none of them, and it never fetches anything: a
URL of another kind is simply not one of these.
"""

import base64
import binascii
import re
from dataclasses import dataclass

MOST_BYTES = 20 * 1024 * 1024

_SHAPE = re.compile(r"data:image/(png|jpeg|webp|gif);base64,([A-Za-z0-9+/]+={0,2})")
_LONGEST = MOST_BYTES * 4 // 3 + 64


@dataclass(frozen=True, slots=True)
class PictureData:
    """The bytes of a picture and what they claim to be: `png`, `jpeg`, `webp` or `gif`."""

    kind: str
    data: bytes


def read_data_uri(uri: str) -> PictureData | None:
    """What a data URI holds; None for anything but a picture that is within the limit and of the kind it names."""
    found = _SHAPE.fullmatch(uri) if len(uri) <= _LONGEST else None
    if found is None:
        return None
    try:
        data = base64.b64decode(found[2], validate=True)
    except binascii.Error:
        return None
    kind = found[1]
    return PictureData(kind, data) if len(data) <= MOST_BYTES and kind_of(data) == kind else None


def write_data_uri(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"


def kind_of(data: bytes) -> str:
    """The kind of picture that the first bytes announce; "" for none of ours."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return "gif" if data[:6] in (b"GIF87a", b"GIF89a") else ""
