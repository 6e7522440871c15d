"""Answers that wait: their place in line is told, one person has only so many, and going on is paced like speaking."""

import asyncio
from uuid import uuid4

import pytest

from hearth_reflex.bootstrap import House
from hearth_reflex.domain.generation import Queued
from hearth_reflex.errors import LimitError
from hearth_reflex.services import replies
from hearth_reflex.settings import Settings
from tests.clocks import HandClock
from tests.engines import ScriptedEngine
from tests.factories import Listener, listen, say, seated

OPEN = ("sending", "streaming")


def ended(listener: Listener) -> bool:
    return bool(listener.answers()) and all(answer["status"] not in OPEN for answer in listener.answers())


async def test_everybody_hears_the_place_in_line_until_it_is_ones_turn(house: House, engine: ScriptedEngine) -> None:
    engine.line = asyncio.Queue()
    room, (mina, jun) = await seated(house, "미나", "준")
    listener = await listen(house, jun, room)
    await say(house, mina, room, "@ember go")
    await listener.until(lambda heard: len(heard.answers()) == 1)
    seq = listener.answer()["seq"]
    asked = asyncio.get_running_loop().time()
    engine.line.put_nowait(Queued(3, 12.0))
    await listener.until(lambda heard: heard.fold.places == {seq: (3, 12)})
    assert asyncio.get_running_loop().time() - asked < 0.3
    engine.line.put_nowait(Queued(1))
    await listener.until(lambda heard: heard.fold.places == {seq: (1, None)})
    engine.line.put_nowait(None)
    await listener.until(ended)
    assert listener.places[0] == (3, 12)
    assert listener.fold.places == {}
    assert listener.answer()["status"] == "complete"


async def test_who_comes_later_hears_the_place_too(house: House, engine: ScriptedEngine) -> None:
    engine.line = asyncio.Queue()
    room, (mina, jun) = await seated(house, "미나", "준")
    first = await listen(house, mina, room)
    await say(house, mina, room, "@ember go")
    engine.line.put_nowait(Queued(2, 30.0))
    await first.until(lambda heard: heard.places == [(2, 30)])
    late = await listen(house, jun, room)
    await late.until(lambda heard: bool(heard.fold.places), seconds=3)
    (position, seconds), *_ = late.fold.places.values()
    assert position == 2
    assert seconds in (28, 29)
    engine.line.put_nowait(None)
    await late.until(ended)


async def test_a_stop_takes_the_place_away(house: House, engine: ScriptedEngine) -> None:
    engine.line = asyncio.Queue()
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@ember go")
    engine.line.put_nowait(Queued(2))
    await listener.until(lambda heard: bool(heard.fold.places))
    await house.replies.stop(mina, room, listener.answer()["id"])
    await listener.until(ended)
    assert (listener.fold.places, listener.answer()["status"]) == ({}, "stopped")


async def test_places_are_never_written_down(house: House, engine: ScriptedEngine) -> None:
    engine.line = asyncio.Queue()
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@ember go")
    await listener.until(lambda heard: bool(heard.answers()))
    rev = listener.fold.rev
    for position in range(5, 0, -1):
        engine.line.put_nowait(Queued(position))
        await listener.until(lambda heard, told=position: (told, None) in heard.places)
    assert (await house.rooms.enter(mina, room)).rev == rev
    engine.line.put_nowait(None)
    await listener.until(ended)


async def test_answers_are_counted_over_all_processes(
    settings: Settings, house: House, engine: ScriptedEngine, clock: HandClock
) -> None:
    engine.hold = asyncio.Event()
    other = House(settings=settings, database=house.database, engine=engine, clock=clock)
    room, (mina, jun) = await seated(house, "미나", "준")
    listener = await listen(house, mina, room)
    other.bus.add(listener)
    for here in (house, other, house, other):
        await here.messages.send(mina, room, text="@ember go", client_msg_id=str(uuid4()))
    await other.messages.send(jun, room, text="@ember me too", client_msg_id=str(uuid4()))
    await listener.until(lambda heard: len(heard.answers()) == 5)
    refused = [answer["error"] for answer in listener.answers() if answer["status"] == "failed"]
    assert [words["en"] for words in refused] == ["You can have 3 answers on their way. Try again when one has ended."]
    assert refused[0]["ko"].startswith("한 번에 부탁할 수 있는 답은 3개까지")
    engine.hold.set()
    await listener.until(ended)
    await other.replies.close()
    other.passwords.close()


@pytest.mark.postgres
async def test_two_at_once_are_counted_one_after_the_other(house: House, engine: ScriptedEngine) -> None:
    engine.hold = asyncio.Event()
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await asyncio.gather(*(say(house, mina, room, f"@ember {n}") for n in range(8)))
    await listener.until(lambda heard: len(heard.answers()) == 8)
    engine.hold.set()
    await listener.until(ended)
    assert sorted(answer["status"] for answer in listener.answers()) == ["complete"] * 3 + ["failed"] * 5


async def test_going_on_counts_among_the_answers(house: House, engine: ScriptedEngine) -> None:
    engine.fail_at = 1
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@ember go")
    await listener.until(ended)
    failed = listener.answer()["id"]
    engine.fail_at, engine.hold = None, asyncio.Event()
    for n in range(3):
        await say(house, mina, room, f"@ember {n}")
    with pytest.raises(LimitError) as refusal:
        await house.replies.go_on(mina, room, failed)
    assert (refusal.value.code, refusal.value.params["limit"]) == ("answers_many", 3)
    rows = (await house.rooms.enter(mina, room)).rows
    assert [row["status"] for row in rows if row["id"] == failed] == ["failed"]  # left as it was
    engine.hold.set()
    await listener.until(ended)


async def test_going_on_takes_the_pace_of_a_message(house: House, engine: ScriptedEngine, clock: HandClock) -> None:
    engine.fail_at = 1
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@ember go")
    await listener.until(ended)
    house.replies._pace.rate, house.replies._pace.burst = 0.1, 1.0
    house.replies._pace.take(mina.uuid, at=clock.now().timestamp())
    with pytest.raises(LimitError) as refusal:
        await house.replies.go_on(mina, room, listener.answer()["id"])
    assert refusal.value.code == "message_pace"
    clock.forward(seconds=11)
    await house.replies.go_on(mina, room, listener.answer()["id"])
    await listener.until(ended)


async def test_a_server_that_never_stops_is_stopped(
    house: House, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replies, "ANSWER_MAX_CHARS", 1000)
    engine.pieces = ("말" * 300,) * 50
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@ember go")
    await listener.until(ended)
    assert (listener.answer()["status"], listener.answer()["text"]) == ("complete", "말" * 1000)
    assert engine.closed_early == 1
