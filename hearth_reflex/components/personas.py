"""The page of personas: cards, the form to make and change one, cards from elsewhere. `assets/hearth/Personas.jsx` asks
the house over REST; here are its words and limits."""

from typing import Any

import reflex as rx

from hearth_reflex.components.notes import troubles
from hearth_reflex.components.text import t
from hearth_reflex.domain.persona_words import LIMITS
from hearth_reflex.state.viewer import ViewerState

_NAME = rx.Var.create("{name}")
_FIELDS = ("name_ko", "name_en", "about", "instructions", "greeting", "voice", "temperature", "top_p", "max_tokens")


class _Personas(rx.Component):
    """`assets/hearth/Personas.jsx`."""

    library = "$/public/hearth/Personas.jsx"
    tag = "Personas"
    lib_dependencies: list[str] = ["react-image-crop@11.1.2"]  # noqa: RUF012 - how Reflex has it
    me: rx.Var[str]
    guest: rx.Var[bool]
    limits: rx.Var[dict[str, int]]
    words: rx.Var[dict[str, Any]]


def personas() -> rx.Component:
    return rx.el.div(
        rx.el.h1(t("personas.title")),
        rx.el.p(t("personas.lead"), class_name="muted"),
        _Personas.create(
            me=ViewerState.user_id,
            guest=ViewerState.is_guest,
            limits=LIMITS,
            words={**_list_words(), **_form_words(), **_picture_words(), **troubles()},
        ),
        class_name="page-column",
    )


def _list_words() -> dict[str, rx.Var[str]]:
    return {
        "mine": t("personas.mine"),
        "houses": t("personas.houses"),
        "new": t("personas.new"),
        "none": t("personas.none"),
        "guest": t("personas.guest"),
        "become": t("personas.become"),
        "is_default": t("personas.is_default"),
        "no_about": t("personas.no_about"),
        "house_about": t("personas.house_about"),
        "edit": t("personas.edit"),
        "edit_of": t("personas.edit_of", name=_NAME),
        "export_json": t("personas.export_json", name=_NAME),
        "export_png": t("personas.export_png", name=_NAME),
        "import": t("personas.import"),
        "import_hint": t("personas.import_hint"),
        "import_hint_touch": t("personas.import_hint_touch"),
        "import_name": t("personas.import_name"),
        "import_go": t("personas.import_go"),
        "imported": t("personas.imported", name=_NAME),
        "made": t("personas.made", name=_NAME),
        "kept": t("personas.kept", name=_NAME),
        "let_go": t("personas.let_go"),
        "let_go_of": t("personas.let_go_of", name=_NAME),
        "let_go_title": t("personas.let_go_title", name=_NAME),
        "let_go_lead": t("personas.let_go_lead"),
        "opinion": t("personas.opinion", up=rx.Var.create("{up}"), down=rx.Var.create("{down}")),
        "cancel": t("lobby.cancel"),
    }


def _form_words() -> dict[str, rx.Var[str]]:
    labels = {name: t(f"personas.{name}") for name in _FIELDS}
    hints = {f"{name}_hint": t(f"personas.{name}_hint") for name in _FIELDS if not name.startswith("name")}
    return {
        **labels,
        **hints,
        "name_ko_hint": t("personas.name_hint"),
        "name_en_hint": t("personas.name_hint"),
        "other_name_hint": t("personas.other_name_hint"),
        "model": t("personas.model"),
        "model_hint": t("personas.model_hint"),
        "house_model": t("models.house_default", name=_NAME),
        "as_house": t("personas.as_house"),
        "advanced": t("personas.advanced"),
        "restored": t("personas.restored"),
        "anew": t("personas.anew"),
        "close": t("personas.close"),
        "keep": t("settings.keep"),
    }


def _picture_words() -> dict[str, rx.Var[str]]:
    return {
        "choose": t("settings.avatar_choose"),
        "another": t("settings.avatar_another"),
        "remove": t("settings.avatar_remove"),
        "crop": t("composer.crop"),
        "crop_keep": t("composer.crop_keep"),
        "crop_broken": t("composer.crop_broken"),
    }
