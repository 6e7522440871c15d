"""What is known of one picture, for those who may have it; and the words that somebody puts to it.

Whoever sent it, or keeps order where it stands, says what is on it. That is part of the talk: the row of its message
changes, and answers that had the words before stop showing what stood before them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.attachment import Attachment, AttachmentKind
from hearth_reflex.db.database import Database
from hearth_reflex.db.document import PictureNote
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Member, Room
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.pictures_told import CaptionBy, around_caption, persons_caption, shown_caption
from hearth_reflex.domain.roles import Permission, Role, may
from hearth_reflex.errors import ForbiddenError, HearthError, LimitError, NotFoundError
from hearth_reflex.services.access import Actor, check_voice, file_for, room_for
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.changes import lock_named, renewed
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.erasing import forget_in_prompts
from hearth_reflex.services.picture_notes import once_more, put_caption
from hearth_reflex.services.views import iso


@dataclass(frozen=True, slots=True)
class PictureAbout:
    """`caption` is what somebody said of the picture, `by` who: `person`, `model`, or "" for nobody.

    `regions` are the lines of `words`: [page, left, top, right, bottom, start, end] as boxes of a document's piece
    have it, the page 1. `taken_at` is what the camera's clock said, without a zone; "" is not known. `ready`: it was
    looked at already.
    """

    id: str
    caption: str
    by: str
    words: str
    regions: list[Any]
    taken_at: str
    may_caption: bool
    ready: bool


class PictureAbouts:
    """Args:
    pace: how fast one person may put words to pictures.
    on_change: told after a caption was written: it is to be found.
    """

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        clock: Clock,
        pace: Buckets,
        on_change: Callable[[], None] | None = None,
    ) -> None:
        self._db, self._bus, self._clock, self._pace, self._on_change = database, bus, clock, pace, on_change

    async def of(self, actor: Actor, file_uuid: str) -> PictureAbout:
        """Raises NotFoundError `file_unknown`: no picture, not sent yet, or not theirs to see."""
        async with self._db.read() as db:
            room, file = await _picture_for(db, actor, file_uuid)
            note = await _note_of(db, file)
            return about_of(file.uuid, note, may_caption=await self._may_caption(db, actor, room, file))

    async def put(self, actor: Actor, file_uuid: str, caption: str) -> PictureAbout:
        """Says what is on a picture; "" takes that back.

        Raises:
            NotFoundError: `file_unknown`, as `of`.
            ForbiddenError: `caption_other`, neither its sender nor who keeps order; `silenced`, `room_archived`.
            ConflictError: `session_ended`.
            InputError: `caption_long`, `message_control`, `message_marks`.
            LimitError: too fast.
        """
        text = persons_caption(caption)
        return await once_more(lambda: self._put(actor, file_uuid, text))

    async def _put(self, actor: Actor, file_uuid: str, text: str) -> PictureAbout:
        async with self._db.read() as db:
            room, _ = await _picture_for(db, actor, file_uuid)
        async with self._db.write() as db:
            await lock_named(db, room.uuid)
            room, file = await _picture_for(db, actor, file_uuid)
            await self._check_caption(db, actor, room, file)
            note = await _note_of(db, file) or PictureNote(attachment_id=file.id)
            if text == caption_of(note) and (text or note.caption_by == CaptionBy.NOBODY):
                return about_of(file.uuid, note, may_caption=True)
            self._check_pace(actor)
            message = (await db.exec(select(Message).where(Message.id == file.message_id))).one()
            if caption_of(note):
                await forget_in_prompts(db, col(Message.id) == message.id, rooms=[message.room_id])
            said, by = _words(text, message, file)
            await put_caption(db, note, said, by=by)
            rev, rows = await renewed(db, [message])
            about = about_of(file.uuid, note, may_caption=True)
        await self._bus.change(room.uuid, rev=rev, rows=rows)
        if self._on_change:
            self._on_change()
        return about

    async def _may_caption(self, db: AsyncSession, actor: Actor, room: Room, file: Attachment) -> bool:
        try:
            await self._check_caption(db, actor, room, file)
        except HearthError:
            return False
        return True

    async def _check_caption(self, db: AsyncSession, actor: Actor, room: Room, file: Attachment) -> Member:
        _, member = await room_for(db, actor, room.uuid, Permission.POST)
        check_voice(member, at=self._clock.now())
        if file.uploader_user_id != actor.user_id and not may(Role(member.role), Permission.DELETE_ANY):
            raise ForbiddenError("caption_other")
        return member

    def _check_pace(self, actor: Actor) -> None:
        if wait := self._pace.take(actor.uuid, at=self._clock.now().timestamp()):
            raise LimitError("message_pace", retry_after=wait)


async def _picture_for(db: AsyncSession, actor: Actor, file_uuid: str) -> tuple[Room, Attachment]:
    """A picture that `actor` may have, and that stands in a talk."""
    room, file = await file_for(db, actor, file_uuid)
    if file.kind != AttachmentKind.IMAGE or file.message_id is None:
        raise NotFoundError("file_unknown")
    return room, file


async def _note_of(db: AsyncSession, file: Attachment) -> PictureNote | None:
    return (await db.exec(select(PictureNote).where(PictureNote.attachment_id == file.id))).first()


def caption_of(note: PictureNote) -> str:
    """What somebody said of it."""
    return shown_caption(note.caption, note.caption_by)


def _words(text: str, message: Message, file: Attachment) -> tuple[str, CaptionBy]:
    if text:
        return text, CaptionBy.PERSON
    return around_caption(text=message.text, name=file.name), CaptionBy.NOBODY


def about_of(uuid: str, note: PictureNote | None, *, may_caption: bool) -> PictureAbout:
    """Args:
    uuid: of the file or the document that is the picture.
    """
    caption = caption_of(note) if note else ""
    return PictureAbout(
        id=uuid,
        caption=caption,
        by=note.caption_by if note and caption else "",
        words=note.words if note else "",
        regions=note.regions if note else [],
        taken_at=iso(note.taken_at)[:19] if note and note.taken_at else "",
        may_caption=may_caption,
        ready=note is not None and note.version > 0,
    )
