"""Rooms as one person sees them: with their own role, what they want of each, and whom a direct room is with.

Only reads. Two queries for any number of rooms: a direct room bears the other person's name for each of the two, so
that name is fetched here and stands in no column.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.room import Member, Room, RoomKind
from hearth_reflex.db.user import User
from hearth_reflex.services.access import Actor
from hearth_reflex.services.views import Peer, RoomView, room_view

MOST_ROOMS = 500


async def rooms_where(db: AsyncSession, actor: Actor, condition: ColumnElement[bool]) -> list[RoomView]:
    """The rooms for which `condition` holds; it may speak of Room, and of Member for the seat of `actor`.

    The living room, then one's own, favourites first, then the liveliest: no flood of rooms pushes those off the list.
    """
    counts = select(col(Member.room_id), func.count().label("seats")).group_by(col(Member.room_id)).subquery()
    mine = (col(Member.room_id) == col(Room.id)) & (col(Member.user_id) == actor.user_id)
    query = (
        select(Room, Member, func.coalesce(counts.c.seats, 0))
        .join(Member, mine, isouter=True)
        .join(counts, counts.c.room_id == col(Room.id), isouter=True)
        .where(condition)
        .order_by(
            col(Room.purpose).is_(None),
            col(Member.id).is_(None),
            func.coalesce(col(Member.favourite), False).desc(),
            col(Room.last_activity).desc(),
        )
        .limit(MOST_ROOMS)
    )
    found = (await db.exec(query)).all()
    peers = await peers_of(db, actor, [room for room, _, _ in found])
    return [room_view(room, members=seats, seat=member, peer=peers.get(room.uuid)) for room, member, seats in found]


async def view_of(db: AsyncSession, actor: Actor, room: Room, member: Member | None) -> RoomView:
    """One room as `actor`, who has this seat in it, sees it."""
    own = room if room.parent_id is None else await db.get_one(Room, room.parent_id)
    peers = await peers_of(db, actor, [own])
    view = room_view(own, members=await seats_taken(db, own), seat=member, peer=peers.get(own.uuid))
    return view if own is room else room_view(room, members=view.members, seat=member, parent=view)


async def seats_taken(db: AsyncSession, room: Room) -> int:
    return (await db.exec(select(func.count()).where(col(Member.room_id) == room.id))).one()


async def peers_of(db: AsyncSession, actor: Actor, rooms: Sequence[Room]) -> dict[str, Peer]:
    """Room uuid -> the other person of each direct room; none for one who is gone."""
    others = {
        room.uuid: other_person(room.direct_key, actor.uuid)
        for room in rooms
        if room.kind == RoomKind.DIRECT and room.direct_key
    }
    if not others:
        return {}
    query = select(User.uuid, User.name, User.avatar).where(col(User.uuid).in_(set(others.values())))
    known = {uuid: Peer(id=uuid, name=name, avatar=avatar) for uuid, name, avatar in (await db.exec(query)).all()}
    return {room: known[person] for room, person in others.items() if person in known}


def direct_key(one: str, other: str) -> str:
    """The one key of two people, whoever of them asks."""
    return ":".join(sorted((one, other)))


def other_person(key: str, person: str) -> str:
    first, _, second = key.partition(":")
    return second if first == person else first
