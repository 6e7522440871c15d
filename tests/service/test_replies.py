"""A persona answers: what is told, what is kept, and that every answer ends."""

import asyncio

import pytest
from sqlmodel import select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.message import Message
from hearth_reflex.errors import ConflictError, EngineBusyError, ForbiddenError, InputError, ModelMissingError
from hearth_reflex.services.generations import Generations
from tests.clocks import HandClock
from tests.engines import ScriptedEngine
from tests.factories import Listener, guest, listen, say, seated


def ended(listener: Listener) -> bool:
    return any(answer["status"] not in ("sending", "streaming") for answer in listener.answers()[-1:])


def growing(listener: Listener) -> bool:
    return any(answer["status"] == "streaming" and answer["text"] for answer in listener.answers()[-1:])


async def test_the_told_words_are_the_stored_words(house: House, engine: ScriptedEngine) -> None:
    engine.pieces = tuple(f"조각{n} 🔥 " for n in range(60))
    engine.delay = 0.01
    room, (mina, jun) = await seated(house, "미나", "준")
    listener = await listen(house, jun, room)
    await say(house, mina, room, "@불씨야 이야기해 줘")
    await listener.until(growing)
    await listener.until(ended)
    fresh = (await house.rooms.enter(jun, room)).rows[-1]
    assert fresh["text"] == "".join(engine.pieces)
    assert fresh["status"] == "complete"
    assert listener.answer() == fresh
    assert fresh["figures"]["output_tokens"] == 60
    assert listener.frames < 60  # told every 50 ms, not every piece


async def test_the_question_is_kept_before_the_model_runs(house: House, engine: ScriptedEngine) -> None:
    engine.fault, engine.fail_at = ModelMissingError(), 0
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@ember hello")
    await listener.until(ended)
    rows = (await house.rooms.enter(mina, room)).rows
    assert rows[-3]["text"] == "@ember hello"
    assert rows[-2]["notice"]["en"] == "Ember (AI) sat down by the fire"
    assert rows[-1]["status"] == "failed"
    assert "model file" in rows[-1]["error"]["en"]


async def test_nobody_called_nobody_answers(house: House, engine: ScriptedEngine) -> None:
    room, (mina,) = await seated(house, "미나")
    for text in ("안녕", "ember is warm", "`@ember` in code", "mail@ember.example"):
        await say(house, mina, room, text)
    assert engine.requests == []


async def test_stopping_keeps_what_was_said(house: House, engine: ScriptedEngine) -> None:
    engine.pieces, engine.hold = ("Once ", "upon ", "never"), asyncio.Event()
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@ember go")
    await listener.until(lambda heard: growing(heard) and heard.answer()["text"] == "Once upon ")
    await house.replies.stop(mina, room, listener.answer()["id"])
    await listener.until(ended)
    assert (listener.answer()["status"], listener.answer()["text"]) == ("stopped", "Once upon ")
    assert engine.closed_early == 1


async def test_only_who_asked_or_keeps_the_room_may_stop(house: House, engine: ScriptedEngine) -> None:
    engine.hold = asyncio.Event()
    room, (mina, jun) = await seated(house, "미나", "준")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@ember go")
    await listener.until(growing)
    answer = listener.answer()["id"]
    with pytest.raises(ForbiddenError):
        await house.replies.stop(jun, room, answer)
    with pytest.raises(ForbiddenError):
        await house.replies.stop(await guest(house, "나그네"), room, answer)
    engine.hold.set()
    await listener.until(ended)
    assert listener.answer()["status"] == "complete"


async def test_a_stopped_answer_goes_on_behind_its_text(house: House, engine: ScriptedEngine) -> None:
    engine.pieces, engine.hold = ("Once ", "upon"), asyncio.Event()
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@ember go")
    await listener.until(growing)
    with pytest.raises(ConflictError):
        await house.replies.go_on(mina, room, listener.answer()["id"])
    await house.replies.stop(mina, room, listener.answer()["id"])
    await listener.until(ended)
    engine.pieces, engine.hold = ("a ", "time."), None
    await house.replies.go_on(mina, room, listener.answer()["id"])
    await listener.until(lambda heard: heard.answer()["status"] == "complete")
    assert listener.answer()["text"] == "Once a time."
    assert engine.requests[1].continue_last
    assert engine.requests[1].turns[-1].content == "Once "


async def test_a_fault_in_mid_answer_keeps_the_text_and_says_why(house: House, engine: ScriptedEngine) -> None:
    engine.fail_at = 2
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@ember go")
    await listener.until(ended)
    answer = listener.answer()
    assert (answer["status"], answer["text"]) == ("failed", "Once upon ")
    assert "silent in mid-answer" in answer["error"]["en"]


async def test_a_surprise_inside_is_no_trace_outside(house: House, engine: ScriptedEngine) -> None:
    engine.fail_at, engine.fault = 1, ValueError("secret path /root/x")
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@ember go")
    await listener.until(ended)
    assert listener.answer()["status"] == "failed"
    assert "secret" not in str(listener.answer())


async def test_a_full_queue_is_a_word_not_a_crash(house: House, engine: ScriptedEngine) -> None:
    engine.fail_at, engine.fault = 0, EngineBusyError()
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@ember go")
    await listener.until(ended)
    assert listener.answer()["error"]["ko"].startswith("기다리는 사람이 많습니다")


