"""Settings of who one is: name and picture, browsers, password, what was used and said, and going for good."""

import reflex as rx

from hearth_reflex.components.api_form import actions, api_button, api_form, check, field, submit
from hearth_reflex.components.entry import login_field, password_field
from hearth_reflex.components.model_words import fact
from hearth_reflex.components.settings_look import part
from hearth_reflex.components.text import choose, t
from hearth_reflex.components.time import ago, day
from hearth_reflex.domain.text import PASSWORD_MIN
from hearth_reflex.state.settings import Device, SettingsState, Spoken
from hearth_reflex.state.viewer import ViewerState


class _AvatarEdit(rx.Component):
    """`assets/hearth/AvatarEdit.jsx`."""

    library = "$/public/hearth/AvatarEdit.jsx"
    tag = "AvatarEdit"
    lib_dependencies: list[str] = ["react-image-crop@11.1.2"]  # noqa: RUF012 - how Reflex has it
    person: rx.Var[str]
    name: rx.Var[str]
    avatar: rx.Var[str]
    words: rx.Var[dict[str, str]]
    on_done: rx.EventHandler[rx.event.no_args_event_spec]


def profile() -> rx.Component:
    form = api_form(
        field("name", label=t("entry.name"), auto_complete="nickname", default_value=ViewerState.name),
        _bio(),
        actions(submit(t("settings.keep"))),
        action="/api/me",
        method="PATCH",
        done=t("settings.kept"),
        on_done=[SettingsState.look],
        key=rx.Var.create("profile:") + ViewerState.user_id,
    )
    return part("profile", _picture(), form)


def account() -> rx.Component:
    """A password for who has an account; an account for who is a guest."""
    return rx.cond(ViewerState.is_guest, _become(), _password())


def devices() -> rx.Component:
    return part(
        "devices",
        rx.el.ul(rx.foreach(SettingsState.devices, _device), class_name="devices", role="list"),
        rx.cond(
            SettingsState.devices.length() > 1,
            _button(t("settings.end_others"), "/api/me/devices"),
        ),
    )


def usage(*more: rx.Component) -> rx.Component:
    """Sums since the reader came, and `more` of the same."""
    names = ("rooms", "messages", "answers", "prompt_tokens", "output_tokens", "seconds", "files", "megabytes")
    facts = [fact(t(f"settings.used_{name}"), SettingsState.usage[name]) for name in names]
    return part("usage", rx.el.dl(*facts, class_name="how-facts"), *more)


def history() -> rx.Component:
    rows = rx.el.ol(rx.foreach(SettingsState.said, _said), class_name="said", role="list")
    more = rx.cond(
        SettingsState.said_more,
        rx.el.button(t("settings.said_older"), type="button", class_name="button", on_click=SettingsState.show_more),
    )
    begin = rx.el.button(t("settings.said_show"), type="button", class_name="button", on_click=SettingsState.show_said)
    none = rx.el.p(t("settings.said_none"), class_name="muted")
    shown = rx.fragment(rx.cond(SettingsState.said.length() > 0, rows, none), more)
    return part("history", rx.cond(SettingsState.said_shown, shown, begin))


def leaving() -> rx.Component:
    form = api_form(
        rx.cond(ViewerState.is_guest, rx.fragment(), password_field(auto_complete="current-password")),
        check("erase", label=t("settings.erase")),
        actions(rx.el.button(t("settings.leave"), type="submit", class_name="button danger")),
        action="/api/me/leave",
    )
    return part("leaving", rx.el.p(t("settings.leaving_lead"), class_name="muted"), form)


def _picture() -> rx.Component:
    words = {
        "choose": t("settings.avatar_choose"),
        "another": t("settings.avatar_another"),
        "remove": t("settings.avatar_remove"),
        "crop": t("composer.crop"),
        "crop_keep": t("composer.crop_keep"),
        "crop_broken": t("composer.crop_broken"),
        "cancel": t("composer.cancel"),
        "offline": t("entry.offline"),
        "unexpected": t("entry.unexpected"),
    }
    return _AvatarEdit.create(
        person=ViewerState.user_id,
        name=ViewerState.name,
        avatar=ViewerState.avatar,
        words=words,
        on_done=ViewerState.enter,
    )


def _bio() -> rx.Component:
    return rx.el.div(
        rx.el.label(t("settings.bio"), html_for="bio-field"),
        rx.el.textarea(name="bio", id="bio-field", rows=3, default_value=SettingsState.bio, key=SettingsState.since),
        class_name="field",
    )


def _become() -> rx.Component:
    form = api_form(
        login_field(hint=t("entry.login_hint")),
        password_field(auto_complete="new-password", hint=t("entry.password_hint", count=PASSWORD_MIN)),
        actions(submit(t("settings.become_go"))),
        action="/api/me/account",
        next="/settings",
    )
    return part("become", rx.el.p(t("settings.become_lead"), class_name="muted"), form)


def _password() -> rx.Component:
    form = api_form(
        field("old", label=t("settings.password_old"), type="password", auto_complete="current-password"),
        field(
            "new",
            label=t("settings.password_new"),
            hint=t("entry.password_hint", count=PASSWORD_MIN),
            type="password",
            auto_complete="new-password",
        ),
        actions(submit(t("settings.password_go"))),
        action="/api/me/password",
        method="PUT",
        done=t("settings.password_done"),
        on_done=[SettingsState.look],
    )
    return part("password", rx.el.p(t("settings.login_is", login=SettingsState.login), class_name="muted"), form)


def _device(device: rx.Var[Device]) -> rx.Component:
    name = rx.cond(device["device"] == "", t("settings.device_unknown"), device["device"])
    here = rx.el.span(t("settings.device_here"), class_name="chip")
    end = _button(t("settings.end_device"), rx.Var.create("/api/me/devices/") + device["id"])
    return rx.el.li(
        rx.el.div(
            rx.el.span(name, class_name="device-name"),
            rx.cond(device["here"], here, rx.fragment()),
            rx.el.span(t("settings.device_seen", ago=ago(device["last_activity"])), class_name="muted"),
        ),
        rx.cond(device["here"], rx.fragment(), end),
        key=device["id"],
        class_name="device",
    )


def _said(said: rx.Var[Spoken]) -> rx.Component:
    link = rx.Var.create("/room/") + said["room"] + "?m=" + said["id"]
    return rx.el.li(
        rx.link(choose(ko=said["room_ko"], en=said["room_en"]), href=link, class_name="said-room"),
        rx.el.span(day(said["at"]), class_name="muted"),
        rx.el.p(said["text"], class_name="said-text"),
        key=said["id"],
    )


def _button(label: rx.Var[str], action: str | rx.Var[str]) -> rx.Component:
    return api_button(label=label, action=rx.Var.create(action), method="DELETE", on_done=SettingsState.look)
