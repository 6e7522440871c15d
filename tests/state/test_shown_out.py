"""Whoever loses their seat hears nothing more of the room on their open sockets: within a second, by any verb."""

import asyncio
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from hearth_reflex.state.bus import UNSEATED_PAGE
from hearth_reflex.state.room import RoomState
from tests.pages import SNAPSHOT, Page
from tests.servers import Server
from tests.sockets import Person, Tab
from tests.state.conftest import Come
from tests.state.doors import answer, tells_nothing

AT_ONCE = 1.0  # seconds


@pytest.fixture
async def talker(guest: Come) -> AsyncIterator[Page]:
    """The owner of a room, who goes on talking in it."""
    person = await guest()
    async with Page(person, await person.new_room()) as page:
        yield page


async def show_out(owner: Person, room: str, person: Person, verb: str) -> httpx.Response:
    whom = f"/api/rooms/{room}/people/{person.uuid}"
    if verb == "ban":
        return await owner.http.put(f"{whom}/ban")
    if verb == "leave":
        return await person.http.delete(f"/api/rooms/{room}/people/me")
    if verb == "delete the room":
        return await owner.http.delete(f"/api/rooms/{room}")
    return await owner.http.delete(whom)


@pytest.mark.parametrize("verb", ["remove", "ban", "leave", "delete the room"])
async def test_an_open_socket_hears_nothing_more(server: Server, guest: Come, talker: Page, verb: str) -> None:
    person = await guest()
    async with Page(person, talker.room) as page:
        await talker.say("before")
        await page.until(lambda: any(row["text"] == "before" for row in page.heard))
        began = time.monotonic()
        (await show_out(talker.person, talker.room, person, verb)).raise_for_status()
        await page.until(lambda: bool(page.orders), seconds=AT_ONCE)
        assert time.monotonic() - began < AT_ONCE
        assert page.orders[0]["payload"]["path"] == UNSEATED_PAGE
        await page.flush()
        heard = len(page.heard)
        if verb != "delete the room":
            for n in range(5):
                await talker.person.say(talker.room, f"not for them {n}")
        await page.flush()
        assert len(page.heard) == heard
        assert not any("not for them" in frame for frame in page.frames)


async def test_their_other_tabs_too_and_nobody_elses(server: Server, guest: Come, talker: Page) -> None:
    person, other = await guest(), await guest()
    async with (
        Page(person, talker.room) as first,
        Page(person, talker.room) as second,
        Page(other, talker.room) as stays,
    ):
        await show_out(talker.person, talker.room, person, "remove")
        for page in (first, second):
            await page.until(lambda page=page: bool(page.orders), seconds=AT_ONCE)
        await talker.person.say(talker.room, "still here")
        await stays.until(lambda: any(row["text"] == "still here" for row in stays.heard))
        assert stays.orders == []
        assert not any("still here" in frame for page in (first, second) for frame in page.frames)


async def test_an_event_stream_ends_with_the_seat(server: Server, guest: Come, talker: Page) -> None:
    person = await guest()
    await person.sit_down(talker.room)
    async with asyncio.timeout(10), person.http.stream("GET", f"/api/rooms/{talker.room}/events") as stream:
        lines = stream.aiter_lines()
        assert await anext(lines) == ": listening"
        began = time.monotonic()
        await show_out(talker.person, talker.room, person, "remove")
        await talker.person.say(talker.room, "not for them")
        rest = [line async for line in lines]
    assert time.monotonic() - began < AT_ONCE
    assert not any("not for them" in line for line in rest)


@pytest.mark.parametrize("verb", ["remove", "leave", "delete the room"])
async def test_a_talk_with_an_ai_closes_with_the_seat_in_its_room(
    server: Server, guest: Come, talker: Page, verb: str
) -> None:
    person = await guest()
    await person.sit_down(talker.room)
    began = await talker.person.http.post("/api/llm/start_session", json={"room_uuid": talker.room})
    talk = began.json()["session_id"]
    async with Page(person, talk) as page:
        await talker.person.say(talk, "before")
        await page.until(lambda: any(row["text"] == "before" for row in page.heard))
        (await show_out(talker.person, talker.room, person, verb)).raise_for_status()
        await page.until(lambda: bool(page.orders), seconds=AT_ONCE)
        if verb != "delete the room":
            await talker.person.say(talk, "not for them")
        await page.flush()
        assert not any("not for them" in frame for frame in page.frames)


async def test_an_event_stream_of_a_talk_ends_with_the_seat_in_its_room(
    server: Server, guest: Come, talker: Page
) -> None:
    person = await guest()
    await person.sit_down(talker.room)
    began = await talker.person.http.post("/api/llm/start_session", json={"room_uuid": talker.room})
    talk = began.json()["session_id"]
    async with asyncio.timeout(10), person.http.stream("GET", f"/api/llm/sessions/{talk}/events") as stream:
        lines = stream.aiter_lines()
        assert await anext(lines) == ": listening"
        await show_out(talker.person, talker.room, person, "remove")
        assert [line async for line in lines if line.startswith("event:")] == []


async def test_a_stranger_comes_into_no_talk_by_its_address(server: Server, guest: Come, talker: Page) -> None:
    began = await talker.person.http.post("/api/llm/start_session", json={"room_uuid": talker.room})
    talk = began.json()["session_id"]
    async with Tab(server.host, cookie=(await guest()).token, path=f"/room/{talk}") as tab:
        assert await answer(tab, f"{RoomState.get_full_name()}.enter") == ""
        assert tab.var(SNAPSHOT) == {}
        await talker.person.say(talk, "not for them")
        await tab.settle()
        assert tells_nothing(tab, "not for them")
