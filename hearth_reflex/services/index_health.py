"""Whether index and database say the same: what of the database is missing there, what is there of nothing any more.

For the operator's commands, which have time: it reads every row.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import col, select

from hearth_reflex.db.database import Database
from hearth_reflex.db.document import Chunk, PictureNote
from hearth_reflex.db.search import SearchEntry
from hearth_reflex.domain.passages import Kind
from hearth_reflex.services.index_rows import Row, load, mark_rows

_AT_ONCE = 500
_NUMBERS: dict[Kind, tuple[Any, Any]] = {
    Kind.CHUNK: (col(Chunk.id), col(Chunk.embedded)),
    Kind.PICTURE: (col(PictureNote.id), col(PictureNote.embedded)),
    Kind.MESSAGE: (col(SearchEntry.message_id), col(SearchEntry.embedded)),
}


@dataclass(slots=True)
class IndexHealth:
    """`waiting`: rows that are still to be embedded; `missing`: rows that are said to be in the index and are not;
    `orphans`: keys of the index that no row has."""

    rows: int = 0
    waiting: int = 0
    missing: list[Row] = field(default_factory=list[Row])
    orphans: list[str] = field(default_factory=list[str])

    @property
    def is_good(self) -> bool:
        return not self.missing and not self.orphans


async def compare(database: Database, keys: set[str], *, model: str) -> IndexHealth:
    """Args:
    keys: all that the index has.
    model: whose index it is.
    """
    health, left = IndexHealth(rows=len(keys)), set(keys)
    async for row, embedded in _all_rows(database):
        key = row.entry.key if row.entry is not None else ""
        left.discard(key)
        if not embedded.startswith(f"{model}#"):
            health.waiting += bool(key)
        elif key and key not in keys:
            health.missing.append(row)
    health.orphans = sorted(left)
    return health


async def bring_in_again(database: Database, rows: list[Row]) -> None:
    """Has these rows come into the index again."""
    for start in range(0, len(rows), _AT_ONCE):
        async with database.write() as db:
            await mark_rows(db, rows[start : start + _AT_ONCE], "")


async def _all_rows(database: Database) -> AsyncIterator[tuple[Row, str]]:
    for kind, (number, embedded) in _NUMBERS.items():
        last = 0
        while True:
            query = select(number, embedded).where(number > last).order_by(number).limit(_AT_ONCE)
            async with database.read() as db:
                marks: dict[int, str] = dict((await db.exec(query)).all())
                rows = await load(db, kind, list(marks))
            if not marks:
                break
            last = max(marks)
            for row in rows:
                yield row, marks[row.id]
