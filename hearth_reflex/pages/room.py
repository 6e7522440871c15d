"""A room: its head, its talk, the box to write in, and the panel beside them."""

import reflex as rx

from hearth_reflex.components.ai_sessions import IS_TALK, talk_over
from hearth_reflex.components.banners import banners
from hearth_reflex.components.citations import citations_panel, receipt
from hearth_reflex.components.composer import composer
from hearth_reflex.components.feed import view
from hearth_reflex.components.fire import room_fire
from hearth_reflex.components.how_made import how_made_sheet
from hearth_reflex.components.invites import invite_dialog
from hearth_reflex.components.room_header import NAME, room_header, room_signal
from hearth_reflex.components.room_model import leaving_line
from hearth_reflex.components.room_panel import room_panel
from hearth_reflex.components.row import row_menu
from hearth_reflex.components.shell import shell
from hearth_reflex.components.sights import under_talk
from hearth_reflex.components.talk import announcer, talk
from hearth_reflex.components.text import pick, t, titled
from hearth_reflex.components.unread import counted
from hearth_reflex.state.room import RoomState
from hearth_reflex.state.viewer import ViewerState

ROUTE = "/room/[room_id]"
TITLE = counted(titled(NAME))
ON_LOAD = [ViewerState.enter, RoomState.enter]


def page() -> rx.Component:
    return shell(
        rx.cond(RoomState.refused.contains("ko"), _closed_door(), _room()),
        active=rx.cond(IS_TALK, RoomState.room["parent"], RoomState.room["id"]).to(str),
        burning=_fire(),
    )


def _room() -> rx.Component:
    section = rx.el.section(
        room_header(),
        _strip(),
        banners(),
        rx.cond(RoomState.room["archived"], _archived()),
        talk(),
        leaving_line(),
        under_talk(),
        rx.cond(RoomState.room["ended"], talk_over(), composer()),
        announcer(),
        how_made_sheet(),
        receipt(),
        row_menu(),
        class_name="room",
    )
    return rx.el.div(
        section, room_panel(), citations_panel(), invite_dialog(), room_signal(), class_name="room-and-panel"
    )


def _strip() -> rx.Component:
    """The fire over a narrow window, where there is no side panel for it."""
    return rx.el.div(_fire(), class_name="fire-strip")


def _fire() -> rx.Component:
    return room_fire(items=view["items"], thinking=view["thinking"])


def _archived() -> rx.Component:
    return rx.el.p(rx.icon("archive", size=16), t("error.room_archived"), class_name="banner warning")


def _closed_door() -> rx.Component:
    return rx.el.section(
        rx.el.h1(t("room.gone")),
        rx.el.p(pick(RoomState.refused)),
        rx.el.a(t("room.back"), href="/", class_name="button"),
        class_name="closed-door",
    )
