"""Fifty rooms, a secret in each, two hundred questions: nobody is told what is not theirs, not by a late index either.

Each person sits in a few of the rooms. What was deleted, moved, edited or left counts at once: the index is not told.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import pytest
from sqlmodel import col, delete, select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.base import now
from hearth_reflex.db.document import Chunk, Document
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Member, Room, RoomKind
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.roles import Role
from hearth_reflex.errors import HearthError, NotFoundError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.retrieval import Retrieval
from hearth_reflex.services.search import Asked, Search
from hearth_reflex.services.search_meaning import Meaning
from hearth_reflex.services.two_legs import TwoLegs
from tests.factories import guest, house_keeper, say
from tests.knowledge import brought_in, known_document

ROOMS, PEOPLE, QUESTIONS = 50, 5, 200
HOSTILE = ["O'Brien' OR 1=1", "' OR ''='", "x') OR scope != ('", '"; DROP TABLE chunk; --', "room:*", "%", "\x00"]

pytestmark = pytest.mark.timeout(600)  # fifty rooms, two hundred questions, every way of finding


@dataclass
class Village:
    """Five people, and rooms where one of them sits each."""

    house: House
    people: list[Actor]
    rooms: list[str]
    retrieval: Retrieval
    search: Search

    def secret(self, number: int) -> str:
        return f"canary{number:02}x"

    def of(self, number: int) -> Actor:
        return self.people[number % PEOPLE]

    async def told(self, actor: Actor, question: str, *, rooms: list[str] | None = None) -> str:
        """Everything that any way of finding tells."""
        found = await self.retrieval.find(actor, question, strict=False, limit=100, rooms=rooms)
        shown = await self.search.find(actor, Asked(question))
        receipt = await self.house.search_logs.receipt(actor, found.log)
        return f"{found.passages} {shown.messages} {shown.documents} {shown.files} {receipt.found}"


@pytest.fixture
async def village(house: House) -> Village:
    people = [await guest(house, name) for name in ("미나", "준", "소라", "태오", "은수")]
    async with house.database.write() as db:
        rooms = [Room(kind=RoomKind.PRIVATE.value, name_ko=f"방 {n}", name_en=f"Room {n}") for n in range(ROOMS)]
        db.add_all(rooms)
        await db.flush()
        for number, room in enumerate(rooms):
            assert room.id is not None
            db.add(Member(room_id=room.id, user_id=people[number % PEOPLE].user_id, role=Role.MEMBER.value))
    assert house.embedder is not None
    assert house.index is not None
    legs = TwoLegs(embedder=house.embedder, index=house.index)
    pace = Buckets(rate=1e6, burst=1e6)
    village = Village(
        house,
        people,
        [room.uuid for room in rooms],
        Retrieval(database=house.database, clock=house.clock, legs=legs, pace=pace),
        Search(
            database=house.database,
            clock=house.clock,
            pace=pace,
            meaning=Meaning(database=house.database, legs=legs, patience=20, whole=60),
        ),
    )
    for number, uuid in enumerate(village.rooms):
        word = village.secret(number)
        texts = [f"여벌 열쇠는 {word} 화분 밑에 있다", f"the spare key, second part {word}"]
        await known_document(house, texts, room=uuid, name=f"열쇠 {word}.txt")
        await say(house, village.of(number), uuid, f"우리 방 여벌 열쇠 암호는 {word} 이야")
    for number, person in enumerate(people):
        await known_document(house, [f"내 책장의 여벌 열쇠 shelf{number}y"], owner=person)
    await brought_in(house)
    return village


def others(village: Village, actor: Actor) -> list[str]:
    shelves = [f"shelf{number}y" for number, person in enumerate(village.people) if person.uuid != actor.uuid]
    return shelves + [village.secret(n) for n in range(ROOMS) if village.of(n).uuid != actor.uuid]


def leaks(text: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word in text]


async def test_two_hundred_questions_tell_nothing_foreign(village: Village) -> None:
    own = 0
    for number in range(QUESTIONS):
        actor = village.people[number % PEOPLE]
        question = ("여벌 열쇠는 어디에 있나", "the spare key", f"{village.secret(number % ROOMS)} 열쇠")[number % 3]
        told = await village.told(actor, question)
        assert leaks(told, others(village, actor)) == []
        own += bool(leaks(told, [village.secret(n) for n in range(ROOMS) if village.of(n).uuid == actor.uuid]))
    assert own > QUESTIONS * 0.9  # their own they do find


async def test_another_room_cannot_be_asked_for(village: Village) -> None:
    mina = village.of(0)
    for rooms in ([village.rooms[1]], [village.rooms[0], village.rooms[1]]):
        with pytest.raises(NotFoundError):
            await village.retrieval.find(mina, "열쇠", rooms=rooms)
    async with village.house.database.read() as db:
        foreign = (await db.exec(select(Document.uuid).where(col(Document.name).contains(village.secret(1))))).one()
    with pytest.raises(NotFoundError):
        await village.retrieval.find(mina, "열쇠", documents=[foreign])
    told = await village.told(mina, "여벌 열쇠", rooms=[village.rooms[5]])
    assert village.secret(5) in told


async def test_an_index_that_is_late_tells_nothing_that_has_gone(village: Village) -> None:
    """Rooms 0, 5, 10, 15, 20 are 미나's; each loses what it knew in another way, and the index is told of none."""
    mina, house = village.of(0), village.house
    async with house.database.write() as db:
        rooms = {room.uuid: room for room in (await db.exec(select(Room))).all()}
        ids = [rooms[uuid].id or 0 for uuid in village.rooms]
        await db.exec(delete(Document).where(col(Document.room_id) == ids[0]))  # removed
        moved = (await db.exec(select(Document).where(Document.room_id == ids[5]))).one()
        moved.room_id = ids[1]  # to a room where she does not sit
        edited = (await db.exec(select(Document).where(Document.room_id == ids[10]))).one()
        edited.name = "글"
        for chunk in (await db.exec(select(Chunk).where(Chunk.document_id == edited.id))).all():
            chunk.text = "다른 글"
        said = select(Message).where(col(Message.room_id).in_([ids[n] for n in (0, 5, 10)]))
        for message in (await db.exec(said)).all():
            message.deleted_at, message.text = now(), ""
        await db.exec(delete(Member).where(col(Member.room_id) == ids[15]))  # shown out
        rooms[village.rooms[20]].deleted_at = now()
    for number in (0, 5, 10, 15, 20):
        assert leaks(await village.told(mina, f"여벌 열쇠 {village.secret(number)}"), [village.secret(number)]) == []
    assert village.secret(25) in await village.told(mina, f"여벌 열쇠 {village.secret(25)}")


