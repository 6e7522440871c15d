"""The half of the search box that knows meaning: what it adds to what has the words, and what holds for both alike."""

import asyncio
import math
import zlib
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from hearth_reflex.bootstrap import House
from hearth_reflex.db.database import Database
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.errors import EmbedderError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.search import Asked, Found, Kind, Search
from hearth_reflex.services.search_meaning import Meaning
from hearth_reflex.services.two_legs import TwoLegs
from hearth_reflex.settings import Settings
from tests.clocks import HandClock
from tests.embedders import BagEmbedder, MemoryIndex
from tests.engines import ScriptedEngine
from tests.factories import guest, say, seated
from tests.knowledge import brought_in, known_document

SAID = "여벌 열쇠 화분"
ASKED = "spare key"
NUMBERS = 2000
SMALL_TALK = [f"{word} 이야기" for word in "감배귤밤콩팥쌀무파깨김꿀잣엿"]


class Glossary(BagEmbedder):
    """Knows that a few words of two languages mean the same, and may be slow or silent."""

    def __init__(self) -> None:
        super().__init__()
        self.dimension = NUMBERS
        self.ready = asyncio.Event()
        self.ready.set()
        self.silent = False
        self.asked: list[str] = []

    async def embed(self, texts: Sequence[str], *, query: bool = False) -> list[list[float]]:
        self.asked += texts if query else []
        await self.ready.wait()
        if self.silent:
            raise EmbedderError
        same = [text.replace("여벌", "spare").replace("열쇠", "key") for text in texts]
        return [_counted(text.lower().split()) for text in same]


def _counted(words: Sequence[str]) -> list[float]:
    """A number for each of many words, so that hardly two share one."""
    numbers = [0.0] * NUMBERS
    for word in words:
        numbers[zlib.crc32(word.encode()) % NUMBERS] += 1.0
    return [number / math.hypot(*numbers) for number in numbers]


@pytest.fixture
def glossary() -> Glossary:
    return Glossary()


@pytest.fixture
async def house(
    settings: Settings, database: Database, engine: ScriptedEngine, clock: HandClock, glossary: Glossary
) -> AsyncIterator[House]:
    house = House(
        settings=settings, database=database, engine=engine, clock=clock, embedder=glossary, index=MemoryIndex()
    )
    await house.rooms.ensure_living_room()
    take_time(house, seconds=20)
    yield house
    await house.replies.close()
    await house.care.end()
    house.passwords.close()


def take_time(house: House, *, seconds: float) -> None:
    """The embedder may take so long, however busy this machine is."""
    assert house.embedder is not None
    assert house.index is not None
    legs = TwoLegs(embedder=house.embedder, index=house.index)
    meaning = Meaning(database=house.database, legs=legs, patience=seconds, whole=60)
    house.search = Search(
        database=house.database, clock=house.clock, pace=Buckets(rate=1e6, burst=1e6), meaning=meaning
    )


@pytest.fixture
async def talk(house: House) -> tuple[str, Actor]:
    """A room with some talk that is all in the index, and who sits there."""
    room, (mina,) = await seated(house, "미나")
    for text in (SAID, *SMALL_TALK):
        await say(house, mina, room, text)
    await brought_in(house)
    return room, mina


async def find(house: House, actor: Actor, text: str = ASKED, **asked: object) -> Found:
    return await house.search.find(actor, Asked(text, **asked))  # pyright: ignore[reportArgumentType]


def texts(found: Found) -> list[tuple[str, bool]]:
    return [("".join(piece.text for piece in hit.excerpt), hit.by_meaning) for hit in found.messages]


async def test_a_message_in_the_other_language_is_found_and_marked(house: House, talk: tuple[str, Actor]) -> None:
    _, mina = talk
    assert texts(await find(house, mina)) == [(SAID, True)]
    assert texts(await find(house, mina, kind=Kind.MESSAGES)) == [(SAID, True)]
    assert (await find(house, mina, kind=Kind.PEOPLE)).messages == []


async def test_a_question_is_embedded_once_for_talk_and_documents(
    house: House, talk: tuple[str, Actor], glossary: Glossary
) -> None:
    room, mina = talk
    await known_document(house, [SAID], room=room, name="집.txt")
    await brought_in(house)
    await find(house, mina, "another thing")  # the first one comes with what the languages are told apart by
    glossary.asked.clear()
    found = await find(house, mina)
    assert (len(found.messages), len(found.documents)) == (1, 1)
    assert glossary.asked == [ASKED]


