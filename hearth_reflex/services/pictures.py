"""Looking at pictures beside the talk: each gets a note of how it looks, of the words in it and of what is said of it.

New ones come first, then those from before, the newest first, a few in each round. The slow part is done outside the
transaction, in processes of their own. Several web processes may look at the same picture: the first note stays.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.attachment import Attachment
from hearth_reflex.db.database import Database
from hearth_reflex.db.document import Document, PictureNote
from hearth_reflex.db.message import Message
from hearth_reflex.domain.looks_alike import Looker, Looks
from hearth_reflex.domain.pictures_told import WORDS_MAX, CaptionBy, around_caption
from hearth_reflex.domain.reading import Reading, Reads
from hearth_reflex.errors import HearthError, InputError
from hearth_reflex.services.picture_notes import is_picture

log = structlog.get_logger(__name__)

LOOKED, READ = 1, 2  # versions of a note: how it looks; the words in it, too
IMAGE = "image"  # `Document.kind` of a picture in a library
STEP = 5  # pictures in one round
ROUNDS_AWAKE = 5  # after somebody said that there is something: it may not be committed yet
ROUNDS_ASLEEP = 300  # until it is looked whether something was missed


class Captions(Protocol):
    async def write_one(self) -> bool:
        """Lets a model that sees say what is on one more picture. Whether there may be others."""
        ...


@dataclass(frozen=True, slots=True)
class Places:
    """Where the bytes of a picture lie, by the uuid of its file (`small`: its small picture) or document."""

    small: Callable[[str], Path]
    whole: Callable[[str], Path]
    document: Callable[[str], Path]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A picture that is to be looked at, and of which the words are to be read."""

    look_at: Path
    read: Path | None
    attachment_id: int | None = None
    document_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    looks: Looks = field(default_factory=Looks)
    words: str = ""
    regions: tuple[list[float], ...] = ()


class Pictures:
    """Args:
    places: where the bytes lie.
    reader: who reads the words in pictures; None: nobody can here.
    captions: who lets a model say what is on them; None: nobody.
    on_change: told after notes were written: they are to be found.
    """

    def __init__(
        self,
        *,
        database: Database,
        places: Places,
        looker: Looker,
        reader: Reads | None = None,
        captions: Captions | None = None,
        on_change: Callable[[], None] | None = None,
    ) -> None:
        self._db, self._places, self._looker = database, places, looker
        self._reader, self._captions, self._on_change = reader, captions, on_change
        self._awake, self._asleep = ROUNDS_AWAKE, 0

    def kick(self) -> None:
        """There may be something new to look at."""
        self._awake = ROUNDS_AWAKE

    async def round(self) -> None:
        """Some pictures; cheap when there is nothing to look at."""
        if self._awake <= 0 and self._asleep < ROUNDS_ASLEEP:
            self._asleep += 1
            return
        self._asleep, self._awake = 0, self._awake - 1
        if await self.look_at_some() or (self._captions is not None and await self._captions.write_one()):
            self.kick()

    async def look_at_some(self) -> int:
        """Looks at the newest few of which there is no note yet, or an older kind of one. Returns how many."""
        async with self._db.read() as db:
            wanted = [*await self._sent(db), *await self._shelved(db)][:STEP]
        written = [await self._note(one) for one in wanted]
        if any(written) and self._on_change:
            self._on_change()
        if wanted:
            log.info("pictures.looked", pictures=len(wanted))
        return len(wanted)

    @property
    def _version(self) -> int:
        return READ if self._reader is not None else LOOKED

    async def _sent(self, db: AsyncSession) -> list[_Wanted]:
        query = (
            select(Attachment)
            .join(Message, is_picture())
            .join(PictureNote, col(PictureNote.attachment_id) == col(Attachment.id), isouter=True)
            .where(col(PictureNote.id).is_(None) | (col(PictureNote.version) < self._version))
            .order_by(col(Attachment.id).desc())
            .limit(STEP)
        )
        return [
            _Wanted(self._places.small(file.uuid), self._places.whole(file.uuid), attachment_id=file.id)
            for file in (await db.exec(query)).all()
        ]

    async def _shelved(self, db: AsyncSession) -> list[_Wanted]:
        """Pictures of libraries. Their words are read with the document and become its pieces."""
        query = (
            select(Document)
            .join(PictureNote, col(PictureNote.document_id) == col(Document.id), isouter=True)
            .where(Document.kind == IMAGE)
            .where(col(PictureNote.id).is_(None) | (col(PictureNote.version) < LOOKED))
            .order_by(col(Document.id).desc())
            .limit(STEP)
        )
        return [
            _Wanted(self._places.document(document.uuid), None, document_id=document.id)
            for document in (await db.exec(query)).all()
        ]

    async def _note(self, wanted: _Wanted) -> bool:
        """Looks at one picture and keeps what was seen. One that cannot be opened has a note of its words alone."""
        try:
            seen = _Seen(await self._looker.look(wanted.look_at))
        except (InputError, OSError) as fault:  # a file may be lost
            log.info("pictures.not_opened", error=_code(fault))
            seen = _Seen()
        if wanted.read is not None and self._reader is not None:
            seen = await _with_words(self._reader, wanted.read, seen)
        try:
            async with self._db.write() as db:
                return await _keep(db, wanted, seen, self._version)
        except IntegrityError:  # another process was faster
            return False


