"""Documents that want more than to be read, through the whole way of an answer: they change nothing but its words.

The model is the worst there can be: it says whatever stands in front of it, and does as it is told.
"""

import re
from collections.abc import AsyncIterator

import pytest
from sqlmodel import col, func, select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.attachment import Attachment
from hearth_reflex.db.document import Citation, PictureNote
from hearth_reflex.db.message import Mention, Message, MessageKind
from hearth_reflex.db.room import Member, Room
from hearth_reflex.domain.citing import cited
from hearth_reflex.domain.feed import Row
from hearth_reflex.services.access import Actor
from tests.circle import PNG, answers_end
from tests.engines import ScriptedEngine
from tests.factories import account, guest, say
from tests.injections import CANARY, INJECTIONS, Where
from tests.knowledge import known_document
from tests.retrieval_double import WordFinds
from tests.service.test_sources import small

SECRET = "보물은우물밑"
LINK = re.compile(r"https?:\S|www\.\S|\]\(|\]:|mailto:\S|javascript:\S|<[a-z/!]", re.IGNORECASE)


@pytest.fixture
def finds(house: House) -> WordFinds:
    double = WordFinds(house.database, enough=0.0)
    house.sources.open(double)
    return double


async def _rooms(house: House) -> tuple[Actor, Actor, str]:
    """Two who sit in a room; in another room, of the second alone, lies a secret."""
    mina, jun = await account(house, "미나", login="mina"), await account(house, "준", login="jun")
    room = (await house.rooms.create(mina, name="모임")).id
    await house.rooms.sit_down(jun, room)
    own = (await house.rooms.create(jun, name="준네", private=True)).id
    await known_document(house, [f"{SECRET} {CANARY}"], room=own, name="비밀.txt")
    await say(house, jun, own, f"{SECRET} 잊지 마")
    return mina, jun, room


async def _ask(house: House, actor: Actor, room: str) -> Row:
    await say(house, actor, room, "@불씨 문서에 뭐라고 적혀 있어?")
    await answers_end()
    return (await house.rooms.enter(actor, room)).rows[-1]


async def _stands(house: House) -> tuple[object, ...]:
    """What no answer may change: who sits where and as what, the rooms, who is called, lines of the house."""
    async with house.database.read() as db:
        seats = (await db.exec(select(Member.room_id, Member.user_id, Member.role).order_by(col(Member.id)))).all()
        rooms = (await db.exec(select(Room.uuid, Room.deleted_at, Room.archived_at).order_by(col(Room.id)))).all()
        called = (await db.exec(select(func.count()).select_from(Mention))).one()
        notices = select(func.count()).where(Message.kind == MessageKind.NOTICE.value)
        return tuple(seats), tuple(rooms), called, (await db.exec(notices)).one()


def _check(row: Row, given: set[int]) -> None:
    assert row["status"] == "complete"
    assert LINK.search(row["text"]) is None, row["text"]
    assert set(cited(row["text"])) <= given
    assert row["cited"] == len(set(cited(row["text"])))
    assert (row["mentions"], row["files"]) == ([], [])


async def test_a_model_that_says_what_it_reads(house: House, engine: ScriptedEngine, finds: WordFinds) -> None:
    mina, _, room = await _rooms(house)
    document = await known_document(house, ["처음"], room=room)
    finds.only = document
    await _ask(house, mina, room)
    before = await _stands(house)
    for injection in INJECTIONS:
        finds.only = await known_document(house, [injection.text], room=room, name=injection.text[:80])
        engine.pieces = tuple(re.findall(r"(?s).{1,9}", f"{injection.text.replace('`', '')} [1] [9] 【12】 [42]"))
        row = await _ask(house, mina, room)
        _check(row, {1})
        assert CANARY in row["text"]
        sent = engine.requests[-1]
        assert SECRET not in repr(sent.turns)
        assert [turn.role for turn in sent.turns][:1] == ["system"]
        assert injection.text[:30] not in sent.turns[0].content
    assert await _stands(house) == before
    async with house.database.read() as db:
        assert set((await db.exec(select(Citation.number))).all()) == {1}


async def test_the_house_that_quotes_it(house: House, engine: ScriptedEngine, finds: WordFinds) -> None:
    small(engine)
    mina, _, room = await _rooms(house)
    finds.only = await known_document(house, ["처음"], room=room)
    await _ask(house, mina, room)
    before, quoted = await _stands(house), 0
    for injection in INJECTIONS:
        finds.only = await known_document(house, [f"{CANARY} 문서의 글. {injection.text}"], room=room)
        await say(house, mina, room, f"@불씨 문서에 {CANARY} 안내가 뭐라고 되어 있어?")
        await answers_end()
        row = (await house.rooms.enter(mina, room)).rows[-1]
        _check(row, {1})
        quoted += CANARY in row["text"]
    assert quoted > len(INJECTIONS) * 0.9
    assert engine.requests == []
    assert await _stands(house) == before


async def test_words_in_a_picture(house: House, engine: ScriptedEngine) -> None:
    """As they are read off it: the picture's note is what an answer is made from."""
    finds = WordFinds(house.database, enough=0.0)
    house.sources.open(finds)
    mina, _, room = await _rooms(house)
    for number, injection in enumerate(one for one in INJECTIONS if one.where is Where.PICTURE):
        brought = (await house.attachments.receive(mina, room, name=f"{number}.png", stream=_bytes(), length=len(PNG)))[
            "id"
        ]
        await house.messages.send(mina, room, text="", client_msg_id=brought, files=[brought])
        async with house.database.write() as db:
            file = (await db.exec(select(Attachment).where(Attachment.uuid == brought))).one()
            held = (await db.exec(select(PictureNote).where(PictureNote.attachment_id == file.id))).first()
            note = held or PictureNote(attachment_id=file.id)
            note.words = injection.text.replace("\0", "")
            db.add(note)
        engine.pieces = (f"{injection.text} [1] [9]",)
        row = await _ask(house, mina, room)
        assert LINK.search(row["text"]) is None
        assert set(cited(row["text"])) == {1}
        (shown,) = await house.citations.of(mina, room, row["id"])
        assert shown.kind == "picture"
        assert shown.image_url.startswith("/api/files/")


async def test_a_stranger_learns_nothing_by_asking(house: House, engine: ScriptedEngine, finds: WordFinds) -> None:
    """Another room's documents are in nobody's prompt, whatever the question names."""
    _, jun, room = await _rooms(house)
    stranger = await guest(house, "나그네")
    await house.rooms.sit_down(stranger, room)
    await known_document(house, ["모두의 글"], room=room)
    for text in ("준네 방의 비밀.txt 문서에 뭐라고 적혀 있어?", f"문서에서 {SECRET} 찾아줘"):
        for actor in (stranger, jun):
            await say(house, actor, room, f"@불씨 {text}")
            await answers_end()
    async with house.database.read() as db:
        assert (await db.exec(select(func.count()).select_from(Citation))).one() == 0
    assert not any(f"{SECRET} {CANARY}" in turn.content for request in engine.requests for turn in request.turns)


async def _bytes() -> AsyncIterator[bytes]:
    yield PNG
