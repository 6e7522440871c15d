"""The house falls, or is told to stop, in the middle of an answer: what was said is kept, and it goes on from there."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.pages import Page
from tests.servers import Server, is_alive
from tests.sockets import Person
from tests.state.answers import ENGINE_PATIENCE, LONG_ANSWERS, growing_answer

WORDS_FRAMES = 30  # one each 50 ms, so that the text was saved at least once
STOP_SECONDS = 10.0


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path / "data", model=True, **LONG_ANSWERS) as server:
        yield server


@asynccontextmanager
async def mid_answer(server: Server) -> AsyncIterator[Page]:
    """A page on which an answer grows."""
    person = await Person.guest(server.url)
    page = await Page(person, await person.new_room()).enter()
    await page.say("Good evening, all.")
    await growing_answer(page, frames=WORDS_FRAMES)
    yield page
    if not page.closed:
        await page.drop()
    await person.close()


@asynccontextmanager
async def back_again(before: Page, server: Server) -> AsyncIterator[Page]:
    """The same person with the same session, at the house that was put up again."""
    person = before.person.at(server.url)
    async with Page(person, before.room) as page:
        yield page
    await person.close()


async def goes_on_and_ends(page: Page, kept: str) -> None:
    answer = page.answer()
    assert answer is not None
    response = await page.person.http.post(f"/api/rooms/{page.room}/messages/{answer['id']}/continue")
    assert response.status_code == 202
    await page.until(lambda: (page.answer() or {})["status"] in ("complete", "failed"), seconds=ENGINE_PATIENCE)
    ended = page.answer()
    assert ended is not None
    assert (ended["status"], ended["seq"]) == ("complete", answer["seq"])
    assert ended["text"].startswith(kept)
    assert len(ended["text"]) > len(kept)
    _, rows = await page.person.whole_room(page.room)
    assert rows[-1] == ended


@pytest.mark.timeout(300)
async def test_kill_in_mid_answer(house: Server) -> None:
    async with mid_answer(house) as before:
        engine = house.children()
        house.kill()
        await before.until(lambda: before.closed)
        heard = before.answer()
        assert heard is not None
        assert heard["status"] == "streaming"
        with Server(house.data_dir, model=True, reply_max_tokens=400) as again:
            async with back_again(before, again) as page:
                answer = page.answer()
                assert answer is not None
                assert answer["status"] == "interrupted"
                assert answer["error"]["en"] != answer["error"]["ko"] != ""
                kept = answer["text"]
                assert kept
                assert heard["text"].startswith(kept)
                others = {seq: row for seq, row in before.fold.rows.items() if seq != answer["seq"]}
                assert {seq: page.fold.rows[seq] for seq in others} == others
                await goes_on_and_ends(page, kept)
    assert engine
    assert not any(is_alive(pid) for pid in engine)


@pytest.mark.timeout(300)
async def test_told_to_stop_in_mid_answer(house: Server) -> None:
    async with mid_answer(house) as before:
        engine = house.children()
        took = house.stop(seconds=STOP_SECONDS)
        assert engine
        assert not any(is_alive(pid) for pid in engine)
        await before.until(lambda: before.closed)
        heard = before.answer()
        assert heard is not None
        with Server(house.data_dir, model=True, reply_max_tokens=400) as again:
            async with back_again(before, again) as page:
                answer = page.answer()
                assert answer is not None
                assert answer["status"] == "interrupted"
                assert answer["text"].startswith(heard["text"])
                await goes_on_and_ends(page, answer["text"])
    assert took < STOP_SECONDS


@pytest.mark.timeout(400)  # starts five houses, one after the other
async def test_what_was_said_outlives_kill_after_kill(tmp_path: Path) -> None:
    data, said = tmp_path / "data", list[str]()
    with Server(data) as server:
        person = await Person.guest(server.url)
        room = await person.new_room()
        server.kill()
    for _ in range(3):
        with Server(data) as server:
            here = person.at(server.url)
            async with Page(here, room) as page:
                for n in range(10):
                    await page.say(f"{len(said)}:{n}")
                await page.until(lambda page=page: len(page.acknowledged) >= 10)
                server.kill()
                said += [row["text"] for row in page.acknowledged.values() if row["text"] not in said]
    with Server(data) as server:
        _, rows = await person.at(server.url).whole_room(room)
        assert [row["text"] for row in rows if row["kind"] == "talk"] == said


def test_it_comes_up_and_goes_quickly_when_nobody_is_there(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", model=True).start()
    began = time.monotonic()
    server.stop(seconds=STOP_SECONDS)
    assert time.monotonic() - began < STOP_SECONDS
