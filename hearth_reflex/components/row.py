"""One row of the talk: a line of the house, what a person said, or an answer that grows.

What can be done with a message hangs on its `data-id` and on buttons with a `data-row-act`; `row_menu`, once on a page,
hears all of them.
"""

import reflex as rx

from hearth_reflex.components.answer_tools import answer_tools
from hearth_reflex.components.citations import sources
from hearth_reflex.components.faces import persona_face
from hearth_reflex.components.feed import Item, outbox_call
from hearth_reflex.components.files import pictures
from hearth_reflex.components.manners import why
from hearth_reflex.components.markdown import piece
from hearth_reflex.components.text import choose, pick, t
from hearth_reflex.components.time import clock, day
from hearth_reflex.state.composer import AnswerState
from hearth_reflex.state.how_made import HowMadeState
from hearth_reflex.state.messages import MessageState
from hearth_reflex.state.room import RoomState

_NAME, _NAMES, _COUNT, _EMOJI = (rx.Var.create("{" + name + "}") for name in ("name", "names", "count", "emoji"))


class _RowMenu(rx.Component):
    """`assets/hearth/RowMenu.jsx`, and what its parts bring in when they are first needed."""

    library = "$/public/hearth/RowMenu.jsx"
    tag = "RowMenu"
    lib_dependencies: list[str] = ["frimousse@0.4.0", "emojibase-data@17.0.0"]  # noqa: RUF012 - how Reflex has it

    room: rx.Var[str]
    role: rx.Var[str]
    acts: rx.Var[dict[str, str]]
    words: rx.Var[dict[str, str]]


class _Part(rx.Component):
    library = "$/public/hearth/RowParts.jsx"


class _Quote(_Part):
    tag = "Quote"
    reply: rx.Var[dict]
    label: rx.Var[str]
    gone: rx.Var[str]


class _Reactions(_Part):
    tag = "Reactions"
    reactions: rx.Var[list]
    by: rx.Var[str]
    others: rx.Var[str]


class _UnreadBy(_Part):
    tag = "UnreadBy"
    seq: rx.Var[int]
    label: rx.Var[str]


class _StarMark(_Part):
    tag = "StarMark"
    message: rx.Var[str]
    label: rx.Var[str]


def row_menu() -> rx.Component:
    """What can be done with a message, for all rows of the open room. Once on a page."""
    named = (
        "actions reply react copy copied copy_link edit delete delete_sure pin unpin star unstar emoji_title "
        "emoji_search emoji_none emoji_loading"
    )
    acts = ("react", "pin", "star", "take_back")
    return _RowMenu.create(
        room=RoomState.room["id"].to(str),
        role=RoomState.room["role"].to(str),
        acts={name: f"{MessageState.get_full_name()}.{name}" for name in acts},
        words={
            **{name: t(f"message.{name}") for name in named.split()},
            **{name: t(f"library.{name}") for name in ("put_away", "was_put", "not_put")},
        },
    )


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
        rx.cond(item["answers"], _quote(item)),
        rx.cond(item["deleted"], _tombstone(), _words(item)),
        rx.cond(item["pending"] != "", _pending(item)),
        rx.cond(item["touchable"], rx.fragment(_reactions(item), _bar())),
        rx.cond(item["ai"] & ~item["deleted"], _answer_foot(item)),
        class_name=rx.Var.create("row")
        + rx.cond(item["own"], " own", "")
        + rx.cond(item["ai"], rx.Var.create(" ai look-") + item["look"].to(str), "")
        + rx.cond(item["grouped"], " grouped", "")
        + rx.cond(item["mentions_me"], " calls-me", "")
        + rx.cond(item["deleted"], " gone", "")
        + rx.cond(item["pending"] != "", " pending", "")
        + rx.cond((item["pending"] == "failed") | (item["status"] == "failed"), " failed", ""),
        custom_attrs={
            "data-seq": item["seq"],
            "data-status": item["status"],
            "data-id": rx.cond(item["touchable"], item["id"], None),
            "tabIndex": -1,
        },
    )


def _words(item: rx.Var[Item]) -> rx.Component:
    """What was said, with the marks that belong to it at its side."""
    return rx.fragment(
        rx.el.div(
            rx.cond(item["has_text"] | item["open"], _bubble(item)),
            _marks(item),
            class_name="row-line",
        ),
        pictures(item),
    )


