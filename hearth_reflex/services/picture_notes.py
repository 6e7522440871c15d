"""What is known of pictures, as rows: kept true by whoever changes what they stand beside, in their transaction.

The words that a picture was sent with are its caption until somebody writes a better one. What goes leaves a `Removal`
in the commit that takes it, so that the index forgets it, too. What answers quote of a picture stands in its text.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.attachment import Attachment, AttachmentKind
from hearth_reflex.db.document import Citation, Document, PictureNote, Removal
from hearth_reflex.db.message import Message
from hearth_reflex.domain.passages import Kind, key_of
from hearth_reflex.domain.pictures_told import CaptionBy, around_caption, picture_text, shown_caption

AROUND = (CaptionBy.AROUND.value, CaptionBy.NOBODY.value)
_T = TypeVar("_T")


async def once_more(act: Callable[[], Awaitable[_T]]) -> _T:
    """Does `act`, and again where two were the first to note something of one picture: then its note is there."""
    try:
        return await act()
    except IntegrityError:
        return await act()


async def forget_pictures(db: AsyncSession, files: ColumnElement[bool]) -> None:
    """Tells the index that pictures go, before their rows do.

    Args:
        files: which, as a condition on `Attachment`.
    """
    query = select(PictureNote.uuid).join(Attachment, col(Attachment.id) == col(PictureNote.attachment_id))
    gone = (await db.exec(query.where(files))).all()
    db.add_all([Removal(key=key_of(Kind.PICTURE, uuid)) for uuid in gone])
    await db.flush()


async def words_changed(db: AsyncSession, message: Message) -> None:
    """The pictures of a message stand among other words from now on."""
    query = (
        select(PictureNote, Attachment.name)
        .join(Attachment, col(Attachment.id) == col(PictureNote.attachment_id))
        .where(Attachment.message_id == message.id, col(PictureNote.caption_by).in_(AROUND))
    )
    for note, name in (await db.exec(query)).all():
        await put_caption(db, note, around_caption(text=message.text, name=name), by=CaptionBy(note.caption_by))
    await db.flush()


async def document_changed(db: AsyncSession, document: Document) -> None:
    """A picture of a library has another name, or lies in another library: its place in the index is made anew."""
    note = (await db.exec(select(PictureNote).where(PictureNote.document_id == document.id))).first()
    if note is None:
        return
    if note.caption_by in AROUND:
        note.caption = around_caption(text=document.title, name=document.name)
    note.embedded = ""
    db.add(note)
    await db.flush()
    await cut_quotes(db, [note])


async def put_caption(db: AsyncSession, note: PictureNote, caption: str, *, by: CaptionBy) -> None:
    """Gives a picture another caption: no quotation keeps the one before. What has nothing to be found by leaves the
    index."""
    was_found = bool(picture_text(note))
    note.caption, note.caption_by, note.embedded = caption, by.value, ""
    db.add(note)
    if was_found and not picture_text(note):
        db.add(Removal(key=key_of(Kind.PICTURE, note.uuid)))
    await cut_quotes(db, [note])


async def cut_quotes(db: AsyncSession, notes: Sequence[PictureNote]) -> None:
    """Takes out of what answers quote of these pictures the lines that stand there no more."""
    texts = {note.id: picture_text(note) for note in notes if note.id is not None}  # without an id nobody cites it yet
    if not texts:
        return
    quoting = select(Citation).where(col(Citation.picture_note_id).in_(list(texts)), Citation.quote != "")
    for cite in (await db.exec(quoting)).all():
        text = texts[cite.picture_note_id or 0]
        if cite.quote not in text:
            cite.quote = "\n".join(line for line in cite.quote.splitlines() if line.strip() and line in text)
            db.add(cite)
    await db.flush()


async def noted_as(db: AsyncSession, keys: Sequence[str]) -> dict[str, PictureNote]:
    """The pictures among these passages, as they are; until the transaction ends nobody says anything else of them."""
    uuids = [key.partition(":")[2] for key in keys if key.startswith(f"{Kind.PICTURE.value}:")]
    if not uuids:
        return {}
    query = select(PictureNote).where(col(PictureNote.uuid).in_(uuids)).with_for_update(read=True)
    return {key_of(Kind.PICTURE, note.uuid): note for note in (await db.exec(query)).all()}


async def say_the_same(db: AsyncSession, told: Mapping[str, str]) -> bool:
    """Whether what was told of these pictures, by their keys, still stands in their texts."""
    notes = await noted_as(db, list(told))
    return all(key in notes and text in picture_text(notes[key]) for key, text in told.items())


async def captions_of(db: AsyncSession, file_ids: Sequence[int]) -> dict[int, str]:
    """What stands for these pictures in a talk, by the id of the file; those of which nobody has said anything are
    not there."""
    if not file_ids:
        return {}
    query = select(PictureNote.attachment_id, PictureNote.caption, PictureNote.caption_by)
    notes = (await db.exec(query.where(col(PictureNote.attachment_id).in_(list(file_ids))))).all()
    return {file_id: told for file_id, caption, by in notes if file_id and (told := shown_caption(caption, by))}


def is_picture() -> ColumnElement[bool]:
    """That a file is a picture which was sent with a message that still stands."""
    return (
        (col(Attachment.kind) == AttachmentKind.IMAGE.value)
        & col(Attachment.message_id).is_not(None)
        & (col(Attachment.message_id) == col(Message.id))
        & col(Message.deleted_at).is_(None)
    )
