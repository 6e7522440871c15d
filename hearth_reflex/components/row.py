"""One row of the talk: a line of the house, what a person said, or an answer that grows."""

import reflex as rx

from hearth_reflex.components.feed import Item, outbox_call
from hearth_reflex.components.markdown import piece
from hearth_reflex.components.text import choose, pick, t
from hearth_reflex.components.time import clock, day
from hearth_reflex.state.composer import AnswerState
from hearth_reflex.state.how_made import HowMadeState
from hearth_reflex.state.room import RoomState


@rx.memo
def talk_row(rest: rx.RestProp, *, item: rx.Var[Item]) -> rx.Component:
    """A row; drawn again only when its item changes. `rest` takes the key of a list."""
    return rx.fragment(
        rx.cond(item["day"], rx.el.div(day(item["at"]), class_name="day-line")),
        rx.cond(
            item["kind"] == "notice",
            rx.el.p(pick(item["notice"]), class_name="notice"),
            _said(item),
        ),
    )


def _said(item: rx.Var[Item]) -> rx.Component:
    return rx.el.article(
        rx.cond(~item["grouped"], _head(item)),
        rx.cond(
            item["has_text"] | item["open"],
            _bubble(item),
        ),
        rx.cond(item["pending"] != "", _pending(item)),
        rx.cond(item["ai"], _answer_foot(item)),
        class_name=rx.Var.create("row")
        + rx.cond(item["own"], " own", "")
        + rx.cond(item["ai"], " ai", "")
        + rx.cond(item["grouped"], " grouped", "")
        + rx.cond(item["pending"] != "", " pending", "")
        + rx.cond((item["pending"] == "failed") | (item["status"] == "failed"), " failed", ""),
        custom_attrs={"data-seq": item["seq"], "data-status": item["status"]},
    )


def _bubble(item: rx.Var[Item]) -> rx.Component:
    return rx.el.div(
        rx.foreach(item["pieces"], lambda text: piece(text=text)),
        rx.cond(item["place"] > 0, _in_line(item), rx.cond(item["thinking"], _thinking())),
        rx.cond(
            item["open"] & item["has_text"] & (item["place"] == 0), rx.el.span(class_name="caret", aria_hidden="true")
        ),
        class_name="bubble",
    )


def _head(item: rx.Var[Item]) -> rx.Component:
    return rx.el.header(
        rx.el.span(choose(ko=item["name"], en=item["name_en"]), class_name="row-name"),
        rx.cond(item["ai"], rx.el.span(t("room.ai_badge"), class_name="row-badge")),
        rx.el.time(clock(item["at"]), class_name="row-time", date_time=item["at"]),
        class_name="row-head",
    )


def _thinking() -> rx.Component:
    dots = [rx.el.span(class_name="dot", aria_hidden="true") for _ in range(3)]
    return rx.el.span(*dots, rx.el.span(t("answer.thinking"), class_name="thinking-words"), class_name="thinking")


class _Place(rx.Component):
    """`assets/hearth/Place.jsx`."""

    library = "$/public/hearth/Place.jsx"
    tag = "Place"

    place: rx.Var[int]
    until: rx.Var[float]
    place_words: rx.Var[str]
    next_words: rx.Var[str]
    words: rx.Var[str]
    minute_words: rx.Var[str]
    soon_words: rx.Var[str]


def _in_line(item: rx.Var[Item]) -> rx.Component:
    count = rx.Var.create("{count}")
    return _Place.create(
        rx.icon("hourglass", size=15, aria_hidden="true"),
        place=item["place"],
        until=item["until"],
        place_words=t("answer.place", place=rx.Var.create("{place}")),
        next_words=t("answer.place_next"),
        words=t("answer.wait_seconds", count=count),
        minute_words=t("answer.wait_minutes", count=count),
        soon_words=t("answer.wait_soon"),
    )


def _pending(item: rx.Var[Item]) -> rx.Component:
    failed = rx.fragment(
        rx.el.span(
            rx.cond(item["error"].contains("ko"), pick(item["error"]), t("composer.failed")), class_name="row-problem"
        ),
        _button(t("composer.retry"), rx.call_function(outbox_call("retry", item["key"]))),
        _button(t("composer.discard"), rx.call_function(outbox_call("discard", item["key"]))),
    )
    sending = rx.el.span(rx.icon("clock", size=14), t("composer.sending"), class_name="row-sending")
    return rx.el.div(rx.cond(item["pending"] == "failed", failed, sending), class_name="row-state", role="status")


def _answer_foot(item: rx.Var[Item]) -> rx.Component:
    room = RoomState.room["id"]
    go_on = AnswerState.go_on(room, item["id"])
    return rx.el.footer(
        rx.cond(item["error"].contains("ko"), rx.el.span(pick(item["error"]), class_name="row-problem")),
        rx.cond(item["status"] == "stopped", rx.el.span(t("answer.stopped"), class_name="row-note")),
        rx.cond(item["open"], _button(t("answer.stop"), AnswerState.stop(room, item["id"]))),
        rx.cond(
            item["may_go_on"],
            _button(rx.cond(item["has_text"], t("answer.go_on"), t("answer.retry")), go_on),
        ),
        rx.cond(item["shortened"], rx.el.span(t("answer.shortened"), class_name="row-note")),
        rx.cond(item["finished"], _button(t("answer.how"), HowMadeState.show(room, item["id"]))),
        class_name="answer-actions",
    )


def _button(label: rx.Var[str] | rx.Component, on_click: rx.event.EventType) -> rx.Component:
    return rx.el.button(label, type="button", class_name="row-button", on_click=on_click)
