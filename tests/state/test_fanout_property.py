"""Whatever five people do, each one's view, built from what they heard, is what a fresh load shows.

Hypothesis makes up short histories of sending, editing, taking back, reacting, pinning, reading, joining, being shown
out, losing the line and coming back, in a fresh room each; they are played against one real house over real sockets.
Nothing that was acknowledged is lost, doubled or put in another order, and whoever lost their seat hears nothing of
what follows, however long their socket stays open.
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
from hearth_reflex.state.bus import SIGNAL, SIGNAL_FRAME, room_tag
from hearth_reflex.state.presence import PresenceState
from tests.pages import SNAPSHOT, Page
from tests.servers import Server
from tests.sockets import SEND, Person

PEOPLE = 5
OWNER = 0  # of every room
READ = f"{PresenceState.get_full_name()}.read"
Step = tuple[str, int]
JOINING = ["join", "join", "meet", "drop", "cut", "kick"]
SAYING = ["say", "say", "say", "burst", "all", "post", "again", "reply"]
CHANGING = ["edit", "erase", "react", "pin", "read"]
STEPS = st.tuples(st.sampled_from([*JOINING, *SAYING, *CHANGING]), st.integers(0, PEOPLE - 1))


@dataclass
class Said:
    """A message as its sender knows it. `after` is the highest seq that anybody knew of when it was said; `now` is what
    it was made into since, "" when it was taken back."""

    text: str
    after: int
    by_rest: bool = False
    now: str | None = None
    answer: dict[str, Any] | None = None


class Reader(Page):
    """A page that also keeps how far each person has read, from the snapshot and the signals since."""

    def __init__(self, person: Person, room: str) -> None:
        super().__init__(person, room)
        self.reads: dict[str, int] = {}
        self._counted = ""

    def hear(self, delta: dict[str, Any]) -> None:
        super().hear(delta)
        snapshot, signal = self.var(SNAPSHOT), delta.get(SIGNAL, {}).get(SIGNAL_FRAME)
        if snapshot and snapshot["room"] == self.room and snapshot["n"] != self._counted:
            self._counted = snapshot["n"]
            self.reads.update(snapshot["reads"])
        if signal and signal[:2] == [room_tag(self.room), "read"]:
            person, seq = signal[2:4]
            self.reads[person] = max(seq, self.reads.get(person, 0))

    def of_the_room(self) -> int:
        """How many frames of this room have come in."""
        return sum(f'"{room_tag(self.room)}"' in frame for frame in self.frames)


@dataclass
class History:
    """One room and all that was done in it. `pages` are those that have been in it; `out` are those who were shown out
    since, with how many frames of the room they had heard by then; `ever_out` all who ever were."""

    people: list[Person]
    room: str
    pages: dict[int, Reader] = field(default_factory=dict[int, Reader])
    said: dict[str, Said] = field(default_factory=dict[str, Said])
    out: dict[int, int] = field(default_factory=dict[int, int])
    ever_out: set[str] = field(default_factory=set[str])

    @property
    def seated(self) -> list[Reader]:
        return [page for who, page in self.pages.items() if who not in self.out]

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
            case _ if who in self.out:
                await self._knock(page)
            case "kick":  # while the others speak
                await asyncio.gather(self._kick(who, page), self._all_say())
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
            case _:  # while the others speak
                await asyncio.gather(self._change(page, what), self._all_say())

    async def come_together(self) -> None:
        """Everybody comes back but who was shown out and has nothing left to say; whatever nobody has acknowledged is
        sent again, and all wait until it is there."""
        back = [who for who in range(PEOPLE) if who not in self.out or self.pages[who].outbox]
        await asyncio.gather(*(self._join(who) for who in back), *(self._all_say() for _ in range(2)))
        for page in self.seated:
            await page.resend()
            await page.until_acknowledged()

    async def leave(self) -> None:
        for page in self.pages.values():
            if not page.closed:
                await page.close()

    async def _join(self, who: int) -> None:
        page = self.pages.setdefault(who, Reader(self.people[who], self.room))
        if who in self.out:
            await self.check_silence(who)
            await self._drop(page)
        if page.closed:
            await page.enter()
        self.out.pop(who, None)

    async def _kick(self, who: int, page: Reader) -> None:
        """Shown out by the owner. The page stays where it is, which no browser's would: it is to hear nothing."""
        if who == OWNER:
            return
        self.ever_out.add(page.person.uuid)
        told = len(page.orders)
        whom = f"/api/rooms/{self.room}/people/{page.person.uuid}"
        (await self.people[OWNER].http.delete(whom)).raise_for_status()
        if not page.closed:
            await page.until(lambda: len(page.orders) > told)
        self.out[who] = page.of_the_room()

    async def _knock(self, page: Page) -> None:
        """What one who was shown out tries is refused, and the others go on."""
        path = f"/api/rooms/{self.room}"
        tried = [
            await page.person.http.post(f"{path}/messages", json={"text": "not for this room"}),
            await page.person.http.get(f"{path}/changes?since=0"),
            await page.person.http.get(f"{path}/rows?before=9"),
        ]
        assert [answer.status_code for answer in tried] == [403] * len(tried)
        await self._all_say()

    async def check_silence(self, who: int) -> None:
        """Whoever was shown out has heard nothing of the room since."""
        page = self.pages[who]
        if not page.closed:
            await page.flush()
        assert page.of_the_room() == self.out[who]

    async def _all_say(self) -> None:
        for page in self.seated:
            await self._say(page)
            await page.person.get("/healthz")  # time for something else to happen in between

    async def _say(self, page: Page) -> None:
        said = Said(f"{len(self.said)} says {page.person.name} 불🔥", self._newest())
        # Noted before it is sent: the answer may overtake the note.
        client_id = await page.say(said.text)
        self.said[client_id] = said

    async def _post(self, page: Page, *, reply_to: str = "") -> None:
        client_id, said = str(uuid4()), Said(f"{len(self.said)} by REST", self._newest(), by_rest=True)
        self.said[client_id] = said
        said.answer = await page.person.say(self.room, said.text, client_id=client_id, reply_to=reply_to)

    async def _change(self, page: Page, what: str) -> None:
        """Does something with what this page has seen, oldest first: a message that others may be changing too."""
        seen = [row for _, row in sorted(page.fold.rows.items()) if row["kind"] == "talk" and not row["deleted"]]
        own = [row for row in seen if row["author"] == page.person.uuid]
        if not (own if what in ("edit", "erase") else seen):
            return
        target = own[0] if what in ("edit", "erase") else seen[len(self.said) % len(seen)]
        path = f"/api/rooms/{self.room}/messages/{target['id']}"
        match what:
            case "reply":
                await self._post(page, reply_to=target["id"])
            case "read":
                if not page.closed:
                    await page.call(READ, room=self.room, seq=target["seq"])
                    await page.settle()
            case "edit":
                said = self.said[target["client_msg_id"]]
                said.now = f"{said.text}, or rather {len(self.said)}"
                (await page.person.http.patch(path, json={"text": said.now})).raise_for_status()
            case "erase":
                self.said[target["client_msg_id"]].now = ""
                (await page.person.http.delete(path)).raise_for_status()
            case "react":
                await page.person.http.put(f"{path}/reactions/{'👍❤😂'[len(self.said) % 3]}")  # it may be gone by now
            case _:
                await page.person.http.put(f"{path}/pin")

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
        client_id: said.text if said.now is None else said.now for client_id, said in history.said.items()
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
    newest = [row for row in page.heard if row["rev"] == final[row["seq"]]["rev"]]
    assert all(final[row["seq"]] == row for row in newest), "a frame told another story"
    assert all(row["rev"] < final[row["seq"]]["rev"] for row in page.heard if row not in newest)
    assert all(final[row["seq"]]["client_msg_id"] == sent for sent, row in page.acknowledged.items())
    own = [row["client_msg_id"] for row in rows if row["author"] == page.person.uuid and row["kind"] == "talk"]
    spoken = [sent for sent in own if not history.said[sent].by_rest]
    assert spoken == [sent for sent in history.said if sent in set(spoken)], "one's own words in another order"


