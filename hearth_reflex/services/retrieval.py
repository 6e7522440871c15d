"""Finding what the house knows: documents, pictures and what was said, by meaning and by words, for one person.

Two legs ask the index side by side and are fused (`domain/fusion.py`); where the embedder does not answer, words alone
do. Where the house has a cross-encoder, it looks at the best again (`second_look.py`). Which rooms count is resolved
here, never said by a client; texts come from the database in statements that hold the access themselves (`reach.py`).
Each look leaves its receipt (`search_logs.py`).
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.message import Message, MessageKind
from hearth_reflex.db.room import Room
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.fusion import NOTHING, UNSURE, Ranked, in_reading_order
from hearth_reflex.domain.passages import Kind
from hearth_reflex.domain.queries import Query, is_follow_up, query_of
from hearth_reflex.domain.second_look import chosen
from hearth_reflex.errors import LimitError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.passages import Passage, Reading, fresh_chunks, read_passages, whole_documents
from hearth_reflex.services.picture_finding import LIKELY, PictureFinding
from hearth_reflex.services.reach import Reach, reach_of, reach_of_answer
from hearth_reflex.services.search_logs import Receipt, keep
from hearth_reflex.services.second_look import SecondLook
from hearth_reflex.services.two_legs import BegunLook, TwoLegs, ms_since

log = structlog.get_logger(__name__)

LIMIT = 8
MOST = 100
_FRESH_MOST = 200  # pieces that no index knows yet and are looked through
_LOOKS_PATIENCE_S = 1.0  # for the model of pictures
_FOLLOWS_WITHIN = timedelta(minutes=30)  # a question this soon after another may go on from it
_IN_LIBRARIES = (Kind.CHUNK, Kind.PICTURE)  # what an answer is made from; what was said stands in the prompt already


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What came of one look.

    Attributes:
        query: what was really asked.
        is_nothing: nothing was near enough; then there are no passages.
        mode: `hybrid`, `words` (no vectors for the moment), or `whole` (all documents fit, and all are here).
        log: uuid of its receipt, "" when nothing was asked.
    """

    question: str
    query: str
    passages: tuple[Passage, ...]
    is_nothing: bool
    mode: str
    total_ms: float
    log: str


