"""Personas: who the AI can be, for whoever wants it to be somebody."""

import reflex as rx

from hearth_reflex.components.personas import personas
from hearth_reflex.components.shell import shell
from hearth_reflex.components.text import t, titled
from hearth_reflex.components.unread import counted
from hearth_reflex.state.lobby import LobbyState
from hearth_reflex.state.viewer import ViewerState

ROUTE = "/personas"
TITLE = counted(titled(t("personas.title")))
ON_LOAD = [ViewerState.enter, LobbyState.enter]


def page() -> rx.Component:
    return shell(rx.cond(ViewerState.signed_in, personas()), active=ROUTE)
