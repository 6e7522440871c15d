"""Invitations: the dialog that makes links into the open room, and the words at the door that a link leads to."""

import reflex as rx

from hearth_reflex.components.ai_sessions import SEATS, SEATS_NAME
from hearth_reflex.components.choices import dialog
from hearth_reflex.components.notes import troubles
from hearth_reflex.components.text import t
from hearth_reflex.state.room import RoomState
from hearth_reflex.state.viewer import ViewerState

_ROOM = rx.Var.create("{room}")


class _Invites(rx.Component):
    """`assets/hearth/Invites.jsx`."""

    library = "$/public/hearth/Invites.jsx"
    tag = "Invites"
    lib_dependencies: list[str] = ["qrcode.react@4.2.0"]  # noqa: RUF012 - how Reflex has it
    room: rx.Var[str]
    base: rx.Var[str]
    nearby: rx.Var[str]
    name: rx.Var[str]
    words: rx.Var[dict[str, str]]


class _Invitation(rx.Component):
    """`assets/hearth/Invitation.jsx`."""

    library = "$/public/hearth/Invitation.jsx"
    tag = "Invitation"
    words: rx.Var[dict[str, str]]
    home: rx.Var[str]


def invite_dialog() -> rx.Component:
    """Opened by `choose("dialog", "invite")`, from the panel and from the room's menu."""
    links = _Invites.create(
        room=SEATS,
        base=RoomState.base_url,
        nearby=ViewerState.nearby_url,
        name=SEATS_NAME,
        words={**_link_words(), **_wish_words(), **troubles()},
    )
    return dialog("invite", links, title=t("invite.title"), lead=t("invite.lead"), class_name="dialog invite-dialog")


def invitation(*children: rx.Component) -> rx.Component:
    """Who invites, and `children` while the link is good."""
    words = {
        "title": t("join.title", room=_ROOM),
        "lead": t("join.lead", name=rx.Var.create("{name}")),
        "lead_nobody": t("join.lead_nobody"),
        "no_good": t("join.no_good"),
        "expired": t("error.invite_expired"),
        "used": t("error.invite_used"),
        "revoked": t("error.invite_revoked"),
        "void": t("error.invite_void"),
        **troubles(),
    }
    return _Invitation.create(*children, words=words, home=t("lost.home"))


def _link_words() -> dict[str, rx.Var[str]]:
    return {
        "qr": t("invite.qr", room=_ROOM),
        "link": t("invite.link"),
        "copy": t("invite.copy"),
        "copied": t("invite.copied"),
        "not_copied": t("invite.not_copied"),
        "share": t("invite.share"),
        "share_text": t("invite.share_text", room=_ROOM),
        "brings_guest": t("invite.brings_guest"),
        "brings_member": t("invite.brings_member"),
        "brings_moderator": t("invite.brings_moderator"),
        "here_only": t("invite.here_only"),
        "live": t("invite.live"),
        "another": t("invite.another"),
        "revoke": t("invite.revoke"),
        "until": t("invite.until", day=rx.Var.create("{day}")),
        "used": t("invite.used", uses=rx.Var.create("{uses}")),
    }


def _wish_words() -> dict[str, rx.Var[str]]:
    return {
        "make": t("invite.make"),
        "as_guest": t("invite.as_guest"),
        "life": t("invite.life"),
        "life_1h": t("invite.life_1h"),
        "life_1d": t("invite.life_1d"),
        "life_7d": t("invite.life_7d"),
        "life_ever": t("invite.life_ever"),
        "uses": t("invite.uses"),
        "uses_any": t("invite.uses_any"),
        "uses_1": t("invite.uses_1"),
        "uses_5": t("invite.uses_5"),
        "uses_25": t("invite.uses_25"),
    }
