"""The rooms one can see from here."""

from typing import TypedDict

import reflex as rx

from hearth_reflex.bootstrap import house
from hearth_reflex.services.access import Actor
from hearth_reflex.services.views import RoomView
from hearth_reflex.state.doors import Policy, door
from hearth_reflex.state.socket import socket_bus
from hearth_reflex.state.viewer import ViewerState


class RoomCard(TypedDict):
    """A room in a list. `last_activity` is ISO 8601 in UTC."""

    id: str
    kind: str
    name_ko: str
    name_en: str
    members: int
    joined: bool
    last_activity: str


def card(room: RoomView) -> RoomCard:
    return RoomCard(
        id=room.id,
        kind=room.kind,
        name_ko=room.name_ko,
        name_en=room.name_en,
        members=room.members,
        joined=room.joined,
        last_activity=room.last_activity,
    )


class LobbyState(rx.State):
    """Bounded by the number of rooms, not by what is said in them."""

    rooms: list[RoomCard] = []

    @rx.event
    @door(Policy.PUBLIC)
    async def enter(self, actor: Actor | None):
        """on_load of the home page: the list, and its changes from now on."""
        viewer = await self.get_state(ViewerState)
        viewer._show(actor)
        if actor is None:
            self.rooms = []
            return
        await socket_bus().sit(self.router.session.session_id, session=actor.session, person=actor.uuid, room="")
        await self._load(actor)

    @rx.event
    @door(Policy.SESSION, by_itself=True)
    async def refresh(self, actor: Actor):
        """The list changed: look again."""
        await self._load(actor)

    async def _load(self, actor: Actor) -> None:
        self.rooms = [card(room) for room in await house().rooms.lobby(actor)]
