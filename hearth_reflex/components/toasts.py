"""Notes about what is said to the reader elsewhere; and where the page lets passing frames in."""

import reflex as rx

from hearth_reflex.components.text import t
from hearth_reflex.state.bus import CHANGES, NEWS, SIGNAL
from hearth_reflex.state.presence import PresenceState, UnreadState
from hearth_reflex.state.room import RoomState

_NAMES = {
    "room": RoomState.get_full_name(),
    "presence": PresenceState.get_full_name(),
    "unread": UnreadState.get_full_name(),
    "changes": CHANGES,
    "signal": SIGNAL,
    "news": NEWS,
}


class _Toasts(rx.Component):
    """`assets/hearth/Toasts.jsx`."""

    library = "$/public/hearth/Toasts.jsx"
    tag = "Toasts"
    names: rx.Var[dict[str, str]]
    words: rx.Var[dict[str, str]]


def toasts() -> rx.Component:
    """Once on a page."""
    words = {"label": t("news.label"), "close": t("shell.put_away"), "file": t("news.file")}
    return _Toasts.create(names=rx.Var.create(_NAMES), words=words)
