"""Seats: leaving and who follows, roles, keeping order, and what a person wants of a room."""

import asyncio

import pytest
from sqlmodel import update

from hearth_reflex.bootstrap import House
from hearth_reflex.db.room import Member
from hearth_reflex.services.access import Actor
from tests.clocks import HandClock
from tests.factories import guest, house_keeper, listen, living_room, say, seated
from tests.service.refusals import circle, notices, outcome, refused


async def roles(house: House, who: Actor, room: str) -> dict[str, str]:
    return {person.name: person.role for person in await house.seats.people(who, room)}


async def test_people_stand_by_role_then_by_name(house: House, clock: HandClock) -> None:
    them = await circle(house)
    await house.rooms.sit_down(await guest(house, "가람"), them.room)
    people = await house.seats.people(them.visitor, them.room)
    assert [(one.name, one.role) for one in people] == [
        ("주인", "owner"),
        ("부방장", "moderator"),
        ("가람", "member"),
        ("멤버", "member"),
        ("손님", "guest"),
    ]
    assert [one.guest for one in people] == [False, True, True, True, True]
    assert {one.last_seen for one in people} == {"2026-11-21T18:00:00.000Z"}


async def test_when_somebody_was_here_is_theirs_to_hide(house: House) -> None:
    room, (mina, jun) = await seated(house, "미나", "준")
    await house.profiles.prefer(mina, {"hide_last_seen": True})
    assert [one.last_seen == "" for one in await house.seats.people(jun, room)] == [True, False]
    assert [one.last_seen == "" for one in await house.seats.people(mina, room)] == [False, False]


async def test_whoever_leaves_is_gone_from_the_room(house: House) -> None:
    them = await circle(house)
    listener = await listen(house, them.owner, them.room)
    assert await house.seats.leave(them.member, them.room) is False
    assert listener.shown_out == [them.member.uuid]
    assert (await notices(house, them.owner, them.room))[-1] == "멤버 left the fire"
    await refused("not_member", say(house, them.member, them.room, "아직 있나?"))
    assert them.room not in [room.id for room in await house.rooms.mine(them.member)]
    await house.rooms.sit_down(them.member, them.room)  # the room is open


async def test_an_owner_who_leaves_is_followed_by_who_kept_order(house: House) -> None:
    them = await circle(house)
    await house.seats.leave(them.owner, them.room)
    assert await roles(house, them.member, them.room) == {"부방장": "owner", "멤버": "member", "손님": "guest"}
    assert (await notices(house, them.member, them.room))[-2:] == ["부방장 owns this room now", "주인 left the fire"]
    await house.seats.leave(them.moderator, them.room)
    assert await roles(house, them.member, them.room) == {"멤버": "owner", "손님": "guest"}
    await refused("owner_stays", house.seats.leave(them.member, them.room))  # a guest of the room is no heir
    await house.seats.give_role(them.member, them.room, them.visitor.uuid, "owner")
    await house.seats.leave(them.member, them.room)
    assert await roles(house, them.visitor, them.room) == {"손님": "owner"}


async def test_the_last_one_takes_the_room_along_and_may_bring_it_back(house: House) -> None:
    mina = await guest(house, "미나")
    room = (await house.rooms.create(mina, name="혼자")).id
    assert await house.seats.leave(mina, room) is True
    assert room not in [seen.id for seen in await house.rooms.lobby(mina)]
    assert [seen.id for seen in await house.room_care.deleted(mina)] == [room]
    assert (await house.room_care.restore(mina, room)).role == "owner"


async def test_two_who_leave_at_once_leave_no_room_without_an_owner(house: House) -> None:
    mina, jun = await guest(house, "미나"), await guest(house, "준")
    room = (await house.rooms.create(mina, name="둘이")).id
    await house.rooms.sit_down(jun, room)
    went = await asyncio.gather(house.seats.leave(mina, room), house.seats.leave(jun, room))
    assert sorted(went) == [False, True]
    last = mina if went[0] else jun
    assert (await house.room_care.restore(last, room)).role == "owner"


