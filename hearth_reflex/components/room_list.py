"""The list of rooms at the side of a wide window, and in the drawer of a narrow one. Knows no page.

What I love stands first, then what is lively, then people.
"""

from typing import Any

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import VarData

from hearth_reflex.components.faces import face
from hearth_reflex.components.new_room import OPEN_NEW_ROOM
from hearth_reflex.components.text import choose, t
from hearth_reflex.components.unread import unread_badge
from hearth_reflex.state.lobby import LobbyState, RoomCard

LIBRARY = "/library"
LOBBY = ""  # what is `active` where no room is shown


def room_name(room: rx.Var[RoomCard]) -> rx.Var[str]:
    return choose(ko=room["name_ko"], en=room["name_en"])


def room_address(room: rx.Var[RoomCard]) -> rx.Var[str]:
    return rx.Var.create("/room/") + room["id"].to(str)


def room_list(active: rx.Var[str] | str) -> rx.Component:
    """`active` is the id of the room that is shown, LOBBY, or another page's address."""
    lobby = rx.link(
        rx.el.span(rx.icon("house", size=16), class_name="side-room-mark"),
        rx.el.span(t("shell.lobby"), class_name="side-room-name"),
        href="/",
        class_name="side-room",
        aria_current=_current(active, LOBBY),
    )
    return rx.el.nav(
        lobby,
        _library(active),
        _group(t("rooms.favourites"), LobbyState.favourites, active),
        _group(t("rooms.mine"), LobbyState.mine, active, head_button=_new_room()),
        _group(t("rooms.direct"), LobbyState.direct, active),
        class_name="side-rooms",
        aria_label=t("shell.rooms"),
    )


def _library(active: rx.Var[str] | str) -> rx.Component:
    return rx.link(
        rx.el.span(rx.icon("library-big", size=16), class_name="side-room-mark"),
        rx.el.span(t("library.title"), class_name="side-room-name"),
        href=LIBRARY,
        class_name="side-room",
        aria_current=_current(active, LIBRARY),
    )


def _new_room() -> rx.Component:
    return rx.el.button(
        rx.icon("plus", size=18),
        type="button",
        aria_label=t("lobby.new"),
        title=t("lobby.new"),
        class_name="icon-button small",
        custom_attrs={"data-leaves": ""},  # the drawer closes: a dialog cannot open over it
        on_click=OPEN_NEW_ROOM,
    )


def _group(
    title: rx.Var[str],
    rooms: rx.Var[list[RoomCard]],
    active: rx.Var[str] | str,
    *,
    head_button: rx.Component | None = None,
) -> rx.Component:
    """A headed part of the list. Without rooms only the part that can make one stays."""
    head = rx.el.div(
        rx.el.h2(title, class_name="side-group-name"), head_button or rx.fragment(), class_name="side-group"
    )
    rows = rx.el.ul(rx.foreach(rooms, lambda room: _room(room, active)), role="list", class_name="side-list")
    return rx.fragment(head, rows) if head_button else rx.cond(rooms.length() > 0, rx.fragment(head, rows))


def _room(room: rx.Var[RoomCard], active: rx.Var[str] | str) -> rx.Component:
    row = rx.link(
        room_mark(room),
        rx.el.span(room_name(room), class_name="side-room-name"),
        rx.cond(is_quiet(room), rx.icon("bell-off", size=15, class_name="side-room-quiet")),
        unread_badge(room),
        href=room_address(room),
        class_name="side-room",
        aria_current=_current(active, room["id"]),
    )
    return rx.el.li(row, key=room["id"])


def room_mark(room: rx.Var[RoomCard]) -> rx.Component:
    """What stands before a room's name: the face of a person, a lock, or the sign of an open room."""
    return rx.match(
        room["kind"],
        ("direct", peer_face(room)),
        ("private", rx.el.span(rx.icon("lock", size=15), class_name="side-room-mark", aria_hidden="true")),
        rx.el.span("#", class_name="side-room-mark", aria_hidden="true"),
    )


def peer_face(room: rx.Var[RoomCard]) -> rx.Component:
    """The other person of a direct room, with a dot while they are in the house."""
    return face(
        id=room["peer"].to(str),
        name=room["name_ko"].to(str),
        avatar=room["avatar"].to(str),
        here=room["here"].length() > 0,
    )


def is_quiet(room: rx.Var[RoomCard]) -> rx.Var[bool]:
    """Whether nothing of the room is told of just now."""
    data = VarData.merge(
        VarData(imports={"$/public/hearth/time": [ImportVar(tag="isAhead")]}), room._get_all_var_data()
    )
    now: Any = rx.Var(f"isAhead({room['quiet_until']!s})", _var_type=bool, _var_data=data)
    return (room["notify"] == "none") | now.guess_type()


def _current(active: rx.Var[str] | str, own: rx.Var[str] | str) -> rx.Var[str]:
    return rx.cond(rx.Var.create(active) == own, "page", "false")
