"""What a person may do with what was said: take it back, give it an emoji, pin it, keep it."""

from typing import Annotated

import reflex as rx
from pydantic import Field

from hearth_reflex.bootstrap import house
from hearth_reflex.services.access import Actor
from hearth_reflex.state.doors import Policy, door

Uuid = Annotated[str, Field(max_length=40)]


class MessageState(rx.State):
    """Holds nothing: each change is heard over the bus, like everybody else's. Other words in place of old ones go by
    REST, so that the box that holds them hears the outcome."""

    @rx.event
    @door(Policy.MEMBER)
    async def take_back(self, actor: Actor, room: Uuid, message: Uuid):
        await house().edits.delete(actor, room, message)

    @rx.event
    @door(Policy.MEMBER)
    async def react(
        self, actor: Actor, room: Uuid, message: Uuid, emoji: Annotated[str, Field(max_length=40)], on: bool
    ):
        await house().reactions.give(actor, room, message, emoji=emoji, on=on)

    @rx.event
    @door(Policy.MEMBER)
    async def pin(self, actor: Actor, room: Uuid, message: Uuid, on: bool):
        await house().pins.pin(actor, room, message, on=on)

    @rx.event
    @door(Policy.MEMBER)
    async def star(self, actor: Actor, room: Uuid, message: Uuid, on: bool):
        await house().stars.star(actor, room, message, on=on)
