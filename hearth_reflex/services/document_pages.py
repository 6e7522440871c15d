"""Pictures of pages: drawn away from this process when they are asked for, a few at once, and kept for a while.

A page may be seen by whoever may see its document; that is looked up each time, also when the picture is kept.
"""

import asyncio
import hashlib
from collections import Counter
from pathlib import Path
from weakref import WeakValueDictionary

from hearth_reflex.db.database import Database
from hearth_reflex.db.document import Document
from hearth_reflex.domain.reading import Reads
from hearth_reflex.domain.roles import Permission
from hearth_reflex.errors import LimitError, NotFoundError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.attachments import StoredFile
from hearth_reflex.services.document_access import document_for
from hearth_reflex.services.document_bytes import DocumentBytes

WIDTHS = (240, 480, 800, 1200, 1600, 2000)  # any other is one of these: each is a picture of its own
DRAWN_AT_ONCE = 2
WAITING_MOST = 24  # a reader scrolls through a document: so many pages may be asked for
WAITING_OWN = 8  # of them by one person


class DocumentPages:
    def __init__(self, *, database: Database, kept: DocumentBytes, reads: Reads) -> None:
        self._db, self._bytes, self._reads, self._cache = database, kept, reads, kept.cache
        self._hands = asyncio.Semaphore(DRAWN_AT_ONCE)
        self._waiting = Counter[str]()  # by whom
        self._turns: WeakValueDictionary[Path, asyncio.Lock] = WeakValueDictionary()

    async def open(self, actor: Actor, uuid: str, page: int, *, width: int) -> StoredFile:
        """The picture of a page, about so many points wide.

        Raises:
            NotFoundError: `document_unknown`; `page_unknown`, there is none of that number.
            InputError: what `Reads.page` says.
            LimitError: `pages_busy`, too many are being drawn.
            SpaceError: it cannot be kept.
        """
        async with self._db.read() as db:
            _, document = await document_for(db, actor, uuid, Permission.READ)
        if not 1 <= page <= document.pages:
            raise NotFoundError("page_unknown")
        drawn = next((one for one in WIDTHS if one >= width), WIDTHS[-1])
        path = self._cache.path(document.uuid, page, drawn)
        if not await asyncio.to_thread(self._cache.seen, path):
            await self._draw(actor, document, page, drawn, path)
        tag = hashlib.sha256(f"{document.sha256}:{page}:{drawn}".encode()).hexdigest()
        return StoredFile(path, f"{page}.png", "image/png", True, f'"{tag[:32]}"')

    async def _draw(self, actor: Actor, document: Document, page: int, width: int, path: Path) -> None:
        if self._waiting.total() >= WAITING_MOST or self._waiting[actor.uuid] >= WAITING_OWN:
            raise LimitError("pages_busy", retry_after=2)
        self._waiting[actor.uuid] += 1
        turn = self._turns.setdefault(path, asyncio.Lock())
        try:
            async with turn, self._hands:
                if not await asyncio.to_thread(self._cache.seen, path):  # nobody else asked for the same one
                    picture = await self._reads.page(self._bytes.path(document.uuid), page, width=width)
                    await asyncio.to_thread(self._cache.put, path, picture)
        except FileNotFoundError:
            raise NotFoundError("document_unknown") from None
        finally:
            self._waiting -= Counter([actor.uuid])  # who waits for nothing any more is not counted on
        if not await asyncio.to_thread(self._bytes.path(document.uuid).is_file):  # it was removed meanwhile
            await self._bytes.erase([document.uuid])
            raise NotFoundError("document_unknown")
