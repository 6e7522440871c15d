"""Documents that people give the house to know: brought into the library of a room or onto one's own shelf, looked at,
given out again. What is done with those that are there is `document_changes.py`'s, reading them `document_work.py`'s.

Rows say what a document is, the store holds its bytes. Bytes come before their row and go after it, so that a fall in
between leaves bytes that nobody can ask for; `clean` finds them.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import structlog
from sqlmodel import col, func, insert, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.attachment import AttachmentKind
from hearth_reflex.db.document import UNREAD_STATUSES, Chunk, Collection, Document, Removal
from hearth_reflex.db.room import Room
from hearth_reflex.db.user import User
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.files import PLAIN
from hearth_reflex.domain.roles import Permission
from hearth_reflex.errors import LimitError, NotFoundError
from hearth_reflex.media.darkroom import Darkroom
from hearth_reflex.media.store import FileStore
from hearth_reflex.services.access import Actor, check_voice, file_for
from hearth_reflex.services.attachments import STALE_SECONDS, StoredFile
from hearth_reflex.services.changes import lock_named
from hearth_reflex.services.document_access import Place, collection_in, document_for, place_for
from hearth_reflex.services.document_changes import DocumentChanges, check_not_twice, view_of
from hearth_reflex.services.document_rows import drop_documents
from hearth_reflex.services.document_views import ChunkView, DocumentView, Storage, chunk_view, document_view
from hearth_reflex.services.document_work import IMAGE
from hearth_reflex.services.quotas import Arrival, FileLimits, Quotas
from hearth_reflex.services.uploads import Arrived, Intake

log = structlog.get_logger(__name__)

LISTED_MOST = 500
LOOK_SECONDS = 0.2
_PIECE_BYTES = 1_000_000


class Documents(DocumentChanges):
    """Args, beside those of `DocumentChanges`:
    sent: where the bytes of files lie that were sent with messages.
    pace: how fast one person may bring documents.
    """

    def __init__(
        self, *, darkroom: Darkroom, limits: FileLimits, sent: FileStore, pace: Buckets, **shared: Any
    ) -> None:
        super().__init__(**shared)
        self._pace, self._sent = pace, sent
        self._quotas = Quotas(limits)
        self._intake = Intake(store=self._bytes.store, darkroom=darkroom, quotas=self._quotas)

    def admit(self, actor: Actor) -> None:
        """Counts one document, before anything of it is read. Raises LimitError `documents_pace`."""
        if wait := self._pace.take(actor.uuid, at=self._clock.now().timestamp()):
            raise LimitError("documents_pace", retry_after=wait)

    async def receive(
        self,
        actor: Actor,
        *,
        room: str = "",
        collection: str = "",
        name: str,
        stream: AsyncIterator[bytes],
        length: int | None,
        outside_id: Callable[[], str] = str,
        again: bool = False,
        admitted: bool = False,
    ) -> DocumentView:
        """Takes a document in, to be read as soon as its turn comes.

        Args:
            room: whose library it goes to; "" is the caller's own shelf.
            length: what the sender says; believed only when it is too much.
            outside_id: what the sender calls it, asked when all of it has come.
            again: it may lie there a second time.
            admitted: `admit` was asked before.

        Raises:
            NotFoundError, ForbiddenError, ConflictError: not a library where they may bring something now;
                `collection_unknown`; ConflictError `document_twice`.
            LimitError: `documents_pace`, or too many at once.
            InputError: as `Intake.take`.
        """
        if not admitted:
            self.admit(actor)
        async with self._db.read() as db:
            await collection_in(db, await self._may_bring(db, actor, room), collection)
            own, everybody = await self._quotas.kept(db, actor)
        with self._quotas.arrival(actor, kept_by_person=own, kept_by_all=everybody) as arrival:
            self._quotas.check(arrival, length or 0)
            arrived = await self._intake.take(arrival, name=name, pieces=stream)
            row = _row(actor, arrived, outside_id=outside_id())
            view = await self._add(actor, room, collection, row, arrival, again=again)
        log.info("document.arrived", document=view.id, bytes=view.size_bytes)
        await self._news.tell(row)
        self._work.kick()
        return view

    async def receive_sent(self, actor: Actor, file: str, *, collection: str = "", again: bool = False) -> DocumentView:
        """Puts a file that was sent in a room into its library.

        Raises:
            NotFoundError: `file_unknown`.
            And what `receive` raises.
        """
        async with self._db.read() as db:
            try:
                room, sent = await file_for(db, actor, file)
            except NotFoundError:
                raise NotFoundError("file_unknown") from None  # what is no id names none
        if sent.message_id is None:
            raise NotFoundError("file_unknown")
        async with aclosing(_pieces(self._sent.path(sent.uuid))) as stream:
            return await self.receive(
                actor,
                room=room.uuid,
                collection=collection,
                name=sent.name,
                stream=stream,
                length=sent.size_bytes,
                again=again,
            )

    async def _may_bring(self, db: AsyncSession, actor: Actor, room: str) -> Place:
        place = await place_for(db, actor, room, Permission.POST)
        if place.member is not None:
            check_voice(place.member, at=self._clock.now())
        return place

    async def _add(
        self, actor: Actor, room: str, collection: str, row: Document, arrival: Arrival, *, again: bool
    ) -> DocumentView:
        try:
            async with self._db.write() as db:
                if room:
                    await lock_named(db, room)  # of two who bring the same one of them is first
                place = await self._may_bring(db, actor, room)  # much may have happened since they began
                if not again:
                    await check_not_twice(db, place, row.sha256)
                arrival.kept_by_person, arrival.kept_by_all = await self._quotas.kept(db, actor)
                arrival.size = 0
                self._quotas.check(arrival, row.size_bytes)
                row.room_id, row.collection_id = place.room_id, await collection_in(db, place, collection)
                row.created_at = row.heartbeat_at = self._clock.now()
                db.add(row)
                await db.flush()
                return await view_of(db, place, row)
        except BaseException:
            await asyncio.shield(self._bytes.erase([row.uuid]))
            raise

    async def list(
        self, actor: Actor, *, room: str = "", before: str = "", limit: int = LISTED_MOST
    ) -> list[DocumentView]:
        """The documents of a library, the newest first.

        Args:
            before: the id of the last one of the page before this one.
        """
        async with self._db.read() as db:
            place = await place_for(db, actor, room, Permission.READ)
            query = (
                select(Document, User.name, Collection.uuid)
                .join(User, col(User.id) == col(Document.owner_user_id), isouter=True)
                .join(Collection, col(Collection.id) == col(Document.collection_id), isouter=True)
                .where(place.is_here(Document))
                .order_by(col(Document.uuid).desc())
                .limit(min(limit, LISTED_MOST))
            )
            if before:
                query = query.where(col(Document.uuid) < before)
            found = (await db.exec(query)).all()
        return [document_view(place, one, by=by or "", collection=collection or "") for one, by, collection in found]

    async def storage(self, actor: Actor, *, room: str = "") -> Storage:
        """How much a library takes."""
        async with self._db.read() as db:
            place = await place_for(db, actor, room, Permission.READ)
            if place.room is None:
                own, _ = await self._quotas.kept(db, actor)
                return Storage(own, self._quotas.limits.person)
            used = select(func.coalesce(func.sum(Document.size_bytes), 0)).where(place.is_here(Document))
            return Storage(int((await db.exec(used)).one()), 0)

    async def one(self, actor: Actor, uuid: str) -> DocumentView:
        """Raises NotFoundError `document_unknown`."""
        async with self._db.read() as db:
            return await view_of(db, *await document_for(db, actor, uuid, Permission.READ))

    async def text(
        self, actor: Actor, uuid: str, *, start: int = 0, limit: int = 50
    ) -> tuple[Sequence[ChunkView], int | None]:
        """The pieces of a document in order, from position `start` on, and where the next ones begin."""
        async with self._db.read() as db:
            _, document = await document_for(db, actor, uuid, Permission.READ)
            here = (col(Chunk.document_id) == document.id) & (col(Chunk.position) >= start)
            query = select(Chunk).where(here).order_by(col(Chunk.position)).limit(limit + 1)
            chunks = (await db.exec(query)).all()
        return [chunk_view(chunk) for chunk in chunks[:limit]], start + limit if len(chunks) > limit else None

    async def until_read(self, actor: Actor, uuid: str, *, seconds: float) -> tuple[DocumentView, int]:
        """A document once its text is there (or cannot be had), and how many pieces it has; waits no longer than said.

        Raises:
            NotFoundError: `document_unknown`, also when it is removed meanwhile.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while True:
            async with self._db.read() as db:
                place, document = await document_for(db, actor, uuid, Permission.READ)
                if document.status not in UNREAD_STATUSES or loop.time() >= end:
                    count = select(func.count(col(Chunk.id))).where(Chunk.document_id == document.id)
                    return await view_of(db, place, document), int((await db.exec(count)).one())
            await asyncio.sleep(LOOK_SECONDS)

    async def open(self, actor: Actor, uuid: str) -> StoredFile:
        """The bytes of a document, to be saved: never shown as what they say they are."""
        async with self._db.read() as db:
            _, document = await document_for(db, actor, uuid, Permission.READ)
        path = self._bytes.path(document.uuid)
        if not await asyncio.to_thread(path.is_file):
            raise NotFoundError("document_unknown")
        return StoredFile(path, document.name, PLAIN, False, f'"{document.sha256[:32]}"')

    async def forget_rooms(self, room_uuids: Sequence[str]) -> None:
        """Removes the libraries of rooms that are about to go for good."""
        rooms = select(Room.id).where(col(Room.uuid).in_(list(room_uuids)))
        async with self._db.write() as db:
            gone = await drop_documents(db, col(Document.room_id).in_(rooms))
            now = self._clock.now()
            if room_uuids:
                scopes = [{"key": f"scope:room:{uuid}", "created_at": now} for uuid in room_uuids]
                await db.exec(insert(Removal), params=scopes)
        await self._bytes.erase(gone)
        self._work.pieces_changed()

    async def clean(self) -> None:
        """Removes what never arrived, and bytes and pictures of pages that no row speaks of."""
        stale = await asyncio.to_thread(self._bytes.store.sweep, seconds=STALE_SECONDS)
        lost = sum([await self._erase_lost(folder) for folder in await asyncio.to_thread(self._bytes.store.folders)])
        if stale or lost:
            log.info("document.cleaned", stale=stale, lost=lost)

    async def _erase_lost(self, folder: Path) -> int:
        there = await asyncio.to_thread(self._bytes.store.old, folder, seconds=STALE_SECONDS)
        async with self._db.read() as db:
            known = set((await db.exec(select(Document.uuid).where(col(Document.uuid).in_(list(there))))).all())
        await self._bytes.erase(sorted(there - known))
        return len(there - known)


def _row(actor: Actor, arrived: Arrived, *, outside_id: str) -> Document:
    return Document(
        uuid=arrived.uuid,
        owner_user_id=actor.user_id,
        outside_id=outside_id[:80],
        name=arrived.name,
        kind=IMAGE if arrived.kind == AttachmentKind.IMAGE else "",
        size_bytes=arrived.size_bytes,
        sha256=arrived.sha256,
    )


async def _pieces(path: Path) -> AsyncGenerator[bytes]:
    """Raises NotFoundError `file_unknown` when it is gone."""
    try:
        file = await asyncio.to_thread(path.open, "rb")
    except FileNotFoundError:
        raise NotFoundError("file_unknown") from None
    with file:
        while piece := await asyncio.to_thread(file.read, _PIECE_BYTES):
            yield piece
