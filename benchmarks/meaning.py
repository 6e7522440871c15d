"""How well the house finds what is said in other words and in the other language: its own set of questions, each about
one passage, among five thousand passages that are much alike. The last line printed is one JSON object.

The real embedder and the real index, through the same path as the page. docs/benchmarks.md says how to read it.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.report import percentile
from hearth_reflex.bootstrap import House
from hearth_reflex.db.database import Database
from hearth_reflex.db.tables import METADATA
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.passages import Kind
from hearth_reflex.domain.queries import query_of
from hearth_reflex.llm.absent import AbsentEngine
from hearth_reflex.services.access import Actor
from hearth_reflex.services.passages import read_passages
from hearth_reflex.services.reach import reach_of
from hearth_reflex.services.retrieval import Retrieval
from hearth_reflex.services.two_legs import TwoLegs
from hearth_reflex.settings import Settings
from tests.knowledge import brought_in, known_document
from tests.meaning_set import (
    Question,
    blind_questions,
    fresh_passages,
    fresh_questions,
    natural_questions,
    passages,
    questions,
)
from tests.retrieval_pool import pool

WARM_UP = 5
TOP = 10


@dataclass(slots=True)
class Taken:
    """For each direction and way of finding whether the passage was among the first ten; and what else came of it."""

    hits: dict[tuple[str, str], list[bool]] = field(default_factory=dict[tuple[str, str], list[bool]])
    ms: list[float] = field(default_factory=list[float])
    refused: list[bool] = field(default_factory=list[bool])
    refused_where_nothing_is: list[bool] = field(default_factory=list[bool])
    missed: list[str] = field(default_factory=list[str])

    def note(self, question: Question, way: str, found: Sequence[str]) -> None:
        hit = question.passage in found[:TOP]
        for direction in (question.direction, "all"):
            self.hits.setdefault((direction, way), []).append(hit)
        if way == "hybrid" and not hit:
            self.missed.append(f"{question.direction} {question.text}")

    def recall(self, direction: str, way: str) -> float:
        found = self.hits[direction, way]
        return round(sum(found) / len(found), 3)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pool", type=int, default=5000, help="passages beside those that are asked about")
    parser.add_argument("--held-out", action="store_true", help="only the half that nothing was fitted on")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hearth-meaning-") as folder:
        line = asyncio.run(measure(Path(folder), given.pool, held_out=given.held_out))
    print(json.dumps(line))
    return 0


async def measure(folder: Path, amount: int, *, held_out: bool) -> dict[str, float]:
    database = Database(f"sqlite+aiosqlite:///{folder / 'hearth.db'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    house = House(settings=Settings(data_dir=folder), database=database, engine=AbsentEngine())
    await house.rooms.ensure_living_room()
    someone = await house.sessions.actor_for(await house.accounts.join_as_guest("미나"))
    assert someone is not None
    try:
        library, elsewhere, filled_s = await fill(house, someone, amount)
        roundabout = await ask_all(house, someone, questions(held_out=held_out), library=library, elsewhere=elsewhere)
        natural = await ask_all(house, someone, natural_questions(), library=library, elsewhere=elsewhere)
        blind = await ask_all(house, someone, blind_questions(), library=library, elsewhere=elsewhere)
        fresh = await ask_all(house, someone, fresh_questions(), library=library, elsewhere=elsewhere)
    finally:
        await house.close()
    return {
        **told("fresh", fresh),
        **told("blind", blind),
        **told("natural", natural),
        **told("roundabout", roundabout),
        "passages": amount + len(passages()) + len(fresh_passages()),
        "filled_per_s": round((amount + amount // 4 + len(passages()) + len(fresh_passages())) / filled_s, 1),
    }


def told(name: str, taken: Taken) -> dict[str, float]:
    """Keys and figures of one set of questions."""
    for missed in taken.missed:
        print("missed", name, missed)
    by_direction = {
        f"recall10_hybrid_{direction.replace('-', '_')}": taken.recall(direction, "hybrid")
        for direction in sorted({direction for direction, _ in taken.hits} - {"all"})
    }
    figures = {
        "recall10_hybrid": taken.recall("all", "hybrid"),
        "recall10_vector": taken.recall("all", "vector"),
        "recall10_text": taken.recall("all", "text"),
        **by_direction,
        "refused_wrongly": round(sum(taken.refused) / len(taken.refused), 3),
        "refused_rightly": round(sum(taken.refused_where_nothing_is) / len(taken.refused_where_nothing_is), 3),
        "p50_ms": round(percentile(taken.ms, 50), 1),
        "p95_ms": round(percentile(taken.ms, 95), 1),
        "questions": len(taken.refused),
    }
    return {f"{name}_{key}": value for key, value in figures.items()}


async def fill(house: House, someone: Actor, amount: int) -> tuple[str, str, float]:
    """Uuids of a room that knows all, and of one that knows only what answers nothing."""
    rooms = [await house.rooms.create(someone, name=name) for name in ("서재", "딴 방")]
    library, elsewhere = [room.id for room in rooms]
    asked_about = [*passages(), *fresh_passages()]
    begun = time.perf_counter()
    await known_document(house, [*asked_about, *pool(amount)], room=library)
    await known_document(house, pool(amount // 4), room=elsewhere)
    await brought_in(house)
    return library, elsewhere, time.perf_counter() - begun


async def ask_all(house: House, someone: Actor, asked: Sequence[Question], *, library: str, elsewhere: str) -> Taken:
    legs = TwoLegs(embedder=house._embedder, index=house._index)
    retrieval = Retrieval(database=house.database, clock=house.clock, legs=legs, pace=Buckets(rate=1e6, burst=1e6))
    taken = Taken()
    for question in asked[:WARM_UP]:
        await retrieval.find(someone, question.text, rooms=[library])
    for question in asked:
        begun = time.perf_counter()
        found = await retrieval.find(someone, question.text, rooms=[library], limit=TOP, strict=False)
        taken.ms.append((time.perf_counter() - begun) * 1000)
        ranked = sorted(found.passages, key=lambda passage: passage.rank)
        taken.note(question, "hybrid", [passage.text for passage in ranked])
        await ask_legs(house, someone, legs, question, library, taken)
        taken.refused.append((await retrieval.find(someone, question.text, rooms=[library])).is_nothing)
        nothing = await retrieval.find(someone, question.text, rooms=[elsewhere])
        taken.refused_where_nothing_is.append(nothing.is_nothing)
    return taken


async def ask_legs(house: House, someone: Actor, legs: TwoLegs, question: Question, library: str, taken: Taken) -> None:
    """Each leg for itself."""
    async with house.database.read() as db:
        reach = await reach_of(db, someone, rooms=[library])
        found = await legs.ask(reach, query_of(question.text), kinds=(Kind.CHUNK,))
        for way, scores in (("vector", found.vectors or {}), ("text", found.words)):
            best = sorted(scores, key=lambda key: -scores[key])[:TOP]
            read = await read_passages(db, reach, best)
            taken.note(question, way, [read[key].text for key in best if key in read])


if __name__ == "__main__":
    os.environ.setdefault("HEARTH_LOG_LEVEL", "warning")
    raise SystemExit(main())
