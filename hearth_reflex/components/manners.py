"""Why an AI spoke, below its answer: on hover and for screen readers; and a button for who finds that too talkative."""

import reflex as rx

from hearth_reflex.components.feed import Item
from hearth_reflex.components.notes import troubles
from hearth_reflex.components.text import t
from hearth_reflex.domain.manners import ASKED_FOR
from hearth_reflex.state.room import RoomState


class _TooTalkative(rx.Component):
    library = "$/public/hearth/TooTalkative.jsx"
    tag = "TooTalkative"

    room: rx.Var[str]
    message: rx.Var[str]
    words: rx.Var[dict[str, str]]


def why(item: rx.Var[Item]) -> rx.Component:
    """Nothing below answers of an older house, which did not keep the reason."""
    return rx.cond(item["reason"] != "", rx.fragment(_reason(item), _button(item)))


def _reason(item: rx.Var[Item]) -> rx.Component:
    words = rx.match(
        item["reason"],
        ("called", t("manners.called")),
        ("named", t("manners.named")),
        ("replied", t("manners.replied")),
        ("follow_up", t("manners.follow_up")),
        ("joins_in", t("manners.joins_in")),
        ("alone", t("manners.alone")),
        ("session", t("manners.session")),
        "",
    )
    return rx.el.span(
        rx.icon("info", size=15, aria_hidden="true"),
        rx.el.span(t("manners.why"), ": ", words, class_name="visually-hidden"),
        class_name="row-why",
        title=words,
    )


def _button(item: rx.Var[Item]) -> rx.Component:
    named = {name: t(f"manners.{name}") for name in ("too_talkative", "too_talkative_title", "noted")}
    wanted = [item["reason"] == reason.value for reason in ASKED_FOR]
    return rx.cond(
        item["finished"] & ~(wanted[0] | wanted[1]),
        _TooTalkative.create(room=RoomState.room["id"].to(str), message=item["id"], words=named | troubles()),
    )
