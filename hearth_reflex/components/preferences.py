"""What the reader has set, as Vars: `assets/hearth/prefs.js` keeps it in the browser and tells the house."""

import json

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import VarData

from hearth_reflex.components.text import t

_MODULE = "$/public/hearth/prefs"
PREFER = VarData(imports={_MODULE: [ImportVar(tag="prefer")]})
_USE = VarData(
    hooks={"const hearthPrefs = usePreferences()": None}, imports={_MODULE: [ImportVar(tag="usePreferences")]}
)


def preference(name: str) -> rx.Var:
    """How `name` is set now."""
    return rx.Var(f"hearthPrefs.{name}", _var_type=str, _var_data=_USE).guess_type()


def prefer(name: str, value: str | bool | int) -> rx.event.EventSpec:
    """Sets `name`, here at once and in the house."""
    return rx.call_function(rx.Var(f"() => prefer('{name}', {json.dumps(value)})", _var_data=PREFER))


def pick_one(name: str, label: rx.Var[str], words: dict[str, rx.Var[str]], *, hint: rx.Var[str] | None = None):
    """A row of buttons, one of which is pressed."""
    buttons = [
        rx.el.button(
            said,
            type="button",
            aria_pressed=rx.cond(preference(name) == value, "true", "false"),
            on_click=prefer(name, value),
        )
        for value, said in words.items()
    ]
    return rx.el.div(
        rx.el.p(label, class_name="field-label", id=f"pref-{name}"),
        rx.el.div(*buttons, class_name="choices", role="group", aria_labelledby=f"pref-{name}"),
        rx.el.p(hint, class_name="muted") if hint is not None else rx.fragment(),
        class_name="setting",
    )


def switch(name: str, label: rx.Var[str], *, hint: rx.Var[str] | None = None) -> rx.Component:
    """A choice of yes or no."""
    toggle = rx.Var(f"() => prefer('{name}', !hearthPrefs.{name})", _var_data=VarData.merge(PREFER, _USE))
    button = rx.el.button(
        rx.el.span(class_name="preference-knob", aria_hidden="true"),
        type="button",
        role="switch",
        aria_checked=rx.cond(rx.Var(f"hearthPrefs.{name}", _var_type=bool, _var_data=_USE), "true", "false"),
        aria_labelledby=f"pref-{name}",
        class_name="preference-switch",
        on_click=rx.call_function(toggle),
    )
    words = rx.el.div(
        rx.el.p(label, class_name="field-label", id=f"pref-{name}"),
        rx.el.p(hint, class_name="muted") if hint is not None else rx.fragment(),
    )
    return rx.el.div(words, button, class_name="setting in-line")


class _Hours(rx.Component):
    """`assets/hearth/Hours.jsx`."""

    library = "$/public/hearth/Hours.jsx"
    tag = "Hours"
    label: rx.Var[str]
    hint: rx.Var[str]
    from_label: rx.Var[str]
    to_label: rx.Var[str]


def quiet_hours() -> rx.Component:
    """From when to when nothing is told; both the same: never."""
    return _Hours.create(
        label=t("settings.quiet"),
        hint=t("settings.quiet_hint"),
        from_label=t("settings.quiet_from"),
        to_label=t("settings.quiet_to"),
    )
