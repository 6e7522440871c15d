"""Who speaks when the chosen model cannot: the order in which the others are asked."""

import reflex as rx

from hearth_reflex.components.model_words import act, icon_act
from hearth_reflex.components.text import t
from hearth_reflex.state.model_cards import Choice
from hearth_reflex.state.models import ModelsState


def model_order() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("models.order"), id="model-order"),
        rx.el.p(t("models.order_lead"), class_name="muted"),
        rx.cond(
            ModelsState.order.length() > 0,
            rx.el.ol(rx.foreach(ModelsState.order, _place), class_name="order"),
            rx.el.p(t("models.order_empty"), class_name="rooms-empty"),
        ),
        rx.cond(
            ModelsState.others.length() > 0,
            rx.el.div(rx.foreach(ModelsState.others, _other), class_name="model-actions"),
        ),
        class_name="models-part",
        aria_labelledby="model-order",
    )


def leaves_chip(leaves: rx.Var[bool]) -> rx.Component:
    return rx.cond(leaves, rx.el.span(t("models.leaves"), class_name="chip leaves"))


def _place(choice: rx.Var[Choice], place: rx.Var[int]) -> rx.Component:
    ref = choice["ref"]
    last = place == ModelsState.order.length() - 1
    return rx.el.li(
        rx.el.span(choice["name"], leaves_chip(choice["leaves"]), class_name="order-name"),
        icon_act(
            "arrow-up",
            t("models.up", name=choice["name"]),
            ModelsState.put_in_order(ref, place - 1),
            disabled=place == 0,
        ),
        icon_act(
            "arrow-down",
            t("models.down", name=choice["name"]),
            ModelsState.put_in_order(ref, place + 1),
            disabled=last,
        ),
        icon_act("x", t("models.out", name=choice["name"]), ModelsState.take_out(ref), disabled=rx.Var.create(False)),
    )


def _other(choice: rx.Var[Choice]) -> rx.Component:
    return act(
        t("models.put_in", name=choice["name"]), ModelsState.put_in_order(choice["ref"], ModelsState.order.length())
    )
