"""The lobby: the hearth with a greeting, my rooms, people I talk to, open rooms to sit down in.

A narrow window shows one part at a time and has the ways between them at its foot, and the one to the library.
"""

import reflex as rx

from hearth_reflex.components.ai_sessions import alone_button
from hearth_reflex.components.choices import LOBBY, choose, chosen
from hearth_reflex.components.fire import STRIP_VIEW, scene
from hearth_reflex.components.new_room import new_room_button
from hearth_reflex.components.presence import who_is_there
from hearth_reflex.components.room_list import is_quiet, room_address, room_mark, room_name
from hearth_reflex.components.settings_menu import settings
from hearth_reflex.components.text import t
from hearth_reflex.components.time import ago
from hearth_reflex.components.unread import unread_badge
from hearth_reflex.state.lobby import LobbyState, RoomCard
from hearth_reflex.state.viewer import ViewerState

# (name of the part, icon, words); the first one is shown to whoever has chosen none
_PARTS = (
    ("rooms", "flame", t("lobby.part_rooms")),
    ("direct", "message-circle", t("lobby.part_direct")),
    ("me", "user-round", t("lobby.part_me")),
)


def lobby() -> rx.Component:
    part = rx.cond(chosen(LOBBY) == "", _PARTS[0][0], chosen(LOBBY))
    return rx.el.div(
        _hearth(),
        rx.cond(LobbyState.loaded, _lists(), _waiting()),
        rx.el.section(rx.el.h2(t("lobby.part_me")), settings(), class_name="lobby-part me-part"),
        _foot(part),
        class_name="lobby",
        custom_attrs={"data-part": part},
    )


def _hearth() -> rx.Component:
    greeting = rx.el.div(
        rx.el.h1(t("lobby.greeting", name=ViewerState.name)),
        rx.el.p(t("lobby.lead"), class_name="muted"),
        class_name="lobby-greeting",
    )
    return rx.el.div(scene(view=STRIP_VIEW), greeting, class_name="lobby-hearth")


def _waiting() -> rx.Component:
    cards = [rx.el.li(class_name="skeleton") for _ in range(3)]
    return rx.el.ul(*cards, class_name="rooms lobby-part rooms-part", aria_hidden="true")


def _lists() -> rx.Component:
    return rx.fragment(_mine(), _direct(), _open(), _archived())


def _mine() -> rx.Component:
    none = (LobbyState.favourites.length() == 0) & (LobbyState.mine.length() == 0)
    empty = rx.el.div(rx.el.p(t("lobby.none_mine")), _ways(), class_name="rooms-empty")
    cards = rx.el.ul(
        rx.foreach(LobbyState.favourites, _card), rx.foreach(LobbyState.mine, _card), class_name="rooms", role="list"
    )
    head = rx.el.div(rx.el.h2(t("rooms.mine")), rx.cond(none, rx.fragment(), _ways()), class_name="lobby-head")
    return rx.el.section(head, rx.cond(none, empty, cards), class_name="lobby-part rooms-part")


def _ways() -> rx.Component:
    """To another room, or to the one where one talks with the AI alone."""
    return rx.el.div(alone_button(), new_room_button(), class_name="alone-way")


def _direct() -> rx.Component:
    """People. A wide window leaves the part out while there is nobody."""
    none = LobbyState.direct.length() == 0
    cards = rx.el.ul(rx.foreach(LobbyState.direct, _card), class_name="rooms", role="list")
    empty = rx.el.p(t("lobby.none_direct"), class_name="rooms-empty")
    return rx.el.section(
        rx.el.div(rx.el.h2(t("rooms.direct")), class_name="lobby-head"),
        rx.cond(none, empty, cards),
        class_name=rx.cond(none, "lobby-part direct-part none", "lobby-part direct-part"),
    )


def _open() -> rx.Component:
    cards = rx.el.ul(rx.foreach(LobbyState.open, _open_card), class_name="rooms", role="list")
    empty = rx.el.p(t("lobby.none_open"), class_name="rooms-empty")
    return rx.el.section(
        rx.el.div(rx.el.h2(t("lobby.rooms")), class_name="lobby-head"),
        rx.cond(LobbyState.open.length() > 0, cards, empty),
        class_name="lobby-part rooms-part",
    )


def _archived() -> rx.Component:
    cards = rx.el.ul(rx.foreach(LobbyState.archived, _card), class_name="rooms", role="list")
    summary = rx.el.summary(t("lobby.archived", count=LobbyState.archived.length()))
    return rx.cond(
        LobbyState.archived.length() > 0,
        rx.el.details(summary, cards, class_name="lobby-part rooms-part lobby-archived"),
    )


def _card(room: rx.Var[RoomCard]) -> rx.Component:
    """A room of mine."""
    direct = room["kind"] == "direct"
    about = rx.cond(room["description"] != "", room["description"], _facts(room))
    card = rx.link(
        rx.el.span(
            room_mark(room),
            rx.el.span(room_name(room), class_name="room-card-name"),
            rx.cond(room["favourite"], rx.icon("star", size=16, class_name="room-card-star")),
            rx.cond(is_quiet(room), rx.icon("bell-off", size=15, class_name="side-room-quiet")),
            unread_badge(room),
            class_name="room-card-head",
        ),
        rx.el.span(rx.cond(direct, _seen(room), about), class_name="room-card-facts"),
        rx.cond(direct, rx.fragment(), who_is_there(room)),
        href=room_address(room),
        class_name="room-card joined",
    )
    return rx.el.li(card, key=room["id"])


def _open_card(room: rx.Var[RoomCard]) -> rx.Component:
    """A room where I have no seat yet: one press, and I sit there."""
    card = rx.link(
        rx.el.span(rx.el.span(room_name(room), class_name="room-card-name"), class_name="room-card-head"),
        rx.cond(room["description"] != "", rx.el.span(room["description"], class_name="room-card-facts")),
        rx.el.span(_facts(room), class_name="room-card-facts"),
        who_is_there(room),
        rx.el.span(t("lobby.sit"), class_name="room-card-go"),
        href=room_address(room),
        class_name="room-card",
    )
    return rx.el.li(card, key=room["id"])


def _seen(room: rx.Var[RoomCard]) -> rx.Var[str]:
    """Of a room of two: whether the other is in the house, or when it was last lively."""
    return rx.cond(room["here"].length() > 0, t("rooms.at_home"), ago(room["last_activity"].to(str)))


def _facts(room: rx.Var[RoomCard]) -> rx.Var[str]:
    return t("lobby.facts", count=room["members"], ago=ago(room["last_activity"].to(str)))


def _foot(part: rx.Var[str]) -> rx.Component:
    *ways, me = (
        rx.el.button(
            rx.icon(icon, size=22),
            rx.el.span(words),
            type="button",
            aria_current=rx.cond(part == name, "page", "false"),
            on_click=choose(LOBBY, name),
        )
        for name, icon, words in _PARTS
    )
    library = rx.link(rx.icon("library-big", size=22), rx.el.span(t("library.title")), href="/library")
    return rx.el.nav(*ways, library, me, class_name="lobby-foot", aria_label=t("lobby.parts"))
