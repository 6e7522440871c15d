"""The front door: the painted room, and a card beside or below it. Home, log in, register and first start share it."""

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import VarData

from hearth_reflex.components.api_form import actions, api_form, field, submit
from hearth_reflex.components.fire import scene
from hearth_reflex.components.house import house_effects
from hearth_reflex.components.settings_menu import language_choices
from hearth_reflex.components.shell import brand
from hearth_reflex.components.text import t
from hearth_reflex.domain.text import PASSWORD_MIN


def entry(*children: rx.Component, title: rx.Var[str], lead: rx.Var[str]) -> rx.Component:
    """The front door with `children` on its card."""
    head = rx.el.div(rx.el.h1(title), rx.el.p(lead, class_name="muted"), class_name="entry-head")
    return entry_card(head, *children)


def entry_card(*children: rx.Component) -> rx.Component:
    """The same for a door whose words are among the `children`."""
    top = rx.el.div(brand(), language_choices(class_name="languages"), class_name="entry-top")
    card = rx.el.div(top, *children, class_name="entry-card")
    return rx.el.main(house_effects(), scene(), card, class_name="entry")


def guest_form(*, after: str = "", next: str = "/") -> rx.Component:
    """One field, and one sits by the fire. `after` and `next` as in `api_form`."""
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
        after=after,
        next=next,
    )


def log_in_form() -> rx.Component:
    return api_form(
        login_field(),
        password_field(auto_complete="current-password"),
        actions(submit(t("entry.log_in"), wide=True)),
        action="/api/session",
    )


def account_form(*, action: str, go: rx.Var[str], path_field: str = "", next: str = "/") -> rx.Component:
    """A new account: for whoever registers, and for the first admin."""
    return api_form(
        field("name", label=t("entry.name"), hint=t("entry.name_hint"), auto_complete="nickname"),
        login_field(hint=t("entry.login_hint")),
        password_field(auto_complete="new-password", hint=t("entry.password_hint", count=PASSWORD_MIN)),
        actions(submit(go, wide=True)),
        action=action,
        next=next,
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


def ways(*links: tuple[rx.Var[str] | str, rx.Var[str]]) -> rx.Component:
    """Other ways in, as (address, words)."""
    return rx.el.nav(*(rx.link(words, href=href) for href, words in links), class_name="entry-more")


def and_back(address: str) -> rx.Var[str]:
    """`address`, and from there back to this page."""
    data = VarData(
        hooks={"const hearthPlace = useLocation()": None}, imports={"react-router": [ImportVar(tag="useLocation")]}
    )
    return rx.Var(f"'{address}?next=' + encodeURIComponent(hearthPlace.pathname)", _var_type=str, _var_data=data)
