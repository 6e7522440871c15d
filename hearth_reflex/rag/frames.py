"""What the house and the embedder's process say to each other: frames of a JSON head and raw bytes, over pipes.

    4 bytes length of the head | 4 bytes length of the body | head, UTF-8 JSON | body

A body is float32 numbers, or points of pictures, three bytes each.

Knows no model. Both ends import it.
"""

import json
import struct
import sys
from collections.abc import Mapping
from typing import Any, BinaryIO, cast

_LENGTHS = struct.Struct(">II")
LENGTHS_BYTES = _LENGTHS.size
MOST_BYTES = 64 * 1024 * 1024


def packed(head: Mapping[str, Any], body: bytes = b"") -> bytes:
    said = json.dumps(head).encode()
    return _LENGTHS.pack(len(said), len(body)) + said + body


def lengths(start: bytes) -> tuple[int, int]:
    """Of head and body. Raises ValueError for what can be no frame."""
    head, body = _LENGTHS.unpack(start)
    if head > MOST_BYTES or body > MOST_BYTES:
        raise ValueError("a frame too long")
    return head, body


def head_of(said: bytes) -> dict[str, Any]:
    head: object = json.loads(said)
    if not isinstance(head, dict):
        raise ValueError("no head")
    return cast("dict[str, Any]", head)


def read_frame(source: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """Head and body of the next frame, for the process's end; None when nothing more comes."""
    start = source.read(LENGTHS_BYTES)
    if len(start) < LENGTHS_BYTES:
        return None
    head, body = lengths(start)
    said = source.read(head)
    rest = source.read(body)
    return (head_of(said), rest) if len(said) == head else None


def tell(event: str, **more: str) -> None:
    """From the process, a line for the house's log; never a text that was embedded."""
    sys.stderr.write(json.dumps({"event": event} | more) + "\n")
    sys.stderr.flush()
