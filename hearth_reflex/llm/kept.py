"""What the model has read of rooms that are quiet now, on disk: one file a room, the oldest ones dropped.

Files are written and read in a thread of their own; finding one is a walk in memory. A file holds the tokens and
llama.cpp's own state of one sequence, made by one build for one model with one shape of memory (`fingerprint`); others
are thrown away at the start. What people said can be read out of such a file: it lies in the data folder, for its
owner's eyes.
"""

import hashlib
import json
import os
import struct
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar

import structlog

from hearth_reflex.llm.prefixes import PrefixIndex, shared_length

log = structlog.get_logger(__name__)

R = TypeVar("R")
_MAGIC = b"HKV2"
_SUFFIX = ".kv"
_MOST_UNWRITTEN = 3  # states that wait in memory for a slow disk


@dataclass(slots=True)
class _Entry:
    tokens: list[int]
    bytes: int


@dataclass(frozen=True, slots=True)
class Found:
    """A kept beginning of a prompt: `shared` tokens of it are the prompt's own."""

    name: str
    tokens: list[int]
    shared: int
    bytes: int


class KeptStore:
    """Args:
    folder: made when missing, for this user alone.
    fingerprint: of model, build and shape of memory.
    limit_bytes: of all files together; 0 keeps nothing.
    """

    def __init__(self, folder: Path, *, fingerprint: str, limit_bytes: int) -> None:
        self._folder, self._limit = folder, limit_bytes
        self._fingerprint = hashlib.sha256(fingerprint.encode()).digest()
        self._entries: dict[str, _Entry] = {}  # the oldest first
        self._index = PrefixIndex[str]()
        self._bytes = 0
        self._unwritten: list[Future[None]] = []
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="kept")
        try:
            self._open()
        except OSError:  # a folder that cannot be used is no reason not to speak
            log.warning("engine.kept_folder_unusable")
            self._limit = 0

    @property
    def size_bytes(self) -> int:
        return self._bytes  # asked from other threads

    def find(self, tokens: list[int]) -> Found | None:
        """The file whose tokens begin most like `tokens`."""
        best: Found | None = None
        for name in self._index.best(tokens):
            entry = self._entries[name]
            shared = min(shared_length(entry.tokens, tokens), len(tokens) - 1)  # one is always left to be read
            if best is None or shared > best.shared:
                best = Found(name, entry.tokens, shared, entry.bytes)
        return best

    def takes(self, size: int) -> bool:
        """Whether a state of so many bytes would be kept: asked before it is copied out of the memory."""
        self._unwritten = [writing for writing in self._unwritten if not writing.done()]
        return 0 < size <= self._limit and len(self._unwritten) < _MOST_UNWRITTEN

    def put(self, owner: str, tokens: list[int], state: bytes | memoryview) -> None:
        """Keep a sequence; what was kept for `owner` (a room) before is replaced. Returns before it is written."""
        if not self.takes(len(state)):
            return
        name = _name_of(owner)
        self._forget(name)
        self._enter(name, _Entry(list(tokens), len(state) + 4 * len(tokens)))
        self._unwritten.append(self._later(lambda: self._write(name, list(tokens), state)))
        self._keep_to_limit()

    def drop(self, owner: str) -> None:
        """What was kept for `owner` is not its talk any more."""
        if (name := _name_of(owner)) in self._entries:
            self._forget(name)
            self._later(lambda: self._unlink(name))

    def read(self, found: Found) -> "Future[bytes]":
        """The state of a file that was found; empty when it is not what it was."""
        if (entry := self._entries.pop(found.name, None)) is not None:
            self._entries[found.name] = entry  # used last
        return self._later(lambda: self._read(found))

    def lose(self, found: Found) -> None:
        """It could not be read back: it is not looked for again."""
        if (entry := self._entries.get(found.name)) is not None and entry.tokens is found.tokens:
            self._forget(found.name)
            self._later(lambda: self._unlink(found.name))

    def close(self) -> None:
        """Waits until everything is written."""
        self._thread.shutdown()

    def _later(self, work: Callable[[], R]) -> "Future[R]":
        """In the thread; where the system has none to give, here and now."""
        try:
            return self._thread.submit(work)
        except RuntimeError:
            done = Future[R]()
            done.set_result(work())
            return done

    def _enter(self, name: str, entry: _Entry) -> None:
        self._entries[name] = entry
        self._bytes += entry.bytes
        self._index.put(name, entry.tokens)

    def _forget(self, name: str) -> None:
        if (entry := self._entries.pop(name, None)) is not None:
            self._bytes -= entry.bytes
        self._index.drop(name)

    def _keep_to_limit(self) -> None:
        while self._bytes > self._limit:
            oldest = next(iter(self._entries))
            self._forget(oldest)
            self._later(partial(self._unlink, oldest))

    def _open(self) -> None:
        """Take up what lies there already; with a limit of 0 nothing of what people said stays behind."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        files = sorted(self._folder.glob(f"*{_SUFFIX}*"), key=lambda path: path.stat().st_mtime)
        for path in files:
            tokens = self._head(path)
            if tokens is None:
                path.unlink(missing_ok=True)
            else:
                self._enter(path.stem, _Entry(tokens, path.stat().st_size))
        self._keep_to_limit()

    def _head(self, path: Path) -> list[int] | None:
        try:
            with path.open("rb") as file:
                return self._read_head(file)[0] if path.suffix == _SUFFIX else None
        except (OSError, ValueError, struct.error):
            return None

    def _read_head(self, file: BinaryIO) -> tuple[list[int], int]:
        """Tokens, and the checksum of the state that follows. Raises ValueError for a file that is not ours."""
        if file.read(4) != _MAGIC or file.read(32) != self._fingerprint:
            raise ValueError
        length, checksum = struct.unpack("<II", file.read(8))
        return json.loads(file.read(length)), checksum

    def _write(self, name: str, tokens: list[int], state: bytes | memoryview) -> None:
        head = json.dumps(tokens).encode()
        draft = self._folder / f"{name}{_SUFFIX}.new"
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(_MAGIC + self._fingerprint + struct.pack("<II", len(head), zlib.crc32(state)) + head)
                file.write(state)
            draft.replace(self._folder / f"{name}{_SUFFIX}")
        except OSError:
            log.warning("engine.kept_not_written", bytes=len(state))
            # What lies there from before is not this talk: it would be found by nobody, and read by somebody.
            self._unlink(name)
            self._unlink(name, ".new")

    def _read(self, found: Found) -> bytes:
        try:
            with (self._folder / f"{found.name}{_SUFFIX}").open("rb") as file:
                tokens, checksum = self._read_head(file)
                state = file.read() if tokens == found.tokens else b""
        except (OSError, ValueError, struct.error, MemoryError):
            return b""
        # A state that was torn by a fall of the machine could take the engine with it.
        return state if zlib.crc32(state) == checksum else b""

    def _unlink(self, name: str, more: str = "") -> None:
        with suppress(OSError):
            (self._folder / f"{name}{_SUFFIX}{more}").unlink(missing_ok=True)


def kept_folder(data_dir: Path) -> Path:
    """Where the stores of all models lie, each in a folder of its own."""
    return data_dir / "engine" / "kept"


def forget_kept(folder: Path, owners: Iterable[str]) -> int:
    """Removes what lies there of these, for whichever model; a store that is open finds nothing and thinks no more of
    it. Returns how many files went."""
    names = {_name_of(owner) for owner in owners}
    gone = [path for path in folder.glob(f"*/*{_SUFFIX}*") if path.name.partition(".")[0] in names]
    for path in gone:
        with suppress(OSError):
            path.unlink(missing_ok=True)
    return len(gone)


def _name_of(owner: str) -> str:
    return hashlib.sha256(owner.encode("utf-8", "replace")).hexdigest()[:32]
