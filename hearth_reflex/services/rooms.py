"""Rooms: the lobby, making one, sitting down, and how a room stands right now."""

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.message import OPEN_STATUSES, Message
from hearth_reflex.db.room import Member, Room, RoomKind
from hearth_reflex.db.user import User
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.feed import Row
from hearth_reflex.domain.roles import Permission, Role
from hearth_reflex.domain.room_words import check_seats, clean_description
from hearth_reflex.domain.text import clean_title
from hearth_reflex.errors import InputError, LimitError
from hearth_reflex.services.access import Actor, is_there, open_room, room_for, seat_in, uuid_text
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.changes import rows_of
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.room_lists import rooms_where, view_of
from hearth_reflex.services.seating import LIVING, check_seat_pace, locked, take_seat
from hearth_reflex.services.views import RoomView, Snapshot

RECENT_ROWS = 30
REPAIR_ROWS = 500


class Rooms:
    """Args:
    pace: how fast one person may make rooms.
    seat_pace: how fast one person may sit down and leave.
    """

    def __init__(self, *, database: Database, bus: Bus, clock: Clock, pace: Buckets, seat_pace: Buckets) -> None:
        self._db, self._bus, self._clock, self._pace = database, bus, clock, pace
        self._seat_pace = seat_pace

    async def ensure_living_room(self) -> None:
        """The first room, "거실 / Living room", made once."""
        try:
            async with self._db.write() as db:
                if (await db.exec(select(Room.id).where(Room.purpose == LIVING))).first() is None:
                    now = self._clock.now()
                    db.add(
                        Room(purpose=LIVING, name_ko="거실", name_en="Living room", created_at=now, last_activity=now)
                    )
        except IntegrityError:
            return  # another worker was first

    async def lobby(self, actor: Actor) -> list[RoomView]:
        """Open rooms, and all where `actor` sits, archived ones too; the living room first, then one's own."""
        is_open = (col(Room.kind) == RoomKind.OPEN.value) & col(Room.archived_at).is_(None)
        async with self._db.read() as db:
            return await rooms_where(
                db, actor, (is_open | col(Member.id).is_not(None)) & col(Room.deleted_at).is_(None)
            )

    async def mine(self, actor: Actor) -> list[RoomView]:
        """Only the rooms where `actor` sits."""
        async with self._db.read() as db:
            return await rooms_where(db, actor, col(Member.id).is_not(None) & col(Room.deleted_at).is_(None))

    async def create(
        self,
        actor: Actor,
        *,
        name: str,
        private: bool = False,
        description: str = "",
        max_members: int = 0,
        ai_enabled: bool = True,
    ) -> RoomView:
        """A new room, owned by `actor`, who sits down in it.

        Args:
            max_members: how many may sit there; 0: as many as come.

        Raises:
            InputError: `name_empty`, `name_long`, `name_characters`; `description_long`; `seats`; `private_guest` for a
                guest's private room.
            LimitError: `room_pace`, too many rooms.
        """
        shown, now = clean_title(name), self._clock.now()
        words, seats = clean_description(description), check_seats(max_members)
        if private and actor.is_guest:
            raise InputError("private_guest", field="private")
        if wait := self._pace.take(actor.uuid, at=now.timestamp()):
            raise LimitError("room_pace", retry_after=wait)
        kind = RoomKind.PRIVATE if private else RoomKind.OPEN
        async with self._db.write() as db:
            room = Room(kind=kind.value, name_ko=shown, name_en=shown, created_at=now, last_activity=now)
            room.description, room.max_members, room.ai_enabled = words, seats, ai_enabled
            db.add(room)
            await db.flush()
            assert room.id is not None  # noqa: S101 - flushed
            seat = Member(room_id=room.id, user_id=actor.user_id, role=Role.OWNER.value, joined_at=now)
            db.add(seat)
            await db.flush()
            view = await view_of(db, actor, room, seat)
        await self._bus.lobby()
        return view

    async def sit_down(self, actor: Actor, room_uuid: str) -> str:
        """Makes `actor` a member of an open room; the others see it, once. A member may call it again.

        Returns the room's uuid as the house writes it, however the caller did.

        Raises:
            NotFoundError: no open room of that id, and no seat in it either.
            ForbiddenError: `banned`; `room_full`; `room_archived`.
            LimitError: `seat_pace`.
        """
        async with self._db.write() as db:
            if await self._has_seat(db, actor, room_uuid):
                return uuid_text(room_uuid)
            check_seat_pace(self._seat_pace, actor, at=self._clock.now())
            await locked(db, await open_room(db, room_uuid))
            room = await open_room(db, room_uuid)  # it may have been closed in the same moment
            told = await take_seat(db, room, actor, role=Role.MEMBER, at=self._clock.now())
        if told is not None:  # None: a second tab of the same person was first
            await told.publish(self._bus)
        return room.uuid

    async def check_seat(self, actor: Actor, room_uuid: str) -> None:
        """Raises NotFoundError or ForbiddenError when `actor` does not sit in this room."""
        async with self._db.read() as db:
            await room_for(db, actor, room_uuid, Permission.READ)

    async def look(self, actor: Actor, room_uuid: str) -> RoomView:
        """The room as a list shows it, for a member."""
        async with self._db.read() as db:
            room, member = await room_for(db, actor, room_uuid, Permission.READ)
            return await view_of(db, actor, room, member)

    async def enter(self, actor: Actor, room_uuid: str) -> Snapshot:
        """The room as it stands: its newest rows, for a member."""
        async with self._db.read() as db:
            room, member = await room_for(db, actor, room_uuid, Permission.READ)
            query = (
                select(Message).where(Message.room_id == room.id).order_by(col(Message.seq).desc()).limit(RECENT_ROWS)
            )
            newest = list((await db.exec(query)).all())[::-1]
            return Snapshot(
                room=await view_of(db, actor, room, member),
                rev=room.rev,
                rows=await rows_of(db, newest),
                has_older=bool(newest) and newest[0].seq > 1,
            )

    async def changed_since(self, actor: Actor, room_uuid: str, *, rev: int) -> tuple[int, list[Row], bool]:
        """What a client with a gap missed: (rev now, rows changed after `rev`, whether that is all of them).

        Answers on their way are always among them: their text grows without a new rev.
        When more than 500 rows changed the answer is not complete and the client takes a fresh snapshot instead.
        """
        async with self._db.read() as db:
            room, _ = await room_for(db, actor, room_uuid, Permission.READ)
            query = (
                select(Message)
                .where(
                    Message.room_id == room.id,
                    (col(Message.rev) > rev) | col(Message.status).in_([status.value for status in OPEN_STATUSES]),
                )
                .order_by(col(Message.rev))
                .limit(REPAIR_ROWS + 1)
            )
            changed = list((await db.exec(query)).all())
            complete = len(changed) <= REPAIR_ROWS
            return room.rev, await rows_of(db, changed[:REPAIR_ROWS]), complete

    async def seated(self, pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
        """Which of these (user uuid, room uuid) pairs are still members: for feeds that are open."""
        if not pairs:
            return set()
        query = (
            select(User.uuid, Room.uuid)
            .join(Member, col(Member.user_id) == col(User.id))
            .join(Room, seat_in(Room))
            .where(col(User.uuid).in_({user for user, _ in pairs}), col(Room.uuid).in_({room for _, room in pairs}))
            .where(is_there())
        )
        async with self._db.read() as db:
            return {(user, room) for user, room in (await db.exec(query)).all()} & pairs

    async def revs(self, rooms: set[str]) -> dict[str, int]:
        """How far each of these rooms is: for feeds that are open."""
        if not rooms:
            return {}
        async with self._db.read() as db:
            found = (await db.exec(select(Room.uuid, Room.rev).where(col(Room.uuid).in_(rooms)))).all()
        return {uuid: rev for uuid, rev in found}  # noqa: C416 - rows are no pairs to a type checker

    async def _has_seat(self, db: AsyncSession, actor: Actor, room_uuid: str) -> bool:
        query = (
            select(Member.id)
            .join(Room, seat_in(Room))
            .where(Room.uuid == uuid_text(room_uuid), Member.user_id == actor.user_id, is_there())
        )
        return (await db.exec(query)).first() is not None
