"""The panel of a room: people, what is pinned, files, search, settings. Each part is drawn by a module of its own."""

from collections.abc import Callable

import reflex as rx

from hearth_reflex.components.ai_sessions import SEATS, sessions_panel
from hearth_reflex.components.choices import PANEL, choose, chosen, toggle
from hearth_reflex.components.files import files_panel
from hearth_reflex.components.library import library_panel
from hearth_reflex.components.people import people_panel
from hearth_reflex.components.pins import pins_panel
from hearth_reflex.components.room_ai import room_ai
from hearth_reflex.components.room_settings import room_settings
from hearth_reflex.components.search import room_search
from hearth_reflex.components.text import t
from hearth_reflex.components.unread import talks_dot

# (key, icon, words of its tab, what draws it), in the order in which they stand
TABS: tuple[tuple[str, str, rx.Var[str], Callable[[], rx.Component]], ...] = (
    ("people", "users", t("rooms.tab_people"), people_panel),
    ("ai", "drama", t("room.ai_badge"), room_ai),
    ("sessions", "messages-square", t("sessions.title"), sessions_panel),
    ("pins", "pin", t("pins.title"), pins_panel),
    ("files", "images", t("files.tab"), files_panel),
    ("library", "library-big", t("library.title"), library_panel),
    ("search", "search", t("search.title"), room_search),
    ("settings", "settings-2", t("rooms.tab_settings"), room_settings),
)


class _RoomPanel(rx.Component):
    """`assets/hearth/RoomPanel.jsx`."""

    library = "$/public/hearth/RoomPanel.jsx"
    tag = "RoomPanel"
    label: rx.Var[str]
    close_label: rx.Var[str]


def room_panel() -> rx.Component:
    triggers = [_tab(key, icon=icon, words=words) for key, icon, words, _ in TABS]
    contents = [rx.tabs.content(draw(), value=key, class_name="panel-body") for key, _, _, draw in TABS]
    tabs = rx.tabs.root(
        rx.tabs.list(*triggers, class_name="panel-tabs"),
        *contents,
        value=chosen(PANEL),
        on_change=lambda value: choose(PANEL, value),
        class_name="panel-inner",
    )
    return _RoomPanel.create(tabs, label=t("rooms.panel"), close_label=t("rooms.close_panel"))


def panel_button() -> rx.Component:
    """Opens the panel at its first tab, or closes it; the last thing in a room's header."""
    return rx.el.button(
        rx.icon("panel-right"),
        talks_dot(SEATS),
        type="button",
        aria_label=t("rooms.panel"),
        aria_expanded=rx.cond(chosen(PANEL) != "", "true", "false"),
        title=t("rooms.panel"),
        class_name="icon-button panel-open",
        on_click=toggle(PANEL, TABS[0][0]),
    )


def _tab(key: str, *, icon: str, words: rx.Var[str]) -> rx.Component:
    drawn = [rx.icon(icon, size=18), rx.el.span(words), *([talks_dot(SEATS)] if key == "sessions" else [])]
    return rx.tabs.trigger(*drawn, value=key, title=words, class_name="panel-tab")
