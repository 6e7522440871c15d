"""The pictures of a prompt, checked before a model sees them: how many, of what kind, how large.

Only data URIs count, as `media` writes them; nothing is ever fetched. The sizes are read from the header, so that a
picture which would unfold beyond reason is refused before native code opens it. Knows no model.
"""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from hearth_reflex.domain.data_uri import PictureData, read_data_uri
from hearth_reflex.domain.generation import ChatTurn
from hearth_reflex.errors import PictureError

MOST_A_TURN = 4
MOST_A_PROMPT = 16  # earlier turns' pictures stand in the prompt again
_MOST_SIDE = 4096
_FIRST = 1 << 40

# Markers of a JPEG that carry its size, and those that stand alone without a length.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_LONE = frozenset({0x01, *range(0xD0, 0xD8)})


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG or PNG file's bytes, of a size that a model can take."""

    data: bytes


def pictures_of(turns: Sequence[ChatTurn]) -> list[bytes]:
    """All pictures of a talk in their order; raises PictureError (`picture_many`, `picture_bad`)."""
    for turn in turns:
        if len(turn.images) > MOST_A_TURN:
            raise PictureError("picture_many", limit=MOST_A_TURN)
    uris = [uri for turn in turns for uri in turn.images]
    if len(uris) > MOST_A_PROMPT:
        raise PictureError("picture_many", limit=MOST_A_PROMPT)
    return [picture_of(uri).data for uri in uris]


def picture_of(uri: str) -> Picture:
    """The picture in a data URI; raises PictureError (`picture_bad`) for anything else."""
    held = read_data_uri(uri)
    width, height = _size(held) if held else (0, 0)
    if held is None or not (0 < width <= _MOST_SIDE and 0 < height <= _MOST_SIDE):
        raise PictureError("picture_bad")
    return Picture(held.data)


def _size(held: PictureData) -> tuple[int, int]:
    """Width and height as the header tells; (0, 0) where it tells none, and for kinds that the model's reader lacks."""
    try:
        if held.kind == "png":
            return struct.unpack_from(">II", held.data, 16)
        return _jpeg_size(held.data) if held.kind == "jpeg" else (0, 0)
    except (struct.error, IndexError):
        return 0, 0


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        alone = marker in _LONE or marker == 0xFF  # the second 0xFF is filling
        at += (1 if marker == 0xFF else 2) if alone else 2 + struct.unpack_from(">H", data, at + 2)[0]
    return 0, 0


def stand_ins(name: str, count: int) -> list[int]:
    """Numbers that stand for a picture's positions among tokens: negative, and the same for the same name only.

    So sequences with pictures are compared as those of words are. The first one lies below all others, for `whole`.
    """
    drawn = hashlib.shake_256(name.encode()).digest(4 * count)
    numbers = [-2 - number for number in struct.unpack(f"<{count}I", drawn)]
    return [numbers[0] - _FIRST, *numbers[1:]]


def whole(tokens: Sequence[int], length: int) -> int:
    """`length`, or less where the cut would go through a picture: it is kept whole or not at all."""
    while 0 < length < len(tokens) and -_FIRST <= tokens[length] < 0:
        length -= 1
    return length
