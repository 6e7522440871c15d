"""What a room is: its name, who may come in, how many, whether the AI speaks. For those who may change it a form; for
the others the same as facts. The house decides who may."""

import reflex as rx

from hearth_reflex.components.ai_sessions import IS_TALK, talk_settings
from hearth_reflex.components.api_form import actions, api_form, field, submit
from hearth_reflex.components.model_words import fact
from hearth_reflex.components.new_room import ai_switch, kinds, seats, words_field
from hearth_reflex.components.people import GRANTS, role_words
from hearth_reflex.components.room_list import room_name
from hearth_reflex.components.text import t
from hearth_reflex.components.time import day
from hearth_reflex.domain.roles import Permission
from hearth_reflex.state.room import RoomState

_ROOM = RoomState.room


def may_here(permission: Permission) -> rx.Var[bool]:
    """Whether the reader's role allows it in the open room; for drawing only."""
    roles = [role for role, granted in GRANTS.items() if permission.value in granted]
    return rx.Var.create(roles).contains(_ROOM["role"])


def room_settings() -> rx.Component:
    room = rx.el.section(
        rx.cond(may_here(Permission.DESCRIBE) & (_ROOM["kind"] != "direct") & ~_ROOM["archived"], _form(), _facts()),
        _roles(),
        class_name="room-settings",
    )
    return rx.cond(IS_TALK, talk_settings(), room)


def _form() -> rx.Component:
    return api_form(
        field("name", label=t("lobby.new_name"), auto_complete="off", default_value=room_name(_ROOM)),
        words_field(
            "description",
            label=t("rooms.description"),
            hint=t("rooms.description_hint"),
            value=_ROOM["description"].to(str),
        ),
        rx.cond(
            may_here(Permission.OWN) & ~_ROOM["living"],
            kinds(private_too=rx.Var.create(True), chosen=_ROOM["kind"].to(str)),
        ),
        seats(value=_ROOM["max_members"].to(int)),
        ai_switch(on=_ROOM["ai_enabled"].to(bool)),
        actions(submit(t("rooms.keep"))),
        action=rx.Var.create("/api/rooms/") + _ROOM["id"].to(str),
        method="PATCH",
        done=t("rooms.kept"),
        on_done=RoomState.look(_ROOM["id"]),
        key=_ROOM["id"].to(str),  # another room's values begin anew
    )


def _facts() -> rx.Component:
    return rx.el.dl(
        rx.cond(_ROOM["description"] != "", fact(t("rooms.description"), _ROOM["description"])),
        fact(t("rooms.kind"), _kind_words()),
        rx.cond(_ROOM["max_members"] > 0, fact(t("rooms.seats"), t("room.members", count=_ROOM["max_members"]))),
        fact(t("rooms.ai_short"), rx.cond(_ROOM["ai_enabled"], t("rooms.ai_on"), t("rooms.ai_off"))),
        rx.cond(_ROOM["archived"], fact(t("rooms.state"), t("error.room_archived"))),
        fact(t("rooms.lively"), day(_ROOM["last_activity"].to(str))),
        class_name="facts",
    )


def _kind_words() -> rx.Var[str]:
    return rx.match(_ROOM["kind"], ("private", t("rooms.private")), ("direct", t("rooms.direct_kind")), t("rooms.open"))


def _roles() -> rx.Component:
    names = role_words()
    rows = {
        "role_owner": t("rooms.may_owner"),
        "role_moderator": t("rooms.may_moderator"),
        "role_member": t("rooms.may_member"),
        "role_guest": t("rooms.may_guest"),
    }
    listed = rx.el.dl(*(fact(names[role], words) for role, words in rows.items()), class_name="facts")
    return rx.cond(
        _ROOM["kind"] != "direct",
        rx.el.details(rx.el.summary(t("rooms.who_may")), listed, class_name="panel-more"),
    )
