"""What people think of answers, added up: by persona for whose it is, by model for who keeps the house."""

from hearth_reflex.bootstrap import House
from hearth_reflex.services.access import Actor
from tests.factories import Listener, account, guest, house_keeper, listen, say, seated
from tests.service.refusals import refused


async def asked(house: House, actor: Actor, room: str, text: str) -> str:
    """The id of the answer to it, once it is whole."""
    listener = await listen(house, actor, room)

    def whole(heard: Listener) -> bool:
        return bool(heard.answers()) and heard.answer()["status"] == "complete"

    await say(house, actor, room, text)
    await listener.until(whole)
    return listener.answer()["id"]


async def test_sums_by_persona_are_for_whoever_may_change_it(house: House) -> None:
    owner = await account(house, "주인", login="owner")
    keeper = await house_keeper(house)
    room = (await house.rooms.create(owner, name="모임")).id
    cook = (await house.personas.create(owner, name_ko="요리사", name_en="Cook")).id
    await house.ai_seats.seat(owner, room, cook)
    mina = await guest(house, "미나")
    await house.rooms.sit_down(mina, room)
    assert await house.opinions.of_mine(owner) == []
    answer = await asked(house, mina, room, "@요리사 뭐 먹지?")
    await house.ratings.rate(mina, room, answer, value=-1)
    await house.ratings.rate(owner, room, answer, value=1)
    (mine,) = await house.opinions.of_mine(owner)
    assert (mine.id, mine.name_ko, mine.up, mine.down) == (cook, "요리사", 1, 1)
    assert await house.opinions.of_mine(mina) == []
    assert await house.opinions.of_mine(keeper) == []  # it is not the house's own
    await house.ratings.rate(mina, room, answer, value=0)
    assert (await house.opinions.of_mine(owner))[0].down == 0


async def test_the_houses_own_is_the_keepers_to_know(house: House) -> None:
    keeper = await house_keeper(house)
    room, (mina,) = await seated(house, "미나")
    answer = await asked(house, mina, room, "@ember go")
    await house.ratings.rate(mina, room, answer, value=1)
    (ember,) = await house.opinions.of_mine(keeper)
    assert (ember.name_en, ember.up, ember.down) == ("Ember", 1, 0)


async def test_sums_by_model_count_each_version_for_the_run_that_wrote_it(house: House) -> None:
    keeper = await house_keeper(house)
    room, (mina, jun) = await seated(house, "미나", "준")
    answer = await asked(house, mina, room, "@ember go")
    await house.ratings.rate(mina, room, answer, value=-1)
    listener = await listen(house, mina, room)
    await house.answers.regenerate(mina, room, answer)
    await listener.until(lambda heard: heard.answers()[-1:] != [] and heard.answer()["status"] == "complete")
    await house.ratings.rate(mina, room, answer, value=1)
    await house.ratings.rate(jun, room, answer, value=1, version=1)
    found = [(one.id, one.up, one.down) for one in await house.opinions.of_models(keeper)]
    assert found == [("script", 2, 1)]
    await refused("admin_only", house.opinions.of_models(mina))
