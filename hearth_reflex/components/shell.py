"""The house around a page: the side panel of a wide window, the top bar of a narrow one, and the way back."""

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import VarData

from hearth_reflex.components.fire import FireState, fire
from hearth_reflex.components.house import house_effects
from hearth_reflex.components.settings_menu import settings, settings_menu
from hearth_reflex.components.text import choose, t
from hearth_reflex.state.lobby import LobbyState, RoomCard
from hearth_reflex.state.viewer import ViewerState

LOBBY = ""
_SIDE = VarData(
    hooks={"const hearthSide = useSide()": None},
    imports={"$/public/hearth/side": [ImportVar(tag="useSide"), ImportVar(tag="toggleSide")]},
)


def shell(
    content: rx.Component, *, active: rx.Var[str] | str = LOBBY, fire_state: FireState | rx.Var[str] = "calm"
) -> rx.Component:
    """`content` in the house.

    Args:
        active: id of the room that is shown, a Var: a room fills a narrow window by itself. LOBBY for the lobby, the
            address for another page.
        fire_state: how the fire of the side panel burns.
    """
    open_side = rx.Var("hearthSide", _var_type=bool, _var_data=_SIDE)
    kind = "shell" if isinstance(active, str) else "shell in-room"
    return rx.el.div(
        house_effects(),
        rx.el.a(t("shell.skip"), href="#content", class_name="skip"),
        _side(active, fire_state),
        _topbar(),
        rx.el.main(content, id="content", class_name="shell-main", tab_index=-1),
        _icon_button("panel-left-open", t("shell.open_side"), on_click=_toggle(), class_name="icon-button side-open"),
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
        _rooms(active),
        rx.cond(ViewerState.signed_in, rx.fragment(rx.el.p(ViewerState.name, class_name="drawer-me"), settings())),
        label=t("shell.menu"),
        close_label=t("shell.close_menu"),
        class_name="menu",
    )


def brand() -> rx.Component:
    return rx.link("Hearth", rx.el.span("화롯가", lang="ko"), href="/", class_name="brand")


def room_name(room: rx.Var[RoomCard]) -> rx.Var[str]:
    return choose(ko=room["name_ko"], en=room["name_en"])


def _topbar() -> rx.Component:
    return rx.el.header(brand(), rx.cond(ViewerState.signed_in, settings_menu()), class_name="topbar")


def _side(active: rx.Var[str] | str, fire_state: FireState | rx.Var[str]) -> rx.Component:
    head = rx.el.div(
        brand(),
        _icon_button("panel-left-close", t("shell.close_side"), on_click=_toggle(), class_name="icon-button"),
        class_name="side-head",
    )
    return rx.el.aside(
        head,
        _rooms(active),
        rx.el.div(fire(state=fire_state), class_name="side-fire"),
        rx.cond(ViewerState.signed_in, settings_menu()),
        class_name="side",
    )


def _rooms(active: rx.Var[str] | str) -> rx.Component:
    lobby = rx.link(
        rx.el.span(rx.icon("house", size=15), class_name="side-room-mark"),
        rx.el.span(t("shell.lobby"), class_name="side-room-name"),
        href="/",
        class_name="side-room",
        aria_current=_current(active, LOBBY),
    )
    rooms = rx.foreach(LobbyState.rooms, lambda room: _room(room, active))
    return rx.el.nav(lobby, rooms, class_name="side-rooms", aria_label=t("shell.rooms"))


def _room(room: rx.Var[RoomCard], active: rx.Var[str] | str) -> rx.Component:
    return rx.link(
        rx.el.span("#", class_name="side-room-mark", aria_hidden="true"),
        rx.el.span(room_name(room), class_name="side-room-name"),
        href=rx.Var.create("/room/") + room["id"],
        class_name="side-room",
        aria_current=_current(active, room["id"]),
    )


def _current(active: rx.Var[str] | str, own: rx.Var[str] | str) -> rx.Var[str]:
    return rx.cond(rx.Var.create(active) == own, "page", "false")


def _toggle() -> rx.event.EventSpec:
    return rx.call_function(rx.Var("() => toggleSide()", _var_data=_SIDE))


def _icon_button(icon: str, label: rx.Var[str], *, on_click: rx.event.EventSpec, class_name: str) -> rx.Component:
    return rx.el.button(rx.icon(icon), type="button", aria_label=label, on_click=on_click, class_name=class_name)
