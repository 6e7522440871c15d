"""What answers cost: added up by day, person, room and model, whatever became of them; and what a day holds."""

import asyncio
from collections.abc import Callable
from datetime import date

import pytest
from sqlmodel import col, select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.generation import Generation, UsageDay
from hearth_reflex.db.model import Provider
from hearth_reflex.db.room import Room, RoomKind
from hearth_reflex.domain.generation import Made, Usage
from hearth_reflex.errors import EngineCrashedError, ForbiddenError, InputError, LimitError, NotFoundError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.prices import Price, ServerPrice
from hearth_reflex.services.usage_days import MOST, Spent
from hearth_reflex.services.usage_reports import Total
from tests.clocks import HandClock
from tests.engines import ScriptedEngine
from tests.factories import Listener, account, guest, house_keeper, listen, say, seated

TODAY = date(2026, 11, 21)  # of the clock of tests, 18:00 UTC


def ended(count: int) -> Callable[[Listener], bool]:
    return lambda heard: [one["status"] in ("sending", "streaming") for one in heard.answers()] == [False] * count


async def rows(house: House) -> list[UsageDay]:
    async with house.database.read() as db:
        return list((await db.exec(select(UsageDay).order_by(col(UsageDay.id)))).all())


async def room_of(house: House, uuid: str) -> Room:
    async with house.database.read() as db:
        return (await db.exec(select(Room).where(Room.uuid == uuid))).one()


async def note(house: House, spent: Spent, *, user_id: int | None, room_id: int | None) -> None:
    async with house.database.write() as db:
        await house.usage_days.note(db, spent, user_id=user_id, room_id=room_id)


def limit(house: House, *, person: int = 0, room: int = 0) -> None:
    house.usage_days._per_person, house.usage_days._per_room = person, room


