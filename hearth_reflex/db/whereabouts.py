"""Who is where, told by one web process to the others through Redis. Nothing of it lasts: each entry ends by itself.

A sorted set a room; its members are "worker|person", their score the second at which the entry ends. A worker that dies
without a word is forgotten as soon as it stops renewing.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from redis.asyncio import Redis

LIFE_SECONDS = 15.0  # of an entry that is not renewed
_PREFIX = "hearth:here:"


class RedisBoard:
    """The part of one worker.

    Args:
        worker: its name, which no other worker bears.
    """

    def __init__(self, url: str, *, worker: str) -> None:
        # Presence is a hint: a broker that hangs must not hold up those who have come.
        kind: Any = Redis  # its own types leave much unsaid
        self._redis = kind.from_url(url, decode_responses=True, socket_timeout=1.0, socket_connect_timeout=1.0)
        self._own = f"{worker}|"

    async def put(self, seats: Collection[tuple[str, str]], *, at: float) -> None:
        """Notes or renews (room, person) entries of this worker. `at` is now, in seconds."""
        by_room = defaultdict[str, dict[str, float]](dict)
        for room, person in seats:
            by_room[room][self._own + person] = at + LIFE_SECONDS
        async with self._redis.pipeline(transaction=False) as pipe:
            for room, entries in by_room.items():
                pipe.zadd(_PREFIX + room, entries)
                pipe.zremrangebyscore(_PREFIX + room, "-inf", at)
                pipe.expire(_PREFIX + room, int(2 * LIFE_SECONDS))
            await pipe.execute()

    async def drop(self, seats: Collection[tuple[str, str]]) -> None:
        async with self._redis.pipeline(transaction=False) as pipe:
            for room, person in seats:
                pipe.zrem(_PREFIX + room, self._own + person)
            await pipe.execute()

    async def others(self, rooms: Collection[str], *, at: float) -> dict[str, set[str]]:
        """The people whom other workers have in these rooms."""
        asked = list(rooms)
        async with self._redis.pipeline(transaction=False) as pipe:
            for room in asked:
                pipe.zrangebyscore(_PREFIX + room, at, "+inf")
            found: list[list[str]] = await pipe.execute()
        return {
            room: {entry.rpartition("|")[2] for entry in entries if not entry.startswith(self._own)}
            for room, entries in zip(asked, found, strict=True)
        }

    async def close(self) -> None:
        await self._redis.aclose()
