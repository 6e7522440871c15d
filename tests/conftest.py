"""What all tests share: an empty house over a real database, with an engine whose words are written down beforehand.

The database is SQLite in a temporary folder. Service tests run a second time on the PostgreSQL of
HEARTH_TEST_POSTGRES_URL, which `.ci/run` starts: those of `BY_DATABASE` and those marked `postgres`, which are about
what the two do in ways of their own, and one in three of the others, always the same; with `--full`, or asked for by
name, all. Without that variable none does. REST asks the services and knows no database: its tests run on SQLite.
"""

import gc
import os
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from hearth_reflex.bootstrap import House
from hearth_reflex.db.database import Database
from hearth_reflex.services import passwords
from hearth_reflex.settings import Settings
from tests.clocks import HandClock
from tests.databases import Files, Schemas
from tests.engines import ScriptedEngine
from tests.factories import open_house

POSTGRES_URL = os.environ.get("HEARTH_TEST_POSTGRES_URL", "")
_BROWSER = "ui"
_LONGEST = (_BROWSER, "state")  # folders of tests
# What is found, put in order and never kept twice, and statements written for one of the two.
BY_DATABASE = (
    "accounts", "gone_for_good", "history", "invites", "never_lost", "personas", "reads", "recall", "same_moment",
    "saved_prompts", "search", "search_meaning", "search_recall", "seats", "talk", "talk_reads", "usage_days",
)  # fmt: skip
# Slow on purpose, and up to a third of the time of a test: these are quick, and one looks at the real ones.
REAL_HASHING = (passwords.MEMORY_KIB, passwords.PASSES)
passwords.MEMORY_KIB, passwords.PASSES = 64, 1
DATABASES = ["sqlite", *(["postgres"] if POSTGRES_URL else [])]


def pytest_addoption(parser: pytest.Parser) -> None:
    told = "every page in every language, size and light, with pictures; every service test on PostgreSQL, too"
    parser.addoption("--full", action="store_true", help=told)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what need not run on PostgreSQL too. What takes longest comes first, so that two processes end at
    about the same time."""
    items.sort(key=lambda item: _order(item.path.parent.name))
    by_name = any("::" in given for given in config.args)
    if not (by_name or config.getoption("full")):
        config.hook.pytest_deselected(items=[item for item in items if not _is_worth_a_second_run(item)])
        items[:] = filter(_is_worth_a_second_run, items)


def _is_worth_a_second_run(item: pytest.Item) -> bool:
    if not (isinstance(item, pytest.Function) and hasattr(item, "callspec")):
        return True
    if item.callspec.params.get("database") != "postgres" or item.get_closest_marker("postgres"):
        return True
    return item.path.stem.removeprefix("test_") in BY_DATABASE or zlib.crc32(item.nodeid.encode()) % 3 == 0


def _order(folder: str) -> int:
    return _LONGEST.index(folder) if folder in _LONGEST else len(_LONGEST)


def pytest_collection_finish() -> None:
    """All that was collected stays to the end: nobody needs to look through it again and again for what has gone."""
    gc.collect()
    gc.freeze()


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
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def schemas() -> Iterator[Schemas]:
    """Those of HEARTH_TEST_POSTGRES_URL."""
    schemas = Schemas(POSTGRES_URL)
    yield schemas
    schemas.close()


@pytest.fixture(params=DATABASES)
async def database(request: pytest.FixtureRequest, sqlite_file: Files) -> AsyncIterator[Database]:
    """An empty database with all tables, once for each kind at hand."""
    kind: Files | Schemas = sqlite_file if request.param == "sqlite" else request.getfixturevalue("schemas")
    async with kind.take() as database:
        yield database


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
