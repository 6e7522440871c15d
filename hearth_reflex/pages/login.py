"""Log in."""

import reflex as rx

from hearth_reflex.components.entry import entry, log_in_form, ways
from hearth_reflex.components.text import t, titled
from hearth_reflex.state.viewer import ViewerState

ROUTE = "/login"
TITLE = titled(t("entry.log_in"))
ON_LOAD = [ViewerState.enter]


def page() -> rx.Component:
    other = ways(("/register", t("entry.make_account")), ("/", t("entry.as_guest")))
    return entry(log_in_form(), other, title=t("entry.log_in"), lead=t("entry.log_in_lead"))
