"""Faces: somebody as a small round picture or their first letter; people with a dot while they are here."""

import reflex as rx

from hearth_reflex.components.text import t


class _Face(rx.Component):
    """`assets/hearth/Face.jsx`."""

    library = "$/public/hearth/Face.jsx"
    tag = "Face"
    person: rx.Var[str]
    name: rx.Var[str]
    avatar: rx.Var[str]
    here: rx.Var[bool]


class _PersonaFace(rx.Component):
    library = "$/public/hearth/Face.jsx"
    tag = "PersonaFace"
    person: rx.Var[str]
    name: rx.Var[str]
    avatar: rx.Var[str]
    look: rx.Var[int]


class _Faces(rx.Component):
    library = "$/public/hearth/Face.jsx"
    tag = "Faces"
    words: rx.Var[str]


def face(*, id: rx.Var[str], name: rx.Var[str], avatar: rx.Var[str], here: rx.Var[bool] | None = None) -> rx.Component:
    """`here` draws the dot; without it a person of the open room has one while they are in the house."""
    more = {} if here is None else {"here": here}
    return _Face.create(person=id, name=name, avatar=avatar, **more)


def persona_face(*, id: rx.Var[str], name: rx.Var[str], avatar: rx.Var[str], look: rx.Var[int]) -> rx.Component:
    """An AI's: in the colour that it wears."""
    return _PersonaFace.create(person=id, name=name, avatar=avatar, look=look)


def faces_here() -> rx.Component:
    """The faces of those who look at the open room just now."""
    return _Faces.create(words=t("rooms.here_now", count=rx.Var.create("{count}")))
