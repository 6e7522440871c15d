"""Every verb on rooms and seats, tried by everybody who should not: strangers, lower roles, members of other rooms.

What a role may do stands in the table; all who are not named there are refused, and nothing has changed afterwards.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import StatementError
from sqlmodel import select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.room import Ban, Invite, Member, Room
from hearth_reflex.services.access import (
    Actor,
    _room_and_seat_statement,  # pyright: ignore[reportPrivateUsage]
)
from tests.factories import guest, house_keeper
from tests.service.refusals import Circle, circle, outcome

ALL = ("owner", "moderator", "member", "guest")
Verb = Callable[[House, Actor, str, Circle], Awaitable[Any]]

# verb -> (how it is called, who may)
VERBS: dict[str, tuple[Verb, tuple[str, ...]]] = {
    "enter": (lambda h, a, r, c: h.rooms.enter(a, r), ALL),
    "changes": (lambda h, a, r, c: h.rooms.changed_since(a, r, rev=0), ALL),
    "people": (lambda h, a, r, c: h.seats.people(a, r), ALL),
    "prefer": (lambda h, a, r, c: h.seats.prefer(a, r, favourite=True), ALL),
    "invites": (lambda h, a, r, c: h.invites.list(a, r), ("owner", "moderator", "member")),
    "bans": (lambda h, a, r, c: h.order.bans(a, r), ("owner", "moderator")),
    "invite": (lambda h, a, r, c: h.invites.make(a, r), ("owner", "moderator", "member")),
    "invite moderator": (lambda h, a, r, c: h.invites.make(a, r, role="moderator"), ("owner", "moderator")),
    "rename": (lambda h, a, r, c: h.room_care.describe(a, r, name="새 이름"), ("owner", "moderator")),
    "describe": (lambda h, a, r, c: h.room_care.describe(a, r, description="소개"), ("owner", "moderator")),
    "seats": (lambda h, a, r, c: h.room_care.describe(a, r, max_members=9), ("owner", "moderator")),
    "turn ai off": (lambda h, a, r, c: h.room_care.describe(a, r, ai_enabled=False), ("owner", "moderator")),
    "open or close": (lambda h, a, r, c: h.room_care.describe(a, r, kind=c.other_kind), ("owner",)),
    "archive": (lambda h, a, r, c: h.room_care.archive(a, r), ("owner",)),
    "unarchive": (lambda h, a, r, c: h.room_care.unarchive(a, r), ("owner",)),
    "delete": (lambda h, a, r, c: h.room_care.delete(a, r), ("owner",)),
    "promote": (lambda h, a, r, c: h.seats.give_role(a, r, c.visitor.uuid, "moderator"), ("owner",)),
    "promote oneself": (lambda h, a, r, c: h.seats.give_role(a, r, a.uuid, "moderator"), ()),
    "take over": (lambda h, a, r, c: h.seats.give_role(a, r, a.uuid, "owner"), ("owner",)),
    "hand over": (lambda h, a, r, c: h.seats.give_role(a, r, c.member.uuid, "owner"), ("owner",)),
    "remove a member": (lambda h, a, r, c: h.order.remove(a, r, c.member.uuid), ("owner", "moderator")),
    "remove a moderator": (lambda h, a, r, c: h.order.remove(a, r, c.moderator.uuid), ("owner",)),
    "remove the owner": (lambda h, a, r, c: h.order.remove(a, r, c.owner.uuid), ()),
    "ban a member": (lambda h, a, r, c: h.order.ban(a, r, c.member.uuid), ("owner", "moderator")),
    "ban a moderator": (lambda h, a, r, c: h.order.ban(a, r, c.moderator.uuid), ("owner",)),
    "ban the owner": (lambda h, a, r, c: h.order.ban(a, r, c.owner.uuid), ()),
    "silence a member": (lambda h, a, r, c: h.order.silence(a, r, c.member.uuid, minutes=5), ("owner", "moderator")),
    "silence a moderator": (lambda h, a, r, c: h.order.silence(a, r, c.moderator.uuid, minutes=5), ("owner",)),
    "silence the owner": (lambda h, a, r, c: h.order.silence(a, r, c.owner.uuid, minutes=5), ()),
    "unsilence a moderator": (lambda h, a, r, c: h.order.unsilence(a, r, c.moderator.uuid), ("owner",)),
}
REFUSALS = {"role", "owner_stays"}


async def everything(house: House) -> list[str]:
    """All that these verbs can change, to be compared."""
    async with house.database.read() as db:
        rows = [row for table in (Room, Member, Ban, Invite) for row in (await db.exec(select(table))).all()]
    return sorted(repr(sorted(row.model_dump().items())) for row in rows)


@pytest.mark.parametrize("verb", VERBS)
async def test_only_who_may(house: House, verb: str) -> None:
    """In a private room and in an open one: who sits elsewhere, who sits there and stands too low, who made it up."""
    act, allowed = VERBS[verb]
    them = await circle(house, private=True)
    stranger, keeper = await guest(house, "남"), await house_keeper(house)
    other = (await house.rooms.create(stranger, name="남의 방")).id  # its owner, and so allowed all this there
    before = await everything(house)
    for who in (stranger, keeper):
        assert await outcome(act(house, who, them.room, them)) == "room_unknown"
        assert await outcome(act(house, who, str(uuid4()), them)) == "room_unknown"
        assert await outcome(act(house, who, "' OR 1=1 --", them)) == "room_unknown"
    for role, who in them.people().items():
        if role not in allowed:
            assert await outcome(act(house, who, them.room, them)) in REFUSALS, role
        assert await outcome(act(house, who, other, them)) == "not_member", role
    assert await everything(house) == before


@pytest.mark.parametrize("verb", VERBS)
async def test_in_an_open_room_one_sits_down_first(house: House, verb: str) -> None:
    act, _ = VERBS[verb]
    them = await circle(house)
    stranger, keeper = await guest(house, "남"), await house_keeper(house)
    before = await everything(house)
    assert await outcome(act(house, stranger, them.room, them)) == "not_member"
    if verb != "delete":  # who keeps the house may delete what stands in its lobby
        assert await outcome(act(house, keeper, them.room, them)) == "not_member"
    assert await everything(house) == before


@pytest.mark.parametrize(("verb", "role"), [(verb, role) for verb, (_, roles) in VERBS.items() for role in roles])
async def test_who_may_does(house: House, verb: str, role: str) -> None:
    them = await circle(house)
    assert await outcome(VERBS[verb][0](house, them.people()[role], them.room, them)) == ""


ABOUT_PEOPLE: dict[str, Callable[[House, Actor, str, str], Awaitable[Any]]] = {
    "give role": lambda h, a, r, p: h.seats.give_role(a, r, p, "moderator"),
    "hand over": lambda h, a, r, p: h.seats.give_role(a, r, p, "owner"),
    "remove": lambda h, a, r, p: h.order.remove(a, r, p),
    "ban": lambda h, a, r, p: h.order.ban(a, r, p),
    "unban": lambda h, a, r, p: h.order.unban(a, r, p),
    "silence": lambda h, a, r, p: h.order.silence(a, r, p, minutes=5),
    "unsilence": lambda h, a, r, p: h.order.unsilence(a, r, p),
}


@pytest.mark.parametrize("verb", ABOUT_PEOPLE)
async def test_people_of_other_rooms_are_nobody_here(house: House, verb: str) -> None:
    them = await circle(house)
    stranger = await guest(house, "남")
    before = await everything(house)
    for person in (stranger.uuid, str(uuid4()), "", "x" * 500, "' OR 1=1 --", them.room):
        assert await outcome(ABOUT_PEOPLE[verb](house, them.owner, them.room, person)) == "person_unknown"
    assert await everything(house) == before


@pytest.mark.parametrize("told", [{}, {"room": "nobody-s-room"}, {"user_id": 1}])
async def test_a_seat_is_looked_up_of_nobody_but_who_asks(house: House, told: dict[str, Any]) -> None:
    """The statement is made once for all: of whom and where must be told each time."""
    async with house.database.read() as db:
        with pytest.raises(StatementError):
            await db.exec(_room_and_seat_statement(), params=told)
