"""What all tests share: an empty house over a real database, with an engine whose words are written down beforehand.

The database is SQLite in a temporary folder; tests marked `postgres` (and every service test, a second time) run on the
PostgreSQL of HEARTH_TEST_POSTGRES_URL, which `.ci/run` starts. Without it those are not collected, and the closing line
says how many were left out. REST asks the services and knows no database: its tests run on SQLite alone.
"""

import os
import secrets
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from hearth_reflex.bootstrap import House
from hearth_reflex.db.database import Database
from hearth_reflex.db.tables import METADATA
from hearth_reflex.settings import Settings
from tests.clocks import HandClock
from tests.engines import ScriptedEngine

POSTGRES_URL = os.environ.get("HEARTH_TEST_POSTGRES_URL", "")
DATABASES = ["sqlite", *(["postgres"] if POSTGRES_URL else [])]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="every page in every language, size and light, with pictures")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings that nothing of this machine's environment leaks into."""
    return Settings(
        _env_file=None,  # pyright: ignore[reportCallIssue] - pydantic-settings takes it
        data_dir=tmp_path,
        events_per_second=1000,
        events_burst=10_000,
        messages_per_second=1000,
        messages_burst=10_000,
        rooms_burst=1000,
        files_burst=1000,
    )


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables and no rows, to be copied: two thousand tests want one."""
    file = tmp_path_factory.mktemp("empty") / "hearth.db"
    engine = create_engine(f"sqlite:///{file}")
    METADATA.create_all(engine)
    engine.dispose()
    return file


@pytest.fixture(params=DATABASES)
async def database(request: pytest.FixtureRequest, tmp_path: Path, empty_sqlite: Path) -> AsyncIterator[Database]:
    """An empty database with all tables, once for each kind at hand."""
    databases = sqlite_copy(empty_sqlite, tmp_path) if request.param == "sqlite" else _postgres_schema()
    async for database in databases:
        yield database


async def sqlite_copy(empty: Path, folder: Path) -> AsyncIterator[Database]:
    """A database of its own in `folder`."""
    file = shutil.copyfile(empty, folder / "hearth.db")
    database = Database(f"sqlite+aiosqlite:///{file}")
    yield database
    await database.close()


async def _postgres_schema() -> AsyncIterator[Database]:
    schema = f"test_{secrets.token_hex(6)}"
    admin = create_async_engine(POSTGRES_URL.replace("postgresql://", "postgresql+psycopg://", 1))
    async with admin.begin() as connection:
        await connection.execute(text(f"CREATE SCHEMA {schema}"))
    url = admin.url.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)
    database = Database(url)
    await _create_tables(database)
    yield database
    await database.close()
    async with admin.begin() as connection:
        await connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    await admin.dispose()


async def _create_tables(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def house(
    settings: Settings, database: Database, engine: ScriptedEngine, clock: HandClock
) -> AsyncIterator[House]:
    """A house that is open: living room and default persona are there."""
    house = House(settings=settings, database=database, engine=engine, clock=clock)
    await house.rooms.ensure_living_room()
    await house.personas.ensure_default()
    yield house
    await house.replies.close()
    await house.care.end()
    await house.pulls.close()
    await house.models.close()
    house.passwords.close()
