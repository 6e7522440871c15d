"""Forms that post to the REST API from the browser, and their parts. Knows no route: the page names it."""

from typing import Any, Literal

import reflex as rx

from hearth_reflex.components.text import t

Method = Literal["POST", "PATCH", "DELETE"]


class _ApiForm(rx.Component):
    library = "$/public/hearth/ApiForm.jsx"
    tag = "ApiForm"
    action: rx.Var[str]
    method: rx.Var[str]
    next: rx.Var[str]
    path_field: rx.Var[str]
    offline: rx.Var[str]
    unexpected: rx.Var[str]


def api_form(
    *children: rx.Component,
    action: str,
    next: str = "/",
    method: Method = "POST",
    path_field: str = "",
    class_name: str = "form",
) -> rx.Component:
    """A form whose fields are sent as JSON to `action`.

    Args:
        next: where to go when it was taken, as a new page; `{id}` is filled from the answer. `?next=` in the
            address wins when it leads to this house.
        path_field: the last part of the page's address is sent under this name as well.
    """
    return _ApiForm.create(
        *children,
        action=action,
        method=method,
        next=next,
        path_field=path_field,
        offline=t("entry.offline"),
        unexpected=t("entry.unexpected"),
        class_name=class_name,
    )


def field(name: str, *, label: rx.Var[str], hint: rx.Var[str] | None = None, **props: Any) -> rx.Component:
    """A labelled line of input; `props` go to the input element. No length is set: a browser would cut in silence."""
    hinted = {"aria_describedby": f"{name}-hint"} if hint is not None else {}
    return rx.el.div(
        rx.el.label(label, html_for=f"{name}-field"),
        rx.el.input(name=name, id=f"{name}-field", **hinted, **props),
        rx.el.p(hint, id=f"{name}-hint", class_name="muted") if hint is not None else rx.fragment(),
        class_name="field",
    )


def check(name: str, *, label: rx.Var[str]) -> rx.Component:
    return rx.el.label(rx.el.input(name=name, type="checkbox"), rx.el.span(label), class_name="check")


def actions(*buttons: rx.Component) -> rx.Component:
    """The foot of a form; an error is shown above it."""
    return rx.el.div(*buttons, class_name="form-actions")


def submit(label: rx.Var[str], *, wide: bool = False) -> rx.Component:
    return rx.el.button(label, type="submit", class_name="button main wide" if wide else "button main")
