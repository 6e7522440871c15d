"""Two workers, one data folder, Redis between them: one house. Nobody can tell through whose door they came."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest

from tests.pages import Page
from tests.servers import Server, redis_server
from tests.sockets import STOP, Person
from tests.state.answers import LONG_ANSWERS, growing_answer


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    folder = tmp_path_factory.mktemp("workers")
    with redis_server(folder) as url:
        data = folder / "data"
        with (
            Server(data, model=True, redis_url=url, **LONG_ANSWERS) as first,
            Server(data, model=True, redis_url=url, **LONG_ANSWERS) as second,
        ):
            yield first, second


@dataclass
class Pair:
    """Two people in one room, each at another worker."""

    here: Page
    there: Page


@pytest.fixture
async def pair(workers: tuple[Server, Server]) -> AsyncIterator[Pair]:
    first, second = [await Person.guest(worker.url) for worker in workers]
    room = await first.new_room()
    async with Page(first, room) as here, Page(second, room) as there:
        yield Pair(here, there)
    await first.close()
    await second.close()


async def test_one_order_and_nothing_lost(pair: Pair) -> None:
    async def talk(page: Page) -> None:
        for n in range(40):
            await page.say(f"{page.person.name} {n}")
            await asyncio.sleep(0)

    await asyncio.gather(talk(pair.here), talk(pair.there))
    for page in (pair.here, pair.there):
        await page.until_acknowledged()
    rev, rows = await pair.here.person.whole_room(pair.here.room)
    for page in (pair.here, pair.there):
        await page.until_rev(rev)
        assert [page.fold.rows[row["seq"]] for row in rows] == rows
        own = [row["text"] for row in rows if row["author"] == page.person.uuid and row["kind"] == "talk"]
        assert own == [f"{page.person.name} {n}" for n in range(40)]
        # By push alone: each page heard every message, whichever worker kept it.
        assert {row["seq"] for row in page.heard if row["kind"] == "talk"} == {
            row["seq"] for row in rows if row["kind"] == "talk"
        }


async def test_a_signed_out_session_ends_at_the_other_worker_too(pair: Pair) -> None:
    await pair.here.say("still here")
    await pair.there.until(lambda: any(row["text"] == "still here" for row in pair.there.heard))
    elsewhere = pair.there.person.at(pair.here.person.url)
    await elsewhere.sign_out()
    await pair.there.until(lambda: bool(pair.there.orders), seconds=1.5)
    heard = len(pair.there.heard)
    await pair.here.say("after they left")
    await pair.here.until_acknowledged()
    await pair.there.flush()
    assert len(pair.there.heard) == heard
    await elsewhere.close()


@pytest.mark.timeout(300)
async def test_words_of_an_answer_reach_both_and_either_can_stop_it(pair: Pair, workers: tuple[Server, Server]) -> None:
    growing = await growing_answer(pair.here, frames=10)
    await pair.there.until(lambda: any(seq == growing["seq"] for seq, _, _ in pair.there.words))
    # Whoever asked stops it, from a page that another worker serves.
    asker = pair.here.person.at(workers[1].url)
    async with Page(asker, pair.here.room) as elsewhere:
        await elsewhere.call(STOP, room=pair.here.room, message=growing["id"])
        pages = (pair.here, pair.there, elsewhere)
        for page in pages:
            await page.until(lambda page=page: (page.answer() or {}).get("status") == "stopped", seconds=5)
        _, rows = await asker.whole_room(pair.here.room)
        assert rows[-1]["text"]
        for page in pages:
            assert page.answer() == rows[-1]
        for page in (pair.here, pair.there):
            told = "".join(text for seq, _, text in page.words if seq == growing["seq"])
            assert told
            assert rows[-1]["text"].startswith(told)
    await asker.close()


@pytest.mark.timeout(300)
async def test_both_workers_answer_with_one_engine(pair: Pair, workers: tuple[Server, Server]) -> None:
    for asker, other in ((pair.here, pair.there), (pair.there, pair.here)):
        growing = await growing_answer(asker, frames=3)
        await other.until(lambda other=other, seq=growing["seq"]: any(told[0] == seq for told in other.words))
        await asker.call(STOP, room=asker.room, message=growing["id"])
        assert await other.until_answer_ends() == "stopped"
    # A worker looks at a model's file in a process that ends soon; the engine is the one that stays.
    async with asyncio.timeout(10):
        while sorted(len(worker.children()) for worker in workers) != [0, 1]:  # noqa: ASYNC110 (no event tells it)
            await asyncio.sleep(0.1)
