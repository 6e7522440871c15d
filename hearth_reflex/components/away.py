"""What a reader has put away, as `assets/hearth/away.js` remembers it in the browser. No handler is called."""

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import VarData

from hearth_reflex.components.text import t

_MODULE = "$/public/hearth/away"
_AWAY = VarData(
    hooks={"const hearthAway = useAway()": None},
    imports={_MODULE: [ImportVar(tag="useAway")]},
)
_PUT = VarData(imports={_MODULE: [ImportVar(tag="putAway")]})


def is_away(name: rx.Var[str] | str) -> rx.Var[bool]:
    given = rx.Var.create(name)
    data = VarData.merge(_AWAY, given._get_all_var_data())
    return rx.Var(f"hearthAway.includes({given!s})", _var_type=bool, _var_data=data).guess_type()


def close_button(name: rx.Var[str] | str, *, for_good: bool = False) -> rx.Component:
    """Puts `name` away: for good in this browser, or until the next page."""
    given = rx.Var.create(name)
    data = VarData.merge(_PUT, given._get_all_var_data())
    put = rx.Var(f"(() => putAway({given!s}, {'true' if for_good else 'false'}))", _var_data=data)
    return rx.el.button(
        rx.icon("x"),
        type="button",
        aria_label=t("shell.put_away"),
        class_name="icon-button banner-close",
        on_click=rx.call_function(put),
    )
