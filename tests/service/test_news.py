"""News of other rooms: who is told of a message, who is not, and what it costs."""

from datetime import timedelta

import pytest
from sqlmodel import col, update

from hearth_reflex.bootstrap import House
from hearth_reflex.db.room import Member
from hearth_reflex.db.user import User
from hearth_reflex.services.access import Actor
from tests.clocks import HandClock
from tests.databases import statements
from tests.engines import ScriptedEngine
from tests.factories import Listener, listen, say, seated


def news(heard: Listener) -> list[tuple[list[str], list[object]]]:
    return [(people, told[1:]) for people, told in heard.told if told[0] == "unread"]


async def look_at(house: House, *pages: tuple[str, Actor]) -> None:
    await house.presence.look({(room, person.uuid) for room, person in pages})


async def want(house: House, actor: Actor, **changes: object) -> None:
    """What a person wants of the rooms where they sit; `rule` of the house."""
    rule = changes.pop("rule", None)
    async with house.database.write() as db:
        if changes:
            await db.exec(update(Member).where(col(Member.user_id) == actor.user_id).values(**changes))
        if rule:
            await db.exec(update(User).where(col(User.id) == actor.user_id).values(preferences={"notify": rule}))


async def test_whoever_looks_elsewhere_is_told(house: House) -> None:
    room, (mina, jun, sol, away) = await seated(house, "미나", "준", "솔", "하늘")
    heard = await listen(house, mina, room)
    await look_at(house, (room, mina), (room, sol), ("", jun))
    row = await say(house, mina, room, "밥\n먹자")
    living = ["거실", "Living room"]
    assert news(heard) == [([jun.uuid], [room, row["seq"], 0, *living, "미나", "밥\n먹자", "미나", row["id"]])]
    assert away.uuid not in str(heard.told)


async def test_who_looks_here_and_elsewhere_is_told_for_the_other_tab(house: House) -> None:
    room, (mina, jun) = await seated(house, "미나", "준")
    heard = await listen(house, mina, room)
    await look_at(house, (room, mina), (room, jun), ("", jun))
    await say(house, mina, room, "안녕")
    assert [people for people, _ in news(heard)] == [[jun.uuid]]


async def test_calls_are_told_as_calls(house: House) -> None:
    room, (mina, jun, sol) = await seated(house, "미나", "준", "솔")
    heard = await listen(house, mina, room)
    await look_at(house, ("", jun), ("", sol))
    await say(house, mina, room, "@준 여기 좀 봐")
    assert {(people[0], told[2]) for people, told in news(heard)} == {(jun.uuid, 1), (sol.uuid, 0)}


@pytest.mark.parametrize(
    ("wishes", "spoken", "called"),
    [
        ({}, True, True),
        ({"notify": "mentions"}, False, True),
        ({"notify": "none"}, False, False),
        ({"rule": "mentions"}, False, True),
        ({"rule": "none"}, False, False),
        ({"quiet_until": timedelta(minutes=5)}, False, False),
        ({"quiet_until": timedelta(minutes=-5)}, True, True),
    ],
)
async def test_only_those_who_want_it(
    house: House, clock: HandClock, wishes: dict[str, object], spoken: bool, called: bool
) -> None:
    room, (mina, jun) = await seated(house, "미나", "준")
    heard = await listen(house, mina, room)
    await look_at(house, ("", jun))
    given = {name: clock.now() + wish if isinstance(wish, timedelta) else wish for name, wish in wishes.items()}
    await want(house, jun, **given)
    await say(house, mina, room, "그냥 하는 말")
    assert bool(news(heard)) is spoken
    heard.told.clear()
    await say(house, mina, room, "@준 부르는 말")
    assert bool(news(heard)) is called


async def test_a_finished_answer_calls_whoever_asked(house: House, engine: ScriptedEngine) -> None:
    room, (mina, jun) = await seated(house, "미나", "준")
    engine.pieces = ("여기 ", "있어요.")
    heard = await listen(house, mina, room)
    await look_at(house, ("", mina), ("", jun))
    await say(house, mina, room, "@불씨 있니?")
    await heard.until(lambda listener: len(news(listener)) >= 3)
    seq = heard.answer()["seq"]
    of_the_answer = [(people, told) for people, told in news(heard) if told[1] == seq]
    assert {(people[0], told[2]) for people, told in of_the_answer} == {(mina.uuid, 1), (jun.uuid, 0)}
    assert of_the_answer[0][1][5:8] == ["불씨", "여기 있어요.", "Ember"]


def looks(asked: list[str]) -> int:
    return len([statement for statement in asked if statement.startswith("SELECT")])


async def test_one_query_a_message_whoever_sits_there(house: House) -> None:
    room, people = await seated(house, *(f"손님 {number}" for number in range(30)))
    heard = await listen(house, people[0], room)
    await look_at(house)
    with statements(house.database) as alone:
        await say(house, people[0], room, "아무도 없을 때")
    await look_at(house, *(("", person) for person in people))
    with statements(house.database) as asked:
        await say(house, people[0], room, "모두 밖에 있을 때")
    assert looks(asked) == looks(alone) + 1
    assert [len(told) for told, _ in news(heard)] == [29]


async def test_a_fault_of_the_news_does_not_hold_the_message_up(house: House) -> None:
    room, (mina, _) = await seated(house, "미나", "준")

    class Broken:
        async def elsewhere(self, room: str) -> set[str]:
            raise ConnectionError

    house.news._presence = Broken()  # pyright: ignore[reportPrivateUsage] - the seam of the board
    assert (await say(house, mina, room, "그래도 남는다"))["text"] == "그래도 남는다"
