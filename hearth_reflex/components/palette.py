"""The palette (Ctrl+K) and the sheet of keys (?): `assets/hearth/Palette.jsx`, mounted once in the shell."""

from typing import Any

import reflex as rx

from hearth_reflex.components.text import t
from hearth_reflex.i18n import CATALOGUES
from hearth_reflex.state.lobby import LobbyState, RoomCard

# (words, where it leads or what it opens)
_ACTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("shell.lobby", {"to": "/"}),
    ("settings.title", {"to": "/settings"}),
    ("library.title", {"to": "/library"}),
    ("personas.title", {"to": "/personas"}),
    ("lobby.new", {"dialog": ["dialog", "new-room"]}),
    ("around.search", {"event": "hearth:search"}),
    ("around.keys", {"dialog": ["keys", "open"]}),
)
# (keys, words)
_KEYS = (
    ("Mod K", "around.key_palette"),
    ("Mod /", "around.key_keys"),
    ("Enter", "around.key_send"),
    ("Shift Enter", "around.key_line"),
    ("Mod Enter", "around.key_send_always"),
    ("↑", "around.key_edit"),
    ("Esc", "around.key_escape"),
    ("@ # : /", "around.key_complete"),
    ("Tab", "around.key_tab"),
    ("↑ ↓", "around.key_rows"),
    ("Home End", "around.key_ends"),
)


class _Palette(rx.Component):
    library = "$/public/hearth/Palette.jsx"
    tag = "Palette"
    rooms: rx.Var[list[RoomCard]]
    acts: rx.Var[list[dict[str, Any]]]
    keys: rx.Var[list[dict[str, str]]]
    words: rx.Var[dict[str, str]]


def palette() -> rx.Component:
    names = ("title", "find", "none", "room", "keys")
    return _Palette.create(
        rooms=LobbyState.favourites + LobbyState.mine + LobbyState.direct + LobbyState.open,
        acts=[
            {"key": words, "ko": CATALOGUES["ko"][words], "en": CATALOGUES["en"][words], **what}
            for words, what in _ACTS
        ],
        keys=[{"key": key, "does": t(words)} for key, words in _KEYS],
        words={name: t(f"around.{name}") for name in names},
    )
