"""Pictures and files of rooms: taken in, sent with a message, shown to those who sit there, and forgotten.

Rows say what a file is, the store holds its bytes. Bytes come before their row and go after it, so that a fall in
between leaves bytes that nobody can ask for; `clean` finds them.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.attachment import Attachment, AttachmentKind
from hearth_reflex.db.database import Database
from hearth_reflex.db.document import PictureNote
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Room
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.feed import Row
from hearth_reflex.domain.files import PLAIN
from hearth_reflex.domain.roles import Permission
from hearth_reflex.errors import InputError, LimitError, NotFoundError
from hearth_reflex.media.darkroom import Darkroom
from hearth_reflex.media.store import FileStore
from hearth_reflex.services.access import Actor, check_voice, file_for, room_for, uuid_text
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.picture_notes import captions_of, forget_pictures
from hearth_reflex.services.quotas import Arrival, FileLimits, Quotas
from hearth_reflex.services.uploads import Arrived, Intake
from hearth_reflex.services.views import file_view, iso

log = structlog.get_logger(__name__)

MOST_A_MESSAGE = 10
UNSENT_LIFE = timedelta(hours=24)
STALE_SECONDS = 3600.0  # bytes without a row, or still arriving


@dataclass(frozen=True, slots=True)
class StoredFile:
    """The bytes of a file or of its small picture. Only what the house has drawn itself is shown as what it is."""

    path: Path
    name: str
    mime: str
    is_picture: bool
    etag: str


class Attachments:
    """Args:
    pace: how fast one person may bring files.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        store: FileStore,
        darkroom: Darkroom,
        limits: FileLimits,
        pace: Buckets,
    ) -> None:
        self._db, self._clock, self._store, self._pace = database, clock, store, pace
        self._quotas = Quotas(limits)
        self._intake = Intake(store=store, darkroom=darkroom, quotas=self._quotas)
        self._sent: Callable[[], None] | None = None

    def when_sent(self, call: Callable[[], None]) -> None:
        """Whom to tell that files are sent, a moment before that is committed."""
        self._sent = call

    async def receive(
        self, actor: Actor, room: str, *, name: str, stream: AsyncIterator[bytes], length: int | None
    ) -> Row:
        """Takes a file in for a message that is still to be sent.

        Args:
            length: what the sender says; believed only when it is too much.

        Raises:
            NotFoundError, ForbiddenError: not a room where they may speak now.
            LimitError: too fast, or too many at once.
            InputError: as `Intake.take`.
        """
        if wait := self._pace.take(actor.uuid, at=self._clock.now().timestamp()):
            raise LimitError("files_pace", retry_after=wait)
        async with self._db.read() as db:
            await self._may_bring(db, actor, room)
            own, everybody = await self._quotas.kept(db, actor)
        with self._quotas.arrival(actor, kept_by_person=own, kept_by_all=everybody) as arrival:
            self._quotas.check(arrival, length or 0)
            arrived = await self._intake.take(arrival, name=name, pieces=stream)
            row = await self._add(actor, room, arrived, arrival)
        log.info("file.arrived", kind=row.kind, bytes=row.size_bytes)
        return file_view(row)

    async def _may_bring(self, db: AsyncSession, actor: Actor, room_uuid: str) -> Room:
        room, member = await room_for(db, actor, room_uuid, Permission.POST)
        check_voice(member, at=self._clock.now())
        return room

    async def _add(self, actor: Actor, room_uuid: str, arrived: Arrived, arrival: Arrival) -> Attachment:
        try:
            async with self._db.write() as db:
                room = await self._may_bring(db, actor, room_uuid)  # much may have happened since they began
                own, everybody = await self._quotas.kept(db, actor)
                arrival.kept_by_person, arrival.kept_by_all, arrival.size = own, everybody, 0
                self._quotas.check(arrival, arrived.size_bytes)
                row = _row(actor, room, arrived)
                row.created_at = self._clock.now()
                db.add(row)
                await _note_taken(db, row, arrived)
        except BaseException:
            await asyncio.shield(self.erase([arrived.uuid]))
            raise
        return row

    async def attach(
        self, db: AsyncSession, actor: Actor, room: Room, message: Message, file_uuids: Sequence[str]
    ) -> None:
        """Sends files with a message, in this order, inside the transaction that keeps it.

        Raises:
            InputError: `files_many`.
            NotFoundError: `file_unknown`, one that is not theirs, not of this room, sent already or gone.
        """
        if len(file_uuids) > MOST_A_MESSAGE:
            raise InputError("files_many", field="files", limit=MOST_A_MESSAGE)
        wanted = [_file_uuid(raw) for raw in file_uuids]
        query = select(Attachment).where(
            col(Attachment.uuid).in_(wanted),
            Attachment.room_id == room.id,
            Attachment.uploader_user_id == actor.user_id,
            col(Attachment.message_id).is_(None),
        )
        found = {file.uuid: file for file in (await db.exec(query.with_for_update())).all()}
        if len(set(wanted)) < len(wanted) or len(found) < len(wanted):
            raise NotFoundError("file_unknown", field="files")
        for position, uuid in enumerate(wanted):
            found[uuid].message_id, found[uuid].position = message.id, position
        await db.flush()
        if self._sent:
            self._sent()

    async def open(self, actor: Actor, uuid: str, *, small: bool = False) -> StoredFile:
        """Raises NotFoundError `file_unknown` for all that is not theirs to have now."""
        async with self._db.read() as db:
            _, file = await file_for(db, actor, uuid)
        is_picture = file.kind == AttachmentKind.IMAGE
        path = self._store.path(file.uuid, small=small)
        if (small and not is_picture) or not await asyncio.to_thread(path.is_file):
            raise NotFoundError("file_unknown")
        mime = ("image/webp" if small else file.mime) if is_picture else PLAIN
        return StoredFile(path, file.name, mime, is_picture, f'"{file.sha256[:32]}{"-s" if small else ""}"')

    async def take_back(self, actor: Actor, uuid: str) -> None:
        """Removes a file that was not sent. One that was goes with its message.

        Raises:
            NotFoundError: `file_unknown`.
        """
        async with self._db.write() as db:
            _, file = await file_for(db, actor, uuid)
            # Asked of the database: it may be sent in this moment.
            waits = (col(Attachment.id) == file.id) & col(Attachment.message_id).is_(None)
            if (await db.exec(delete(Attachment).where(waits))).rowcount != 1:
                raise NotFoundError("file_unknown")
        await self.erase([file.uuid])

    async def page(
        self, actor: Actor, room_uuid: str, *, kind: AttachmentKind, before: str = "", limit: int = 40
    ) -> tuple[list[Row], bool]:
        """What was sent in a room, the newest first, and whether there is more.

        Args:
            before: the id of the last file of the page before this one.
        """
        async with self._db.read() as db:
            room, _ = await room_for(db, actor, room_uuid, Permission.READ)
            query = (
                select(Attachment, Message)
                .join(Message, col(Message.id) == col(Attachment.message_id))
                .where(Attachment.room_id == room.id, Attachment.kind == kind, col(Message.deleted_at).is_(None))
                .order_by(col(Attachment.uuid).desc())
                .limit(limit + 1)
            )
            if before:
                query = query.where(col(Attachment.uuid) < _file_uuid(before))
            found = (await db.exec(query)).all()
            captions = await captions_of(db, [file.id or 0 for file, _ in found])
        listed = [_listed(file, message, captions.get(file.id or 0, "")) for file, message in found[:limit]]
        return listed, len(found) > limit

    async def forget(self, db: AsyncSession, message: Message) -> list[str]:
        """Removes a message's files, inside the caller's transaction. What this returns is for `erase`, after it."""
        await forget_pictures(db, col(Attachment.message_id) == message.id)
        files = (await db.exec(select(Attachment).where(Attachment.message_id == message.id))).all()
        for file in files:
            await db.delete(file)
        await db.flush()
        return [file.uuid for file in files]

    async def forget_rooms(self, room_uuids: Sequence[str]) -> None:
        """Removes all files of rooms that are about to go for good."""
        rooms = select(Room.id).where(col(Room.uuid).in_(list(room_uuids)))
        async with self._db.write() as db:
            await forget_pictures(db, col(Attachment.room_id).in_(rooms))
            files = (await db.exec(select(Attachment).where(col(Attachment.room_id).in_(rooms)))).all()
            for file in files:
                await db.delete(file)
        await self.erase([file.uuid for file in files])

    async def erase(self, uuids: Sequence[str]) -> None:
        """Removes the bytes of files whose rows are gone."""
        await asyncio.to_thread(self._store.remove, uuids)

    async def clean(self) -> None:
        """Removes what was never sent, what never arrived, and bytes that no row speaks of."""
        unsent = await self._forget_unsent()
        stale = await asyncio.to_thread(self._store.sweep, seconds=STALE_SECONDS)
        lost = sum([await self._erase_lost(folder) for folder in await asyncio.to_thread(self._store.folders)])
        if unsent or stale or lost:
            log.info("file.cleaned", unsent=unsent, stale=stale, lost=lost)

    async def _forget_unsent(self) -> int:
        async with self._db.write() as db:
            old = col(Attachment.message_id).is_(None) & (col(Attachment.created_at) < self._clock.now() - UNSENT_LIFE)
            gone = (await db.exec(delete(Attachment).where(old).returning(col(Attachment.uuid)))).all()
        await self.erase([uuid for (uuid,) in gone])
        return len(gone)

    async def _erase_lost(self, folder: Path) -> int:
        there = await asyncio.to_thread(self._store.old, folder, seconds=STALE_SECONDS)
        async with self._db.read() as db:
            known = set((await db.exec(select(Attachment.uuid).where(col(Attachment.uuid).in_(list(there))))).all())
        await self.erase(sorted(there - known))
        return len(there - known)


