"""Who is at the fire: derived from open pages, kept in no table, told as passing signals.

Each process looks at its own sockets, several times a second, and tells what has changed since; with several processes
a `Board` says whom the others have. Somebody whose last page closes is missed for a moment first, so that a reload or
a step from room to room makes nobody flicker. Writing is told here too; it is never kept.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from sqlmodel import col, select

from hearth_reflex.db.database import Database
from hearth_reflex.db.room import Member, Room, RoomKind
from hearth_reflex.db.user import User
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.roles import Permission
from hearth_reflex.services.access import Actor, room_for
from hearth_reflex.services.bus import LOBBY, Bus
from hearth_reflex.services.clock import Clock

log = structlog.get_logger(__name__)

GRACE = timedelta(seconds=1.5)
HOME = "home"  # stands for a room: whoever has any page of the house open
_ROOMS_TOLD = 50  # of one person, when they come home or go

Seat = tuple[str, str]  # (room, person), uuids


class Board(Protocol):
    """Where several processes of one house tell each other whom they have."""

    async def put(self, seats: Collection[Seat], *, at: float) -> None: ...
    async def drop(self, seats: Collection[Seat]) -> None: ...
    async def others(self, rooms: Collection[str], *, at: float) -> dict[str, set[str]]: ...
    async def close(self) -> None: ...


class Presence:
    """Args:
    board: the other processes of the house; None: there are none.
    pace: how often one person may say that they are writing.
    """

    def __init__(
        self, *, database: Database, bus: Bus, clock: Clock, pace: Buckets, board: Board | None = None
    ) -> None:
        self._db, self._bus, self._clock, self._pace, self._board = database, bus, clock, pace, board
        self._pages: set[Seat] = set()  # as last seen; "" is a page without a room
        self._own: set[Seat] = set()  # of this process, as told; with those who are missed for a moment
        self._missed: dict[Seat, datetime] = {}
        self._others: dict[str, set[str]] = {}  # of other processes, at the last beat

    async def look(self, pages: set[Seat]) -> None:
        """Tells who came and who went. `pages` are the open ones of this process; costs nothing when nobody moved."""
        self._pages = pages
        seats = {seat for seat in pages if seat[0]} | {(HOME, person) for _, person in pages}
        if seats == self._own:
            self._missed.clear()
            return
        came, went = self._step(seats)
        if came:
            elsewhere = await self._elsewhere({room for room, _ in came})
            await self._note(came)
            await self._tell(_without(came, elsewhere), is_here=True)
        if went:
            await self._forget(went)
            elsewhere = await self._elsewhere({room for room, _ in went})
            await self._tell(_without(went, elsewhere), is_here=False)

    def opened(self, room: str, person: str) -> None:
        """A page is being opened; "" is one without a room. It is told of news from now on: what is said between its
        count of what is unread and the next look would be lost."""
        self._pages = {*self._pages, (room, person)}

    async def beat(self) -> None:
        """Renews what the board knows of this process, and tells of people whose process is gone without a word."""
        if self._board is None or not self._own:
            return
        await self._note(self._own)
        now, before = await self._elsewhere({room for room, _ in self._own}), self._others
        self._others = now
        lost = {(room, person) for room, people in before.items() for person in people - now.get(room, people)}
        await self._tell(lost - self._own, is_here=False)

    async def here(self, room: str) -> list[str]:
        """Who has this room open, in any process."""
        return sorted((await self.here_in([room]))[room])

    async def here_in(self, rooms: Collection[str]) -> dict[str, set[str]]:
        """The same for many rooms at once, without a query."""
        found = {room: set[str]() for room in rooms}
        for room, person in self._own:
            if room in found:
                found[room].add(person)
        for room, people in (await self._elsewhere(set(rooms))).items():
            found[room] |= people
        return found

    async def elsewhere(self, room: str) -> set[str]:
        """Who has a page of the house open that does not show this room."""
        own = {person for place, person in self._pages if place != room}
        others = await self._elsewhere({HOME, room})
        return own | (others.get(HOME, set[str]()) - others.get(room, set[str]()))

    async def names_here(self, rooms: Collection[str], *, most: int = 5) -> dict[str, list[str]]:
        """For a list of rooms that its reader may see: names of a few who have each open. One query at most."""
        at = {room: sorted(people)[:most] for room, people in (await self.here_in(rooms)).items() if people}
        names = await self._names({person for people in at.values() for person in people})
        return {room: [names[person] for person in people if person in names] for room, people in at.items()}

    async def at_home(self, people: Collection[str]) -> set[str]:
        """Those of `people` who have a page of the house open."""
        return (await self.here_in([HOME]))[HOME].intersection(people)

    async def typing(self, actor: Actor, room_uuid: str) -> None:
        """Says that `actor` is writing. Whoever says so too often, or may not speak, is not passed on.

        Raises:
            NotFoundError, ForbiddenError: not a room of theirs.
        """
        now = self._clock.now()
        async with self._db.read() as db:
            room, member = await room_for(db, actor, room_uuid, Permission.POST)
        silenced = member.silenced_until is not None and member.silenced_until > now
        if not silenced and not self._pace.take(actor.uuid, at=now.timestamp()):
            await self._bus.signal(room.uuid, "typing", [actor.uuid, actor.name])

    async def close(self) -> None:
        """This process has nobody any more; the others say so with their next beat."""
        if self._board is not None:
            await self._forget(self._own)
            await self._board.close()

    def _step(self, seats: set[Seat]) -> tuple[set[Seat], set[Seat]]:
        """Who came, and who has been missed for long enough to be gone."""
        now, came = self._clock.now(), seats - self._own
        self._missed = {seat: self._missed.get(seat, now) for seat in self._own - seats}
        went = {seat for seat, since in self._missed.items() if now - since >= GRACE}
        self._own = (self._own | came) - went
        self._missed = {seat: since for seat, since in self._missed.items() if seat not in went}
        return came, went

    async def _tell(self, seats: set[Seat], *, is_here: bool) -> None:
        """One frame a room, however many people moved."""
        if not seats:
            return
        names = await self._names({person for _, person in seats})
        by_room = defaultdict[str, list[Any]](list)
        for room, person in sorted(seats):
            if room != HOME and person in names:
                by_room[room] += [person, names[person], int(is_here)]
        for room, payload in by_room.items():
            await self._bus.signal(room, "here", payload)
        await self._tell_home({person for room, person in seats if room == HOME}, is_here=is_here)
        await self._tell_lobby(set(by_room))

    async def _tell_home(self, people: set[str], *, is_here: bool) -> None:
        """The same for the dot in lists of people, in rooms where somebody is there to see it."""
        rooms = await self._rooms_of(people)
        looked_at = {room for room, seen in (await self.here_in(rooms)).items() if seen}
        for room in looked_at:
            payload = [part for person in sorted(rooms[room]) for part in (person, int(is_here))]
            await self._bus.signal(room, "home", payload)

    async def _tell_lobby(self, rooms: set[str]) -> None:
        """The names of a few who are in open rooms, for those who stand in the lobby."""
        somebody = self._board is not None or any(not room for room, _ in self._pages)
        if not rooms or not somebody:
            return
        query = select(Room.uuid).where(
            col(Room.uuid).in_(rooms), Room.kind == RoomKind.OPEN.value, col(Room.deleted_at).is_(None)
        )
        async with self._db.read() as db:
            shown = (await db.exec(query)).all()
        names = await self.names_here(shown)
        for room in shown:
            await self._bus.signal(LOBBY, "here", [room, *names.get(room, [])])

    async def _rooms_of(self, people: set[str]) -> dict[str, set[str]]:
        if not people:
            return {}
        query = (
            select(Room.uuid, User.uuid)
            .join(Member, col(Member.room_id) == col(Room.id))
            .join(User, col(User.id) == col(Member.user_id))
            .where(col(User.uuid).in_(people), col(Room.deleted_at).is_(None))
            .order_by(col(Room.last_activity).desc())
            .limit(_ROOMS_TOLD * len(people))
        )
        rooms = defaultdict[str, set[str]](set)
        async with self._db.read() as db:
            for room, person in (await db.exec(query)).all():
                rooms[room].add(person)
        return rooms

    async def _names(self, people: set[str]) -> dict[str, str]:
        if not people:
            return {}
        query = select(User.uuid, User.name).where(col(User.uuid).in_(people))
        async with self._db.read() as db:
            return {uuid: name for uuid, name in (await db.exec(query)).all()}  # noqa: C416 - rows are no pairs

    async def _note(self, seats: Collection[Seat]) -> None:
        if self._board is not None:
            try:
                await self._board.put(seats, at=self._clock.now().timestamp())
            except Exception as fault:
                log.warning("presence.board_silent", what="put", fault=type(fault).__name__)

    async def _forget(self, seats: Collection[Seat]) -> None:
        if self._board is not None:
            try:
                await self._board.drop(seats)
            except Exception as fault:
                log.warning("presence.board_silent", what="drop", fault=type(fault).__name__)

    async def _elsewhere(self, rooms: set[str]) -> dict[str, set[str]]:
        if self._board is None or not rooms:
            return {}
        try:
            return await self._board.others(rooms, at=self._clock.now().timestamp())
        except Exception as fault:
            log.warning("presence.board_silent", what="others", fault=type(fault).__name__)
            return {}


def _without(seats: set[Seat], elsewhere: dict[str, set[str]]) -> set[Seat]:
    return {(room, person) for room, person in seats if person not in elsewhere.get(room, ())}
