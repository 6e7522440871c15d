"""What all tests share: an empty house over a real database, with an engine whose words are written down beforehand.

The database is SQLite in a temporary folder; tests marked `postgres` (and every service test, a second time) run on the
PostgreSQL of HEARTH_TEST_POSTGRES_URL, which `.ci/run` starts. Without it those are not collected, and the closing line
says how many were left out. REST asks the services and knows no database: its tests run on SQLite alone.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from xdist.scheduler import LoadScopeScheduling

from hearth_reflex.bootstrap import House
from hearth_reflex.db.database import Database
from hearth_reflex.db.tables import METADATA
from hearth_reflex.settings import Settings
from tests.clocks import HandClock
from tests.engines import ScriptedEngine
from tests.factories import open_house
from tests.schemas import Schemas

POSTGRES_URL = os.environ.get("HEARTH_TEST_POSTGRES_URL", "")
_BROWSER = "ui"
_LONGEST = (_BROWSER, "state")  # folders of tests
DATABASES = ["sqlite", *(["postgres"] if POSTGRES_URL else [])]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="every page in every language, size and light, with pictures")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that two processes end at about the same time."""
    items.sort(key=lambda item: _order(item.path.parent.name))


def _order(folder: str) -> int:
    return _LONGEST.index(folder) if folder in _LONGEST else len(_LONGEST)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    return _ByFile(config, log)


class _ByFile(LoadScopeScheduling):
    """Two processes share the tests, a file at a time. All browser stories stay in one: they share a house and a
    browser."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return _BROWSER if file.startswith(f"tests/{_BROWSER}/") else file


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
        documents_burst=1000,
    )


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables and no rows, to be copied: two thousand tests want one."""
    file = tmp_path_factory.mktemp("empty") / "hearth.db"
    engine = create_engine(f"sqlite:///{file}")
    METADATA.create_all(engine)
    engine.dispose()
    return file


@pytest.fixture(scope="session")
def schemas() -> Iterator[Schemas]:
    """Those of HEARTH_TEST_POSTGRES_URL."""
    schemas = Schemas(POSTGRES_URL)
    yield schemas
    schemas.close()


@pytest.fixture(params=DATABASES)
async def database(request: pytest.FixtureRequest, tmp_path: Path, empty_sqlite: Path) -> AsyncIterator[Database]:
    """An empty database with all tables, once for each kind at hand."""
    if request.param == "sqlite":
        async for database in sqlite_copy(empty_sqlite, tmp_path):
            yield database
        return
    schemas: Schemas = request.getfixturevalue("schemas")
    schema = schemas.take()
    database = Database(schemas.url(schema))
    yield database
    await database.close()
    await asyncio.to_thread(schemas.give_back, schema)


async def sqlite_copy(empty: Path, folder: Path) -> AsyncIterator[Database]:
    """A database of its own in `folder`."""
    file = shutil.copyfile(empty, folder / "hearth.db")
    database = Database(f"sqlite+aiosqlite:///{file}")
    yield database
    await database.close()


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
    house = await open_house(settings, database, clock, engine=engine)
    yield house
    await house.replies.close()
    await house.care.end()
    await house.document_work.close()
    await house.indexing.close()
    await house.pulls.close()
    await house.models.close()
    house.passwords.close()
