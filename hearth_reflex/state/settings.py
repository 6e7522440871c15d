"""A person's own page in this tab: profile, browsers, what was used. Acts go over the REST API, which sets cookies."""

from dataclasses import asdict
from typing import TypedDict

import reflex as rx

from hearth_reflex.bootstrap import house
from hearth_reflex.services.access import Actor
from hearth_reflex.services.usage import Usage
from hearth_reflex.state.doors import Policy, door
from hearth_reflex.state.viewer import ViewerState

PAGE = 20


class Device(TypedDict):
    """A browser that the reader is signed in with."""

    id: str
    device: str
    created_at: str
    last_activity: str
    here: bool


class Spoken(TypedDict):
    """A message of the reader's own."""

    id: str
    room: str
    room_ko: str
    room_en: str
    text: str
    at: str


class SettingsState(rx.State):
    """Bounded: at most a hundred browsers, and one page of messages at a time."""

    login: str = ""
    bio: str = ""
    since: str = ""
    devices: list[Device] = []
    usage: dict[str, str] = {}
    said: list[Spoken] = []
    said_more: bool = False
    said_shown: bool = False

    @rx.event
    @door(Policy.PUBLIC, by_itself=True)
    async def enter(self, actor: Actor | None):
        """on_load of the page; nobody has settings who is not signed in."""
        if actor is None:
            return rx.redirect("/?next=/settings")
        await self._load(actor)
        return None

    @rx.event
    @door(Policy.SESSION, by_itself=True)
    async def look(self, actor: Actor):
        """Something was changed: look again."""
        await self._load(actor)
        viewer = await self.get_state(ViewerState)
        viewer._show(actor)

    @rx.event
    @door(Policy.SESSION)
    async def show_said(self, actor: Actor):
        """The newest page of what the reader said."""
        self.said, self.said_shown = [], True
        await self._add_page(actor)

    @rx.event
    @door(Policy.SESSION)
    async def show_more(self, actor: Actor):
        """The page before the last one that is shown, in its place: what is held does not grow."""
        await self._add_page(actor)

    async def _add_page(self, actor: Actor) -> None:
        before = self.said[-1]["id"] if self.said else ""
        page = await house().usages.said(actor, before=before, limit=PAGE)
        self.said = [Spoken(**asdict(one)) for one in page]
        self.said_more = len(page) == PAGE

    async def _load(self, actor: Actor) -> None:
        home = house()
        me = await home.profiles.mine(actor)
        self.login, self.bio, self.since = me.login, me.bio, me.since
        self.devices = [Device(**asdict(device)) for device in await home.sessions.devices(actor)]
        self.usage = _figures(await home.usages.mine(actor))


def _figures(usage: Usage) -> dict[str, str]:
    counts = {name: f"{value:,}" for name, value in asdict(usage).items()}
    return {**counts, "megabytes": f"{usage.file_bytes / 1e6:,.1f}"}
