"""The lines above a room or a page: the line to the house, the model, the last refusal of this tab."""

import reflex as rx

from hearth_reflex.components.away import close_button, is_away
from hearth_reflex.components.feed import line_is_open
from hearth_reflex.components.text import pick, t
from hearth_reflex.state.notices import NoticeState
from hearth_reflex.state.room_model import RoomModelState
from hearth_reflex.state.viewer import ViewerState


def banners() -> rx.Component:
    """What everybody in the room should know, and what this reader was refused."""
    return rx.fragment(_offline(), _demo(), _unavailable(), refusal())


def refusal() -> rx.Component:
    """The last refusal of this tab; gone with the next success, or when it is closed."""
    name = rx.Var.create("refusal:") + NoticeState.count.to(str)
    return rx.cond(
        (NoticeState.code != "") & ~is_away(name),
        rx.el.div(
            rx.el.p(pick(NoticeState.notice), role="alert", key=NoticeState.count),
            close_button(name),
            class_name="banner problem",
        ),
    )


def _offline() -> rx.Component:
    return rx.cond(~line_is_open, rx.el.p(t("line.offline"), class_name="banner warning", role="status"))


def _demo() -> rx.Component:
    return rx.cond(
        RoomModelState.demo & ~is_away("demo"),
        rx.el.div(
            rx.el.p(t("answer.demo"), " ", rx.cond(ViewerState.is_admin, _to_models(), t("answer.demo_ask"))),
            close_button("demo", for_good=True),
            class_name="banner demo",
        ),
    )


def _unavailable() -> rx.Component:
    words = t("answer.unavailable", reason=pick(ViewerState.ai_reason))
    return rx.cond(
        (ViewerState.ai_status == "unavailable") & (RoomModelState.ref == ""),
        rx.el.p(words, " ", rx.cond(ViewerState.is_admin, _to_models()), class_name="banner warning"),
    )


def _to_models() -> rx.Component:
    return rx.link(t("answer.to_models"), href="/models")
