"""Looking for something: a button that opens the sheet, the sheet itself, and the search of one room in its panel."""

import reflex as rx

from hearth_reflex.components.choices import DIALOG, choose
from hearth_reflex.components.text import t
from hearth_reflex.state.room import RoomState

_SHEET = "search"  # which dialog of the page it is


class _SearchSheet(rx.Component):
    """`assets/hearth/Search.jsx`."""

    library = "$/public/hearth/Search.jsx"
    tag = "SearchSheet"
    words: rx.Var[dict[str, str]]


class _RoomSearch(rx.Component):
    """`assets/hearth/Search.jsx`."""

    library = "$/public/hearth/Search.jsx"
    tag = "RoomSearch"
    room: rx.Var[str]
    words: rx.Var[dict[str, str]]


def search_button() -> rx.Component:
    return rx.el.button(
        rx.icon("search"),
        type="button",
        aria_label=t("search.title"),
        title=t("search.title"),
        aria_haspopup="dialog",
        class_name="icon-button search-open",
        custom_attrs={"data-leaves": ""},  # the drawer closes: a dialog cannot open over it
        on_click=choose(DIALOG, _SHEET),
    )


def search_sheet() -> rx.Component:
    """Once on a page."""
    return _SearchSheet.create(words=_words())


def room_search() -> rx.Component:
    """The search within the room that is open, for its panel."""
    return _RoomSearch.create(room=RoomState.room["id"].to(str), words=_words())


def _words() -> dict[str, rx.Var[str]]:
    count, name, page = rx.Var.create("{count}"), rx.Var.create("{name}"), rx.Var.create("{page}")
    return {
        "title": t("search.title"),
        "close": t("search.close"),
        "box": t("search.box"),
        "box_room": t("search.box_room"),
        "placeholder": t("search.placeholder"),
        "hint": t("search.hint"),
        "results": t("search.results"),
        "count": t("search.count", count=count),
        "nothing": t("search.nothing"),
        "failed": t("search.failed"),
        "again": t("search.again"),
        "more": t("search.more"),
        "all": t("search.all"),
        "messages": t("search.messages"),
        "rooms": t("search.rooms"),
        "people": t("search.people"),
        "files": t("search.files"),
        "documents": t("search.documents"),
        "by_meaning": t("search.by_meaning"),
        "page": t("search.page", page=page),
        "shelf": t("search.shelf"),
        "members": t("room.members", count=count),
        "theirs": t("search.theirs"),
        "picture": t("search.picture"),
        "filters": t("search.filters"),
        "here": t("search.here"),
        "image": t("search.image"),
        "by": t("search.by", name=name),
        "clear": t("search.clear"),
        "when": t("search.when"),
        "ever": t("search.ever"),
        "today": t("search.today"),
        "week": t("search.week"),
        "month": t("search.month"),
        "days": t("search.days"),
        "from": t("search.from"),
        "to": t("search.to"),
    }
