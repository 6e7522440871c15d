"""One document of a library, to be read: its pages, its text, and the place that an answer pointed at."""

import reflex as rx

from hearth_reflex.components.library import reader
from hearth_reflex.components.shell import shell
from hearth_reflex.components.text import t, titled
from hearth_reflex.components.unread import counted
from hearth_reflex.state.lobby import LobbyState
from hearth_reflex.state.viewer import ViewerState

ROUTE = "/document/[document_id]"
TITLE = counted(titled(t("reader.title")))
ON_LOAD = [ViewerState.enter, LobbyState.enter]


def page() -> rx.Component:
    return shell(rx.cond(ViewerState.signed_in, reader()), active="/library")
