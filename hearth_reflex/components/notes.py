"""Short lines at the foot of the window: what was done and how to take it back, what went wrong."""

import reflex as rx

from hearth_reflex.components.text import t


class _Notes(rx.Component):
    """`assets/hearth/Notes.jsx`."""

    library = "$/public/hearth/Notes.jsx"
    tag = "Notes"
    words: rx.Var[dict[str, str]]


def notes() -> rx.Component:
    """Once on a page."""
    return _Notes.create(words={"close": t("shell.put_away"), "out": t("rooms.out"), **troubles()})


def troubles() -> dict[str, rx.Var[str]]:
    """What to say when the house cannot be asked, for parts that ask it themselves."""
    return {"offline": t("entry.offline"), "unexpected": t("entry.unexpected")}
