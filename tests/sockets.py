"""People who reach a running house over its socket and its REST, without a browser.

`Person` is signed in and asks over REST; `Tab` is a raw socket that says whatever it is told to, right or wrong. What
is waited for is always something that comes in. `tests/pages.py` makes a room's page of a tab.
"""

import asyncio
import contextlib
import itertools
import json
import secrets
from collections.abc import Callable
from typing import Any, Self
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from hearth_reflex.domain.feed import Row
from hearth_reflex.state.composer import AnswerState, ComposerState
from hearth_reflex.state.doors import SESSION_COOKIE

ROOT = "reflex___state____state"
BOOT = f"{ROOT}.hydrate_and_load"
HYDRATE = f"{ROOT}.hydrate"
SEND = f"{ComposerState.get_full_name()}.send"
STOP = f"{AnswerState.get_full_name()}.stop"
PATIENCE = 15.0
_addresses = itertools.count(2)


def new_address() -> str:
    """A loopback address that nobody else calls from: limits count by address before somebody is signed in."""
    number = next(_addresses)
    return f"127.1.{number // 250}.{number % 250 + 1}"


class Person:
    """Somebody signed in. `token` is the session cookie's value."""

    def __init__(self, url: str) -> None:
        self.url, self.address = url, new_address()
        self.http = self._client()
        self.name = self.uuid = self.token = ""

    @classmethod
    async def guest(cls, url: str, name: str | None = None) -> "Person":
        person = cls(url)
        return await person._come_in("/api/session/guest", {"name": name or f"guest {secrets.token_hex(4)}"})

    @classmethod
    async def account(cls, url: str) -> "Person":
        login = f"u{secrets.token_hex(6)}"
        return await cls(url)._come_in("/api/accounts", {"login": login, "name": login, "password": "a long password"})

    def at(self, url: str) -> "Person":
        """The same person, with the same session, at another worker's door."""
        other = Person(url)
        other.name, other.uuid, other.token = self.name, self.uuid, self.token
        other.http.cookies.set(SESSION_COOKIE, self.token)
        return other

    async def get(self, path: str) -> Any:
        answer = await self.http.get(path)
        answer.raise_for_status()
        return answer.json()

    async def new_room(self, *, private: bool = False) -> str:
        answer = await self.http.post("/api/rooms", json={"name": f"r {secrets.token_hex(4)}", "private": private})
        answer.raise_for_status()
        return answer.json()["id"]

    async def sit_down(self, room: str) -> None:
        (await self.http.post(f"/api/rooms/{room}/members")).raise_for_status()

    async def say(self, room: str, text: str, *, client_id: str | None = None, reply_to: str = "") -> dict[str, Any]:
        """Over REST. Returns the message that was kept."""
        body = {"text": text, "client_msg_id": client_id or str(uuid4()), "reply_to": reply_to}
        answer = await self.http.post(f"/api/rooms/{room}/messages", json=body)
        answer.raise_for_status()
        return answer.json()

    async def whole_room(self, room: str) -> tuple[int, list[Row]]:
        """A fresh load: (rev, every row from the first one on), as a page that scrolls up to the top gets them."""
        seen = await self.get(f"/api/rooms/{room}")
        rows, more = seen["rows"], seen["has_older"]
        while more:
            page = await self.get(f"/api/rooms/{room}/rows?before={rows[0]['seq']}&limit=50")
            rows, more = [*page["rows"], *rows], page["has_older"]
        return seen["rev"], rows

    async def sign_out(self) -> None:
        (await self.http.delete("/api/session")).raise_for_status()

    async def close(self) -> None:
        await self.http.aclose()

    def _client(self) -> httpx.AsyncClient:
        # The house closes a connection after five idle seconds: one kept as long may be gone when it is used.
        carrier = httpx.AsyncHTTPTransport(local_address=self.address, limits=httpx.Limits(keepalive_expiry=2.0))
        return httpx.AsyncClient(base_url=self.url, transport=carrier, timeout=PATIENCE)

    async def _come_in(self, path: str, form: dict[str, str]) -> "Person":
        answer = await self.http.post(path, json=form)
        answer.raise_for_status()
        self.name, self.uuid = answer.json()["name"], answer.json()["user_id"]
        self.token = answer.cookies[SESSION_COOKIE]
        return self


