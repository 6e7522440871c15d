"""What a persona can see: for whom it is told, what it never tells, and that the next real prompt is just that."""

from collections.abc import AsyncIterator
from dataclasses import asdict, replace

import pytest
from sqlmodel import select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.generation import MessageMetadata
from hearth_reflex.domain.generation import EngineHealth
from hearth_reflex.errors import EngineError, ForbiddenError, ModelMissingError, NotFoundError
from hearth_reflex.services import sights
from hearth_reflex.services.access import Actor
from hearth_reflex.services.sights import Sight
from tests.circle import PNG, Played, answers_end, have_answer
from tests.clocks import HandClock
from tests.engines import ScriptedEngine
from tests.factories import account, guest, listen, say, seated


async def sight_of(house: House, actor: Actor, room: str) -> Sight:
    (found,) = await house.sights.of(actor, room)
    return found


async def newest_kept(house: House) -> MessageMetadata:
    async with house.database.read() as db:
        return (await db.exec(select(MessageMetadata).order_by(MessageMetadata.id.desc()))).first()  # pyright: ignore


async def test_an_empty_room_is_an_empty_sight(house: House) -> None:
    room, (mina,) = await seated(house, "미나")
    sight = await sight_of(house, mina, room)
    assert (sight.name_ko, sight.name_en, sight.status, sight.instructed) == ("불씨", "Ember", "ready", True)
    assert (sight.first, sight.heard, sight.speakers, sight.pictures) == (None, 0, (), 0)
    assert 0 < sight.tokens < sight.budget


async def test_it_says_where_its_hearing_begins(house: House, clock: HandClock) -> None:
    room, (mina, jun) = await seated(house, "미나", "준")
    first = await say(house, jun, room, "오늘저녁에뭐먹지?" * 9)
    clock.forward(minutes=1)
    await say(house, mina, room, "국수")
    sight = await sight_of(house, mina, room)
    assert sight.first is not None
    assert (sight.first.id, sight.first.seq, sight.first.at) == (first["id"], first["seq"], first["at"])
    assert (sight.first.name, sight.first.is_ai, sight.first.text) == ("준", False, first["text"][:60] + "…")
    assert (sight.heard, sight.speakers) == (2, ("준", "미나"))


async def test_the_next_call_holds_one_message_more(house: House, engine: ScriptedEngine) -> None:
    room, (mina, jun) = await seated(house, "미나", "준")
    await say(house, jun, room, "안녕")
    before = await sight_of(house, mina, room)
    await say(house, mina, room, "@불씨 안녕")
    await answers_end()
    kept = await newest_kept(house)
    assert before.first is not None
    assert (kept.first_seq, kept.heard, kept.dropped) == (before.first.seq, before.heard + 1, 0)


async def test_pictures_are_counted_that_it_does_not_see(house: House) -> None:
    room, (mina,) = await seated(house, "미나")

    async def stream() -> AsyncIterator[bytes]:
        yield PNG

    brought = [
        (await house.attachments.receive(mina, room, name=f"{n}.png", stream=stream(), length=len(PNG)))["id"]
        for n in range(2)
    ]
    await house.messages.send(mina, room, text="", client_msg_id=brought[0], files=brought)
    sight = await sight_of(house, mina, room)
    assert (sight.heard, sight.pictures) == (1, 2)
    assert sight.first is not None
    assert sight.first.text == ""


async def test_what_somebody_set_for_themself_counts_for_them(house: House) -> None:
    jun = await account(house, "준", login="jun")
    room, (mina,) = await seated(house, "미나")
    await house.rooms.sit_down(jun, room)
    for number in range(30):
        await say(house, mina, room, str(number))
    await house.ai_settings.keep_mine(jun, {"context_turns": 5, "max_tokens": 1000})
    theirs, others = await sight_of(house, jun, room), await sight_of(house, mina, room)
    assert others.heard == 30
    assert 5 <= theirs.heard <= 10
    assert theirs.cut.window == 30 - theirs.heard
    assert theirs.budget == others.budget - (1000 - house.settings.reply_max_tokens)


async def test_of_what_is_far_back_only_so_many_are_counted(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sights, "COUNTED", 7)
    jun = await account(house, "준", login="jun")
    room, _ = await seated(house, "미나")
    await house.rooms.sit_down(jun, room)
    await house.ai_settings.keep_mine(jun, {"context_turns": 2})
    for number in range(20):
        await say(house, jun, room, str(number))
    assert (await sight_of(house, jun, room)).cut.window == 7


