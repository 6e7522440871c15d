"""What can be done with an answer that has ended: `assets/hearth/AnswerTools.jsx`, in the reader's language."""

import reflex as rx

from hearth_reflex.components.feed import Item
from hearth_reflex.components.notes import troubles
from hearth_reflex.components.text import t
from hearth_reflex.state.room import RoomState

_WORDS = ("again", "versions", "earlier", "later", "up", "down", "copy", "copied", "quote", "follow_ups")


class _AnswerTools(rx.Component):
    library = "$/public/hearth/AnswerTools.jsx"
    tag = "AnswerTools"

    room: rx.Var[str]
    role: rx.Var[str]
    alone: rx.Var[bool]
    message: rx.Var[str]
    version: rx.Var[int]
    versions: rx.Var[int]
    asked: rx.Var[bool]
    has_text: rx.Var[bool]
    name: rx.Var[str]
    name_en: rx.Var[str]
    words: rx.Var[dict[str, str]]


def answer_tools(item: rx.Var[Item]) -> rx.Component:
    place = t("answer.version", number=rx.Var.create("{number}"), count=rx.Var.create("{count}"))
    return _AnswerTools.create(
        room=RoomState.room["id"].to(str),
        role=RoomState.room["role"].to(str),
        alone=RoomState.room["kind"] == "session",
        message=item["id"],
        version=item["version"],
        versions=item["versions"],
        asked=item["asked"],
        has_text=item["has_text"],
        name=item["name"],
        name_en=item["name_en"],
        words={name: t(f"answer.{name}") for name in _WORDS} | {"version": place} | troubles(),
    )
