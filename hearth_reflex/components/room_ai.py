"""The AIs of the open room: the panel's part. `assets/hearth/RoomAi.jsx` asks the house; here are its words."""

import reflex as rx

from hearth_reflex.components.notes import troubles
from hearth_reflex.components.room_settings import may_here
from hearth_reflex.components.text import t
from hearth_reflex.domain.roles import Permission
from hearth_reflex.state.room import RoomState
from hearth_reflex.state.viewer import ViewerState

_NAME = rx.Var.create("{name}")
_TEMPERS = ("quiet", "asked", "joins_in")


class _RoomAi(rx.Component):
    """`assets/hearth/RoomAi.jsx`."""

    library = "$/public/hearth/RoomAi.jsx"
    tag = "RoomAi"
    room: rx.Var[str]
    temper: rx.Var[str]
    speaks: rx.Var[bool]
    may_keep: rx.Var[bool]
    may_set: rx.Var[bool]
    words: rx.Var[dict[str, str]]
    on_changed: rx.EventHandler[rx.event.no_args_event_spec]


def room_ai() -> rx.Component:
    room = RoomState.room
    tempers = {f"temper_{name}": t(f"personas.temper_{name}") for name in _TEMPERS}
    leads = {f"temper_{name}_lead": t(f"personas.temper_{name}_lead") for name in _TEMPERS}
    panel = _RoomAi.create(
        room=room["id"].to(str),
        temper=room["temper"].to(str),
        speaks=room["ai_enabled"].to(bool),
        may_keep=(may_here(Permission.SEAT_AI) | ViewerState.is_admin | (room["kind"] == "direct")) & ~room["archived"],
        may_set=may_here(Permission.DESCRIBE) & ~room["archived"],
        on_changed=RoomState.look(room["id"]),
        words={**_words(), **tempers, **leads, **troubles()},
    )
    return rx.cond(room["kind"] == "session", rx.el.p(t("personas.in_talk"), class_name="muted"), panel)


def _words() -> dict[str, rx.Var[str]]:
    return {
        "seated": t("personas.seated"),
        "nobody": t("personas.nobody"),
        "nobody_here": t("personas.nobody_here"),
        "off": t("personas.off"),
        "hears": t("personas.hears"),
        "hears_all": t("personas.hears_all"),
        "hears_from_now": t("personas.hears_from_now"),
        "hears_part": t("personas.hears_part"),
        "hear_all": t("personas.hear_all"),
        "hear_from_now": t("personas.hear_from_now"),
        "menu_of": t("personas.menu_of", name=_NAME),
        "send_away": t("personas.send_away"),
        "send_away_title": t("personas.send_away_title", name=_NAME),
        "send_away_lead": t("personas.send_away_lead"),
        "temper": t("personas.temper"),
        "others": t("personas.others"),
        "no_others": t("personas.no_others"),
        "seat": t("personas.seat"),
        "seat_of": t("personas.seat_of", name=_NAME),
        "to_personas": t("personas.to_page"),
        "cancel": t("lobby.cancel"),
    }
