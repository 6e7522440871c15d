"""An open socket hears nothing more once its session or its seat is gone, whoever ended it."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from uuid import uuid4

import pytest

from hearth_reflex.bootstrap import House
from hearth_reflex.services.engines import Engines
from hearth_reflex.state.bus import SIGNED_OUT_PAGE, UNSEATED_PAGE, SocketBus, make_socket_server
from hearth_reflex.state.feeds import EngineWatch, RoomWatch, check_feeds
from hearth_reflex.state.room import RoomState
from tests.engines import ScriptedEngine, Status
from tests.factories import say, seated
from tests.pages import Page
from tests.servers import Server
from tests.sockets import SEND, Person, Tab
from tests.state.conftest import Come
from tests.state.doors import answer

NOTICED_AT_ONCE = 1.0  # seconds, for a house that is asked to sign out
NOTICED_SOON = 1.5  # for a row that another worker has taken away
OF_USER = "user_id = (SELECT id FROM user_account WHERE uuid = ?)"


@pytest.fixture
async def talker(guest: Come) -> AsyncIterator[Page]:
    """Somebody who goes on talking in a room of their own."""
    person = await guest()
    async with Page(person, await person.new_room()) as page:
        yield page


async def feed_ends(
    page: Page, talker: Page, end: Callable[[], Awaitable[object]], *, to: str = SIGNED_OUT_PAGE
) -> float:
    """Ends a feed while the talk goes on; the seconds until its socket was shown out, `to` the page that says why. Then
    it must hear no more."""
    await talker.say("before")
    await page.until(lambda: any(row["text"] == "before" for row in page.heard))
    await end()
    began = time.monotonic()
    while not page.orders and time.monotonic() - began < 3 * NOTICED_SOON:
        await talker.say("meanwhile")
        await talker.until_acknowledged()
        await page.flush()
        await asyncio.sleep(0.02)  # a talk, not a flood
    took = time.monotonic() - began
    heard = len(page.heard)
    for _ in range(5):
        await talker.say("not for them")
    await talker.until_acknowledged()
    await page.flush()
    assert page.orders
    assert len(page.heard) == heard
    assert page.orders[0]["payload"]["path"] == to
    return took


def take_away(server: Server, statement: str, *values: str) -> Callable[[], Awaitable[None]]:
    """Another worker's doing: changes the database behind the house's back."""

    async def run() -> None:
        with closing(sqlite3.connect(server.data_dir / "hearth.db", timeout=10)) as db, db:
            assert db.execute(statement, values).rowcount == 1

    return run


async def test_signing_out_ends_the_feed(server: Server, guest: Come, talker: Page) -> None:
    person = await guest()
    async with Page(person, talker.room) as page:
        assert await feed_ends(page, talker, person.sign_out) < NOTICED_AT_ONCE


async def test_signing_out_shuts_the_doors_of_the_open_socket(server: Server, guest: Come, talker: Page) -> None:
    person = await guest()
    async with Page(person, talker.room) as page:
        await person.sign_out()
        said = await answer(page, SEND, room=talker.room, client_msg_id=str(uuid4()), text="?")
        assert said == "signed_out"
        await page.call(f"{RoomState.get_full_name()}.enter")
        await page.settle()
        heard = len(page.heard)
        await talker.say("they are gone")
        await talker.until_acknowledged()
        await page.flush()
        assert len(page.heard) == heard


async def test_every_tab_of_a_session_ends_with_it_and_no_other_persons(
    server: Server, guest: Come, talker: Page
) -> None:
    person, other = await guest(), await guest()
    async with (
        Page(person, talker.room) as first,
        Tab(server.host, cookie=person.token) as lobby,
        Page(other, talker.room) as stays,
    ):
        await feed_ends(first, talker, person.sign_out)
        await lobby.until(lambda: bool(lobby.orders), seconds=NOTICED_AT_ONCE)
        rev, _ = await other.whole_room(talker.room)
        await stays.until_rev(rev)
        assert stays.orders == []


@pytest.mark.parametrize(
    ("statement", "to"),
    [
        (f"DELETE FROM login_session WHERE {OF_USER}", SIGNED_OUT_PAGE),  # noqa: S608
        (
            f"UPDATE login_session SET expires_at = '2020-01-01 00:00:00.000000' WHERE {OF_USER}",  # noqa: S608
            SIGNED_OUT_PAGE,
        ),
        (f"DELETE FROM member WHERE {OF_USER}", UNSEATED_PAGE),  # noqa: S608
    ],
    ids=["session gone", "session over", "seat gone"],
)
async def test_what_another_worker_took_away_ends_the_feed(
    server: Server, guest: Come, talker: Page, statement: str, to: str
) -> None:
    person = await guest()
    async with Page(person, talker.room) as page:
        assert await feed_ends(page, talker, take_away(server, statement, person.uuid), to=to) < NOTICED_SOON


async def test_a_removed_persons_words_are_refused(server: Server, guest: Come, account: Person) -> None:
    room = await account.new_room(private=True)
    async with Page(account, room) as page:
        await take_away(server, f"DELETE FROM member WHERE {OF_USER}", account.uuid)()  # noqa: S608
        await page.until(lambda: bool(page.orders), seconds=NOTICED_SOON)
        assert await answer(page, SEND, room=room, client_msg_id=str(uuid4()), text="?") == "room_unknown"


async def test_a_socket_that_has_gone_or_moved_is_not_shown_out() -> None:
    bus = SocketBus(make_socket_server(redis_url="", origins=(), frame_limit=65_536))
    seat = ("session", "person", "room")
    await bus.unseat("gone", seat, to=UNSEATED_PAGE)
    bus._seats["moved"] = ("session", "person", "another room")
    await bus.unseat("moved", seat, to=UNSEATED_PAGE)
    assert bus._seats == {"moved": ("session", "person", "another room")}


async def test_who_signs_out_while_the_watch_looks_is_told_that(monkeypatch: pytest.MonkeyPatch) -> None:
    seat = ("session", "person", "room")
    shown: list[str] = []

    class Leaving:
        """Session and seat go together, after the first question about them."""

        here = True

        async def alive(self, sessions: list[str]) -> set[str]:
            return set(sessions) if self._ask() else set()

        async def seated(self, seats: set[tuple[str, str]]) -> set[tuple[str, str]]:
            return seats if self._ask() else set()

        def _ask(self) -> bool:
            before, self.here = self.here, False
            return before

    class Bus(SocketBus):
        def open_feeds(self) -> dict[str, tuple[str, str, str]]:
            return {"tab": seat}

        async def unseat(self, sid: str, seat: tuple[str, str, str], *, to: str) -> None:
            shown.append(to)

    leaving = Leaving()
    bus = Bus(make_socket_server(redis_url="", origins=(), frame_limit=65_536))
    monkeypatch.setattr("hearth_reflex.state.feeds.house", lambda: SimpleNamespace(sessions=leaving, rooms=leaving))
    monkeypatch.setattr("hearth_reflex.state.feeds.socket_bus", lambda: bus)
    await check_feeds()
    assert shown == [SIGNED_OUT_PAGE]


async def test_rooms_that_went_on_are_told_once(house: House) -> None:
    room, (mina,) = await seated(house, "미나")
    told = list[tuple[str, int]]()

    class Told(SocketBus):
        def open_feeds(self) -> dict[str, tuple[str, str, str]]:
            return {"a": ("s", mina.uuid, room), "b": ("s", mina.uuid, ""), "c": ("s", mina.uuid, "gone")}

        async def stands(self, room: str, *, rev: int) -> None:
            told.append((room, rev))

    bus = Told(make_socket_server(redis_url="", origins=(), frame_limit=65_536))
    watch = RoomWatch(rooms=house.rooms, bus=bus)
    await watch.look()
    rev = (await house.rooms.enter(mina, room)).rev
    assert told == [(room, rev)]
    await watch.look()
    assert told == [(room, rev)]
    await say(house, mina, room, "one")
    await say(house, mina, room, "two")
    await watch.look()
    assert told == [(room, rev), (room, rev + 2)]


async def test_a_quiet_room_of_a_worker_that_was_told_nothing_catches_up(tmp_path: Path) -> None:
    """Two workers over one database with nothing between them, as when Redis is away."""
    with Server(tmp_path / "data") as first, Server(tmp_path / "data") as second:
        here, there = await Person.guest(first.url), await Person.guest(second.url)
        room = await here.new_room()
        async with Page(here, room) as talker, Page(there, room) as quiet:
            await talker.say("said at another worker")
            await talker.until_acknowledged()
            rev, rows = await here.whole_room(room)
            await quiet.until_rev(rev)
            assert [quiet.fold.rows[row["seq"]] for row in rows] == rows
            assert not any(row["text"] == "said at another worker" for row in quiet.heard), "it was told after all"


async def test_pages_look_again_when_the_model_comes_or_goes() -> None:
    class Told:
        def __init__(self) -> None:
            self.times = 0

        async def engine_changed(self) -> None:
            self.times += 1

    told, engine = Told(), ScriptedEngine()
    watch = EngineWatch(engines=cast(Engines, engine), tell=told.engine_changed)
    stages: list[tuple[Status, int]] = [("starting", 0), ("starting", 0), ("ready", 1), ("ready", 1), ("restarting", 2)]
    for status, times in stages:
        engine.status = status
        await watch.look()
        assert told.times == times