async def test_handing_over(house: House) -> None:
    them = await circle(house)
    await house.seats.give_role(them.owner, them.room, them.member.uuid, "owner")
    assert await roles(house, them.owner, them.room) == {
        "멤버": "owner",
        "부방장": "moderator",
        "주인": "moderator",
        "손님": "guest",
    }
    assert (await notices(house, them.owner, them.room))[-1] == "멤버 owns this room now"
    await refused("role", house.seats.give_role(them.owner, them.room, them.visitor.uuid, "member"))
    await refused("owner_stays", house.seats.give_role(them.member, them.room, them.member.uuid, "guest"))


async def test_a_role_is_said_once(house: House) -> None:
    them = await circle(house)
    before = await notices(house, them.owner, them.room)
    await house.seats.give_role(them.owner, them.room, them.member.uuid, "moderator")
    await house.seats.give_role(them.owner, them.room, them.member.uuid, "moderator")
    assert (await notices(house, them.owner, them.room))[len(before) :] == ["멤버 is a moderator now"]
    await refused("role_unknown", house.seats.give_role(them.owner, them.room, them.member.uuid, "admin"))


async def test_who_keeps_the_house_takes_over_a_room_without_an_owner(house: House) -> None:
    room, (mina,) = await seated(house, "미나")
    await refused("role", house.seats.give_role(mina, room, mina.uuid, "owner"))
    keeper = await house_keeper(house)
    assert await living_room(house, keeper) == room
    await house.rooms.sit_down(keeper, room)
    assert (await roles(house, mina, room))["집지기"] == "owner"
    hall = (await house.rooms.create(mina, name="마당")).id
    await house.rooms.sit_down(keeper, hall)
    await refused("role", house.seats.give_role(keeper, hall, keeper.uuid, "owner"))  # it has one
    await without_owner(house)
    await house.seats.give_role(keeper, hall, keeper.uuid, "owner")
    assert (await roles(house, mina, hall))["집지기"] == "owner"


async def without_owner(house: House) -> None:
    """As when an owner's row is gone from the house."""
    async with house.database.write() as db:
        await db.exec(update(Member).values(role="member"))


async def test_whoever_is_removed_hears_nothing_more_and_may_come_back(house: House) -> None:
    them = await circle(house)
    listener = await listen(house, them.owner, them.room)
    await house.order.remove(them.moderator, them.room, them.member.uuid)
    assert listener.shown_out == [them.member.uuid]
    assert await house.rooms.seated({(them.member.uuid, them.room)}) == set()
    await refused("not_member", house.rooms.enter(them.member, them.room))
    assert (await notices(house, them.owner, them.room))[-1] == "멤버 was shown out"
    await house.rooms.sit_down(them.member, them.room)


@pytest.mark.parametrize("private", [False, True])
async def test_whoever_is_banned_does_not_come_back_by_any_way(house: House, private: bool) -> None:
    them = await circle(house, private=private)
    code = (await house.invites.make(them.owner, them.room)).code
    await house.order.ban(them.moderator, them.room, them.member.uuid)
    await house.order.ban(them.owner, them.room, them.member.uuid)
    await refused("room_unknown" if private else "banned", house.rooms.sit_down(them.member, them.room))
    await refused("banned", house.invites.accept(them.member, code))
    assert (await house.invites.list(them.owner, them.room))[0].uses == 0
    (ban,) = await house.order.bans(them.moderator, them.room)
    assert (ban.id, ban.name, ban.by) == (them.member.uuid, "멤버", "부방장")
    await house.order.unban(them.owner, them.room, them.member.uuid)
    await house.invites.accept(them.member, code)
    assert await house.order.bans(them.owner, them.room) == []


