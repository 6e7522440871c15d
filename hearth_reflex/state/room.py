"""A room in this tab: sitting down in it, how it stood then, and who listens from now on."""

import asyncio
from secrets import token_hex
from typing import Any

import reflex as rx

from hearth_reflex.bootstrap import house
from hearth_reflex.errors import ForbiddenError, NotFoundError
from hearth_reflex.i18n import words
from hearth_reflex.services.access import Actor
from hearth_reflex.state.bus import room_tag
from hearth_reflex.state.doors import Policy, door
from hearth_reflex.state.lobby import LobbyState, RoomCard, card
from hearth_reflex.state.room_model import RoomModelState
from hearth_reflex.state.socket import socket_bus
from hearth_reflex.state.viewer import ViewerState

NO_ROOM = RoomCard(id="", kind="", name_ko="", name_en="", members=0, joined=False, last_activity="")


class RoomState(rx.State):
    """`snapshot` is what the browser's fold starts from; it is written by `enter` alone and never grows."""

    room: RoomCard = NO_ROOM
    snapshot: dict[str, Any] = {}
    refused: dict[str, str] = {}
    message_limit: int = 0

    @rx.event
    @door(Policy.PUBLIC)
    async def enter(self, actor: Actor | None):
        """on_load of a room's page; runs again after every lost connection."""
        viewer = await self.get_state(ViewerState)
        viewer._show(actor)
        if actor is None:
            return rx.redirect(f"/?next={self.router.url.path}")
        room_id = str(self.router.url.path).rstrip("/").rsplit("/", 1)[-1]
        try:
            await self._sit(actor, room_id)
        except (NotFoundError, ForbiddenError) as error:
            self.room, self.snapshot = NO_ROOM, {}
            said = words(f"error.{error.code}", **error.params)
            self.refused = {"ko": said["ko"], "en": said["en"]}
        lobby = await self.get_state(LobbyState)
        await lobby._load(actor)
        return None

    async def _sit(self, actor: Actor, room_id: str) -> None:
        rooms = house().rooms
        # Shielded: a tab that closes in this moment must not leave the seat kept and the others untold.
        room_id = await asyncio.shield(rooms.sit_down(actor, room_id))
        # Listening comes before looking: a frame in between is kept by the browser's fold, not lost.
        await socket_bus().sit(self.router.session.session_id, session=actor.session, person=actor.uuid, room=room_id)
        seen = await rooms.enter(actor, room_id)
        self.refused, self.room = {}, card(seen.room)
        self.message_limit = house().settings.message_max_chars
        model = await self.get_state(RoomModelState)
        await model._look(actor, room_id, role=seen.room.role)
        self.snapshot = {
            "n": token_hex(4),  # a new one each time, also after a restart
            "room": seen.room.id,
            "tag": room_tag(seen.room.id),
            "role": seen.room.role,
            "me": actor.uuid,
            "rev": seen.rev,
            "rows": seen.rows,
            "older": seen.has_older,
        }
