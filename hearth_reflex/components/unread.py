"""What waits unread: the badge of a room in a list, and the number before the title of a page."""

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import VarData

from hearth_reflex.components.text import t
from hearth_reflex.state.lobby import RoomCard

_TITLE = VarData(
    hooks={"const hearthUnread = useTitleCount()": None},
    imports={"$/public/hearth/news": [ImportVar(tag="useTitleCount")]},
)


class _UnreadBadge(rx.Component):
    """`assets/hearth/Presence.jsx`."""

    library = "$/public/hearth/Presence.jsx"
    tag = "UnreadBadge"
    room: rx.Var[str]
    words: rx.Var[str]
    called_words: rx.Var[str]


class _TalksDot(rx.Component):
    """`assets/hearth/Presence.jsx`."""

    library = "$/public/hearth/Presence.jsx"
    tag = "TalksDot"
    room: rx.Var[str]
    words: rx.Var[str]


def talks_dot(room: rx.Var[str]) -> rx.Component:
    """That something is unread in the talks with an AI of this room."""
    return _TalksDot.create(room=room, words=t("sessions.new"))


def unread_badge(room: rx.Var[RoomCard]) -> rx.Component:
    """How much of a room is unread, as the browser counts it; nothing while there is nothing."""
    return _UnreadBadge.create(
        room=room["id"].to(str),
        words=t("news.unread", count=rx.Var.create("{count}")),
        called_words=t("news.called"),
    )


def counted(title: rx.Var[str]) -> rx.Var[str]:
    """The title of a page behind the number of what is unread: "(3) Hearth"."""
    data = VarData.merge(_TITLE, title._get_all_var_data())
    return rx.Var(f"(hearthUnread + {title!s})", _var_type=str, _var_data=data)
