"""The index on disk: what is found, what never is, what is replaced and removed, and a folder that is lost."""

import asyncio
import hashlib
import random
import shutil
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import lancedb
import pytest
from structlog.testing import capture_logs

from hearth_reflex.domain.passages import Entry, Kind, key_of, room_scope, user_scope
from hearth_reflex.errors import EmbedderError
from hearth_reflex.rag.index import LanceIndex
from hearth_reflex.rag.index_filters import removed, seen_by
from tests.embedders import DIMENSION, BagEmbedder

AT = datetime(2026, 1, 1, tzinfo=UTC)
BAG = BagEmbedder()


def uuid(number: int) -> str:
    return str(UUID(int=number))


def entry(number: int, text: str, *, room: int = 1, kind: Kind = Kind.CHUNK, parent: int = 0) -> Entry:
    return Entry(key_of(kind, uuid(number)), kind, room_scope(uuid(room)), uuid(parent or 1000 + room), text, AT)


async def put(index: LanceIndex, *entries: Entry, vectors: bool = True) -> None:
    texts = [one.text for one in entries]
    made = await BAG.embed(texts) if vectors else [[] for _ in texts]
    await index.put(entries, made, await BAG.words(texts))


async def near(index: LanceIndex, text: str, *rooms: int, kinds: Sequence[Kind] = (), limit: int = 50) -> list[str]:
    (vector,) = await BAG.embed([text], query=True)
    found = await index.nearest(vector, scopes=[room_scope(uuid(room)) for room in rooms], kinds=kinds, limit=limit)
    return [one.key for one in found]


async def match(index: LanceIndex, words: str, *rooms: int) -> list[str]:
    return [one.key for one in await index.matching(words, scopes=[room_scope(uuid(room)) for room in rooms])]


def keys(*numbers: int, kind: Kind = Kind.CHUNK) -> list[str]:
    return [key_of(kind, uuid(number)) for number in numbers]


@pytest.fixture
async def index(tmp_path: Path) -> AsyncIterator[LanceIndex]:
    index = LanceIndex(tmp_path / "index", model="bag")
    await index.open(DIMENSION)
    yield index
    await index.close()


async def test_the_nearest_comes_first_with_its_cosine(index: LanceIndex) -> None:
    await put(index, entry(1, "apple pie"), entry(2, "plum cake"), entry(3, "apple cake"))
    (vector,) = await BAG.embed(["apple pie"], query=True)
    first, *_ = await index.nearest(vector, scopes=[room_scope(uuid(1))])
    assert first.key == keys(1)[0]
    assert first.score == pytest.approx(1.0, abs=1e-5)


async def test_words_find_what_holds_them(index: LanceIndex) -> None:
    await put(index, entry(1, "김치 찌개"), entry(2, "김치 만두"), entry(3, "사과"))
    assert set(await match(index, "김치", 1)) == set(keys(1, 2))
    assert (await match(index, "김치 만두", 1))[0] == keys(2)[0]
    assert await match(index, "배추", 1) == []


@pytest.mark.parametrize("words", ["O'Brien' OR 1=1", '"', "a AND (b", "*", "김치~2", "\u0000x", "-김치", "id:chunk"])
async def test_any_words_may_be_asked(index: LanceIndex, words: str) -> None:
    await put(index, entry(1, "김치 찌개"))
    assert set(await match(index, words, 1)) <= set(keys(1))


async def test_an_empty_index_finds_nothing(index: LanceIndex) -> None:
    assert await near(index, "anything", 1) == []
    assert await match(index, "anything", 1) == []


async def test_no_scope_finds_nothing(index: LanceIndex) -> None:
    await put(index, entry(1, "apple"))
    assert await near(index, "apple") == []
    assert await match(index, "apple") == []


async def test_nothing_leaks_from_one_room_into_another(index: LanceIndex) -> None:
    """Each room has a canary and says otherwise the same as all others."""
    rooms = range(1, 13)
    await put(
        index, *(entry(room * 10 + n, f"canary{room} same words {n}", room=room) for room in rooms for n in range(5))
    )
    await index.tidy()
    for room in rooms:
        for asked in (f"canary{room % 12 + 1} same words", "same words"):
            own = set(keys(*(room * 10 + n for n in range(5))))
            assert set(await near(index, asked, room)) <= own
            assert set(await match(index, asked, room)) <= own


async def test_a_shelf_is_no_room(index: LanceIndex) -> None:
    (vector,) = await BAG.embed(["mine"])
    mine = Entry(keys(1)[0], Kind.CHUNK, user_scope(uuid(1)), uuid(5), "mine", AT)
    await index.put([mine], [vector], ["mine"])
    assert await near(index, "mine", 1) == []
    assert len(await index.nearest(vector, scopes=[user_scope(uuid(1))])) == 1


async def test_kinds_and_parents_narrow_it(index: LanceIndex) -> None:
    await put(index, entry(1, "apple"), entry(2, "apple", kind=Kind.MESSAGE), entry(3, "apple", parent=77))
    assert await near(index, "apple", 1, kinds=[Kind.MESSAGE]) == keys(2, kind=Kind.MESSAGE)
    (vector,) = await BAG.embed(["apple"])
    of_one = await index.nearest(vector, scopes=[room_scope(uuid(1))], parents=[uuid(77)])
    assert [one.key for one in of_one] == keys(3)