async def test_closing_the_house_marks_answers_interrupted(house: House, engine: ScriptedEngine) -> None:
    engine.hold = asyncio.Event()
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@ember go")
    await listener.until(lambda heard: growing(heard) and heard.answer()["text"] == "Once upon a ")
    await house.replies.close()
    answer = (await house.rooms.enter(mina, room)).rows[-1]
    assert (answer["status"], answer["text"]) == ("interrupted", "Once upon a ")


async def test_an_answer_whose_worker_died_is_reaped(house: House, engine: ScriptedEngine, clock: HandClock) -> None:
    engine.hold = asyncio.Event()
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@ember go")
    await listener.until(growing)
    other = Generations(database=house.database, bus=house.bus, clock=clock, worker="another", usage=house.usage_days)
    assert await other.reap(everything=False) == 0  # its heart still beats
    clock.forward(seconds=16)
    assert await other.reap(everything=False) == 1
    await listener.until(ended)
    assert listener.answer()["status"] == "interrupted"
    engine.hold.set()
    await asyncio.gather(*(answer.task for answer in list(house.replies._answers.values())))
    assert (await house.rooms.enter(mina, room)).rows[-1]["status"] == "interrupted"  # the late worker changes nothing


async def test_the_asker_stops_through_another_worker(house: House, engine: ScriptedEngine) -> None:
    engine.pieces, engine.hold = ("Once ", "never"), asyncio.Event()
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@ember go")
    await listener.until(growing)
    # Another worker knows nothing of the task: it can only raise the flag, which is read at the next save.
    async with house.database.read() as db:
        query = select(Message).where(Message.uuid == listener.answer()["id"])
        message = (await db.exec(query)).one()
    await house.generations.request_stop(message)
    await listener.until(ended)
    assert listener.answer()["status"] == "stopped"


async def test_a_persons_message_is_no_answer(house: House) -> None:
    room, (mina,) = await seated(house, "미나")
    row = await say(house, mina, room, "hello")
    with pytest.raises(InputError):
        await house.replies.stop(mina, room, row["id"])
    with pytest.raises(InputError):
        await house.replies.go_on(mina, room, row["id"])


async def test_the_persona_hears_who_said_what(house: House, engine: ScriptedEngine) -> None:
    room, (mina, jun) = await seated(house, "미나", "준")
    listener = await listen(house, jun, room)
    await say(house, mina, room, "사과를 다섯 개 샀어")
    await say(house, jun, room, "@ember who bought apples?")
    await listener.until(ended)
    turns = engine.requests[0].turns
    assert turns[0].role == "system"
    assert turns[-1].content == "미나: 사과를 다섯 개 샀어\n준: @ember who bought apples?"


async def test_a_repair_brings_the_answer_that_is_on_its_way(house: House, engine: ScriptedEngine) -> None:
    engine.pieces, engine.hold = ("Once ", "upon"), asyncio.Event()
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@ember go")
    await listener.until(growing)
    _, rows, _ = await house.rooms.changed_since(mina, room, rev=listener.fold.rev)
    assert [row["id"] for row in rows] == [listener.answer()["id"]]
    engine.hold.set()
    await listener.until(ended)


async def test_a_finished_answer_stays_finished(house: House, engine: ScriptedEngine) -> None:
    room, (mina, jun) = await seated(house, "미나", "준")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@ember go")
    await listener.until(ended)
    for person in (mina, jun):
        with pytest.raises(ConflictError) as refusal:
            await house.replies.go_on(person, room, listener.answer()["id"])
        assert refusal.value.code == "answer_finished"


async def test_one_person_has_three_answers_on_their_way(house: House, engine: ScriptedEngine) -> None:
    engine.hold = asyncio.Event()
    room, (mina, jun) = await seated(house, "미나", "준")
    listener = await listen(house, mina, room)
    for n in range(4):
        await say(house, mina, room, f"@ember {n}")
    await listener.until(lambda heard: len(heard.answers()) == 4 and ended(heard))
    assert listener.answer()["error"]["en"].startswith("You can have 3 answers")
    await say(house, jun, room, "@ember mine")
    await listener.until(lambda heard: len(heard.answers()) == 5 and growing(heard))
    engine.hold.set()
    await listener.until(lambda heard: all(row["status"] != "streaming" for row in heard.answers()))
    assert [row["status"] for row in listener.answers()] == ["complete"] * 3 + ["failed", "complete"]


async def test_a_jump_of_the_clock_reaps_no_living_answer(
    house: House, engine: ScriptedEngine, clock: HandClock
) -> None:
    engine.hold = asyncio.Event()
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@ember go")
    await listener.until(growing)
    clock.forward(minutes=10)
    assert await house.generations.reap(everything=False) == 0
    engine.hold.set()
    await listener.until(ended)
    assert (listener.answer()["status"], listener.answer()["text"]) == ("complete", "Once upon a time.")


async def test_a_models_control_characters_are_dropped(house: House, engine: ScriptedEngine) -> None:
    engine.pieces = ("a\x00b", "\ud83d", "c\n")
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@ember go")
    await listener.until(ended)
    assert listener.answer()["text"] == "abc\n"
