"""The bus over Reflex's own socket: one emit to a Socket.IO room is one serialisation for all its tabs.

This is the one module that touches Reflex's semi-internal parts: the "event" message with a delta, the suffix of var
names, the names of states, and its Socket.IO server. Reflex is pinned, and `tests/state/test_bus_contract.py` holds
these against the installed version. Such emits bypass the server's copy of the vars, so the states that carry them
(`ChangesState`, `WordsState`, `PlaceState`, `SignalState`, `NewsState`) are written by nobody else.
"""

import asyncio
import time
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import reflex as rx
import structlog
from reflex.utils import format as reflex_format
from reflex_base.constants.state import FIELD_MARKER
from reflex_base.environment import environment
from socketio import AsyncRedisManager, AsyncServer

from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.feed import Row
from hearth_reflex.services.bus import LOBBY
from hearth_reflex.state.frames import is_from_a_page, is_page_event

log = structlog.get_logger(__name__)

NAMESPACE = "/_event"
EMIT_SECONDS = 2.0
LOBBY_SECONDS = 1.0  # between two tellings that the list of rooms changed
SIGNED_OUT_PAGE = "/?signed_out=1"
UNSEATED_PAGE = "/?out=1"


def _named(name: str) -> Any:
    """A state's name on the wire. It travels with every frame, to every tab: the module's path would be half of it."""

    def get_name(cls: type[rx.State]) -> str:
        return name

    get_name.__override_base_method__ = True  # pyright: ignore[reportFunctionMemberAccess] - Reflex asks for it
    return classmethod(get_name)


class ChangesState(rx.State):
    """Carries change frames: [room tag, rev, rows]; without rows they say how far the room is.

    Written by the bus, read by `assets/hearth/feed.js`.
    """

    frame: list[Any] = []
    get_name = _named("changes")


class WordsState(rx.State):
    """Carries stream frames: [room tag, seq, offset, text]. Written by the bus, read by `assets/hearth/feed.js`."""

    w: list[Any] = []
    get_name = _named("words")


class PlaceState(rx.State):
    """Carries place frames: [room tag, seq, position, seconds]. Written by the bus, read by `assets/hearth/feed.js`."""

    p: list[Any] = []
    get_name = _named("place")


class SignalState(rx.State):
    """Carries signal frames: [room tag, kind, …, count]. Written by the bus, read by `assets/hearth/signals.js`."""

    s: list[Any] = []
    get_name = _named("signal")


class NewsState(rx.State):
    """Carries what one person is told wherever they are: [kind, …, count]. Written by the bus, read by
    `assets/hearth/signals.js`."""

    news: list[Any] = []
    get_name = _named("news")


CHANGES, WORDS, PLACE, SIGNAL, NEWS = (
    state.get_full_name() for state in (ChangesState, WordsState, PlaceState, SignalState, NewsState)
)
CHANGES_FRAME, WORDS_FRAME, PLACE_FRAME, SIGNAL_FRAME, NEWS_FRAME = (
    f"{var}{FIELD_MARKER}" for var in ("frame", "w", "p", "s", "news")
)


def room_tag(room: str) -> str:
    """Tells the frames of one room from those of another in a tab that has just moved; the end of a uuid is random."""
    return room[-8:]


class PageServer(AsyncServer):
    """Takes from clients what pages send, and drops the rest unread."""

    frame_pace: Buckets  # of each socket
    _log_pace = Buckets(rate=1.0, burst=10.0)  # whoever floods the house must not flood its log

    async def _handle_eio_message(self, eio_sid: str, data: Any) -> None:
        if self.frame_pace.take(eio_sid, at=time.monotonic()):
            self._drop()  # unread: whoever it is, reading costs more than sending
            return
        try:
            await super()._handle_eio_message(eio_sid, data)
        except (ValueError, RecursionError, IndexError):
            # No packet at all: engine.io would log two tracebacks for each, and anybody can send a thousand a second.
            self._drop()

    async def _handle_event(self, eio_sid: str, namespace: str | None, id: int | None, data: Any) -> None:
        if is_from_a_page(data):
            await super()._handle_event(eio_sid, namespace, id, data)
        else:
            self._drop()

    async def _handle_connect(self, eio_sid: str, namespace: str | None, data: Any) -> None:
        # A page may bring its first event along with the connection; Reflex hands that one on by itself.
        if isinstance(data, dict) and "event" in data and not is_page_event(data["event"]):
            self._drop()
        else:
            await super()._handle_connect(eio_sid, namespace, data)

    def _drop(self) -> None:
        if not self._log_pace.take("", at=time.monotonic()):
            log.warning("socket.frame_dropped")