async def test_an_entry_put_twice_is_one(index: LanceIndex) -> None:
    await put(index, entry(1, "before"))
    await put(index, entry(1, "after"), entry(2, "other"))
    assert await index.count() == 2
    assert await match(index, "before", 1) == []
    assert await match(index, "after", 1) == keys(1)


async def test_an_entry_without_a_vector_is_found_by_its_words(index: LanceIndex) -> None:
    await put(index, entry(1, "soon"), vectors=False)
    assert await match(index, "soon", 1) == keys(1)
    assert await near(index, "soon", 1) == []
    await put(index, entry(1, "soon"))
    assert await near(index, "soon", 1) == keys(1)
    assert await index.count() == 1


async def test_entries_parents_and_scopes_are_removed(index: LanceIndex) -> None:
    await put(index, *(entry(n, "apple") for n in (1, 2)), entry(3, "apple", parent=77), entry(4, "apple", room=2))
    await index.remove(
        [keys(1)[0], f"parent:{uuid(77)}", f"scope:{room_scope(uuid(2))}", "nonsense", "parent:' OR 1=1"]
    )
    assert await index.keys() == set(keys(2))
    assert await near(index, "apple", 1, 2) == keys(2)


async def test_tidying_loses_nothing(index: LanceIndex) -> None:
    for number in range(20):
        await put(index, entry(number + 1, f"word{number}"))
    await index.tidy()
    assert await index.count() == 20
    assert await match(index, "word7", 1) == keys(8)
    assert await near(index, "word7", 1, limit=1) == keys(8)


async def test_what_one_process_writes_another_finds(index: LanceIndex, tmp_path: Path) -> None:
    other = LanceIndex(tmp_path / "index", model="bag")
    assert await match(other, "apple", 1) == []
    await put(index, entry(1, "apple"))
    fresh = LanceIndex(tmp_path / "index", model="bag")
    assert await match(fresh, "apple", 1) == keys(1)
    assert await near(fresh, "apple", 1) == keys(1)
    await other.close()
    await fresh.close()


async def test_a_table_that_is_there_keeps_its_mark(index: LanceIndex, tmp_path: Path) -> None:
    mark = await index.open(DIMENSION)
    again = LanceIndex(tmp_path / "index", model="bag")
    assert await again.open(DIMENSION) == mark
    another = LanceIndex(tmp_path / "index", model="other")
    assert await another.open(DIMENSION) != mark
    await again.close()
    await another.close()


async def test_a_lost_folder_is_noticed_and_made_anew(index: LanceIndex, tmp_path: Path) -> None:
    mark = await index.open(DIMENSION)
    await put(index, entry(1, "apple"))
    assert await index.sound()
    shutil.rmtree(tmp_path / "index")
    assert not await index.sound()
    assert await index.rebuild(DIMENSION) != mark
    await put(index, entry(1, "apple"))
    assert await match(index, "apple", 1) == keys(1)


async def test_a_folder_of_rubbish_is_made_anew(index: LanceIndex, tmp_path: Path) -> None:
    await put(index, entry(1, "apple"))
    mark = await index.open(DIMENSION)
    await index.close()
    for file in (tmp_path / "index").rglob("*"):
        if file.is_file():
            file.write_bytes(b"rubbish")
    again = LanceIndex(tmp_path / "index", model="bag")
    assert await again.open(DIMENSION) != mark
    assert await match(again, "apple", 1) == []
    await put(again, entry(1, "apple"))
    assert await match(again, "apple", 1) == keys(1)
    await again.close()


async def test_a_vector_of_another_length_is_refused(index: LanceIndex) -> None:
    with pytest.raises(EmbedderError):
        await index.put([entry(1, "apple")], [[1.0, 0.0]], ["apple"])
    with pytest.raises(EmbedderError):
        await index.nearest([1.0, 0.0], scopes=[room_scope(uuid(1))])


async def test_tables_of_other_models_are_kept_true_and_then_dropped(index: LanceIndex, tmp_path: Path) -> None:
    await put(index, entry(1, "apple"), entry(2, "plum"))
    new = LanceIndex(tmp_path / "index", model="new")
    await new.open(DIMENSION)
    await new.remove(keys(1))
    assert await index.keys() == set(keys(2))
    await new.drop_others()
    late = LanceIndex(tmp_path / "index", model="bag")
    assert await match(late, "plum", 1) == []
    for one in (new, late):
        await one.close()


async def test_a_broken_table_of_another_model_keeps_nothing_here(index: LanceIndex, tmp_path: Path) -> None:
    await put(index, entry(1, "apple"), entry(2, "plum"))
    for model in ("old", "older", "oldest"):  # their names say nothing of who comes first
        old = LanceIndex(tmp_path / "index", model=model)
        await old.open(DIMENSION)
        await old.close()
    ruin(tmp_path / "index", spare=digest("bag"))
    with capture_logs() as logs:
        await index.remove(keys(1))
    assert await index.keys() == set(keys(2))
    assert [line["event"] for line in logs] == ["index.other_not_cleaned"] * 3
    assert await index.sound()


