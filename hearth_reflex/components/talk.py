"""The talk of a room, the box to write in, and what a screen reader hears of it."""

import reflex as rx

from hearth_reflex.components.feed import View, view
from hearth_reflex.components.row import talk_row
from hearth_reflex.components.text import choose, t
from hearth_reflex.state.room import RoomState
from hearth_reflex.state.viewer import ViewerState


class Talk(rx.Component):
    """`assets/hearth/Talk.jsx`."""

    library = "$/public/hearth/Talk"
    tag = "Talk"

    view: rx.Var[View]
    label: rx.Var[str]
    older_label: rx.Var[str]
    newest_label: rx.Var[str]
    beginning_label: rx.Var[str]


class Composer(rx.Component):
    """`assets/hearth/Composer.jsx`."""

    library = "$/public/hearth/Composer"
    tag = "Composer"

    room: rx.Var[str]
    me: rx.Var[str]
    limit: rx.Var[int]
    label: rx.Var[str]
    placeholder: rx.Var[str]
    send_label: rx.Var[str]
    too_long: rx.Var[str]
    controls: rx.Var[str]


def talk() -> rx.Component:
    return Talk.create(
        rx.cond(view["empty"], rx.el.p(t("room.empty"), class_name="empty")),
        rx.foreach(view["items"], lambda item: talk_row(item=item, key=item["key"])),
        key=RoomState.room["id"],
        view=view,
        label=t("room.log"),
        older_label=rx.cond(view["loadingOlder"], t("room.loading"), t("room.load_older")),
        newest_label=t("room.newest", count=rx.Var.create("{count}")),
        beginning_label=t("room.beginning"),
    )


def composer() -> rx.Component:
    return Composer.create(
        room=RoomState.room["id"].to(str),
        me=ViewerState.user_id,
        limit=RoomState.message_limit,
        label=t("composer.label"),
        placeholder=t("composer.placeholder"),
        send_label=t("composer.send"),
        too_long=t("error.message_long", length=rx.Var.create("{length}"), limit=rx.Var.create("{limit}")),
        controls=t("error.message_control"),
    )


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
