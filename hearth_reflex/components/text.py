"""Words on a page. Reflex compiles it once, so a sentence is a Var that picks the reader's language in the browser."""

import json
import re

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import VarData

from hearth_reflex.i18n import CATALOGUES

LOCALE = VarData(
    hooks={"const hearthLocale = useLocale()": None},
    imports={"$/public/hearth/locale": [ImportVar(tag="useLocale")]},
)
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def t(key: str, /, **params: rx.Var | str | int) -> rx.Var[str]:
    """The sentence `key` in the reader's language.

    Args:
        params: for the placeholders of the sentence; Vars are filled in the browser.

    Raises:
        KeyError: no such sentence.
    """
    variables = {name: rx.Var.create(value) for name, value in params.items()}
    data = [LOCALE, *(var._get_all_var_data() for var in variables.values())]
    expression = (
        f"(hearthLocale === 'ko' ? {_js(CATALOGUES['ko'][key], variables)} : {_js(CATALOGUES['en'][key], variables)})"
    )
    return rx.Var(expression, _var_type=str, _var_data=VarData.merge(*data))


def blank(name: str) -> rx.Var[str]:
    """Leaves a value of a sentence out, as `{name}`: the browser's own code knows it, and fills it in."""
    return rx.Var.create(f"{{{name}}}")


def pick(sentence: rx.Var) -> rx.Var[str]:
    """The reader's language of a `Words` value that came from the server (errors, notices)."""
    data = VarData.merge(LOCALE, sentence._get_all_var_data())
    return rx.Var(f"({sentence!s}?.[hearthLocale] ?? '')", _var_type=str, _var_data=data)


def titled(name: rx.Var[str]) -> rx.Var[str]:
    """The title of a page: its own name, then the house's; the house's alone while there is no name yet."""
    data = name._get_all_var_data()
    return rx.Var(f"({name!s} ? {name!s} + ' · Hearth' : 'Hearth')", _var_type=str, _var_data=data)


def choose(*, ko: rx.Var, en: rx.Var) -> rx.Var[str]:
    """One of two Vars, by the reader's language."""
    data = VarData.merge(LOCALE, ko._get_all_var_data(), en._get_all_var_data())
    return rx.Var(f"(hearthLocale === 'ko' ? {ko!s} : {en!s})", _var_type=str, _var_data=data)


def _js(sentence: str, variables: dict[str, rx.Var]) -> str:
    """A JavaScript expression for a sentence: literals joined with the Vars of its placeholders."""
    parts = _PLACEHOLDER.split(sentence)
    pieces = [
        json.dumps(part, ensure_ascii=False) if i % 2 == 0 else f"({variables[part]!s})" for i, part in enumerate(parts)
    ]
    return "(" + " + ".join(piece for piece in pieces if piece != '""') + ")" if len(pieces) > 1 else pieces[0]
