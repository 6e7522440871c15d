"""The admin's page of models: what is there, how it is, and what whoever keeps the house does with it.

Doors let only admins pass, and so do the services behind them.
"""

from typing import Annotated, Any

import reflex as rx
from pydantic import Field

from hearth_reflex.bootstrap import house
from hearth_reflex.services.access import Actor
from hearth_reflex.state.doors import Policy, door
from hearth_reflex.state.lobby import LobbyState
from hearth_reflex.state.model_cards import (
    NO_ENGINE,
    Choice,
    EngineCard,
    HubFile,
    ModelCard,
    PullCard,
    ServerCard,
    choice,
    engine_card,
    hub_file,
    model_card,
    pull_card,
    server_card,
    started_with,
)
from hearth_reflex.state.socket import socket_bus
from hearth_reflex.state.viewer import ViewerState

Id = Annotated[str, Field(max_length=40)]
ModelRef = Annotated[str, Field(max_length=60)]
NO_SERVER = ServerCard(
    id="", ref="", name="", url="", model="", context=8192, sees=False, has_key=False, enabled=False, checked_at="",
    error={}, is_default=False,
)  # fmt: skip


class ModelsState(rx.State):
    """`editing` is the id of the server whose form is open, "new" or ""; `offered` are the files of `repo`."""

    files: list[ModelCard] = []
    servers: list[ServerCard] = []
    order: list[Choice] = []
    others: list[Choice] = []
    pulls: list[PullCard] = []
    engine: EngineCard = NO_ENGINE
    hub_enabled: bool = False
    repo: str = ""
    offered: list[HubFile] = []
    editing: str = ""
    blank: ServerCard = NO_SERVER

    @rx.event
    @door(Policy.PUBLIC)
    async def enter(self, actor: Actor | None):
        """on_load of the page. Who does not keep the house sees nothing of this."""
        viewer = await self.get_state(ViewerState)
        viewer._show(actor)
        if actor is None:
            return rx.redirect("/?next=/models")
        lobby = await self.get_state(LobbyState)
        await lobby._load(actor)
        self.reset()
        if actor.is_admin:
            await house().models.scan()
            await self._look(actor)
        return None

    @rx.event
    @door(Policy.ADMIN, by_itself=True)
    async def look(self, actor: Actor):
        """The page looks again, every two seconds while somebody has it before them."""
        await self._look(actor)

    @rx.event
    @door(Policy.ADMIN)
    async def remove(self, actor: Actor, model: Id):
        await house().models.remove(actor, model)
        await self._changed(actor)

    @rx.event
    @door(Policy.ADMIN)
    async def make_default(self, actor: Actor, ref: ModelRef):
        await house().engines.choose_default(actor, ref)
        await self._changed(actor)

    @rx.event
    @door(Policy.ADMIN)
    async def put_in_order(self, actor: Actor, ref: ModelRef, place: Annotated[int, Field(ge=0, le=100)]):
        """Among those that stand in: `ref` goes to this place, whether it was there before or not."""
        order = [one["ref"] for one in self.order if one["ref"] != ref]
        order.insert(place, ref)
        await house().engines.choose_fallback(actor, order)
        await self._changed(actor)

    @rx.event
    @door(Policy.ADMIN)
    async def take_out(self, actor: Actor, ref: ModelRef):
        order = [one["ref"] for one in self.order if one["ref"] != ref]
        await house().engines.choose_fallback(actor, order)
        await self._changed(actor)

    @rx.event
    @door(Policy.ADMIN)
    async def edit(self, actor: Actor, server: Id):
        """Opens the form of a server, or the empty one; "" closes it."""
        self.editing = server

    @rx.event
    @door(Policy.ADMIN)
    async def save_server(self, actor: Actor, form: dict[str, Any]):
        """An empty key keeps the one that is there."""
        await house().providers.save(
            actor,
            uuid=None if self.editing in ("", "new") else self.editing,
            name=str(form.get("name", "")),
            base_url=str(form.get("base_url", "")),
            model=str(form.get("model", "")),
            key=str(form.get("key", "")) or None,
            context_tokens=_whole(form.get("context_tokens")),
            sees=bool(form.get("sees")),
        )
        self.editing = ""
        await self._look(actor)

    @rx.event
    @door(Policy.ADMIN)
    async def check_server(self, actor: Actor, server: Id):
        await house().providers.check(actor, server)
        await self._look(actor)

    @rx.event
    @door(Policy.ADMIN)
    async def enable_server(self, actor: Actor, server: Id, on: bool):
        await house().providers.enable(actor, server, on)
        await self._changed(actor)

    @rx.event
    @door(Policy.ADMIN)
    async def remove_server(self, actor: Actor, server: Id):
        await house().providers.remove(actor, server)
        await self._changed(actor)

    @rx.event
    @door(Policy.ADMIN)
    async def look_into(self, actor: Actor, form: dict[str, Any]):
        """What a repository of the hub offers."""
        repo = str(form.get("repo", "")).strip()
        self.offered = [hub_file(one) for one in await house().pulls.offers(actor, repo)]
        self.repo = repo

    @rx.event
    @door(Policy.ADMIN)
    async def pull(
        self,
        actor: Actor,
        repo: Annotated[str, Field(max_length=200)],
        file: Annotated[str, Field(max_length=300)],
    ):
        await house().pulls.start(actor, repo, file)
        await self._look(actor)

    @rx.event
    @door(Policy.ADMIN)
    async def stop_pull(self, actor: Actor, pull: Id):
        await house().pulls.stop(actor, pull)
        await self._look(actor)

    async def _changed(self, actor: Actor) -> None:
        """What speaks, or stands in, may be another now: open rooms show at once where their words go."""
        await self._look(actor)
        await socket_bus().engine_changed()

    async def _look(self, actor: Actor) -> None:
        home = house()
        default, fallback = await home.engines.default_ref(), await home.engines.fallback()
        models = await home.models.list(actor)
        speaks = default or started_with(models, own_file=home.settings.model_path is not None)
        self._keep("files", [model_card(one, is_default=one.ref == speaks) for one in models])
        self._keep("servers", [server_card(one, default=default) for one in await home.providers.list(actor)])
        self._keep("pulls", [pull_card(one) for one in await home.pulls.list(actor)])
        self._keep("engine", engine_card(await home.engines.health()))
        choices = {one.ref: choice(one) for one in await home.engines.choices()}
        self._keep("order", [choices[ref] for ref in fallback if ref in choices])
        self._keep("others", [one for ref, one in choices.items() if ref not in (*fallback, speaks, "")])
        self._keep("hub_enabled", home.settings.hub_enabled)

    def _keep(self, name: str, value: object) -> None:
        """Only what changed goes over the wire: most looks find everything as it was."""
        if getattr(self, name) != value:
            setattr(self, name, value)


def _whole(value: object) -> int:
    return int(text) if (text := str(value or "")).isdecimal() and len(text) < 9 else 0
