"""What was used, in figures: the reader's own, and for whoever keeps the house everybody's."""

import reflex as rx

from hearth_reflex.components.notes import troubles
from hearth_reflex.components.settings_look import part
from hearth_reflex.components.text import t
from hearth_reflex.state.viewer import ViewerState

_LATER = {name: rx.Var.create(f"{{{name}}}") for name in ("day", "tokens", "answers")}  # filled in the browser
_PLAIN = ("days", "none", "models", "rooms", "people", "by_day", "answers", "tokens", "seconds", "price")
_NAMES = ("name_model", "name_room", "name_person", "name_day", "unknown", "gone", "whose", "everybody")


class _Use(rx.Component):
    """`assets/hearth/Use.jsx`."""

    library = "$/public/hearth/Use.jsx"
    tag = "Use"
    path: rx.Var[str]
    words: rx.Var[dict[str, str]]


class _Prices(rx.Component):
    """`assets/hearth/Prices.jsx`."""

    library = "$/public/hearth/Prices.jsx"
    tag = "Prices"
    words: rx.Var[dict[str, str]]


class _Opinions(rx.Component):
    """`assets/hearth/Opinions.jsx`."""

    library = "$/public/hearth/Opinions.jsx"
    tag = "Opinions"
    path: rx.Var[str]
    words: rx.Var[dict[str, str]]


def own_use() -> rx.Component:
    """By day, model and room."""
    return _Use.create(path="/api/usage", words=_words())


def house_use() -> rx.Component:
    """By day, model and person; what people think of the models' answers; and what other servers ask."""
    use = part(
        "house_use",
        _Use.create(path="/api/usage/house", words=_words()),
        _Opinions.create(path="/api/usage/ratings", words=_opinion_words()),
        _Prices.create(words=_price_words()),
    )
    return rx.cond(ViewerState.is_admin, use, rx.fragment())


def _words() -> dict[str, rx.Var[str]]:
    return {
        **{key: t(f"use.{key}") for key in (*_PLAIN, *_NAMES)},
        "day": t("use.day", day=_LATER["day"], tokens=_LATER["tokens"], answers=_LATER["answers"]),
        "day_none": t("use.day_none", day=_LATER["day"]),
        "most": t("use.most", tokens=_LATER["tokens"]),
        **troubles(),
    }


def _opinion_words() -> dict[str, rx.Var[str]]:
    named = {"head": t("use.name_model"), "unknown": t("use.unknown")}
    return {**{key: t(f"use.{key}") for key in ("opinions", "opinions_none", "up", "down")}, **named, **troubles()}


def _price_words() -> dict[str, rx.Var[str]]:
    return {
        "title": t("use.prices"),
        "lead": t("use.prices_lead"),
        "prompt": t("use.prompt_price"),
        "output": t("use.output_price"),
        "price_of": t("use.price_of", what=rx.Var.create("{what}"), name=rx.Var.create("{name}")),
        "keep": t("use.keep"),
        "kept": t("use.kept"),
        **troubles(),
    }
