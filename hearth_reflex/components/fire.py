"""The fire: a small one that shows how the house is, and the painted room of the front door. Knows no state."""

from typing import Any, Literal

import reflex as rx

from hearth_reflex.components.text import t

FireState = Literal["embers", "calm", "lively", "thinking"]
FireSize = Literal["small", "medium", "large"]
FIRE_STATES: tuple[FireState, ...] = ("embers", "calm", "lively", "thinking")

HEARTH_VIEW = "40 20 730 780"  # the whole room
STRIP_VIEW = "-60 250 1120 400"  # what a wide, low strip shows of it


class _Scene(rx.Component):
    library = "$/public/hearth/Scene.jsx"
    tag = "Scene"
    label: rx.Var[str]
    view: rx.Var[str]


class _RoomFire(rx.Component):
    library = "$/public/hearth/RoomFire.jsx"
    tag = "RoomFire"
    items: rx.Var[list[Any]]
    thinking: rx.Var[bool]
    words: rx.Var[dict[str, str]]


def fire(*, size: FireSize = "medium", state: FireState | rx.Var[str] = "calm") -> rx.Component:
    """A fire that burns as `state` says; a Var changes it while it burns."""
    return rx.el.div(
        *_parts(),
        class_name=rx.Var.create(f"fire {size} ") + rx.Var.create(state),
        role="img",
        aria_label=_in_words(state),
    )


def room_fire(*, items: rx.Var, thinking: rx.Var[bool]) -> rx.Component:
    """The fire of the open room, which burns as the room does (`assets/hearth/flame.js`)."""
    words = {name: t(f"fire.{name}") for name in FIRE_STATES}
    return _RoomFire.create(*_parts(), items=items, thinking=thinking, words=words)


def scene(*, view: str = HEARTH_VIEW) -> rx.Component:
    """The room at dusk with its fire; fills the box it is put in."""
    return _Scene.create(label=t("fire.scene"), view=view)


def _parts() -> tuple[rx.Component, ...]:
    return (
        rx.el.div(class_name="fire-glow"),
        rx.el.div(class_name="fire-flame"),
        rx.el.div(_logs(), class_name="fire-logs"),
    )


def _in_words(state: FireState | rx.Var[str]) -> rx.Var[str]:
    if isinstance(state, str):
        return t(f"fire.{state}")
    return rx.match(state, *((name, t(f"fire.{name}")) for name in FIRE_STATES), t("fire.calm"))


def _logs() -> rx.Component:
    return rx.el.svg(
        rx.el.rect(
            class_name="log back", x="14", y="6", width="172", height="24", rx="12", transform="rotate(-5 100 18)"
        ),
        rx.el.rect(class_name="log", x="6", y="22", width="188", height="26", rx="13", transform="rotate(4 100 35)"),
        rx.el.circle(class_name="log-end", cx="186", cy="42", r="12"),
        rx.el.circle(class_name="log-ring", cx="186", cy="42", r="6"),
        rx.el.circle(class_name="coal", cx="52", cy="45", r="6"),
        rx.el.circle(class_name="coal late", cx="84", cy="49", r="5"),
        rx.el.circle(class_name="coal", cx="128", cy="48", r="6"),
        rx.el.circle(class_name="coal late", cx="26", cy="47", r="4"),
        view_box="0 0 200 58",
        aria_hidden="true",
    )
