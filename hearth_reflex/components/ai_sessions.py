"""Talks with an AI beside a room's own: the panel's list, the head of a talk, what is set for answers. The parts of
`assets/hearth` ask the house; here are their words and what they are given of the open room."""

import reflex as rx

from hearth_reflex.components.notes import troubles
from hearth_reflex.components.room_list import room_name
from hearth_reflex.components.settings_look import part
from hearth_reflex.components.text import choose, t
from hearth_reflex.state.room import RoomState
from hearth_reflex.state.viewer import ViewerState

_ROOM = RoomState.room
IS_TALK = _ROOM["kind"] == "session"
SEATS = rx.cond(IS_TALK, _ROOM["parent"], _ROOM["id"]).to(str)  # the room that has the seats of the open one
SEATS_NAME = rx.cond(IS_TALK, choose(ko=_ROOM["parent_ko"], en=_ROOM["parent_en"]), room_name(_ROOM))
_MENU = ("rename", "rename_lead", "name", "keep", "cancel", "end", "end_title", "end_lead", "resume", "settings")
_LIST = ("lead", "start", "with", "none", "again", "over", "persona_gone")
_CONFIG = ("prompt", "prompt_hint", "model", "model_default", "sample", "keep", "kept", "see_only")


class _AiSessions(rx.Component):
    """`assets/hearth/AiSessions.jsx`."""

    library = "$/public/hearth/AiSessions.jsx"
    tag = "AiSessions"
    room: rx.Var[str]
    open: rx.Var[str]
    may_begin: rx.Var[bool]
    words: rx.Var[dict[str, str]]


class _TalkMenu(rx.Component):
    library = "$/public/hearth/AiSessions.jsx"
    tag = "TalkMenu"
    session: rx.Var[str]
    words: rx.Var[dict[str, str]]


class _TalkOver(rx.Component):
    library = "$/public/hearth/AiSessions.jsx"
    tag = "TalkOver"
    session: rx.Var[str]
    archived: rx.Var[bool]
    words: rx.Var[dict[str, str]]


class _AiConfig(rx.Component):
    """`assets/hearth/AiConfig.jsx`."""

    library = "$/public/hearth/AiConfig.jsx"
    tag = "AiConfig"
    address: rx.Var[str]
    session: rx.Var[str]
    words: rx.Var[dict[str, str]]


class _Alone(rx.Component):
    """`assets/hearth/Alone.jsx`."""

    library = "$/public/hearth/Alone.jsx"
    tag = "Alone"
    words: rx.Var[dict[str, str]]


def sessions_panel() -> rx.Component:
    """The talks of the open room; of those of the room that it belongs to, when it is such a talk itself."""
    return _AiSessions.create(
        room=SEATS,
        open=rx.cond(IS_TALK, _ROOM["id"], "").to(str),
        may_begin=~_ROOM["archived"] & _ROOM["ai_enabled"],
        words={
            **{key: t(f"sessions.{key}") for key in _LIST},
            "sent_away": t("sessions.sent_away", name=rx.Var.create("{name}")),
            "unread": t("news.unread", count=rx.Var.create("{count}")),
            "called": t("news.called"),
            **_menu_words(),
            **troubles(),
        },
    )


def talk_back() -> rx.Component:
    """From a talk to its room."""
    return rx.link(
        rx.icon("chevron-left", size=20),
        rx.el.span(SEATS_NAME),
        href=rx.Var.create("/room/") + SEATS,
        aria_label=t("sessions.back", room=SEATS_NAME),
        class_name="talk-back",
    )


def talk_menu() -> rx.Component:
    return _TalkMenu.create(session=_ROOM["id"].to(str), words={**_menu_words(), **troubles()})


def talk_over() -> rx.Component:
    """In place of the box of a talk that has ended: that it has, and the way to go on."""
    return _TalkOver.create(
        session=_ROOM["id"].to(str),
        archived=_ROOM["archived"].to(bool),
        words={"ended": t("sessions.ended"), "resume": t("sessions.resume"), **troubles()},
    )


def talk_settings() -> rx.Component:
    """The settings of the open talk: the panel's last part."""
    talk = _ROOM["id"].to(str)
    return rx.el.section(
        rx.el.h3(t("sessions.settings")),
        rx.el.p(t("sessions.settings_lead"), class_name="muted"),
        _AiConfig.create(
            address=rx.Var.create("/api/llm/sessions/") + talk + "/config",
            session=talk,
            words=_config_words(),
        ),
        class_name="room-settings talk-settings",
    )


def my_answers() -> rx.Component:
    """A part of the settings page: what the reader has set for answers that they ask for."""
    return rx.el.div(
        part(
            "answers",
            rx.el.p(t("sessions.mine_lead"), class_name="muted"),
            _AiConfig.create(address="/api/llm/settings", session="", words=_config_words()),
        ),
        class_name="level-advanced",
    )


def alone_button() -> rx.Component:
    """Into the room where the reader talks with the AI alone; guests have no rooms of their own."""
    return rx.cond(ViewerState.is_guest, rx.fragment(), _Alone.create(words={"go": t("sessions.alone"), **troubles()}))


def _menu_words() -> dict[str, rx.Var[str]]:
    return {
        "menu": t("sessions.menu", name=rx.Var.create("{name}")),
        "library": t("library.title"),
        **{key: t(f"sessions.{key}") for key in _MENU},
    }


def _config_words() -> dict[str, rx.Var[str]]:
    return {
        **{key: t(f"sessions.{key}") for key in _CONFIG},
        "temperature": t("sessions.temperature"),
        "temperature_hint": t("sessions.temperature_hint"),
        "top_p": t("sessions.top_p"),
        "max_tokens": t("sessions.tokens"),
        "context_turns": t("sessions.turns"),
        **{f"sample_{key}": t(f"sessions.sample_{key}") for key in ("house", "on", "off")},
        **troubles(),
    }
