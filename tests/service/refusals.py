"""What a refused service call says, and a room with one person of each kind."""

from collections.abc import Awaitable
from dataclasses import dataclass

import pytest

from hearth_reflex.bootstrap import House
from hearth_reflex.errors import HearthError
from hearth_reflex.services.access import Actor
from tests.factories import account, guest


async def refused(code: str, attempt: Awaitable[object]) -> None:
    """Awaits what must be refused with this code."""
    with pytest.raises(HearthError) as refusal:
        await attempt
    assert refusal.value.code == code


async def outcome(attempt: Awaitable[object]) -> str:
    """The code of the refusal, or "" when it was done."""
    try:
        await attempt
    except HearthError as error:
        return error.code
    return ""


async def notices(house: House, actor: Actor, room: str) -> list[str]:
    """The lines of the house in a room, in English."""
    rows = (await house.rooms.enter(actor, room)).rows
    return [row["notice"]["en"] for row in rows if row["kind"] == "notice"]


@dataclass
class Circle:
    """A room and who sits in it, one of each role."""

    room: str
    owner: Actor
    moderator: Actor
    member: Actor
    visitor: Actor  # a guest of the room
    other_kind: str  # what the room is not

    def people(self) -> dict[str, Actor]:
        return {"owner": self.owner, "moderator": self.moderator, "member": self.member, "guest": self.visitor}


async def circle(house: House, *, private: bool = False) -> Circle:
    owner = await account(house, "주인", login="owner")
    room = (await house.rooms.create(owner, name="모임", private=private)).id
    code = (await house.invites.make(owner, room, role="member")).code
    others = [await guest(house, name) for name in ("부방장", "멤버", "손님")]
    for one in others:
        await house.invites.accept(one, code)
    moderator, member, visitor = others
    await house.seats.give_role(owner, room, moderator.uuid, "moderator")
    await house.seats.give_role(owner, room, visitor.uuid, "guest")
    return Circle(room, owner, moderator, member, visitor, other_kind="open" if private else "private")
