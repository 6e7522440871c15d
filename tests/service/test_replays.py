"""An answer said again: the same words asked for, compared with what was said, shown to one person and kept nowhere."""

import asyncio
from dataclasses import dataclass, replace

import pytest
from sqlmodel import col, select, update

from hearth_reflex.bootstrap import House
from hearth_reflex.db.generation import Generation, MessageMetadata
from hearth_reflex.db.message import Message
from hearth_reflex.domain.generation import Made, Priority
from hearth_reflex.errors import ConflictError, EngineCrashedError, ForbiddenError, LimitError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.replays import Replay, ReplayStatus
from tests.engines import ScriptedEngine
from tests.factories import Listener, guest, listen, say, seated

MADE = Made(provider="scripted", model="script", build="b1", seed=42, prompt="x")


@dataclass
class Told:
    """An answer that was given in a room, and somebody there who wants it said again."""

    house: House
    room: str
    actor: Actor
    answer: str

    async def again(self, actor: Actor | None = None) -> Replay:
        actor, done = actor or self.actor, asyncio.Event()

        async def heard() -> None:
            done.set()

        begun = await self.house.replays.begin(actor, self.room, self.answer, done=heard)
        assert begun.status is ReplayStatus.RUNNING
        await asyncio.wait_for(done.wait(), 10)
        found = self.house.replays.of(actor, self.answer)
        assert found is not None
        return found


def ended(listener: Listener) -> bool:
    return bool(listener.answers()) and listener.answer()["status"] not in ("sending", "streaming")


@pytest.fixture
async def told(house: House, engine: ScriptedEngine) -> Told:
    engine.made = MADE
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@ember go")
    await listener.until(ended)
    return Told(house, room, mina, listener.answer()["id"])


async def test_the_same_is_asked_for_alone_and_behind_everybody(told: Told, engine: ScriptedEngine) -> None:
    found = await told.again()
    assert (found.status, found.comparison.agree if found.comparison else 0) == (ReplayStatus.SAME, 17)
    first, again = engine.requests
    assert again.turns == first.turns
    assert again.sampling == replace(first.sampling, seed=42)  # the one that had been drawn
    assert (again.alone, again.priority, again.continue_last) == (True, Priority.BATCH, False)


async def test_where_it_goes_another_way_is_shown_with_what_may_explain_it(told: Told, engine: ScriptedEngine) -> None:
    engine.pieces, engine.made = ("Once ", "again"), replace(MADE, build="b2")
    found = await told.again()
    assert found.comparison is not None
    assert (found.status, found.comparison.agree) == (ReplayStatus.DIFFERS, 5)
    assert (found.comparison.then, found.comparison.now) == ("upon a time.", "again")
    assert (found.other_build, found.streams) == (True, 1)


async def test_a_stopped_one_is_said_again_as_far_as_it_went(house: House, engine: ScriptedEngine) -> None:
    engine.made, engine.pieces, engine.hold = MADE, ("Once ", "upon ", "never"), asyncio.Event()
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@ember go")
    await listener.until(lambda heard: bool(heard.answers()) and heard.answer()["text"] == "Once upon ")
    await house.replies.stop(mina, room, listener.answer()["id"])
    await listener.until(ended)
    await set_kept(house, seed=42)  # the engine had no time to tell it
    found = await Told(house, room, mina, listener.answer()["id"]).again()
    assert found.status is ReplayStatus.SAME
    assert engine.closed_early == 2  # what would come behind it is not waited for


async def test_one_that_was_gone_on_with_goes_on_again(house: House, engine: ScriptedEngine) -> None:
    engine.made, engine.fail_at = MADE, 1
    room, (mina,) = await seated(house, "미나")
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@ember go")
    await listener.until(ended)
    engine.fail_at = None
    await house.replies.go_on(mina, room, listener.answer()["id"])
    await listener.until(lambda heard: heard.answer()["status"] == "complete")
    assert (await Told(house, room, mina, listener.answer()["id"]).again()).status is ReplayStatus.SAME
    assert engine.requests[-1].continue_last
    assert engine.requests[-1].turns == engine.requests[-2].turns


