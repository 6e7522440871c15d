"""Where strangers' pictures are opened: in a process of their own, with little memory, little time and no environment.

What a picture can break there is only that process. Knows nothing of rooms or people.
"""

import asyncio
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import structlog

from hearth_reflex.errors import InputError

log = structlog.get_logger(__name__)

MODULE = "hearth_reflex.media.develop"
PATIENCE_S = 10.0
KINDS = {"png": "png", "jpeg": "jpg", "webp": "webp"}  # what comes out, and its suffix
_ROOT = Path(__file__).parents[2]
_ENVIRONMENT = {"MALLOC_ARENA_MAX": "1"}  # threads of a decoder would each claim a share of the memory it may take
_LONGEST_ANSWER = 1000
_MOST_PIXELS = 100_000_000
_CAMERA_TIME = "%Y:%m:%d %H:%M:%S"
_FIRST_PHOTOGRAPH, _LAST_YEAR = 1826, 2200


@dataclass(frozen=True, slots=True)
class Developed:
    """A clean picture: what it is, and its size upright in pixels. `blur` is its BlurHash; `moves`: it has frames.

    `taken` is what the clock of the camera said, which knows no zone: kept as if it were UTC.
    """

    kind: str
    width: int
    height: int
    blur: str
    moves: bool = False
    taken: datetime | None = None

    @property
    def suffix(self) -> str:
        return KINDS[self.kind]


class Darkroom:
    """Args:
    places: pictures that are opened at the same time.
    """

    def __init__(self, *, places: int = 2, patience: float = PATIENCE_S) -> None:
        self._places, self._patience = asyncio.Semaphore(places), patience

    async def develop(self, source: BinaryIO, *, whole: BinaryIO, small: BinaryIO) -> Developed:
        """Draws the picture in `source` anew, into `whole`, and a small one into `small`; all three are open files.

        Raises:
            InputError: `picture_unreadable`, `picture_large`.
        """
        async with self._places:
            said = await self._run(source, whole.fileno(), small.fileno())
        found = _read(said)
        if found is None:
            raise InputError("picture_unreadable", field="file")
        return found

    async def _run(self, source: BinaryIO, *written: int) -> bytes:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", MODULE, *map(str, written),
            stdin=source,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=_ROOT,
            env=_ENVIRONMENT,
            pass_fds=written,
        )  # fmt: skip
        assert process.stdout is not None  # noqa: S101 - it was asked for
        try:
            async with asyncio.timeout(self._patience):
                said = await process.stdout.read(_LONGEST_ANSWER)
                await process.wait()
        except TimeoutError:
            log.warning("picture.too_slow")
            raise InputError("picture_large", field="file") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            log.warning("picture.opener_fell", exit_code=process.returncode)
        return said


def _read(said: bytes) -> Developed | None:
    """What the program said, believed only as far as it can be true: a picture may have taken it over."""
    try:
        told = json.loads(said)
    except ValueError:
        return None
    if told.get("refused") == "picture_large":
        raise InputError("picture_large", field="file")
    kind, width, height, blur = (told.get(name) for name in ("kind", "width", "height", "blur"))
    if kind not in KINDS or not isinstance(blur, str) or len(blur) > 80 or not blur.isascii():
        return None
    sides_are_right = all(isinstance(side, int) and side > 0 for side in (width, height))
    moves = told.get("moves") is True
    if not sides_are_right or width * height > _MOST_PIXELS:
        return None
    return Developed(kind, width, height, blur, moves, _moment(told.get("taken")))


def _moment(told: object) -> datetime | None:
    try:
        moment = datetime.strptime(str(told), _CAMERA_TIME).replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment if _FIRST_PHOTOGRAPH <= moment.year <= _LAST_YEAR else None
