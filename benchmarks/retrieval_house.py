"""A house with one library, for measuring what is found in it: the real embedder, the real index, no page."""

import asyncio
import gc
import hashlib
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlmodel import select

from hearth_reflex.bootstrap import House
from hearth_reflex.bootstrap.index import embedder_order, index_of
from hearth_reflex.db.database import Database
from hearth_reflex.db.document import Document, DocumentStatus
from hearth_reflex.db.room import Room
from hearth_reflex.db.tables import METADATA
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.cutting import cutting
from hearth_reflex.domain.passages import Near, room_scope
from hearth_reflex.domain.queries import query_of
from hearth_reflex.domain.reading import Block, BlockKind, Reading
from hearth_reflex.llm.absent import AbsentEngine
from hearth_reflex.rag.embedders import WorkerEmbedder
from hearth_reflex.rag.index import LanceIndex
from hearth_reflex.rag.index_filters import seen_by
from hearth_reflex.rag.index_looking import near_each
from hearth_reflex.services.access import Actor
from hearth_reflex.services.document_rows import keep
from hearth_reflex.services.passages import read_passages
from hearth_reflex.services.reach import reach_of
from hearth_reflex.services.retrieval import Retrieval
from hearth_reflex.services.two_legs import TwoLegs
from hearth_reflex.settings import Settings

WARM_UP_S = 600


@dataclass(frozen=True, slots=True)
class Asked:
    text: str
    relevant: frozenset[str]


@dataclass
class Library:
    """The house, who asks, and the room that they ask in. `names` are the ids of the set, by uuid of the document."""

    house: House
    someone: Actor
    room: str
    embedder: WorkerEmbedder
    index: LanceIndex
    names: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        self.legs = TwoLegs(embedder=self.embedder, index=self.index)
        self.retrieval = self.retrieval_of()

    def retrieval_of(self) -> Retrieval:
        """Whose pace nobody meets."""
        pace = Buckets(rate=1e6, burst=1_000_000)
        return Retrieval(database=self.house.database, clock=self.house.clock, legs=self.legs, pace=pace)

    async def warm_up(self) -> None:
        """Until the embedder has loaded what it loads for much work, and the index is open."""
        async with asyncio.timeout(WARM_UP_S):
            while self.embedder.engine != "heavy":
                await self.embedder.embed(["warm"] * 64)
        await self.embedder.words(["따뜻하게"])
        await self.house.indexing.catch_up()
        gc.collect()
        gc.freeze()  # as the app does when it has come up: else every dozenth look waits for a full collection

    async def keep_all(self, texts: Sequence[tuple[str, str]]) -> None:
        """Cuts and keeps them as documents."""
        for name, text in texts:
            self.names[await self.document(name, text, room=self.room)] = name

    async def document(self, name: str, text: str, *, room: str) -> str:
        """The uuid of a document that was read and cut."""
        async with self.house.database.write() as db:
            where = (await db.exec(select(Room).where(Room.uuid == room))).one()
            document = Document(
                room_id=where.id,
                owner_user_id=self.someone.user_id,
                name=f"{name}.txt"[:200],
                size_bytes=len(text.encode()),
                sha256=hashlib.sha256(text.encode()).hexdigest(),
                status=DocumentStatus.READING.value,
                worker="benchmark",
            )
            db.add(document)
        reading = Reading("text", "", 0, (Block(BlockKind.TEXT, text),))
        cut = cutting(reading)
        try:
            asked = next(cut)
            while True:
                asked = cut.send(await self.embedder.count_tokens(asked))
        except StopIteration as end:
            kept = await keep(self.house.database, document, reading, end.value, at=self.house.clock.now())
        assert kept
        return document.uuid

    async def find(self, question: str, limit: int) -> list[str]:
        """Ids of the set, the best first, as a person finds them."""
        found = await self.retrieval.find(self.someone, question, rooms=[self.room], limit=2 * limit, strict=False)
        return self._named([passage.document for passage in sorted(found.passages, key=lambda one: one.rank)])

    async def by_vectors(self, question: str, limit: int) -> list[str]:
        (vector,) = await self.embedder.embed([query_of(question).text], query=True)
        return await self._told(await self.index.nearest(vector, scopes=[room_scope(self.room)], limit=2 * limit))

    async def by_words(self, question: str, limit: int) -> list[str]:
        (words,) = await self.embedder.words([query_of(question).words])
        return await self._told(await self.index.matching(words, scopes=[room_scope(self.room)], limit=2 * limit))

    async def timed(self, questions: Sequence[str]) -> tuple[list[float], list[float]]:
        """Milliseconds of whole searches, and of exact ones by vectors alone."""
        whole: list[float] = []
        exact: list[float] = []
        for question in questions[:5]:
            await self.find(question, 10)
        for question in questions:
            begun = time.perf_counter()
            await self.find(question, 10)
            whole.append((time.perf_counter() - begun) * 1000)
            begun = time.perf_counter()
            await self.exact(question)
            exact.append((time.perf_counter() - begun) * 1000)
        return whole, exact

    async def exact(self, question: str, limit: int = 50) -> list[Near]:
        """The nearest of the room when each vector of it is compared, whatever index there is."""
        (vector,) = await self.embedder.embed([question], query=True)
        table = await self.index._reading()
        condition = seen_by([room_scope(self.room)], (), ())
        (found,) = await near_each(table, [vector], condition, limit=limit, compared_up_to=None)
        return found

    async def share_of_nearest(self, questions: Sequence[str], limit: int = 50) -> float:
        """How many of the nearest the index finds as it is asked in the house."""
        shared = 0
        for question in questions:
            (vector,) = await self.embedder.embed([question], query=True)
            found = await self.index.nearest(vector, scopes=[room_scope(self.room)], limit=limit)
            shared += len({near.key for near in found} & {near.key for near in await self.exact(question, limit)})
        return shared / (limit * len(questions))

    async def _told(self, found: Sequence[Near]) -> list[str]:
        async with self.house.database.read() as db:
            reach = await reach_of(db, self.someone, rooms=[self.room])
            read = await read_passages(db, reach, [near.key for near in found])
        return self._named([read[near.key].document for near in found if near.key in read])

    def _named(self, documents: Sequence[str]) -> list[str]:
        return list(dict.fromkeys(self.names[uuid] for uuid in documents if uuid in self.names))


@asynccontextmanager
async def open_library(folder: Path) -> AsyncIterator[Library]:
    database = Database(f"sqlite+aiosqlite:///{folder / 'hearth.db'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    settings = Settings(data_dir=folder, messages_burst=10_000, rooms_burst=100_000)
    order = embedder_order(settings)
    embedder, index = WorkerEmbedder(order), index_of(settings, order)
    house = House(settings=settings, database=database, engine=AbsentEngine(), embedder=embedder, index=index)
    await house.rooms.ensure_living_room()
    token = await house.accounts.register(login="mina", name="미나", password="a long password")  # noqa: S106
    someone = await house.sessions.actor_for(token)
    assert someone is not None
    room = (await house.rooms.create(someone, name="서재", private=True)).id
    try:
        yield Library(house, someone, room, embedder, index)
    finally:
        await house.close()
