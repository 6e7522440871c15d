"""One box over rooms, people, messages, files and documents: what somebody may see of them that answers their question.

Messages and files come from the index (`search_candidates.py`); rooms and people, few in number, are compared as they
are. How well something answers is decided in `domain/finding.py`, beside the event loop. What says it in other words
comes from `search_meaning.py`, at the same time, and stands between the words' finds on their first page.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from heapq import merge
from itertools import islice
from typing import Generic, TypeVar

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.attachment import Attachment, AttachmentKind
from hearth_reflex.db.database import Database
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Member, Room, RoomKind
from hearth_reflex.db.user import User
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.finding import Segment, Sought, excerpt, marked, name_worth, worth
from hearth_reflex.domain.roles import Permission
from hearth_reflex.domain.terms import ask
from hearth_reflex.errors import HearthError, InputError, LimitError
from hearth_reflex.services.access import Actor, room_for
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.room_lists import rooms_where
from hearth_reflex.services.search_candidates import Candidates, Filters
from hearth_reflex.services.search_hits import (
    DocumentHit,
    FileHit,
    MessageHit,
    PersonHit,
    RoomHit,
    document_hits,
    message_hits,
)
from hearth_reflex.services.search_meaning import NOTHING_MEANT, Meaning, Meant
from hearth_reflex.services.views import RoomView, file_view

FEW = 5  # of each kind, where all kinds are shown
PAGE = 20
DEEPEST = 200  # hits that can be paged through
_PEOPLE_MOST = 3_000
_READ_LETTERS = 2_000_000  # of all candidates of one question together
_CURSOR = re.compile(r"(\d{1,3})\.(\d{1,15})")
_OTHER_WORDS = 0.9  # of what a text is worth that says it in other words: below one that has all words of the question
_Hit = TypeVar("_Hit")


class Kind(StrEnum):
    ALL = "all"
    ROOMS = "rooms"
    PEOPLE = "people"
    MESSAGES = "messages"
    FILES = "files"
    DOCUMENTS = "documents"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for, as they put it. `room` and `person` are uuids, "" for any."""

    text: str
    kind: Kind = Kind.ALL
    room: str = ""
    person: str = ""
    since: datetime | None = None
    until: datetime | None = None
    image: bool = False
    cursor: str = ""
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class Found:
    """`next` is what to ask on with, "" at the end: of files where only files were asked for, else of messages."""

    rooms: list[RoomHit]
    people: list[PersonHit]
    messages: list[MessageHit]
    files: list[FileHit]
    documents: list[DocumentHit]
    next: str


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Messages with what they are worth, the best first, and the question with what the index knows of it."""

    sought: Sought
    messages: list[tuple[float, Message]]


@dataclass(frozen=True, slots=True)
class _Page(Generic[_Hit]):
    """Hits of one page. `shown` of them are the words' finds, which the next page goes on behind."""

    hits: list[_Hit]
    shown: int = 0
    goes_on: bool = False


