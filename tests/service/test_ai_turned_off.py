"""The AI of a room is turned off between a message and its answer: what counts is how the room stands by then."""

from collections.abc import Awaitable, Callable

import pytest
from sqlmodel import col, select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Room
from hearth_reflex.services.access import Actor
from tests.engines import ScriptedEngine
from tests.factories import account, listen, say
from tests.service.refusals import notices, refused


async def called(house: House) -> tuple[Actor, Room, Message]:
    """A room where somebody has just called the AI, as it was looked at when the message came."""
    owner = await account(house, "주인", login="owner")
    room = (await house.rooms.create(owner, name="조용한 방", ai_enabled=False)).id
    await say(house, owner, room, "@불씨야 있니?")
    await house.room_care.describe(owner, room, ai_enabled=True)
    async with house.database.read() as db:
        row = (await db.exec(select(Room).where(Room.uuid == room))).one()
        query = select(Message).where(Message.room_id == row.id, Message.kind == "talk").order_by(col(Message.seq))
        return owner, row, (await db.exec(query)).one()


async def test_it_answers_while_it_is_on(house: House, engine: ScriptedEngine) -> None:
    owner, room, message = await called(house)
    listener = await listen(house, owner, room.uuid)
    await house.replies.plan(owner, room, message)
    await listener.until(lambda heard: heard.answers() != [] and heard.answer()["status"] == "complete")
    assert len(engine.requests) == 1


async def test_it_says_nothing_once_it_is_off_and_the_room_learns_why(house: House, engine: ScriptedEngine) -> None:
    owner, room, message = await called(house)
    await house.room_care.describe(owner, room.uuid, ai_enabled=False)
    before = len(await notices(house, owner, room.uuid))
    await house.replies.plan(owner, room, message)
    assert engine.requests == []
    assert len(await notices(house, owner, room.uuid)) == before + 1
    rows = (await house.rooms.enter(owner, room.uuid)).rows
    assert not any(row["is_ai"] for row in rows)


TURNS: dict[str, tuple[Callable[[House, Actor, str], Awaitable[object]], str]] = {
    "off": (lambda house, who, room: house.room_care.describe(who, room, ai_enabled=False), "ai_off"),
    "archived": (lambda house, who, room: house.room_care.archive(who, room), "ai_off"),
    "deleted": (lambda house, who, room: house.room_care.delete(who, room), "ai_off"),
}


@pytest.mark.parametrize("turn", TURNS)
async def test_nobody_stands_in_line_any_more(house: House, engine: ScriptedEngine, turn: str) -> None:
    owner, room, _ = await called(house)
    seated = (await house.personas.seated(room))[0]
    change, code = TURNS[turn]
    await change(house, owner, room.uuid)
    await refused(code, house.replies.begin(owner, room, seated))
    assert engine.requests == []
