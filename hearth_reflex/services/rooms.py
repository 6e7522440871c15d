"""Rooms: the lobby, making one, sitting down, and how a room stands right now."""

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.message import OPEN_STATUSES, Message
from hearth_reflex.db.room import Member, Room, RoomKind
from hearth_reflex.db.user import User
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.feed import Row
from hearth_reflex.domain.roles import Permission, Role
from hearth_reflex.domain.text import clean_title
from hearth_reflex.errors import InputError, LimitError
from hearth_reflex.services.access import Actor, open_room, room_for, uuid_text
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.changes import add_notice, lock_room, rows_of
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.views import RoomView, Snapshot, room_view

RECENT_ROWS = 30
PAGE_ROWS = 50
REPAIR_ROWS = 500


class Rooms:
    """Args:
    pace: how fast one person may make rooms.
    """

    def __init__(self, *, database: Database, bus: Bus, clock: Clock, pace: Buckets) -> None:
        self._db, self._bus, self._clock, self._pace = database, bus, clock, pace

    async def ensure_living_room(self) -> None:
        """The first room, "거실 / Living room", made once."""
        try:
            async with self._db.write() as db:
                if (await db.exec(select(Room.id).where(Room.purpose == "living"))).first() is None:
                    now = self._clock.now()
                    db.add(
                        Room(purpose="living", name_ko="거실", name_en="Living room", created_at=now, last_activity=now)
                    )
        except IntegrityError:
            return  # another worker was first

    async def lobby(self, actor: Actor) -> list[RoomView]:
        """Open rooms, and the private ones where `actor` sits; the living room first, then one's own."""
        return await self._list(actor, mine_only=False)

    async def mine(self, actor: Actor) -> list[RoomView]:
        """Only the rooms where `actor` sits."""
        return await self._list(actor, mine_only=True)

    async def create(self, actor: Actor, *, name: str, private: bool = False) -> RoomView:
        """A new room, owned by `actor`, who sits down in it.

        Raises:
            InputError: `name_empty`, `name_long`, `name_characters`; `private_guest` for a guest's private room.
            LimitError: `room_pace`, too many rooms.
        """
        shown, now = clean_title(name), self._clock.now()
        if private and actor.is_guest:
            raise InputError("private_guest", field="private")
        if wait := self._pace.take(actor.uuid, at=now.timestamp()):
            raise LimitError("room_pace", retry_after=wait)
        kind = RoomKind.PRIVATE if private else RoomKind.OPEN
        async with self._db.write() as db:
            room = Room(kind=kind.value, name_ko=shown, name_en=shown, created_at=now, last_activity=now)
            db.add(room)
            await db.flush()
            assert room.id is not None  # noqa: S101 - flushed
            db.add(Member(room_id=room.id, user_id=actor.user_id, role=Role.OWNER.value, joined_at=now))
        await self._bus.lobby()
        return room_view(room, members=1, role=Role.OWNER.value)

    async def sit_down(self, actor: Actor, room_uuid: str) -> str:
        """Makes `actor` a member of an open room; the others see it, once. A member may call it again.

        Returns the room's uuid as the house writes it, however the caller did.

        Raises:
            NotFoundError: no open room of that id, and no seat in it either.
        """
        async with self._db.write() as db:
            if await self._has_seat(db, actor, room_uuid):
                return uuid_text(room_uuid)
            room = await open_room(db, room_uuid)
            await lock_room(db, room)
            if await self._has_seat(db, actor, room_uuid):
                return room.uuid  # a second tab of the same person was first
            assert room.id is not None  # noqa: S101 - it came from the database
            user = await db.get_one(User, actor.user_id)
            db.add(Member(room_id=room.id, user_id=actor.user_id, joined_at=self._clock.now()))
            notice = await add_notice(db, room, user, "joined", at=self._clock.now())
            rows = await rows_of(db, [notice])
        await self._bus.change(room.uuid, rev=notice.rev, rows=rows)
        await self._bus.lobby()
        return room.uuid

    async def check_seat(self, actor: Actor, room_uuid: str) -> None:
        """Raises NotFoundError or ForbiddenError when `actor` does not sit in this room."""
        async with self._db.read() as db:
            await room_for(db, actor, room_uuid, Permission.READ)

    async def enter(self, actor: Actor, room_uuid: str) -> Snapshot:
        """The room as it stands: its newest rows, for a member."""
        async with self._db.read() as db:
            room, member = await room_for(db, actor, room_uuid, Permission.READ)
            query = (
                select(Message).where(Message.room_id == room.id).order_by(col(Message.seq).desc()).limit(RECENT_ROWS)
            )
            newest = list((await db.exec(query)).all())[::-1]
            members = (await db.exec(select(func.count()).where(col(Member.room_id) == room.id))).one()
            return Snapshot(
                room=room_view(room, members=members, role=member.role),
                rev=room.rev,
                rows=await rows_of(db, newest),
                has_older=bool(newest) and newest[0].seq > 1,
            )

    async def older(
        self, actor: Actor, room_uuid: str, *, before: int, limit: int = PAGE_ROWS
    ) -> tuple[list[Row], bool]:
        """A page of rows with a seq below `before`, oldest first, and whether there are older ones still."""
        async with self._db.read() as db:
            room, _ = await room_for(db, actor, room_uuid, Permission.READ)
            query = (
                select(Message)
                .where(Message.room_id == room.id, Message.seq < before)
                .order_by(col(Message.seq).desc())
                .limit(min(max(limit, 1), 100))
            )
            page = list((await db.exec(query)).all())[::-1]
            return await rows_of(db, page), bool(page) and page[0].seq > 1

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
            .join(Room, col(Room.id) == col(Member.room_id))
            .where(col(User.uuid).in_({user for user, _ in pairs}), col(Room.uuid).in_({room for _, room in pairs}))
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
            .join(Room, col(Room.id) == col(Member.room_id))
            .where(Room.uuid == uuid_text(room_uuid), Member.user_id == actor.user_id)
        )
        return (await db.exec(query)).first() is not None

    async def _list(self, actor: Actor, *, mine_only: bool) -> list[RoomView]:
        counts = select(col(Member.room_id), func.count().label("seats")).group_by(col(Member.room_id)).subquery()
        mine = (col(Member.room_id) == col(Room.id)) & (col(Member.user_id) == actor.user_id)
        seen = col(Member.id).is_not(None)
        if not mine_only:
            seen = seen | (col(Room.kind) == RoomKind.OPEN.value)
        query = (
            select(Room, func.coalesce(counts.c.seats, 0), func.coalesce(Member.role, ""))
            .join(Member, mine, isouter=True)
            .join(counts, counts.c.room_id == col(Room.id), isouter=True)
            .where(seen)
            # The living room, then one's own, then the liveliest: no flood of rooms pushes those off the list.
            .order_by(col(Room.purpose).is_(None), col(Member.id).is_(None), col(Room.last_activity).desc())
            .limit(500)
        )
        async with self._db.read() as db:
            found = (await db.exec(query)).all()
        return [room_view(room, members=seats, role=role) for room, seats, role in found]
