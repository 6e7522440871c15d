"""Pictures and files: below the words of a message, large, and all of a room together."""

import reflex as rx

from hearth_reflex.components.feed import Item
from hearth_reflex.components.text import t
from hearth_reflex.state.room import RoomState

_NAME = rx.Var.create("{name}")


class _Pictures(rx.Component):
    """`assets/hearth/Pictures.jsx`."""

    library = "$/public/hearth/Pictures.jsx"
    tag = "Pictures"
    lib_dependencies: list[str] = ["blurhash@2.0.5"]  # noqa: RUF012 - how Reflex has it

    files: rx.Var[list]
    words: rx.Var[dict[str, str]]


class _Lightbox(rx.Component):
    """`assets/hearth/Lightbox.jsx`."""

    library = "$/public/hearth/Lightbox.jsx"
    tag = "Lightbox"
    lib_dependencies: list[str] = ["yet-another-react-lightbox@3.32.2", "blurhash@2.0.5"]  # noqa: RUF012 - how Reflex has it

    words: rx.Var[dict[str, str]]


class _FilesPanel(rx.Component):
    """`assets/hearth/FilesPanel.jsx`."""

    library = "$/public/hearth/FilesPanel.jsx"
    tag = "FilesPanel"
    lib_dependencies: list[str] = ["blurhash@2.0.5"]  # noqa: RUF012 - how Reflex has it

    room: rx.Var[str]
    words: rx.Var[dict[str, str]]


def pictures(item: rx.Var[Item]) -> rx.Component:
    """The files of one message; nothing for a message without."""
    return _Pictures.create(files=item["files"], words=picture_words())


def lightbox() -> rx.Component:
    """Where pictures are looked at large: once on a page."""
    index, total = rx.Var.create("{index}"), rx.Var.create("{total}")
    return _Lightbox.create(
        words={
            **picture_words(),
            "close": t("files.close"),
            "previous": t("files.previous"),
            "next": t("files.next"),
            "save": t("files.save"),
            "zoom_in": t("files.zoom_in"),
            "zoom_out": t("files.zoom_out"),
            "lightbox": t("files.lightbox"),
            "carousel": t("files.carousel"),
            "pictures": t("files.pictures"),
            "slide": t("files.slide", index=index, total=total),
            "jump": t("files.jump"),
            **about_words(),
        }
    )


def files_panel() -> rx.Component:
    """What was sent in the room that is open: the part of its panel."""
    return _FilesPanel.create(
        room=RoomState.room["id"].to(str),
        words={
            **picture_words(),
            "pictures": t("files.pictures"),
            "files": t("files.files"),
            "no_pictures": t("files.no_pictures"),
            "no_files": t("files.no_files"),
            "more": t("files.more"),
            "loading": t("files.loading"),
            "failed": t("files.failed"),
            "again": t("files.again"),
            "jump": t("files.jump"),
        },
    )


def about_words() -> dict[str, rx.Var[str]]:
    """What the house knows of a picture, below it."""
    keys = ("about", "caption_label", "caption_hint", "caption_add", "caption_edit", "caption_save", "caption_leave")
    found = ("by_model", "words", "copy", "copied", "alike", "no_alike", "looking")
    return {
        **{key: t(f"pictures.{key}") for key in (*keys, *found)},
        "taken": t("pictures.taken", date=rx.Var.create("{date}")),
        "offline": t("entry.offline"),
        "unexpected": t("entry.unexpected"),
    }


def picture_words() -> dict[str, rx.Var[str]]:
    """What a picture and a file say of themselves."""
    return {
        "picture": t("files.picture", name=_NAME),
        "captioned": t("pictures.captioned", caption=rx.Var.create("{caption}")),
        "download": t("files.download", name=_NAME),
        "gone": t("files.gone"),
    }