def _row(actor: Actor, room: Room, arrived: Arrived) -> Attachment:
    assert room.id is not None  # noqa: S101 - it came from the database
    picture = arrived.picture
    return Attachment(
        uuid=arrived.uuid,
        room_id=room.id,
        uploader_user_id=actor.user_id,
        kind=arrived.kind.value,
        name=arrived.name,
        mime=arrived.mime,
        size_bytes=arrived.size_bytes,
        sha256=arrived.sha256,
        width=picture.width if picture else 0,
        height=picture.height if picture else 0,
        blur=picture.blur if picture else "",
        moves=picture is not None and picture.moves,
    )


async def _note_taken(db: AsyncSession, row: Attachment, arrived: Arrived) -> None:
    """When it was taken is told once: a picture is kept without notes. All else is looked at when it is sent."""
    if arrived.picture and arrived.picture.taken:
        await db.flush()
        db.add(PictureNote(attachment_id=row.id, taken_at=arrived.picture.taken))


def _listed(file: Attachment, message: Message, caption: str) -> dict[str, Any]:
    """A file in a list: beside what it is, who sent it, when, and with which message."""
    sent: dict[str, Any] = {"message": message.uuid, "seq": message.seq, "by": message.author_name}
    return {**file_view(file, caption=caption), **sent, "at": iso(message.created_at)}


def _file_uuid(raw: str) -> str:
    try:
        return uuid_text(raw)
    except NotFoundError:
        raise NotFoundError("file_unknown", field="files") from None
