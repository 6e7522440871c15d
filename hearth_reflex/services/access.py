"""Who is asking, and what they may touch. Every service gets its rows through here, and only through here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Member, Room, RoomKind
from hearth_reflex.domain.roles import Permission, Role, may
from hearth_reflex.errors import ForbiddenError, NotFoundError


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person, as found from the session cookie. Never built from what a client says."""

    user_id: int
    uuid: str
    name: str
    is_admin: bool
    is_guest: bool
    session: str  # uuid of the login session


def admin_only(actor: Actor) -> None:
    """Lets only those pass who keep the house.

    Raises:
        ForbiddenError: an account that is no admin, or a guest.
    """
    if not actor.is_admin:
        raise ForbiddenError("admin_only")


def uuid_text(raw: str) -> str:
    """The canonical text of a uuid; anything else is simply not found."""
    try:
        return str(UUID(raw))
    except (ValueError, AttributeError, TypeError):
        raise NotFoundError("room_unknown") from None


async def open_room(db: AsyncSession, room_uuid: str) -> Room:
    """A room that anyone signed in may sit down in.

    Raises:
        NotFoundError: there is none, or it is private.
        ForbiddenError: `room_archived`, nobody sits down there any more.
    """
    room = (await db.exec(select(Room).where(Room.uuid == uuid_text(room_uuid)))).first()
    if room is None or room.kind != RoomKind.OPEN or room.deleted_at is not None:
        raise NotFoundError("room_unknown")
    if room.archived_at is not None:
        raise ForbiddenError("room_archived")
    return room


async def room_for(db: AsyncSession, actor: Actor, room_uuid: str, permission: Permission) -> tuple[Room, Member]:
    """The room, if `actor` sits in it and may do this there.

    Raises:
        NotFoundError: unknown, deleted, or private and not theirs to see.
        ForbiddenError: an open room they have not joined, a role that may not, or `room_archived`: it may be read
            there, and its owner may bring it back.
    """
    statement = (
        select(Room, Member)
        .join(Member, (col(Member.room_id) == col(Room.id)) & (col(Member.user_id) == actor.user_id), isouter=True)
        .where(Room.uuid == uuid_text(room_uuid))
    )
    found = (await db.exec(statement)).first()
    if found is None or found[0].deleted_at is not None:
        raise NotFoundError("room_unknown")
    room, member = found
    if member is None:  # pyright: ignore[reportUnnecessaryComparison] - an outer join, which SQLModel's types do not know
        raise ForbiddenError("not_member") if room.kind == RoomKind.OPEN else NotFoundError("room_unknown")
    if not may(Role(member.role), permission):
        raise ForbiddenError("role")
    if room.archived_at is not None and permission not in (Permission.READ, Permission.OWN):
        raise ForbiddenError("room_archived")
    return room, member


def check_voice(member: Member, *, at: datetime) -> None:
    """Raises ForbiddenError `silenced` when this member may not speak for a while."""
    if member.silenced_until is not None and member.silenced_until > at:
        raise ForbiddenError("silenced", minutes=max(1, round((member.silenced_until - at).total_seconds() / 60)))


async def message_for(
    db: AsyncSession, actor: Actor, room_uuid: str, message_uuid: str, permission: Permission
) -> tuple[Room, Member, Message]:
    """A message of a room that `actor` may do this in.

    Raises:
        NotFoundError, ForbiddenError: as `room_for`; NotFoundError for a message of another room.
    """
    room, member = await room_for(db, actor, room_uuid, permission)
    statement = select(Message).where(Message.uuid == uuid_text(message_uuid), Message.room_id == room.id)
    message = (await db.exec(statement)).first()
    if message is None:
        raise NotFoundError("message_unknown")
    return room, member, message