async def _with_words(reader: Reads, path: Path, seen: _Seen) -> _Seen:
    try:
        reading = await reader.picture_words(path)
    except (HearthError, OSError) as fault:
        log.info("pictures.not_read", error=_code(fault))
        return seen
    words, regions = _laid_out(reading)
    return replace(seen, words=words, regions=regions)


def _code(fault: HearthError | OSError) -> str:
    return fault.code if isinstance(fault, HearthError) else type(fault).__name__


def _laid_out(reading: Reading) -> tuple[str, tuple[list[float], ...]]:
    """All words as one text, and where its lines stand, as boxes of a chunk do."""
    text, regions = "", list[list[float]]()
    for block in reading.blocks:
        begin = len(text) + 1 if text else 0
        if begin + len(block.text) > WORDS_MAX:
            break
        text = f"{text}\n{block.text}" if text else block.text
        for line in block.lines:
            sides = (line.left, line.top, line.right, line.bottom)
            regions.append([1, *(round(side, 4) for side in sides), begin + line.start, begin + line.end])
    return text, tuple(regions)


async def _keep(db: AsyncSession, wanted: _Wanted, seen: _Seen, version: int) -> bool:
    around = await _around(db, wanted)
    if around is None:
        return False
    note = await _note_of(db, wanted)
    note.hash, note.colours = seen.looks.hash, seen.looks.colours
    note.words, note.regions = seen.words, list[Any](seen.regions)
    if not note.caption_by:
        note.caption, note.caption_by = around, CaptionBy.AROUND.value
    note.version, note.embedded = version, ""
    db.add(note)
    await db.flush()
    return True


async def _around(db: AsyncSession, wanted: _Wanted) -> str | None:
    """What a picture is called until somebody says something better; None when it is gone.

    Held until the note is kept: who changes those words in this moment finds the note, or is found here.
    """
    if wanted.document_id is not None:
        shelved = select(Document).where(Document.id == wanted.document_id).with_for_update(read=True)
        document = (await db.exec(shelved)).first()
        return None if document is None else around_caption(text=document.title, name=document.name)
    sent = select(Message.text, Attachment.name).join(Attachment, is_picture())
    sent = sent.where(Attachment.id == wanted.attachment_id).with_for_update(read=True)
    found = (await db.exec(sent)).first()
    return None if found is None else around_caption(text=found[0], name=found[1])


async def _note_of(db: AsyncSession, wanted: _Wanted) -> PictureNote:
    query = select(PictureNote).where(
        col(PictureNote.attachment_id) == wanted.attachment_id
        if wanted.attachment_id is not None
        else col(PictureNote.document_id) == wanted.document_id
    )
    found = (await db.exec(query.with_for_update())).first()
    return found or PictureNote(attachment_id=wanted.attachment_id, document_id=wanted.document_id)
