"""What is said of a picture: by people who write it there, and by the house's own model where it sees.

A model is asked behind everybody who waits for an answer, and only one that stays in the house: a picture is never sent
out for this. Where no AI answers, none looks at pictures either.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.attachment import Attachment
from hearth_reflex.db.database import Database
from hearth_reflex.db.document import Document, PictureNote
from hearth_reflex.db.message import Message, MessageKind
from hearth_reflex.db.room import Room
from hearth_reflex.domain.generation import ChatRequest, ChatTurn, EngineHealth, Sampling
from hearth_reflex.domain.pictures_told import (
    CAPTION_TOKENS,
    CaptionBy,
    Language,
    language_of,
    models_caption,
    question_of,
)
from hearth_reflex.errors import EngineError, PictureError
from hearth_reflex.media.pictures import as_data_uri
from hearth_reflex.services.access import is_there
from hearth_reflex.services.batch import Written
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.changes import lock_named, renewed
from hearth_reflex.services.document_news import DocumentNews
from hearth_reflex.services.picture_notes import is_picture, put_caption

log = structlog.get_logger(__name__)

ASKER = "pictures"
MOST_REFUSED = 500  # pictures of which the model said nothing usable: then it is asked no more until the next start
_LINES = 8  # of the talk, to hear which language is spoken there


class Health(Protocol):
    async def health(self, model: str = "") -> EngineHealth: ...


class Writer(Protocol):
    async def write(self, jobs: list[ChatRequest], *, asker: str, inside: bool = False) -> list[Written]:
        """Writes texts that nobody waits for; `inside`: by what stays in the house, or not at all."""
        ...


@dataclass(frozen=True, slots=True)
class _Unsaid:
    """A picture of which nobody has said anything, and the words around it. `room_id` None: one of a library."""

    note_id: int
    path: Path
    text: str
    room: str = ""
    room_id: int | None = None
    document: str = ""


class PictureCaptions:
    """Args:
    files, documents: where the bytes of a picture lie, by the uuid of its file or document.
    language: what is spoken where nothing shows it.
    on_change: told after a caption was written: it is to be found.
    news: tells those who have a picture of a library open.
    """

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        engines: Health,
        writer: Writer,
        files: Callable[[str], Path],
        documents: Callable[[str], Path],
        language: Language,
        on_change: Callable[[], None] | None = None,
        news: DocumentNews | None = None,
    ) -> None:
        self._news = news
        self._db, self._bus, self._engines, self._writer = database, bus, engines, writer
        self._files, self._documents = files, documents
        self._language: Language = language
        self._on_change = on_change
        self._refused = set[int]()

    async def write_one(self) -> bool:
        """Lets the house's model say what is on the newest picture of which nobody has said anything.

        Returns whether there was one, so that there may be others.
        """
        if len(self._refused) >= MOST_REFUSED or not await self._sees():
            return False
        async with self._db.read() as db:
            unsaid = await self._next_sent(db) or await self._next_shelved(db)
            if unsaid is None:
                return False
            language = await _spoken(db, unsaid, usual=self._language)
        caption = await self._ask(unsaid, language)
        if not caption or not await self._keep(unsaid, caption):
            self._refused.add(unsaid.note_id)
        elif self._on_change:
            self._on_change()
        return True

    async def _sees(self) -> bool:
        """Whether the house's default model is awake, sees, and keeps what it is shown. Nobody is woken for this."""
        try:
            health = await self._engines.health()
        except EngineError:
            return False
        return health.sees and health.status == "ready" and not health.leaves_house

    async def _next_sent(self, db: AsyncSession) -> _Unsaid | None:
        query = (
            select(PictureNote.id, Attachment.uuid, Message.text, Room)
            .join(Attachment, col(Attachment.id) == col(PictureNote.attachment_id))
            .join(Message, is_picture())
            .join(Room, col(Room.id) == col(Message.room_id))
            .where(*self._unsaid(), _ai_looks())
        )
        found = (await db.exec(query.order_by(col(PictureNote.id).desc()).limit(1))).first()
        if found is None:
            return None
        note_id, file, text, room = found
        return _Unsaid(note_id or 0, self._files(file), text, room.uuid, room.id)

    async def _next_shelved(self, db: AsyncSession) -> _Unsaid | None:
        query = (
            select(PictureNote.id, Document.uuid, PictureNote.caption)
            .join(Document, col(Document.id) == col(PictureNote.document_id))
            .join(Room, col(Room.id) == col(Document.room_id), isouter=True)
            .where(*self._unsaid(), col(Document.room_id).is_(None) | _ai_looks())
        )
        found = (await db.exec(query.order_by(col(PictureNote.id).desc()).limit(1))).first()
        return _Unsaid(found[0] or 0, self._documents(found[1]), found[2], document=found[1]) if found else None

    def _unsaid(self) -> tuple[ColumnElement[bool], ...]:
        return (
            col(PictureNote.caption_by) == CaptionBy.AROUND.value,
            col(PictureNote.hash) != "",
            col(PictureNote.id).not_in(self._refused),
        )

    async def _ask(self, unsaid: _Unsaid, language: Language) -> str:
        try:
            data = await asyncio.to_thread(unsaid.path.read_bytes)
            shown = await asyncio.to_thread(as_data_uri, data)
        except (OSError, PictureError):
            return ""
        request = ChatRequest(
            (ChatTurn("user", question_of(language), (shown,)),),
            Sampling(max_tokens=CAPTION_TOKENS, temperature=0.2),
        )
        (written,) = await self._writer.write([request], asker=ASKER, inside=True)
        if written.error:
            log.info("pictures.not_captioned", error=written.error)
        return "" if written.error else models_caption(written.text)

    async def _keep(self, unsaid: _Unsaid, caption: str) -> bool:
        if unsaid.room_id is None:
            return await self._keep_shelved(unsaid, caption)
        async with self._db.write() as db:
            await lock_named(db, unsaid.room)
            query = (
                select(PictureNote, Message)
                .join(Attachment, col(Attachment.id) == col(PictureNote.attachment_id))
                .join(Message, is_picture())
                .join(Room, col(Room.id) == col(Message.room_id))
                .where(PictureNote.id == unsaid.note_id, *self._unsaid(), _ai_looks())
            )
            found = (await db.exec(query)).first()
            if found is None:
                return False  # somebody said something meanwhile, or took it back
            await put_caption(db, found[0], caption, by=CaptionBy.MODEL)
            rev, rows = await renewed(db, [found[1]])
        await self._bus.change(unsaid.room, rev=rev, rows=rows)
        return True

    async def _keep_shelved(self, unsaid: _Unsaid, caption: str) -> bool:
        async with self._db.write() as db:
            query = select(PictureNote).where(PictureNote.id == unsaid.note_id, *self._unsaid())
            note = (await db.exec(query.with_for_update())).first()
            if note is not None:
                await put_caption(db, note, caption, by=CaptionBy.MODEL)
        if note is not None and self._news:
            await self._news.changed(unsaid.document)
        return note is not None


def _ai_looks() -> ColumnElement[bool]:
    """That a room is there, is not put away, and has an AI that answers; for a session's talk so is its own room."""
    parent = aliased(Room)
    kept_out = select(parent.id).where(
        col(parent.id) == col(Room.parent_id), ~col(parent.ai_enabled) | col(parent.archived_at).is_not(None)
    )
    on = col(Room.ai_enabled) & col(Room.archived_at).is_(None) & is_there()
    return on & ~kept_out.correlate(Room).exists()


async def _spoken(db: AsyncSession, unsaid: _Unsaid, *, usual: Language) -> Language:
    """The language of the words that a picture came with; without such, of what was said last in its room."""
    if unsaid.room_id is None or any(letter.isalpha() for letter in unsaid.text):
        return language_of([unsaid.text], usual=usual)
    query = (
        select(Message.text)
        .where(Message.room_id == unsaid.room_id, Message.kind == MessageKind.TALK.value, Message.text != "")
        .order_by(col(Message.seq).desc())
        .limit(_LINES)
    )
    return language_of(list((await db.exec(query)).all()), usual=usual)
