"""Whatever five people do, each one's view, built from what they heard, is what a fresh load shows.

Hypothesis makes up short histories of sending, joining, losing the line and coming back, in a fresh room each; they are
played against one real house over real sockets. Nothing that was acknowledged is lost, doubled or put in another order.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hearth_reflex.domain.feed import Row
from tests.pages import Page
from tests.servers import Server
from tests.sockets import SEND, Person

PEOPLE = 5
Step = tuple[str, int]
STEPS = st.tuples(
    st.sampled_from(["join", "join", "meet", "say", "say", "say", "burst", "all", "post", "drop", "cut", "again"]),
    st.integers(0, PEOPLE - 1),
)


@dataclass
class Said:
    """A message as its sender knows it. `after` is the highest seq that anybody knew of when it was said."""

    text: str
    after: int
    by_rest: bool = False
    answer: dict[str, Any] | None = None


@dataclass
class History:
    """One room and all that was done in it. `pages` are those that have been in it."""

    people: list[Person]
    room: str
    pages: dict[int, Page] = field(default_factory=dict[int, Page])
    said: dict[str, Said] = field(default_factory=dict[str, Said])

    async def play(self, step: Step) -> None:
        what, who = step
        page = self.pages.get(who)
        match what:
            case "join":
                await self._join(who)
            case "all":
                await self._all_say()
            case "meet":  # somebody comes in while the others speak
                await asyncio.gather(self._join(who), *(self._all_say() for _ in range(3)))
            case _ if page is None:
                return
            case "say":
                await self._say(page)
            case "burst":
                for _ in range(8):
                    await self._say(page)
            case "post":
                await self._post(page)
            case "drop":
                await self._drop(page)
            case "cut":  # in the middle of speaking
                await self._say(page)
                await self._drop(page)
            case "again":
                await self._send_all_again(page)

    async def come_together(self) -> None:
        """Everybody comes back, whatever nobody has acknowledged is sent again, and all wait until it is there."""
        await asyncio.gather(*(self._join(who) for who in range(PEOPLE)), *(self._all_say() for _ in range(2)))
        for page in self.pages.values():
            await page.resend()
            await page.until_acknowledged()

    async def leave(self) -> None:
        for page in self.pages.values():
            if not page.closed:
                await page.close()

    async def _join(self, who: int) -> None:
        page = self.pages.setdefault(who, Page(self.people[who], self.room))
        if page.closed:
            await page.enter()

    async def _all_say(self) -> None:
        for page in list(self.pages.values()):
            await self._say(page)
            await page.person.get("/healthz")  # time for something else to happen in between

    async def _say(self, page: Page) -> None:
        said = Said(f"{len(self.said)} says {page.person.name} 불🔥", self._newest())
        # Noted before it is sent: the answer may overtake the note.
        client_id = await page.say(said.text)
        self.said[client_id] = said

    async def _post(self, page: Page) -> None:
        client_id, said = str(uuid4()), Said(f"{len(self.said)} by REST", self._newest(), by_rest=True)
        self.said[client_id] = said
        said.answer = await page.person.say(self.room, said.text, client_id=client_id)

    async def _send_all_again(self, page: Page) -> None:
        mine = [client_id for client_id, said in self.said.items() if not said.by_rest]
        own = [client_id for client_id in mine if client_id in page.outbox or client_id in page.acknowledged]
        for client_id in own:
            await page.call(SEND, room=self.room, client_msg_id=client_id, text=self.said[client_id].text)

    @staticmethod
    async def _drop(page: Page) -> None:
        if not page.closed:
            await page.drop()

    def _newest(self) -> int:
        known = [max(page.fold.rows, default=0) for page in self.pages.values()]
        return max([*known, *(said.answer["seq"] for said in self.said.values() if said.answer)], default=0)


def check_what_was_said(history: History, rows: list[Row]) -> None:
    talk = [row for row in rows if row["kind"] == "talk"]
    by_id = {row["client_msg_id"]: row for row in talk}
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert len(by_id) == len(talk), "a message is there twice"
    assert {client_id: row["text"] for client_id, row in by_id.items()} == {
        client_id: said.text for client_id, said in history.said.items()
    }
    for client_id, said in history.said.items():
        assert by_id[client_id]["seq"] > said.after, "told after, kept before what was known then"
        if said.answer is not None:
            assert said.answer["message_id"] == by_id[client_id]["id"]
            assert said.answer["seq"] == by_id[client_id]["seq"]


def check_page(history: History, page: Page, rev: int, rows: list[Row]) -> None:
    final = {row["seq"]: row for row in rows}
    assert not page.fold.missing
    assert page.fold.rev == rev
    assert page.fold.rows == final
    assert all(final[row["seq"]] == row for row in page.heard), "a frame told another story"
    assert all(final[row["seq"]]["client_msg_id"] == sent for sent, row in page.acknowledged.items())
    own = [row["client_msg_id"] for row in rows if row["author"] == page.person.uuid and row["kind"] == "talk"]
    spoken = [sent for sent in own if not history.said[sent].by_rest]
    assert spoken == [sent for sent in history.said if sent in set(spoken)], "one's own words in another order"


@pytest.fixture
async def people(server: Server) -> AsyncIterator[list[Person]]:
    people = [await Person.guest(server.url) for _ in range(PEOPLE)]
    yield people
    for person in people:
        await person.close()


@pytest.mark.timeout(600)
@settings(
    max_examples=200,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=3, max_size=12))
@example(steps=[("join", 0), ("join", 1), *[("burst", 0)] * 5, ("drop", 1), *[("burst", 1), ("burst", 0)] * 2])
async def test_every_view_is_the_fresh_load(people: list[Person], steps: list[Step]) -> None:
    history = History(people, await people[0].new_room())
    try:
        for step in steps:
            await history.play(step)
        await history.come_together()
        rev, rows = await people[0].whole_room(history.room)
        check_what_was_said(history, rows)
        for page in history.pages.values():
            await page.until_rev(rev)
            await page.scroll_to_top()
            check_page(history, page, rev, rows)
    finally:
        await history.leave()
