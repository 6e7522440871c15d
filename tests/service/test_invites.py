"""Links into a room: what they open, how often and how long, and what of them is told to whom."""

import asyncio
from typing import Any

import pytest

from hearth_reflex.bootstrap import House
from tests.clocks import HandClock
from tests.factories import account, guest
from tests.service.refusals import circle, notices, outcome, refused


async def test_a_private_room_is_entered_by_its_link(house: House) -> None:
    owner, jun = await account(house, "주인", login="owner"), await guest(house, "준")
    room = (await house.rooms.create(owner, name="비밀", private=True)).id
    invite = await house.invites.make(owner, room)
    assert len(invite.code) == 22
    assert (invite.by, invite.role, invite.uses, invite.max_uses, invite.good) == ("주인", "member", 0, 0, True)
    seen = await house.invites.preview(invite.code)
    assert (seen.room_ko, seen.room_en, seen.by, seen.good, seen.ended) == ("비밀", "비밀", "주인", True, "")
    assert await house.invites.accept(jun, invite.code) == room
    assert [(one.name, one.role) for one in await house.seats.people(jun, room)] == [
        ("주인", "owner"),
        ("준", "member"),
    ]
    assert await notices(house, jun, room) == ["준 sat down by the fire"]
    assert await house.invites.accept(jun, invite.code) == room  # who sits there uses nothing of it
    assert [one.uses for one in await house.invites.list(owner, room)] == [1]


async def test_a_link_gives_the_role_that_it_says(house: House) -> None:
    them = await circle(house)
    for role in ("moderator", "member", "guest"):
        code = (await house.invites.make(them.moderator, them.room, role=role)).code
        newcomer = await guest(house, f"새 {role}")
        await house.invites.accept(newcomer, code)
        assert (await house.rooms.enter(newcomer, them.room)).room.role == role
    await refused("role", house.invites.make(them.owner, them.room, role="owner"))
    await refused("role", house.invites.make(them.member, them.room, role="moderator"))
    await refused("role", house.invites.make(them.visitor, them.room, role="guest"))
    await refused("role_unknown", house.invites.make(them.owner, them.room, role="king"))


@pytest.mark.parametrize("bounds", [{"hours": -1}, {"hours": 91 * 24}, {"max_uses": -1}, {"max_uses": 1001}])
async def test_a_link_has_its_bounds(house: House, bounds: dict[str, Any]) -> None:
    them = await circle(house)
    await refused("out_of_range", house.invites.make(them.owner, them.room, **bounds))


async def test_the_last_use_is_given_once(house: House) -> None:
    owner, *others = [await guest(house, f"손님{n}") for n in range(6)]
    room = (await house.rooms.create(owner, name="방")).id
    code = (await house.invites.make(owner, room, max_uses=2)).code
    came = await asyncio.gather(*(outcome(house.invites.accept(one, code)) for one in others))
    assert sorted(came) == ["", "", *["invite_used"] * 3]
    assert (await house.rooms.enter(owner, room)).room.members == 3
    (invite,) = await house.invites.list(owner, room)
    assert (invite.uses, invite.good, invite.ended) == (2, False, "used")


async def test_a_full_room_uses_nothing_of_a_link(house: House) -> None:
    owner, jun, hana = [await guest(house, name) for name in ("주인", "준", "하나")]
    room = (await house.rooms.create(owner, name="방", max_members=2)).id
    code = (await house.invites.make(owner, room, max_uses=5)).code
    await house.invites.accept(jun, code)
    await refused("room_full", house.invites.accept(hana, code))
    assert [one.uses for one in await house.invites.list(owner, room)] == [1]


async def test_links_end_and_say_why(house: House, clock: HandClock) -> None:
    them = await circle(house, private=True)
    stranger = await guest(house, "남")
    short = await house.invites.make(them.owner, them.room, hours=1)
    back = await house.invites.make(them.owner, them.room, hours=0)
    await house.invites.revoke(them.owner, them.room, back.id)
    await house.invites.revoke(them.owner, them.room, back.id)
    clock.forward(hours=1)
    for code, ended in ((short.code, "expired"), (back.code, "revoked")):
        await refused(f"invite_{ended}", house.invites.accept(stranger, code))
        seen = await house.invites.preview(code)
        assert (seen.room_ko, seen.room_en, seen.by, seen.good, seen.ended) == ("", "", "", False, ended)
    for code in ("", "x", short.code[:-1], "' OR 1=1 --", short.code + "x"):
        await refused("invite_unknown", house.invites.accept(stranger, code))
        await refused("invite_unknown", house.invites.preview(code))


async def test_a_link_is_as_good_as_the_seat_of_who_made_it(house: House) -> None:
    them = await circle(house, private=True)
    stranger = await guest(house, "남")
    high = await house.invites.make(them.moderator, them.room, role="moderator")
    low = await house.invites.make(them.moderator, them.room, role="member")
    await house.seats.give_role(them.owner, them.room, them.moderator.uuid, "member")
    assert (await house.invites.preview(high.code)).ended == "void"
    assert (await house.invites.preview(low.code)).good
    await house.order.ban(them.owner, them.room, them.moderator.uuid)
    for code in (high.code, low.code):
        await refused("invite_void", house.invites.accept(stranger, code))
        await refused("invite_void", house.invites.accept(them.moderator, code))


async def test_a_deleted_rooms_link_leads_nowhere_until_it_is_back(house: House) -> None:
    them = await circle(house, private=True)
    stranger = await guest(house, "남")
    code = (await house.invites.make(them.owner, them.room)).code
    await house.room_care.archive(them.owner, them.room)
    await refused("invite_void", house.invites.accept(stranger, code))
    await house.room_care.delete(them.owner, them.room)
    await refused("invite_unknown", house.invites.preview(code))
    await refused("invite_unknown", house.invites.accept(stranger, code))
    await house.room_care.restore(them.owner, them.room)
    await house.room_care.unarchive(them.owner, them.room)
    assert await house.invites.accept(stranger, code) == them.room


async def test_members_see_and_take_back_only_their_own_links(house: House) -> None:
    them = await circle(house)
    owners = await house.invites.make(them.owner, them.room)
    own = await house.invites.make(them.member, them.room)
    assert [one.id for one in await house.invites.list(them.member, them.room)] == [own.id]
    assert {owners.id, own.id} <= {one.id for one in await house.invites.list(them.moderator, them.room)}
    await refused("role", house.invites.list(them.visitor, them.room))
    await refused("invite_unknown", house.invites.revoke(them.member, them.room, owners.id))
    await refused("invite_unknown", house.invites.revoke(them.visitor, them.room, own.id))
    await house.invites.revoke(them.moderator, them.room, own.id)
    await refused("invite_revoked", house.invites.accept(await guest(house, "남"), own.code))


async def test_a_link_of_another_room_is_not_taken_back_from_here(house: House) -> None:
    them = await circle(house)
    other = (await house.rooms.create(them.member, name="남의 방")).id
    invite = await house.invites.make(them.owner, them.room)
    await refused("invite_unknown", house.invites.revoke(them.member, other, invite.id))
    assert (await house.invites.preview(invite.code)).good


async def test_there_are_not_more_links_than_anybody_can_read(house: House) -> None:
    mina = await guest(house, "미나")
    room = (await house.rooms.create(mina, name="방")).id
    made = [await house.invites.make(mina, room) for _ in range(50)]
    await refused("invites_many", house.invites.make(mina, room))
    await house.invites.revoke(mina, room, made[0].id)
    await house.invites.make(mina, room)