async def test_nothing_of_it_is_kept(told: Told) -> None:
    async def counts() -> list[int]:
        async with told.house.database.read() as db:
            tables = (Message, Generation, MessageMetadata)
            return [len((await db.exec(select(table))).all()) for table in tables]

    before = await counts()
    await told.again()
    assert await counts() == before


async def test_a_fault_is_told_by_its_code(told: Told, engine: ScriptedEngine) -> None:
    engine.fail_at, engine.fault = 1, EngineCrashedError()
    found = await told.again()
    assert (found.status, found.error) == (ReplayStatus.FAILED, "engine_crashed")
    engine.fault = ValueError("inside")
    assert (await told.again()).error == "unexpected"


async def test_another_model_is_not_asked_in_its_stead(told: Told, engine: ScriptedEngine) -> None:
    await set_kept(told.house, model_sha256="ff" * 32)
    with pytest.raises(ConflictError) as refusal:
        await told.house.replays.begin(told.actor, told.room, told.answer, done=nobody_listens)
    assert refusal.value.code == "replay_model"
    assert len(engine.requests) == 1


@pytest.mark.parametrize(
    ("kept", "code"),
    [({"seed": None}, "replay_seed"), ({"images": 2}, "replay_pictures"), ({"turns": []}, "replay_unknown")],
)
async def test_what_cannot_be_said_again_says_why(told: Told, kept: dict[str, object], code: str) -> None:
    await set_kept(told.house, **kept)
    assert (await told.house.metadata.how_made(told.actor, told.room, told.answer)).hindrance == code
    with pytest.raises(ConflictError) as refusal:
        await told.house.replays.begin(told.actor, told.room, told.answer, done=nobody_listens)
    assert refusal.value.code == code


async def test_greedy_words_need_no_seed(told: Told) -> None:
    await set_kept(told.house, seed=None, parameters={"temperature": 0.0, "max_tokens": 9, "stop": ["x"]})
    assert (await told.again()).status is ReplayStatus.SAME


async def test_members_only(told: Told) -> None:
    stranger = await guest(told.house, "나그네")
    with pytest.raises(ForbiddenError):
        await told.house.replays.begin(stranger, told.room, told.answer, done=nobody_listens)
    await told.house.rooms.sit_down(stranger, told.room)
    assert (await told.again(stranger)).status is ReplayStatus.SAME
    assert told.house.replays.of(told.actor, told.answer) is None  # what one asks for is one's own


async def test_one_at_a_time_and_not_too_often(told: Told, engine: ScriptedEngine) -> None:
    engine.hold = asyncio.Event()
    await told.house.replays.begin(told.actor, told.room, told.answer, done=nobody_listens)
    with pytest.raises(ConflictError) as refusal:
        await told.house.replays.begin(told.actor, told.room, told.answer, done=nobody_listens)
    assert refusal.value.code == "replay_running"
    engine.hold.set()
    await asyncio.gather(*told.house.replays._tasks.values())
    for _ in range(4):
        await told.again()
    with pytest.raises(LimitError):
        await told.again()


async def test_who_looks_away_ends_it(told: Told, engine: ScriptedEngine) -> None:
    engine.hold = asyncio.Event()
    await told.house.replays.begin(told.actor, told.room, told.answer, done=nobody_listens)
    (task,) = told.house.replays._tasks.values()
    while engine.busy == 0:  # noqa: ASYNC110 - a script has no event for having begun
        await asyncio.sleep(0)
    told.house.replays.forget(told.actor)
    await asyncio.gather(task, return_exceptions=True)
    assert (told.house.replays.of(told.actor, told.answer), engine.busy) == (None, 0)


async def nobody_listens() -> None:
    """What came of it is looked up."""


async def set_kept(house: House, **values: object) -> None:
    async with house.database.write() as db:
        for table in (Generation, MessageMetadata):
            own = {name: value for name, value in values.items() if name in table.model_fields}
            if own:
                await db.exec(update(table).where(col(table.id) > 0).values(**own))
