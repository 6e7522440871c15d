"""In a room: which model speaks, a list to choose another from, and a plain mark where words leave the house."""

import reflex as rx

from hearth_reflex.components.text import t
from hearth_reflex.state.model_cards import Choice
from hearth_reflex.state.room import RoomState
from hearth_reflex.state.room_model import RoomModelState

_ROOM = RoomState.room["id"].to(str)


def model_picker() -> rx.Component:
    """The button in the room's header, and what it opens."""
    speaks = t("models.speaks_now", name=RoomModelState.name).to(str)
    button = rx.el.button(
        rx.cond(RoomModelState.leaves, rx.icon("globe", size=16), rx.icon("cpu", size=16)),
        rx.el.span(RoomModelState.name, class_name="picker-name"),
        type="button",
        aria_label=rx.cond(RoomModelState.leaves, speaks + " · " + _sent().to(str), speaks),
        class_name=rx.cond(RoomModelState.leaves, "picker level-ai leaves", "picker level-ai"),
    )
    return rx.cond(
        RoomModelState.name != "",
        rx.popover.root(
            rx.popover.trigger(button),
            rx.popover.content(
                rx.cond(RoomModelState.may_choose, _list(), _told()),
                rx.el.p(_where(), class_name="muted picker-where"),
                class_name="settings choosing",
                align="end",
                aria_label=t("models.speaks"),
            ),
            on_open_change=lambda _: RoomModelState.offer(_ROOM),
        ),
    )


def leaving_line() -> rx.Component:
    """Above the box to write in: where the words go, if they leave the house or may have to."""
    return rx.cond(
        RoomModelState.leaves | (RoomModelState.may_leave != ""),
        rx.el.p(rx.icon("globe", size=16), rx.el.span(_where()), class_name="leaving", role="note"),
    )


def _sent() -> rx.Var[str]:
    return t("models.sent_to", name=RoomModelState.name)


def _where() -> rx.Var[str]:
    return rx.cond(
        RoomModelState.leaves,
        _sent(),
        rx.cond(
            RoomModelState.may_leave != "",
            t("models.may_be_sent", name=RoomModelState.may_leave),
            t("models.stays"),
        ),
    )


def _list() -> rx.Component:
    return rx.fragment(
        rx.el.p(t("models.choose"), class_name="field-label"),
        rx.el.div(rx.foreach(RoomModelState.choices, _choice), class_name="picker-list"),
    )


def _choice(one: rx.Var[Choice]) -> rx.Component:
    name = rx.cond(one["ref"] == "", t("models.house_default", name=one["name"]), one["name"])
    button = rx.el.button(
        rx.el.span(name, class_name="picker-name"),
        rx.cond(one["leaves"], rx.el.span(t("models.leaves"), class_name="chip leaves")),
        rx.cond(one["ref"] == RoomModelState.ref, rx.icon("check", size=18)),
        type="button",
        aria_pressed=rx.cond(one["ref"] == RoomModelState.ref, "true", "false"),
        class_name="picker-choice",
        on_click=RoomModelState.choose(_ROOM, one["ref"]),
    )
    return rx.popover.close(button)


def _told() -> rx.Component:
    return rx.fragment(
        rx.el.p(t("models.speaks"), class_name="field-label"),
        rx.el.p(RoomModelState.name, class_name="engine-model"),
        rx.el.p(t("models.see_only"), class_name="muted"),
    )
