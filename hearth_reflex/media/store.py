"""Where the bytes of people's files lie: `<folder>/<end of the uuid>/<uuid>`, and a picture's small one beside it.

No name of a person's is ever part of a path; an id that is no uuid has none. What is still arriving lies in a folder of
its own, under a random name. Knows no table.
"""

import os
import re
import secrets
import shutil
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

SPARE_BYTES = 500_000_000  # left free for the house itself, whatever is brought in
SMALL = ".small"
_ARRIVING = "arriving"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FOLDER = re.compile(r"[0-9a-f]{2}")


class FileStore:
    """Args:
    folder: made, for this user alone, when something is first put there.
    spare_bytes: disk that is left free.
    """

    def __init__(self, folder: Path, *, spare_bytes: int = SPARE_BYTES) -> None:
        self._folder, self._spare = folder, spare_bytes

    @contextmanager
    def arriving(self) -> Generator[Path]:
        """A place for bytes on their way; whatever is still there at the end goes."""
        folder = self._folder / _ARRIVING
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / secrets.token_hex(16)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def path(self, uuid: str, *, small: bool = False) -> Path:
        """Raises ValueError for what is no uuid in its plain form."""
        if not _UUID.fullmatch(uuid):
            raise ValueError("no uuid")
        return self._folder / uuid[-2:] / (uuid + SMALL if small else uuid)

    def keep(self, arrived: Path, uuid: str, *, small: bool = False) -> None:
        """Gives bytes that have arrived their place for good."""
        path = self.path(uuid, small=small)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        os.replace(arrived, path)

    def remove(self, uuids: Iterable[str]) -> None:
        for uuid in uuids:
            self.path(uuid).unlink(missing_ok=True)
            self.path(uuid, small=True).unlink(missing_ok=True)

    def folders(self) -> list[Path]:
        """Those that hold files, by name."""
        if not self._folder.is_dir():
            return []
        return sorted(path for path in self._folder.iterdir() if _FOLDER.fullmatch(path.name))

    def old(self, folder: Path, *, seconds: float) -> set[str]:
        """The uuids of the files in one folder that have lain there for so long."""
        return {path.name.removesuffix(SMALL) for path in folder.iterdir() if _is_old(path, seconds)}

    def sweep(self, *, seconds: float) -> int:
        """Removes what began to arrive so long ago and never did. Returns how many."""
        folder = self._folder / _ARRIVING
        stale = [path for path in folder.iterdir() if _is_old(path, seconds)] if folder.is_dir() else []
        for path in stale:
            path.unlink(missing_ok=True)
        return len(stale)

    def has_room(self, size_bytes: int) -> bool:
        """Whether so many more bytes fit on the disk, with some to spare for the house itself."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return shutil.disk_usage(self._folder).free - size_bytes >= self._spare


def write_to(file: BinaryIO, data: bytes) -> None:
    file.write(data)
    file.flush()  # a full disk is told here, where it has words


def _is_old(path: Path, seconds: float) -> bool:
    try:
        return time.time() - path.stat().st_mtime > seconds
    except OSError:
        return False
