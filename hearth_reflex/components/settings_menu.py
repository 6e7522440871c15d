"""Me, and what I can set: language, light or dark, log out. The browser keeps the choices; no handler is called."""

import reflex as rx
from reflex.style import color_mode, set_color_mode
from reflex.utils.imports import ImportVar
from reflex.vars import VarData

from hearth_reflex.components.api_form import api_form
from hearth_reflex.components.faces import face
from hearth_reflex.components.preferences import PREFER, prefer
from hearth_reflex.components.text import LOCALE, t
from hearth_reflex.state.viewer import ViewerState

_SET_LOCALE = VarData(imports={"$/public/hearth/locale": [ImportVar(tag="setLocale")]})
_LANGUAGES = (("ko", "한국어"), ("en", "English"))  # each in its own words, for those who read only it
_THEMES = ("light", "dark", "system")


def settings_menu() -> rx.Component:
    """A button with my name that opens the settings."""
    return rx.popover.root(
        rx.popover.trigger(_me()),
        rx.popover.content(
            settings(),
            class_name="settings",
            align="end",
            aria_label=t("shell.settings", name=ViewerState.name),
        ),
    )


def settings() -> rx.Component:
    """What I can set, and the ways from here: the content of the menu, and of the drawer of a narrow window."""
    return rx.el.div(
        _group(t("shell.language"), language_choices()),
        _group(t("shell.theme"), theme_choices()),
        rx.link(rx.icon("star", size=18), t("stars.title"), href="/starred", class_name="settings-link"),
        rx.link(rx.icon("library-big", size=18), t("library.title"), href="/library", class_name="settings-link"),
        rx.link(rx.icon("drama", size=18), t("personas.title"), href="/personas", class_name="settings-link"),
        rx.link(rx.icon("settings", size=18), t("settings.title"), href="/settings", class_name="settings-link"),
        rx.cond(
            ViewerState.is_admin,
            rx.link(rx.icon("cpu", size=18), t("models.title"), href="/models", class_name="settings-link"),
        ),
        _log_out(),
        class_name="settings-list",
    )


def language_choices(*, class_name: str = "choices") -> rx.Component:
    chosen = rx.Var("hearthLocale", _var_type=str, _var_data=LOCALE)
    buttons = [_choice(rx.Var.create(name), chosen == code, _speak(code), lang=code) for code, name in _LANGUAGES]
    return rx.el.div(*buttons, class_name=class_name, role="group", aria_label=t("shell.language"))


def theme_choices() -> rx.Component:
    buttons = [
        _choice(t(f"shell.{mode}"), color_mode == mode, [set_color_mode(mode), prefer("theme", mode)])
        for mode in _THEMES
    ]
    return rx.el.div(*buttons, class_name="choices", role="group", aria_label=t("shell.theme"))


def _speak(code: str) -> rx.event.EventSpec:
    return rx.call_function(
        rx.Var(
            f"() => {{ setLocale('{code}'); prefer('locale', '{code}'); }}",
            _var_data=VarData.merge(_SET_LOCALE, PREFER),
        )
    )


def _choice(label: rx.Var[str], chosen: rx.Var[bool], on_click: object, **props: str) -> rx.Component:
    return rx.el.button(label, type="button", aria_pressed=rx.cond(chosen, "true", "false"), on_click=on_click, **props)


def _me() -> rx.Component:
    return rx.el.button(
        face(id=ViewerState.user_id, name=ViewerState.name, avatar=ViewerState.avatar, here=rx.Var.create(False)),
        rx.el.span(ViewerState.name, class_name="me-name"),
        rx.cond(ViewerState.is_guest, rx.el.span(t("shell.guest"), class_name="chip")),
        type="button",
        class_name="me",
        aria_label=t("shell.settings", name=ViewerState.name),
    )


def _group(label: rx.Var[str], choices: rx.Component) -> rx.Component:
    return rx.el.div(rx.el.p(label, class_name="field-label", aria_hidden="true"), choices, class_name="settings-group")


def _log_out() -> rx.Component:
    words = rx.cond(ViewerState.is_guest, t("shell.leave_guest"), t("shell.log_out"))
    return api_form(
        rx.cond(ViewerState.is_guest, rx.el.p(t("shell.guest_leaves"), class_name="muted")),
        rx.el.div(rx.el.button(words, type="submit", class_name="button"), class_name="form-actions"),
        action="/api/session",
        method="DELETE",
    )
