"""The first steps of whoever keeps the house: its name, who speaks in it, and how the others come."""

import reflex as rx

from hearth_reflex.components.api_form import actions, api_form, field, submit
from hearth_reflex.components.settings_look import part
from hearth_reflex.components.shell import shell
from hearth_reflex.components.text import t, titled
from hearth_reflex.components.unread import counted
from hearth_reflex.state.lobby import LobbyState
from hearth_reflex.state.room_model import RoomModelState
from hearth_reflex.state.viewer import ViewerState

ROUTE = "/welcome"
TITLE = counted(titled(t("welcome.title")))
ON_LOAD = [ViewerState.enter, LobbyState.enter, RoomModelState.look_at_default]


class _HouseCode(rx.Component):
    """`assets/hearth/HouseCode.jsx`."""

    library = "$/public/hearth/HouseCode.jsx"
    tag = "HouseCode"
    lib_dependencies: list[str] = ["qrcode.react@4.2.0"]  # noqa: RUF012 - how Reflex has it
    nearby: rx.Var[str]
    words: rx.Var[dict[str, str]]


def page() -> rx.Component:
    return shell(rx.cond(ViewerState.is_admin, _steps(), rx.fragment()), active=ROUTE)


def _steps() -> rx.Component:
    return rx.el.div(
        rx.el.h1(t("welcome.title")),
        rx.el.p(t("welcome.lead"), class_name="muted"),
        _name(),
        _speaker(),
        _invite(),
        rx.link(t("welcome.go"), href="/", class_name="button main"),
        class_name="settings-page",
    )


def _name() -> rx.Component:
    form = api_form(
        field(
            "name",
            label=t("welcome.name_label"),
            hint=t("welcome.name_hint"),
            auto_complete="off",
            default_value=ViewerState.house_name,
        ),
        actions(submit(t("settings.keep"))),
        action="/api/house",
        method="PATCH",
        done=t("settings.kept"),
        on_done=ViewerState.enter,
        key=rx.Var.create("house:") + ViewerState.user_id,
    )
    return part("name_house", form)


def _speaker() -> rx.Component:
    now = rx.cond(RoomModelState.demo, t("answer.demo"), t("welcome.speaks", name=RoomModelState.name))
    return part(
        "who_speaks",
        rx.el.p(rx.cond(ViewerState.ai_status == "unavailable", t("welcome.nobody_speaks"), now)),
        rx.link(t("answer.to_models"), href="/models", class_name="button"),
    )


def _invite() -> rx.Component:
    words = {
        "qr": t("welcome.qr"),
        "link": t("invite.link"),
        "copy": t("invite.copy"),
        "copied": t("invite.copied"),
        "not_copied": t("invite.not_copied"),
        "here_only": t("invite.here_only"),
    }
    return part(
        "come_in",
        rx.el.p(t("welcome.come_in_lead"), class_name="muted"),
        _HouseCode.create(nearby=ViewerState.nearby_url, words=words),
    )
