"""How far a look into what the house knows may reach: the rooms where the asker sits, and the asker's own shelf.

Resolved on the server, for one person and one moment. What the index finds is a hint: `may_see` and its like stand in
the very statements that read the texts. A lost seat, a document that was moved or a message that was taken back
meanwhile count at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from hearth_reflex.db.document import Document
from hearth_reflex.db.message import Message, MessageKind
from hearth_reflex.db.room import Member, Room, RoomKind
from hearth_reflex.domain.passages import room_scope, user_scope
from hearth_reflex.domain.roles import Permission
from hearth_reflex.errors import InputError, NotFoundError
from hearth_reflex.services.access import Actor, is_there, room_for, seat_in, uuid_text

MOST_ROOMS = 500
MOST_DOCUMENTS = 100


@dataclass(frozen=True)
class Reach:
    """Args:
    rooms: row numbers of rooms and their uuids.
    shelf: whether the asker's own documents count.
    documents: uuids of the only documents that count; none for all.
    """

    actor: Actor
    rooms: dict[int, str]
    shelf: bool = False
    documents: tuple[str, ...] = ()

    @property
    def scopes(self) -> list[str]:
        """Whose entries the index is asked for."""
        own = [user_scope(self.actor.uuid)] if self.shelf else []
        return [*map(room_scope, self.rooms.values()), *own]

    def seated(self) -> SelectOfScalar[int] | SelectOfScalar[None]:
        """Ids of those of its rooms where the asker sits now."""
        return (
            select(Room.id)
            .join(Member, seat_in(Room))
            .where(Member.user_id == self.actor.user_id, col(Room.id).in_(list(self.rooms)), is_there())
        )

    def may_see(self) -> ColumnElement[bool]:
        """That a document is within reach."""
        return self._seen

    @cached_property
    def _seen(self) -> ColumnElement[bool]:
        seen = col(Document.room_id).in_(self.seated())
        if self.shelf:
            seen |= col(Document.room_id).is_(None) & (col(Document.owner_user_id) == self.actor.user_id)
        return seen & col(Document.uuid).in_(self.documents) if self.documents else seen

    def may_hear(self) -> ColumnElement[bool]:
        """That a message is within reach, and still said."""
        said = col(Message.deleted_at).is_(None) & (col(Message.kind) == MessageKind.TALK.value)
        return said & col(Message.room_id).in_(self.seated())


async def reach_of(
    db: AsyncSession, actor: Actor, *, rooms: Sequence[str] | None = None, documents: Sequence[str] = ()
) -> Reach:
    """Everything that `actor` may see, or only these rooms and documents of it.

    Args:
        rooms: uuids; None for all, and the own shelf. The talk of an AI session brings its room along.

    Raises:
        NotFoundError, ForbiddenError: a room or document that is not theirs to see.
        InputError: `arguments`, too many of them.
    """
    if len(rooms or ()) > MOST_ROOMS or len(documents) > MOST_DOCUMENTS:
        raise InputError("arguments")
    found: dict[int, str] = {}
    if rooms is None:
        found = await _all_rooms(db, actor)
    for uuid in dict.fromkeys(rooms or ()):
        room, _ = await room_for(db, actor, uuid, Permission.READ)
        found |= await _with_parent(db, room)
    wanted = tuple(dict.fromkeys(map(_document_uuid, documents)))
    reach = Reach(actor, found, shelf=rooms is None, documents=wanted)
    await _check_documents(db, reach)
    return reach


async def reach_of_answer(db: AsyncSession, actor: Actor, room: Room) -> Reach:
    """What an answer in `room` may be made from: what is known there, and in the room that a session's talk belongs to.

    The asker's own shelf only where nobody else sits, nor may sit down unasked: what is told in a room is told to all
    who sit there.
    """
    found = await _with_parent(db, room)
    place = room if room.parent_id is None else await db.get_one(Room, room.parent_id)
    seats = select(func.count()).where(Member.room_id == place.id)
    shelf = place.kind != RoomKind.OPEN and (await db.exec(seats)).one() == 1
    return Reach(actor, found, shelf=shelf)


async def _all_rooms(db: AsyncSession, actor: Actor) -> dict[int, str]:
    query = (
        select(Room.id, Room.uuid)
        .join(Member, col(Member.room_id) == col(Room.id))
        .where(Member.user_id == actor.user_id, col(Room.deleted_at).is_(None))
        .order_by(col(Room.last_activity).desc())
        .limit(MOST_ROOMS)
    )
    return {row_id: uuid for row_id, uuid in (await db.exec(query)).all() if row_id is not None}


async def _with_parent(db: AsyncSession, room: Room) -> dict[int, str]:
    assert room.id is not None  # noqa: S101 - it came from the database
    found = {room.id: room.uuid}
    if room.parent_id is not None:
        found[room.parent_id] = (await db.get_one(Room, room.parent_id)).uuid
    return found


def _document_uuid(raw: str) -> str:
    try:
        return uuid_text(raw)
    except NotFoundError:
        raise NotFoundError("document_unknown") from None


async def _check_documents(db: AsyncSession, reach: Reach) -> None:
    if not reach.documents:
        return
    found = (await db.exec(select(Document.uuid).where(reach.may_see()))).all()
    if len(found) < len(reach.documents):
        raise NotFoundError("document_unknown")
