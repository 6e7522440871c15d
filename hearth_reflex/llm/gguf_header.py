"""Reads the head of a GGUF file with plain bytes, before llama.cpp is trusted with the file.

Finds what is no GGUF, what was cut off, and the few facts the engine needs (name, architecture, context,
chat template). It checks that every tensor begins inside the file; the numbers in them are llama.cpp's matter.
"""

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

from hearth_reflex.errors import ModelBrokenError, ModelMissingError

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_STRING, _ARRAY = 8, 9
# GGUF's own value types: number -> struct format.
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_MOST_ENTRIES = 1_000_000
_MOST_DIMS = 8
_LONGEST_STRING = 16_000_000  # far longer than any template: a larger one would only cost memory
_MOST_STRINGS = 16_000_000  # and the same for time
_DEFAULT_ALIGNMENT = 32

Value = int | float | bool | str | None


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """What a model says of itself. `template` is the Jinja text it carries, empty where it has none."""

    architecture: str
    name: str
    context_tokens: int
    template: str
    tensors: int


def read_header(path: Path, *, speaks: bool = True) -> GgufHeader:
    """Raises ModelMissingError or ModelBrokenError; never hands the file to native code.

    Args:
        speaks: refuse what is a GGUF file but no model that speaks.
    """
    if not path.is_file():
        raise ModelMissingError
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _header(_Cursor(data), speaks=speaks)
    except ModelBrokenError:
        raise
    except (OSError, ValueError, struct.error, OverflowError) as error:
        # An empty file cannot be mapped, an unreadable one not opened, a cut one not unpacked.
        raise ModelBrokenError from error


class _Cursor:
    """A place in the mapped file; reading past the end raises struct.error."""

    def __init__(self, data: mmap.mmap) -> None:
        self.data = data
        self.size = len(data)
        self.at = 0

    def scalar(self, code: str) -> int | float | bool:
        layout = "<" + code
        value: int | float | bool = struct.unpack_from(layout, self.data, self.at)[0]
        self.at += struct.calcsize(layout)
        return value

    def number(self, code: str = "Q") -> int:
        return int(self.scalar(code))

    def skip(self, length: int) -> None:
        if length > self.size - self.at:
            raise ModelBrokenError
        self.at += length

    def string(self) -> str:
        length = self.number()
        if length > _LONGEST_STRING:
            raise ModelBrokenError
        start = self.at
        self.skip(length)
        return self.data[start : self.at].decode("utf-8", "replace")


def _header(cursor: _Cursor, *, speaks: bool) -> GgufHeader:
    if cursor.data[:4] != _MAGIC:
        raise ModelBrokenError
    cursor.skip(4)
    if cursor.number("I") not in _VERSIONS:
        raise ModelBrokenError
    tensors, entries = cursor.number(), cursor.number()
    if tensors > _MOST_ENTRIES or entries > _MOST_ENTRIES:
        raise ModelBrokenError
    facts = {cursor.string(): _value(cursor, cursor.number("I")) for _ in range(entries)}
    alignment = _whole(facts.get("general.alignment", _DEFAULT_ALIGNMENT))
    if alignment <= 0:
        raise ModelBrokenError
    if tensors:
        _check_tensors(cursor, tensors, alignment)
    elif _whole(facts.get("split.count")) < 2:
        raise ModelBrokenError  # only the first part of a split model may hold no weights of its own
    return _described(facts, tensors, speaks=speaks)


def _value(cursor: _Cursor, kind: int) -> Value:
    if kind == _STRING:
        return cursor.string()
    if kind == _ARRAY:
        _skip_array(cursor)
        return None
    if kind not in _SCALARS:
        raise ModelBrokenError
    return cursor.scalar(_SCALARS[kind])


def _skip_array(cursor: _Cursor) -> None:
    kind, length = cursor.number("I"), cursor.number()
    if kind in _SCALARS:
        cursor.skip(length * struct.calcsize(_SCALARS[kind]))
        return
    if kind != _STRING or length > _MOST_STRINGS:
        raise ModelBrokenError
    for _ in range(length):
        cursor.skip(cursor.number())


def _check_tensors(cursor: _Cursor, count: int, alignment: int) -> None:
    furthest = 0
    for _ in range(count):
        cursor.skip(cursor.number())
        dims = cursor.number("I")
        if dims > _MOST_DIMS:
            raise ModelBrokenError
        cursor.skip(8 * dims + 4)
        furthest = max(furthest, cursor.number())
    start = -(-cursor.at // alignment) * alignment
    if start + furthest >= cursor.size:
        raise ModelBrokenError


def _described(facts: dict[str, Value], tensors: int, *, speaks: bool) -> GgufHeader:
    architecture = str(facts.get("general.architecture") or "")
    later_part = _whole(facts.get("split.no")) > 0
    if (not architecture and (speaks or not later_part)) or (speaks and architecture == "clip"):
        # A projector of images is a GGUF too, and no model that speaks; nor is a part that says nothing of itself.
        raise ModelBrokenError
    return GgufHeader(
        architecture=architecture,
        name=str(facts.get("general.name") or ""),
        context_tokens=_whole(facts.get(f"{architecture}.context_length")),
        template=str(facts.get("tokenizer.chat_template") or ""),
        tensors=tensors,
    )


def _whole(value: Value) -> int:
    return int(value) if isinstance(value, int) else 0