async def check_reads(history: History) -> None:
    """How far each has read is the same for all. Who came back begins anew, and pages ask for that by another way."""
    async with Reader(history.people[OWNER], history.room) as fresh:
        for page in history.seated:
            await page.flush()
            known = {who: seq for who, seq in fresh.reads.items() if who in page.reads and who not in history.ever_out}
            assert {who: page.reads[who] for who in known} == known


@pytest.fixture
async def people(server: Server) -> AsyncIterator[list[Person]]:
    people = [await Person.guest(server.url) for _ in range(PEOPLE)]
    yield people
    for person in people:
        await person.close()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("half", [1, 2])
@settings(
    max_examples=100,  # of each half: 200 in all take as long as one test may
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=3, max_size=12))
@example(steps=[("join", 0), ("join", 1), *[("burst", 0)] * 5, ("drop", 1), *[("burst", 1), ("burst", 0)] * 2])
@example(steps=[("join", 0), ("join", 1), ("say", 1), ("kick", 1), ("say", 1), ("burst", 0), ("join", 1), ("say", 1)])
@example(steps=[*[("join", n) for n in range(3)], ("burst", 0), ("read", 1), ("burst", 2), ("read", 1), ("kick", 2)])
async def test_every_view_is_the_fresh_load(people: list[Person], half: int, steps: list[Step]) -> None:
    history = History(people, await people[0].new_room())
    try:
        for step in steps:
            await history.play(step)
        await history.come_together()
        rev, rows = await people[0].whole_room(history.room)
        check_what_was_said(history, rows)
        for page in history.seated:
            await page.until_rev(rev)
            await page.scroll_to_top()
            check_page(history, page, rev, rows)
        for who in history.out:
            await history.check_silence(who)
        await check_reads(history)
    finally:
        await history.leave()
