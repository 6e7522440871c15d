"""Moments in the reader's language and time zone, from the ISO 8601 strings that the server sends."""

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import VarData

from hearth_reflex.components.text import LOCALE

_LIBRARY = "$/public/hearth/time"
_NOW = VarData(
    hooks={"const hearthNow = useNow()": None},
    imports={_LIBRARY: [ImportVar(tag="useNow")]},
)


def clock(iso: rx.Var[str]) -> rx.Var[str]:
    """The time of day: "오후 6:02", "6:02 PM"."""
    return _spoken("clock", iso)


def day(iso: rx.Var[str]) -> rx.Var[str]:
    """The day: "2026년 11월 21일 토요일", "Saturday, November 21, 2026"."""
    return _spoken("day", iso)


def ago(iso: rx.Var[str]) -> rx.Var[str]:
    """How long ago it was: "5분 전", "5 minutes ago". It grows older while one looks."""
    spoken = _spoken("ago", iso, "hearthNow || undefined")
    return spoken._replace(merge_var_data=_NOW)


def _spoken(function: str, iso: rx.Var[str], *more: str) -> rx.Var[str]:
    imports = VarData(imports={_LIBRARY: [ImportVar(tag=function, alias=f"{function}Words")]})
    data = VarData.merge(LOCALE, imports, iso._get_all_var_data())
    arguments = ", ".join([str(iso), "hearthLocale", *more])
    return rx.Var(f"{function}Words({arguments})", _var_type=str, _var_data=data)
