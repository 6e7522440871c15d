"""An index that is lost, or changed for another: what is known of the pieces that stood in it."""

from collections.abc import Sequence

from sqlmodel import col, select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.document import Chunk, Document, DocumentStatus
from hearth_reflex.db.room import Room
from hearth_reflex.services.index_steps import IndexSteps
from hearth_reflex.services.passages import fresh_chunks
from hearth_reflex.services.reach import reach_of
from tests.embedders import BagEmbedder, MemoryIndex
from tests.factories import seated


class LateEmbedder(BagEmbedder):
    """Another model answers its questions, so that only passages tell how many numbers its vectors have."""

    def __init__(self) -> None:
        super().__init__(model="late")
        self.known, self.dimension = self.dimension, 0

    async def embed(self, texts: Sequence[str], *, query: bool = False) -> list[list[float]]:
        if not query:
            self.dimension = self.known
        return await super().embed(texts, query=query)


class Store(MemoryIndex):
    """Beside it, perhaps, the tables of other models."""

    def __init__(self, *others: str) -> None:
        super().__init__()
        self.beside = [(model, "", 1) for model in others]
        self.dimension = -1

    async def open(self, dimension: int) -> str:
        self.dimension = dimension
        return await super().open(dimension)

    async def others(self) -> list[tuple[str, str, int]]:
        return self.beside


async def pieces_of(house: House, room: str, *texts: str) -> None:
    async with house.database.write() as db:
        room_id = (await db.exec(select(Room.id).where(Room.uuid == room))).one()
        document = Document(
            room_id=room_id, name="책.pdf", size_bytes=1, sha256="0" * 64, status=DocumentStatus.READY.value
        )
        db.add(document)
        await db.flush()
        for position, text in enumerate(texts):
            db.add(Chunk(document_id=document.id or 0, position=position, text=text))


async def all_in(steps: IndexSteps) -> None:
    await steps.open()
    while await steps.step():
        pass


async def marks(house: House) -> set[str]:
    async with house.database.read() as db:
        return set((await db.exec(select(col(Chunk.embedded)).distinct())).all())


async def test_pieces_of_a_lost_index_are_found_by_what_they_say(house: House) -> None:
    room, (narae,) = await seated(house, "나래")
    await pieces_of(house, room, "하나", "둘")
    index = Store()
    steps = IndexSteps(database=house.database, embedder=BagEmbedder(), index=index)

    async def fresh() -> int:
        async with house.database.read() as db:
            return len(await fresh_chunks(db, await reach_of(db, narae, rooms=[room]), most=10))

    await all_in(steps)
    assert await fresh() == 0
    await steps.make_anew()
    assert await fresh() == 2
    await all_in(steps)
    assert await fresh() == 0
    index.made += 1  # the folder was deleted while the house was closed
    again = IndexSteps(database=house.database, embedder=BagEmbedder(), index=index)
    await again.open()
    assert await fresh() == 2
    await all_in(again)
    assert await marks(house) == {again.mark}


async def test_what_another_models_table_still_finds_is_not_forgotten(house: House) -> None:
    room, _ = await seated(house, "나래")
    await pieces_of(house, room, "하나", "둘")
    first = IndexSteps(database=house.database, embedder=BagEmbedder(), index=Store())
    await all_in(first)
    changed = IndexSteps(database=house.database, embedder=BagEmbedder(model="next"), index=Store("bag-of-words"))
    await changed.open()
    assert await marks(house) == {first.mark}
    alone = IndexSteps(database=house.database, embedder=BagEmbedder(model="next"), index=Store())
    await alone.open()
    assert await marks(house) == {""}


async def test_the_new_model_itself_tells_its_dimension(house: House) -> None:
    embedder, index = LateEmbedder(), Store("bag-of-words")
    await IndexSteps(database=house.database, embedder=embedder, index=index).open()
    assert index.dimension == embedder.known
