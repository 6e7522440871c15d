"""Libraries: the page of all of the reader's, the part of a room's panel, and one document to read.

`assets/hearth/Library.jsx` and `Reader.jsx` ask the house over REST; here are their words and what they are given.
"""

import re
from typing import Any

import reflex as rx

from hearth_reflex.components.ai_sessions import IS_TALK
from hearth_reflex.components.files import about_words, picture_words
from hearth_reflex.components.notes import troubles
from hearth_reflex.components.text import blank, t
from hearth_reflex.i18n import CATALOGUES
from hearth_reflex.state.lobby import LobbyState, RoomCard
from hearth_reflex.state.room import RoomState

_LISTS = (
    "title", "lead", "shelf", "shelf_lead", "room_lead", "talk_lead", "places", "add", "drop", "hint", "hint_touch",
    "empty", "empty_lead", "none_in", "none_named", "failed", "again", "older", "twice", "find", "list",
)  # fmt: skip
_ROWS = (
    "open", "download", "rename", "rename_lead", "name", "move", "move_to", "here", "reindex",
    "reindexed", "retry", "cancel", "remove", "remove_title", "sending", "resting", "waiting", "reading", "cutting",
    "embedding", "cancelled", "no_reason",
)  # fmt: skip
_COLLECTIONS = ("collections", "all", "loose", "gather", "gather_lead", "scatter", "scatter_title", "scatter_lead")
_READER = (
    "back", "gone", "gone_lead", "text", "no_text", "pages", "page_failed", "marked", "failed",
)  # fmt: skip
_MINE = LobbyState.favourites + LobbyState.mine + LobbyState.direct
_OF_DOCUMENTS = re.compile(r"error\.((?:document|picture|embedder)\w*)")


class _LibraryPage(rx.Component):
    """`assets/hearth/Library.jsx`."""

    library = "$/public/hearth/Library.jsx"
    tag = "LibraryPage"
    rooms: rx.Var[list[RoomCard]]
    loaded: rx.Var[bool]
    words: rx.Var[dict[str, Any]]


class _LibraryPanel(rx.Component):
    library = "$/public/hearth/Library.jsx"
    tag = "LibraryPanel"
    room: rx.Var[str]
    rooms: rx.Var[list[RoomCard]]
    talk: rx.Var[bool]
    words: rx.Var[dict[str, Any]]


class _Reader(rx.Component):
    """`assets/hearth/Reader.jsx`."""

    library = "$/public/hearth/Reader.jsx"
    tag = "Reader"
    rooms: rx.Var[list[RoomCard]]
    words: rx.Var[dict[str, Any]]


def library() -> rx.Component:
    return _LibraryPage.create(rooms=_MINE, loaded=LobbyState.loaded, words=_words())


def library_panel() -> rx.Component:
    """What lies in the open room: a part of its panel."""
    return _LibraryPanel.create(room=RoomState.room["id"].to(str), rooms=_MINE, talk=IS_TALK, words=_words())


def reader() -> rx.Component:
    page, count = blank("page"), blank("count")
    return _Reader.create(
        rooms=_MINE,
        words={
            **_words(),
            **{name: t(f"reader.{name}") for name in _READER},
            "page": t("reader.page", page=page),
            "page_of": t("reader.page_of", page=page, count=count),
            "show_page": t("reader.show_page", page=page),
            "of_picture": {**about_words(), **picture_words()},
        },
    )


def _words() -> dict[str, Any]:
    name, count = blank("name"), blank("count")
    return {
        **{key: t(f"library.{key}") for key in _LISTS + _ROWS + _COLLECTIONS},
        "used": t("library.used", used=blank("used")),
        "used_of": t("library.used_of", used=blank("used"), limit=blank("limit")),
        "count": t("library.count", count=count),
        "pages_of": t("library.pages", count=count),
        "menu": t("library.menu", name=name),
        "remove_lead": t("library.remove_lead", name=name),
        "removed": t("library.removed", name=name),
        "moved": t("library.moved", name=name),
        "stop_sending": t("library.stop_sending", name=name),
        "send_again": t("library.send_again", name=name),
        "collection_menu": t("library.collection_menu", name=name),
        "dismiss": t("lobby.cancel"),
        "keep": t("settings.keep"),
        "errors": _reasons(),
        **troubles(),
    }


def _reasons() -> dict[str, rx.Var[str]]:
    """Why a document could not be read, for each code that may stand in its row."""
    found = (_OF_DOCUMENTS.fullmatch(key) for key in CATALOGUES["ko"])
    return {one[1]: _said(one[0]) for one in found if one}


def _said(key: str) -> rx.Var[str]:
    values = re.findall(r"\{(\w+)\}", CATALOGUES["ko"][key])
    return t(key, **{value: blank(value) for value in values})
