"""The head of a room: its name and what it is for, who is here, the star, the menu and the way into the panel."""

from typing import Any

import reflex as rx

from hearth_reflex.components.ai_sessions import IS_TALK, talk_back, talk_menu
from hearth_reflex.components.api_form import api_button
from hearth_reflex.components.choices import PANEL, choose
from hearth_reflex.components.faces import face, faces_here
from hearth_reflex.components.feed import view
from hearth_reflex.components.notes import troubles
from hearth_reflex.components.people import GRANTS
from hearth_reflex.components.room_list import room_name
from hearth_reflex.components.room_model import model_picker
from hearth_reflex.components.room_panel import panel_button
from hearth_reflex.components.shell import back_link, menu
from hearth_reflex.components.text import t
from hearth_reflex.state.lobby import LobbyState
from hearth_reflex.state.room import RoomState
from hearth_reflex.state.viewer import ViewerState

_ROOM = RoomState.room
NAME = rx.cond(view["away"], "", room_name(RoomState.room))
_TITLE = rx.Var.create("{room}")


class _RoomMenu(rx.Component):
    """`assets/hearth/RoomMenu.jsx`."""

    library = "$/public/hearth/RoomMenu.jsx"
    tag = "RoomMenu"
    room: rx.Var[dict[str, Any]]
    name: rx.Var[str]
    may: rx.Var[dict[str, list[str]]]
    admin: rx.Var[bool]
    words: rx.Var[dict[str, str]]
    on_done: rx.EventHandler[rx.event.no_args_event_spec]


class _RoomSignal(rx.Component):
    """`assets/hearth/RoomSignal.jsx`."""

    library = "$/public/hearth/RoomSignal.jsx"
    tag = "RoomSignal"
    known: rx.Var[list[str]]
    on_room: rx.EventHandler[rx.event.no_args_event_spec]
    on_rooms: rx.EventHandler[rx.event.no_args_event_spec]


def room_header() -> rx.Component:
    return rx.el.header(
        rx.cond(IS_TALK, talk_back(), back_link()),
        rx.cond(
            _ROOM["kind"] == "direct",
            face(id=_ROOM["peer"].to(str), name=room_name(RoomState.room), avatar=_ROOM["avatar"].to(str)),
        ),
        rx.el.div(_name(), _people(), model_picker(), class_name="room-title"),
        rx.cond(IS_TALK, talk_menu(), rx.fragment(_star(), _room_menu())),
        panel_button(),
        menu(_ROOM["id"].to(str)),
        class_name=rx.cond(IS_TALK, "room-header in-talk", "room-header"),
    )


def room_signal() -> rx.Component:
    """Keeps the card of the open room and the lists as they are told to have become."""
    return _RoomSignal.create(
        known=LobbyState.known, on_room=RoomState.look(_ROOM["id"]), on_rooms=LobbyState.refresh()
    )


def _name() -> rx.Component:
    """The name; what the room is for stands beside it where there is room, and in full in a bubble."""
    about = _ROOM["description"].to(str)
    asked = rx.popover.root(
        rx.popover.trigger(rx.el.button(NAME, type="button", class_name="room-name", title=about)),
        rx.popover.content(rx.el.p(about), class_name="settings about-room", align="start"),
    )
    described = (about != "") & ~view["away"]
    return rx.fragment(
        rx.el.h1(rx.cond(described, asked, NAME)),
        rx.cond(described, rx.el.span(about, class_name="room-about", aria_hidden="true")),
    )


def _people() -> rx.Component:
    """How many sit here and who is here now; opens the list of them."""
    words = t("room.members", count=_ROOM["members"])
    return rx.cond(
        _ROOM["kind"] != "direct",
        rx.el.button(
            faces_here(),
            rx.el.span(words, class_name="room-count"),
            type="button",
            class_name="room-people",
            on_click=choose(PANEL, "people"),
        ),
    )


def _star() -> rx.Component:
    favourite = _ROOM["favourite"].to(bool)
    return api_button(
        rx.icon("star", size=20),
        label=rx.cond(favourite, t("rooms.unstar"), t("rooms.star")),
        action=rx.Var.create("/api/rooms/") + _ROOM["id"].to(str) + "/seat",
        method="PATCH",
        body={"favourite": ~favourite},
        pressed=favourite,
        class_name="icon-button star",
        on_done=RoomState.look(_ROOM["id"]),
    )


def _room_menu() -> rx.Component:
    return _RoomMenu.create(
        room=_ROOM,
        name=room_name(RoomState.room),
        may=GRANTS,
        admin=ViewerState.is_admin,
        words={**_notice_words(), **_closing_words(), **troubles()},
        on_done=RoomState.look(_ROOM["id"]),
    )


def _notice_words() -> dict[str, rx.Var[str]]:
    return {
        "menu": t("rooms.menu"),
        "invite": t("rooms.invite"),
        "settings": t("rooms.settings"),
        "star": t("rooms.star"),
        "unstar": t("rooms.unstar"),
        "notices": t("rooms.notices"),
        "notify_all": t("rooms.notify_all"),
        "notify_mentions": t("rooms.notify_mentions"),
        "notify_none": t("rooms.notify_none"),
        "quiet": t("rooms.quiet"),
        "quiet_1h": t("rooms.quiet_1h"),
        "quiet_8h": t("rooms.quiet_8h"),
        "quiet_tomorrow": t("rooms.quiet_tomorrow"),
        "unquiet": t("rooms.unquiet", time=rx.Var.create("{time}")),
        "not_done": t("rooms.not_done"),
        "cancel": t("lobby.cancel"),
    }


def _closing_words() -> dict[str, rx.Var[str]]:
    return {
        "archive": t("rooms.archive"),
        "archive_title": t("rooms.archive_title", room=_TITLE),
        "archive_lead": t("rooms.archive_lead"),
        "unarchive": t("rooms.unarchive"),
        "leave": t("rooms.leave"),
        "leave_title": t("rooms.leave_title", room=_TITLE),
        "leave_lead": t("rooms.leave_lead"),
        "left": t("rooms.left", room=_TITLE),
        "delete": t("rooms.delete"),
        "delete_title": t("rooms.delete_title", room=_TITLE),
        "delete_lead": t("rooms.delete_lead"),
        "deleted": t("rooms.deleted", room=_TITLE),
        "take_back": t("rooms.take_back"),
    }
