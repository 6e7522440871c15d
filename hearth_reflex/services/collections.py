"""Collections: named places within a library for documents that belong together. A document lies in one or in none.

Whoever may bring documents may make one; who keeps order in the room names and dissolves them. Their documents stay.
"""

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.document import Collection, Document
from hearth_reflex.domain.roles import Permission
from hearth_reflex.domain.text import clean_title
from hearth_reflex.errors import ConflictError, ForbiddenError, InputError
from hearth_reflex.services.access import Actor, check_voice
from hearth_reflex.services.changes import lock_named
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.document_access import Place, collection_for, place_for
from hearth_reflex.services.document_views import CollectionView, collection_view

NAME_MAX = 60
MOST = 100  # in one library


class Collections:
    def __init__(self, *, database: Database, clock: Clock) -> None:
        self._db, self._clock = database, clock

    async def list(self, actor: Actor, *, room: str = "") -> list[CollectionView]:
        """Those of a library, by name."""
        async with self._db.read() as db:
            place = await place_for(db, actor, room, Permission.READ)
            query = (
                select(Collection, func.count(col(Document.id)))
                .join(Document, col(Document.collection_id) == col(Collection.id), isouter=True)
                .where(place.is_here(Collection))
                .group_by(col(Collection.id))
            )
            found = [(collection, count) for collection, count in (await db.exec(query)).all()]
        found.sort(key=lambda one: (one[0].name.casefold(), one[0].uuid))
        return [collection_view(place, collection, documents=count) for collection, count in found]

    async def make(self, actor: Actor, name: str, *, room: str = "") -> CollectionView:
        """Raises InputError: `name_empty`, `name_long`, `name_characters`, `collections_many`; ConflictError
        `collection_taken`; ForbiddenError `silenced`; and what `place_for` raises."""
        title = clean_title(name, limit=NAME_MAX)
        async with self._db.write() as db:
            if room:
                await lock_named(db, room)
            place = await place_for(db, actor, room, Permission.POST)
            if place.member is not None:
                check_voice(place.member, at=self._clock.now())
            others = await _others(db, place, title)
            if len(others) >= MOST:
                raise InputError("collections_many", field="name", limit=MOST)
            # On a shelf it is its owner's and goes with them; in a room it is the room's.
            owner = None if place.room else actor.user_id
            made = Collection(room_id=place.room_id, owner_user_id=owner, name=title, created_at=self._clock.now())
            db.add(made)
        return collection_view(place, made, documents=0)

    async def rename(self, actor: Actor, uuid: str, name: str) -> CollectionView:
        """Raises NotFoundError `collection_unknown`; ForbiddenError `role`; and as `make`."""
        title = clean_title(name, limit=NAME_MAX)
        async with self._db.write() as db:
            place, collection = await _to_change(db, actor, uuid)
            await _others(db, place, title, but=collection)
            collection.name = title
            db.add(collection)
            count = select(func.count(col(Document.id))).where(Document.collection_id == collection.id)
            documents = int((await db.exec(count)).one())
        return collection_view(place, collection, documents=documents)

    async def remove(self, actor: Actor, uuid: str) -> None:
        """Its documents lie in none from then on.

        Raises:
            NotFoundError: `collection_unknown`.
            ForbiddenError: `role`.
        """
        async with self._db.write() as db:
            _, collection = await _to_change(db, actor, uuid)
            await db.delete(collection)


async def _to_change(db: AsyncSession, actor: Actor, uuid: str) -> tuple[Place, Collection]:
    place, collection = await collection_for(db, actor, uuid, Permission.POST)
    if not place.keeps_order:
        raise ForbiddenError("role")
    return place, collection


async def _others(db: AsyncSession, place: Place, title: str, *, but: Collection | None = None) -> list[Collection]:
    """Those of a library. Raises ConflictError `collection_taken` when another of them has this name."""
    found = list((await db.exec(select(Collection).where(place.is_here(Collection)))).all())
    if any(one.name.casefold() == title.casefold() and (but is None or one.id != but.id) for one in found):
        raise ConflictError("collection_taken", field="name")
    return found
