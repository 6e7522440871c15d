"""How well and how fast the search finds: the two hundred questions of the tests, over a house of a hundred thousand
messages. The last line printed is one JSON object. docs/benchmarks.md says how to read it.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from benchmarks.report import percentile
from hearth_reflex.bootstrap import House
from hearth_reflex.db.database import Database
from hearth_reflex.db.tables import METADATA
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.llm.absent import AbsentEngine
from hearth_reflex.services.access import Actor
from hearth_reflex.services.search import Asked, Kind, Search
from hearth_reflex.settings import Settings
from tests.search_set import messages, queries
from tests.talk_in_bulk import fill

WARM_UP = 20
# What people type besides: words that stand in thousands of messages, and single syllables.
COMMON = [
    "오늘",
    "엄마",
    "사진",
    "오늘 엄마",
    "밥",
    "우산 어디",
    "ㅇㅁ",
    "the",
    "printer office",
    "고마워",
    "없는말입니다",
]


@dataclass(slots=True)
class Taken:
    """Milliseconds of each question, and which of them did not find what they were about."""

    set_ms: list[float] = field(default_factory=list[float])
    common_ms: list[float] = field(default_factory=list[float])
    missed: list[str] = field(default_factory=list[str])
    lag_ms: list[float] = field(default_factory=list[float])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--database", default="", help="URL of an empty PostgreSQL database; SQLite without it")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hearth-search-") as folder:
        line = asyncio.run(measure(Path(folder), given.messages, given.database))
    print(json.dumps(line))
    return 0


async def measure(folder: Path, amount: int, url: str) -> dict[str, float]:
    database = Database(url or f"sqlite+aiosqlite:///{folder / 'hearth.db'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    house = House(settings=Settings(data_dir=folder), database=database, engine=AbsentEngine())
    await house.rooms.ensure_living_room()
    someone = await house.sessions.actor_for(await house.accounts.join_as_guest("미나"))
    assert someone is not None
    room = (await house.rooms.lobby(someone))[0].id
    await house.rooms.sit_down(someone, room)
    begun = time.perf_counter()
    await fill(database, room, someone, messages(amount))
    filled_s = time.perf_counter() - begun
    if not database.is_sqlite:
        async with database.write() as db:  # as autovacuum does after a while
            await (await db.connection()).execute(text("ANALYZE"))
    taken = await ask_all(house, someone)
    await house.close()
    for missed in taken.missed:
        print("missed", missed)
    return {
        "recall_at_10": round(1 - len(taken.missed) / len(taken.set_ms), 3),
        "p95_ms": round(percentile(taken.set_ms, 95), 1),
        "p50_ms": round(percentile(taken.set_ms, 50), 1),
        "worst_ms": round(max(taken.set_ms), 1),
        "common_p50_ms": round(percentile(taken.common_ms, 50), 1),
        "common_worst_ms": round(max(taken.common_ms), 1),
        "loop_lag_p99_ms": round(percentile(taken.lag_ms, 99), 1),
        "messages": amount,
        "filled_per_s": round(amount / filled_s),
        "database_mb": _megabytes(folder),
    }


def _megabytes(folder: Path) -> float:
    return round(sum(file.stat().st_size for file in folder.glob("hearth.db*")) / 1e6, 1)


async def ask_all(house: House, someone: Actor) -> Taken:
    """Every question as the page asks it: all groups, twenty hits."""
    search = Search(database=house.database, clock=house.clock, pace=Buckets(rate=1e6, burst=1e6))
    taken = Taken()
    for query in queries()[:WARM_UP]:
        await search.find(someone, Asked(query.text))
    watch = asyncio.create_task(_watch(taken))
    for query in queries():
        begun = time.perf_counter()
        found = await search.find(someone, Asked(query.text))
        taken.set_ms.append((time.perf_counter() - begun) * 1000)
        shown = ["".join(piece.text for piece in hit.excerpt) for hit in found.messages[:10]]
        taken.missed += [] if query.target in shown else [f"{query.kind}: {query.text}"]
    for words in COMMON * 3:
        begun = time.perf_counter()
        await search.find(someone, Asked(words, kind=Kind.ALL))
        taken.common_ms.append((time.perf_counter() - begun) * 1000)
    watch.cancel()
    return taken


async def _watch(taken: Taken) -> None:
    """How late the event loop comes to a task that wants to run every 5 ms."""
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(0.005)
        taken.lag_ms.append((time.perf_counter() - begun - 0.005) * 1000)


if __name__ == "__main__":
    os.environ.setdefault("HEARTH_LOG_LEVEL", "warning")
    raise SystemExit(main())
