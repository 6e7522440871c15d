"""Where answers have what they say from: the line below one that cites, a source beside the talk, the receipt of a
search. `assets/hearth/Citations.jsx` and `Receipt.jsx` ask the house over REST; here are their words."""

import reflex as rx

from hearth_reflex.components.feed import Item
from hearth_reflex.components.notes import troubles
from hearth_reflex.components.text import blank, t
from hearth_reflex.state.how_made import HowMadeState
from hearth_reflex.state.room import RoomState

_RECEIPT = (
    "title", "lead", "close", "question", "query", "mode", "mode_hybrid", "mode_words", "mode_whole", "time", "found",
    "nothing", "rank", "where", "vector", "words", "by_words", "by_look", "fused", "second", "second_taken", "used",
    "not_used", "is_used", "message", "picture", "gone", "failed",
)  # fmt: skip


class _Sources(rx.Component):
    """`assets/hearth/Citations.jsx`."""

    library = "$/public/hearth/Citations.jsx"
    tag = "Sources"
    room: rx.Var[str]
    message: rx.Var[str]
    version: rx.Var[int]
    cited: rx.Var[int]
    receipt: rx.Var[str]
    words: rx.Var[dict[str, str]]


class _CitationsPanel(rx.Component):
    library = "$/public/hearth/Citations.jsx"
    tag = "CitationsPanel"
    room: rx.Var[str]
    words: rx.Var[dict[str, str]]


class _Receipt(rx.Component):
    """`assets/hearth/Receipt.jsx`."""

    library = "$/public/hearth/Receipt.jsx"
    tag = "Receipt"
    words: rx.Var[dict[str, str]]


class _ReceiptLink(rx.Component):
    library = "$/public/hearth/Receipt.jsx"
    tag = "ReceiptLink"
    message: rx.Var[str]
    label: rx.Var[str]


def sources(item: rx.Var[Item]) -> rx.Component:
    """Below an answer; nothing for one that neither cites nor looked for anything."""
    return rx.cond(
        (item["cited"] > 0) | (item["sources"] != ""),
        _Sources.create(
            room=RoomState.room["id"].to(str),
            message=item["id"],
            version=item["version"],
            cited=item["cited"],
            receipt=item["sources"],
            words={
                **source_words(),
                "sources": t("cites.sources", count=blank("count")),
                "one_source": t("cites.one_source"),
                "receipt": t("cites.receipt"),
            },
        ),
    )


def source_words() -> dict[str, rx.Var[str]]:
    """How a number in an answer is named."""
    number, name = blank("number"), blank("name")
    return {
        "source": t("cites.source", number=number),
        "source_named": t("cites.source_named", number=number, name=name),
        "source_page": t("cites.source_page", number=number, name=name, page=blank("page")),
    }


def citations_panel() -> rx.Component:
    """What a number points at. Once on the page of a room, behind its panel."""
    named = ("panel", "close", "open", "jump", "gone", "failed", "again")
    return _CitationsPanel.create(
        room=RoomState.room["id"].to(str),
        words={
            **source_words(),
            **{name: t(f"cites.{name}") for name in named},
            "page": t("reader.page", page=blank("page")),
            "page_failed": t("reader.page_failed"),
        },
    )


def receipt() -> rx.Component:
    """The sheet of a search. Once on the page of a room."""
    words = {
        **{name: t(f"receipt.{name}") for name in _RECEIPT},
        "ms_embed": t("receipt.ms_embed", ms=blank("ms"), embed=blank("embed")),
        "page": t("reader.page", page=blank("page")),
    }
    return _Receipt.create(words={**words, **troubles()})


def receipt_link() -> rx.Component:
    """In the sheet that says how an answer was made."""
    return _ReceiptLink.create(message=HowMadeState.message, label=t("cites.receipt"))