async def test_hostile_words_are_words(village: Village) -> None:
    for text in HOSTILE:
        await check_hostile(village, text)


async def check_hostile(village: Village, text: str) -> None:
    mina = village.of(0)
    assert leaks(str((await village.retrieval.find(mina, text, strict=False)).passages), others(village, mina)) == []
    for rooms, documents in (([text], []), (None, [text]), ([village.rooms[0], text], [])):
        with pytest.raises(HearthError):
            await village.retrieval.find(mina, "열쇠", rooms=rooms, documents=documents)
    with pytest.raises(NotFoundError):
        await village.house.search_logs.receipt(mina, text)
    with pytest.raises(HearthError):
        await village.house.search_logs.recent(mina, room=text)


async def test_receipts_are_for_the_asker_the_room_and_who_keeps_the_house(village: Village) -> None:
    mina, jun, keeper = village.of(0), village.of(1), await house_keeper(village.house)
    logs = village.house.search_logs
    in_room = (await village.retrieval.find(mina, "여벌 열쇠", rooms=[village.rooms[0]], strict=False)).log
    everywhere = (await village.retrieval.find(mina, "여벌 열쇠 shelf0y", strict=False)).log
    assert village.secret(0) in str(await logs.receipt(mina, in_room))
    for other in (jun, keeper):
        with pytest.raises(NotFoundError):
            await logs.receipt(other, everywhere)
    with pytest.raises(NotFoundError):
        await logs.receipt(jun, in_room)
    kept = await logs.receipt(keeper, in_room)
    assert (kept.question, kept.query, kept.mine) == ("", "", False)  # figures of a room where they do not sit
    assert [one.question for one in await logs.recent(keeper) if one.id == in_room] == [""]
    assert (await logs.receipt(mina, in_room)).question == "여벌 열쇠"
    assert {one.name for one in kept.found} == {""}  # that something was found, not what
    async with village.house.database.write() as db:
        room = (await db.exec(select(Room).where(Room.uuid == village.rooms[0]))).one()
        db.add(Member(room_id=room.id or 0, user_id=jun.user_id, role=Role.MEMBER.value))
    assert village.secret(0) in str(shared := await logs.receipt(jun, in_room))
    assert (shared.question, shared.mine) == ("여벌 열쇠", False)
    assert [one.id for one in await logs.recent(jun, room=village.rooms[0])] == [in_room]
    assert everywhere not in [one.id for one in await logs.recent(jun)]
