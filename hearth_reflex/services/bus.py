"""How a service tells the house that something was committed. A protocol, and its fan-out; no wire here.

Push is a hint, pull repairs: a frame may be lost without harm, because rows carry their rev and a client that sees a
gap asks the database. So publishing never raises into a service.
"""

from typing import Any, Protocol

import structlog

from hearth_reflex.domain.feed import Row

log = structlog.get_logger(__name__)

LOBBY = "lobby"  # stands for a room where none is open


class Bus(Protocol):
    """Where committed changes are told. All ids are outside ids (uuid)."""

    async def change(self, room: str, *, rev: int, rows: list[Row]) -> None:
        """Rows of `room` changed by the commit that made its rev `rev`. The same for everybody in it."""
        ...

    async def words(self, room: str, *, seq: int, offset: int, text: str) -> None:
        """`text` was added to the growing answer `seq`, from UTF-16 offset `offset` on."""
        ...

    async def place(self, room: str, *, seq: int, position: int, seconds: int | None) -> None:
        """The answer `seq` waits as the `position`th in line, for about `seconds` more; 0: it waits no longer."""
        ...

    async def signal(self, room: str, kind: str, payload: list[Any]) -> None:
        """A passing hint to everybody in the room, kept nowhere: who came, who writes, how far somebody has read.

        `room` may be LOBBY: those who look at the list of rooms.
        """
        ...

    async def tell(self, people: list[str], kind: str, payload: list[Any]) -> None:
        """A hint to all tabs of these people, in whatever room they are."""
        ...

    async def unseated(self, room: str, people: list[str]) -> None:
        """These people lost their seats: their open sockets must hear nothing more of the room."""
        ...

    async def lobby(self) -> None:
        """The list of open rooms changed: whoever looks at it should look again."""
        ...

    async def signed_out(self, sessions: list[str]) -> None:
        """These login sessions ended: their open sockets must hear nothing more."""
        ...


class FanOut:
    """One bus made of several. A listener that fails is logged and does not hush the others."""

    def __init__(self, *listeners: Bus) -> None:
        self._listeners = list(listeners)

    def add(self, listener: Bus) -> None:
        self._listeners.append(listener)

    def remove(self, listener: Bus) -> None:
        if listener in self._listeners:
            self._listeners.remove(listener)

    async def change(self, room: str, *, rev: int, rows: list[Row]) -> None:
        for listener in list(self._listeners):
            try:
                await listener.change(room, rev=rev, rows=rows)
            except Exception:
                log.exception("bus.listener_failed", what="change")

    async def words(self, room: str, *, seq: int, offset: int, text: str) -> None:
        for listener in list(self._listeners):
            try:
                await listener.words(room, seq=seq, offset=offset, text=text)
            except Exception:
                log.exception("bus.listener_failed", what="words")

    async def place(self, room: str, *, seq: int, position: int, seconds: int | None) -> None:
        for listener in list(self._listeners):
            try:
                await listener.place(room, seq=seq, position=position, seconds=seconds)
            except Exception:
                log.exception("bus.listener_failed", what="place")

    async def signal(self, room: str, kind: str, payload: list[Any]) -> None:
        for listener in list(self._listeners):
            try:
                await listener.signal(room, kind, payload)
            except Exception:
                log.exception("bus.listener_failed", what="signal")

    async def tell(self, people: list[str], kind: str, payload: list[Any]) -> None:
        for listener in list(self._listeners):
            try:
                await listener.tell(people, kind, payload)
            except Exception:
                log.exception("bus.listener_failed", what="tell")

    async def unseated(self, room: str, people: list[str]) -> None:
        for listener in list(self._listeners):
            try:
                await listener.unseated(room, people)
            except Exception:
                log.exception("bus.listener_failed", what="unseated")

    async def lobby(self) -> None:
        for listener in list(self._listeners):
            try:
                await listener.lobby()
            except Exception:
                log.exception("bus.listener_failed", what="lobby")

    async def signed_out(self, sessions: list[str]) -> None:
        for listener in list(self._listeners):
            try:
                await listener.signed_out(sessions)
            except Exception:
                log.exception("bus.listener_failed", what="signed_out")
