"""The library: what the reader has given the house to know, on their shelf and in each of their rooms."""

import reflex as rx

from hearth_reflex.components.library import library
from hearth_reflex.components.shell import shell
from hearth_reflex.components.text import t, titled
from hearth_reflex.components.unread import counted
from hearth_reflex.state.lobby import LobbyState
from hearth_reflex.state.viewer import ViewerState

ROUTE = "/library"
TITLE = counted(titled(t("library.title")))
ON_LOAD = [ViewerState.enter, LobbyState.enter]


def page() -> rx.Component:
    return shell(rx.cond(ViewerState.signed_in, library()), active=ROUTE)
