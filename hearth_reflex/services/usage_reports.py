"""What was used, read back: by day, model, room and person. One's own for everybody, the house's for who keeps it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.generation import UsageDay
from hearth_reflex.db.room import Member, Room, RoomKind
from hearth_reflex.db.user import User
from hearth_reflex.domain.roles import Permission
from hearth_reflex.errors import InputError, NotFoundError
from hearth_reflex.services.access import Actor, admin_only, room_for, seats_of, uuid_text
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.room_lists import peers_of
from hearth_reflex.services.views import Peer

DAYS = 14  # that are told when nobody says which
MOST_DAYS = 366
FEWEST_SEATS = 3  # of a room that is told of as a whole: between two, what is not one's own is the other's
MOST_LINES = 400  # of each list: a year of days
_SUMS = ("answers", "prompt_tokens", "output_tokens", "cpu_ms", "price_micro")  # as in Total
_Which = tuple[ColumnElement[bool], ...]
_select: Any = select  # a list of sums is more than its overloads know


@dataclass(frozen=True, slots=True)
class Total:
    """Sums. `cpu_ms` is processor time of the engine; `price_micro` millionths of what servers outside ask for."""

    answers: int = 0
    prompt_tokens: int = 0
    output_tokens: int = 0
    cpu_ms: int = 0
    price_micro: int = 0


@dataclass(frozen=True, slots=True)
class Line(Total):
    """The sum of one day, model, room or person. `id` is the day (ISO 8601, UTC), the model's name, or a uuid.

    A room that the reader sees no more, or a person who is gone, has an empty id and name.
    """

    id: str = ""
    name_ko: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What was used from one day to another, both counted. Days without use are left out; the largest comes first, of
    days the oldest."""

    since: str
    until: str
    total: Total
    days: list[Line]
    models: list[Line]
    rooms: list[Line]
    people: list[Line]


class UsageReports:
    def __init__(self, *, database: Database, clock: Clock) -> None:
        self._db, self._clock = database, clock

    async def mine(self, actor: Actor, *, since: date | None = None, until: date | None = None) -> Report:
        """What `actor` had written, in whatever rooms.

        Raises:
            InputError: `usage_days`, no stretch of up to a year.
        """
        async with self._db.read() as db:
            return await self._report(db, col(UsageDay.user_id) == actor.user_id, since, until, actor=actor)

    async def of_room(
        self, actor: Actor, room_uuid: str, *, since: date | None = None, until: date | None = None
    ) -> Report:
        """What was written in a room, for those who sit there. Who asked for how much is theirs to know: where fewer
        than `FEWEST_SEATS` sit, each is told of what they asked for themself.

        Raises:
            NotFoundError, ForbiddenError: not a room of theirs.
            InputError: as `mine`.
        """
        async with self._db.read() as db:
            room, _ = await room_for(db, actor, room_uuid, Permission.READ)
            whose = col(UsageDay.room_id) == seats_of(room)
            if (await db.exec(select(func.count()).where(Member.room_id == seats_of(room)))).one() < FEWEST_SEATS:
                whose &= col(UsageDay.user_id) == actor.user_id
            return await self._report(db, whose, since, until)

    async def of_house(
        self, actor: Actor, *, since: date | None = None, until: date | None = None, person: str = ""
    ) -> Report:
        """What the whole house had written, by person too, and without rooms: who keeps it sits not in all of them.

        Args:
            person: whose days and models, and whose total; the list of people is everybody's all the same.

        Raises:
            ForbiddenError: `admin_only`.
            InputError: as `mine`.
            NotFoundError: `person_unknown`.
        """
        admin_only(actor)
        everybody = col(UsageDay.id).is_not(None)
        async with self._db.read() as db:
            whose = await _of_person(db, person) if person else everybody
            report = await self._report(db, whose, since, until)
            return replace(report, people=await _by_person(db, self._which(everybody, since, until)))

    async def _report(
        self,
        db: AsyncSession,
        whose: ColumnElement[bool],
        since: date | None,
        until: date | None,
        *,
        actor: Actor | None = None,
    ) -> Report:
        """With `actor` also by the rooms, as they see them."""
        first, last = self._stretch(since, until)
        which = self._which(whose, since, until)
        return Report(
            since=first.isoformat(),
            until=last.isoformat(),
            total=await _total(db, which),
            days=sorted(await _by_day(db, which), key=lambda line: line.id),
            models=await _by_model(db, which),
            rooms=await _by_room(db, which, actor) if actor else [],
            people=[],
        )

    def _which(self, whose: ColumnElement[bool], since: date | None, until: date | None) -> _Which:
        return (whose, col(UsageDay.day).between(*self._stretch(since, until)))

    def _stretch(self, since: date | None, until: date | None) -> tuple[date, date]:
        last = until or self._clock.now().date()
        try:
            first = since or last - timedelta(days=DAYS - 1)
        except OverflowError:
            raise InputError("usage_days", field="from") from None
        if not 0 <= (last - first).days < MOST_DAYS:
            raise InputError("usage_days", field="from")
        return first, last


