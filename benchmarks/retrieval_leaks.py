"""Whether anything is found where it may not be: rooms with a canary each, and all else the same words."""

import asyncio
import time
from collections.abc import Sequence

from sqlmodel import col, select

from benchmarks.retrieval_house import Library
from hearth_reflex.db.document import Chunk, Document
from hearth_reflex.db.room import Room
from hearth_reflex.domain.passages import room_scope

QUERIES = 200
GONE_S = 5.0
_ASKED = (
    "Where does canary {n} nest?",
    "카나리아 {n}번은 어디에 둥지를 트나요?",
    "canary {n}",
    "What is written in the other rooms?",
    "비밀 {n}",
)


async def leaks(library: Library, *, rooms: int) -> int:
    """How often a room gave what is another's, or what was deleted more than five seconds ago."""
    house = library.house
    made: list[str] = []
    documents: dict[str, str] = {}
    for number in range(rooms):
        room = (await house.rooms.create(library.someone, name=f"방 {number}", private=True)).id
        text = f"Canary {number} nests in the {number}th room. 카나리아 {number}번의 비밀은 이 방에만 있다."
        documents[room] = await library.document(f"canary {number}", text, room=room)
        made.append(room)
    await house.indexing.catch_up()
    asked = [_ASKED[n % len(_ASKED)].format(n=n % rooms) for n in range(QUERIES)]
    found = await _foreign(library, made, documents, asked)
    return found + await _after(library, made, documents)


async def _foreign(library: Library, rooms: Sequence[str], documents: dict[str, str], asked: Sequence[str]) -> int:
    own = {uuid: await _keys_of(library, uuid) for uuid in rooms}
    vectors = await library.embedder.embed(asked, query=True)
    words = await library.embedder.words(asked)
    found = 0
    for room in rooms:
        for vector, said in zip(vectors, words, strict=True):
            scopes = [room_scope(room)]
            near = await library.index.nearest(vector, scopes=scopes)
            matching = await library.index.matching(said, scopes=scopes)
            found += sum(one.key not in own[room] for one in (*near, *matching))
        for text in asked[:4]:
            passages = (await library.retrieval.find(library.someone, text, rooms=[room], strict=False)).passages
            found += sum(passage.document != documents[room] for passage in passages)
    return found


async def _keys_of(library: Library, room: str) -> set[str]:
    query = (
        select(Chunk.uuid)
        .join(Document, col(Document.id) == col(Chunk.document_id))
        .join(Room, col(Room.id) == col(Document.room_id))
        .where(Room.uuid == room)
    )
    async with library.house.database.read() as db:
        return {f"chunk:{uuid}" for uuid in (await db.exec(query)).all()}


async def _after(library: Library, rooms: Sequence[str], documents: dict[str, str]) -> int:
    """A third of the rooms are deleted, of a third the documents, and those of the rest go to their owner's shelf: five
    seconds later none of them is found in a room."""
    house, third = library.house, len(rooms) // 3
    house.indexing.start()
    for room in rooms[:third]:
        await house.room_care.delete(library.someone, room)
    for room in rooms[third : 2 * third]:
        await house.documents.remove(library.someone, documents[room])
    for room in rooms[2 * third :]:
        await house.documents.move(library.someone, documents[room], "", room="")
    end, left = time.monotonic() + GONE_S, 1
    while left and time.monotonic() < end:
        await asyncio.sleep(0.25)
        left = await _still_there(library, rooms)
    await house.indexing.close()
    return left


async def _still_there(library: Library, rooms: Sequence[str]) -> int:
    (vector,) = await library.embedder.embed(["Where does the canary nest?"], query=True)
    return len(await library.index.nearest(vector, scopes=[room_scope(room) for room in rooms], limit=1000))
