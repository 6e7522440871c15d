"""An address that leads nowhere: our own words, and the way home."""

import reflex as rx

from hearth_reflex.components.entry import entry
from hearth_reflex.components.text import t, titled

ROUTE = "404"
TITLE = titled(t("lost.title"))
ON_LOAD = None


def page() -> rx.Component:
    home = rx.el.div(rx.el.a(t("lost.home"), href="/", class_name="button main"), class_name="entry-more")
    return entry(home, title=t("lost.title"), lead=t("lost.lead"))
