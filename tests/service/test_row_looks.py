"""What several personas of one room wear: rows carry the colour and the picture, whenever they are read."""

import pytest

from hearth_reflex.bootstrap import House
from hearth_reflex.domain.looks import look_of
from hearth_reflex.services.access import Actor
from hearth_reflex.services.persona_access import PersonaView
from tests.factories import account, listen, say


@pytest.fixture
async def mina(house: House) -> Actor:
    return await account(house, "미나", login="mina")


async def persona(house: House, actor: Actor, name: str) -> PersonaView:
    return await house.personas.create(actor, name_ko=name, greeting=f"{name}입니다")


async def test_the_houses_own_persona_wears_the_houses_colour(house: House, mina: Actor) -> None:
    room = (await house.rooms.create(mina, name="방")).id
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@불씨 안녕")
    await listener.until(lambda heard: bool(heard.answers()) and heard.answer()["status"] == "complete")
    assert (listener.answer()["look"], listener.answer()["avatar"]) == (0, "")
    assert {row["look"] for row in (await house.rooms.enter(mina, room)).rows} == {0}


async def test_each_persona_of_a_room_wears_its_own_and_keeps_it(house: House, mina: Actor) -> None:
    room = (await house.rooms.create(mina, name="방")).id
    made = [await persona(house, mina, name) for name in ("달지기", "부엉이", "여우")]
    seats = [await house.ai_seats.seat(mina, room, one.id) for one in made]
    worn = [seat.look for seat in seats]
    assert len({0, *worn}) == 4  # the house's own sits there too
    said = [row for row in (await house.rooms.enter(mina, room)).rows if row["kind"] == "talk"]
    assert [(row["name"], row["look"]) for row in said] == list(zip(("달지기", "부엉이", "여우"), worn, strict=True))

    await house.ai_seats.unseat(mina, room, made[1].id)
    said = [row for row in (await house.rooms.enter(mina, room)).rows if row["kind"] == "talk"]
    assert [row["look"] for row in said] == worn  # what it said looks as it did


async def test_alone_it_wears_the_colour_that_its_card_shows(house: House, mina: Actor) -> None:
    room = (await house.rooms.create(mina, name="방")).id
    made = await persona(house, mina, "달지기")
    assert made.look == look_of(made.id)
    assert (await house.ai_seats.seat(mina, room, made.id)).look == made.look
