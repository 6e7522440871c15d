"""What a room has pinned: the part of its panel."""

import reflex as rx

from hearth_reflex.components.text import t
from hearth_reflex.state.messages import MessageState
from hearth_reflex.state.room import RoomState


class _PinsPanel(rx.Component):
    """`assets/hearth/Kept.jsx`."""

    library = "$/public/hearth/Kept.jsx"
    tag = "PinsPanel"
    room: rx.Var[str]
    role: rx.Var[str]
    act: rx.Var[str]
    words: rx.Var[dict[str, str]]


def pins_panel() -> rx.Component:
    return _PinsPanel.create(
        room=RoomState.room["id"].to(str),
        role=RoomState.room["role"].to(str),
        act=f"{MessageState.get_full_name()}.pin",
        words={
            "empty": t("pins.empty"),
            "failed": t("pins.failed"),
            "again": t("pins.again"),
            "jump": t("pins.jump"),
            "unpin": t("message.unpin"),
        },
    )
