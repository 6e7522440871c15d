"""The first start: a link with a token, printed on the terminal, makes the first admin."""

import reflex as rx

from hearth_reflex.components.entry import account_form, entry
from hearth_reflex.components.text import t, titled
from hearth_reflex.state.viewer import ViewerState

ROUTE = "/setup/[token]"
TITLE = titled(t("entry.setup"))
ON_LOAD = [ViewerState.enter]


def page() -> rx.Component:
    form = account_form(action="/api/setup", next="/welcome", go=t("entry.setup_go"), path_field="token")
    return entry(form, title=t("entry.setup"), lead=t("entry.setup_lead"))
