"""A new room: its name and what it is for, who may come in; for those who ask, how many and whether the AI speaks."""

import reflex as rx

from hearth_reflex.components.api_form import actions, api_form, field, submit
from hearth_reflex.components.choices import DIALOG, choose, dialog
from hearth_reflex.components.text import t
from hearth_reflex.state.viewer import ViewerState

_NAME = "new-room"
OPEN_NEW_ROOM = choose(DIALOG, _NAME)
MOST_SEATS = 1000


def new_room_button() -> rx.Component:
    return rx.el.button(
        rx.icon("plus", size=18), t("lobby.new"), type="button", class_name="button", on_click=OPEN_NEW_ROOM
    )


def new_room_dialog() -> rx.Component:
    """Once on a page; whatever opens it."""
    cancel = rx.el.button(t("lobby.cancel"), type="button", class_name="button plain", on_click=choose(DIALOG, ""))
    form = api_form(
        field("name", label=t("lobby.new_name"), own="new-", auto_complete="off", enter_key_hint="go"),
        words_field("description", label=t("rooms.description"), hint=t("rooms.description_hint"), own="new-"),
        kinds(private_too=~ViewerState.is_guest),
        rx.el.details(
            rx.el.summary(t("rooms.more")),
            seats(own="new-"),
            ai_switch(),
            class_name="form-more",
        ),
        actions(cancel, submit(t("lobby.new_go"))),
        action="/api/rooms",
        next="/room/{id}",
    )
    return dialog(_NAME, form, title=t("lobby.new_title"), lead=t("lobby.new_lead"))


def words_field(
    name: str, *, label: rx.Var[str], hint: rx.Var[str], value: rx.Var[str] | str = "", own: str = ""
) -> rx.Component:
    """A labelled box of two lines; `own` as in `field`."""
    id = f"{own}{name}-field"
    return rx.el.div(
        rx.el.label(label, html_for=id),
        rx.el.textarea(name=name, id=id, rows="2", default_value=value, aria_describedby=f"{id}-hint"),
        rx.el.p(hint, id=f"{id}-hint", class_name="muted"),
        class_name="field",
    )


def kinds(*, private_too: rx.Var[bool], chosen: rx.Var[str] | str = "open") -> rx.Component:
    """Whether anybody may come in, or whoever is invited."""
    return rx.el.fieldset(
        rx.el.legend(t("rooms.kind"), class_name="field-label"),
        _kind("open", icon="door-open", label=t("rooms.open"), lead=t("rooms.open_lead"), chosen=chosen),
        rx.cond(
            private_too,
            _kind("private", icon="lock", label=t("rooms.private"), lead=t("rooms.private_lead"), chosen=chosen),
            rx.el.p(t("error.private_guest"), class_name="muted"),
        ),
        class_name="kinds",
    )


def _kind(value: str, *, icon: str, label: rx.Var[str], lead: rx.Var[str], chosen: rx.Var[str] | str) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="radio", name="kind", value=value, default_checked=rx.Var.create(chosen) == value),
        rx.icon(icon, size=20),
        rx.el.span(rx.el.span(label, class_name="kind-name"), rx.el.span(lead, class_name="muted")),
        class_name="kind",
    )


def seats(*, value: rx.Var[int] | int = 0, own: str = "") -> rx.Component:
    shown = rx.cond(rx.Var.create(value) == 0, "", rx.Var.create(value).to(str))
    return field(
        "max_members",
        label=t("rooms.seats"),
        hint=t("rooms.seats_hint"),
        own=own,
        type="number",
        min="0",
        max=str(MOST_SEATS),
        input_mode="numeric",
        default_value=shown,
    )


def ai_switch(*, on: rx.Var[bool] | bool = True) -> rx.Component:
    return rx.el.label(
        rx.el.input(name="ai_enabled", type="checkbox", default_checked=on),
        rx.el.span(t("rooms.ai")),
        class_name="check",
    )
