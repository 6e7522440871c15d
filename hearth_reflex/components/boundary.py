"""What a person sees when drawing a page breaks: our words, and a way on."""

import reflex as rx

from hearth_reflex.components.text import t


class _Boundary(rx.Component):
    """`assets/hearth/Boundary.jsx`."""

    library = "$/public/hearth/Boundary.jsx"
    tag = "Boundary"
    title: rx.Var[str]
    lead: rx.Var[str]
    reload: rx.Var[str]
    home: rx.Var[str]


def boundary() -> rx.Component:
    """For `rx.App(app_wraps=…)`: every page is drawn inside."""
    return _Boundary.create(
        title=t("lost.broken"), lead=t("lost.broken_lead"), reload=t("lost.reload"), home=t("room.back")
    )
