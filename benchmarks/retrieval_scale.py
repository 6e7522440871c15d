"""How long a search takes among very many passages. They are made up: real words, and vectors near real ones, so that
a hundred thousand need no hours of embedding.
"""

import random
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert
from sqlmodel import select

from benchmarks.report import percentile
from benchmarks.retrieval_house import Library
from hearth_reflex.db.base import new_uuid
from hearth_reflex.db.document import Chunk, Document
from hearth_reflex.db.room import Room
from hearth_reflex.domain.passages import Entry, Kind, key_of, room_scope
from tests.retrieval_pool import pool

_AT_ONCE = 2_000
_REAL = 128
_QUESTIONS = 100


async def scaled(library: Library, amount: int, questions: Sequence[str]) -> dict[str, Any]:
    """p95 of a whole search and of an exact one, in a room that has `amount` passages of its own."""
    house = library.house
    room = (await house.rooms.create(library.someone, name=f"{amount}", private=True)).id
    await _fill(library, room, amount)
    await library.index.tidy()
    many = Library(house, library.someone, room, library.embedder, library.index)
    whole, exact = await many.timed(questions[:_QUESTIONS])
    name = f"{amount // 1000}k"
    return {
        f"p95_ms_{name}": round(percentile(whole, 95), 1),
        f"exact_p95_ms_{name}": round(percentile(exact, 95), 1),
        f"share_{name}": round(percentile(whole, 95) / percentile(exact, 95), 2),
        f"nearest_found_{name}": round(await many.share_of_nearest(questions[:_QUESTIONS]), 3),
    }


async def _fill(library: Library, room: str, amount: int) -> None:
    texts = pool(_REAL)
    vectors, words = await library.embedder.embed(texts), await library.embedder.words(texts)
    chance = random.Random(amount)
    async with library.house.database.write() as db:
        room_id = (await db.exec(select(Room.id).where(Room.uuid == room))).one()
        document = Document(room_id=room_id, name="많다.txt", size_bytes=1, sha256="1" * 64, status="ready")
        db.add(document)
    for start in range(0, amount, _AT_ONCE):
        rows = [
            {
                "uuid": new_uuid(),
                "document_id": document.id,
                "position": start + n,
                "text": f"{texts[(start + n) % _REAL]} {start + n}",
                "heading": "",
                "page_from": 0,
                "page_to": 0,
                "start": 0,
                "end": 0,
                "boxes": [],
                "tokens": 60,
                "embedded": library.house.indexing.mark,
            }
            for n in range(min(_AT_ONCE, amount - start))
        ]
        async with library.house.database.write() as db:
            await db.exec(insert(Chunk), params=rows)
        await library.index.put(
            [
                Entry(
                    key_of(Kind.CHUNK, row["uuid"]),
                    Kind.CHUNK,
                    room_scope(room),
                    document.uuid,
                    row["text"],
                    document.created_at,
                )
                for row in rows
            ],
            [_near(vectors[(start + n) % _REAL], chance) for n in range(len(rows))],
            [f"{words[(start + n) % _REAL]} {start + n}" for n in range(len(rows))],
        )


def _near(vector: Sequence[float], chance: random.Random) -> list[float]:
    """Another unit vector beside it, about as far as one passage of a subject lies from another."""
    moved = [number + chance.gauss(0, 0.02) for number in vector]
    length = sum(number * number for number in moved) ** 0.5
    return [number / length for number in moved]
