"""What stands in a prompt, and what of it is kept: the cost of making one, and words that must not stay in it."""

import asyncio
from uuid import uuid4

import pytest
from sqlmodel import select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.generation import Generation, MessageMetadata
from hearth_reflex.domain.generation import ChatTurn
from hearth_reflex.domain.prompt import PROMPT_ID
from hearth_reflex.services import recall
from hearth_reflex.services.recall import Recall
from tests.circle import answers_end
from tests.clocks import HandClock
from tests.databases import statements
from tests.engines import ScriptedEngine
from tests.factories import say, seated


async def kept_prompts(house: House) -> str:
    async with house.database.read() as db:
        return repr([(one.prompt, one.turns) for one in (await db.exec(select(MessageMetadata))).all()])


async def test_each_run_keeps_which_prompt_it_had(house: House) -> None:
    room, (mina,) = await seated(house, "미나")
    await say(house, mina, room, "@불씨 안녕")
    await answers_end()
    async with house.database.read() as db:
        assert (await db.exec(select(Generation.prompt_id))).all() == [PROMPT_ID] == ["circle@4"]


async def test_emoji_given_later_leave_the_beginning_of_the_next_prompt(
    house: House, engine: ScriptedEngine, clock: HandClock
) -> None:
    """The engine keeps what it has read of a room: of the prompt before, all but its end must stand in the next one."""
    room, (mina, jun) = await seated(house, "미나", "준")
    first = await say(house, jun, room, "극장은 일곱 시야")
    clock.forward(minutes=1)
    await say(house, mina, room, "@불씨 몇 시라고?")
    await answers_end()
    clock.forward(minutes=1)
    await house.reactions.give(mina, room, first["id"], emoji="👍", on=True)
    clock.forward(minutes=1)
    await say(house, mina, room, "@불씨 고마워")
    await answers_end()
    before, after = (request.turns for request in engine.requests)
    assert after[: len(before)] == before
    assert after[len(before) :] == (
        ChatTurn("assistant", "Once upon a time."),
        ChatTurn("user", "[👍 for @준: 극장은 일곱 시야 from @미나]\n미나: @불씨 고마워"),
    )


async def test_a_prompt_takes_as_many_questions_to_the_database_in_a_long_room(house: House) -> None:
    room, (mina,) = await seated(house, "미나")

    async def questions() -> int:
        with statements(house.database) as asked:
            (sight,) = await house.sights.of(mina, room)
        assert sight.heard <= 2 * house.settings.reply_context_turns
        return len([statement for statement in asked if statement.startswith("SELECT")])

    for number in range(3):
        await say(house, mina, room, f"처음 {number}")
    short = await questions()
    for number in range(3 * house.settings.reply_context_turns):
        await say(house, mina, room, str(number))
    assert await questions() == short + 1  # one more counts what is too far back


async def test_counts_that_are_put_out_of_the_memory_meanwhile(
    house: House, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One answer's lines are counted while another's fill the memory: neither may fail for it."""
    monkeypatch.setattr(recall, "_COUNTS_KEPT", 2)
    reader = Recall(database=house.database, engines=house.engines, turns=10)
    await reader.tokens_of([ChatTurn("user", "known")], model="")
    held, count = asyncio.Event(), engine.count_tokens

    async def slowly(texts: list[str]) -> list[int]:
        if "slow" in texts:
            await held.wait()
        return await count(texts)

    engine.count_tokens = slowly
    first = asyncio.create_task(reader.tokens_of([ChatTurn("user", "known"), ChatTurn("user", "slow")], model=""))
    await asyncio.sleep(0)
    await reader.tokens_of([ChatTurn("user", str(n)) for n in range(5)], model="")
    held.set()
    assert await first == 2 + 2


async def test_a_deleted_message_takes_its_emoji_out_of_the_prompt(house: House, engine: ScriptedEngine) -> None:
    room, (mina, jun) = await seated(house, "미나", "준")
    said = await say(house, jun, room, "비밀은 참새야")
    await house.reactions.give(mina, room, said["id"], emoji="🔥", on=True)
    await say(house, mina, room, "응")
    await say(house, mina, room, "@불씨 안녕")
    await answers_end()
    assert "🔥" in await kept_prompts(house)
    await house.edits.delete(jun, room, said["id"])
    assert "🔥" not in await kept_prompts(house)
    await say(house, mina, room, "@불씨 또 안녕")
    await answers_end()
    assert "참새" not in repr(engine.requests[-1].turns)
    assert "🔥" not in repr(engine.requests[-1].turns)


async def test_who_is_erased_stays_in_no_kept_prompt_by_an_emoji(house: House) -> None:
    room, (mina, jun) = await seated(house, "미나", "준")
    said = await say(house, mina, room, "안녕")
    await house.reactions.give(jun, room, said["id"], emoji="🔥", on=True)
    await say(house, mina, room, "@불씨 안녕")
    await answers_end()
    assert "@준" in await kept_prompts(house)
    await house.credentials.leave_for_good(jun, password="", erase=True)
    assert "@준" not in await kept_prompts(house)


async def test_an_answer_on_its_way_is_heard_as_far_as_it_is_kept(house: House, engine: ScriptedEngine) -> None:
    """Nothing empty stands in a prompt: no bubble that only thinks, no answer whose new version has not begun."""
    engine.hold = asyncio.Event()
    room, (mina,) = await seated(house, "미나")
    await say(house, mina, room, "@불씨 하나")
    await say(house, mina, room, "@불씨 둘")
    async with asyncio.timeout(10):
        while len(engine.requests) < 2:  # noqa: ASYNC110 - the script tells nobody that it was asked
            await asyncio.sleep(0.01)
    engine.hold.set()
    await answers_end()
    assert all(turn.content for request in engine.requests for turn in request.turns)
    assert any(request.turns[-1].content.endswith("미나: @불씨 둘") for request in engine.requests)


async def test_only_the_version_that_stands_is_heard(house: House, engine: ScriptedEngine) -> None:
    engine.pieces = ("첫째 판",)
    room, (mina,) = await seated(house, "미나")
    await say(house, mina, room, "@불씨 하나")
    await answers_end()
    rows = (await house.rooms.enter(mina, room)).rows
    engine.pieces = ("둘째 판",)
    await house.answers.regenerate(mina, room, rows[-1]["id"])
    await answers_end()
    await house.messages.send(mina, room, text="@불씨 둘", client_msg_id=str(uuid4()))
    await answers_end()
    told = repr(engine.requests[-1].turns)
    assert "둘째 판" in told
    assert "첫째 판" not in told
