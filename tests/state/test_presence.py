"""Presence, writing and reading over real sockets: who hears what, how soon, and who does not."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hearth_reflex.db.whereabouts import LIFE_SECONDS
from hearth_reflex.state.bus import NEWS, NEWS_FRAME, SIGNAL, SIGNAL_FRAME, room_tag
from hearth_reflex.state.feeds import BEAT_SECONDS
from hearth_reflex.state.presence import PresenceState, UnreadState
from tests.pages import SNAPSHOT, Page
from tests.servers import Server, redis_server
from tests.sockets import Person, Tab
from tests.state.conftest import Come
from tests.state.doors import answer

TYPING = f"{PresenceState.get_full_name()}.typing"
READ = f"{PresenceState.get_full_name()}.read"
COUNTS = f"{UnreadState.get_full_name()}.counts"
SOON = 1.0  # a signal
GONE_SOON = 3.0  # somebody whose tab is closed; about two seconds on a machine that does nothing else


class Ear(Page):
    """A page that notes the signals of its room, and its person's news, without the count behind each."""

    def __init__(self, person: Person, room: str) -> None:
        super().__init__(person, room)
        self.signals: list[list[Any]] = []
        self.news: list[list[Any]] = []

    def hear(self, delta: dict[str, Any]) -> None:
        super().hear(delta)
        signal, news = delta.get(SIGNAL, {}).get(SIGNAL_FRAME), delta.get(NEWS, {}).get(NEWS_FRAME)
        if signal and signal[0] == room_tag(self.room):
            self.signals.append(signal[1:-1])
        if news:
            self.news.append(news[:-1])

    async def until_signal(self, *signal: Any, seconds: float = SOON) -> None:
        await self.until(lambda: list(signal) in self.signals, seconds=seconds)

    def is_here(self, person: Person) -> bool:
        """As this page knows it: from the snapshot, and the signals since."""
        now = person.uuid in (self.var(SNAPSHOT) or {}).get("here", [])
        for kind, *payload in self.signals:
            if kind == "here":
                for at in range(0, len(payload), 3):
                    now = bool(payload[at + 2]) if payload[at] == person.uuid else now
        return now


class Corridor(Tab):
    """The lobby of somebody, with ears for news."""

    def __init__(self, person: Person) -> None:
        super().__init__(person.url.removeprefix("http://"), cookie=person.token, address=person.address)
        self.news: list[list[Any]] = []

    def hear(self, delta: dict[str, Any]) -> None:
        if news := delta.get(NEWS, {}).get(NEWS_FRAME):
            self.news.append(news[:-1])

    def unread(self, room: str) -> list[int]:
        counts = {found[0]: found[1:3] for found in (self.var(COUNTS) or {}).get("rooms", [])}
        return counts.get(room, [0, 0])


@pytest.fixture
async def pair(server: Server, guest: Come) -> AsyncIterator[tuple[Ear, Ear]]:
    """Two people in one room."""
    first, second = await guest(), await guest()
    room = await first.new_room()
    await second.sit_down(room)
    async with Ear(first, room) as here, Ear(second, room) as there:
        yield here, there


class TestHere:
    async def test_who_comes_and_goes_is_told(self, server: Server, guest: Come, pair: tuple[Ear, Ear]) -> None:
        here, _ = pair
        late = await guest()
        async with Ear(late, here.room) as page:
            await here.until(lambda: here.is_here(late), seconds=SOON)
            await page.until(lambda: page.is_here(late) and page.is_here(here.person), seconds=SOON)
        await here.until(lambda: not here.is_here(late), seconds=GONE_SOON)

    async def test_a_reload_is_not_noticed(self, pair: tuple[Ear, Ear]) -> None:
        here, there = pair
        await here.until(lambda: here.is_here(there.person), seconds=SOON)
        before = len(here.signals)
        await there.drop()
        await there.enter()
        await asyncio.sleep(2.2)  # longer than the moment of grace
        await here.flush()
        assert [signal for signal in here.signals[before:] if _speaks_of(signal, there.person.uuid)] == []

    async def test_whoever_is_shown_out_is_gone(self, server: Server, pair: tuple[Ear, Ear]) -> None:
        here, there = pair
        await here.until(lambda: here.is_here(there.person), seconds=SOON)
        await there.person.sign_out()
        await here.until(lambda: not here.is_here(there.person), seconds=GONE_SOON)
        heard = len(there.signals)
        await here.call(TYPING, room=here.room)
        await here.until_signal("typing", here.person.uuid, here.person.name)
        await there.flush()
        assert len(there.signals) == heard


