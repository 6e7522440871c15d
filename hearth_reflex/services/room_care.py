"""A room as a thing: what it is called and for whom it is, putting it away, deleting it and taking that back.

A deleted room is nobody's; after a week its rows go for good, and with them the bytes of its files.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

import structlog
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Member, Room, RoomKind
from hearth_reflex.domain.roles import Permission, Role, may
from hearth_reflex.domain.room_words import check_seats, clean_description
from hearth_reflex.domain.text import clean_title
from hearth_reflex.errors import ForbiddenError, InputError, NotFoundError
from hearth_reflex.services.access import Actor, room_to_delete, seat_in
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.erasing import heir_of
from hearth_reflex.services.index_removals import bring_room_back, forget_rooms
from hearth_reflex.services.room_lists import rooms_where, view_of
from hearth_reflex.services.seating import (
    has_owner,
    locked,
    locked_room,
    not_direct,
    not_living,
    noticed,
    people_in,
    seat_of,
    show_out,
    stop_answers,
    with_talks,
)
from hearth_reflex.services.views import RoomView

log = structlog.get_logger(__name__)

KEPT_DELETED = timedelta(days=7)
_CLOSED = (RoomKind.PRIVATE.value, RoomKind.DIRECT.value)  # the talk of an AI session goes with its room
_LAST_ROUNDS = timedelta(hours=3)
_BATCH = 500  # messages a transaction: others write in between


class Forgets(Protocol):
    async def forget_rooms(self, room_uuids: Sequence[str]) -> None:
        """Drops what is kept of these rooms outside the database. Called before their rows go, perhaps twice."""
        ...


class RoomCare:
    """Args:
    keepers: who keeps something of a room outside the database: dropped when the room goes for good.
    readers: who only remembers what it read there: dropped when the room is deleted, too.
    """

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        clock: Clock,
        keepers: Sequence[Forgets] = (),
        readers: Sequence[Forgets] = (),
    ) -> None:
        self._db, self._bus, self._clock = database, bus, clock
        self._keepers, self._readers = keepers, readers

    async def describe(
        self,
        actor: Actor,
        room_uuid: str,
        *,
        name: str | None = None,
        description: str | None = None,
        kind: str | None = None,
        max_members: int | None = None,
        ai_enabled: bool | None = None,
    ) -> RoomView:
        """Changes what is given; None leaves it as it is. Fewer seats than people show nobody out.

        Raises:
            InputError: as `Rooms.create`; `room_kind`.
            ForbiddenError: `role`; the kind is the owner's; `living_room` stays open; `direct_room`.
        """
        title = None if name is None else clean_title(name)
        words = None if description is None else clean_description(description)
        seats = None if max_members is None else check_seats(max_members)
        async with self._db.write() as db:
            room, own = await locked_room(db, actor, room_uuid, Permission.DESCRIBE)
            not_direct(room)
            keys = [] if title is None else _rename(room, title)
            if words is not None and words != room.description:
                room.description = words
                keys.append("described")
            if kind is not None and kind != room.kind:
                keys.append(_open_or_close(actor, room, own, kind))
            room.max_members = room.max_members if seats is None else seats
            if ai_enabled is not None and ai_enabled != room.ai_enabled:
                room.ai_enabled = ai_enabled
                keys.append("ai_turned_on" if ai_enabled else "ai_turned_off")
            told = await noticed(db, room, actor.user_id, *keys, at=self._clock.now())
            view = await view_of(db, actor, room, own)
        if ai_enabled is False:
            await stop_answers(self._db, room)
        await told.publish(self._bus)
        return view

    async def archive(self, actor: Actor, room_uuid: str) -> None:
        """From now on the room is read and not written in. No error when it is so already.

        Raises:
            ForbiddenError: `role`; `living_room`.
        """
        async with self._db.write() as db:
            room, _ = await locked_room(db, actor, room_uuid, Permission.OWN)
            not_living(room)
            if room.archived_at is not None:
                return
            room.archived_at = self._clock.now()
            told = await noticed(db, room, actor.user_id, "archived", at=self._clock.now())
        await stop_answers(self._db, room)
        await told.publish(self._bus)
        log.info("room.archived", room=room.uuid, by=actor.uuid)

    async def unarchive(self, actor: Actor, room_uuid: str) -> None:
        """Lets people write in it again. No error when they may already."""
        async with self._db.write() as db:
            room, _ = await locked_room(db, actor, room_uuid, Permission.OWN)
            if room.archived_at is None:
                return
            room.archived_at = None
            told = await noticed(db, room, actor.user_id, "unarchived", at=self._clock.now())
        await told.publish(self._bus)
        log.info("room.unarchived", room=room.uuid, by=actor.uuid)

    async def delete(self, actor: Actor, room_uuid: str) -> None:
        """The room is gone for everybody at once; `restore` brings it back for a week.

        For its owner, and of an open room for who keeps the house; what they have deleted comes back only by them.

        Raises:
            ForbiddenError: `role`; `living_room`.
        """
        async with self._db.write() as db:
            await locked(db, await room_to_delete(db, actor, room_uuid, deleted=False))
            room = await room_to_delete(db, actor, room_uuid, deleted=False)
            not_living(room)
            room.deleted_at = self._clock.now()
            await forget_rooms(db, col(Room.id) == room.id)
            own = await seat_of(db, room, actor.user_id)
            if own is None or own.role != Role.OWNER:
                await _take_ownership(db, room)
            people = await people_in(db, room)
        await show_out(self._db, self._bus, room, people)
        await self._bus.lobby()
        await self.let_go(room)
        log.info("room.deleted", room=room.uuid, by=actor.uuid)

    async def let_go(self, room: Room) -> None:
        """A room was deleted: what is still said there ends, and who only remembers what it read there forgets it."""
        await stop_answers(self._db, room)
        await self._forget([room.uuid])

    async def restore(self, actor: Actor, room_uuid: str) -> RoomView:
        """Takes a deletion back, seats and all.

        Raises:
            NotFoundError: no deleted room of theirs, or deleted too long ago.
        """
        async with self._db.write() as db:
            await locked(db, await room_to_delete(db, actor, room_uuid, deleted=True))
            room = await room_to_delete(db, actor, room_uuid, deleted=True)
            self._check_kept(room)
            room.deleted_at = None
            await bring_room_back(db, room)
            heir = None if await has_owner(db, room) else await heir_of(db, room, set())
            if heir is not None:
                heir.role = Role.OWNER.value
            told = await noticed(db, room, actor.user_id, "restored", at=self._clock.now())
            (view,) = await rooms_where(db, actor, col(Room.id) == room.id)
        await told.publish(self._bus)
        log.info("room.restored", room=room.uuid, by=actor.uuid)
        return view

    async def deleted(self, actor: Actor) -> list[RoomView]:
        """The rooms that `actor` can still take back."""
        since, own = self._clock.now() - KEPT_DELETED, col(Member.role) == Role.OWNER.value
        own = own | (col(Room.kind) == RoomKind.OPEN.value) if actor.is_admin else own
        async with self._db.read() as db:
            return await rooms_where(db, actor, own & (col(Room.deleted_at) > since))

    async def remove_old(self) -> int:
        """Removes for good what was deleted over a week ago; marks rooms that nobody can find any more. Returns how
        many went."""
        await self._give_up_empty()
        await self._forget_ended()
        limit = self._clock.now() - KEPT_DELETED
        async with self._db.read() as db:
            found = (await db.exec(select(Room.id, Room.uuid).where(col(Room.deleted_at) <= limit))).all()
        for room_id, uuid in found:
            rooms = await with_talks(self._db, [uuid])
            for keeper in (*self._keepers, *self._readers):
                await keeper.forget_rooms(rooms)
            messages = await self._remove(room_id or 0)
            log.warning("room.removed_for_good", audit=True, room=uuid, messages=messages)
        return len(found)

    async def _remove(self, room_id: int) -> int:
        """Messages first, some at a time: a long room in one transaction would keep everybody else from writing."""
        count, gone = 0, -1
        rooms = select(Room.id).where((col(Room.id) == room_id) | (col(Room.parent_id) == room_id))
        oldest = select(Message.id).where(col(Message.room_id).in_(rooms)).order_by(col(Message.id)).limit(_BATCH)
        while gone:
            async with self._db.write() as db:
                ids = (await db.exec(oldest)).all()
                await db.exec(delete(Message).where(col(Message.id).in_(ids)))
            gone = len(ids)
            count += gone
        async with self._db.write() as db:
            await forget_rooms(db, col(Room.id) == room_id)
            await db.exec(delete(Room).where(col(Room.id) == room_id))
        return count

    async def _give_up_empty(self) -> None:
        """Private and direct rooms whose people have all gone from the house: nobody can come in any more."""
        seats = select(Member.id).where(seat_in(Room))
        empty = col(Room.kind).in_(_CLOSED) & col(Room.deleted_at).is_(None) & ~seats.exists()
        async with self._db.write() as db:
            await forget_rooms(db, empty)
            await db.exec(update(Room).where(empty).values(deleted_at=self._clock.now()))

    async def _forget_ended(self) -> None:
        """Rooms that ended since the last rounds, also with the account of their last member: told of once more."""
        ended = select(Room.uuid).where(col(Room.deleted_at) > self._clock.now() - _LAST_ROUNDS)
        async with self._db.read() as db:
            uuids = (await db.exec(ended)).all()
        if uuids:
            await self._forget(uuids)

    async def _forget(self, room_uuids: Sequence[str]) -> None:
        rooms = await with_talks(self._db, room_uuids)
        for reader in self._readers:
            await reader.forget_rooms(rooms)

    def _check_kept(self, room: Room) -> None:
        if room.deleted_at is not None and room.deleted_at <= self._clock.now() - KEPT_DELETED:
            raise NotFoundError("room_unknown")  # it is on its way out


def _rename(room: Room, title: str) -> list[str]:
    if title in (room.name_ko, room.name_en):
        return []
    room.name_ko = room.name_en = title
    return [f"renamed:{title}"]


async def _take_ownership(db: AsyncSession, room: Room) -> None:
    """Its owner cannot take back what the house has deleted."""
    owners = (col(Member.room_id) == room.id) & (col(Member.role) == Role.OWNER.value)
    await db.exec(update(Member).where(owners).values(role=Role.MODERATOR.value))


def _open_or_close(actor: Actor, room: Room, own: Member, kind: str) -> str:
    if kind not in (RoomKind.OPEN, RoomKind.PRIVATE):
        raise InputError("room_kind", field="kind")
    if not may(Role(own.role), Permission.OWN):
        raise ForbiddenError("role")
    not_living(room)
    if kind == RoomKind.PRIVATE and actor.is_guest:
        raise InputError("private_guest", field="kind")
    room.kind = kind
    return "opened" if kind == RoomKind.OPEN else "closed"
