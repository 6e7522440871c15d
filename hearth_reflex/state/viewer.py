"""Who looks at this tab, for drawing only: what anyone may do is decided by services, each time anew."""

from typing import Any

import reflex as rx

from hearth_reflex.bootstrap import house
from hearth_reflex.i18n import words
from hearth_reflex.services.access import Actor
from hearth_reflex.state.doors import Policy, door
from hearth_reflex.state.room_model import RoomModelState


class ViewerState(rx.State):
    """`ready` turns true once the server has answered; until then a page shows its skeleton."""

    ready: bool = False
    signed_in: bool = False
    user_id: str = ""
    name: str = ""
    is_guest: bool = False
    is_admin: bool = False
    avatar: str = ""
    preferences: dict[str, Any] = {}
    house_name: str = ""
    nearby_url: str = ""
    ai_status: str = ""
    ai_reason: dict[str, str] = {}
    words_stay: bool = False  # no server outside is turned on: nothing said here can leave the house

    @rx.event
    @door(Policy.PUBLIC, by_itself=True)
    async def enter(self, actor: Actor | None):
        """on_load of every page, and when the model came or went or another was chosen."""
        self._show(actor)
        self.house_name, self.nearby_url = await house().hearth.name(), house().hearth.nearby_url()
        await self._show_engine()
        await self._show_own(actor)
        if actor is not None:
            await (await self.get_state(RoomModelState))._look_again(actor)

    def _show(self, actor: Actor | None) -> None:
        self.signed_in, self.ready = actor is not None, True
        self.user_id = actor.uuid if actor else ""
        self.name = actor.name if actor else ""
        self.is_guest = actor.is_guest if actor else False
        self.is_admin = actor.is_admin if actor else False

    async def _show_own(self, actor: Actor | None) -> None:
        mine = await house().profiles.mine(actor) if actor else None
        self.avatar = mine.avatar if mine else ""
        self.preferences = mine.chosen if mine else {}

    async def _show_engine(self) -> None:
        health = await house().engines.health()
        self.ai_status = health.status
        self.words_stay = not await house().providers.some_are_on()
        said = words(f"error.{health.reason}") if health.status == "unavailable" and health.reason else None
        self.ai_reason = {"ko": said["ko"], "en": said["en"]} if said else {}