async def _of_person(db: AsyncSession, uuid: str) -> ColumnElement[bool]:
    found = (await db.exec(select(User.id).where(User.uuid == uuid_text(uuid)))).first()
    if found is None:
        raise NotFoundError("person_unknown", field="person")
    return col(UsageDay.user_id) == found


async def _total(db: AsyncSession, which: _Which) -> Total:
    (sums,) = await _rows(db, _select(*_sums()).where(*which))
    return _added(sums)


async def _grouped(db: AsyncSession, by: Any, which: _Which) -> list[tuple[Any, Total]]:
    """The sums for each value of a column, the most tokens first."""
    sums = _sums()
    query: Any = _select(by, *sums).where(*which).group_by(by)
    rows = await _rows(db, query.order_by((sums[1] + sums[2]).desc(), by).limit(MOST_LINES))
    return [(row[0], _added(row[1:])) for row in rows]


async def _rows(db: AsyncSession, query: Any) -> list[tuple[Any, ...]]:
    run: Any = db.exec
    return [tuple(row) for row in (await run(query)).all()]


def _sums() -> list[Any]:
    return [func.coalesce(func.sum(col(getattr(UsageDay, name))), 0) for name in _SUMS]


def _added(sums: Sequence[Any]) -> Total:
    return Total(*(round(value) for value in sums))


def _line(total: Total, *, id: str = "", ko: str = "", en: str = "") -> Line:
    return Line(**asdict(total), id=id, name_ko=ko, name_en=en)


async def _by_day(db: AsyncSession, which: _Which) -> list[Line]:
    return [_line(total, id=day.isoformat()) for day, total in await _grouped(db, col(UsageDay.day), which)]


async def _by_model(db: AsyncSession, which: _Which) -> list[Line]:
    return [_line(total, id=name, ko=name, en=name) for name, total in await _grouped(db, col(UsageDay.model), which)]


async def _by_room(db: AsyncSession, which: _Which, actor: Actor) -> list[Line]:
    found = await _grouped(db, col(UsageDay.room_id), which)
    ids = [room_id for room_id, _ in found if room_id is not None]
    seat = select(Member.id).where(Member.room_id == Room.id, Member.user_id == actor.user_id).exists()
    theirs = (col(Room.kind) == RoomKind.OPEN.value) | seat  # what a room is called now is for those who see it
    query = select(Room).where(col(Room.id).in_(ids), col(Room.deleted_at).is_(None), theirs)
    there = (await db.exec(query)).all()
    rooms, peers = {room.id: room for room in there}, await peers_of(db, actor, there)
    return [_room_line(rooms.get(room_id), peers, total) for room_id, total in found]


def _room_line(room: Room | None, peers: dict[str, Peer], total: Total) -> Line:
    if room is None:
        return _line(total)
    peer = peers.get(room.uuid)
    return _line(total, id=room.uuid, ko=peer.name if peer else room.name_ko, en=peer.name if peer else room.name_en)


async def _by_person(db: AsyncSession, which: _Which) -> list[Line]:
    found = await _grouped(db, col(UsageDay.user_id), which)
    ids = [user_id for user_id, _ in found if user_id is not None]
    people = {user.id: user for user in (await db.exec(select(User).where(col(User.id).in_(ids)))).all()}
    return [_person_line(people.get(user_id), total) for user_id, total in found]


def _person_line(user: User | None, total: Total) -> Line:
    return _line(total, id=user.uuid, ko=user.name, en=user.name) if user else _line(total)
