"""The half of the search box that knows what words mean: messages, pictures and documents that say it in other words.

Only for questions with some substance, and never for longer than somebody who types waits: an embedder that is late is
done without. What the index finds is checked in the database, in one statement with the seat and every filter.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.attachment import Attachment
from hearth_reflex.db.database import Database
from hearth_reflex.db.document import Document, PictureNote
from hearth_reflex.db.message import Message
from hearth_reflex.db.user import User
from hearth_reflex.domain.finding import name_worth
from hearth_reflex.domain.fusion import Candidate, Ranked, selected
from hearth_reflex.domain.passages import Kind, key_of
from hearth_reflex.domain.queries import Query, has_substance, query_of
from hearth_reflex.services.access import Actor
from hearth_reflex.services.passages import Passage, fresh_chunks, read_passages
from hearth_reflex.services.picture_finding import LIKELY, PictureFinding
from hearth_reflex.services.reach import Reach, reach_of
from hearth_reflex.services.search_candidates import Candidates, Filters
from hearth_reflex.services.two_legs import BegunLook, TwoLegs, ranked

PATIENCE_S = 0.15  # for the embedder, both of whose answers are waited for side by side
WHOLE_S = 0.3
CLOSE = 0.5  # how likely a message must be about the question to stand among those that have its words
_ALIKE_S = 0.04  # for words that mean the same
_MOST = 10  # of messages and pictures that only their meaning brings
_NAMES_MOST = 2_000
_FRESH_MOST = 60
_SAID = (Kind.MESSAGE, Kind.PICTURE)
_KEPT = (Kind.CHUNK, Kind.PICTURE)


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """A document, the passage of it that answers (None: its name does), and how well, 0 to 1."""

    document: Document
    passage: Passage | None
    worth: float
    by_meaning: bool


@dataclass(frozen=True, slots=True)
class Meant:
    """What is near in meaning, the best first, with how likely it is, 0 to 1."""

    messages: list[tuple[float, Message]] = field(default_factory=list[tuple[float, Message]])
    pictures: list[tuple[float, Attachment, Message]] = field(default_factory=list[tuple[float, Attachment, Message]])
    documents: list[FoundDocument] = field(default_factory=list[FoundDocument])


NOTHING_MEANT = Meant()


class Meaning:
    """Finds for the search box; knows nothing of pages and of how hits are shown.

    Args:
        looks: who finds pictures by how they look; None where nobody does.
        patience: seconds for the embedder, after which words alone are looked for.
        whole: seconds for all of it.
    """

    def __init__(
        self,
        *,
        database: Database,
        legs: TwoLegs,
        looks: PictureFinding | None = None,
        patience: float = PATIENCE_S,
        whole: float = WHOLE_S,
    ) -> None:
        self._db, self._legs, self._looks = database, legs, looks
        self._patience, self._whole = patience, whole

    async def find(
        self, actor: Actor, text: str, filters: Filters, *, room: str = "", said: bool = True, documents: bool = True
    ) -> Meant:
        """Raises what `room_for` does, of a room that is not theirs.

        Args:
            filters, room: what narrows the search; `room` is the uuid of the room in `filters`.
            said, documents: whether messages and pictures, and whether documents are wanted.
        """
        query = query_of(text)
        if query.is_empty:
            return NOTHING_MEANT
        with self._legs.begun(query, patience=self._patience) as asked:
            async with self._db.read() as db:
                reach = await reach_of(db, actor, rooms=[room] if room else None)
            try:
                async with asyncio.timeout(self._whole):
                    shown = asyncio.create_task(self._shown(reach, query))
                    found = await asyncio.gather(
                        self._said(actor, reach, asked, filters, shown) if said else _nothing(),
                        self._documents(reach, asked, filters, shown) if documents else _nothing(),
                    )
            except TimeoutError:
                return NOTHING_MEANT
        (messages, pictures), kept = found[0] or ([], []), found[1] or []
        return Meant(messages=messages, pictures=pictures, documents=kept)

    async def _shown(self, reach: Reach, query: Query) -> dict[str, float]:
        """Keys of pictures that look like what is asked for, and how likely they show it."""
        if self._looks is None:
            return {}
        found = await self._looks.showing(reach, query, patience=self._patience)
        return {key: likely for key, likely in found.items() if likely >= LIKELY}

    async def _said(
        self, actor: Actor, reach: Reach, asked: BegunLook, filters: Filters, shown: asyncio.Task[dict[str, float]]
    ) -> tuple[list[tuple[float, Message]], list[tuple[float, Attachment, Message]]]:
        query = asked.query
        if not has_substance(query.text):
            return [], []
        legs = await self._legs.look(reach, asked, kinds=_SAID)
        seen_by_look = await shown
        if not legs.vectors and not seen_by_look:
            return [], []
        async with self._db.read() as db:
            meant = replace(legs, words={})
            read = await read_passages(db, reach, meant.keys)
            order = await asyncio.to_thread(ranked, query, meant, read)
            close = seen_by_look | {one.candidate.key: one.likely for one in order if one.likely >= CLOSE}
            seen = Candidates(db, actor, filters, sqlite=self._db.is_sqlite, column="terms").seen()
            return await _messages(db, close, seen), await _pictures(db, close, seen)

    async def _documents(
        self, reach: Reach, asked: BegunLook, filters: Filters, shown: asyncio.Task[dict[str, float]]
    ) -> list[FoundDocument]:
        query = asked.query
        legs = await self._legs.look(reach, asked, kinds=_KEPT)
        seen_by_look = await shown
        async with self._db.read() as db:
            keys = [*legs.keys, *await fresh_chunks(db, reach, most=_FRESH_MOST, indexed=self._legs.has_index)]
            read = await read_passages(db, reach, dict.fromkeys([*keys, *seen_by_look]))
            kept = {key: passage for key, passage in read.items() if passage.document}
            told = {key: kept[key] for key in dict.fromkeys(keys) if key in kept}
            order = await self._legs.ordered(query, legs, told, seconds=_ALIKE_S)
            best = {one.candidate.key: one for one in selected(order, limit=len(order) or 1)}
            looks = {key: Ranked(Candidate(key, ""), 0.0, worth) for key, worth in seen_by_look.items() if key in kept}
            there = await _through(db, reach, filters)
        return _one_each(there, kept, best | {key: one for key, one in looks.items() if key not in best}, query)


async def _nothing() -> None:
    return None


async def _messages(
    db: AsyncSession, close: dict[str, float], seen: Sequence[ColumnElement[bool]]
) -> list[tuple[float, Message]]:
    uuids = [key.partition(":")[2] for key in close if key.startswith(Kind.MESSAGE)]
    if not uuids:
        return []
    query = select(Message).where(col(Message.uuid).in_(uuids), *seen)
    found = [(close[key_of(Kind.MESSAGE, one.uuid)], one) for one in (await db.exec(query)).all()]
    return sorted(found, key=lambda one: (-one[0], -(one[1].id or 0)))[:_MOST]


async def _pictures(
    db: AsyncSession, close: dict[str, float], seen: Sequence[ColumnElement[bool]]
) -> list[tuple[float, Attachment, Message]]:
    uuids = [key.partition(":")[2] for key in close if key.startswith(Kind.PICTURE)]
    if not uuids:
        return []
    query = (
        select(PictureNote.uuid, Attachment, Message)
        .join(Attachment, col(Attachment.id) == col(PictureNote.attachment_id))
        .join(Message, col(Message.id) == col(Attachment.message_id))
        .where(col(PictureNote.uuid).in_(uuids), *seen)
    )
    found = [(close[key_of(Kind.PICTURE, uuid)], file, message) for uuid, file, message in (await db.exec(query)).all()]
    return sorted(found, key=lambda one: (-one[0], -(one[1].id or 0)))[:_MOST]


async def _through(db: AsyncSession, reach: Reach, filters: Filters) -> list[Document]:
    """Documents within reach that pass the filters, the newest first."""
    query = select(Document).where(reach.may_see())
    if filters.room is not None:
        query = query.where(col(Document.room_id).is_not(None))
    if filters.person:
        person = select(User.id).where(User.uuid == filters.person).scalar_subquery()
        query = query.where(col(Document.owner_user_id) == person)
    if filters.since:
        query = query.where(col(Document.created_at) >= filters.since)
    if filters.until:
        query = query.where(col(Document.created_at) < filters.until)
    if filters.image:
        query = query.where(Document.kind == "image")
    return list((await db.exec(query.order_by(col(Document.id).desc()).limit(_NAMES_MOST))).all())


def _one_each(
    there: Sequence[Document], read: dict[str, Passage], best: dict[str, Ranked], query: Query
) -> list[FoundDocument]:
    """Each document once, by its name or by the passage of it that answers best."""
    passages: dict[str, tuple[Passage, Ranked]] = {}
    for key, one in best.items():
        passages.setdefault(read[key].document, (read[key], one))
    found: list[FoundDocument] = []
    for document in there:
        named = name_worth(query.asked, document.name) if len(query.asked) <= len(document.name) + 2 else 0.0
        passage, one = passages.get(document.uuid, (None, None))
        if named or one is not None:
            likely = one.likely if one is not None else 0.0
            by_meaning = not named and one is not None and one.candidate.is_only_near
            found.append(FoundDocument(document, passage, max(named, likely), by_meaning))
    return sorted(found, key=lambda one: -one.worth)
