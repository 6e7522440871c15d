"""Telling of documents: to those who have the room open whose library it is in, or to the owner of the shelf.

A page hears of a stage at once, and of the numbers within one at most four times a second.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from sqlmodel import col, select

from hearth_reflex.db.database import Database
from hearth_reflex.db.document import Document
from hearth_reflex.db.room import Room
from hearth_reflex.db.user import User
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.document_views import progress

KIND = "document"
REMOVED = "removed"
TELL_SECONDS = 0.25
_REMEMBERED = 1000


class DocumentNews:
    """Args:
    timer: seconds that only go forward.
    """

    def __init__(self, *, database: Database, bus: Bus, timer: Callable[[], float] = time.monotonic) -> None:
        self._db, self._bus, self._timer = database, bus, timer
        self._told: OrderedDict[str, tuple[float, str]] = OrderedDict()  # when last, and which status

    async def tell(self, document: Document, *, is_number: bool = False) -> None:
        """Args:
        is_number: it is only a number that may have changed.
        """
        if is_number and not self._is_due(document):
            return
        room, person = await self._whose(document)
        await self._send(room, person, progress(document))

    async def changed(self, uuid: str) -> None:
        """Tells of a document as it stands in the database, if it is still there."""
        async with self._db.read() as db:
            document = (await db.exec(select(Document).where(Document.uuid == uuid))).first()
        if document is not None:
            await self.tell(document)

    async def removed(self, uuid: str, *, room: str, person: str) -> None:
        """Args:
        room: of whose library it was; "" on a shelf.
        person: whose shelf it was on.
        """
        self._told.pop(uuid, None)
        await self._send(room, person, [uuid, REMOVED, 0, 0, ""])

    async def _send(self, room: str, person: str, payload: list[Any]) -> None:
        if room:
            await self._bus.signal(room, KIND, payload)
        elif person:
            await self._bus.tell([person], KIND, payload)

    def _is_due(self, document: Document) -> bool:
        at, now = self._told.pop(document.uuid, (0.0, "")), self._timer()
        is_due = at[1] != document.status or now - at[0] >= TELL_SECONDS
        self._told[document.uuid] = (now, document.status) if is_due else at
        while len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
        return is_due

    async def _whose(self, document: Document) -> tuple[str, str]:
        """(the room whose library it lies in, else whose shelf), as it is now: it may have been moved meanwhile."""
        query = (
            select(Room.uuid, User.uuid, Document.room_id)
            .select_from(Document)
            .join(Room, col(Room.id) == col(Document.room_id), isouter=True)
            .join(User, col(User.id) == col(Document.owner_user_id), isouter=True)
            .where(Document.id == document.id)
        )
        async with self._db.read() as db:
            found = (await db.exec(query)).first()
        if found is None:
            return "", ""
        room, owner, room_id = found
        return (room or "", "") if room_id is not None else ("", owner or "")