class Tab:
    """A socket to the house.

    Args:
        host: host and port.
        cookie: value of the session cookie; None sends none.
        path: the page that it says it shows.
        origin: what a browser would send; None sends none, as programs do.
        client: the tab's own token, which outlives its sockets.

    `frames` are all messages that came, as text; `state` is what the server has told of the vars, by state and var.
    """

    def __init__(
        self,
        host: str,
        *,
        cookie: str | None,
        path: str = "/",
        origin: str | None = None,
        client: str | None = None,
        address: str | None = None,
    ) -> None:
        self.host, self.cookie, self.path, self.origin = host, cookie, path, origin
        self.client, self._address = client or str(uuid4()), address or new_address()
        self.frames: list[str] = []
        self.state: dict[str, dict[str, Any]] = {}
        self.orders: list[dict[str, Any]] = []  # what the server told the page itself to do, as a redirect
        self.closed, self.hydrations, self.pongs = False, 0, 0
        self._news = asyncio.Event()

    async def open(self, *, boot: bool = True) -> Self:
        """Connects as a page does, and loads it. Raises InvalidStatus when the handshake is refused."""
        self._socket = await self._connect()
        await self._socket.recv()
        first = {"event": {"name": BOOT, "router_data": self._place()}} if boot else {}
        await self._socket.send(f"40/_event,{json.dumps(first)}")
        self.closed = False
        self._listener = asyncio.create_task(self._listen())
        if boot:
            await self.until(lambda: self.var(f"{ROOT}.is_hydrated") is True)
        return self

    async def call(self, handler: str, /, **payload: Any) -> None:
        """Calls a handler by its full name. Does not wait: many calls have no answer."""
        await self.event({"name": handler, "payload": payload, "router_data": self._place()})

    async def event(self, event: Any) -> None:
        message = json.dumps(["event", event], ensure_ascii=False)
        if any("\ud800" <= char <= "\udfff" for char in message):
            message = json.dumps(["event", event])  # half a character travels only as an escape
        await self.raw(f"42/_event,{message}")

    async def raw(self, message: str | bytes) -> None:
        with contextlib.suppress(ConnectionClosed):
            await self._socket.send(message)

    async def settle(self) -> None:
        """Returns when all that was called before has been worked off: a tab's events are taken in turn."""
        before = self.hydrations
        await self.call(HYDRATE)
        await self.until(lambda: self.hydrations > before)

    async def until(self, holds: Callable[[], bool], *, seconds: float = PATIENCE) -> None:
        """Waits until `holds()`; raises TimeoutError when it does not come to that."""
        async with asyncio.timeout(seconds):
            while not holds():
                self._news.clear()
                await self._news.wait()

    def var(self, name: str) -> Any:
        """The newest value of a var by its full name; None when the server has not told it."""
        state, _, var = name.rpartition(".")
        return self.state.get(state, {}).get(f"{var}_rx_state_")

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        if not self.closed:
            await self.close()

    async def close(self) -> None:
        self._listener.cancel()
        await self._socket.close()
        self.closed = True

    async def drop(self) -> None:
        """The line is cut: no goodbye, and what was on its way may be lost."""
        self._listener.cancel()
        self._socket.transport.abort()
        await self._socket.wait_closed()
        self.closed = True

    async def flush(self) -> None:
        """Returns when all that the server had sent before has come in."""
        before = self.pongs
        await self.raw('42/_event,["ping"]')
        await self.until(lambda: self.pongs > before)

    def _place(self) -> dict[str, Any]:
        return {"pathname": self.path, "asPath": self.path, "query": {}}

    async def _connect(self) -> ClientConnection:
        headers = {"Cookie": f"{SESSION_COOKIE}={self.cookie}"} if self.cookie is not None else {}
        if self.origin is not None:
            headers["Origin"] = self.origin
        url = f"ws://{self.host}/_event/?EIO=4&transport=websocket&token={self.client}"
        return await connect(
            url,
            additional_headers=headers,
            local_addr=(self._address, 0),
            proxy=None,
            max_size=None,
            max_queue=None,  # a tab that is flooded must still hear that it is closed
            compression=None,
            ping_interval=None,
        )

    async def _listen(self) -> None:
        try:
            async for message in self._socket:
                if message == "2":
                    await self._socket.send("3")
                    continue
                self._take(str(message))
                self._news.set()
        except ConnectionClosed:
            pass
        finally:
            self.closed = True
            self._news.set()

    def _take(self, message: str) -> None:
        self.frames.append(message)
        if not message.startswith("42/_event,"):
            return
        kind, *rest = json.loads(message[len("42/_event,") :])
        if kind == "new_token":
            self.client = rest[0]
        elif kind == "ping":
            self.pongs += 1
        elif kind == "event":
            self._take_update(rest[0])

    def _take_update(self, update: dict[str, Any]) -> None:
        delta = update.get("delta") or {}
        for state, changes in delta.items():
            self.state.setdefault(state, {}).update(changes)
        self.orders += update.get("events") or []
        self.hear(delta)
        if delta.get(ROOT, {}).get("is_hydrated_rx_state_") is False:
            self.hydrations += 1

    def hear(self, delta: dict[str, Any]) -> None:
        """What a page makes of a delta. A bare tab makes nothing of it."""
