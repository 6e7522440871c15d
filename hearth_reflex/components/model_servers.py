"""Other people's servers that can speak here: off until somebody turns them on; keys go in and never come back."""

import reflex as rx

from hearth_reflex.components.api_form import actions, field, submit
from hearth_reflex.components.model_words import act, ask_first
from hearth_reflex.components.text import pick, t
from hearth_reflex.components.time import ago
from hearth_reflex.state.model_cards import ServerCard
from hearth_reflex.state.models import ModelsState
from hearth_reflex.state.notices import NoticeState

NEW = "new"


def model_servers() -> rx.Component:
    add = rx.cond(
        ModelsState.editing == NEW,
        _form(ModelsState.blank),
        act(t("models.server_add"), ModelsState.edit(NEW)),
    )
    return rx.el.section(
        rx.el.h2(t("models.servers"), id="model-servers"),
        rx.el.p(t("models.servers_lead"), class_name="muted"),
        rx.el.ul(rx.foreach(ModelsState.servers, _server), class_name="model-list", role="list"),
        add,
        class_name="models-part",
        aria_labelledby="model-servers",
    )


def _server(card: rx.Var[ServerCard]) -> rx.Component:
    shown = rx.fragment(_head(card), _facts(card), _switch(card), _actions(card))
    return rx.el.li(rx.cond(ModelsState.editing == card["id"], _form(card), shown), class_name="model-card")


def _head(card: rx.Var[ServerCard]) -> rx.Component:
    return rx.el.div(
        rx.el.h3(card["name"]),
        rx.cond(card["is_default"], rx.el.span(t("models.default"), class_name="chip default")),
        rx.cond(card["sees"], rx.el.span(t("models.sees"), class_name="chip")),
        _checked(card),
        class_name="model-head",
    )


def _checked(card: rx.Var[ServerCard]) -> rx.Component:
    good = t("models.checked", ago=ago(card["checked_at"]))
    said = rx.cond(
        card["error"].contains("ko"),
        pick(card["error"]),
        rx.cond(card["checked_at"] != "", good, t("models.unchecked")),
    )
    kind = rx.cond(card["error"].contains("ko"), "unavailable", rx.cond(card["checked_at"] != "", "ready", "asleep"))
    return rx.el.span(rx.el.span(class_name="dot", aria_hidden="true"), said, class_name=rx.Var.create("state ") + kind)


def _facts(card: rx.Var[ServerCard]) -> rx.Component:
    return rx.el.p(
        rx.el.span(card["model"]),
        rx.el.span(card["url"]),
        rx.el.span(rx.cond(card["has_key"], t("models.has_key"), t("models.no_key"))),
        class_name="model-facts",
    )


def _switch(card: rx.Var[ServerCard]) -> rx.Component:
    """On or off, told in words too."""
    return rx.el.button(
        rx.el.span(class_name="switch-knob", aria_hidden="true"),
        rx.cond(card["enabled"], t("models.server_on"), t("models.server_off")),
        type="button",
        role="switch",
        aria_checked=rx.cond(card["enabled"], "true", "false"),
        aria_label=t("models.server_use", name=card["name"]),
        class_name="switch",
        on_click=ModelsState.enable_server(card["id"], ~card["enabled"]),
    )


def _actions(card: rx.Var[ServerCard]) -> rx.Component:
    gone = ask_first(
        t("models.remove_ask", name=card["name"]), t("models.server_remove_lead"), ModelsState.remove_server(card["id"])
    )
    return rx.el.div(
        act(t("models.check"), ModelsState.check_server(card["id"])),
        rx.cond(
            card["enabled"] & ~card["is_default"],
            act(t("models.make_default"), ModelsState.make_default(card["ref"])),
        ),
        act(t("models.edit"), ModelsState.edit(card["id"])),
        gone,
        class_name="model-actions",
    )


def _form(card: rx.Var[ServerCard]) -> rx.Component:
    stay = rx.el.button(t("lobby.cancel"), type="button", class_name="button plain", on_click=ModelsState.edit(""))
    key_hint = rx.cond(card["has_key"], t("models.key_kept"), t("models.key_hint"))
    return rx.el.form(
        field("name", label=t("models.server_name"), default_value=card["name"], auto_complete="off"),
        field(
            "base_url",
            label=t("models.server_url"),
            hint=t("models.server_url_hint"),
            default_value=card["url"],
            input_mode="url",
            auto_complete="off",
            spell_check=False,
        ),
        field(
            "model",
            label=t("models.server_model"),
            default_value=card["model"],
            auto_complete="off",
            spell_check=False,
        ),
        field(
            "context_tokens",
            label=t("models.server_context"),
            default_value=card["context"],
            input_mode="numeric",
            auto_complete="off",
        ),
        rx.el.label(
            rx.el.input(name="sees", type="checkbox", default_checked=card["sees"]),
            rx.el.span(t("models.server_sees")),
            class_name="check",
        ),
        field("key", label=t("models.server_key"), hint=key_hint, type="password", auto_complete="off"),
        rx.cond(NoticeState.code != "", rx.el.p(pick(NoticeState.notice), class_name="form-error", role="alert")),
        actions(stay, submit(t("models.save"))),
        on_submit=ModelsState.save_server,
        class_name="form server-form",
    )
