"""Databases for tests, used one after the other: fifty new tables take longer than most tests, and each new engine
compiles all its statements anew."""

import asyncio
import secrets
import shutil
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from hearth_reflex.db.database import Database
from hearth_reflex.db.tables import METADATA

_PARTS = ("", "-wal", "-shm")  # a file of SQLite, and what is kept beside it while somebody has it open


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What is asked of the database within the block, in order, as SQL."""
    asked, sync = list[str](), database.engine.sync_engine

    def note(*given: object) -> None:
        asked.append(str(given[2]))

    event.listen(sync, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(sync, "before_cursor_execute", note)


class Files:
    """One SQLite file, empty again for whoever takes it."""

    def __init__(self, folder: Path) -> None:
        self.empty, self._file = folder / "empty.db", folder / "hearth.db"
        engine = create_engine(f"sqlite:///{self.empty}")
        METADATA.create_all(engine)
        engine.dispose()
        self._database = Database(f"sqlite+aiosqlite:///{self._file}")

    @asynccontextmanager
    async def take(self) -> AsyncGenerator[Database]:
        await self._database.engine.dispose(close=False)  # what a task of the last test has put back too late
        self._empty_again()
        yield self._database
        await self._database.close()

    def _empty_again(self) -> None:
        """A new file in the place of the old one, and not its contents: something may hold on to that one still."""
        for ending in _PARTS:
            Path(f"{self._file}{ending}").unlink(missing_ok=True)
        shutil.copyfile(self.empty, self._file)


class Schemas:
    """Schemas of a PostgreSQL with all tables and no rows."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url.replace("postgresql://", "postgresql+psycopg://", 1))
        self._admin = create_engine(self._url)
        self._made: list[str] = []
        self._free: list[tuple[str, Database]] = []

    @asynccontextmanager
    async def take(self) -> AsyncGenerator[Database]:
        schema, database = self._free.pop() if self._free else self._new()
        await database.engine.dispose(close=False)
        yield database
        await database.close()
        if await asyncio.to_thread(self._is_empty_again, schema):
            self._free.append((schema, database))

    def _is_empty_again(self, schema: str) -> bool:
        """False when something holds on to it still: nobody gets it again."""
        try:
            with self._admin.begin() as connection:
                _empty(connection, schema)
        except OperationalError:
            return False
        return True

    def _url_of(self, schema: str) -> str:
        narrowed = self._url.update_query_dict({"options": f"-csearch_path={schema}"})
        return narrowed.render_as_string(hide_password=False)

    def close(self) -> None:
        with self._admin.begin() as connection:
            for schema in self._made:
                connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        self._admin.dispose()

    def _new(self) -> tuple[str, Database]:
        schema = f"test_{secrets.token_hex(6)}"
        with self._admin.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        self._made.append(schema)
        engine: Engine = create_engine(self._url_of(schema))
        METADATA.create_all(engine)
        engine.dispose()
        return schema, Database(self._url_of(schema))


def _empty(connection: Connection, schema: str) -> None:
    """Takes all rows out, and has the numbers of rows begin at one again."""
    connection.execute(text("SET LOCAL lock_timeout = '2s'"))
    connection.execute(text(f"SET LOCAL search_path = {schema}"))
    deletes = "; ".join(str(table.delete()) for table in reversed(METADATA.sorted_tables))
    connection.exec_driver_sql(deletes)
    restart = text(
        "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences"
        " WHERE schemaname = :schema AND last_value IS NOT NULL"
    )
    connection.execute(restart, {"schema": schema})