class TestWriting:
    async def test_the_others_see_it_at_once(self, pair: tuple[Ear, Ear]) -> None:
        here, there = pair
        await here.call(TYPING, room=here.room)
        await there.until_signal("typing", here.person.uuid, here.person.name)

    async def test_a_flood_reaches_nobody(self, pair: tuple[Ear, Ear]) -> None:
        here, there = pair
        begun = time.monotonic()
        for _ in range(200):
            await here.call(TYPING, room=here.room)
        await here.settle()
        await there.flush()
        due = 3 + (time.monotonic() - begun) / 2  # three at once, and one every two seconds
        assert len([signal for signal in there.signals if signal[0] == "typing"]) <= due

    async def test_a_stranger_is_not_heard(self, server: Server, guest: Come, pair: tuple[Ear, Ear]) -> None:
        here, _ = pair
        async with Tab(server.host, cookie=(await guest()).token) as stranger:
            assert await answer(stranger, TYPING, room=here.room) == "not_member"
            assert await answer(stranger, READ, room=here.room, seq=1) == "not_member"
        await here.flush()
        assert [signal for signal in here.signals if signal[0] in ("typing", "read")] == []


class TestReading:
    async def test_the_room_and_the_readers_other_tabs_learn_it(self, pair: tuple[Ear, Ear]) -> None:
        here, there = pair
        await here.say("읽었니?")
        await here.until_acknowledged()
        seq = max(here.fold.rows)
        async with Corridor(there.person) as corridor:
            await there.call(READ, room=here.room, seq=seq)
            await here.until_signal("read", there.person.uuid, seq)
            await corridor.until(lambda: ["read", here.room, seq] in corridor.news, seconds=SOON)
        async with Ear(here.person, here.room) as again:
            assert again.var(SNAPSHOT)["reads"][there.person.uuid] == seq

    async def test_a_hidden_mark_is_told_to_nobody_else(self, pair: tuple[Ear, Ear]) -> None:
        here, there = pair
        (await there.person.http.patch("/api/me/preferences", json={"hide_reads": True})).raise_for_status()
        await here.say("읽었니?")
        await here.until_acknowledged()
        await there.call(READ, room=here.room, seq=max(here.fold.rows))
        await there.until(lambda: any(news[0] == "read" for news in there.news), seconds=SOON)
        await here.flush()
        assert [signal for signal in here.signals if signal[0] == "read"] == []
        async with Ear(here.person, here.room) as again:
            assert set(again.var(SNAPSHOT)["reads"]) == {here.person.uuid}


class TestUnread:
    async def test_a_person_in_the_lobby_hears_of_it_and_finds_it_after_a_reload(
        self, server: Server, guest: Come
    ) -> None:
        mum, child = await guest(), await guest()
        room = await mum.new_room()
        await child.sit_down(room)
        async with Corridor(child) as corridor, Ear(mum, room) as page:
            assert corridor.unread(room) == [0, 0]
            await page.say(f"@{child.name} 밥 먹자")
            await corridor.until(lambda: bool(corridor.news), seconds=SOON)
            kind, told, seq, _, ko, en, who, text, _, _ = corridor.news[0]
            assert (kind, told, who, ko, en) == ("unread", room, mum.name, ko, en)
            assert "밥 먹자" in text
            assert page.news == []
        async with Corridor(child) as corridor:
            assert corridor.unread(room)[0] == 1
            async with Ear(child, room) as page:
                await page.call(READ, room=room, seq=seq)
                await corridor.until(lambda: ["read", room, seq] in corridor.news, seconds=SOON)
        async with Corridor(child) as corridor:
            assert corridor.unread(room) == [0, 0]

    async def test_who_looks_at_the_room_is_told_nothing_beside_it(self, pair: tuple[Ear, Ear]) -> None:
        here, there = pair
        await here.until(lambda: here.is_here(there.person), seconds=SOON)
        await here.say("여기 있지?")
        await here.until_acknowledged()
        await there.flush()
        assert there.news == []


@pytest.mark.timeout(300)
async def test_two_workers_show_the_same_people(tmp_path: Path) -> None:
    with redis_server(tmp_path) as url:
        data = tmp_path / "data"
        with Server(data, redis_url=url) as first, Server(data, redis_url=url) as second:
            mina, jun = await Person.guest(first.url), await Person.guest(second.url)
            room = await mina.new_room()
            await jun.sit_down(room)
            async with Ear(mina, room) as here:
                async with Ear(jun, room) as there:
                    await here.until(lambda: here.is_here(jun), seconds=SOON)
                    await there.until(lambda: there.is_here(mina), seconds=SOON)
                    await there.call(TYPING, room=room)
                    await here.until_signal("typing", jun.uuid, jun.name)
                await here.until(lambda: not here.is_here(jun), seconds=GONE_SOON)
                async with Ear(jun, room):
                    await here.until(lambda: here.is_here(jun), seconds=SOON)
                    second.kill()  # nobody says goodbye
                    await here.until(lambda: not here.is_here(jun), seconds=LIFE_SECONDS + 2 * BEAT_SECONDS)
            await mina.close()
            await jun.close()


def _speaks_of(signal: list[Any], person: str) -> bool:
    """Whether it says that somebody came or went. That they are in the house may be told late, and again."""
    at_home = signal[0] == "home" and person in signal and signal[signal.index(person) + 1] == 1
    return person in signal and not at_home
