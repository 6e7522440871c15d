"""A room's page without a browser: it folds what it hears, repairs gaps and sends again what was not acknowledged.

The same as `assets/hearth/store.js` and `feed.js` do, over a raw socket; tests look at its view as a reader would.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, Self
from uuid import uuid4

from hearth_reflex.domain.feed import RoomFold, Row
from hearth_reflex.state.bus import CHANGES, CHANGES_FRAME, WORDS, WORDS_FRAME, room_tag
from hearth_reflex.state.room import RoomState
from tests.sockets import PATIENCE, SEND, Person, Tab

REPAIR_SECONDS = 0.3  # most often the missing frame is right behind
SNAPSHOT = f"{RoomState.get_full_name()}.snapshot"


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
        self._entered, self._stands = "", -1
        self._has_older = self._ready = False
        self.closed = True  # until it is entered

    async def __aenter__(self) -> Self:
        await self.enter()
        return self

    async def enter(self) -> Self:
        """Opens the page, also again after the line was lost: the room is there and what was missed is made good."""
        before, self._ready = self._entered, False
        self.state.clear()  # is_hydrated of the former socket says nothing about this one
        await self.open()
        await self.until(lambda: self._entered != before)
        await self.catch_up()
        await self.resend()
        self._ready = True
        return self

    async def say(self, text: str) -> str:
        """Sends, and does not wait. Returns the client id. Without a line it waits in the outbox, behind the others."""
        client_id = str(uuid4())
        self.outbox[client_id] = text
        if self._ready and not self.closed:
            await self._transmit(client_id)
        return client_id

    async def resend(self) -> None:
        sent = set[str]()
        while waiting := [client_id for client_id in self.outbox if client_id not in sent]:
            for client_id in waiting:
                sent.add(client_id)
                if client_id in self.outbox:
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
        """Waits until the view has come to `rev`. Only a gap is repaired, as the page does; the rest must be pushed."""
        async with asyncio.timeout(PATIENCE):
            while self.fold.rev < rev or self.fold.missing:
                with contextlib.suppress(TimeoutError):
                    await self.until(lambda: self.fold.rev >= rev and not self.fold.missing, seconds=REPAIR_SECONDS)
                if self.fold.missing or self.fold.rev < self._stands:
                    await self.catch_up()

    async def until_answer_ends(self, *, seconds: float = PATIENCE) -> str:
        """Waits until the newest answer has ended, and repairs what is missing meanwhile, as the page does. Returns how
        it ended."""
        async with asyncio.timeout(seconds):
            while (answer := self.answer()) is None or answer["status"] in ("sending", "streaming"):
                with contextlib.suppress(TimeoutError):
                    await self.until(lambda before=answer: self.answer() != before, seconds=REPAIR_SECONDS)
                if self.fold.missing or self.fold.rev < self._stands:
                    await self.catch_up()
        return answer["status"]

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

    def _change(self, rev: int, rows: list[Row] | None) -> None:
        if rows is None:
            self._stands = rev
            return
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
        return max(self._stands, snapshot["rev"] if snapshot and snapshot["room"] == self.room else -1)

    async def _transmit(self, client_id: str) -> None:
        await self.call(SEND, room=self.room, client_msg_id=client_id, text=self.outbox[client_id])
