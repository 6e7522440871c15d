"""What is open on the page, as `assets/hearth/choices.js` keeps it in the browser. No handler is called."""

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import VarData

_MODULE = "$/public/hearth/choices"
_CHOOSE = VarData(imports={_MODULE: [ImportVar(tag="choose"), ImportVar(tag="toggle")]})

DIALOG = "dialog"  # which dialog of the page is open
PANEL = "panel"  # which tab of the room's panel
LOBBY = "lobby"  # which part of the lobby a narrow window shows


def chosen(name: str) -> rx.Var[str]:
    """The value of a choice; "" when nothing is."""
    own = f"hearthChosen_{name}"
    data = VarData(hooks={f"const {own} = useChoice('{name}')": None}, imports={_MODULE: [ImportVar(tag="useChoice")]})
    return rx.Var(own, _var_type=str, _var_data=data).guess_type()


def choose(name: str, value: rx.Var[str] | str) -> rx.event.EventSpec:
    return rx.call_function(rx.Var(f"() => choose('{name}', {rx.Var.create(value)!s})", _var_data=_CHOOSE))


def toggle(name: str, value: str) -> rx.event.EventSpec:
    """Opens at `value`, or closes what is open."""
    return rx.call_function(rx.Var(f"() => toggle('{name}', '{value}')", _var_data=_CHOOSE))


def dialog(
    name: str, *children: rx.Component, title: rx.Var[str], lead: rx.Var[str], class_name: str = "dialog"
) -> rx.Component:
    """A dialog that `choose(DIALOG, name)` opens, from wherever on the page."""
    return rx.dialog.root(
        rx.dialog.content(
            rx.dialog.title(title, trim="normal", class_name="dialog-title"),
            rx.dialog.description(lead, class_name="muted dialog-lead"),
            *children,
            class_name=class_name,
        ),
        open=chosen(DIALOG) == name,
        on_open_change=lambda _: choose(DIALOG, ""),
    )
