"""The lobby: the hearth with a greeting, the open rooms as cards, and a new one."""

import reflex as rx

from hearth_reflex.components.api_form import actions, api_form, check, field, submit
from hearth_reflex.components.fire import STRIP_VIEW, scene
from hearth_reflex.components.shell import room_name
from hearth_reflex.components.text import t
from hearth_reflex.components.time import ago
from hearth_reflex.state.lobby import LobbyState, RoomCard
from hearth_reflex.state.viewer import ViewerState


def lobby() -> rx.Component:
    return rx.el.div(_hearth(), _head(), _cards(), class_name="lobby")


def _hearth() -> rx.Component:
    greeting = rx.el.div(
        rx.el.h1(t("lobby.greeting", name=ViewerState.name)),
        rx.el.p(t("lobby.lead"), class_name="muted"),
        class_name="lobby-greeting",
    )
    return rx.el.div(scene(view=STRIP_VIEW), greeting, class_name="lobby-hearth")


def _head() -> rx.Component:
    return rx.el.div(rx.el.h2(t("lobby.rooms")), _new_room(), class_name="lobby-head")


def _cards() -> rx.Component:
    empty = rx.el.li(t("lobby.empty"), class_name="rooms-empty")
    cards = rx.foreach(LobbyState.rooms, _card)
    return rx.el.ul(rx.cond(LobbyState.rooms.length() > 0, cards, empty), class_name="rooms", role="list")


def _card(room: rx.Var[RoomCard]) -> rx.Component:
    facts = t("lobby.facts", count=room["members"], ago=ago(room["last_activity"]))
    card = rx.link(
        rx.el.span(room_name(room), class_name="room-card-name"),
        rx.el.span(facts, class_name="room-card-facts"),
        rx.el.span(rx.cond(room["joined"], t("lobby.back"), t("lobby.sit")), class_name="room-card-go"),
        href=rx.Var.create("/room/") + room["id"],
        class_name=rx.cond(room["joined"], "room-card joined", "room-card"),
    )
    return rx.el.li(card, key=room["id"])


def _new_room() -> rx.Component:
    private = rx.cond(ViewerState.is_guest, rx.fragment(), check("private", label=t("lobby.new_private")))
    cancel = rx.dialog.close(rx.el.button(t("lobby.cancel"), type="button", class_name="button plain"))
    form = api_form(
        field("name", label=t("lobby.new_name"), auto_complete="off", enter_key_hint="go"),
        private,
        actions(cancel, submit(t("lobby.new_go"))),
        action="/api/rooms",
        next="/room/{id}",
    )
    return rx.dialog.root(
        rx.dialog.trigger(rx.el.button(rx.icon("plus", size=18), t("lobby.new"), type="button", class_name="button")),
        rx.dialog.content(
            rx.dialog.title(t("lobby.new_title"), trim="normal", class_name="dialog-title"),
            rx.dialog.description(t("lobby.new_lead"), class_name="muted dialog-lead"),
            form,
            class_name="dialog",
        ),
    )
