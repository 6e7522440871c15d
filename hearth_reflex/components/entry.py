"""The front door: the painted room, and a card beside or below it. Home, log in, register and first start share it."""

import reflex as rx

from hearth_reflex.components.api_form import actions, api_form, field, submit
from hearth_reflex.components.fire import scene
from hearth_reflex.components.house import house_effects
from hearth_reflex.components.settings_menu import language_choices
from hearth_reflex.components.shell import brand
from hearth_reflex.components.text import t
from hearth_reflex.domain.text import PASSWORD_MIN


def entry(*children: rx.Component, title: rx.Var[str], lead: rx.Var[str]) -> rx.Component:
    """The front door with `children` on its card."""
    card = rx.el.div(
        rx.el.div(brand(), language_choices(class_name="languages"), class_name="entry-top"),
        rx.el.div(rx.el.h1(title), rx.el.p(lead, class_name="muted"), class_name="entry-head"),
        *children,
        class_name="entry-card",
    )
    return rx.el.main(house_effects(), scene(), card, class_name="entry")


def guest_form() -> rx.Component:
    return api_form(
        field(
            "name",
            label=t("entry.nickname"),
            hint=t("entry.nickname_hint"),
            auto_complete="nickname",
            enter_key_hint="go",
        ),
        actions(submit(t("entry.sit"), wide=True)),
        action="/api/session/guest",
    )


def log_in_form() -> rx.Component:
    return api_form(
        login_field(),
        password_field(auto_complete="current-password"),
        actions(submit(t("entry.log_in"), wide=True)),
        action="/api/session",
    )


def account_form(*, action: str, go: rx.Var[str], path_field: str = "") -> rx.Component:
    """A new account: for whoever registers, and for the first admin."""
    return api_form(
        field("name", label=t("entry.name"), hint=t("entry.name_hint"), auto_complete="nickname"),
        login_field(hint=t("entry.login_hint")),
        password_field(auto_complete="new-password", hint=t("entry.password_hint", count=PASSWORD_MIN)),
        actions(submit(go, wide=True)),
        action=action,
        path_field=path_field,
    )


def login_field(*, hint: rx.Var[str] | None = None) -> rx.Component:
    return field(
        "login",
        label=t("entry.login"),
        hint=hint,
        auto_complete="username",
        auto_capitalize="none",
        spell_check=False,
    )


def password_field(*, auto_complete: str, hint: rx.Var[str] | None = None) -> rx.Component:
    return field(
        "password",
        label=t("entry.password"),
        hint=hint,
        type="password",
        auto_complete=auto_complete,
    )


def ways(*links: tuple[str, rx.Var[str]]) -> rx.Component:
    """Other ways in, as (address, words)."""
    return rx.el.nav(*(rx.link(words, href=href) for href, words in links), class_name="entry-more")