async def test_who_was_there_once_can_be_banned_and_strangers_are_unknown(house: House) -> None:
    them = await circle(house)
    stranger = await guest(house, "남")
    await house.seats.leave(them.member, them.room)
    await house.order.ban(them.owner, them.room, them.member.uuid)
    await refused("banned", house.rooms.sit_down(them.member, them.room))
    for who in (stranger.uuid, "x", "01a1feac-0000-7000-8000-000000000000"):
        await refused("person_unknown", house.order.ban(them.owner, them.room, who))
        await refused("person_unknown", house.order.unban(them.owner, them.room, who))


async def test_silence_lasts_its_time(house: House, clock: HandClock) -> None:
    them = await circle(house)
    await house.order.silence(them.moderator, them.room, them.member.uuid, minutes=10)
    await refused("silenced", say(house, them.member, them.room, "그래도"))
    assert (await notices(house, them.owner, them.room))[-1] == "멤버 may not speak for 10 min"
    assert [one.silenced for one in await house.seats.people(them.owner, them.room)] == [False, False, True, False]
    clock.forward(minutes=10, seconds=1)
    await say(house, them.member, them.room, "이제")
    assert not any(one.silenced for one in await house.seats.people(them.owner, them.room))


async def test_silence_outlasts_leaving_and_ends_when_it_is_ended(house: House, clock: HandClock) -> None:
    them = await circle(house)
    await house.order.silence(them.owner, them.room, them.member.uuid, minutes=60)
    await house.seats.leave(them.member, them.room)
    clock.forward(minutes=5)
    await house.rooms.sit_down(them.member, them.room)
    await refused("silenced", say(house, them.member, them.room, "나 왔어"))
    await house.order.unsilence(them.owner, them.room, them.member.uuid)
    await say(house, them.member, them.room, "고마워")
    await house.seats.leave(them.member, them.room)
    await house.rooms.sit_down(them.member, them.room)
    await say(house, them.member, them.room, "또 왔어")


@pytest.mark.parametrize("minutes", [0, -1, 7 * 24 * 60 + 1])
async def test_silence_has_its_bounds(house: House, minutes: int) -> None:
    them = await circle(house)
    await refused("out_of_range", house.order.silence(them.owner, them.room, them.member.uuid, minutes=minutes))


async def test_what_a_person_wants_of_a_room_is_theirs_alone(house: House, clock: HandClock) -> None:
    room, (mina, jun) = await seated(house, "미나", "준")
    seat = await house.seats.prefer(mina, room, favourite=True, notify="mentions", quiet_minutes=30)
    assert (seat.favourite, seat.notify, seat.quiet_until) == (True, "mentions", "2026-11-21T18:30:00.000Z")
    seen = (await house.rooms.lobby(mina))[0]
    assert (seen.favourite, seen.notify, seen.quiet_until) == (True, "mentions", "2026-11-21T18:30:00.000Z")
    others = (await house.rooms.lobby(jun))[0]
    assert (others.favourite, others.notify, others.quiet_until) == (False, "all", "")
    assert (await house.seats.prefer(mina, room, quiet_minutes=0)).quiet_until == ""
    assert (await house.rooms.lobby(mina))[0].notify == "mentions"
    await refused("notify_level", house.seats.prefer(mina, room, notify="loud"))
    await refused("out_of_range", house.seats.prefer(mina, room, quiet_minutes=-1))


async def test_of_two_who_show_each_other_out_one_is_first(house: House) -> None:
    them = await circle(house)
    await house.seats.give_role(them.owner, them.room, them.member.uuid, "moderator")
    came = await asyncio.gather(
        outcome(house.seats.give_role(them.owner, them.room, them.moderator.uuid, "guest")),
        outcome(house.order.remove(them.moderator, them.room, them.visitor.uuid)),
    )
    assert came[0] == ""
    assert came[1] in ("", "role")
    assert (await roles(house, them.owner, them.room))["부방장"] == "guest"