def make_socket_server(
    *, redis_url: str, origins: tuple[str, ...], frame_limit: int, frames: Buckets | None = None
) -> AsyncServer:
    """Reflex's Socket.IO server with its own arguments, but for who may open a socket and who carries its emits.

    Args:
        redis_url: with it, an emit to a room reaches the tabs of every worker.
        origins: those that are right whatever the request's Host says.
        frame_limit: bytes of the largest frame taken from a browser.
        frames: how many one socket may send. Wider than what a person may do, whom the doors tell so in words.
    """
    # The same as format.json_dumps, kept in one place with the loads Redis needs for other workers' emits.
    codec = SimpleNamespace(dumps=_dumps, loads=reflex_format.json.loads)
    server = PageServer(
        async_mode="asgi",
        client_manager=AsyncRedisManager(redis_url, json=codec) if redis_url else None,
        cors_allowed_origins=lambda origin, environ: _origin_is_right(origin, environ, origins),
        max_http_buffer_size=frame_limit,
        ping_interval=environment.REFLEX_SOCKET_INTERVAL.get().total_seconds(),
        ping_timeout=environment.REFLEX_SOCKET_TIMEOUT.get().total_seconds(),
        json=codec,
        allow_upgrades=False,
        transports=["websocket"],
        async_handlers=False,
    )
    server.frame_pace = frames or Buckets(rate=100.0, burst=300.0)
    return server


def origin_matches(origin: str | None, host: str | None, listed: tuple[str, ...]) -> bool:
    """An origin is right when its host is the request's Host, or when it is listed. None: not a browser."""
    if origin is None or origin in listed:
        return True
    return bool(host) and urlsplit(origin).netloc == host


def _origin_is_right(origin: str | None, environ: dict[str, Any], listed: tuple[str, ...]) -> bool:
    return origin_matches(origin, environ.get("HTTP_HOST"), listed)


def _dumps(value: Any, **options: Any) -> str:
    return reflex_format.json_dumps(value, **options)


