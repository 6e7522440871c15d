"""A room in this tab: sitting down in it, how it stood then, and who listens from now on."""

import asyncio
from secrets import token_hex
from typing import Annotated, Any

import reflex as rx
from pydantic import Field

from hearth_reflex.bootstrap import house
from hearth_reflex.errors import ForbiddenError, LimitError, NotFoundError
from hearth_reflex.i18n import words
from hearth_reflex.services.access import Actor
from hearth_reflex.state.bus import room_tag
from hearth_reflex.state.doors import Policy, door
from hearth_reflex.state.lobby import LobbyState, RoomCard, card
from hearth_reflex.state.presence import around_fire
from hearth_reflex.state.room_model import RoomModelState
from hearth_reflex.state.socket import socket_bus
from hearth_reflex.state.viewer import ViewerState

NO_ROOM = RoomCard(
    id="", kind="", name_ko="", name_en="", description="", members=0, max_members=0, ai_enabled=True, temper="",
    joined=False, role="", archived=False, living=False, favourite=False, notify="", quiet_until="", peer="", avatar="",
    here=[], last_activity="", parent="", parent_ko="", parent_en="", ended=False,
)  # fmt: skip
_LISTED = ("name_ko", "name_en", "kind", "archived", "favourite", "notify", "quiet_until")  # what a list shows of it
Id = Annotated[str, Field(max_length=40)]


class RoomState(rx.State):
    """`snapshot` is what the browser's fold starts from; it is written by `enter` alone and never grows."""

    room: RoomCard = NO_ROOM
    snapshot: dict[str, Any] = {}
    refused: dict[str, str] = {}
    message_limit: int = 0
    base_url: str = ""  # where the house is found from elsewhere; "": where the page came from
    ais: list[dict[str, str]] = []

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
        except (NotFoundError, ForbiddenError, LimitError) as error:
            self.room, self.snapshot = NO_ROOM, {}
            said = words(f"error.{error.code}", **error.params)
            self.refused = {"ko": said["ko"], "en": said["en"]}
        lobby = await self.get_state(LobbyState)
        await lobby._load(actor)
        return None

    @rx.event
    @door(Policy.MEMBER, by_itself=True)
    async def look(self, actor: Actor, room: Id):
        """The page heard that the room itself changed, or changed what it wants of it: its card anew."""
        if room != self.room["id"]:
            return
        before, seen = self.room, await house().rooms.look(actor, room)
        self.room = card(seen)
        await self._look_at_ais(actor, room)
        model = await self.get_state(RoomModelState)
        await model._look(actor, room, role=seen.role)
        # Who comes and goes changes no list; a name, a star or a lock does.
        if any(self.room[part] != before[part] for part in _LISTED):
            lobby = await self.get_state(LobbyState)
            await lobby._load(actor)

    async def _look_at_ais(self, actor: Actor, room_id: str) -> None:
        self.ais = [
            {"id": seat.id, "name_ko": seat.name_ko, "name_en": seat.name_en}
            for seat in await house().ai_seats.seated(actor, room_id)
        ]

    async def _sit(self, actor: Actor, room_id: str) -> None:
        rooms = house().rooms
        # Shielded: a tab that closes in this moment must not leave the seat kept and the others untold.
        room_id = await asyncio.shield(rooms.sit_down(actor, room_id))
        # Listening comes before looking: a frame in between is kept by the browser's fold, not lost.
        await socket_bus().sit(self.router.session.session_id, session=actor.session, person=actor.uuid, room=room_id)
        house().presence.opened(room_id, actor.uuid)
        seen = await rooms.enter(actor, room_id)
        self.refused, self.room = {}, card(seen.room)
        settings = house().settings
        self.message_limit, self.base_url = settings.message_max_chars, settings.public_url.rstrip("/")
        await self._look_at_ais(actor, room_id)
        model = await self.get_state(RoomModelState)
        await model._look(actor, room_id, role=seen.room.role)
        self.snapshot = {
            "n": token_hex(4),  # a new one each time, also after a restart
            "room": seen.room.id,
            "tag": room_tag(seen.room.id),
            "parent": seen.room.parent,
            "role": seen.room.role,
            "me": actor.uuid,
            "rev": seen.rev,
            "rows": seen.rows,
            "older": seen.has_older,
            **await around_fire(actor, seen.room.id),
        }
