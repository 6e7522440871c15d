"""Pictures of libraries: what is known of one, and the words that somebody puts to it.

Whoever may change the document says what is on it. It is found by that, and that stands for it where it is not seen.
"""

from collections.abc import Callable

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.document import Document, PictureNote
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.pictures_told import CaptionBy, around_caption, persons_caption
from hearth_reflex.domain.roles import Permission
from hearth_reflex.errors import HearthError, LimitError, NotFoundError
from hearth_reflex.services.access import Actor, check_voice
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.document_access import document_for, document_to_change
from hearth_reflex.services.document_news import DocumentNews
from hearth_reflex.services.document_traces import forget_prompts
from hearth_reflex.services.document_work import IMAGE
from hearth_reflex.services.picture_about import PictureAbout, about_of, caption_of
from hearth_reflex.services.picture_notes import once_more, put_caption


class ShelvedPictures:
    """Args:
    pace: how fast one person may put words to pictures.
    news: tells those who have the picture open.
    on_change: told after a caption was written: it is to be found.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        pace: Buckets,
        news: DocumentNews,
        on_change: Callable[[], None] | None = None,
    ) -> None:
        self._db, self._clock, self._pace, self._news, self._on_change = database, clock, pace, news, on_change

    async def of(self, actor: Actor, uuid: str) -> PictureAbout:
        """Raises NotFoundError `document_unknown`: none, no picture, or not theirs to see."""
        async with self._db.read() as db:
            _, document = await document_for(db, actor, uuid, Permission.READ)
            note = await _note_of(db, document)
            return about_of(document.uuid, note, may_caption=await self._may_caption(db, actor, uuid))

    async def put(self, actor: Actor, uuid: str, caption: str) -> PictureAbout:
        """Says what is on a picture; "" takes that back.

        Raises:
            NotFoundError, ForbiddenError, ConflictError: as `document_to_change`; `document_unknown` of what is no
                picture; `silenced`.
            InputError: `caption_long`, `message_control`, `message_marks`.
            LimitError: too fast.
        """
        text = persons_caption(caption)
        return await once_more(lambda: self._put(actor, uuid, text))

    async def _put(self, actor: Actor, uuid: str, text: str) -> PictureAbout:
        async with self._db.write() as db:
            document = await self._to_change(db, actor, uuid)
            note = await self._held(db, document) or PictureNote(document_id=document.id)
            if text == caption_of(note) and (text or note.caption_by == CaptionBy.NOBODY):
                return about_of(document.uuid, note, may_caption=True)
            if wait := self._pace.take(actor.uuid, at=self._clock.now().timestamp()):
                raise LimitError("message_pace", retry_after=wait)
            if caption_of(note):
                await forget_prompts(db, document)
            around = around_caption(text=document.title, name=document.name)
            await put_caption(db, note, text or around, by=CaptionBy.PERSON if text else CaptionBy.NOBODY)
            about = about_of(document.uuid, note, may_caption=True)
        await self._news.changed(uuid)
        if self._on_change:
            self._on_change()
        return about

    async def _held(self, db: AsyncSession, document: Document) -> PictureNote | None:
        """Its note, which no answer that ends meanwhile reads until this is done."""
        return await _note_of(db, document, hold=True)

    async def _to_change(self, db: AsyncSession, actor: Actor, uuid: str) -> Document:
        place, document = await document_to_change(db, actor, uuid)
        if place.member is not None:
            check_voice(place.member, at=self._clock.now())
        return document

    async def _may_caption(self, db: AsyncSession, actor: Actor, uuid: str) -> bool:
        try:
            await self._to_change(db, actor, uuid)
        except HearthError:
            return False
        return True


async def _note_of(db: AsyncSession, document: Document, *, hold: bool = False) -> PictureNote | None:
    if document.kind != IMAGE:
        raise NotFoundError("document_unknown")
    query = select(PictureNote).where(PictureNote.document_id == document.id)
    return (await db.exec(query.with_for_update() if hold else query)).first()
