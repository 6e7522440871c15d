"""An answer belongs to the house: whatever goes wrong around it, it ends, and what is shown is what is kept."""

import asyncio

import pytest

from hearth_reflex.bootstrap import House
from hearth_reflex.domain.generation import EngineHealth, Queued
from hearth_reflex.services import replies
from hearth_reflex.services.runs import Run
from tests.circle import Played, answers_end, look_who_sits, room_of
from tests.clocks import HandClock
from tests.engines import ScriptedEngine
from tests.factories import Listener, account, listen, say, seated


def ended(listener: Listener) -> bool:
    return bool(listener.answers()) and listener.answer()["status"] not in ("sending", "streaming")


def growing(listener: Listener) -> bool:
    return bool(listener.answers()) and listener.answer()["text"] != ""


async def test_the_question_is_taken_back_while_the_answer_waits(house: House, engine: ScriptedEngine) -> None:
    """Nothing is left to be answered: it ends, with a word that says why."""
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    held, health = asyncio.Event(), engine.health

    async def later() -> EngineHealth:
        await held.wait()
        return await health()

    engine.health = later
    said = await say(house, mina, room, "@불씨 안녕")
    await house.edits.delete(mina, room, said["id"])
    held.set()
    await listener.until(ended)
    assert (listener.answer()["status"], engine.requests) == ("failed", [])
    assert listener.answer()["error"]["en"].startswith("That message was deleted")


async def test_an_end_that_cannot_be_kept_is_kept_later(
    house: House, engine: ScriptedEngine, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process lives on and its heart beats no more for this answer: the next round ends it."""
    monkeypatch.setattr(replies, "END_PAUSES", (0.0, 0.0))
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    end = house.generations.end

    async def full(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(house.generations, "end", full)
    await say(house, mina, room, "@불씨 안녕")
    await answers_end()
    assert listener.answer()["status"] == "streaming"
    monkeypatch.setattr(house.generations, "end", end)
    clock.forward(seconds=16)
    assert await house.generations.reap(everything=False) == 1
    await listener.until(ended)
    assert listener.answer()["status"] == "interrupted"


async def test_a_beginning_that_cannot_be_kept_ends_nothing(
    house: House, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    begin, faults = house.generations.begin, [OSError("the disk is full")]

    async def at_first_full(run: Run) -> None:
        if faults:
            raise faults.pop()
        await begin(run)

    monkeypatch.setattr(house.generations, "begin", at_first_full)
    await say(house, mina, room, "@불씨 안녕")
    await listener.until(ended)
    assert (listener.answer()["status"], listener.answer()["text"]) == ("complete", "Once upon a time.")


async def test_one_that_was_ended_elsewhere_says_no_more(
    house: House, engine: ScriptedEngine, clock: HandClock
) -> None:
    """This process was silent for so long that another took it for dead. Its words would be shown and never kept."""
    engine.hold = asyncio.Event()
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@불씨 안녕")
    await listener.until(growing)
    run = next(iter(house.replies._answers.values()))  # pyright: ignore[reportPrivateUsage]
    house.generations._own.clear()  # pyright: ignore[reportPrivateUsage] - as another process sees it
    clock.forward(seconds=16)
    assert await house.generations.reap(everything=False) == 1
    async with asyncio.timeout(10):
        await run.task  # its next save tells it
    assert engine.closed_early == 1
    assert listener.answer()["status"] == "interrupted"
    fresh = (await house.rooms.enter(mina, room)).rows[-1]
    assert fresh["text"] == listener.answer()["text"]


async def test_another_version_that_begins_while_the_first_is_still_told(
    house: House, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What ends of the first run must not take the second one's place: closing the house has to find it."""
    told, answered = asyncio.Event(), house.news.answered

    async def slowly(message_id: int, *, asker: str) -> None:
        await told.wait()
        await answered(message_id, asker=asker)

    monkeypatch.setattr(house.news, "answered", slowly)
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@불씨 안녕")
    await listener.until(ended)
    engine.hold = asyncio.Event()
    await house.answers.regenerate(mina, room, listener.answer()["id"])
    await listener.until(lambda heard: heard.answer()["text"] == "Once upon a ")
    told.set()
    await asyncio.wait(
        [task for task in asyncio.all_tasks() if task.get_name().startswith("reply:")],
        return_when=asyncio.FIRST_COMPLETED,
    )
    await house.replies.close()
    assert listener.answer()["status"] == "interrupted"
    assert listener.answer()["text"] == "Once upon a "


async def test_going_on_hears_no_more_than_before(house: House, engine: ScriptedEngine) -> None:
    jun = await account(house, "준", login="jun")
    room = (await house.rooms.create(jun, name="준네")).id
    await say(house, jun, room, "비밀은 참새야")
    moon = await house.personas.create(jun, name_ko="달무리", name_en="Halo", instructions="calm")
    await house.ai_seats.seat(jun, room, moon.id, False)
    await say(house, jun, room, "안녕")
    listener = await listen(house, jun, room)
    played = Played(room, {"준": jun}, {})
    await look_who_sits(house, played)
    engine.fail_at = 2
    await house.replies.begin(jun, await room_of(house, room), played.seated["달무리"])
    await listener.until(ended)
    engine.fail_at = None
    await house.replies.go_on(jun, room, listener.answer()["id"])
    await answers_end()
    assert len(engine.requests) == 2
    assert "참새" not in repr(engine.requests)


async def test_every_device_shows_what_is_kept(house: House, engine: ScriptedEngine) -> None:
    """One saw all of it, one came in the middle, one was asleep for it, one comes afterwards: one text, once."""
    engine.hold, engine.line = asyncio.Event(), asyncio.Queue()
    room, (mina, jun) = await seated(house, "미나", "준")
    whole = await listen(house, mina, room)
    asleep = await listen(house, jun, room)
    house.bus.remove(asleep)
    await say(house, mina, room, "@불씨 안녕")
    engine.line.put_nowait(Queued(1))
    engine.line.put_nowait(None)
    await whole.until(growing)
    midway = await listen(house, jun, room)
    engine.hold.set()
    await whole.until(ended)
    await midway.until(ended)
    rev, rows, complete = await house.rooms.changed_since(jun, room, rev=asleep.fold.rev)
    assert complete
    asleep.fold.load(rev, rows)
    late = await listen(house, mina, room)
    kept = [row["text"] for row in late.answers()]
    assert kept == ["Once upon a time."]
    for device in (whole, midway, asleep):
        assert [row["text"] for row in device.answers()] == kept
