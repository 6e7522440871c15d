"""A disk with no room left, as far as a test can have one: no larger files, no larger database. For tests only."""

import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from sqlalchemy import event, text

from hearth_reflex.db.database import Database


@contextmanager
def no_file_above(size_bytes: int) -> Iterator[None]:
    """Within the block the system refuses to let any file of this process grow beyond so many bytes, in the middle of
    a write."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@asynccontextmanager
async def no_room_in(database: Database, *, pages: int = 0) -> AsyncIterator[None]:
    """Within the block SQLite says of itself that its disk is full as soon as it needs more than `pages` pages more."""
    async with database.engine.connect() as connection:
        used = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
    sync, most = database.engine.sync_engine, used + pages

    def bound(connection: Any, *_: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {most}")

    event.listen(sync, "checkout", bound)
    try:
        yield
    finally:
        event.remove(sync, "checkout", bound)
        await database.engine.dispose()  # the bound is a connection's own, and goes with it
