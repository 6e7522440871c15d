"""A door for members turns others away by itself, before the handler behind it runs."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from hearth_reflex.bootstrap import House, use_house
from hearth_reflex.errors import HearthError
from hearth_reflex.services.access import Actor
from hearth_reflex.state.doors import SESSION_COOKIE, Policy, door
from tests.factories import living_room


class Careless:
    """Stands for a state whose handler asks no service: what reaches it was let in by the door."""

    def __init__(self, token: str) -> None:
        cookie = f"{SESSION_COOKIE}={token}"
        self.router = SimpleNamespace(
            headers=SimpleNamespace(cookie=cookie), session=SimpleNamespace(client_ip="127.9.9.9")
        )
        self.reached, self.told, self.refused = list[str](), list[str](), list[tuple[str, str]]()

    async def get_state(self, _: type) -> Any:
        return SimpleNamespace(_tell=lambda error: self.told.append(error.code), _forget=lambda: None)

    def _refuse(self, error: HearthError, *, room: str) -> None:
        self.refused.append((error.code, room))

    @door(Policy.MEMBER)
    async def look(self, actor: Actor, room: str):
        self.reached.append(actor.name)

    @door(Policy.MEMBER, refuse=_refuse)
    async def say(self, actor: Actor, room: str):
        self.reached.append(actor.name)


async def test_only_members_come_through(house: House) -> None:
    use_house(house)
    token = await house.accounts.join_as_guest("미나")
    state = Careless(token)
    mina = await house.sessions.actor_for(token)
    assert mina is not None
    room = await living_room(house, mina)
    await state.look(room=room)
    await state.look(room=str(uuid4()))
    await state.look(room="' OR 1=1 --")
    await state.say(room=room)
    assert state.reached == []
    assert state.told == ["not_member", "room_unknown", "room_unknown"]
    assert state.refused == [("not_member", room)]
    await house.rooms.sit_down(mina, room)
    await state.look(room=room)
    await state.say(room=room)
    assert state.reached == ["미나", "미나"]


async def test_nobody_without_a_session_comes_through(house: House) -> None:
    use_house(house)
    state = Careless("made-up")
    await state.say(room=str(uuid4()))
    assert (state.reached, state.told, state.refused) == ([], ["signed_out"], [])


def test_a_door_for_members_must_be_told_of_which_room() -> None:
    with pytest.raises(TypeError):

        @door(Policy.MEMBER)
        async def nowhere(self: Any, actor: Actor, message: str) -> None: ...
