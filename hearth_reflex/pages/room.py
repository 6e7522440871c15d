"""A room: its head, its talk, the box to write in."""

import reflex as rx

from hearth_reflex.components.banners import banners
from hearth_reflex.components.feed import view
from hearth_reflex.components.how_made import how_made_sheet
from hearth_reflex.components.room_model import leaving_line, model_picker
from hearth_reflex.components.shell import back_link, menu, room_name, shell
from hearth_reflex.components.talk import announcer, composer, talk
from hearth_reflex.components.text import pick, t, titled
from hearth_reflex.state.room import RoomState
from hearth_reflex.state.viewer import ViewerState

ROUTE = "/room/[room_id]"
_NAME = rx.cond(view["away"], "", room_name(RoomState.room))
TITLE = titled(_NAME)
ON_LOAD = [ViewerState.enter, RoomState.enter]


def page() -> rx.Component:
    return shell(
        rx.cond(
            RoomState.refused.contains("ko"),
            _closed_door(),
            rx.el.section(
                _header(),
                banners(),
                talk(),
                leaving_line(),
                composer(),
                announcer(),
                how_made_sheet(),
                class_name="room",
            ),
        ),
        active=RoomState.room["id"].to(str),
        fire_state=rx.cond(view["thinking"], "thinking", "calm"),
    )


def _header() -> rx.Component:
    return rx.el.header(
        back_link(),
        rx.el.div(rx.el.h1(_NAME), _count(), model_picker(), class_name="room-title"),
        menu(RoomState.room["id"].to(str)),
        class_name="room-header",
    )


def _count() -> rx.Component:
    return rx.el.span(t("room.members", count=RoomState.room["members"] + view["joined"]), class_name="room-count")


def _closed_door() -> rx.Component:
    return rx.el.section(
        rx.el.h1(t("room.gone")),
        rx.el.p(pick(RoomState.refused)),
        rx.el.a(t("room.back"), href="/", class_name="button"),
        class_name="closed-door",
    )