def _bubble(item: rx.Var[Item]) -> rx.Component:
    return rx.el.div(
        rx.foreach(item["pieces"], lambda text, at: _piece(item, text, at)),
        rx.cond(item["place"] > 0, _in_line(item), rx.cond(item["thinking"], _thinking())),
        rx.cond(
            item["open"] & item["has_text"] & (item["place"] == 0), rx.el.span(class_name="caret", aria_hidden="true")
        ),
        class_name="bubble",
    )


def _piece(item: rx.Var[Item], text: rx.Var[str], at: rx.Var[int]) -> rx.Component:
    cites = rx.cond(item["finished"] & (item["cited"] > 0), item["id"], "").to(str)
    return piece(text=text, calls=item["calls"], looked=item["finished"] & (item["sources"] != ""), cites=cites, key=at)


def _marks(item: rx.Var[Item]) -> rx.Component:
    return rx.cond(
        item["touchable"],
        rx.el.span(
            rx.cond(item["own"], _UnreadBy.create(seq=item["seq"], label=t("message.unread_by", count=_COUNT))),
            rx.cond(item["edited"], rx.el.span(t("message.edited"), class_name="row-edited")),
            rx.cond(item["pinned"], rx.icon("pin", size=13, aria_label=t("message.pinned"), role="img")),
            _StarMark.create(message=item["id"], label=t("message.starred")),
            class_name="row-marks",
        ),
    )


def _quote(item: rx.Var[Item]) -> rx.Component:
    return _Quote.create(reply=item["reply"], label=t("message.reply_to", name=_NAME), gone=t("message.reply_gone"))


def _tombstone() -> rx.Component:
    return rx.el.p(rx.icon("eraser", size=15, aria_hidden="true"), t("message.deleted"), class_name="tombstone")


def _reactions(item: rx.Var[Item]) -> rx.Component:
    return _Reactions.create(
        reactions=item["reactions"],
        by=t("message.reaction_by", names=_NAMES, emoji=_EMOJI),
        others=t("message.reaction_others", names=_NAMES, emoji=_EMOJI, count=_COUNT),
    )


def _bar() -> rx.Component:
    return rx.el.div(
        _act("react", "smile-plus", t("message.react")),
        _act("reply", "reply", t("message.reply")),
        _act("more", "ellipsis", t("message.more"), aria_haspopup="menu"),
        class_name="row-bar",
    )


def _act(name: str, icon: str, label: rx.Var[str], **props: str) -> rx.Component:
    return rx.el.button(
        rx.icon(icon, size=18, aria_hidden="true"),
        type="button",
        aria_label=label,
        title=label,
        tab_index=-1,
        custom_attrs={"data-row-act": name},
        **props,
    )


def _head(item: rx.Var[Item]) -> rx.Component:
    name = choose(ko=item["name"], en=item["name_en"])
    return rx.el.header(
        rx.cond(item["ai"], persona_face(id=item["author"], name=name, avatar=item["avatar"], look=item["look"])),
        rx.el.span(name, class_name="row-name"),
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
            item["may_go_on"] & ~RoomState.room["ended"],
            _button(rx.cond(item["has_text"], t("answer.go_on"), t("answer.retry")), go_on),
        ),
        rx.cond(item["shortened"], rx.el.span(t("answer.shortened"), class_name="row-note")),
        rx.cond(item["finished"], sources(item)),  # a line of its own: what is short shares the next one
        why(item),
        rx.cond(item["finished"], rx.fragment(_how(item), answer_tools(item))),
        class_name="answer-actions",
    )


def _how(item: rx.Var[Item]) -> rx.Component:
    """How it was made; for the highest level of chat its figures stand there at once."""
    made, figures = HowMadeState.show(RoomState.room["id"], item["id"]), item["figures"]
    told = t(
        "answer.figures",
        read=figures["prompt_tokens"],
        written=figures["output_tokens"],
        rate=figures["tokens_per_second"],
        seconds=(figures["total_ms"].to(float) / 1000).to_string(),
    )
    return rx.fragment(
        rx.el.button(t("answer.how"), type="button", class_name="row-button level-ai", on_click=made),
        rx.cond(figures.contains("output_tokens"), rx.el.span(told, class_name="row-note level-advanced")),
    )


def _button(label: rx.Var[str] | rx.Component, on_click: rx.event.EventType) -> rx.Component:
    return rx.el.button(label, type="button", class_name="row-button", on_click=on_click)
