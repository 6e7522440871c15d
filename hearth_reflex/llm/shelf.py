"""The folder of model files: what lies there, and how a new file gets its name.

Names that come from clients are never paths: they are made safe, or refused. What is still arriving has a name that
begins with a dot and is not listed. Symbolic links that the operator put there are followed. Knows no table.
"""

import asyncio
import fcntl
import os
import secrets
import shutil
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import structlog

from hearth_reflex.errors import ConflictError, InputError
from hearth_reflex.llm.model_facts import is_later_part, parts_of

log = structlog.get_logger(__name__)

SUFFIX = ".gguf"
PARTIAL = ".part"
SPARE_BYTES = 500_000_000  # left free for the house itself, whatever is brought in
_LONGEST_NAME = 180  # bytes; with a prefix and suffix it stays below the 255 of file systems
_NOT_IN_A_NAME = set('<>:"/\\|?*')
_STALE_SECONDS = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Found:
    """A model that lies in the folder; a split one counts once, under the name of its first part."""

    name: str
    path: Path
    size_bytes: int
    modified_ns: int


def safe_name(raw: str) -> str:
    """The file name that a client meant, without folders and without what a file system or a shell could misread.

    Raises:
        InputError: `model_name`, nothing usable is left, or it is no `.gguf`.
    """
    last = unicodedata.normalize("NFC", raw).replace("\\", "/").rpartition("/")[2]
    name = "".join("_" if c in _NOT_IN_A_NAME else c for c in last if c.isprintable()).strip().lstrip(".-_ ")
    stem = name[: -len(SUFFIX)].rstrip(". ")
    if not name.lower().endswith(SUFFIX) or not stem or len(os.fsencode(name)) > _LONGEST_NAME:
        raise InputError("model_name", field="name")
    return stem + SUFFIX


class Shelf:
    """Args:
    folder: made, for this user alone, when something is first looked for or put there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def found(self) -> list[Found]:
        """What lies there, by name. A link into nothing, or around in a ring, is nothing."""
        self.open()
        return sorted(self._found(), key=lambda found: found.name)

    def _found(self) -> Iterator[Found]:
        for path in self.folder.iterdir():
            if path.name.startswith(".") or not path.name.lower().endswith(SUFFIX) or is_later_part(path.name):
                continue
            if not _can_be_said(path.name):
                log.warning("models.name_unreadable")
                continue
            if (found := look_at(path)) is not None:
                yield found

    def partial(self, name: str, mark: str = "") -> Path:
        """Where the bytes of `name` gather until they are whole; the same for the same `mark`."""
        self.open()
        return self.folder / f".{name}.{mark or secrets.token_hex(6)}{PARTIAL}"

    def place(self, partial: Path, name: str) -> Path:
        """Gives a whole file its name.

        Raises:
            ConflictError: `model_taken`, a file of that name is there.
        """
        target = self.folder / name
        self.check_free_name(name)
        try:
            os.link(partial, target)  # fails when somebody was first; a rename would write over it
        except FileExistsError:
            raise ConflictError("model_taken", field="name") from None
        except OSError:
            os.rename(partial, target)  # a file system without hard links
            return target
        partial.unlink()
        return target

    def check_free_name(self, name: str) -> None:
        """Raises ConflictError `model_taken` when a file looks the same by name, however its letters are composed."""
        self.open()
        if any(_folded(path.name) == _folded(name) for path in self.folder.iterdir()):
            raise ConflictError("model_taken", field="name")

    def remove(self, name: str) -> None:
        """All parts of a model and what has arrived of it. Of a link only the link."""
        if Path(name).name != name:
            raise ValueError("a name in the folder, not a path")
        for part in parts_of(self.folder / name):
            part.unlink(missing_ok=True)
            for partial in self.folder.iterdir():
                if partial.name.startswith(f".{part.name}.") and partial.name.endswith(PARTIAL):
                    partial.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Removes what began to arrive a week ago and never did."""
        self.open()
        for partial in self.folder.glob(f".*{PARTIAL}"):
            try:
                if time.time() - partial.stat().st_mtime > _STALE_SECONDS:
                    partial.unlink()
            except OSError:
                continue

    def room_for(self, size_bytes: int) -> bool:
        """Whether so many more bytes fit, with some to spare for the house itself."""
        self.open()
        return shutil.disk_usage(self.folder).free - size_bytes >= SPARE_BYTES


class FolderLock:
    """Held by the one process that fetches into the folder. The kernel's: it goes with the process that held it."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._file: int | None = None

    def take(self) -> bool:
        """Takes it if nobody has it, this process included."""
        if self._file is not None:
            return False
        self._shelf.open()
        file = os.open(self._shelf.folder / ".fetching", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            return False
        self._file = file
        return True

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


async def write_all(file: BinaryIO, data: bytes) -> None:
    """Off the event loop. Who is cancelled waits for the thread: the file must not be closed under its hands."""
    writing = asyncio.ensure_future(asyncio.to_thread(_write, file, data))
    try:
        await asyncio.shield(writing)
    except asyncio.CancelledError:
        await asyncio.wait([writing])
        raise


def _write(file: BinaryIO, data: bytes) -> None:
    file.write(data)
    file.flush()  # a full disk is told here, where it has words


def look_at(path: Path) -> Found | None:
    """A model file as it lies there, all its parts together; None where there is no file."""
    if not path.is_file():
        return None
    sizes, times = list[int](), list[int]()
    for part in parts_of(path):
        try:
            facts = part.stat()
        except OSError:
            continue  # one that is missing is found when the facts are read
        sizes.append(facts.st_size)
        times.append(facts.st_mtime_ns)
    return Found(path.name, path, sum(sizes), max(times)) if sizes else None


def _can_be_said(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return name.isprintable()


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
