"""A room: its head, its talk, the box to write in."""

import reflex as rx

from hearth_reflex.components.feed import view
from hearth_reflex.components.shell import back_link, room_name, shell
from hearth_reflex.components.talk import announcer, banners, composer, talk
from hearth_reflex.components.text import pick, t
from hearth_reflex.state.room import RoomState
from hearth_reflex.state.viewer import ViewerState

ROUTE = "/room/[room_id]"
TITLE = t("room.title")
ON_LOAD = [ViewerState.enter, RoomState.enter]


def page() -> rx.Component:
    return shell(
        rx.cond(
            RoomState.refused.contains("ko"),
            _closed_door(),
            rx.el.section(_header(), banners(), talk(), composer(), announcer(), class_name="room"),
        ),
        active=RoomState.room["id"].to(str),
        fire_state=rx.cond(view["thinking"], "thinking", "calm"),
    )


def _header() -> rx.Component:
    return rx.el.header(
        back_link(),
        rx.el.h1(room_name(RoomState.room)),
        rx.el.span(t("room.members", count=RoomState.room["members"] + view["joined"]), class_name="room-count"),
        class_name="room-header",
    )


def _closed_door() -> rx.Component:
    return rx.el.section(
        rx.el.h1(t("room.gone")),
        rx.el.p(pick(RoomState.refused)),
        rx.el.a(t("room.back"), href="/", class_name="button"),
        class_name="closed-door",
    )