async def test_what_has_the_words_comes_first_and_is_not_doubled(house: House, talk: tuple[str, Actor]) -> None:
    room, mina = talk
    await say(house, mina, room, "the spare key is gone")
    await brought_in(house)
    assert texts(await find(house, mina)) == [("the spare key is gone", False), (SAID, True)]


async def test_pages_go_on_behind_the_words(house: House, talk: tuple[str, Actor]) -> None:
    room, mina = talk
    for number in range(5):
        await say(house, mina, room, f"spare key {number}")
    await brought_in(house)
    shown: list[str] = []
    found = await find(house, mina, limit=2)
    while True:
        assert len(found.messages) <= 2
        shown += [text for text, _ in texts(found)]
        if not found.next:
            break
        found = await find(house, mina, limit=2, cursor=found.next)
    assert len(shown) == len(set(shown))
    assert {f"spare key {number}" for number in range(5)} <= set(shown)


async def test_filters_hold(house: House, talk: tuple[str, Actor], clock: HandClock) -> None:
    room, mina = talk
    jun = await guest(house, "준")
    await house.rooms.sit_down(jun, room)
    assert texts(await find(house, mina, room=room, person=mina.uuid)) == [(SAID, True)]
    narrowings: list[dict[str, Any]] = [
        {"person": jun.uuid},
        {"since": clock.now() + timedelta(days=1)},
        {"until": clock.now() - timedelta(days=1)},
        {"image": True},
    ]
    for narrow in narrowings:
        assert (await find(house, mina, **narrow)).messages == []
    other = (await house.rooms.create(mina, name="딴 방")).id
    assert (await find(house, mina, room=other)).messages == []


async def test_nobody_outside_the_room_finds_it(house: House, talk: tuple[str, Actor]) -> None:
    room, mina = talk
    await known_document(house, [SAID], room=room)
    await brought_in(house)
    stranger = await guest(house, "준")
    found = await find(house, stranger)
    assert (found.messages, found.documents) == ([], [])
    assert (await find(house, mina)).documents != []


async def test_documents_are_a_group_of_their_own(house: House, talk: tuple[str, Actor]) -> None:
    room, mina = talk
    uuid = await known_document(house, ["첫 쪽", "The spare key hangs behind the door"], room=room, name="집 안내.pdf")
    await known_document(house, ["무 배추"], owner=mina, name="spare key.txt")
    await brought_in(house)
    by_name, by_words = (await find(house, mina)).documents
    assert (by_name.name, by_name.room, by_name.piece) == ("spare key.txt", None, "")
    assert (by_words.id, by_words.page, by_words.by_meaning) == (uuid, 2, False)
    assert by_words.room is not None
    assert by_words.room.id == room
    assert [piece.text for piece in by_words.excerpt if piece.hit] == ["spare", "key"]
    only = await find(house, mina, kind=Kind.DOCUMENTS)
    assert (only.messages, len(only.documents), only.next) == ([], 2, "")
    assert [hit.id for hit in (await find(house, mina, room=room)).documents] == [uuid]


async def test_what_is_in_no_index_yet_is_found_by_its_words_and_says_so(
    house: House, talk: tuple[str, Actor], glossary: Glossary
) -> None:
    room, mina = talk
    await known_document(house, ["The spare key hangs behind the door"], room=room)
    glossary.silent = True
    assert [hit.by_meaning for hit in (await find(house, mina)).documents] == [False]


async def test_a_late_embedder_is_done_without(house: House, talk: tuple[str, Actor], glossary: Glossary) -> None:
    room, mina = talk
    await say(house, mina, room, "the spare key is gone")
    uuid = await known_document(house, ["The spare key hangs behind the door"], room=room)
    await brought_in(house)
    take_time(house, seconds=0.01)
    glossary.ready.clear()
    found = await find(house, mina)
    assert texts(found) == [("the spare key is gone", False)]
    assert [hit.id for hit in found.documents] == [uuid]  # by its words
    glossary.ready.set()
    glossary.silent = True
    assert texts(await find(house, mina)) == [("the spare key is gone", False)]


@pytest.mark.parametrize("text", ["ㅇㅂ", "?", "12", "z"])
async def test_too_little_has_no_meaning(house: House, talk: tuple[str, Actor], text: str) -> None:
    _, mina = talk
    assert [meant for _, meant in texts(await find(house, mina, text)) if meant] == []
