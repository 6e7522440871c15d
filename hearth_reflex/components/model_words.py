"""Parts that the lists of models share: a dot that says how it is, a fact, a button, a question before removing."""

import reflex as rx

from hearth_reflex.components.text import t

STATES = ("asleep", "starting", "ready", "unavailable", "restarting")


def state_words(state: rx.Var[str]) -> rx.Component:
    """How a model is: a dot, and words for those who do not see its colour."""
    return _dotted(state, rx.match(state, *((name, t(f"models.state_{name}")) for name in STATES), ""))


def engine_words(status: rx.Var[str]) -> rx.Component:
    return _dotted(status, rx.match(status, *((name, t(f"models.engine_{name}")) for name in STATES), ""))


def fact(label: rx.Var[str], value: rx.Var | rx.Component | str) -> rx.Component:
    """A line of a list of facts."""
    return rx.el.div(rx.el.dt(label), rx.el.dd(value), class_name="fact")


def act(label: rx.Var[str], on_click: rx.event.EventType, *, main: bool = False) -> rx.Component:
    kind = "button main" if main else "button"
    return rx.el.button(label, type="button", class_name=kind, on_click=on_click)


def icon_act(icon: str, label: rx.Var[str], on_click: rx.event.EventType, *, disabled: rx.Var[bool]) -> rx.Component:
    return rx.el.button(
        rx.icon(icon), type="button", aria_label=label, class_name="icon-button", on_click=on_click, disabled=disabled
    )


def ask_first(question: rx.Var[str], lead: rx.Var[str], on_yes: rx.event.EventType) -> rx.Component:
    """A button "remove" that asks before it does."""
    stay = rx.alert_dialog.cancel(rx.el.button(t("lobby.cancel"), type="button", class_name="button plain"))
    go = rx.alert_dialog.action(
        rx.el.button(t("models.remove"), type="button", class_name="button danger", on_click=on_yes)
    )
    return rx.alert_dialog.root(
        rx.alert_dialog.trigger(rx.el.button(t("models.remove"), type="button", class_name="button plain")),
        rx.alert_dialog.content(
            rx.alert_dialog.title(question, trim="normal", class_name="dialog-title"),
            rx.alert_dialog.description(lead, class_name="muted dialog-lead"),
            rx.el.div(stay, go, class_name="form-actions"),
            class_name="dialog",
        ),
    )


def _dotted(state: rx.Var[str], said: rx.Var) -> rx.Component:
    dot = rx.el.span(class_name="dot", aria_hidden="true")
    return rx.el.span(dot, said, class_name=rx.Var.create("state ") + state)
