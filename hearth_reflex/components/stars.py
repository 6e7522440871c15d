"""What the reader has starred, in all rooms that are still theirs."""

import reflex as rx

from hearth_reflex.components.text import t


class _StarsList(rx.Component):
    """`assets/hearth/Kept.jsx`."""

    library = "$/public/hearth/Kept.jsx"
    tag = "StarsList"
    words: rx.Var[dict[str, str]]


def stars_list() -> rx.Component:
    return rx.el.div(
        rx.el.h1(t("stars.title")),
        rx.el.p(t("stars.lead"), class_name="muted"),
        _StarsList.create(
            words={
                "empty": t("stars.empty"),
                "failed": t("pins.failed"),
                "again": t("pins.again"),
                "jump": t("pins.jump"),
                "more": t("stars.more"),
                "unstar": t("message.unstar"),
                "home": t("room.back"),
            }
        ),
        class_name="stars-page",
    )
