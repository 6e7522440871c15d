"""Which messages may answer a question: ids and no more, found in the index, for one person alone.

The filters, and that only rooms count where the asker sits, are part of each statement: what may not be seen is never
counted, ordered or limited. Every statement is bounded, whatever was asked.
"""

from dataclasses import dataclass
from datetime import datetime
from math import log as logarithm

from sqlalchemy import ColumnElement, Float, Integer, Subquery, text
from sqlmodel import col, exists, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.attachment import Attachment, AttachmentKind
from hearth_reflex.db.message import Message, MessageKind
from hearth_reflex.db.persona import Persona
from hearth_reflex.db.room import Member, Room
from hearth_reflex.db.search import matching, words_beginning, written
from hearth_reflex.db.user import User
from hearth_reflex.domain.finding import Sought, closest
from hearth_reflex.domain.terms import (
    STEM_MARK,
    All,
    AnyOf,
    Expression,
    Question,
    Term,
    alike,
    keen,
    loose,
    of_word,
    stem_term,
    strict,
)
from hearth_reflex.services.access import Actor, seat_in

MOST = 150  # candidates of one step
ENOUGH = 40  # that fulfil the whole question: then nothing weaker is looked for
_COUNT_CAP = 3_000  # a trait of more messages tells little; how many exactly does not matter
_LOOSE_ROWS = 15_000  # entries that are added up for one question
_SUPPOSED = 100_000.0  # messages, when it is weighed how rare a trait is


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a search. `room` is the row number of a room where the asker sits, `person` a uuid."""

    room: int | None = None
    person: str = ""
    since: datetime | None = None
    until: datetime | None = None
    image: bool = False
    anchor: datetime | None = None  # nothing younger: later pages of a search show the same house as the first

    @property
    def any(self) -> bool:
        return self.room is not None or bool(self.person) or self.image or bool(self.since or self.until)


class Candidates:
    """Args:
    column: `terms`, what was said, or `files`, the names of its files.
    """

    def __init__(self, db: AsyncSession, actor: Actor, filters: Filters, *, sqlite: bool, column: str) -> None:
        self._db, self._actor, self._filters = db, actor, filters
        self._sqlite, self._column = sqlite, column

    async def find(self, question: Question, *, known: Sought | None = None) -> tuple[Sought, list[int]]:
        """The question with what the index knows of it, and the ids that may answer it, in no order.

        Args:
            known: what was learned of the same question before.
        """
        whole, sharp = strict(question), keen(question)
        if whole is None:
            return Sought(question), []
        found = dict.fromkeys(await self._that_match([whole], [1.0]))
        if sharp is not None and len(found) == MOST:
            found |= dict.fromkeys(await self._that_match([sharp], [1.0]))
        if len(found) >= ENOUGH:
            return known or Sought(question), list(found)
        sought = known or await self._look_closer(question)
        if sought.corrected:
            found |= dict.fromkeys(await self._that_match([_corrected(sought)], [1.0]))
        found |= dict.fromkeys(await self._that_resemble(sought))
        return sought, list(found)

    async def newest(self) -> list[int]:
        """The newest messages that pass the filters, whatever they say."""
        query = select(Message.id).where(*self.seen()).order_by(col(Message.id).desc()).limit(MOST)
        return [message_id for message_id in (await self._db.exec(query)).all() if message_id is not None]

    async def _look_closer(self, question: Question) -> Sought:
        """How rare each word is, and what those may mean that stand nowhere."""
        parts = [(word, part) for word in question.words if (part := of_word(word)) is not None]
        counts = await self._counts([part for _, part in parts])
        weights = {word.text: _rarity(count) for (word, _), count in zip(parts, counts, strict=True)}
        corrected: dict[str, list[str]] = {}
        for (word, _), count in zip(parts, counts, strict=True):
            if count == 0:
                known = await self._stems_like([term.text for term in alike(word)])
                likely = [other for stem in word.stems if len(stem) > 1 for other in closest(stem, known)]
                corrected |= {word.text: list(dict.fromkeys(likely))} if likely else {}
        return Sought(question, corrected=corrected, weights=weights)

    async def _stems_like(self, beginnings: list[str]) -> list[str]:
        """The stems in the index behind these first letters."""
        if not beginnings:
            return []
        parts = [words_beginning(number, sqlite=self._sqlite) for number in range(len(beginnings))]
        parameters: dict[str, str] = {}
        for number, first in enumerate(beginnings):
            parameters |= {f"first{number}": first, f"past{number}": first[:-1] + chr(ord(first[-1]) + 1)}
        connection = await self._db.connection()
        rows = await connection.execute(text(" UNION ALL ".join(parts)), parameters)
        return [word.partition(STEM_MARK)[2] for (word,) in rows]

    async def _that_resemble(self, sought: Sought) -> list[int]:
        """Messages with the most and the rarest traits of the question."""
        traits = loose(sought.question)
        traits += [Term(stem_term(word)) for words in sought.corrected.values() for word in words]
        counts = await self._counts(traits)
        by_rarity = sorted((count, place) for place, count in enumerate(counts) if count)
        taken: list[int] = []
        rows = 0
        for count, place in by_rarity:
            rows += count
            if rows > _LOOSE_ROWS and len(taken) >= 2:
                break
            taken.append(place)
        if not taken:
            return []
        return await self._that_match([traits[n] for n in taken], [_rarity(counts[n]) for n in taken], capped=True)

    async def _counts(self, expressions: list[Expression]) -> list[int]:
        """In how many entries of the house each expression holds, as far as it matters."""
        if not expressions:
            return []
        parts = [
            f"SELECT {number} AS place, count(*) AS amount"  # noqa: S608 - numbers and names of ours
            f" FROM (SELECT id FROM ({self._matching(number)}) AS m{number} LIMIT {_COUNT_CAP}) AS c{number}"
            for number in range(len(expressions))
        ]
        connection = await self._db.connection()
        rows = await connection.execute(text(" UNION ALL ".join(parts)), self._parameters(expressions))
        counts = {place: amount for place, amount in rows}  # noqa: C416 - rows are no pairs to a type checker
        return [counts[number] for number in range(len(expressions))]

    async def _that_match(
        self, expressions: list[Expression], weights: list[float], *, capped: bool = False
    ) -> list[int]:
        """Ids of what `actor` may see, those with the greatest sum of weights first, then the newest."""
        limit = f" ORDER BY id DESC LIMIT {_COUNT_CAP}" if capped else ""
        parts = " UNION ALL ".join(
            f"SELECT id, {weight:.4f} AS weight FROM (SELECT id FROM ({self._matching(number)}) AS m{number}{limit})"  # noqa: S608
            f" AS c{number}"
            for number, weight in enumerate(weights)
        )
        statement = f"SELECT id, SUM(weight) AS weight FROM ({parts}) AS parts GROUP BY id"  # noqa: S608
        hits = _hits(statement, self._parameters(expressions))
        query = (
            select(Message.id)
            .join(hits, hits.c.id == col(Message.id))
            .where(*self.seen())
            .order_by(hits.c.weight.desc(), col(Message.id).desc())
            .limit(MOST)
        )
        return [message_id for message_id in (await self._db.exec(query)).all() if message_id is not None]

    def _matching(self, number: int) -> str:
        return matching(self._column, sqlite=self._sqlite, parameter=f"e{number}")

    def _parameters(self, expressions: list[Expression]) -> dict[str, str]:
        return {
            f"e{number}": written(expression, column=self._column, sqlite=self._sqlite)
            for number, expression in enumerate(expressions)
        }

    def seen(self) -> list[ColumnElement[bool]]:
        """What `actor` may see, and the filters let through."""
        filters = self._filters
        rooms = select(Room.id).join(Member, col(Member.room_id) == col(Room.id))
        if filters.room is not None:  # the talk of an AI session is looked through only when it is asked for
            rooms = select(Room.id).join(Member, seat_in(Room)).where(Room.id == filters.room)
        rooms = rooms.where(Member.user_id == self._actor.user_id, col(Room.deleted_at).is_(None))
        conditions: list[ColumnElement[bool]] = [
            col(Message.room_id).in_(rooms),
            col(Message.deleted_at).is_(None),
            col(Message.kind) == MessageKind.TALK.value,
        ]
        if filters.room is not None:
            conditions.append(col(Message.room_id) == filters.room)
        if filters.person:
            conditions.append(_said_by(filters.person))
        conditions += [col(Message.created_at) >= filters.since] if filters.since else []
        conditions += [col(Message.created_at) < filters.until] if filters.until else []
        conditions += [col(Message.created_at) <= filters.anchor] if filters.anchor else []
        if filters.image:
            conditions.append(_has_file(AttachmentKind.IMAGE))
        return [*conditions, _has_file()] if self._column == "files" else conditions


def _hits(statement: str, parameters: dict[str, str]) -> Subquery:
    return text(statement).bindparams(**parameters).columns(id=Integer, weight=Float).subquery("hits")


def _said_by(person: str) -> ColumnElement[bool]:
    user = select(User.id).where(User.uuid == person).scalar_subquery()
    persona = select(Persona.id).where(Persona.uuid == person).scalar_subquery()
    return or_(col(Message.author_user_id) == user, col(Message.author_persona_id) == persona)


def _has_file(kind: AttachmentKind | None = None) -> ColumnElement[bool]:
    query = select(Attachment.id).where(col(Attachment.message_id) == col(Message.id))
    return exists(query if kind is None else query.where(Attachment.kind == kind.value))


def _corrected(sought: Sought) -> Expression:
    """Every word as it was typed, or as it may have been meant."""
    parts: list[Expression] = []
    for word in sought.question.words:
        part = of_word(word)
        if part is not None:
            others = [Term(stem_term(other)) for other in sought.corrected.get(word.text, ())]
            parts.append(AnyOf((part, *others)))
    return All(tuple(parts))


def _rarity(count: int) -> float:
    return logarithm(1.0 + _SUPPOSED / (count + 1.0))
