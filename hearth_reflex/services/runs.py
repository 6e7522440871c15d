"""An answer on its way, as its task holds it, and what is kept of how it was made. Tells nobody."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.attachment import Attachment
from hearth_reflex.db.document import PictureNote, SearchLog
from hearth_reflex.db.generation import OPEN_GENERATIONS, Generation
from hearth_reflex.db.message import Message
from hearth_reflex.db.persona import Persona
from hearth_reflex.domain.ai_config import AiConfig
from hearth_reflex.domain.generation import ChatRequest, ChatTurn, Sampling
from hearth_reflex.domain.pictures_told import CaptionBy
from hearth_reflex.domain.prompt import Prompt
from hearth_reflex.domain.voice import stops_for
from hearth_reflex.services.access import Actor
from hearth_reflex.services.cited_rows import all_there, keep_citations
from hearth_reflex.services.picture_notes import cut_quotes, noted_as, say_the_same
from hearth_reflex.services.records import Record


@dataclass(slots=True)
class Run:
    """An answer on its way: its rows as they were when it was queued. `text` is what it begins with."""

    generation: Generation
    message: Message
    persona: Persona
    room: str
    asker: str
    text: str = ""
    model: str = ""  # what speaks in the room, as it was when this was queued
    config: AiConfig = field(default_factory=AiConfig)  # what is set for this answer, all words of it laid over another
    since_seq: int = 0  # the first message that the persona may hear of
    actor: Actor | None = None  # who asked, as they were then; None of a run that lost its process
    one_too_many: bool = False  # whoever asked has as many answers on their way as they may

    def set_for(self, config: AiConfig, *, since_seq: int) -> "Run":
        """This run, as it is set: all words laid over one another, and the first message that may be heard of."""
        self.config, self.since_seq = config, since_seq
        self.model = config.model or self.model
        return self


async def keep_record(db: AsyncSession, run: Run, record: Record | None, *, at: datetime) -> None:
    """Keeps how an answer was made, as far as an engine was asked."""
    assert run.generation.id is not None  # noqa: S101 - flushed when it was queued
    if record and (record.linked.log or record.linked.cites):
        await keep_citations(db, run.message, run.message.version, record.linked)
        await cut_quotes(db, [*(await noted_as(db, [cite.key for cite in record.linked.cites])).values()])
    metadata = record and record.metadata(generation_id=run.generation.id, message_id=run.generation.message_id)
    if record and metadata:
        went = await _words_went(db, run)
        if went and record.linked.log:
            receipt = col(SearchLog.uuid) == record.linked.log
            await db.exec(update(SearchLog).where(receipt).values(question="", query=""))
        if went or not await _all_stands(db, run, record):
            metadata.prompt, metadata.turns = "", []
        metadata.created_at = at
        db.add(metadata)


async def _words_went(db: AsyncSession, run: Run) -> bool:
    """Whether something that it may have heard was taken back, or put otherwise, while it spoke; no kept prompt is to
    hold that."""
    query = select(Message.id).where(
        Message.room_id == run.message.room_id,
        Message.rev > run.message.rev,  # as it was when this was queued
        Message.seq < run.message.seq,
        col(Message.deleted_at).is_not(None) | (col(Message.edited_at) >= run.generation.created_at),
    )
    return (await db.exec(query.limit(1))).first() is not None


async def _all_stands(db: AsyncSession, run: Run, record: Record) -> bool:
    """Whether nothing that the prompt holds was removed meanwhile, or is another's word of a picture by now."""
    if not await all_there(db, record.given) or not await say_the_same(db, record.pictures):
        return False
    captioned = (
        select(Message.id)
        .join(Attachment, col(Attachment.message_id) == col(Message.id))
        .join(PictureNote, col(PictureNote.attachment_id) == col(Attachment.id))
        .where(Message.room_id == run.message.room_id, Message.rev > run.message.rev, Message.seq < run.message.seq)
        .where(col(PictureNote.caption_by).in_((CaptionBy.PERSON.value, CaptionBy.NOBODY.value)))
    )
    return (await db.exec(captioned.limit(1))).first() is None


async def open_of(db: AsyncSession, actor: Actor) -> int:
    """How many answers `actor` has on their way, in all rooms and all processes."""
    query = select(func.count()).where(
        col(Generation.asker_user_id) == actor.user_id, col(Generation.status).in_(OPEN_GENERATIONS)
    )
    return (await db.exec(query)).one()


def request_of(run: Run, prompt: Prompt, sampling: Sampling) -> ChatRequest:
    """What the engine is asked for a run; one that goes on ends with what was said so far."""
    turns, sampling = prompt.turns, replace(sampling, stop=stops_for(prompt.speakers))
    if run.text:
        turns = (*turns, ChatTurn("assistant", run.text))
    return ChatRequest(
        turns=turns,
        sampling=sampling,
        continue_last=bool(run.text),
        affinity=run.room,
        asker=run.asker,
        model=run.model,
    )
