"""The home page: the front door for those who come, the lobby for those who are in."""

import reflex as rx

from hearth_reflex.components.entry import entry, guest_form, ways
from hearth_reflex.components.lobby import lobby
from hearth_reflex.components.shell import shell
from hearth_reflex.components.text import t
from hearth_reflex.components.unread import counted
from hearth_reflex.state.lobby import LobbyState
from hearth_reflex.state.viewer import ViewerState

ROUTE = "/"
TITLE = counted(rx.Var.create("Hearth 화롯가"))
ON_LOAD = [ViewerState.enter, LobbyState.enter]


def page() -> rx.Component:
    return rx.cond(ViewerState.signed_in, shell(lobby()), _door())


def _door() -> rx.Component:
    way_in = rx.fragment(
        guest_form(), ways(("/login", t("entry.have_account")), ("/register", t("entry.make_account")))
    )
    # Until the server has said who this is, only the room is shown: a door that flashes up and goes is no welcome.
    waiting = rx.el.div(class_name="skeleton", aria_hidden="true")
    # "What is said here does not leave it" is said while it is true: no server outside is turned on.
    lead = rx.cond(ViewerState.words_stay, t("entry.lead"), t("entry.lead_open"))
    return entry(rx.cond(ViewerState.ready, way_in, waiting), title=t("entry.welcome"), lead=lead)
