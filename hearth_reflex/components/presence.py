"""Who writes in a room just now, and who looks at one in the lobby."""

import reflex as rx

from hearth_reflex.components.text import t
from hearth_reflex.state.lobby import RoomCard


class _Typing(rx.Component):
    """`assets/hearth/Presence.jsx`."""

    library = "$/public/hearth/Presence.jsx"
    tag = "Typing"
    one: rx.Var[str]
    two: rx.Var[str]
    many: rx.Var[str]


class _HereIn(rx.Component):
    library = "$/public/hearth/Presence.jsx"
    tag = "HereIn"
    room: rx.Var[str]
    names: rx.Var[list[str]]
    words: rx.Var[str]


def typing_line() -> rx.Component:
    """As in "엄마가 쓰는 중…", above the box. The names get their particles in the browser."""
    return _Typing.create(
        one=t("presence.typing_one", name=rx.Var.create("{name}")),
        two=t("presence.typing_two", one=rx.Var.create("{one}"), two=rx.Var.create("{two}")),
        many=t("presence.typing_many"),
    )


def who_is_there(room: rx.Var[RoomCard]) -> rx.Component:
    """The names of a few who look at a room of the lobby; nothing while nobody does."""
    return _HereIn.create(
        room=room["id"].to(str),
        names=room["here"].to(list[str]),
        words=t("lobby.here", names=rx.Var.create("{names}")),
    )
