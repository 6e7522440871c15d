"""The index of meanings follows the database: what comes in, what changes, what goes, what is lost and made again."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from sqlmodel import select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.document import Chunk, Document, DocumentStatus, Removal
from hearth_reflex.db.room import Room
from hearth_reflex.db.search import SearchEntry
from hearth_reflex.domain.passages import Kind, room_scope, user_scope
from hearth_reflex.errors import EmbedderError
from hearth_reflex.rag.absent import AbsentEmbedder
from hearth_reflex.services.access import Actor
from hearth_reflex.services.index_health import bring_in_again, compare
from hearth_reflex.services.indexing import Indexing
from hearth_reflex.services.search import Asked
from tests.embedders import BagEmbedder, MemoryIndex
from tests.factories import account, guest, living_room, say, seated


class FreeLock:
    """Nobody else wants it."""

    def take(self) -> bool:
        return True

    def release(self) -> None:
        """It was never held."""


class Held:
    """The parts of indexing, in a test's own hands."""

    def __init__(self, house: House) -> None:
        self.embedder, self.index = BagEmbedder(), MemoryIndex()
        self.told: list[tuple[int, int, int]] = []
        self.indexing = self.another(house)

    def another(self, house: House) -> Indexing:
        return Indexing(
            database=house.database,
            embedder=self.embedder,
            index=self.index,
            lock=FreeLock(),
            on_embedded=self._note,
        )

    async def _note(self, document_id: int, done: int, total: int) -> None:
        self.told.append((document_id, done, total))

    def texts(self, scope: str = "") -> list[str]:
        return sorted(entry.text for entry, _, _ in self.index.rows.values() if scope in ("", entry.scope))


@pytest.fixture
async def held(house: House) -> AsyncIterator[Held]:
    held = Held(house)
    yield held
    await held.indexing.close()


async def with_document(house: House, *texts: str, room: str = "", owner: Actor | None = None) -> str:
    """The uuid of a document with these pieces, as one that was just cut."""
    async with house.database.write() as db:
        room_id = (await db.exec(select(Room.id).where(Room.uuid == room))).one() if room else None
        document = Document(
            room_id=room_id,
            owner_user_id=owner.user_id if owner else None,
            name="책.pdf",
            size_bytes=1,
            sha256="0" * 64,
            status=DocumentStatus.EMBEDDING.value,
        )
        db.add(document)
        await db.flush()
        for position, text in enumerate(texts):
            db.add(Chunk(document_id=document.id or 0, position=position, text=text, heading="머리말"))
    return document.uuid


async def until(holds: Any) -> None:
    async with asyncio.timeout(10):
        while not await holds():  # noqa: ASYNC110 - another task works on it
            await asyncio.sleep(0.01)


async def test_what_is_said_comes_in_with_its_room(house: House, held: Held) -> None:
    room, (narae, _) = await seated(house, "나래", "도윤")
    row = await say(house, narae, room, "저녁은 김치찌개")
    await held.indexing.catch_up()
    (entry, vector, words) = held.index.rows[f"message:{row['id']}"]
    assert (entry.kind, entry.scope, entry.parent) == (Kind.MESSAGE, room_scope(room), room)
    assert vector
    assert words == "저녁은 김치찌개"
    async with house.database.read() as db:
        marks = set((await db.exec(select(SearchEntry.embedded))).all())
    assert marks == {held.indexing.mark}


async def test_nothing_is_embedded_twice(house: House, held: Held) -> None:
    room, (narae,) = await seated(house, "나래")
    await say(house, narae, room, "하나")
    await held.indexing.catch_up()
    await held.indexing.catch_up()
    await held.another(house).catch_up()
    assert held.embedder.embedded.count("하나") == 1


async def test_an_edit_is_embedded_anew(house: House, held: Held) -> None:
    room, (narae,) = await seated(house, "나래")
    row = await say(house, narae, room, "before")
    await held.indexing.catch_up()
    await house.edits.edit(narae, room, row["id"], text="after")
    await held.indexing.catch_up()
    assert "before" not in held.texts()
    assert "after" in held.texts()


async def test_what_is_taken_back_leaves(house: House, held: Held) -> None:
    room, (narae,) = await seated(house, "나래")
    row = await say(house, narae, room, "a secret")
    await held.indexing.catch_up()
    await house.edits.delete(narae, room, row["id"])
    await held.indexing.catch_up()
    assert held.texts() == []
    async with house.database.read() as db:
        assert (await db.exec(select(Removal))).all() == []


