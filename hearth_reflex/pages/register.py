"""Make an account."""

import reflex as rx

from hearth_reflex.components.entry import account_form, entry, ways
from hearth_reflex.components.text import t, titled
from hearth_reflex.state.viewer import ViewerState

ROUTE = "/register"
TITLE = titled(t("entry.register"))
ON_LOAD = [ViewerState.enter]


def page() -> rx.Component:
    form = account_form(action="/api/accounts", go=t("entry.register"))
    other = ways(("/login", t("entry.have_account")), ("/", t("entry.as_guest")))
    return entry(form, other, title=t("entry.register"), lead=t("entry.register_lead"))
