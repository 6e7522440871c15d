"""What answers have cost, by day, person, room and model: added up as each run ends, and the day's share of each.

A day is one of UTC. What a talk with an AI costs counts for the room that it belongs to. What is on its way is not
counted before it ends: who has answers on their way may go beyond their share by those.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, case
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.generation import UsageDay
from hearth_reflex.db.room import Room
from hearth_reflex.domain.generation import Made, Usage
from hearth_reflex.domain.text import without_controls
from hearth_reflex.errors import LimitError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.prices import price_micro
from hearth_reflex.services.records import Record

MOST = 2**31 - 1  # what a column holds; other people's servers tell what they like


@dataclass(frozen=True, slots=True)
class Spent:
    """What one run used. Tokens that were never read or said are none: a run without any counts for nothing."""

    model: str
    prompt_tokens: int
    output_tokens: int
    cpu_ms: float
    price_micro: int = 0

    @classmethod
    def of(cls, usage: Usage, made: Made, *, price_micro: int = 0) -> "Spent":
        return cls(made.model[:200], usage.prompt_tokens, usage.output_tokens, usage.cpu_ms, price_micro)

    def columns(self) -> dict[str, Any]:
        return {
            "answers": 1,
            "prompt_tokens": min(self.prompt_tokens, MOST),
            "output_tokens": min(self.output_tokens, MOST),
            "cpu_ms": self.cpu_ms,
            "price_micro": self.price_micro,
        }


async def spent_by(db: AsyncSession, record: Record) -> Spent:
    """What the run of `record` used, with its price."""
    usage, made = record.usage, record.made
    # Another server's words about itself may be anything.
    made = replace(made, provider=without_controls(made.provider), model=without_controls(made.model))
    return Spent.of(usage, made, price_micro=await price_micro(db, usage, made))


class UsageDays:
    """Args:
    per_person, per_room: tokens, read and written, that a day holds for each; 0 is as many as they like.
    """

    def __init__(self, *, database: Database, clock: Clock, per_person: int = 0, per_room: int = 0) -> None:
        self._db, self._clock, self._per_person, self._per_room = database, clock, per_person, per_room

    async def check(self, actor: Actor, room: Room | None) -> None:
        """Whether another answer may be begun for `actor`, in `room` if it stands in one.

        Raises:
            LimitError: `usage_person` or `usage_room`, until the next day.
        """
        if full := await self.full(actor, room):
            raise full

    async def full(self, actor: Actor, room: Room | None) -> LimitError | None:
        """The same, told and not raised. Its `limit` is in how many hours there will be more."""
        if not self._per_person and not self._per_room:
            return None
        async with self._db.read() as db:
            if self._per_person and await self._today(db, col(UsageDay.user_id) == actor.user_id) >= self._per_person:
                return self._until_tomorrow("usage_person")
            if room is None or not self._per_room:
                return None
            of_room = col(UsageDay.room_id) == (room.parent_id or room.id)
            full = await self._today(db, of_room) >= self._per_room
        return self._until_tomorrow("usage_room") if full else None

    async def note(self, db: AsyncSession, spent: Spent, *, user_id: int | None, room_id: int | None) -> None:
        """Adds a run that ends, in the caller's transaction, as the last of its writes."""
        if not spent.prompt_tokens and not spent.output_tokens:
            return
        day = self._clock.now().date()
        if room_id is not None:
            room_id = (await db.exec(select(func.coalesce(Room.parent_id, Room.id)).where(Room.id == room_id))).first()
        keys: dict[str, Any] = {"day": day, "user_id": user_id, "room_id": room_id, "model": spent.model}
        if user_id is None or room_id is None:
            await _add_loose(db, keys, spent)
        else:
            await _add(db, keys, spent)

    async def spend(self, actor: Actor, usage: Usage, made: Made, *, room: Room | None = None) -> None:
        """Adds an answer that is no message of a room, such as one that only the API has asked for."""
        async with self._db.write() as db:
            spent = Spent.of(usage, made, price_micro=await price_micro(db, usage, made))
            await self.note(db, spent, user_id=actor.user_id, room_id=room.id if room else None)

    async def _today(self, db: AsyncSession, whose: ColumnElement[bool]) -> int:
        used = select(
            func.coalesce(func.sum(UsageDay.prompt_tokens), 0), func.coalesce(func.sum(UsageDay.output_tokens), 0)
        )
        read, written = (await db.exec(used.where(whose, UsageDay.day == self._clock.now().date()))).one()
        return int(read) + int(written)

    def _until_tomorrow(self, code: str) -> LimitError:
        now = self._clock.now()
        midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
        seconds = (midnight - now).total_seconds()
        return LimitError(code, retry_after=seconds, limit=max(1, ceil(seconds / 3600)))


async def _add(db: AsyncSession, keys: dict[str, Any], spent: Spent) -> None:
    """One statement, so that two runs that end in the same moment are both counted."""
    dialect = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
    new = dialect.insert(UsageDay).values(**keys, **spent.columns())
    raised = {name: _plus(name, new.excluded[name]) for name in spent.columns()}
    await db.exec(new.on_conflict_do_update(index_elements=list(keys), set_=raised))


async def _add_loose(db: AsyncSession, keys: dict[str, Any], spent: Spent) -> None:
    """Where nobody or no room is named, a database takes no two rows for the same: the oldest one is raised."""
    same = [col(getattr(UsageDay, name)).is_not_distinct_from(value) for name, value in keys.items()]
    oldest = select(func.min(UsageDay.id)).where(*same).scalar_subquery()
    raised = {name: _plus(name, value) for name, value in spent.columns().items()}
    changed = await db.exec(update(UsageDay).where(col(UsageDay.id) == oldest).values(**raised))
    if changed.rowcount != 1:
        db.add(UsageDay(**keys, **spent.columns()))
        await db.flush()


def _plus(name: str, more: ColumnElement[int] | float) -> ColumnElement[int]:
    """The column and `more`, as far as it holds them."""
    now = col(getattr(UsageDay, name))
    return now + more if name == "cpu_ms" else case((now > MOST - more, MOST), else_=now + more)