class TestAddingUp:
    async def test_each_answer_adds_to_the_one_row_of_its_day(self, house: House, clock: HandClock) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        listener = await listen(house, mina, room)
        for count, person in enumerate((mina, mina, jun), start=1):
            await say(house, person, room, "@ember go")
            await listener.until(ended(count))
        clock.forward(hours=7)
        await say(house, mina, room, "@ember go")
        await listener.until(ended(4))
        found = [(one.day.isoformat(), one.user_id, one.answers, one.prompt_tokens, one.output_tokens, one.cpu_ms)
                 for one in await rows(house)]  # fmt: skip
        assert found == [
            ("2026-11-21", mina.user_id, 2, 14, 8, 6.0),
            ("2026-11-21", jun.user_id, 1, 7, 4, 3.0),
            ("2026-11-22", mina.user_id, 1, 7, 4, 3.0),
        ]
        assert {one.model for one in await rows(house)} == {"script"}

    async def test_an_answer_tells_its_own_figures(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        listener = await listen(house, mina, room)
        await say(house, mina, room, "@ember go")
        await listener.until(ended(1))
        figures = listener.answer()["figures"]
        assert (figures["cpu_ms"], figures["price_micro"]) == (3, 0)

    async def test_what_was_stopped_or_fell_counts_as_far_as_it_came(
        self, house: House, engine: ScriptedEngine
    ) -> None:
        room, (mina,) = await seated(house, "미나")
        listener = await listen(house, mina, room)
        engine.fault, engine.fail_at = EngineCrashedError(), 2
        await say(house, mina, room, "@ember go")
        await listener.until(ended(1))
        engine.fail_at, engine.hold = None, asyncio.Event()
        await say(house, mina, room, "@ember go")
        await listener.until(lambda heard: bool(heard.answer()["text"]))
        await house.replies.stop(mina, room, listener.answer()["id"])
        await listener.until(ended(2))
        (row,) = await rows(house)
        assert (row.answers, row.prompt_tokens) == (2, 14)
        assert 3 <= row.output_tokens <= 5
        assert row.cpu_ms == row.output_tokens * 0.5

    async def test_what_never_began_costs_nothing(self, house: House, engine: ScriptedEngine) -> None:
        engine.line = asyncio.Queue()
        room, (mina,) = await seated(house, "미나")
        listener = await listen(house, mina, room)
        await say(house, mina, room, "@ember go")
        await listener.until(lambda heard: bool(heard.answers()))
        await house.replies.stop(mina, room, listener.answer()["id"])
        await listener.until(ended(1))
        assert await rows(house) == []

    async def test_many_ends_at_once_are_all_counted(self, house: House) -> None:
        room, people = await seated(house, "미나", "준", "하늘")
        room_id = (await room_of(house, room)).id
        spent = Spent("script", 10, 5, 1.5, 2)
        ends = [note(house, spent, user_id=one.user_id, room_id=room_id) for one in people for _ in range(20)]
        await asyncio.gather(*ends)
        found = [(one.answers, one.prompt_tokens, one.output_tokens, one.cpu_ms, one.price_micro)
                 for one in await rows(house)]  # fmt: skip
        assert found == [(20, 200, 100, 30.0, 40)] * 3

    async def test_answers_of_several_rooms_end_at_once(self, house: House, engine: ScriptedEngine) -> None:
        mina = await guest(house, "미나")
        homes = [(await house.rooms.create(mina, name=f"방{n}")).id for n in range(3)]
        listeners = [await listen(house, mina, room) for room in homes]
        await asyncio.gather(*(say(house, mina, room, "@ember go") for room in homes))
        for listener in listeners:
            await listener.until(ended(1))
        assert sorted(one.output_tokens for one in await rows(house)) == [4, 4, 4]

    async def test_a_talk_with_an_ai_counts_for_its_room(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        parent = await room_of(house, room)
        async with house.database.write() as db:
            talk = Room(kind=RoomKind.SESSION.value, name_ko="이야기", name_en="Talk", parent_id=parent.id)
            db.add(talk)
        await note(house, Spent("script", 1, 1, 0.0), user_id=mina.user_id, room_id=talk.id)
        assert [one.room_id for one in await rows(house)] == [parent.id]

    async def test_without_a_room_or_a_person_there_is_still_one_row(self, house: House) -> None:
        mina = await guest(house, "미나")
        for _ in range(3):
            await house.usage_days.spend(mina, Usage(prompt_tokens=2, output_tokens=3), Made(model="script"))
            await note(house, Spent("script", 1, 1, 0.0), user_id=None, room_id=None)
        found = sorted((one.user_id or 0, one.answers, one.prompt_tokens) for one in await rows(house))
        assert found == [(0, 3, 3), (mina.user_id, 3, 6)]

    async def test_sums_stay_what_a_column_holds(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        room_id = (await room_of(house, room)).id
        for tokens in (MOST, 5, 2**40):
            await note(house, Spent("script", tokens, tokens, 1.0, MOST), user_id=mina.user_id, room_id=room_id)
        (row,) = await rows(house)
        assert (row.answers, row.prompt_tokens, row.output_tokens, row.price_micro) == (3, MOST, MOST, MOST)

    async def test_it_outlives_the_message_the_person_and_the_room(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        listener = await listen(house, mina, room)
        await say(house, jun, room, "@ember go")
        await listener.until(ended(1))
        await house.credentials.leave_for_good(jun, password="", erase=True)
        async with house.database.write() as db:
            await db.delete(await db.get_one(Room, (await room_of(house, room)).id))
        (row,) = await rows(house)
        assert (row.user_id, row.room_id, row.answers) == (None, None, 1)

    async def test_who_left_during_the_answer_breaks_no_end(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        listener = await listen(house, mina, room)
        engine.hold = asyncio.Event()
        await say(house, jun, room, "@ember go")
        await listener.until(lambda heard: bool(heard.answers() and heard.answer()["text"]))
        await house.credentials.leave_for_good(jun, password="", erase=False)
        engine.hold.set()
        await listener.until(ended(1))
        assert listener.answer()["text"] == "".join(engine.pieces)
        assert [one.user_id for one in await rows(house)] == [None]


class TestLimits:
    async def test_the_answer_stands_as_failed_and_says_when(self, house: House, clock: HandClock) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        limit(house, person=11)
        listener = await listen(house, mina, room)
        for count in (1, 2):
            await say(house, mina, room, "@ember go")
            await listener.until(ended(count))
        first, second = listener.answers()
        assert (first["status"], second["status"]) == ("complete", "failed")
        assert "6 h" in second["error"]["en"]
        assert "6시간" in second["error"]["ko"]
        await say(house, jun, room, "@ember go")  # another's share is untouched
        await listener.until(ended(3))
        assert listener.answer()["status"] == "complete"
        clock.forward(hours=6)
        await say(house, mina, room, "@ember go")
        await listener.until(ended(4))
        assert listener.answer()["status"] == "complete"

    async def test_a_room_has_a_share_too(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        limit(house, room=5)
        listener = await listen(house, mina, room)
        await say(house, mina, room, "@ember go")
        await listener.until(ended(1))
        await say(house, jun, room, "@ember go")
        await listener.until(ended(2))
        assert listener.answer()["status"] == "failed"
        there = await room_of(house, room)
        with pytest.raises(LimitError) as refusal:
            await house.usage_days.check(jun, there)
        assert (refusal.value.code, refusal.value.params["limit"], refusal.value.retry_after) == (
            "usage_room",
            6,
            21_600,
        )
        await house.usage_days.check(jun, None)
        elsewhere = (await house.rooms.create(mina, name="부엌")).id
        await house.usage_days.check(mina, await room_of(house, elsewhere))

    async def test_who_keeps_the_house_has_no_more(self, house: House) -> None:
        keeper = await house_keeper(house)
        limit(house, person=1)
        await house.usage_days.check(keeper, None)
        await house.usage_days.spend(keeper, Usage(output_tokens=1), Made())
        with pytest.raises(LimitError) as refusal:
            await house.usage_days.check(keeper, None)
        assert refusal.value.code == "usage_person"

    async def test_going_on_is_held_back_as_well(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina,) = await seated(house, "미나")
        listener = await listen(house, mina, room)
        engine.fail_at = 1
        await say(house, mina, room, "@ember go")
        await listener.until(ended(1))
        limit(house, person=1)
        with pytest.raises(LimitError) as refusal:
            await house.replies.go_on(mina, room, listener.answer()["id"])
        assert refusal.value.code == "usage_person"


class TestReports:
    async def used(self, house: House) -> tuple[str, Actor, Actor]:
        """미나 asked twice today and 준 once; and 미나 long ago."""
        room, (mina, jun) = await seated(house, "미나", "준")
        room_id = (await room_of(house, room)).id
        async with house.database.write() as db:
            mine = {"user_id": mina.user_id, "room_id": room_id}
            db.add(UsageDay(day=date(2026, 11, 1), model="old", answers=9, prompt_tokens=900, **mine))
            db.add(UsageDay(day=date(2026, 11, 10), model="old", answers=1, prompt_tokens=1, **mine))
        for person in (mina, mina, jun):
            await note(house, Spent("script", 7, 4, 3.0, 2), user_id=person.user_id, room_id=room_id)
        return room, mina, jun

    async def test_ones_own_by_day_model_and_room(self, house: House) -> None:
        room, mina, _ = await self.used(house)
        report = await house.usage_reports.mine(mina)
        assert (report.since, report.until) == ("2026-11-08", "2026-11-21")
        assert report.total == Total(answers=3, prompt_tokens=15, output_tokens=8, cpu_ms=6, price_micro=4)
        assert [(line.id, line.answers) for line in report.days] == [("2026-11-10", 1), ("2026-11-21", 2)]
        assert [(line.id, line.prompt_tokens) for line in report.models] == [("script", 14), ("old", 1)]
        assert [(line.id, line.name_ko, line.name_en) for line in report.rooms] == [(room, "거실", "Living room")]
        assert report.people == []
        longer = await house.usage_reports.mine(mina, since=date(2026, 11, 1), until=date(2026, 11, 9))
        assert longer.total.prompt_tokens == 900

    async def test_nothing_used_is_nothing(self, house: House) -> None:
        report = await house.usage_reports.mine(await guest(house, "하늘"))
        assert (report.total, report.days, report.models, report.rooms) == (Total(), [], [], [])

    async def test_a_room_one_has_left_has_no_name(self, house: House) -> None:
        mina = await account(house, "미나", login="mina")
        secret = (await house.rooms.create(mina, name="비밀", private=True)).id
        room_id = (await room_of(house, secret)).id
        await note(house, Spent("script", 1, 1, 0.0), user_id=mina.user_id, room_id=room_id)
        assert [line.name_ko for line in (await house.usage_reports.mine(mina)).rooms] == ["비밀"]
        await house.seats.leave(mina, secret)
        assert [(line.id, line.name_ko, line.answers) for line in (await house.usage_reports.mine(mina)).rooms] == [
            ("", "", 1)
        ]

    async def test_a_rooms_is_for_those_who_sit_there_and_names_nobody(self, house: House) -> None:
        room, _, jun = await self.used(house)
        await house.rooms.sit_down(await guest(house, "손님"), room)
        report = await house.usage_reports.of_room(jun, room)
        assert (report.total.answers, report.people, report.rooms) == (4, [], [])
        sky = await account(house, "하늘", login="sky")
        private = (await house.rooms.create(sky, name="비밀", private=True)).id
        with pytest.raises(NotFoundError):
            await house.usage_reports.of_room(jun, private)

    async def test_between_two_each_is_told_of_their_own(self, house: House) -> None:
        room, mina, jun = await self.used(house)
        talk = (await house.ai_sessions.start(jun, room)).session_id
        for place in (room, talk):
            found = [(await house.usage_reports.of_room(who, place)).total.answers for who in (mina, jun)]
            assert found == [3, 1]

    async def test_the_houses_is_for_who_keeps_it(self, house: House) -> None:
        _, mina, _ = await self.used(house)
        with pytest.raises(ForbiddenError):
            await house.usage_reports.of_house(mina)
        report = await house.usage_reports.of_house(await house_keeper(house))
        assert [(line.name_ko, line.answers) for line in report.people] == [("미나", 3), ("준", 1)]
        assert report.total.answers == 4

    @pytest.mark.parametrize(
        ("since", "until"),
        [(date(2026, 11, 22), None), (date(2025, 11, 20), None), (None, date.min), (date.min, date.max)],
    )
    async def test_a_stretch_is_at_most_a_year(self, house: House, since: date | None, until: date | None) -> None:
        with pytest.raises(InputError) as refusal:
            await house.usage_reports.mine(await guest(house, "하늘"), since=since, until=until)
        assert refusal.value.code == "usage_days"


class TestPrices:
    async def server(self, house: House) -> str:
        async with house.database.write() as db:
            row = Provider(name="Cloud", base_url="https://cloud.example", model="big-1")
            db.add(row)
        return row.uuid

    async def test_a_server_s_tokens_have_its_price(self, house: House) -> None:
        keeper, server = await house_keeper(house), await self.server(house)
        price = Price(prompt=0.5, output=2.0)
        assert await house.prices.put(keeper, server.upper(), price) == price
        assert await house.prices.all(keeper) == [ServerPrice(0.5, 2.0, server, "Cloud", "big-1")]
        usage = Usage(prompt_tokens=1000, output_tokens=10)
        await house.usage_days.spend(keeper, usage, Made(provider="Cloud", model="big-1", leaves_house=True))
        await house.usage_days.spend(keeper, usage, Made(provider="Cloud", model="big-1"))  # a file of that name
        await house.usage_days.spend(keeper, usage, Made(provider="Cloud", model="small", leaves_house=True))
        assert sorted(one.price_micro for one in await rows(house)) == [0, 520]

    async def test_only_who_keeps_the_house_names_one(self, house: House) -> None:
        keeper, server = await house_keeper(house), await self.server(house)
        mina = await guest(house, "미나")
        with pytest.raises(ForbiddenError):
            await house.prices.put(mina, server, Price(1.0, 1.0))
        with pytest.raises(ForbiddenError):
            await house.prices.all(mina)
        for wanted in ("no-uuid", mina.uuid):
            with pytest.raises(NotFoundError) as unknown:
                await house.prices.put(keeper, wanted, Price(1.0, 1.0))
            assert unknown.value.code == "provider_unknown"
        for bad in (-0.1, 10_001.0, float("nan")):
            with pytest.raises(InputError):
                await house.prices.put(keeper, server, Price(bad, 0.0))

    async def test_the_run_keeps_what_it_cost(self, house: House, engine: ScriptedEngine) -> None:
        keeper, server = await house_keeper(house), await self.server(house)
        await house.prices.put(keeper, server, Price(prompt=1.0, output=10.0))
        engine.made = Made(provider="Cloud", model="big-1", leaves_house=True)
        room, (mina,) = await seated(house, "미나")
        listener = await listen(house, mina, room)
        await say(house, mina, room, "@ember go")
        await listener.until(ended(1))
        async with house.database.read() as db:
            assert (await db.exec(select(Generation.price_micro))).all() == [47]
        assert [one.price_micro for one in await rows(house)] == [47]
        assert listener.answer()["figures"]["price_micro"] == 47
