"""What the AI of a room hears, as a line under the talk with a sheet behind it; and in the same line, who writes."""

import reflex as rx

from hearth_reflex.components.presence import typing_line
from hearth_reflex.components.text import blank, t
from hearth_reflex.state.room import RoomState


class _SightStrip(rx.Component):
    """`assets/hearth/Sights.jsx`."""

    library = "$/public/hearth/Sights.jsx"
    tag = "SightStrip"
    room: rx.Var[str]
    on: rx.Var[bool]
    words: rx.Var[dict[str, str]]


def under_talk() -> rx.Component:
    """Who writes at the beginning of the line, what the AI hears at its end."""
    return rx.el.div(typing_line(), _sight_strip(), class_name="under-talk")


def _sight_strip() -> rx.Component:
    room = RoomState.room
    return _SightStrip.create(
        room=room["id"].to(str),
        on=room["ai_enabled"].to(bool) & ~room["archived"].to(bool),
        words=_line_words() | _sheet_words(),
    )


def _line_words() -> dict[str, rx.Var[str]]:
    name, count, tokens, who, text = (blank(part) for part in ("name", "count", "tokens", "who", "text"))
    return {
        "hears": t("sights.hears", name=name, who=who, text=text, count=count, tokens=tokens),
        "hears_shown": t("sights.hears_shown", name=name, who=who, count=count, tokens=tokens),
        "hears_short": t("sights.hears_short", count=count, tokens=tokens),
        "nothing": t("sights.nothing", name=name),
        "nothing_short": t("sights.nothing_short"),
        "asleep": t("sights.asleep", name=name),
        "asleep_short": t("sights.asleep_short"),
        "others": t("sights.others", count=count),
    }


def _sheet_words() -> dict[str, rx.Var[str]]:
    count, tokens, budget = blank("count"), blank("tokens"), blank("budget")
    return {
        "title": t("sights.title"),
        "lead": t("sights.lead"),
        "close": t("sights.close"),
        "nobody": t("sights.nobody"),
        "heard": t("sights.heard"),
        "heard_some": t("sights.heard_some", count=count),
        "first": t("sights.first"),
        "jump": t("sights.jump"),
        "length": t("sights.length"),
        "length_of": t("sights.length_of", tokens=tokens, budget=budget),
        "cut": t("sights.cut"),
        "cut_none": t("sights.cut_none"),
        "cut_window": t("sights.cut_window", count=count),
        "cut_budget": t("sights.cut_budget", count=count),
        "cut_arrival": t("sights.cut_arrival", count=count),
        "cut_shortened": t("sights.cut_shortened"),
        "pictures": t("sights.pictures"),
        "pictures_some": t("sights.pictures_some", count=count),
        "passages": t("sights.passages"),
        "passages_some": t("sights.passages_some", count=count),
        "instructed": t("sights.instructed"),
        "instructed_yes": t("sights.instructed_yes"),
        "instructed_no": t("sights.instructed_no"),
        "keep": t("sights.keep"),
        "offline": t("entry.offline"),
    }
