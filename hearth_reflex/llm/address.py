"""Where the engine's socket lies and who may supervise it: one folder, one lock, for all processes of a house.

Knows files only. The lock is the kernel's (flock): it goes with the process that held it, however that ended.
"""

import fcntl
import hashlib
import os
import tempfile
from pathlib import Path

from hearth_reflex.errors import SettingsError

_LONGEST_PATH = 100  # the kernel's limit is 107 bytes, 103 on some systems


def socket_path(data_dir: Path) -> Path:
    """The socket's path; the same for every process with this `data_dir`. Makes the folders, for this user only."""
    home = engine_home(data_dir)
    path = home / "engine.sock"
    if len(os.fsencode(path)) > _LONGEST_PATH:
        path = _short_home(home) / "engine.sock"
    (home / "socket").write_text(f"{path}\n", encoding="utf-8")
    return path


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


class OwnerLock:
    """Held by the one process that supervises the worker."""

    def __init__(self, data_dir: Path) -> None:
        self._path = engine_home(data_dir) / "lock"
        self._file: int | None = None

    @property
    def held(self) -> bool:
        return self._file is not None

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

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