class TestWhoIsTold:
    async def test_only_who_sits_there(self, house: House) -> None:
        room, _ = await seated(house, "미나")
        stranger, jun = await guest(house, "나그네"), await account(house, "준", login="jun")
        with pytest.raises(ForbiddenError):
            await house.sights.of(stranger, room)
        own = (await house.rooms.create(jun, name="준네", private=True)).id
        for unknown in (own, "x", "01890000-0000-7000-8000-000000000000"):
            with pytest.raises(NotFoundError):
                await house.sights.of(stranger, unknown)

    async def test_of_who_does_not_sit_there_nothing_is_told(self, house: House) -> None:
        jun = await account(house, "준", login="jun")
        room, (mina,) = await seated(house, "미나")
        moon = await house.personas.create(jun, name_ko="달무리", name_en="Halo", instructions="비밀 지시")
        for persona in (moon.id, "x", mina.uuid):
            with pytest.raises(NotFoundError, match="persona_unknown"):
                await house.sights.of(mina, room, persona=persona)

    async def test_no_instructions_are_told(self, house: House) -> None:
        jun = await account(house, "준", login="jun")
        room = (await house.rooms.create(jun, name="준네")).id
        moon = await house.personas.create(jun, name_ko="달무리", name_en="Halo", instructions="비밀 지시")
        await house.ai_seats.seat(jun, room, moon.id, True)
        mina = await guest(house, "미나")
        await house.rooms.sit_down(mina, room)
        found = await house.sights.of(mina, room)
        assert [(one.name_ko, one.instructed) for one in found] == [("불씨", True), ("달무리", True)]
        assert "비밀" not in repr([asdict(one) for one in found])

    async def test_where_no_ai_answers_none_hears(self, house: House) -> None:
        jun = await account(house, "준", login="jun")
        room = (await house.rooms.create(jun, name="준네", ai_enabled=False)).id
        assert await house.sights.of(jun, room) == []


class TestTheEngine:
    async def test_one_that_sleeps_is_not_woken(self, house: House, engine: ScriptedEngine) -> None:
        async def asleep() -> EngineHealth:
            return EngineHealth(status="asleep", context_tokens=4096)

        async def never(texts: list[str]) -> list[int]:
            raise AssertionError("nobody is to count now")

        room, (mina,) = await seated(house, "미나")
        await say(house, mina, room, "안녕")
        engine.health, engine.count_tokens = asleep, never
        sight = await sight_of(house, mina, room)
        assert sight == replace(sight, first=None, heard=0, tokens=0, budget=0)
        assert (sight.status, sight.instructed) == ("asleep", True)

    async def test_one_that_cannot_count_is_a_word(self, house: House, engine: ScriptedEngine) -> None:
        async def nobody_counts(texts: list[str]) -> list[int]:
            raise ModelMissingError

        room, (mina,) = await seated(house, "미나")
        engine.count_tokens = nobody_counts
        with pytest.raises(EngineError):
            await house.sights.of(mina, room)


async def test_it_reads_as_much_of_a_long_room_as_of_a_short_one(house: House, engine: ScriptedEngine) -> None:
    counted: list[str] = []
    count = engine.count_tokens

    async def noted(texts: list[str]) -> list[int]:
        counted.extend(texts)
        return await count(texts)

    engine.count_tokens = noted
    jun = await account(house, "준", login="jun")
    room, _ = await seated(house, "미나")
    await house.rooms.sit_down(jun, room)
    await house.ai_settings.keep_mine(jun, {"context_turns": 10})
    for number in range(60):
        await say(house, jun, room, f"말 {number}")
    sight = await sight_of(house, jun, room)
    assert sight.heard <= 20
    assert len(counted) <= sight.heard + 3  # each line, the instructions, and the turns as they stand together
    counted.clear()
    await sight_of(house, jun, room)
    assert counted == []  # what was counted once is known


async def test_a_seat_that_hears_from_now_on_is_told_so(house: House, engine: ScriptedEngine) -> None:
    jun = await account(house, "준", login="jun")
    room = (await house.rooms.create(jun, name="준네")).id
    listener = await listen(house, jun, room)
    for words in ("하나", "둘", "셋"):
        await say(house, jun, room, words)
    moon = await house.personas.create(jun, name_ko="달무리", name_en="Halo", instructions="calm")
    await house.ai_seats.seat(jun, room, moon.id, False)
    await say(house, jun, room, "넷")
    (sight,) = await house.sights.of(jun, room, persona=moon.id)
    assert (sight.heard, sight.cut.arrival, sight.cut.window) == (1, 3, 0)
    played = Played(room, {"준": jun}, {})
    await have_answer(house, played, "달무리", jun)
    told = repr(engine.requests[-1].turns)
    assert "넷" in told
    assert not any(words in told for words in ("하나", "둘", "셋"))
    assert listener.answer()["text"]