async def test_what_is_taken_back_while_it_is_embedded_never_comes_in(house: House, held: Held) -> None:
    room, (narae,) = await seated(house, "나래")
    row = await say(house, narae, room, "a secret")
    embed = held.embedder.embed

    async def slow(texts: list[str], *, query: bool = False) -> list[list[float]]:
        if "a secret" in texts:
            await house.edits.delete(narae, room, row["id"])
            await held.indexing._steps.apply_removals()  # pyright: ignore[reportPrivateUsage] - as its own task would
        return await embed(texts, query=query)

    held.embedder.embed = slow  # pyright: ignore[reportAttributeAccessIssue]
    await held.indexing.catch_up()
    assert held.texts() == []


async def test_what_is_reworded_while_it_is_embedded_comes_in_as_it_is_now(house: House, held: Held) -> None:
    room, (narae,) = await seated(house, "나래")
    row = await say(house, narae, room, "before")
    embed = held.embedder.embed

    async def slow(texts: list[str], *, query: bool = False) -> list[list[float]]:
        if "before" in texts:
            await house.edits.edit(narae, room, row["id"], text="after")
        return await embed(texts, query=query)

    held.embedder.embed = slow  # pyright: ignore[reportAttributeAccessIssue]
    await held.indexing.catch_up()
    assert held.texts() == ["after"]


async def test_all_words_of_an_account_leave_with_it(house: House, held: Held) -> None:
    narae = await account(house, "나래", login="narae")
    room = await living_room(house, narae)
    await house.rooms.sit_down(narae, room)
    await say(house, narae, room, "mine")
    await held.indexing.catch_up()
    await house.credentials.leave_for_good(narae, password="a long password", erase=True)
    await held.indexing.catch_up()
    assert held.texts() == []


async def test_a_deleted_room_leaves_and_comes_back(house: House, held: Held) -> None:
    narae = await account(house, "나래", login="narae")
    room = (await house.rooms.create(narae, name="부엌", private=True)).id
    await say(house, narae, room, "국물")
    await with_document(house, "레시피", room=room)
    await held.indexing.catch_up()
    assert held.texts(room_scope(room)) == ["국물", "머리말\n레시피"]
    await house.room_care.delete(narae, room)
    await held.indexing.catch_up()
    assert held.texts(room_scope(room)) == []
    await house.room_care.restore(narae, room)
    await held.indexing.catch_up()
    assert held.texts(room_scope(room)) == ["국물", "머리말\n레시피"]


async def test_a_document_tells_how_far_it_is(house: House, held: Held) -> None:
    room, _ = await seated(house, "나래")
    uuid = await with_document(house, *(f"글 {number}" for number in range(70)), room=room)
    await held.indexing.catch_up()
    async with house.database.read() as db:
        number = (await db.exec(select(Document.id).where(Document.uuid == uuid))).one()
    assert [told[0] for told in held.told] == [number] * len(held.told)
    done = [told[1] for told in held.told]
    assert done == sorted(done)
    assert held.told[-1][1:] == (70, 70)
    entry = next(entry for entry, _, _ in held.index.rows.values())
    assert (entry.scope, entry.parent) == (room_scope(room), uuid)


async def test_many_are_found_by_words_before_their_meaning_is_known(house: House, held: Held) -> None:
    room, _ = await seated(house, "나래")
    await with_document(house, *(f"글 {number}" for number in range(70)), room=room)
    held.embedder.fails_on = "글"
    with pytest.raises(EmbedderError):
        await held.indexing.catch_up()
    found = await held.index.matching("69", scopes=[room_scope(room)])
    assert len(found) == 1


async def test_what_is_of_a_length_is_embedded_together_and_nobody_waits_for_ever(house: House, held: Held) -> None:
    room, _ = await seated(house, "미나")
    texts = [f"{n} " + ("long " * 200 if n % 2 else "short") for n in range(150)]
    await with_document(house, *texts, room=room)
    batches: list[list[str]] = []
    embed = held.embedder.embed

    async def noted(some: Sequence[str], *, query: bool = False) -> list[list[float]]:
        batches.append([text.partition("\n")[2] for text in some])  # without the heading
        return await embed(some, query=query)

    held.embedder.embed = noted  # pyright: ignore[reportAttributeAccessIssue] - the double's own
    await held.indexing.catch_up()
    assert sorted(text for batch in batches for text in batch) == sorted(texts)
    assert texts[0] in batches[0]
    assert sum(len({text.endswith("short") for text in batch}) == 1 for batch in batches) >= len(batches) - 2
    waiting = list(texts)
    for batch in batches:
        assert waiting[0] in batch, "whose turn it is"
        waiting = [text for text in waiting if text not in batch]


async def test_a_shelf_is_its_owners(house: House, held: Held) -> None:
    narae = await guest(house, "나래")
    await with_document(house, "나만의 글", owner=narae)
    await held.indexing.catch_up()
    assert held.texts(user_scope(narae.uuid)) == ["머리말\n나만의 글"]


