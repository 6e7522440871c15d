"""Who is asking, and what they may touch. Every service gets its rows through here, and only through here."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from hearth_reflex.db.attachment import Attachment
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Member, Room, RoomKind
from hearth_reflex.domain.roles import Permission, Role, may
from hearth_reflex.errors import ConflictError, ForbiddenError, HearthError, NotFoundError

# Made once, as all that is cached here: to make it takes longer than the question that it is for, and each request asks
# this one.
_PARENT = aliased(Room)


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
        ForbiddenError: `room_archived`, nobody sits down there any more; `not_member` for the talk of an AI session,
            where those sit who sit in its room.
    """
    room, parent = await _room_and_parent(db, room_uuid)
    if room.deleted_at is not None or (parent is not None and parent.deleted_at is not None):
        raise NotFoundError("room_unknown")
    if parent is not None:
        raise _not_seated(parent)
    if room.kind != RoomKind.OPEN:
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
        ConflictError: `session_ended`, the talk of an AI session that is over: it may be read.
    """
    room, member, parent = await _room_and_seat(db, actor, room_uuid)
    if room.deleted_at is not None or (parent is not None and parent.deleted_at is not None):
        raise NotFoundError("room_unknown")
    if member is None:
        raise _not_seated(parent or room)
    if not may(Role(member.role), permission):
        raise ForbiddenError("role")
    if permission not in (Permission.READ, Permission.OWN):
        _check_not_put_away(room, parent)
    return room, member


def _check_not_put_away(room: Room, parent: Room | None) -> None:
    if (parent or room).archived_at is not None:
        raise ForbiddenError("room_archived")
    if room.archived_at is not None:
        raise ConflictError("session_ended")


async def room_to_delete(db: AsyncSession, actor: Actor, room_uuid: str, *, deleted: bool) -> Room:
    """A room that `actor` may delete, or, with `deleted`, take back: its owner, and of an open one who keeps the house.

    Raises:
        NotFoundError, ForbiddenError: as `room_for`.
    """
    room, member, parent = await _room_and_seat(db, actor, room_uuid)
    if parent is not None:
        raise ForbiddenError("session_talk") if member is not None else _not_seated(parent)
    owns = member is not None and may(Role(member.role), Permission.OWN)
    keeps = actor.is_admin and room.kind == RoomKind.OPEN
    if (room.deleted_at is not None) != deleted or (deleted and not owns and not keeps):
        raise NotFoundError("room_unknown")
    if not owns and not keeps:
        raise ForbiddenError("role") if member is not None else _not_seated(room)
    return room


async def _room_and_seat(db: AsyncSession, actor: Actor, room_uuid: str) -> tuple[Room, Member | None, Room | None]:
    """A room, the seat of `actor` in it, and the room that it belongs to, if it is the talk of an AI session."""
    asked = {"room": uuid_text(room_uuid), "user_id": actor.user_id}
    found = (await db.exec(_room_and_seat_statement(), params=asked)).first()
    if found is None:
        raise NotFoundError("room_unknown")
    return found


@cache
def _room_and_seat_statement() -> Select[Room, Member, Room]:
    # Who asks is told when it is executed: whoever forgets to gets an error, never what somebody else asked for.
    seat = seat_in(Room) & (col(Member.user_id) == bindparam("user_id"))
    return (
        select(Room, Member, _PARENT)
        .join(Member, seat, isouter=True)
        .join(_PARENT, col(_PARENT.id) == col(Room.parent_id), isouter=True)
        .where(col(Room.uuid) == bindparam("room"))
    )


async def _room_and_parent(db: AsyncSession, room_uuid: str) -> tuple[Room, Room | None]:
    statement = (
        select(Room, _PARENT)
        .join(_PARENT, col(_PARENT.id) == col(Room.parent_id), isouter=True)
        .where(Room.uuid == uuid_text(room_uuid))
    )
    found = (await db.exec(statement)).first()
    if found is None:
        raise NotFoundError("room_unknown")
    return found


def seat_in(room: type[Room]) -> ColumnElement[bool]:
    """That a seat is one of `room`'s: in the talk of an AI session those sit who sit in the room it belongs to."""
    return col(Member.room_id) == func.coalesce(col(room.parent_id), col(room.id))


def seats_of(room: Room) -> int:
    """The id of the room whose seats count in `room`: its own, or that of the room that a session's talk belongs to."""
    assert room.id is not None  # noqa: S101 - it came from the database
    return room.parent_id or room.id


@cache
def is_there() -> ColumnElement[bool]:
    """That a room is not deleted, nor the one that it belongs to as the talk of an AI session."""
    gone = select(_PARENT.id).where(col(_PARENT.id) == col(Room.parent_id), col(_PARENT.deleted_at).is_not(None))
    return col(Room.deleted_at).is_(None) & ~gone.correlate(Room).exists()


def _not_seated(room: Room) -> HearthError:
    return ForbiddenError("not_member") if room.kind == RoomKind.OPEN else NotFoundError("room_unknown")


def check_voice(member: Member, *, at: datetime) -> None:
    """Raises ForbiddenError `silenced` when this member may not speak for a while."""
    if member.silenced_until is not None and member.silenced_until > at:
        raise ForbiddenError("silenced", minutes=max(1, round((member.silenced_until - at).total_seconds() / 60)))


async def check_ai(db: AsyncSession, room: Room) -> None:
    """Raises ForbiddenError `ai_off` where no AI answers now, as the database says: nor does one where nobody writes.

    In the talk of an AI session none answers either when none does in the room that it belongs to.
    """
    on = col(Room.ai_enabled) & col(Room.archived_at).is_(None) & col(Room.deleted_at).is_(None)
    both = {room.id, room.parent_id or room.id}
    if len((await db.exec(select(Room.id).where(col(Room.id).in_(both), on))).all()) < len(both):
        raise ForbiddenError("ai_off")


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


async def file_for(db: AsyncSession, actor: Actor, file_uuid: str) -> tuple[Room, Attachment]:
    """A file that `actor` may have: of a message in a room where they sit, or their own that is not sent yet.

    Raises:
        NotFoundError: in every other case, the same for all.
    """
    statement = (
        select(Room, Attachment)
        .join(Attachment, col(Attachment.room_id) == col(Room.id))
        .join(Member, seat_in(Room) & (col(Member.user_id) == actor.user_id))
        .join(Message, col(Message.id) == col(Attachment.message_id), isouter=True)
        .where(Attachment.uuid == uuid_text(file_uuid), is_there())
        .where(
            (col(Message.id).is_not(None) & col(Message.deleted_at).is_(None))
            | (col(Attachment.message_id).is_(None) & (col(Attachment.uploader_user_id) == actor.user_id))
        )
    )
    found = (await db.exec(statement)).first()
    if found is None:
        raise NotFoundError("file_unknown")
    return found
