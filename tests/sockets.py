"""People who reach a running house over its socket and its REST, without a browser.

`Person` is signed in and asks over REST; `Tab` is a raw socket that says whatever it is told to, right or wrong; `Page`
is a room's page: it folds what it hears, repairs gaps and sends again what was not acknowledged, as
`assets/hearth/store.js` does. Everything is waited for by what comes in, nothing by the clock.
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

from hearth_reflex.domain.feed import RoomFold, Row
from hearth_reflex.state.bus import CHANGES, CHANGES_FRAME, WORDS, WORDS_FRAME, room_tag
from hearth_reflex.state.composer import AnswerState, ComposerState
from hearth_reflex.state.doors import SESSION_COOKIE
from hearth_reflex.state.room import RoomState

ROOT = "reflex___state____state"
BOOT = f"{ROOT}.hydrate_and_load"
HYDRATE = f"{ROOT}.hydrate"
SEND = f"{ComposerState.get_full_name()}.send"
STOP = f"{AnswerState.get_full_name()}.stop"
SNAPSHOT = f"{RoomState.get_full_name()}.snapshot"
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

    async def say(self, room: str, text: str, *, client_id: str | None = None) -> dict[str, Any]:
        """Over REST. Returns the message that was kept."""
        body = {"text": text, "client_msg_id": client_id or str(uuid4())}
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
        carrier = httpx.AsyncHTTPTransport(local_address=self.address)
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


class Page(Tab):
    """A room's page, kept over lost connections: `fold` is its view, `outbox` what nobody has acknowledged yet.

    `heard` holds every row of every change frame, `acknowledged` the rows of its own messages by client id.
    """

    def __init__(self, person: Person, room: str, *, host: str | None = None) -> None:
        host = host or person.url.removeprefix("http://")
        super().__init__(host, cookie=person.token, path=f"/room/{room}", address=person.address)
        self.person, self.room, self.fold = person, room, RoomFold()
        self.outbox: dict[str, str] = {}
        self.heard: list[Row] = []
        self.words: list[tuple[int, int, str]] = []
        self.acknowledged: dict[str, Row] = {}
        self._early: list[Callable[[], None]] = []
        self._entered = ""
        self._has_older = False

    async def __aenter__(self) -> Self:
        await self.enter()
        return self

    async def enter(self) -> Self:
        """Opens the page, also again after the line was lost: the room is there and what was missed is made good."""
        before = self._entered
        self.state.clear()  # is_hydrated of the former socket says nothing about this one
        await self.open()
        await self.until(lambda: self._entered != before)
        await self.catch_up()
        await self.resend()
        return self

    async def say(self, text: str) -> str:
        """Sends, and does not wait. Returns the client id."""
        client_id = str(uuid4())
        self.outbox[client_id] = text
        if not self.closed:
            await self._transmit(client_id)
        return client_id

    async def resend(self) -> None:
        for client_id in list(self.outbox):
            await self._transmit(client_id)

    async def catch_up(self) -> None:
        """Repairs until nothing is missing, as far as the server has told."""
        while self.fold.missing or self.fold.rev < self._told_rev():
            found = await self.person.get(f"/api/rooms/{self.room}/changes?since={self.fold.rev}")
            if not found["complete"]:
                raise AssertionError("more was missed than these tests ever say")
            self.fold.load(found["rev"], found["rows"])
            self._acknowledge(found["rows"])
            if any(row["status"] in ("sending", "streaming") for row in self.fold.rows.values()):
                return  # words of a growing answer run ahead of what is stored

    async def scroll_to_top(self) -> None:
        """Loads the older rows, page by page, as the reader scrolls up."""
        while self._has_older:
            page = await self.person.get(f"/api/rooms/{self.room}/rows?before={min(self.fold.rows)}&limit=50")
            self.fold.load(self.fold.rev, page["rows"])
            self._has_older = page["has_older"]

    async def until_acknowledged(self) -> None:
        await self.until(lambda: not self.outbox)

    async def until_rev(self, rev: int) -> None:
        """Waits until the view has come to `rev`; a gap that no frame closes is repaired as the page would."""
        while self.fold.rev < rev or self.fold.missing:
            try:
                await self.until(lambda: self.fold.rev >= rev and not self.fold.missing, seconds=0.3)
            except TimeoutError:
                await self.catch_up()

    def answer(self) -> Row | None:
        """The newest answer of an AI, if there is one."""
        answers = [row for row in self.fold.rows.values() if row["is_ai"] and row["kind"] == "talk"]
        return max(answers, key=lambda row: row["seq"], default=None)

    def hear(self, delta: dict[str, Any]) -> None:
        snapshot = self.var(SNAPSHOT)
        if snapshot and snapshot["room"] == self.room and snapshot["n"] != self._entered:
            self._start(snapshot)
        change = delta.get(CHANGES, {}).get(CHANGES_FRAME)
        words = delta.get(WORDS, {}).get(WORDS_FRAME)
        if change and change[0] == room_tag(self.room):
            self._now_or_later(lambda: self._change(change[1], change[2]))
        if words and words[0] == room_tag(self.room):
            self._now_or_later(lambda: self._grow(*words[1:]))

    def _start(self, snapshot: dict[str, Any]) -> None:
        self._entered = snapshot["n"]
        if self.fold.rev < 0:
            self.fold.load(snapshot["rev"], snapshot["rows"])
            self._acknowledge(snapshot["rows"])
            self._has_older = snapshot["older"]
        early, self._early = self._early, []
        for take in early:
            take()

    def _now_or_later(self, take: Callable[[], None]) -> None:
        if self._entered:
            take()
        else:
            self._early.append(take)

    def _change(self, rev: int, rows: list[Row]) -> None:
        self.heard += rows
        self.fold.change(rev, rows)
        self._acknowledge(rows)

    def _grow(self, seq: int, offset: int, text: str) -> None:
        self.words.append((seq, offset, text))
        self.fold.words(seq, offset, text)

    def _acknowledge(self, rows: list[Row]) -> None:
        for row in rows:
            if row["author"] == self.person.uuid and row["client_msg_id"]:
                self.acknowledged.setdefault(row["client_msg_id"], row)
                self.outbox.pop(row["client_msg_id"], None)

    def _told_rev(self) -> int:
        snapshot = self.var(SNAPSHOT)
        return snapshot["rev"] if snapshot and snapshot["room"] == self.room else -1

    async def _transmit(self, client_id: str) -> None:
        await self.call(SEND, room=self.room, client_msg_id=client_id, text=self.outbox[client_id])