async def test_what_cannot_be_removed_from_the_table_in_use_is_said(index: LanceIndex, tmp_path: Path) -> None:
    await put(index, entry(1, "apple"))
    old = LanceIndex(tmp_path / "index", model="old")
    await old.open(DIMENSION)
    await put(old, entry(1, "apple"))
    ruin(tmp_path / "index", spare=digest("old"))
    with pytest.raises(EmbedderError):
        await index.remove(keys(1))
    with pytest.raises(EmbedderError):  # nor where nobody has opened it yet
        await LanceIndex(tmp_path / "index", model="bag").remove(keys(1))
    assert await LanceIndex(tmp_path / "index", model="old").keys() == set(), "the others are cleaned all the same"
    await old.close()


def ruin(folder: Path, *, spare: str) -> None:
    """Nothing in the tables of this index can be read any more, but in the one whose name ends like that."""
    for table in folder.glob("*.lance"):
        for file in table.rglob("*") if not table.stem.endswith(spare) else ():
            if file.is_file():
                file.write_bytes(b"rubbish")


def digest(model: str) -> str:
    """How the name of its table ends."""
    return hashlib.sha256(model.encode()).hexdigest()[:12]


@pytest.mark.parametrize("scope", ["room:x", "room:' OR 1=1 --", "", f"room:{uuid(1)} ", f"ROOM:{uuid(1)}"])
def test_only_scopes_come_into_a_condition(scope: str) -> None:
    with pytest.raises(ValueError, match="scope"):
        seen_by([scope], [], [])


def test_only_uuids_come_into_a_condition() -> None:
    with pytest.raises(ValueError, match="uuid"):
        seen_by([room_scope(uuid(1))], [], ["O'Brien' OR 1=1"])
    assert removed(["chunk:' OR 1=1", "scope:everything", "parent:all", "x"]) == []


async def test_many_vectors_have_an_index_of_their_own(tmp_path: Path) -> None:
    """It finds what comparing all of them finds, in the rooms where it may, also of what came after it was made."""
    draw, width, many = random.Random(6), 32, 1500
    vectors = [[draw.gauss(0, 1) for _ in range(width)] for _ in range(many)]
    entries = [
        entry(number, "", room=1 if number % 5 else 2, kind=Kind.CHUNK if number % 2 else Kind.MESSAGE)
        for number in range(1, many + 1)
    ]
    exact = LanceIndex(tmp_path / "exact", model="small")
    indexed, reader = (LanceIndex(tmp_path / "indexed", model="small", exact_up_to=300) for _ in range(2))
    for index in (exact, indexed):
        await index.open(width)
        await index.put(entries[:-100], vectors[:-100], [""] * (many - 100))
    assert await reader.count() == many - 100  # it opened the table before there was an index
    for index in (exact, indexed):
        await index.tidy()
        await index.put(entries[-100:], vectors[-100:], [""] * 100)
    assert [await has_vector_index(tmp_path / name) for name in ("exact", "indexed")] == [False, True]
    again = LanceIndex(tmp_path / "indexed", model="small", exact_up_to=300)
    hits: list[int] = []
    for rooms, kinds in (((1, 2), ()), ((1,), ()), ((2,), ()), ((1,), (Kind.MESSAGE,)), ((3,), ())):
        scopes = [room_scope(uuid(room)) for room in rooms]
        allowed = {one.key for one in entries if one.scope in scopes and (not kinds or one.kind in kinds)}
        for asked in (vectors[7], vectors[-3], *([draw.gauss(0, 1) for _ in range(width)] for _ in range(3))):
            best, *others = [
                [one.key for one in await index.nearest(asked, scopes=scopes, kinds=kinds, limit=10)]
                for index in (exact, indexed, again)
            ]
            assert len(best) == (10 if allowed else 0)
            assert all(len(found) == len(best) and allowed >= set(found) for found in others)
            hits += [len(set(best) & set(found)) for found in others if best]
    assert sum(hits) / len(hits) > 8, "unrefined it is about half"
    vector = vectors[7]
    async with asyncio.timeout(5):
        while await reader.count() < many:  # noqa: ASYNC110 - a reader looks anew each second
            await asyncio.sleep(0.1)
    scopes = [room_scope(uuid(1)), room_scope(uuid(2))]
    assert [one.key for one in await reader.nearest(vector, scopes=scopes)] == [
        one.key for one in await exact.nearest(vector, scopes=scopes)
    ]
    for index in (exact, indexed):
        pair = [await index.nearest(asked, scopes=scopes) for asked in vectors[3:5]]
        assert await index.nearest_each(vectors[3:5], scopes=scopes) == pair
        assert await index.nearest_each(vectors[3:5], scopes=[]) == [[], []]
    for index in (exact, indexed, reader, again):
        await index.close()


async def has_vector_index(folder: Path) -> bool:
    connection = await lancedb.connect_async(folder)
    table = await connection.open_table((await connection.list_tables()).tables[0])
    return any("vector" in found.columns for found in await table.list_indices())
