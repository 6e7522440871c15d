"""Where the sockets of the house's engines lie and who may supervise them: one folder for all processes of a house.

Each model has a socket and a lock of its own; the house's default has the plain names. Knows files only. The lock is
the kernel's (flock): it goes with the process that held it, however that ended.
"""

import fcntl
import hashlib
import os
import tempfile
from pathlib import Path

from hearth_reflex.errors import SettingsError

_LONGEST_PATH = 100  # the kernel's limit is 107 bytes, 103 on some systems


def address_of(model: Path) -> str:
    """A short name for what belongs to one model file; the same in every process."""
    return hashlib.sha256(os.fsencode(os.path.abspath(model))).hexdigest()[:12]


def socket_path(data_dir: Path, address: str = "") -> Path:
    """The socket's path; the same for every process with this `data_dir`. Makes the folders, for this user only.

    Args:
        address: of the model, from `address_of`; "" is the house's default.
    """
    home, name = engine_home(data_dir), _named("engine", address, ".sock")
    path = home / name
    if len(os.fsencode(path)) > _LONGEST_PATH:
        path = _short_home(home) / name
    if not address:
        (home / "socket").write_text(f"{path}\n", encoding="utf-8")
    return path


def _named(stem: str, address: str, ending: str = "") -> str:
    return f"{stem}-{address}{ending}" if address else f"{stem}{ending}"


def engine_home(data_dir: Path) -> Path:
    home = data_dir.absolute() / "engine"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return home


def _short_home(home: Path) -> Path:
    """A private folder below the system's temporary one. Raises SettingsError when somebody else has taken it."""
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"hearth-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    facts = folder.lstat()
    if folder.is_symlink() or facts.st_uid != os.getuid() or facts.st_mode & 0o077:
        raise SettingsError(f"{folder} is not a private folder of this user")
    return folder


class FileLock:
    """A lock that one process holds, with a word in it that others may read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    @property
    def held(self) -> bool:
        return self._file is not None

    @property
    def word(self) -> str:
        """What the last holder wrote; "" where nothing was written."""
        try:
            return self._path.read_text(encoding="utf-8").strip()
        except OSError:
            return ""

    def take(self) -> bool:
        """Take it if nobody has it; True while it is ours."""
        if self._file is not None:
            return True
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            return False
        self._file = file
        return True

    def write(self, word: str) -> None:
        """Leave a word for others; only while it is ours."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, word.encode(), 0)

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


class OwnerLock(FileLock):
    """Held by the one process that supervises the worker of a model."""

    def __init__(self, data_dir: Path, address: str = "") -> None:
        super().__init__(engine_home(data_dir) / _named("lock", address))
