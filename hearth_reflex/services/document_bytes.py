"""What of a document is in no row: its bytes, and for a while the pictures of its pages."""

import asyncio
import os
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path

from hearth_reflex.domain.full_disk import NO_ROOM
from hearth_reflex.errors import SpaceError
from hearth_reflex.media.store import FileStore

CACHE_BYTES = 200_000_000
_SWEPT_TO = 0.8  # of what may be kept: not every picture throws one out


class PageCache:
    """A folder of pictures, bounded: those that nobody looked at for longest go first. Made when it is first needed."""

    def __init__(self, folder: Path, *, most_bytes: int = CACHE_BYTES) -> None:
        self._folder, self._most = folder, most_bytes
        self._size: int | None = None  # not known before the first look

    def path(self, uuid: str, page: int, width: int) -> Path:
        """Raises ValueError for what is no uuid: no path is made of anybody's words."""
        return FileStore(self._folder).path(uuid).parent / f"{uuid}-{page}-{width}.png"

    def seen(self, path: Path) -> bool:
        """Whether a picture is there; it was just looked at."""
        try:
            os.utime(path)
        except OSError:
            return False
        return True

    def put(self, path: Path, picture: bytes) -> None:
        """Raises SpaceError; then nothing of the picture stays."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{secrets.token_hex(8)}")
        try:
            draft.write_bytes(picture)
            os.replace(draft, path)
        except OSError as fault:
            if fault.errno in NO_ROOM:
                raise SpaceError from fault
            raise
        finally:
            draft.unlink(missing_ok=True)
        self._size = self._measured() if self._size is None else self._size + len(picture)
        if self._size > self._most:
            self._sweep()

    def forget(self, uuids: Iterable[str]) -> None:
        for uuid in uuids:
            for path in self.path(uuid, 0, 0).parent.glob(f"{uuid}-*.png"):
                path.unlink(missing_ok=True)

    def _measured(self) -> int:
        return sum(size for _, size, _ in self._all())

    def _all(self) -> list[tuple[float, int, Path]]:
        """(when it was looked at, bytes, where) of all pictures, the oldest first."""
        found: list[tuple[float, int, Path]] = []
        for path in self._folder.glob("*/*.png"):
            try:
                facts = path.stat()
            except FileNotFoundError:
                continue
            found.append((facts.st_mtime, facts.st_size, path))
        return sorted(found)

    def _sweep(self) -> None:
        pictures = self._all()
        size = sum(one for _, one, _ in pictures)
        for _, one, path in pictures:
            if size <= self._most * _SWEPT_TO:
                break
            path.unlink(missing_ok=True)
            size -= one
        self._size = size


class DocumentBytes:
    """Args:
    store: where documents lie.
    cache: where pictures of their pages are kept.
    """

    def __init__(self, store: FileStore, cache: PageCache) -> None:
        self.store, self.cache = store, cache

    def path(self, uuid: str) -> Path:
        return self.store.path(uuid)

    async def erase(self, uuids: Sequence[str]) -> None:
        """Removes all of documents whose rows are gone."""
        await asyncio.to_thread(self._erase, list(uuids))

    def _erase(self, uuids: list[str]) -> None:
        self.store.remove(uuids)
        self.cache.forget(uuids)
