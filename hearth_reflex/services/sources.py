"""What an answer stands on: looked for before the prompt is made, checked against what was said, and cited in it.

Looks only where something was given to read. Retrieval says what is near; which way the answer is given is decided
here: by the model from passages with numbers, by quoting them where no model can be trusted to read, or by saying
plainly that nothing was found. Knows no index; without a seam to one (`open`) no answer looks anywhere.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.attachment import Attachment
from hearth_reflex.db.database import Database
from hearth_reflex.db.document import Document, DocumentStatus, PictureNote
from hearth_reflex.db.message import Message, MessageKind
from hearth_reflex.db.room import Room
from hearth_reflex.domain.citing import cited, claims, numbered
from hearth_reflex.domain.generation import EngineHealth
from hearth_reflex.domain.lookups import asks, asks_documents, asks_persona, is_said_already, without_calls
from hearth_reflex.domain.passages import Embedder, Kind
from hearth_reflex.domain.roles import Permission
from hearth_reflex.errors import EmbedderError, HearthError
from hearth_reflex.services.access import Actor, room_for
from hearth_reflex.services.cited_rows import taken_numbers
from hearth_reflex.services.passages import Passage
from hearth_reflex.services.quoting import Quoting, is_weak, nothing_found, quote_of
from hearth_reflex.services.reach import reach_of_answer
from hearth_reflex.services.retrieval import Retrieved
from hearth_reflex.services.sourced import NOT_LOOKED, Cite, Finds, Given, Linked, Sourced, Way
from hearth_reflex.services.support import Support

log = structlog.get_logger(__name__)

PASSAGES = 8
_TALK_BEFORE = 12  # messages that are looked at for whether the talk itself has said it
_LONG = 20_000  # characters: an answer that long is gone through beside the event loop
_NAMES = 200  # documents whose names are looked for in a question
_READABLE = (DocumentStatus.EMBEDDING.value, DocumentStatus.READY.value)
Extracts = Literal["auto", "always", "never"]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked, and what is known around it. `own` is whether the talk of a session has documents of its own."""

    room: Room
    question: str
    talk: list[str]
    names: list[str]
    own: bool


class Sources:
    """Args:
    extracts: when the house quotes instead of having a model answer: with a model that is too small, always, never.
    """

    def __init__(self, *, database: Database, extracts: Extracts = "auto") -> None:
        self._db, self._extracts = database, extracts
        self._finds: Finds | None = None
        self._quoting, self._support = Quoting(), Support()

    def open(self, finds: Finds, *, embedder: Embedder | None = None) -> None:
        """From now on answers look into what the house knows."""
        self._finds = finds
        self._quoting, self._support = Quoting(embedder), Support(embedder)

    async def find(self, actor: Actor, question: str, *, documents: Sequence[str] = ()) -> Retrieved:
        """What of all that `actor` may read is near a question.

        Raises:
            NotFoundError: a document that is not theirs to see.
            EmbedderError: nothing looks for anything here.
        """
        if self._finds is None:
            raise EmbedderError
        return await self._finds.find(actor, question, documents=documents, limit=PASSAGES)

    async def gather(
        self,
        actor: Actor | None,
        answer: Message,
        *,
        health: EngineHealth,
        since_seq: int = 0,
        begun: str = "",
        receipt: bool = True,
    ) -> Sourced:
        """What `answer` is to stand on. Never raises: an answer that could not look is one from the talk.

        Args:
            actor: who asked for it; what they may not see is not found.
            health: of the model that will speak.
            since_seq: the first message that the persona may hear of.
            begun: what the answer says already.
            receipt: whether the look is kept.
        """
        if self._finds is None or actor is None:
            return NOT_LOOKED
        try:
            asked = await self._asked(actor, answer, since_seq)
            if asked is None:
                return NOT_LOOKED
            taken = await self._taken(answer) if begun else {}
            weak = self.quotes_with(health)
            found = await self._finds.for_answer(
                actor,
                asked.room,
                asked.question,
                limit=PASSAGES,
                whole_tokens=0 if weak else (health.context_tokens or 4096) // 4,
                receipt=receipt,
            )
            passages = await self._hearable(found.passages, since_seq) if not found.is_nothing else []
            keys = [one.key for one in passages]
            floor = max(cited(begun), default=0)
            given = tuple(map(Given, numbered(keys, taken, floor=floor), passages))
            return await self._way(asked, given, weak=weak, log_uuid=found.log)
        except HearthError as fault:
            log.info("sources.refused", code=fault.code)
        except Exception:
            log.exception("sources.broke", reply=answer.uuid)
        return NOT_LOOKED

    async def link(self, text: str, sourced: Sourced, *, begun: str = "", whole: bool = True) -> tuple[str, Linked]:
        """The answer as it is kept, and what is kept of its sources.

        Args:
            begun: what it said before this run went on with it: that stays as it is.
            whole: whether it ended by itself; what was cut is not checked.
        """
        if sourced.way is Way.EXTRACT:
            given, shown = {one.number: one.passage for one in sourced.given}, set(cited(text))
            quotes = [one for one in sourced.quotes if one[0] in shown]  # it may have been stopped
            return text, Linked(sourced.log, tuple(_cite(number, given[number], words) for number, words in quotes))
        if sourced.way is not Way.CITE:
            return text, Linked(sourced.log, stands=sourced.way is Way.NOTHING)
        said = text.removeprefix(begun)
        rows = _cites(said, sourced) if len(said) <= _LONG else await asyncio.to_thread(_cites, said, sourced)
        marked = await self._support.marked(said, sourced) if whole else said
        return text[: len(text) - len(said)] + marked, Linked(sourced.log, rows)

    async def quoted(self, question: str, given: tuple[Given, ...]) -> Sourced:
        """The house's own answer from these passages: what it quotes, or that nothing was found."""
        said, quotes = await self._quoting.answer(question, given)
        if quotes:
            return Sourced(Way.EXTRACT, question, given, said, quotes)
        return Sourced(Way.NOTHING, question, said=nothing_found(question))

    def quotes_with(self, health: EngineHealth) -> bool:
        """Whether the house answers in place of this model."""
        return self._extracts == "always" or (self._extracts == "auto" and is_weak(health))

    async def _asked(self, actor: Actor, answer: Message, since_seq: int) -> _Asked | None:
        """The question, if it is asked where there is something to look into."""
        async with self._db.read() as db:
            room = await db.get_one(Room, answer.room_id)
            room, _ = await room_for(db, actor, room.uuid, Permission.READ)
            names, own = await _documents(db, actor, room)
            if not names and not await _has_pictures(db, room):
                return None
            said = await _said(db, answer, since_seq)
        if not said or not (question := without_calls(said[0])):
            return None
        return _Asked(room, question, said[1:], names, own)

    async def _taken(self, answer: Message) -> dict[str, int]:
        async with self._db.read() as db:
            return await taken_numbers(db, answer)

    async def _hearable(self, passages: Sequence[Passage], since_seq: int) -> list[Passage]:
        """Pieces of documents, and pictures: of those that were sent before it came, the persona may not hear."""
        found = [one for one in passages if one.kind in (Kind.CHUNK, Kind.PICTURE) and one.text.strip()]
        sent = {one.message for one in found if one.message}
        if not since_seq or not sent:
            return found
        async with self._db.read() as db:
            query = select(Message.uuid).where(col(Message.uuid).in_(sent), Message.seq < since_seq)
            before = set((await db.exec(query)).all())
        return [one for one in found if one.message not in before]

    async def _way(self, asked: _Asked, given: tuple[Given, ...], *, weak: bool, log_uuid: str) -> Sourced:
        about = _is_about(asked)
        if given and not weak:
            return Sourced(Way.CITE, asked.question, given, log=log_uuid)
        if given and (about or asks(asked.question)):
            quoted = await self.quoted(asked.question, given)
            if quoted.way is Way.EXTRACT:
                return replace(quoted, log=log_uuid)
        if about:
            return Sourced(Way.NOTHING, asked.question, said=nothing_found(asked.question), log=log_uuid)
        return Sourced(Way.TALK, asked.question, log=log_uuid)


