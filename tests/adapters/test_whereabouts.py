"""The board on which web processes tell each other whom they have, on a real Redis."""

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest
from redis.exceptions import ConnectionError as NoRedisError

from hearth_reflex.db.whereabouts import LIFE_SECONDS, RedisBoard
from tests.servers import redis_server

NOW = 1_800_000_000.0


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
async def boards(url: str) -> AsyncIterator[tuple[RedisBoard, RedisBoard]]:
    first, second = RedisBoard(url, worker="host:1:ab"), RedisBoard(url, worker="host:12:cd")
    yield first, second
    await first.close()
    await second.close()


async def test_each_sees_the_others_and_not_itself(boards: tuple[RedisBoard, RedisBoard]) -> None:
    first, second = boards
    room, attic = str(uuid4()), str(uuid4())
    await first.put({(room, "mina"), (attic, "mina")}, at=NOW)
    await second.put({(room, "jun")}, at=NOW)
    assert await first.others([room, attic], at=NOW) == {room: {"jun"}, attic: set()}
    assert await second.others([room, attic], at=NOW) == {room: {"mina"}, attic: {"mina"}}
    await first.drop({(room, "mina")})
    assert await second.others([room], at=NOW) == {room: set()}


async def test_what_is_not_renewed_ends(boards: tuple[RedisBoard, RedisBoard]) -> None:
    first, second = boards
    room = str(uuid4())
    await first.put({(room, "mina")}, at=NOW)
    later = NOW + LIFE_SECONDS - 1
    assert await second.others([room], at=later) == {room: {"mina"}}
    assert await second.others([room], at=later + 2) == {room: set()}
    await first.put({(room, "mina")}, at=later)
    assert await second.others([room], at=later + 2) == {room: {"mina"}}


async def test_nothing_grows(boards: tuple[RedisBoard, RedisBoard], url: str) -> None:
    first, second = boards
    room = str(uuid4())
    for turn in range(20):
        await first.put({(room, f"person {turn}")}, at=NOW + turn * LIFE_SECONDS)
    assert len((await second.others([room], at=0))[room]) <= 2
    assert 0 < await first._redis.ttl(f"hearth:here:{room}") <= 2 * LIFE_SECONDS  # pyright: ignore[reportPrivateUsage]


async def test_a_redis_that_is_not_there_says_so() -> None:
    board = RedisBoard("redis://127.0.0.1:1/0", worker="a")
    with pytest.raises(NoRedisError):
        await board.others(["room"], at=NOW)
    await board.close()