async def test_one_text_that_cannot_be_embedded_keeps_nobody_else_back(house: House, held: Held) -> None:
    room, (narae,) = await seated(house, "나래")
    held.embedder.fails_on = "poison"
    rows = [await say(house, narae, room, text) for text in ("good", "poison", "better")]
    held.indexing.start()

    async def all_known() -> bool:
        return len(held.index.rows) == len(rows)

    await until(all_known)
    vectors = {entry.text: vector for entry, vector, _ in held.index.rows.values()}
    assert vectors["good"]
    assert vectors["better"]
    assert vectors["poison"] == []


async def test_a_lost_index_is_made_again_of_the_database(house: House, held: Held) -> None:
    room, (narae,) = await seated(house, "나래")
    await say(house, narae, room, "still here")
    await held.indexing.catch_up()
    held.index.lost = True
    await held.indexing._see_to_it()  # pyright: ignore[reportPrivateUsage] - its own task asks every ten seconds
    assert held.texts() == []
    await held.indexing.catch_up()
    assert held.texts() == ["still here"]


async def test_another_model_embeds_everything_anew(house: House, held: Held) -> None:
    room, (narae,) = await seated(house, "나래")
    await say(house, narae, room, "again")
    await held.indexing.catch_up()
    held.embedder = BagEmbedder(model="another")
    await held.another(house).catch_up()
    assert held.embedder.embedded == ["again"]


async def test_it_works_by_itself_and_is_kicked(house: House, held: Held) -> None:
    room, (narae,) = await seated(house, "나래")
    held.indexing.start()
    row = await say(house, narae, room, "by itself")
    held.indexing.kick()

    async def known() -> bool:
        return f"message:{row['id']}" in held.index.rows

    await until(known)
    await house.edits.delete(narae, room, row["id"])

    async def gone() -> bool:
        return not await known()

    await until(gone)


async def test_documents_that_nobody_told_of_are_told(house: House, held: Held) -> None:
    """Whoever embedded them ended between the index and the word of it."""
    room, _ = await seated(house, "나래")
    await with_document(house, "글", room=room)
    await held.indexing.catch_up()
    held.told.clear()
    held.indexing.start()

    async def told() -> bool:
        return [numbers[1:] for numbers in held.told[:1]] == [(1, 1)]

    await until(told)


async def test_without_an_embedder_documents_are_ready_with_their_words(house: House, held: Held) -> None:
    room, _ = await seated(house, "나래")
    await with_document(house, "글", room=room)
    held.embedder = AbsentEmbedder()  # pyright: ignore[reportAttributeAccessIssue]
    indexing = held.another(house)
    indexing.start()

    async def told() -> bool:
        return [numbers[1:] for numbers in held.told[:1]] == [(1, 1)]

    await until(told)
    await indexing.close()
    assert held.index.rows == {}


async def test_the_status_says_what_waits(house: House, held: Held) -> None:
    room, (narae,) = await seated(house, "나래")
    assert not (await held.indexing.status()).writes
    await held.indexing.catch_up()
    await say(house, narae, room, "waits")
    status = await held.indexing.status()
    assert status.writes
    assert status.waiting[Kind.MESSAGE] == 1


async def test_marking_does_not_touch_full_text(house: House, held: Held) -> None:
    room, (narae,) = await seated(house, "나래")
    await say(house, narae, room, "저녁밥 한 그릇")
    await held.indexing.catch_up()
    found = await house.search.find(narae, Asked("저녁밥"))
    assert len(found.messages) == 1
    async with house.database.read() as db:
        ((terms, mark),) = (await db.exec(select(SearchEntry.terms, SearchEntry.embedded))).all()
    assert terms
    assert mark == held.indexing.mark


async def test_what_index_and_database_say_otherwise_is_found(house: House, held: Held) -> None:
    room, (narae,) = await seated(house, "나래")
    rows = [await say(house, narae, room, text) for text in ("here", "lost")]
    await held.indexing.catch_up()
    keys = {f"message:{rows[0]['id']}", "message:00000000-0000-0000-0000-000000000000"}
    health = await compare(house.database, keys, model=held.embedder.model)
    assert [row.entry.text for row in health.missing if row.entry] == ["lost"]
    assert health.orphans == ["message:00000000-0000-0000-0000-000000000000"]
    await bring_in_again(house.database, health.missing)
    held.embedder.embedded.clear()
    await held.indexing.catch_up()
    assert held.embedder.embedded == ["lost"]
    assert (await compare(house.database, set(held.index.rows), model=held.embedder.model)).is_good
