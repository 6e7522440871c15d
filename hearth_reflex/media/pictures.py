"""Pictures for a model that sees: any common picture becomes a plain JPEG in a data URI, or is refused.

The file is opened in a process of its own (reencode.py), with little memory, little time and no environment: what it
can break there is only itself. Knows nothing of rooms or models.
"""

import subprocess
import sys
import threading
from pathlib import Path

import structlog

from hearth_reflex.domain.data_uri import MOST_BYTES, kind_of, read_data_uri, write_data_uri
from hearth_reflex.errors import PictureError

log = structlog.get_logger(__name__)

_MODULE = "hearth_reflex.media.reencode"
_ROOT = Path(__file__).parents[2]
_PATIENCE_S = 10.0
_ONE_AT_A_TIME = threading.Lock()  # a picture of the largest kind takes most of a gigabyte


def as_data_uri(data: bytes) -> str:
    """A JPEG, PNG, WEBP or GIF (its first frame) as a data URI of a small JPEG without any of its metadata.

    Blocks for a moment, at worst for seconds: call it in a thread. Raises PictureError (`picture_bad`).
    """
    if not 0 < len(data) <= MOST_BYTES or not kind_of(data):
        raise PictureError("picture_bad")
    with _ONE_AT_A_TIME:
        return write_data_uri("jpeg", _reencode(data))


def from_data_uri(uri: str) -> bytes:
    """The bytes in a data URI of a picture; raises PictureError (`picture_bad`) for anything else, URLs included."""
    held = read_data_uri(uri)
    if held is None:
        raise PictureError("picture_bad")
    return held.data


def _reencode(data: bytes) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the picture comes in by a pipe
            [sys.executable, "-m", _MODULE],
            input=data,
            capture_output=True,
            cwd=_ROOT,
            env={},
            timeout=_PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        log.warning("picture.too_slow", bytes=len(data))
        raise PictureError("picture_bad") from None
    if done.returncode != 0 or kind_of(done.stdout) != "jpeg":
        log.info("picture.refused", bytes=len(data), exit_code=done.returncode, kind=done.stderr.decode()[-60:].strip())
        raise PictureError("picture_bad")
    return done.stdout