class Retrieval:
    """Args:
    pace: how fast one person may ask.
    second: who looks at the best again; without it the fused order stands.
    looks: who finds pictures by how they look; None where nobody does.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        legs: TwoLegs,
        pace: Buckets,
        second: SecondLook | None = None,
        looks: PictureFinding | None = None,
    ) -> None:
        self._db, self._clock, self._legs, self._pace = database, clock, legs, pace
        self._second, self._looks = second or SecondLook(), looks

    async def find(
        self,
        actor: Actor,
        question: str,
        *,
        rooms: Sequence[str] | None = None,
        documents: Sequence[str] = (),
        kinds: Sequence[Kind] = (),
        limit: int = LIMIT,
        strict: bool = True,
    ) -> Retrieved:
        """What answers, the best first: of all that `actor` may see, or of these rooms and documents.

        Args:
            strict: whether what is unlikely to be about the question is left out.

        Raises:
            NotFoundError, ForbiddenError: a room or document that is not theirs to see.
            InputError: too many rooms or documents.
            LimitError: `search_pace`.
        """
        if wait := self._pace.take(actor.uuid, at=self._clock.now().timestamp()):
            raise LimitError("search_pace", retry_after=wait)
        begun = time.perf_counter()
        query = query_of(question)
        limit = min(limit, MOST)
        with self._legs.begun(query) as asked:
            async with self._db.read() as db:
                reach = await reach_of(db, actor, rooms=rooms, documents=documents)
                fresh = await self._fresh(db, reach, kinds)
            least = NOTHING if strict else 0.0
            looked = await self.look(reach, asked, kinds=kinds, fresh=fresh, limit=limit, least=least)
        room_id = next(iter(reach.rooms)) if rooms is not None and len(rooms) == 1 else None
        if not kinds or Kind.PICTURE in kinds:
            looked = await self._with_looks(reach, query, looked, limit=limit)
        return await self._kept(actor, query, looked, begun=begun, room_id=room_id)

    async def for_answer(
        self,
        actor: Actor,
        room: Room,
        question: str,
        *,
        limit: int = LIMIT,
        whole_tokens: int = 0,
        receipt: bool = True,
    ) -> Retrieved:
        """What an answer to `actor` in `room` may be made from.

        Args:
            whole_tokens: where all documents together are no more than that, they come whole.
            receipt: whether one is kept; nobody is answered by what is only shown.
        """
        begun = time.perf_counter()
        query = query_of(question)
        if is_follow_up(query.asked):
            query = query_of(question, before=await self._asked_before(actor, room, question))
        with self._legs.begun(query) as asked:
            async with self._db.read() as db:
                reach = await reach_of_answer(db, actor, room)
                fresh = await self._fresh(db, reach, _IN_LIBRARIES)
            looked = await self.look(reach, asked, kinds=_IN_LIBRARIES, fresh=fresh, limit=limit, least=UNSURE)
        if whole_tokens and looked.passages:
            looked = await self._whole(reach, looked, tokens=whole_tokens)
        return await self._kept(actor, query, looked, begun=begun, room_id=room.id, receipt=receipt)

    async def look(
        self,
        reach: Reach,
        asked: BegunLook,
        *,
        fresh: Sequence[str],
        kinds: Sequence[Kind] = (),
        limit: int = LIMIT,
        least: float = NOTHING,
    ) -> "Looked":
        """All legs, read and fused; without pace and receipt.

        Args:
            fresh: keys of pieces that are in no index yet.
            least: how likely the likeliest passage must be about the question.
        """
        query = asked.query
        if query.is_empty or not reach.scopes:
            return Looked((), "hybrid")
        reading = Reading(self._db, reach)
        legs = await self._legs.look(reach, asked, kinds=kinds, tell=reading.take)
        read = await reading.of([*legs.keys, *fresh])
        order = await self._legs.ordered(query, legs, read)
        scores = await self._second.scores(query, order, least=least)
        best = await asyncio.to_thread(chosen, order, scores, limit=limit, least=least)
        return Looked(_in_place(best, read, scores), "words" if legs.vectors is None else "hybrid", legs.embed_ms)

    async def _fresh(self, db: AsyncSession, reach: Reach, kinds: Sequence[Kind]) -> list[str]:
        """Keys of pieces that are in no index yet."""
        if kinds and Kind.CHUNK not in kinds:
            return []
        return await fresh_chunks(db, reach, most=_FRESH_MOST, indexed=self._legs.has_index)

    async def _with_looks(self, reach: Reach, query: Query, looked: "Looked", *, limit: int) -> "Looked":
        """Behind what was found, pictures that look like what is asked for; `fused` is how likely they show it."""
        shown = await self._looks.showing(reach, query, patience=_LOOKS_PATIENCE_S) if self._looks else {}
        known = {passage.key for passage in looked.passages}
        likely = [key for key, worth in shown.items() if worth >= LIKELY and key not in known]
        if not likely or len(known) >= limit:
            return looked
        async with self._db.read() as db:
            read = await read_passages(db, reach, likely)
        best = sorted(read.values(), key=lambda passage: -shown[passage.key])[: limit - len(known)]
        added = [
            replace(passage, fused=round(shown[passage.key], 4), rank=rank)
            for rank, passage in enumerate(best, start=len(known) + 1)
        ]
        return replace(looked, passages=(*looked.passages, *added))

    async def _whole(self, reach: Reach, looked: "Looked", *, tokens: int) -> "Looked":
        """All documents in the order of reading, with the scores of those pieces that were found."""
        async with self._db.read() as db:
            passages = await whole_documents(db, reach, tokens=tokens)
        found = {passage.key: passage for passage in looked.passages}
        if all(passage.key in found for passage in passages):
            return looked
        pictures = [passage for passage in looked.passages if passage.kind is Kind.PICTURE]
        whole = [found.get(passage.key, passage) for passage in passages]
        return replace(looked, passages=(*whole, *pictures), mode="whole")

    async def _asked_before(self, actor: Actor, room: Room, question: str) -> list[str]:
        """What the same person said last in this room, the newest first; not this question."""
        query = (
            select(Message.text)
            .where(
                Message.room_id == room.id,
                Message.author_user_id == actor.user_id,
                col(Message.deleted_at).is_(None),
                Message.kind == MessageKind.TALK.value,
                col(Message.created_at) > self._clock.now() - _FOLLOWS_WITHIN,
            )
            .order_by(col(Message.seq).desc())
            .limit(4)
        )
        async with self._db.read() as db:
            said = (await db.exec(query)).all()
        return [text for text in said if text.strip() and text.strip() not in question]

    async def _kept(
        self,
        actor: Actor,
        query: Query,
        looked: "Looked",
        *,
        begun: float,
        room_id: int | None,
        receipt: bool = True,
    ) -> Retrieved:
        total_ms = ms_since(begun)
        noted = Receipt(
            user_id=actor.user_id,
            room_id=room_id,
            question=query.asked,
            query=query.text,
            passages=looked.passages,
            mode=looked.mode,
            total_ms=total_ms,
            embed_ms=looked.embed_ms,
        )
        uuid = ""
        if receipt and not query.is_empty:
            async with self._db.write() as db:
                uuid = await keep(db, noted)
        log.info("retrieval.looked", mode=looked.mode, found=len(looked.passages), ms=round(total_ms, 1))
        return Retrieved(
            question=query.asked,
            query=query.text,
            passages=looked.passages,
            is_nothing=not looked.passages,
            mode=looked.mode,
            total_ms=total_ms,
            log=uuid,
        )


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look found, and how."""

    passages: tuple[Passage, ...]
    mode: str
    embed_ms: float = 0.0


def _nearest(one: Ranked) -> float | None:
    """Its cosine, from whichever language."""
    found = [score for score in (one.candidate.vector, one.candidate.across) if score is not None]
    return max(found, default=None)


def _in_place(best: Sequence[Ranked], read: Mapping[str, Passage], scores: Mapping[str, float]) -> tuple[Passage, ...]:
    """The passages with their scores and ranks; neighbours stand together."""
    found = [
        replace(
            read[one.candidate.key],
            vector=_nearest(one),
            text_score=one.candidate.translated if one.candidate.words is None else one.candidate.words,
            fused=round(one.fused, 4),
            second=scores.get(one.candidate.key),
            rank=rank,
        )
        for rank, one in enumerate(best, start=1)
    ]
    return tuple(found[at] for at in in_reading_order([(passage.document, passage.position) for passage in found]))
