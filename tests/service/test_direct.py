"""Rooms of two: one for each pair, named after the other, and nobody else's."""

import asyncio

import pytest

from hearth_reflex.bootstrap import House
from tests.clocks import HandClock
from tests.factories import account, guest, house_keeper, living_room, say, seated
from tests.service.refusals import refused


async def test_there_is_one_room_for_two_and_each_sees_the_others_name(house: House) -> None:
    _, (mina, jun) = await seated(house, "미나", "준")
    first = await house.directs.open(mina, jun.uuid)
    again = await house.directs.open(jun, mina.uuid.upper())
    assert first.id == again.id
    assert (first.kind, first.name_ko, first.name_en, first.peer) == ("direct", "준", "준", jun.uuid)
    assert (again.name_ko, again.peer, again.role, again.members) == ("미나", mina.uuid, "member", 2)
    await say(house, mina, first.id, "우리끼리")
    seen = await house.rooms.enter(jun, first.id)
    assert (seen.room.name_ko, [row["text"] for row in seen.rows]) == ("미나", ["우리끼리"])
    assert first.id in [room.id for room in await house.rooms.mine(jun)]


async def test_the_name_follows_the_person(house: House) -> None:
    _, (mina, jun) = await seated(house, "미나", "준")
    room = (await house.directs.open(mina, jun.uuid)).id
    await house.profiles.change(jun, name="준이")
    assert [seen.name_ko for seen in await house.rooms.mine(mina) if seen.id == room] == ["준이"]


@pytest.mark.postgres
async def test_two_who_write_first_at_once_meet_in_one_room(house: House) -> None:
    _, (mina, jun) = await seated(house, "미나", "준")
    rooms = await asyncio.gather(
        *(house.directs.open(one, other.uuid) for one, other in [(mina, jun), (jun, mina)] * 3)
    )
    assert len({room.id for room in rooms}) == 1


async def test_only_with_somebody_one_shares_a_room_with(house: House) -> None:
    _, (mina, jun) = await seated(house, "미나", "준")
    stranger = await guest(house, "남")
    await refused("person_unknown", house.directs.open(mina, stranger.uuid))
    await refused("person_unknown", house.directs.open(stranger, mina.uuid))
    await refused("person_unknown", house.directs.open(mina, "01a1feac-0000-7000-8000-000000000000"))
    await refused("person_unknown", house.directs.open(mina, "x"))
    await refused("direct_self", house.directs.open(mina, mina.uuid))
    shared = (await house.rooms.create(stranger, name="방")).id
    await house.rooms.sit_down(mina, shared)
    await house.room_care.delete(stranger, shared)  # a deleted room is shared no more
    await refused("person_unknown", house.directs.open(mina, stranger.uuid))
    assert await house.directs.open(mina, jun.uuid)


async def test_nobody_else_learns_of_it_or_comes_in(house: House) -> None:
    _, (mina, jun, hana) = await seated(house, "미나", "준", "하나")
    keeper = await house_keeper(house)
    direct = (await house.directs.open(mina, jun.uuid)).id
    for other in (hana, keeper):
        assert direct not in [seen.id for seen in await house.rooms.lobby(other)]
        for attempt in (
            house.rooms.sit_down(other, direct),
            house.rooms.enter(other, direct),
            house.seats.people(other, direct),
            house.room_care.delete(other, direct),
        ):
            await refused("room_unknown", attempt)
    await refused("direct_room", house.invites.make(mina, direct))


async def test_nobody_owns_it(house: House) -> None:
    _, (mina, jun) = await seated(house, "미나", "준")
    direct = (await house.directs.open(mina, jun.uuid)).id
    for attempt in (
        house.room_care.describe(mina, direct, name="내 방"),
        house.room_care.archive(mina, direct),
        house.room_care.delete(mina, direct),
        house.seats.give_role(mina, direct, jun.uuid, "guest"),
        house.seats.give_role(mina, direct, mina.uuid, "owner"),
        house.order.remove(mina, direct, jun.uuid),
        house.order.silence(mina, direct, jun.uuid, minutes=5),
        house.order.ban(mina, direct, jun.uuid),
    ):
        await refused("role", attempt)


async def test_who_has_left_comes_back_only_by_themself(house: House) -> None:
    _, (mina, jun) = await seated(house, "미나", "준")
    direct = (await house.directs.open(mina, jun.uuid)).id
    await house.seats.leave(jun, direct)
    again = await house.directs.open(mina, jun.uuid)
    assert (again.id, again.members, again.name_ko) == (direct, 1, "준")
    assert direct not in [room.id for room in await house.rooms.mine(jun)]
    await refused("room_unknown", house.rooms.enter(jun, direct))
    assert (await house.directs.open(jun, mina.uuid)).members == 2


async def test_when_both_have_left_it_goes_after_a_week(house: House, clock: HandClock) -> None:
    mina, jun = await account(house, "미나", login="mina"), await account(house, "준", login="jun")
    for person in (mina, jun):
        await house.rooms.sit_down(person, await living_room(house, person))
    direct = (await house.directs.open(mina, jun.uuid)).id
    await say(house, mina, direct, "옛날이야기")
    await house.seats.leave(mina, direct)
    assert await house.seats.leave(jun, direct) is True
    back = await house.directs.open(mina, jun.uuid)
    assert (back.id, back.members) == (direct, 1)
    await house.seats.leave(mina, direct)
    clock.forward(days=8)
    fresh = await house.directs.open(mina, jun.uuid)
    assert (fresh.id == direct, fresh.members) == (False, 2)
    assert await house.room_care.remove_old() == 1
    assert (await house.directs.open(jun, mina.uuid)).id == fresh.id


async def test_the_room_of_somebody_who_is_gone_keeps_both_names(house: House, clock: HandClock) -> None:
    _, (jun,) = await seated(house, "준")
    mina = await account(house, "미나", login="mina")
    room = await house.rooms.sit_down(mina, (await house.rooms.lobby(mina))[0].id)
    direct = (await house.directs.open(mina, jun.uuid)).id
    clock.forward(days=90)
    await house.sessions.clean()  # the guest's time is over
    assert [seen.name_ko for seen in await house.rooms.mine(mina) if seen.id == direct] == ["미나, 준"]
    assert await house.rooms.check_seat(mina, room) is None
    await house.seats.leave(mina, direct)
    clock.forward(days=8)
    assert await house.room_care.remove_old() == 1
