"""Where words may go: what somebody set for themself or for one message sends nobody's words out of the house."""

import pytest
from sqlmodel import select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.model import Provider
from hearth_reflex.db.persona import Persona
from hearth_reflex.db.room import Room
from hearth_reflex.db.user import User
from hearth_reflex.domain.refs import remote_ref
from hearth_reflex.services.access import Actor
from tests.factories import NOBODY, account, guest, seated
from tests.service.refusals import circle, notices, outcome, refused


@pytest.fixture
async def outside(house: House) -> str:
    """A server of somebody else's that can be chosen."""
    server = Provider(name="Elsewhere", base_url="http://elsewhere.example/v1", model="m", enabled=True)
    async with house.database.write() as db:
        db.add(server)
        await db.flush()
        return remote_ref(server.uuid)


async def rows(house: House, room_uuid: str) -> tuple[Room, Persona]:
    async with house.database.read() as db:
        room = (await db.exec(select(Room).where(Room.uuid == room_uuid))).one()
    return room, await house.personas.ensure_default()


async def model_for(house: House, actor: Actor, room_uuid: str) -> str:
    """The model that an answer in this room is asked of, as far as anything but the room says."""
    return (await house.ai_settings.laid(actor, *await rows(house, room_uuid))).model


async def test_only_who_chooses_the_rooms_model_names_a_server_for_a_message(house: House, outside: str) -> None:
    them = await circle(house)
    found = {
        name: await outcome(house.ai_settings.for_message(actor, them.room, {"model": outside}))
        for name, actor in them.people().items()
    }
    assert found == {"owner": "", "moderator": "", "member": "role", "guest": "role"}
    await house.engines.choose_for_room(them.owner, them.room, outside)
    assert (await house.ai_settings.for_message(them.member, them.room, {"model": outside})).model == outside


async def test_a_server_of_ones_own_choice_is_asked_in_no_room(house: House, outside: str) -> None:
    room, (mina,) = await seated(house, "미나")
    assert (await house.ai_settings.keep_mine(mina, {"model": outside})).model == outside
    assert await model_for(house, mina, room) == ""
    talk = (await house.ai_sessions.start(mina, room)).session_id
    assert await model_for(house, mina, talk) == ""


async def test_who_began_a_talk_chooses_its_model_and_all_there_are_told(house: House, outside: str) -> None:
    room, (mina, jun) = await seated(house, "미나", "준")
    talk = (await house.ai_sessions.start(mina, room)).session_id
    await refused("role", house.ai_sessions.configure(jun, talk, {"model": outside}))
    assert (await house.ai_sessions.configure(mina, talk, {"model": outside})).model == outside
    assert await model_for(house, jun, talk) == outside
    assert any("Elsewhere" in line for line in await notices(house, jun, talk))
    seen = await house.engines.room_model(jun, talk)
    assert (seen.ref, seen.leaves_house) == (outside, True)
    assert not (await house.engines.room_model(jun, room)).leaves_house


async def test_a_talk_begins_with_the_rooms_model(house: House, outside: str) -> None:
    owner = await account(house, "주인", login="owner")
    room = (await house.rooms.create(owner, name="모임")).id
    await house.engines.choose_for_room(owner, room, outside)
    talk = (await house.ai_sessions.start(owner, room)).session_id
    assert (await house.ai_sessions.config(owner, talk)).model == outside


@pytest.mark.parametrize("room", ["", "x", NOBODY])
async def test_a_message_of_no_room_has_no_settings(house: House, room: str) -> None:
    await refused("room_unknown", house.ai_settings.for_message(await guest(house, "미나"), room, {"top_p": 0.5}))


async def test_an_older_value_that_is_none_any_more_says_nothing(house: House) -> None:
    room, (mina,) = await seated(house, "미나")
    async with house.database.write() as db:
        user = await db.get_one(User, mina.user_id)
        user.ai_config = {"temperature": "hot", "unheard_of": 1, "top_p": 0.5}
        db.add(user)
    assert (await house.ai_settings.mine(mina)).as_json() == {"top_p": 0.5}
    assert (await house.ai_settings.laid(mina, *await rows(house, room))).as_json() == {"top_p": 0.5}
