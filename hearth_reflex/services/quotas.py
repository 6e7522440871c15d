"""How much people may keep in the house: for a file, a person, the house, and at the same time.

What is still arriving counts too, so that many uploads at once take no more than one after the other. Kept in memory:
each process counts what arrives by itself.
"""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.attachment import Attachment
from hearth_reflex.db.document import Document
from hearth_reflex.errors import InputError, LimitError
from hearth_reflex.services.access import Actor

AT_ONCE = 4  # uploads of one person
MB = 1_000_000


@dataclass(frozen=True, slots=True)
class FileLimits:
    """All in bytes."""

    file: int
    person: int
    house: int


@dataclass(slots=True)
class Arrival:
    """One upload on its way: how much of it has come, and what was kept before it by its person and by all."""

    person: int
    kept_by_person: int
    kept_by_all: int
    size: int = 0


class Quotas:
    def __init__(self, limits: FileLimits) -> None:
        self.limits = limits
        self._arriving: list[Arrival] = []

    @contextmanager
    def arrival(self, actor: Actor, *, kept_by_person: int, kept_by_all: int) -> Generator[Arrival]:
        """Counts one upload as long as it is on its way.

        Raises:
            LimitError: `files_at_once`.
        """
        if Counter(arrival.person for arrival in self._arriving)[actor.user_id] >= AT_ONCE:
            raise LimitError("files_at_once", retry_after=5)
        arrival = Arrival(actor.user_id, kept_by_person, kept_by_all)
        self._arriving.append(arrival)
        try:
            yield arrival
        finally:
            self._arriving.remove(arrival)

    def check(self, arrival: Arrival, more: int = 0) -> None:
        """Raises InputError `file_long`, `files_person`, `files_house` when so many more bytes are too many."""
        if arrival.size + more > self.limits.file:
            raise InputError("file_long", field="file", limit=self.limits.file // MB)
        own = sum(other.size for other in self._arriving if other.person == arrival.person)
        if arrival.kept_by_person + own + more > self.limits.person:
            raise InputError("files_person", field="file", limit=self.limits.person // MB)
        if arrival.kept_by_all + sum(other.size for other in self._arriving) + more > self.limits.house:
            raise InputError("files_house", field="file")

    async def kept(self, db: AsyncSession, actor: Actor) -> tuple[int, int]:
        """Bytes that are kept for this person, and for all together: files that were sent, and documents."""
        own = everybody = 0
        for size, person in (
            (Attachment.size_bytes, Attachment.uploader_user_id),
            (Document.size_bytes, Document.owner_user_id),
        ):
            total = func.coalesce(func.sum(size), 0)
            own += int((await db.exec(select(total).where(col(person) == actor.user_id))).one())
            everybody += int((await db.exec(select(total))).one())
        return own, everybody
