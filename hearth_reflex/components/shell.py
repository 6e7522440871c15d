"""The house around a page: the side panel of a wide window, the top bar of a narrow one, and the way back."""

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import VarData

from hearth_reflex.components.files import lightbox
from hearth_reflex.components.fire import fire
from hearth_reflex.components.house import house_effects
from hearth_reflex.components.new_room import new_room_dialog
from hearth_reflex.components.notes import notes
from hearth_reflex.components.palette import palette
from hearth_reflex.components.room_list import LOBBY, room_list
from hearth_reflex.components.search import search_button, search_sheet
from hearth_reflex.components.settings_menu import settings, settings_menu
from hearth_reflex.components.text import t
from hearth_reflex.components.toasts import toasts
from hearth_reflex.state.viewer import ViewerState

_SIDE = VarData(
    hooks={"const hearthSide = useSide()": None},
    imports={"$/public/hearth/side": [ImportVar(tag="useSide"), ImportVar(tag="toggleSide")]},
)


def shell(
    content: rx.Component, *, active: rx.Var[str] | str = LOBBY, burning: rx.Component | None = None
) -> rx.Component:
    """`content` in the house.

    Args:
        active: id of the room that is shown, a Var: a room fills a narrow window by itself. LOBBY for the lobby, the
            address for another page.
        burning: the fire of the side panel; a calm one when none is given.
    """
    open_side = rx.Var("hearthSide", _var_type=bool, _var_data=_SIDE)
    kind = "shell" if isinstance(active, str) else "shell in-room"
    return rx.el.div(
        house_effects(),
        rx.el.a(t("shell.skip"), href="#content", class_name="skip"),
        _side(active, burning or fire()),
        _topbar(),
        rx.el.main(content, id="content", class_name="shell-main", tab_index=-1),
        _icon_button("panel-left-open", t("shell.open_side"), on_click=_toggle(), class_name="icon-button side-open"),
        rx.cond(ViewerState.signed_in, rx.fragment(new_room_dialog(), search_sheet())),
        notes(),
        rx.cond(ViewerState.signed_in, palette()),
        toasts(),
        lightbox(),
        class_name=rx.cond(open_side, kind, f"{kind} side-closed"),
    )


def back_link() -> rx.Component:
    """From a room to the lobby, in windows without a side panel; the first thing in a room's header."""
    return rx.link(rx.icon("chevron-left"), href="/", aria_label=t("room.back"), class_name="icon-button back")


class _Drawer(rx.Component):
    """`assets/hearth/Drawer.jsx`."""

    library = "$/public/hearth/Drawer.jsx"
    tag = "Drawer"
    label: rx.Var[str]
    close_label: rx.Var[str]


def menu(active: rx.Var[str]) -> rx.Component:
    """The other rooms and my settings, for windows without a side panel; the last thing in a room's header."""
    return _Drawer.create(
        brand(),
        room_list(active),
        rx.cond(ViewerState.signed_in, rx.fragment(rx.el.p(ViewerState.name, class_name="drawer-me"), settings())),
        label=t("shell.menu"),
        close_label=t("shell.close_menu"),
        class_name="menu",
    )


def brand() -> rx.Component:
    named = rx.el.span(ViewerState.house_name, class_name="brand-name")
    name = rx.cond(ViewerState.house_name != "", named, rx.el.span("화롯가", lang="ko"))
    mark = rx.el.span("Hearth ", class_name=rx.cond(ViewerState.house_name != "", "brand-mark named", "brand-mark"))
    return rx.link(mark, name, href="/", class_name="brand")


def _topbar() -> rx.Component:
    return rx.el.header(
        brand(), rx.cond(ViewerState.signed_in, rx.fragment(search_button(), settings_menu())), class_name="topbar"
    )


def _side(active: rx.Var[str] | str, burning: rx.Component) -> rx.Component:
    head = rx.el.div(
        brand(),
        rx.cond(ViewerState.signed_in, search_button()),
        _icon_button("panel-left-close", t("shell.close_side"), on_click=_toggle(), class_name="icon-button"),
        class_name="side-head",
    )
    return rx.el.aside(
        head,
        room_list(active),
        rx.el.div(burning, class_name="side-fire"),
        rx.cond(ViewerState.signed_in, settings_menu()),
        class_name="side",
    )


def _toggle() -> rx.event.EventSpec:
    return rx.call_function(rx.Var("() => toggleSide()", _var_data=_SIDE))


def _icon_button(icon: str, label: rx.Var[str], *, on_click: rx.event.EventSpec, class_name: str) -> rx.Component:
    return rx.el.button(rx.icon(icon), type="button", aria_label=label, on_click=on_click, class_name=class_name)
