"""Forms that post to the REST API from the browser, and their parts. Knows no route: the page names it."""

from typing import Any, Literal

import reflex as rx

from hearth_reflex.components.text import t

Method = Literal["POST", "PUT", "PATCH", "DELETE"]


class _ApiForm(rx.Component):
    library = "$/public/hearth/ApiForm.jsx"
    tag = "ApiForm"
    action: rx.Var[str]
    method: rx.Var[str]
    next: rx.Var[str]
    path_field: rx.Var[str]
    offline: rx.Var[str]
    unexpected: rx.Var[str]
    after: rx.Var[str]
    done: rx.Var[str]
    on_done: rx.EventHandler[rx.event.no_args_event_spec]


def api_form(
    *children: rx.Component,
    action: str | rx.Var[str],
    next: str = "/",
    method: Method = "POST",
    path_field: str = "",
    after: str = "",
    done: rx.Var[str] | None = None,
    on_done: rx.event.EventType[()] | None = None,
    key: rx.Var[str] | str = "",
    class_name: str = "form",
) -> rx.Component:
    """A form whose fields are sent as JSON to `action`.

    Args:
        action: `{last}` in it is the last part of the page's address.
        next: where to go when it was taken, as a new page; `{id}` is filled from the answer. `?next=` in the
            address wins when it leads to this house.
        after: what is asked next, with POST, before the page is left.
        done: said below the form when it was taken; the page then stays where it is.
        on_done: what happens then, when the page stays.
        key: another one makes the form anew, with its first values.
        path_field: the last part of the page's address is sent under this name as well.
    """
    stays: dict[str, Any] = {} if done is None else {"done": done, "on_done": on_done or rx.noop()}
    return _ApiForm.create(
        *children,
        **stays,
        action=action,
        after=after,
        **({"key": key} if isinstance(key, rx.Var) or key else {}),
        method=method,
        next=next,
        path_field=path_field,
        offline=t("entry.offline"),
        unexpected=t("entry.unexpected"),
        class_name=class_name,
    )


class _ApiButton(rx.Component):
    library = "$/public/hearth/ApiButton.jsx"
    tag = "ApiButton"
    label: rx.Var[str]
    action: rx.Var[str]
    method: rx.Var[str]
    body: rx.Var[dict[str, Any]]
    pressed: rx.Var[bool]
    offline: rx.Var[str]
    unexpected: rx.Var[str]
    on_done: rx.EventHandler[rx.event.no_args_event_spec]


def api_button(
    *picture: rx.Component,
    label: rx.Var[str],
    action: rx.Var[str],
    on_done: rx.event.EventType[()],
    method: Method = "POST",
    body: dict[str, Any] | None = None,
    pressed: rx.Var[bool] | None = None,
    class_name: str = "button",
) -> rx.Component:
    """A button that asks for something at once. With a `picture` inside, `label` is its name."""
    more = {} if pressed is None else {"pressed": pressed}
    return _ApiButton.create(
        *picture,
        **more,
        label=label,
        action=action,
        method=method,
        body=body or {},
        offline=t("entry.offline"),
        unexpected=t("entry.unexpected"),
        class_name=class_name,
        on_done=on_done,
    )


def field(
    name: str, *, label: rx.Var[str], hint: rx.Var[str] | None = None, own: str = "", **props: Any
) -> rx.Component:
    """A labelled line of input; `props` go to the input element. No length is set: a browser would cut in silence.

    `own` tells it from a field of the same name elsewhere on the page.
    """
    id = f"{own}{name}-field"
    hinted = {"aria_describedby": f"{id}-hint"} if hint is not None else {}
    return rx.el.div(
        rx.el.label(label, html_for=id),
        rx.el.input(name=name, id=id, **hinted, **props),
        rx.el.p(hint, id=f"{id}-hint", class_name="muted") if hint is not None else rx.fragment(),
        class_name="field",
    )


def check(name: str, *, label: rx.Var[str]) -> rx.Component:
    return rx.el.label(rx.el.input(name=name, type="checkbox"), rx.el.span(label), class_name="check")


def actions(*buttons: rx.Component) -> rx.Component:
    """The foot of a form; an error is shown above it."""
    return rx.el.div(*buttons, class_name="form-actions")


def submit(label: rx.Var[str], *, wide: bool = False) -> rx.Component:
    return rx.el.button(label, type="submit", class_name="button main wide" if wide else "button main")
