"""What speaks in the room of this tab, where its words go, and choosing another."""

from contextlib import suppress
from typing import Annotated

import reflex as rx
from pydantic import Field

from hearth_reflex.bootstrap import house
from hearth_reflex.domain.roles import Permission, Role, may
from hearth_reflex.errors import HearthError
from hearth_reflex.services.access import Actor
from hearth_reflex.state.doors import Policy, door
from hearth_reflex.state.model_cards import Choice, choice

Id = Annotated[str, Field(max_length=40)]


class RoomModelState(rx.State):
    """`ref` is what the room chose, "" for the house's default. `may_choose` is for drawing: the service decides."""

    ref: str = ""
    name: str = ""
    leaves: bool = False
    may_leave: str = ""
    demo: bool = False
    may_choose: bool = False
    choices: list[Choice] = []
    _room: str = ""

    @rx.event
    @door(Policy.MEMBER, by_itself=True)
    async def look(self, actor: Actor, room: Id):
        """The page heard that something may have changed: a line of the house, or an answer that begins."""
        await self._look(actor, room)

    @rx.event
    @door(Policy.MEMBER)
    async def offer(self, actor: Actor, room: Id):
        """What there is to choose from, for a list that is being opened."""
        await self._look(actor, room)
        self.choices = [choice(one) for one in await house().engines.choices()]

    @rx.event
    @door(Policy.MEMBER)
    async def choose(self, actor: Actor, room: Id, ref: Annotated[str, Field(max_length=60)]):
        await house().engines.choose_for_room(actor, room, ref)
        await self._look(actor, room)

    @rx.event
    @door(Policy.SESSION, by_itself=True)
    async def look_at_default(self, actor: Actor):
        """What speaks where no room has chosen, for a page that shows no room."""
        now = next((choice for choice in await house().engines.choices() if choice.ref == ""), None)
        self.name = now.name if now else ""
        self.demo = (await house().engines.health("")).demo

    async def _look_again(self, actor: Actor) -> None:
        """Something was chosen for the whole house; nothing to see where the seat is gone."""
        if self._room:
            with suppress(HearthError):
                await self._look(actor, self._room)

    async def _look(self, actor: Actor, room: str, *, role: str | None = None) -> None:
        """`role` is given where it is looked up anew; it stays as it was otherwise."""
        now = await house().engines.room_model(actor, room)
        self._room = room
        self.ref, self.name, self.leaves = now.ref, now.name, now.leaves_house
        self.may_leave = ", ".join(now.may_leave)
        self.demo = (await house().engines.health(now.ref)).demo
        if role is not None:
            self.may_choose = actor.is_admin or may(Role(role), Permission.CHOOSE_MODEL)
