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
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import structlog

from hearth_reflex.llm.prefixes import PrefixIndex, shared_length

log = structlog.get_logger(__name__)

_MAGIC = b"HKV1"
_SUFFIX = ".kv"


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
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="kept")
        if limit_bytes:
            self._open()

    @property
    def size_bytes(self) -> int:
        return sum(entry.bytes for entry in self._entries.values())

    def find(self, tokens: list[int]) -> Found | None:
        """The file whose tokens begin most like `tokens`."""
        best: Found | None = None
        for name in self._index.best(tokens):
            entry = self._entries[name]
            shared = min(shared_length(entry.tokens, tokens), len(tokens) - 1)  # one is always left to be read
            if best is None or shared > best.shared:
                best = Found(name, entry.tokens, shared, entry.bytes)
        return best

    def put(self, owner: str, tokens: list[int], state: bytes) -> None:
        """Keep a sequence; what was kept for `owner` (a room) before is replaced. Returns before it is written."""
        if not state or len(state) > self._limit:
            return
        name = hashlib.sha256(owner.encode()).hexdigest()[:32]
        self._forget(name)
        self._entries[name] = _Entry(list(tokens), len(state) + 4 * len(tokens))
        self._index.put(name, tokens)
        self._thread.submit(self._write, name, list(tokens), state)
        while self.size_bytes > self._limit:
            oldest = next(iter(self._entries))
            self._forget(oldest)
            self._thread.submit(self._unlink, oldest)

    def read(self, found: Found) -> "Future[bytes]":
        """The state of a file that was found; empty when it is not what it was."""
        if (entry := self._entries.pop(found.name, None)) is not None:
            self._entries[found.name] = entry  # used last
        return self._thread.submit(self._read, found)

    def close(self) -> None:
        """Waits until everything is written."""
        self._thread.shutdown()

    def _forget(self, name: str) -> None:
        self._entries.pop(name, None)
        self._index.drop(name)

    def _open(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        files = sorted(self._folder.glob(f"*{_SUFFIX}*"), key=lambda path: path.stat().st_mtime)
        for path in files:
            tokens = self._head(path)
            if tokens is None:
                path.unlink(missing_ok=True)
            else:
                self._entries[path.stem] = _Entry(tokens, path.stat().st_size)
                self._index.put(path.stem, tokens)

    def _head(self, path: Path) -> list[int] | None:
        try:
            with path.open("rb") as file:
                if file.read(4) != _MAGIC or file.read(32) != self._fingerprint or path.suffix != _SUFFIX:
                    return None
                (length,) = struct.unpack("<I", file.read(4))
                tokens: list[int] = json.loads(file.read(length))
                return tokens
        except (OSError, ValueError, struct.error):
            return None

    def _write(self, name: str, tokens: list[int], state: bytes) -> None:
        head = json.dumps(tokens).encode()
        draft = self._folder / f"{name}{_SUFFIX}.new"
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(_MAGIC + self._fingerprint + struct.pack("<I", len(head)) + head)
                file.write(state)
            draft.replace(self._folder / f"{name}{_SUFFIX}")
        except OSError:
            log.warning("engine.kept_not_written", bytes=len(state))
            draft.unlink(missing_ok=True)

    def _read(self, found: Found) -> bytes:
        path = self._folder / f"{found.name}{_SUFFIX}"
        if self._head(path) != found.tokens:
            return b""
        with path.open("rb") as file:
            file.seek(36)
            (length,) = struct.unpack("<I", file.read(4))
            file.seek(40 + length)
            return file.read()

    def _unlink(self, name: str) -> None:
        (self._folder / f"{name}{_SUFFIX}").unlink(missing_ok=True)
