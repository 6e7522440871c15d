"""Raw clients: a websocket each, that keeps what it hears and when. Nothing is decoded while it is measured.

Knows Socket.IO's text frames and how Reflex wraps events into them; what the frames mean is `report.py`'s.
"""

import asyncio
import json
import time
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect

from hearth_reflex.state.bus import NAMESPACE

EVENT = f"42{NAMESPACE},"
Heard = tuple[int, str]  # monotonic nanoseconds, frame


class Listener:
    """One open tab, without a browser."""

    def __init__(self) -> None:
        self.frames: list[Heard] = []
        self._mark, self._marked = "", asyncio.Event()
        self._socket: ClientConnection | None = None
        self._ear: asyncio.Task[None] | None = None

    async def open(self, port: int, *, cookie: str = "") -> None:
        """Connects, and joins the namespace of Reflex's events."""
        url = f"ws://127.0.0.1:{port}/_event/?EIO=4&transport=websocket&token={uuid4()}"
        headers = {"Cookie": cookie} if cookie else {}
        self._socket = await connect(url, additional_headers=headers, compression=None, ping_interval=None)
        await self._socket.recv()
        await self._socket.send(f"40{NAMESPACE},")
        self._ear = asyncio.create_task(self._listen(self._socket))

    def await_mark(self, mark: str) -> None:
        """From now on, `marked` waits for a frame with these words in it."""
        self._mark = mark
        self._marked.clear()

    async def marked(self) -> None:
        await self._marked.wait()

    async def say(self, name: str, payload: dict[str, Any]) -> None:
        """Sends an event of Socket.IO's."""
        assert self._socket is not None, "not open"
        await self._socket.send(EVENT + json.dumps([name, payload]))

    async def ask(self, handler: str, *, path: str, route: str, **payload: Any) -> None:
        """Sends an event of Reflex's, as a page at `path` does."""
        place = {"pathname": route, "query": {}, "asPath": path}
        await self.say("event", {"name": handler, "payload": payload, "router_data": place})

    def take(self) -> list[Heard]:
        """What was heard since the last time."""
        heard, self.frames = self.frames, []
        return heard

    async def close(self) -> None:
        if self._socket is not None and self._ear is not None:
            await self._socket.close()
            await self._ear

    async def _listen(self, socket: ClientConnection) -> None:
        async for message in socket:
            at, text = time.monotonic_ns(), str(message)
            if text == "2":
                await socket.send("3")
                continue
            self.frames.append((at, text))
            if self._mark and self._mark in text:
                self._marked.set()


async def all_marked(listeners: list[Listener], *, seconds: float) -> None:
    """Waits until each has heard its mark. Who has not after `seconds` has lost it, and the report will say so."""
    waits = asyncio.gather(*(listener.marked() for listener in listeners), return_exceptions=True)
    try:
        await asyncio.wait_for(waits, seconds)
    except TimeoutError:
        return


def event_of(frame: str) -> dict[str, Any]:
    """The update in a frame of Reflex's: `{"delta": …, "events": …}`; empty for other frames."""
    if not frame.startswith(EVENT):
        return {}
    name, *arguments = json.loads(frame[len(EVENT) :])
    return dict(arguments[0]) if name == "event" else {}
