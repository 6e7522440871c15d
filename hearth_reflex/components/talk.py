"""The talk of a room, and what a screen reader hears of it."""

from collections.abc import Callable

import reflex as rx
from reflex.vars.function import ArgsFunctionOperation

from hearth_reflex.components.feed import Item, View, view
from hearth_reflex.components.row import talk_row
from hearth_reflex.components.text import choose, t
from hearth_reflex.state.room import RoomState


class Talk(rx.Component):
    """`assets/hearth/Talk.jsx`."""

    library = "$/public/hearth/Talk"
    lib_dependencies: list[str] = ["virtua@0.54.2"]  # noqa: RUF012 - how Reflex has it
    tag = "Talk"

    view: rx.Var[View]
    label: rx.Var[str]
    older_label: rx.Var[str]
    newest_label: rx.Var[str]
    to_newest_label: rx.Var[str]
    beginning_label: rx.Var[str]
    unread_label: rx.Var[str]
    date_label: rx.Var[str]
    row: rx.Var[Callable[[Item], rx.Component]]  # draws one row; called for those near the screen alone


def talk() -> rx.Component:
    return Talk.create(
        rx.cond(view["empty"], rx.el.p(t("room.empty"), class_name="empty")),
        key=RoomState.room["id"],
        row=_row(),
        view=view,
        label=t("room.log"),
        older_label=rx.cond(view["loadingOlder"], t("room.loading"), t("room.load_older")),
        newest_label=t("room.newest", count=rx.Var.create("{count}")),
        to_newest_label=t("room.to_newest"),
        beginning_label=t("room.beginning"),
        unread_label=t("room.unread_line"),
        date_label=t("room.to_date"),
    )


def _row() -> rx.Var:
    """A function of the browser's that draws an item."""
    item = rx.Var("item", _var_type=Item).guess_type()
    return ArgsFunctionOperation.create(("item",), talk_row(item=item))


def announcer() -> rx.Component:
    """Whole messages, and the start and the end of an answer: never its single words."""
    announced = view["announced"]
    name = choose(ko=announced["name"], en=announced["name_en"]).to(str)
    said = rx.match(
        announced["kind"],
        ("said", name + ": " + announced["text"]),
        ("waiting", t("answer.waiting", name=name, place=announced["text"])),
        ("began", t("answer.began", name=name)),
        ("ended", t("answer.ended", name=name)),
        "",
    )
    return rx.el.div(said, class_name="visually-hidden", aria_live="polite", id="announcer")
