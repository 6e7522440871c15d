"""Who sits in the open room: the panel's first part. What a role may do is the domain's to say; here it is only handed
to the page, so that it offers nothing that would be refused."""

import reflex as rx

from hearth_reflex.components.ai_sessions import SEATS
from hearth_reflex.components.notes import troubles
from hearth_reflex.components.text import t
from hearth_reflex.domain.roles import Permission, Role, may
from hearth_reflex.state.room import RoomState
from hearth_reflex.state.viewer import ViewerState

RANKS = [role.value for role in (Role.GUEST, Role.MEMBER, Role.MODERATOR, Role.OWNER)]
GRANTS = {role.value: [permission.value for permission in Permission if may(role, permission)] for role in Role}
_NAME = rx.Var.create("{name}")


class _People(rx.Component):
    """`assets/hearth/People.jsx`."""

    library = "$/public/hearth/People.jsx"
    tag = "People"
    room: rx.Var[str]
    kind: rx.Var[str]
    me: rx.Var[str]
    role: rx.Var[str]
    may: rx.Var[dict[str, list[str]]]
    ranks: rx.Var[list[str]]
    words: rx.Var[dict[str, str]]


def people_panel() -> rx.Component:
    room = RoomState.room
    return _People.create(
        room=SEATS,
        kind=room["kind"].to(str),
        me=ViewerState.user_id,
        role=room["role"].to(str),
        may=GRANTS,
        ranks=RANKS,
        words={**role_words(), **_words(), **_questions(), **troubles()},
    )


def role_words() -> dict[str, rx.Var[str]]:
    """The names of the roles."""
    return {
        "role_owner": t("rooms.role_owner"),
        "role_moderator": t("rooms.role_moderator"),
        "role_member": t("rooms.role_member"),
        "role_guest": t("rooms.role_guest"),
    }


def _words() -> dict[str, rx.Var[str]]:
    return {
        "me": t("rooms.me"),
        "here": t("rooms.here"),
        "home": t("presence.home"),
        "seen": t("rooms.seen", ago=rx.Var.create("{ago}")),
        "hushed": t("rooms.hushed"),
        "menu_of": t("rooms.menu_of", name=_NAME),
        "invite": t("rooms.invite"),
        "direct": t("rooms.direct_go"),
        "role": t("rooms.role"),
        "hush": t("rooms.hush"),
        "hush_10m": t("rooms.hush_10m"),
        "hush_1h": t("rooms.hush_1h"),
        "hush_1d": t("rooms.hush_1d"),
        "unhush": t("rooms.unhush"),
        "banned": t("rooms.banned", count=rx.Var.create("{count}")),
        "unban": t("rooms.unban"),
        "cancel": t("lobby.cancel"),
    }


def _questions() -> dict[str, rx.Var[str]]:
    return {
        "hand_over": t("rooms.hand_over"),
        "hand_over_title": t("rooms.hand_over_title", name=_NAME),
        "hand_over_lead": t("rooms.hand_over_lead", name=_NAME),
        "remove": t("rooms.remove"),
        "remove_title": t("rooms.remove_title", name=_NAME),
        "remove_lead": t("rooms.remove_lead", name=_NAME),
        "ban": t("rooms.ban"),
        "ban_title": t("rooms.ban_title", name=_NAME),
        "ban_lead": t("rooms.ban_lead"),
    }
