"""What is done with documents that are there: renamed, moved, read again, removed. Commit, then tell.

Removing one takes everything along that was made of it, in the same commit: its pieces, what cites them, what is known
of its picture, what was kept of prompts that held its words. The index beside the database is told by `Removal` rows.
"""

from collections.abc import Sequence

import structlog
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.document import UNREAD_STATUSES, Chunk, Collection, Document, DocumentStatus
from hearth_reflex.db.user import User
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.files import clean_file_name, suffix_of
from hearth_reflex.domain.roles import Permission
from hearth_reflex.errors import ConflictError, ForbiddenError, InputError, LimitError
from hearth_reflex.services.access import Actor, check_voice
from hearth_reflex.services.changes import lock_named
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.document_access import Place, collection_in, document_to_change, place_for
from hearth_reflex.services.document_bytes import DocumentBytes
from hearth_reflex.services.document_news import DocumentNews
from hearth_reflex.services.document_rows import drop_documents
from hearth_reflex.services.document_traces import forget_traces
from hearth_reflex.services.document_views import DocumentView, document_view
from hearth_reflex.services.document_work import DocumentWork
from hearth_reflex.services.picture_notes import document_changed

log = structlog.get_logger(__name__)


class DocumentChanges:
    """Args:
    again_pace: how often one person may have documents read again, or take them into another library.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        news: DocumentNews,
        work: DocumentWork,
        kept: DocumentBytes,
        again_pace: Buckets,
    ) -> None:
        self._db, self._clock, self._news, self._work = database, clock, news, work
        self._bytes, self._again_pace = kept, again_pace

    async def rename(self, actor: Actor, uuid: str, name: str) -> DocumentView:
        """Another name to be shown; what its ending says of the kind of a text stays.

        Raises:
            NotFoundError, ForbiddenError, ConflictError: as `document_to_change`.
            InputError: `name_empty`.
        """
        if not name.strip():
            raise InputError("name_empty", field="name")
        async with self._db.write() as db:
            place, document = await document_to_change(db, actor, uuid)
            document.name = _with_ending(clean_file_name(name), suffix_of(document.name))
            db.add(document)
            await document_changed(db, document)
            view = await view_of(db, place, document)
        await self._news.tell(document)
        return view

    async def move(
        self, actor: Actor, uuid: str, collection: str, *, room: str | None = None, again: bool = False
    ) -> DocumentView:
        """Puts a document into a collection ("": into none), or into another library.

        Args:
            room: whose library it goes to, "" for one's own shelf; None leaves it where it is. Only who brought it
                takes it elsewhere.
            again: it may lie there a second time.

        Raises:
            NotFoundError, ForbiddenError, ConflictError: as `document_to_change`; `collection_unknown`;
                `document_of_another`; `silenced`; `document_twice`.
            LimitError: `documents_pace`.
        """
        async with self._db.write() as db:
            if room:
                await lock_named(db, room)
            place, document = await document_to_change(db, actor, uuid)
            before = place
            if room is not None and room != (place.room.uuid if place.room else ""):
                place = await self._elsewhere(db, actor, document, room, again=again)
            document.collection_id = await collection_in(db, place, collection)
            db.add(document)
            view = await view_of(db, place, document)
        if place is not before:
            await self._news.removed(document.uuid, **_whose(before, actor))
            self._work.pieces_changed()
        await self._news.tell(document)
        return view

    async def _elsewhere(self, db: AsyncSession, actor: Actor, document: Document, room: str, *, again: bool) -> Place:
        if document.owner_user_id != actor.user_id:
            raise ForbiddenError("document_of_another")
        place = await place_for(db, actor, room, Permission.POST)
        if place.member is not None:
            check_voice(place.member, at=self._clock.now())
        if not again:
            await check_not_twice(db, place, document.sha256)
        self._check_pace(actor)
        await forget_traces(db, document)
        document.room_id = place.room_id
        pieces = col(Chunk.document_id) == document.id
        # In the index each stands under whose it is: until it does, the database says that, with every question.
        await db.exec(update(Chunk).where(pieces).values(embedded=""))
        await document_changed(db, document)
        if document.status == DocumentStatus.READY and document.characters:
            document.status, document.done = DocumentStatus.EMBEDDING.value, 0
        return place

    async def remove(self, actor: Actor, uuid: str) -> None:
        """Takes a document away with all its traces.

        Raises:
            NotFoundError, ForbiddenError, ConflictError: as `document_to_change`.
        """
        async with self._db.write() as db:
            place, document = await document_to_change(db, actor, uuid)
            owner = await _owner(db, document)
            await forget_traces(db, document)
            await drop_documents(db, col(Document.id) == document.id)
        self._work.end(document.uuid)
        await self._bytes.erase([document.uuid])
        self._work.pieces_changed()
        await self._news.removed(document.uuid, room=place.room.uuid if place.room else "", person=owner)
        log.info("document.removed", document=document.uuid, by=actor.uuid)

    async def cancel(self, actor: Actor, uuid: str) -> DocumentView:
        """Stops reading a document. What was read of it before stays. No error when it is not being read: one that is
        not yet found by its meaning can be read already.

        Raises:
            NotFoundError, ForbiddenError, ConflictError: as `document_to_change`.
        """
        async with self._db.write() as db:
            place, document = await document_to_change(db, actor, uuid)
            if document.status in UNREAD_STATUSES:
                await self._stop(db, document)
            view = await view_of(db, place, document)
        self._work.end(document.uuid)
        self._work.pieces_changed()
        await self._news.tell(document)
        return view

    async def _stop(self, db: AsyncSession, document: Document) -> None:
        pieces = col(Chunk.document_id) == document.id
        stands = (await db.exec(select(Chunk.id).where(pieces).limit(1))).first() is not None
        # What stood there before it was to be read again still does; whoever embeds says how much of it is found.
        document.status = (DocumentStatus.EMBEDDING if stands else DocumentStatus.CANCELLED).value
        document.worker, document.error, document.done, document.total = "", None, 0, 0
        document.characters = document.characters if stands else 0
        db.add(document)

    async def retry(self, actor: Actor, uuid: str) -> DocumentView:
        """Reads one that failed, or was stopped, once more. No error when it is on its way or ready.

        Raises:
            NotFoundError, ForbiddenError, ConflictError: as `document_to_change`.
            LimitError: `documents_pace`.
        """
        return await self._again(actor, uuid, (DocumentStatus.FAILED, DocumentStatus.CANCELLED))

    async def reindex(self, actor: Actor, uuid: str) -> DocumentView:
        """Reads a document anew; what was read before stands until then.

        Raises:
            NotFoundError, ForbiddenError, ConflictError: as `document_to_change`.
            LimitError: `documents_pace`.
        """
        ended = (DocumentStatus.FAILED, DocumentStatus.CANCELLED, DocumentStatus.READY, DocumentStatus.EMBEDDING)
        return await self._again(actor, uuid, ended)

    async def _again(self, actor: Actor, uuid: str, where: Sequence[DocumentStatus]) -> DocumentView:
        self._check_pace(actor)
        async with self._db.write() as db:
            place, document = await document_to_change(db, actor, uuid)
            if document.status in where:
                document.status, document.error = DocumentStatus.WAITING.value, None
                document.worker, document.done, document.total = "", 0, 0
                db.add(document)
            view = await view_of(db, place, document)
        await self._news.tell(document)
        self._work.kick()
        return view

    def _check_pace(self, actor: Actor) -> None:
        if wait := self._again_pace.take(actor.uuid, at=self._clock.now().timestamp()):
            raise LimitError("documents_pace", retry_after=wait)


async def view_of(db: AsyncSession, place: Place, document: Document) -> DocumentView:
    names = select(User.name).where(User.id == document.owner_user_id)
    collections = select(Collection.uuid).where(Collection.id == document.collection_id)
    by, collection = (await db.exec(names)).first(), (await db.exec(collections)).first()
    return document_view(place, document, by=by or "", collection=collection or "")


async def check_not_twice(db: AsyncSession, place: Place, sha256: str) -> None:
    """Raises ConflictError `document_twice` when it lies there already; `document` is the uuid of that one."""
    query = (
        select(Document).where(place.is_here(Document), Document.sha256 == sha256).order_by(col(Document.id)).limit(1)
    )
    first = (await db.exec(query)).first()
    if first is not None:
        raise ConflictError("document_twice", name=first.name, document=first.uuid)


async def _owner(db: AsyncSession, document: Document) -> str:
    return (await db.exec(select(User.uuid).where(User.id == document.owner_user_id))).first() or ""


def _whose(place: Place, actor: Actor) -> dict[str, str]:
    return {"room": place.room.uuid if place.room else "", "person": actor.uuid}


def _with_ending(name: str, ending: str) -> str:
    return name if not ending or suffix_of(name) == ending else clean_file_name(f"{name}.{ending}")
