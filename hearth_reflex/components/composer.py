"""The box in which a message is written: `assets/hearth/Composer.jsx` and its parts, in the reader's language."""

from typing import Any

import reflex as rx

from hearth_reflex.components.text import blank, choose, t
from hearth_reflex.state.lobby import LobbyState, RoomCard
from hearth_reflex.state.room import RoomState
from hearth_reflex.state.viewer import ViewerState

_WORDS = (
    "label",
    "send",
    "suggestions",
    "attach",
    "pictures",
    "camera",
    "files",
    "which_camera",
    "camera_refused",
    "shoot",
    "shot_name",
    "cancel",
    "crop",
    "crop_keep",
    "crop_broken",
    "tray",
    "earlier",
    "later",
    "again",
    "take_away",
    "upload_failed",
    "files_many",
    "files_failed",
    "file_gone",
    "when_ready",
    "drop",
    "editing",
    "keep_edit",
    "stop_editing",
    "edit_empty",
    "edit_no_files",
    "stop_answering",
    "help",
    "help_more",
    "close",
    "command_help",
    "command_search",
    "command_people",
    "command_invite",
    "command_pins",
    "command_files",
    "command_quiet",
    "quiet_how",
    "quiet_done",
    "quiet_over",
    "resend",
    "command_ask",
    "command_regenerate",
    "command_prompts",
    "command_persona",
    "command_model",
    "ask_how",
    "ask_nobody",
    "regenerate_none",
    "model_none",
    "temper_quiet",
    "once",
    "once_lead",
    "once_keep",
    "once_drop",
)
_SETTINGS = ("model", "model_default", "sample", "sample_house", "sample_on", "sample_off", "temperature")


class Composer(rx.Component):
    """`assets/hearth/Composer.jsx`."""

    library = "$/public/hearth/Composer"
    tag = "Composer"
    lib_dependencies: list[str] = [  # noqa: RUF012 - how Reflex has it
        "react-image-crop@11.1.2",
        "emojibase-data@17.0.0",
    ]

    room: rx.Var[str]
    me: rx.Var[str]
    limit: rx.Var[int]
    ais: rx.Var[list[dict[str, str]]]
    rooms: rx.Var[list[RoomCard]]
    words: rx.Var[dict[str, Any]]


def composer() -> rx.Component:
    return Composer.create(
        room=RoomState.room["id"].to(str),
        me=ViewerState.user_id,
        limit=RoomState.message_limit,
        ais=RoomState.ais,
        rooms=LobbyState.favourites + LobbyState.mine + LobbyState.open,
        words=_words(),
    )


def _words() -> dict[str, rx.Var[str]]:
    said = {name: t(f"composer.{name}") for name in _WORDS}
    return said | {
        **{name: t(f"sessions.{name}") for name in _SETTINGS},
        "max_tokens": t("sessions.tokens"),
        "answering": t("composer.answering", name=blank("name")),
        "placeholder": _placeholder(),
        "prompts": t("prompts.title"),
        "prompts_none": t("prompts.none"),
        "prompts_keep": t("prompts.keep_this"),
        "prompts_kept": t("prompts.kept"),
        "prompts_manage": t("prompts.manage"),
        "persona_none": t("composer.persona_none", name=blank("name")),
        "command_unknown": t("composer.command_unknown", name=blank("name")),
        "too_long": t("error.message_long", length=blank("length"), limit=blank("limit")),
        "controls": t("error.message_control"),
        "offline": t("entry.offline"),
        "unexpected": t("entry.unexpected"),
    }


def _placeholder() -> rx.Var[str]:
    """How the first of the AIs that sit here is called, if any answers here."""
    first = RoomState.ais[0]
    name = choose(ko=first["name_ko"], en=first["name_en"])
    called = rx.cond(
        RoomState.room["kind"] == "session",
        t("sessions.placeholder", name=name),
        t("composer.placeholder", name=name),
    )
    return rx.cond(RoomState.room["ai_enabled"] & (RoomState.ais.length() > 0), called, t("composer.placeholder_alone"))
