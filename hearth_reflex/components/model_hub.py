"""Fetching a model from the hub: off until the house allows it, then a repository, its files, and how far each came."""

import reflex as rx

from hearth_reflex.components.api_form import field, submit
from hearth_reflex.components.model_words import act
from hearth_reflex.components.text import pick, t
from hearth_reflex.state.model_cards import HubFile, PullCard
from hearth_reflex.state.models import ModelsState

PULL_STATES = ("running", "done", "stopped", "failed")


def model_hub() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("models.hub"), id="model-hub"),
        rx.cond(ModelsState.hub_enabled, _open(), rx.el.p(t("models.hub_off"), class_name="muted")),
        class_name="models-part",
        aria_labelledby="model-hub",
    )


def _open() -> rx.Component:
    return rx.fragment(
        rx.el.p(t("models.hub_lead"), class_name="muted"),
        rx.el.form(
            field(
                "repo",
                label=t("models.repo"),
                placeholder="owner/name",
                auto_complete="off",
                auto_capitalize="none",
                spell_check=False,
            ),
            submit(t("models.look")),
            on_submit=ModelsState.look_into,
            class_name="form in-line",
        ),
        rx.el.ul(rx.foreach(ModelsState.offered, _offered), class_name="offered", role="list"),
        rx.cond(
            (ModelsState.repo != "") & (ModelsState.offered.length() == 0),
            rx.el.p(t("models.nothing_there"), class_name="rooms-empty"),
        ),
        rx.el.ul(rx.foreach(ModelsState.pulls, _pull), class_name="model-list", role="list"),
    )


def _offered(one: rx.Var[HubFile]) -> rx.Component:
    return rx.el.li(
        rx.el.span(one["file"], class_name="order-name"),
        rx.el.span(one["size"], class_name="muted"),
        act(t("models.fetch"), ModelsState.pull(ModelsState.repo, one["file"])),
    )


def _pull(card: rx.Var[PullCard]) -> rx.Component:
    said = rx.match(card["status"], *((name, t(f"models.pull_{name}")) for name in PULL_STATES), "")
    running = card["status"] == "running"
    again = (card["status"] == "failed") | (card["status"] == "stopped")
    return rx.el.li(
        rx.el.div(
            rx.el.span(card["file"], class_name="progress-name"),
            rx.el.span(card["repo"], class_name="muted"),
            class_name="pull-head",
        ),
        rx.cond(running, rx.el.progress(value=card["part"], max=1, aria_label=card["file"])),
        rx.el.p(
            rx.el.span(rx.cond(card["error"].contains("ko"), pick(card["error"]), said)),
            rx.cond(card["total"] != "", rx.el.span(card["done"], " / ", card["total"])),
            class_name="model-facts",
            role="status",
        ),
        rx.el.div(
            rx.cond(running, act(t("models.stop"), ModelsState.stop_pull(card["id"]))),
            rx.cond(again, act(t("models.again"), ModelsState.pull(card["repo"], card["file"]))),
            class_name="model-actions",
        ),
        class_name="model-card",
    )
