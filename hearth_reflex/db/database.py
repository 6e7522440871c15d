"""The connection to the relational store: SQLite (write-ahead log) or PostgreSQL, the same code for both.

Two doors only: `read()` for looking, `write()` for one transaction that commits at its end or not at all.
"""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, nullcontext
from typing import Any, cast

import structlog
from sqlalchemy import AdaptedConnection, Connection, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.errors import SpaceError

log = structlog.get_logger(__name__)

BUSY_TIMEOUT_MS = 10_000
_WRITES = "hearth_writes"
_FULL = ("SQLITE_FULL", "53100")  # as SQLite names it, and PostgreSQL


class Database:
    """One store.

    Args:
        url: an async SQLAlchemy URL, `sqlite+aiosqlite:///…` or `postgresql+psycopg://…`.
    """

    def __init__(self, url: str) -> None:
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_pre_ping=not url.startswith("sqlite"),
            hide_parameters=True,  # what people said does not belong in the log of a fault
        )
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        # SQLite has one writer: waiting here costs nothing, waiting in SQLite is a loop of sleeps.
        self._writer = self._one_writer()
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncSession]:
        """A session for looking; whatever it changes is thrown away."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncGenerator[AsyncSession]:
        """One transaction: commits when the block ends, rolls back when it raises.

        Raises:
            SpaceError: the disk is full.
        """
        async with self._writer or nullcontext(), AsyncSession(self.engine, expire_on_commit=False) as session:
            try:
                await session.connection(execution_options={_WRITES: True})
                yield session
                await session.commit()
            except DBAPIError as fault:
                if _is_full(fault):
                    log.error("database.full")
                    raise SpaceError from fault
                raise

    async def ping(self) -> None:
        async with self.engine.connect() as connection:
            await _select_one(connection)

    async def close(self) -> None:
        """Lets all connections go. It may be used again, in another event loop, too."""
        await self.engine.dispose()
        self._writer = self._one_writer()

    def _one_writer(self) -> asyncio.Lock | None:
        return asyncio.Lock() if self.is_sqlite else None


async def _select_one(connection: AsyncConnection) -> None:
    await connection.execute(text("SELECT 1"))


def _is_full(fault: DBAPIError) -> bool:
    said = fault.orig
    return getattr(said, "sqlite_errorname", None) in _FULL or getattr(said, "sqlstate", None) in _FULL


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, not by the driver
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # The write lock is taken at once: a read that turns into a write could find its snapshot stale.
    writes = connection.get_execution_options().get(_WRITES, False)
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
    # By the driver's own way it is one call to its thread, not three: each costs as much as a small question.
    adapted = cast("AdaptedConnection", connection.connection.dbapi_connection)
    try:
        adapted.run_async(lambda driver: driver.execute_fetchall(begin))
    except sqlite3.OperationalError as fault:  # another program holds it, the disk is full: nobody waits for that twice
        raise OperationalError(begin, None, fault) from fault
    except (sqlite3.Error, ValueError):
        connection.exec_driver_sql(begin)  # what has gone wrong says SQLAlchemy, which then lets a dead connection go
