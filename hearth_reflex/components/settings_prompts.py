"""Settings: the questions that one keeps, `assets/hearth/PromptLibrary.jsx` in the reader's language."""

import reflex as rx

from hearth_reflex.components.notes import troubles
from hearth_reflex.components.text import t

_WORDS = ("none", "name", "text", "add", "keep", "change", "drop", "remove", "remove_sure")


class _PromptLibrary(rx.Component):
    library = "$/public/hearth/PromptLibrary.jsx"
    tag = "PromptLibrary"
    words: rx.Var[dict[str, str]]


def prompts() -> rx.Component:
    heading = "settings-prompts"
    return rx.el.section(
        rx.el.h2(t("prompts.title"), id=heading),
        rx.el.p(t("prompts.lead"), class_name="muted"),
        _PromptLibrary.create(words={name: t(f"prompts.{name}") for name in _WORDS} | troubles()),
        class_name="settings-part",
        aria_labelledby=heading,
    )
