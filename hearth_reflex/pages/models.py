"""Models: what can speak in this house, for whoever keeps it."""

import reflex as rx

from hearth_reflex.components.banners import refusal
from hearth_reflex.components.model_engine import model_engine
from hearth_reflex.components.model_files import model_files
from hearth_reflex.components.model_hub import model_hub
from hearth_reflex.components.model_order import model_order
from hearth_reflex.components.model_servers import model_servers
from hearth_reflex.components.shell import shell
from hearth_reflex.components.text import t, titled
from hearth_reflex.components.unread import counted
from hearth_reflex.state.lobby import LobbyState
from hearth_reflex.state.models import ModelsState
from hearth_reflex.state.viewer import ViewerState

ROUTE = "/models"
TITLE = counted(titled(t("models.title")))
ON_LOAD = [ViewerState.enter, LobbyState.enter, ModelsState.enter]


def page() -> rx.Component:
    inside = rx.cond(ViewerState.is_admin, _models(), _not_here())
    return shell(rx.cond(ViewerState.ready, inside, rx.fragment()), active=ROUTE)


def _models() -> rx.Component:
    head = rx.el.div(
        rx.el.h1(t("models.title")), rx.el.p(t("models.lead"), class_name="muted"), class_name="models-head"
    )
    return rx.el.div(
        rx.el.div(rx.cond(ModelsState.editing == "", refusal()), class_name="models-refusal"),
        head,
        model_engine(),
        model_files(),
        model_hub(),
        model_servers(),
        model_order(),
        class_name="models",
    )


def _not_here() -> rx.Component:
    return rx.el.section(
        rx.el.h1(t("models.title")),
        rx.el.p(t("models.keepers_only")),
        rx.link(t("room.back"), href="/", class_name="button"),
        class_name="closed-door",
    )