class SocketBus:
    """The `services.bus.Bus` of open pages.

    `_seats` remembers which sockets of this worker listen for whom, so that a feed can be ended: by session when
    somebody signs out, by (person, room) when a seat is lost.
    """

    def __init__(self, sio: AsyncServer) -> None:
        self._sio = sio
        self._seats: dict[str, tuple[str, str, str]] = {}  # sid -> (session, person, room), all uuids
        self._lobby_due = False  # the list changed again while the lobby rests
        self._lobby_rest: asyncio.Task[None] | None = None
        self._count = 0  # of passing frames: a page takes the same value twice in a row for one

    async def change(self, room: str, *, rev: int, rows: list[Row]) -> None:
        await self._emit({CHANGES: {CHANGES_FRAME: [room_tag(room), rev, rows]}}, to=_room(room))

    async def stands(self, room: str, *, rev: int) -> None:
        """Tells this process's tabs alone how far the room is: one that has heard less asks for the rest."""
        delta = {CHANGES: {CHANGES_FRAME: [room_tag(room), rev, None]}}
        await self._sio.emit("event", {"delta": delta}, room=_room(room), namespace=NAMESPACE, ignore_queue=True)

    async def words(self, room: str, *, seq: int, offset: int, text: str) -> None:
        await self._emit({WORDS: {WORDS_FRAME: [room_tag(room), seq, offset, text]}}, to=_room(room))

    async def place(self, room: str, *, seq: int, position: int, seconds: int | None) -> None:
        await self._emit({PLACE: {PLACE_FRAME: [room_tag(room), seq, position, seconds]}}, to=_room(room))

    async def signal(self, room: str, kind: str, payload: list[Any]) -> None:
        await self._emit({SIGNAL: {SIGNAL_FRAME: [room_tag(room), kind, *payload, self._next()]}}, to=_room(room))

    async def tell(self, people: list[str], kind: str, payload: list[Any]) -> None:
        if people:
            frame = [kind, *payload, self._next()]
            await self._emit({NEWS: {NEWS_FRAME: frame}}, to=[_person(person) for person in people])

    async def unseated(self, room: str, people: list[str]) -> None:
        for sid, (_, person, where) in list(self._seats.items()):
            if where == room and person in people:
                await self._show_out(sid, to=UNSEATED_PAGE)

    async def lobby(self) -> None:
        """At once, and at most once in `LOBBY_SECONDS` after that: a crowd that sits down is one change of the list."""
        if self._lobby_rest is not None and not self._lobby_rest.done():
            self._lobby_due = True
            return
        self._lobby_due = False
        self._lobby_rest = asyncio.create_task(self._rest_lobby())
        await self._tell_lobby()

    async def _rest_lobby(self) -> None:
        await asyncio.sleep(LOBBY_SECONDS)
        while self._lobby_due:
            self._lobby_due = False
            await self._tell_lobby()
            await asyncio.sleep(LOBBY_SECONDS)

    async def _tell_lobby(self) -> None:
        await self._sio.emit("event", {"events": [_refresh_lobby()]}, room=LOBBY, namespace=NAMESPACE)

    async def engine_changed(self) -> None:
        """The model came or went: every open page looks again."""
        await self._sio.emit("event", {"events": [_look_again()]}, namespace=NAMESPACE)

    async def signed_out(self, sessions: list[str]) -> None:
        for sid, (session, _, _) in list(self._seats.items()):
            if session in sessions:
                await self._show_out(sid, to=SIGNED_OUT_PAGE)

    async def call(self, person: str, handler: str) -> None:
        """Lets this person's tabs in this process call a handler of theirs, which takes no arguments."""
        events = {"events": [{"name": handler, "payload": {}}]}
        for sid, (_, who, _) in list(self._seats.items()):
            if who == person:
                await self._sio.emit("event", events, to=sid, namespace=NAMESPACE)

    async def sit(self, sid: str, *, session: str, person: str, room: str) -> None:
        """From now on this socket hears `room`, and no other one, and what its person is told. "" is the lobby."""
        if (before := self._seats.get(sid)) is not None:
            await self._leave(sid, before)
        self._seats[sid] = (session, person, room)
        await self._sio.enter_room(sid, _person(person), namespace=NAMESPACE)
        await self._sio.enter_room(sid, _room(room) if room else LOBBY, namespace=NAMESPACE)

    def open_feeds(self) -> dict[str, tuple[str, str, str]]:
        """sid -> (session, person, room) of the sockets that are still connected; forgets the others."""
        for sid in [sid for sid in self._seats if not self._sio.manager.is_connected(sid, NAMESPACE)]:
            del self._seats[sid]
        return dict(self._seats)

    def open_pages(self) -> set[tuple[str, str]]:
        """(room, person) of the sockets that are still connected; "" for a page without a room."""
        return {(room, person) for _, person, room in self.open_feeds().values()}

    async def unseat(self, sid: str, seat: tuple[str, str, str], *, to: str) -> None:
        """Ends the feed of a socket whose session or seat is gone, unless it has left or moved in the meantime.

        `to` is the page that says which of the two: `SIGNED_OUT_PAGE` or `UNSEATED_PAGE`.
        """
        if self._seats.get(sid) == seat:
            await self._show_out(sid, to=to)

    async def _show_out(self, sid: str, *, to: str) -> None:
        if (seat := self._seats.pop(sid, None)) is not None:
            await self._leave(sid, seat)
        leave = {"name": "_redirect", "payload": {"path": to, "external": False, "replace": True}}
        await self._sio.emit("event", {"events": [leave]}, to=sid, namespace=NAMESPACE)

    async def _leave(self, sid: str, seat: tuple[str, str, str]) -> None:
        _, person, room = seat
        for name in (_room(room) if room else LOBBY, _person(person)):
            await self._sio.leave_room(sid, name, namespace=NAMESPACE)

    def _next(self) -> int:
        self._count = (self._count + 1) % 10_000
        return self._count

    async def _emit(self, delta: dict[str, dict[str, Any]], *, to: str | list[str]) -> None:
        # A hung broker must not hold up who has just committed: what is not told is repaired.
        async with asyncio.timeout(EMIT_SECONDS):
            await self._sio.emit("event", {"delta": delta}, room=to, namespace=NAMESPACE)


def _room(uuid: str) -> str:
    return LOBBY if uuid == LOBBY else f"room:{uuid}"


def _person(uuid: str) -> str:
    return f"person:{uuid}"


def _look_again() -> dict[str, Any]:
    from hearth_reflex.state.viewer import ViewerState  # its doors know this module

    return {"name": f"{ViewerState.get_full_name()}.enter", "payload": {}}


def _refresh_lobby() -> dict[str, Any]:
    from hearth_reflex.state.lobby import LobbyState  # the lobby imports this module

    return {"name": f"{LobbyState.get_full_name()}.refresh", "payload": {}}