class Search:
    """Args:
    pace: how fast one person may ask.
    meaning: what finds by meaning; None: words alone do.
    """

    def __init__(self, *, database: Database, clock: Clock, pace: Buckets, meaning: Meaning | None = None) -> None:
        self._db, self._clock, self._pace, self._meaning = database, clock, pace, meaning

    async def find(self, actor: Actor, asked: Asked) -> Found:
        """What answers, best first. Without words: the newest that pass the filters.

        Raises:
            InputError: `search_empty`, neither words nor a filter; `search_cursor`.
            NotFoundError, ForbiddenError: a `room` that is not theirs.
            LimitError: `search_pace`.
        """
        if wait := self._pace.take(actor.uuid, at=self._clock.now().timestamp()):
            raise LimitError("search_pace", retry_after=wait)
        offset, anchor = self._place(asked.cursor)
        async with self._db.read() as db:
            filters = await self._filters(db, actor, asked, anchor)
            if not asked.text.strip() and not filters.any and asked.kind is not Kind.FILES:
                raise InputError("search_empty", field="q")
            meaning = asyncio.create_task(self._meant(actor, asked, filters))
            try:
                named = bool(asked.text.strip()) and not filters.any and not offset
                rooms = await self._rooms(db, actor, asked) if named else []
                people = await self._people(db, actor, asked) if named else []
                ranked = await self._ranked(db, actor, asked, filters)
                meant = await meaning
            finally:
                meaning.cancel()
            sought = ranked.sought if ranked else None
            messages = await self._messages(db, actor, asked, ranked, meant, offset)
            files = await self._files(db, actor, asked, filters, meant, offset, known=sought)
            kept = meant.documents[: _most(asked)]
            documents = await document_hits(db, actor, kept, sought or Sought(ask(asked.text)))
        page = files if asked.kind is Kind.FILES else messages
        cursor = f"{offset + page.shown}.{int(anchor.timestamp() * 1000)}" if page.goes_on else ""
        return Found(rooms, people, messages.hits, files.hits, documents, cursor)

    async def _meant(self, actor: Actor, asked: Asked, filters: Filters) -> Meant:
        """What says it in other words; on the first page alone, so that the next ones go on where it ended."""
        if self._meaning is None or asked.cursor or not asked.text.strip():
            return NOTHING_MEANT
        try:
            return await self._meaning.find(
                actor,
                asked.text,
                filters,
                room=asked.room,
                said=asked.kind in (Kind.ALL, Kind.MESSAGES, Kind.FILES),
                documents=asked.kind in (Kind.ALL, Kind.DOCUMENTS),
            )
        except HearthError:
            return NOTHING_MEANT

    def _place(self, cursor: str) -> tuple[int, datetime]:
        """(how many hits were shown, the moment of the first page)."""
        now = self._clock.now()
        if not cursor:
            return 0, now
        match = _CURSOR.fullmatch(cursor)
        if match is None or int(match[2]) > now.timestamp() * 1000 + 60_000:
            raise InputError("search_cursor", field="cursor")
        return int(match[1]), datetime.fromtimestamp(int(match[2]) / 1000, UTC)

    async def _filters(self, db: AsyncSession, actor: Actor, asked: Asked, anchor: datetime) -> Filters:
        room_id = None
        if asked.room:
            room, _ = await room_for(db, actor, asked.room, Permission.READ)
            room_id = room.id
        filters = Filters(room=room_id, person=asked.person, since=asked.since, until=asked.until, image=asked.image)
        return replace(filters, anchor=anchor) if asked.cursor else filters

    async def _rooms(self, db: AsyncSession, actor: Actor, asked: Asked) -> list[RoomHit]:
        if asked.kind not in (Kind.ALL, Kind.ROOMS):
            return []
        seen = col(Room.deleted_at).is_(None) & (
            col(Member.id).is_not(None) | ((col(Room.kind) == RoomKind.OPEN.value) & col(Room.archived_at).is_(None))
        )
        rooms = await rooms_where(db, actor, seen)
        hits = [(_room_worth(asked.text, room), place, room) for place, room in enumerate(rooms)]
        best = sorted((hit for hit in hits if hit[0]), key=lambda hit: (-hit[0], hit[1]))[: _most(asked)]
        return [RoomHit(room, _room_name(asked.text, room)) for _, _, room in best]

    async def _people(self, db: AsyncSession, actor: Actor, asked: Asked) -> list[PersonHit]:
        if asked.kind not in (Kind.ALL, Kind.PEOPLE):
            return []
        mine = (
            select(Member.room_id)
            .join(Room, col(Room.id) == col(Member.room_id))
            .where(Member.user_id == actor.user_id, col(Room.deleted_at).is_(None))
        )
        beside = select(Member.user_id).where(col(Member.room_id).in_(mine))
        query = select(User.uuid, User.name, User.avatar).where(col(User.id).in_(beside)).limit(_PEOPLE_MOST)
        people = (await db.exec(query)).all()
        hits = [(name_worth(asked.text, name), name, uuid, avatar) for uuid, name, avatar in people]
        best = sorted((hit for hit in hits if hit[0]), key=lambda hit: (-hit[0], hit[1]))[: _most(asked)]
        return [PersonHit(id=uuid, avatar=avatar, marked=marked(asked.text, name)) for _, name, uuid, avatar in best]

    async def _ranked(self, db: AsyncSession, actor: Actor, asked: Asked, filters: Filters) -> _Ranked | None:
        if asked.kind not in (Kind.ALL, Kind.MESSAGES):
            return None
        candidates = Candidates(db, actor, filters, sqlite=self._db.is_sqlite, column="terms")
        return await self._rank(db, candidates, asked)

    async def _messages(
        self, db: AsyncSession, actor: Actor, asked: Asked, ranked: _Ranked | None, meant: Meant, offset: int
    ) -> _Page[MessageHit]:
        if ranked is None:
            return _Page([])
        known = {message.id for _, message in ranked.messages}
        others = [(value, message) for value, message in meant.messages if message.id not in known]
        page = _page(ranked.messages[offset:], others, limit=asked.limit)
        new = {message.id or 0 for _, message in others}
        hits = await message_hits(db, actor, page.hits, ranked.sought, meant=new)
        return _Page(hits, page.shown, page.goes_on)

    async def _rank(self, db: AsyncSession, candidates: Candidates, asked: Asked) -> _Ranked:
        question = ask(asked.text)
        if not question.text:
            newest = await _by_id(db, await candidates.newest())
            return _Ranked(Sought(question), [(1.0, one) for one in sorted(newest, key=lambda one: -(one.id or 0))])
        sought, ids = await candidates.find(question)
        messages = await _by_id(db, ids)
        order = await asyncio.to_thread(_in_order, sought, messages, self._clock.now())
        return _Ranked(sought, order[:DEEPEST])

    async def _files(
        self,
        db: AsyncSession,
        actor: Actor,
        asked: Asked,
        filters: Filters,
        meant: Meant,
        offset: int,
        *,
        known: Sought | None,
    ) -> _Page[FileHit]:
        """`known`: what was learned of the question while messages were looked for."""
        wanted = asked.kind is Kind.FILES or (asked.kind is Kind.ALL and bool(asked.text.strip()) and not offset)
        if not wanted:
            return _Page([])
        candidates = Candidates(db, actor, filters, sqlite=self._db.is_sqlite, column="files")
        question = ask(asked.text)
        sought = Sought(question)
        if question.text:
            sought, ids = await candidates.find(question, known=known)
        else:
            ids = await candidates.newest()
        messages = {message.id: message for message in await _by_id(db, ids)}
        query = select(Attachment).where(col(Attachment.message_id).in_(list(messages)))
        if asked.image:
            query = query.where(Attachment.kind == AttachmentKind.IMAGE.value)
        files = [file for file in (await db.exec(query)).all() if file.message_id in messages]
        scored = [(worth(sought, file.name) if question.text else 1.0, file) for file in files]
        best = sorted((hit for hit in scored if hit[0]), key=lambda hit: (-hit[0], -(hit[1].id or 0)))[:DEEPEST]
        named = {file.id for _, file in best}
        others = [(value, file) for value, file, _ in meant.pictures if file.id not in named]
        messages |= {message.id: message for _, _, message in meant.pictures}
        page = _page(best[offset:], others, limit=asked.limit if asked.kind is Kind.FILES else FEW)
        around = await message_hits(db, actor, [messages[file.message_id] for file in page.hits], sought)
        hits = [
            FileHit(
                file=file_view(file),
                marked=excerpt(sought, file.name),
                message=message,
                by_meaning=file.id not in named,
            )
            for file, message in zip(page.hits, around, strict=True)
        ]
        return _Page(hits, page.shown, page.goes_on)