def _cites(said: str, sourced: Sourced) -> tuple[Cite, ...]:
    """What an answer cites of what it was given, with the words of it that it stands on."""
    numbers, told = set(cited(said)), claims(said)
    rows: list[Cite] = []
    for one in sourced.given:
        if one.number in numbers:
            its = [claim.text for claim in told if one.number in claim.numbers]
            rows.append(_cite(one.number, one.passage, quote_of(one.passage, its or [sourced.question])))
    return tuple(rows)


def _cite(number: int, passage: Passage, words: str) -> Cite:
    return Cite(number, passage.key, words, passage.document)


def _is_about(asked: _Asked) -> bool:
    """Whether nothing but a document can answer it: it asks for one, or it is asked in a session that was given some,
    and the talk there has not said it."""
    if asks_documents(asked.question, asked.names):
        return True
    if not asked.own or not asks(asked.question) or asks_persona(asked.question):
        return False
    return not is_said_already(asked.question, asked.talk)


async def _documents(db: AsyncSession, actor: Actor, room: Room) -> tuple[list[str], bool]:
    """The names of the documents that an answer may be made from, and whether a session's talk has some of its own."""
    reach = await reach_of_answer(db, actor, room)
    query = (
        select(Document.name, Document.room_id)
        .where(reach.may_see(), col(Document.status).in_(_READABLE))
        .order_by(col(Document.id).desc())
        .limit(_NAMES)
    )
    found = (await db.exec(query)).all()
    own = room.parent_id is not None and any(room_id == room.id for _, room_id in found)
    return [name for name, _ in found], own


async def _has_pictures(db: AsyncSession, room: Room) -> bool:
    """Whether there are pictures in the talk of which words are known."""
    rooms = [one for one in (room.id, room.parent_id) if one is not None]
    query = (
        select(PictureNote.id)
        .join(Attachment, col(Attachment.id) == col(PictureNote.attachment_id))
        .where(col(Attachment.room_id).in_(rooms), (PictureNote.words != "") | (PictureNote.caption != ""))
    )
    return (await db.exec(query.limit(1))).first() is not None


async def _said(db: AsyncSession, answer: Message, since_seq: int) -> list[str]:
    """What was said before the answer, the newest words of a person first."""
    query = (
        select(Message.text, Message.author_persona_id)
        .where(
            Message.room_id == answer.room_id,
            Message.seq < answer.seq,
            Message.seq >= since_seq,
            Message.kind == MessageKind.TALK.value,
            col(Message.deleted_at).is_(None),
            Message.text != "",
        )
        .order_by(col(Message.seq).desc())
        .limit(_TALK_BEFORE)
    )
    said = (await db.exec(query)).all()
    first = next((at for at, (_, persona) in enumerate(said) if persona is None), None)
    return [text for text, _ in said[first:]] if first is not None else []
