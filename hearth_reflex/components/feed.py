"""The room's talk as Vars: what `assets/hearth/feed.js` keeps in the browser, for components to draw from."""

from typing import TypedDict

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import VarData

from hearth_reflex.state.bus import CHANGES, PLACE, WORDS
from hearth_reflex.state.composer import ComposerState
from hearth_reflex.state.room import RoomState
from hearth_reflex.state.room_model import RoomModelState


class Call(TypedDict):
    """A name that is called in a text, and whether it is the reader's."""

    name: str
    me: bool


class Item(TypedDict):
    """One row of the talk as it is drawn; made by `items.js`."""

    key: str
    id: str
    seq: int
    kind: str
    status: str
    name: str
    name_en: str
    at: str
    ai: bool
    look: int  # what an AI wears in this room: one of the colours of `domain/looks.py`
    avatar: str  # of an AI; "" for none
    own: bool
    day: bool  # a new day begins with this row
    grouped: bool  # the same person goes on within five minutes
    pending: str  # "", or of a row of the outbox: sending, failed
    open: bool  # an answer that still grows
    finished: bool
    thinking: bool
    place: int  # in line, 0 when it does not wait
    until: float  # when its turn is expected, in milliseconds of the browser's clock; 0: not known
    shortened: bool
    figures: dict[str, float]  # of an answer that has ended; {} for everything else
    may_go_on: bool
    reason: str  # why an AI spoke: a code of `domain/manners.py`, or ""
    cited: int  # places of documents and pictures that an answer points at
    sources: str  # id of what was looked up for it, or ""
    version: int  # of an answer that was made more than once: which one stands here
    versions: int
    has_text: bool
    pieces: list[str]
    notice: dict[str, str]
    error: dict[str, str]
    text: str  # as it was written
    author: str
    asked: bool  # an answer that the reader asked for
    edited: bool
    deleted: bool
    pinned: bool
    touchable: bool  # something may be done with it
    answers: bool  # it answers `reply`
    reply: dict[str, str | int | bool]
    reactions: list[dict[str, str | int | bool | list[str]]]
    files: list[dict[str, str | int]]
    mentions: list[str]
    mentions_me: bool
    calls: list[Call]


class Announced(TypedDict):
    """What a screen reader is to hear now."""

    kind: str
    name: str
    name_en: str
    text: str


class Target(TypedDict):
    """Where the list shall go; `n` is a new one each time."""

    n: int
    seq: int
    align: str
    offset: float
    flash: bool
    focus: bool


class View(TypedDict):
    away: bool  # the tab does not hold the room of its address yet
    items: list[Item]
    epoch: int  # a new one: the rows are of another stretch of the room
    target: Target | None
    hasOlder: bool
    hasNewer: bool  # the rows are not those at the live end
    loadingOlder: bool
    jumping: bool
    unseen: int  # what others said since the reader left the newest line
    unread: int  # the seq above which the line "new from here" stands; 0: nowhere
    empty: bool
    thinking: bool
    announced: Announced


_NAMES = {
    "room": RoomState.get_full_name(),
    "changes": CHANGES,
    "words": WORDS,
    "place": PLACE,
    "composer": ComposerState.get_full_name(),
    "model": f"{RoomModelState.get_full_name()}.look",
    "send": f"{ComposerState.get_full_name()}.send",
}
_MODULE = "$/public/hearth/feed"

view = rx.Var(
    "hearthRoom",
    _var_type=View,
    _var_data=VarData(
        hooks={f"const hearthRoom = useRoom({rx.Var.create(_NAMES)!s})": None},
        imports={_MODULE: [ImportVar(tag="useRoom")]},
    ),
).guess_type()
line_is_open = rx.Var(
    "hearthLine",
    _var_type=bool,
    _var_data=VarData(hooks={"const hearthLine = useLine()": None}, imports={_MODULE: [ImportVar(tag="useLine")]}),
).guess_type()


def outbox_call(method: str, item_key: rx.Var[str]) -> rx.Var:
    """A browser-side handler that calls `retry` or `discard` of the room's store."""
    return rx.Var(
        f"(() => roomStore()?.{method}({item_key!s}))",
        _var_data=VarData.merge(VarData(imports={_MODULE: [ImportVar(tag="roomStore")]}), item_key._get_all_var_data()),
    )
