"""How often somebody may sit down and leave, invite, and change their own page; and that it passes."""

from collections.abc import Awaitable, Callable

import pytest

from hearth_reflex.bootstrap import House
from hearth_reflex.errors import LimitError
from hearth_reflex.services.access import Actor
from hearth_reflex.settings import Settings
from tests.clocks import HandClock
from tests.factories import account, guest, seated

MANY = 100


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"rooms_burst": 2})


async def _many(attempt: Callable[[int], Awaitable[object]]) -> None:
    for number in range(MANY):
        await attempt(number)


async def _come_and_go(house: House, who: Actor, room: str) -> None:
    await house.seats.leave(who, room)
    await house.rooms.sit_down(who, room)


ACTS: dict[str, tuple[Callable[[House, Actor, str, int], Awaitable[object]], str]] = {
    "coming and going": (lambda house, who, room, n: _come_and_go(house, who, room), "seat_pace"),
    "inviting": (lambda house, who, room, n: house.invites.make(who, room), "invite_pace"),
    "words about oneself": (lambda house, who, room, n: house.profiles.change(who, bio=str(n)), "profile_pace"),
    "settings": (lambda house, who, room, n: house.profiles.prefer(who, {"theme": "dark"}), "profile_pace"),
}


@pytest.mark.parametrize("act", ACTS)
async def test_too_often_is_said_and_passes(house: House, clock: HandClock, act: str) -> None:
    room, (mina, jun) = await seated(house, "미나", "준")
    attempt, code = ACTS[act]
    with pytest.raises(LimitError) as refusal:
        await _many(lambda number: attempt(house, mina, room, number))
    assert refusal.value.code == code
    assert refusal.value.retry_after > 0
    await house.rooms.sit_down(jun, room)  # who sits there already, and anybody else, is not held up
    await attempt(house, jun, room, MANY)
    clock.forward(seconds=refusal.value.retry_after * 2)
    if code == "seat_pace":
        await house.rooms.sit_down(mina, room)
    else:
        await attempt(house, mina, room, MANY)


async def test_coming_in_by_a_link_counts_like_sitting_down(house: House) -> None:
    owner, mina = await account(house, "주인", login="owner"), await guest(house, "미나")
    room = (await house.rooms.create(owner, name="방", private=True)).id
    code = (await house.invites.make(owner, room)).code

    async def in_and_out(_: int) -> None:
        await house.invites.accept(mina, code)
        await house.seats.leave(mina, room)

    with pytest.raises(LimitError) as refusal:
        await _many(in_and_out)
    assert refusal.value.code == "seat_pace"
