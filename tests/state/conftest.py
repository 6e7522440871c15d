"""One running house without a model for all tests here that ask for `server`, and people who come to it."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing

import pytest

from tests.servers import Server
from tests.sockets import Person

Come = Callable[[], Awaitable[Person]]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("house") / "data") as server:
        yield server


@pytest.fixture
async def guest(server: Server) -> AsyncIterator[Come]:
    """Makes a guest of the house; they leave when the test ends."""
    people: list[Person] = []

    async def come() -> Person:
        people.append(await Person.guest(server.url))
        return people[-1]

    yield come
    for person in people:
        await person.close()


@pytest.fixture
async def account(server: Server) -> AsyncIterator[Person]:
    """Somebody with an account, who may make private rooms."""
    person = await Person.account(server.url)
    yield person
    await person.close()


def everything_kept(server: Server) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables that people can change, to be compared with a later look.

    Which model files there are the house writes down by itself, some moments after it has opened.
    """
    with closing(sqlite3.connect(f"file:{server.data_dir / 'hearth.db'}?mode=ro", uri=True)) as db:
        named = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'model_file'")
        tables = [name for (name,) in named.fetchall()]
        return {name: sorted(db.execute(f'SELECT * FROM "{name}"'), key=repr) for name in tables}  # noqa: S608