def _page(words: Sequence[tuple[float, _Hit]], meant: Sequence[tuple[float, _Hit]], *, limit: int) -> _Page[_Hit]:
    """One order of what the words found and what only its meaning brings; both given best first."""
    own = [(value, True, hit) for value, hit in words]
    others = [(_OTHER_WORDS * value, False, hit) for value, hit in meant]
    taken = list(islice(merge(own, others, key=lambda one: -one[0]), limit))
    shown = sum(by_words for _, by_words, _ in taken)
    return _Page([hit for _, _, hit in taken], shown=shown, goes_on=len(words) > shown)


async def _by_id(db: AsyncSession, ids: list[int]) -> list[Message]:
    if not ids:
        return []
    return list((await db.exec(select(Message).where(col(Message.id).in_(ids)))).all())


def _in_order(sought: Sought, messages: list[Message], now: datetime) -> list[tuple[float, Message]]:
    """Those that answer with what they are worth, the best first. Long texts are read while there is patience."""
    left, scored = _READ_LETTERS, list[tuple[float, int, Message]]()
    for message in sorted(messages, key=lambda message: -(message.id or 0)):
        age = (now - message.created_at).total_seconds() / 86_400
        value = worth(sought, message.text[: max(left, 200)], age_days=age)
        left -= len(message.text)
        if value:
            scored.append((value, message.id or 0, message))
    return [(value, message) for value, _, message in sorted(scored, key=lambda hit: (-hit[0], -hit[1]))]


def _most(asked: Asked) -> int:
    return FEW if asked.kind is Kind.ALL else asked.limit


def _room_worth(asked: str, room: RoomView) -> float:
    by_name = max(name_worth(asked, room.name_ko), name_worth(asked, room.name_en))
    return by_name or 0.3 * (name_worth(asked, room.description) if room.description else 0.0)


def _room_name(asked: str, room: RoomView) -> list[Segment]:
    """The name by which it was found."""
    english = name_worth(asked, room.name_en) > name_worth(asked, room.name_ko)
    return marked(asked, room.name_en if english else room.name_ko)
