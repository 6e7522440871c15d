"""Starred messages: what I keep for myself, and the way back to where it was said."""

import reflex as rx

from hearth_reflex.components.shell import shell
from hearth_reflex.components.stars import stars_list
from hearth_reflex.components.text import t, titled
from hearth_reflex.components.unread import counted
from hearth_reflex.state.lobby import LobbyState
from hearth_reflex.state.viewer import ViewerState

ROUTE = "/starred"
TITLE = counted(titled(t("stars.title")))
ON_LOAD = [ViewerState.enter, LobbyState.enter]


def page() -> rx.Component:
    return shell(rx.cond(ViewerState.signed_in, stars_list()), active=ROUTE)
