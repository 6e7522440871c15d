"""Who may have which document: a room's is for those who sit there, one on a shelf for its owner alone.

To bring something into a room one must be allowed to speak there. To change it, one must have brought it, or keep order
there. What is not theirs to see is not found, whatever the reason.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.document import Collection, Document
from hearth_reflex.db.room import Member, Room
from hearth_reflex.domain.roles import Permission, Role, may
from hearth_reflex.errors import ForbiddenError, HearthError, NotFoundError
from hearth_reflex.services.access import Actor, room_for, uuid_text


@dataclass(frozen=True, slots=True)
class Place:
    """A library: that of a room, as one who sits there, or without one the shelf of whoever asks."""

    actor: Actor
    room: Room | None = None
    member: Member | None = None

    @property
    def room_id(self) -> int | None:
        return self.room.id if self.room else None

    @property
    def keeps_order(self) -> bool:
        return self.member is None or may(Role(self.member.role), Permission.DELETE_ANY)

    def is_here(self, table: type[Document] | type[Collection]) -> ColumnElement[bool]:
        """The condition that a document or collection lies here."""
        if self.room is not None:
            return col(table.room_id) == self.room.id
        return col(table.room_id).is_(None) & (col(table.owner_user_id) == self.actor.user_id)


async def place_for(db: AsyncSession, actor: Actor, room_uuid: str, permission: Permission) -> Place:
    """The library of a room, or for "" the shelf of `actor`.

    Raises:
        NotFoundError, ForbiddenError, ConflictError: as `room_for`.
    """
    if not room_uuid:
        return Place(actor)
    return Place(actor, *await room_for(db, actor, room_uuid, permission))


async def document_for(
    db: AsyncSession, actor: Actor, document_uuid: str, permission: Permission
) -> tuple[Place, Document]:
    """A document that `actor` may do this with, and the library where it lies.

    Raises:
        NotFoundError: `document_unknown`, none, or not theirs to see.
        ForbiddenError, ConflictError: as `room_for`, for one that they may see.
    """
    query = (
        select(Document, Room.uuid)
        .join(Room, col(Room.id) == col(Document.room_id), isouter=True)
        .where(Document.uuid == _uuid(document_uuid))
    )
    found = (await db.exec(query)).first()
    if found is None:
        raise NotFoundError("document_unknown")
    document, room_uuid = found[0], found[1] or ""
    if not room_uuid and document.owner_user_id != actor.user_id:
        raise NotFoundError("document_unknown")
    return await _seen_place(db, actor, room_uuid, permission, "document_unknown"), document


async def document_to_change(db: AsyncSession, actor: Actor, document_uuid: str) -> tuple[Place, Document]:
    """A document that `actor` may rename, move, remove and have read again.

    Raises:
        NotFoundError, ForbiddenError, ConflictError: as `document_for`; ForbiddenError `document_of_another`.
    """
    place, document = await document_for(db, actor, document_uuid, Permission.POST)
    if not may_change(place, document):
        raise ForbiddenError("document_of_another")
    return place, document


def may_change(place: Place, document: Document) -> bool:
    return place.keeps_order or document.owner_user_id == place.actor.user_id


async def collection_for(
    db: AsyncSession, actor: Actor, collection_uuid: str, permission: Permission
) -> tuple[Place, Collection]:
    """A collection of a library that `actor` may do this in.

    Raises:
        NotFoundError: `collection_unknown`, none, or not theirs to see.
        ForbiddenError, ConflictError: as `room_for`.
    """
    query = (
        select(Collection, Room.uuid)
        .join(Room, col(Room.id) == col(Collection.room_id), isouter=True)
        .where(Collection.uuid == _uuid(collection_uuid, "collection_unknown"))
    )
    found = (await db.exec(query)).first()
    if found is None:
        raise NotFoundError("collection_unknown")
    collection, room_uuid = found[0], found[1] or ""
    if not room_uuid and collection.owner_user_id != actor.user_id:
        raise NotFoundError("collection_unknown")
    return await _seen_place(db, actor, room_uuid, permission, "collection_unknown"), collection


async def collection_in(db: AsyncSession, place: Place, collection_uuid: str) -> int | None:
    """The row of a collection of this very library; None for "".

    Raises:
        NotFoundError: `collection_unknown`.
    """
    if not collection_uuid:
        return None
    wanted = _uuid(collection_uuid, "collection_unknown")
    found = (await db.exec(select(Collection.id).where(Collection.uuid == wanted, place.is_here(Collection)))).first()
    if found is None:
        raise NotFoundError("collection_unknown", field="collection")
    return found


async def _seen_place(db: AsyncSession, actor: Actor, room_uuid: str, permission: Permission, unknown: str) -> Place:
    """As `place_for`, of something that was named by its own id: of a room that is not theirs it tells nothing."""
    try:
        await place_for(db, actor, room_uuid, Permission.READ)
    except HearthError:
        raise NotFoundError(unknown) from None
    return await place_for(db, actor, room_uuid, permission)


def _uuid(raw: str, unknown: str = "document_unknown") -> str:
    try:
        return uuid_text(raw)
    except NotFoundError:
        raise NotFoundError(unknown) from None
