"""Answers, calls, emoji, pins and stars: what they put beside a message, and what bounds them."""

import asyncio
from uuid import uuid4

import pytest
from emoji import EMOJI_DATA

from hearth_reflex.bootstrap import House
from hearth_reflex.domain.emoji import one_emoji
from hearth_reflex.domain.feed import Row
from hearth_reflex.errors import ConflictError, ForbiddenError, InputError, LimitError, NotFoundError
from hearth_reflex.services import messages, pins, stars
from hearth_reflex.services.access import Actor
from hearth_reflex.services.reactions import KINDS_MAX
from tests.clocks import HandClock
from tests.engines import ScriptedEngine
from tests.factories import house_keeper, listen, say, seated

ENOUGH = [emoji for emoji in EMOJI_DATA if len(emoji) == 1 and EMOJI_DATA[emoji]["status"] == 2][: KINDS_MAX + 1]


async def answer(house: House, actor: Actor, room: str, to: Row, text: str) -> Row:
    return await house.messages.send(actor, room, text=text, client_msg_id=str(uuid4()), reply_to=to["id"])


class TestAnswers:
    async def test_an_answer_quotes_what_it_answers(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        said = await say(house, mina, room, "가" * 500)
        row = await answer(house, jun, room, said, "응")
        assert row["reply"] == {
            "id": said["id"],
            "seq": said["seq"],
            "name": "미나",
            "name_en": "미나",
            "text": "가" * 160,
            "deleted": False,
        }

    async def test_lines_of_the_house_are_not_answered(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        notice = (await house.rooms.enter(mina, room)).rows[0]
        with pytest.raises(NotFoundError):
            await answer(house, mina, room, notice, "응")

    async def test_an_answer_to_what_was_deleted_meanwhile_is_not_lost(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        said = await say(house, mina, room, "말")
        await house.edits.delete(mina, room, said["id"])
        row = await answer(house, mina, room, said, "응")
        assert (row["reply"]["deleted"], row["reply"]["text"]) == (True, "")

    async def test_a_message_has_only_so_many_answers(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(messages, "REPLIES_MAX", 2)
        room, (mina,) = await seated(house, "미나")
        said = await say(house, mina, room, "말")
        for n in range(2):
            await answer(house, mina, room, said, str(n))
        with pytest.raises(ConflictError) as refusal:
            await answer(house, mina, room, said, "하나 더")
        assert refusal.value.code == "replies_many"

    async def test_the_ai_hears_whom_one_answers(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        listener = await listen(house, jun, room)
        said = await say(house, mina, room, "일곱 시?")
        await answer(house, jun, room, said, "@불씨 어때")
        await listener.until(lambda heard: heard.answers() != [] and heard.answer()["status"] == "complete")
        assert "미나: 일곱 시?\n준 [to 미나: 일곱 시?]: @불씨 어때" in engine.requests[0].turns[-1].content

    async def test_only_files_may_come_without_words(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        with pytest.raises(NotFoundError) as refusal:
            await house.messages.send(mina, room, text="", client_msg_id=str(uuid4()), files=[str(uuid4())])
        assert refusal.value.code == "file_unknown"
        assert [row["kind"] for row in (await house.rooms.enter(mina, room)).rows] == ["notice"]


class TestCalls:
    async def test_only_people_of_the_room_are_called(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        await house_keeper(house)  # 집지기, who sits elsewhere
        row = await say(house, mina, room, "@준아 @집지기 @미나 @준 `@준` @없는사람")
        assert row["mentions"] == [jun.uuid, mina.uuid]
        assert row["mention_names"] == ["준", "미나"]


class TestReactions:
    async def test_each_emoji_says_who_gave_it_once(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        listener = await listen(house, jun, room)
        said = await say(house, mina, room, "말")
        for who, emoji in ((jun, "👍"), (mina, "👍"), (mina, "❤"), (mina, "👍")):
            row = await house.reactions.give(who, room, said["id"], emoji=emoji, on=True)
        assert row["reactions"] == [
            {"emoji": "👍", "people": [jun.uuid, mina.uuid], "names": ["준", "미나"]},
            {"emoji": "❤️", "people": [mina.uuid], "names": ["미나"]},
        ]
        assert listener.fold.rows[said["seq"]] == row
        row = await house.reactions.give(jun, room, said["id"], emoji="👍", on=False)
        assert row["reactions"][0]["people"] == [mina.uuid]
        before = row["rev"]
        assert (await house.reactions.give(jun, room, said["id"], emoji="👍", on=False))["rev"] == before

    async def test_all_at_once_leave_no_gap_and_lose_none(self, house: House) -> None:
        room, people = await seated(house, *"가나다라마")
        listener = await listen(house, people[0], room)
        said = await say(house, people[0], room, "말")
        gifts = [(who, emoji) for who in people for emoji in ENOUGH[:4]]
        await asyncio.gather(
            *(house.reactions.give(who, room, said["id"], emoji=emoji, on=True) for who, emoji in gifts)
        )
        row = listener.fold.rows[said["seq"]]
        assert sorted(len(one["people"]) for one in row["reactions"]) == [5] * 4
        assert not listener.fold.missing

    async def test_there_are_so_many_kinds_and_no_more(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        said = await say(house, mina, room, "말")
        for emoji in ENOUGH[:KINDS_MAX]:
            await house.reactions.give(mina, room, said["id"], emoji=emoji, on=True)
        with pytest.raises(ConflictError) as refusal:
            await house.reactions.give(jun, room, said["id"], emoji=ENOUGH[KINDS_MAX], on=True)
        assert refusal.value.code == "reactions_many"
        row = await house.reactions.give(jun, room, said["id"], emoji=ENOUGH[0], on=True)
        assert row["reactions"][0]["people"] == [mina.uuid, jun.uuid]

    @pytest.mark.parametrize("raw", ["a", "👍👍", "<img src=x>", ""])
    async def test_words_are_no_emoji(self, house: House, raw: str) -> None:
        room, (mina,) = await seated(house, "미나")
        said = await say(house, mina, room, "말")
        with pytest.raises(InputError):
            await house.reactions.give(mina, room, said["id"], emoji=raw, on=True)

    async def test_a_flood_is_slowed(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        said = await say(house, mina, room, "말")
        house.messages._pace.rate, house.messages._pace.burst = 1.0, 1.5  # of which the message took one
        for emoji in ENOUGH[:2]:
            await house.reactions.give(mina, room, said["id"], emoji=emoji, on=True)
        with pytest.raises(LimitError):
            await house.reactions.give(mina, room, said["id"], emoji=ENOUGH[2], on=True)


class TestPins:
    async def test_the_newest_pin_stands_first(self, house: House, clock: HandClock) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        first, second = await say(house, mina, room, "하나"), await say(house, jun, room, "둘")
        for said in (second, first):
            clock.forward(seconds=1)
            assert (await house.pins.pin(mina, room, said["id"], on=True))["pinned"]
        assert [row["text"] for row in await house.pins.listed(jun, room)] == ["하나", "둘"]
        await house.pins.pin(jun, room, first["id"], on=False)
        assert [row["text"] for row in await house.pins.listed(jun, room)] == ["둘"]

    async def test_a_board_has_an_end(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pins, "PINS_MAX", 1)
        room, (mina,) = await seated(house, "미나")
        first, second = await say(house, mina, room, "하나"), await say(house, mina, room, "둘")
        await house.pins.pin(mina, room, first["id"], on=True)
        with pytest.raises(ConflictError) as refusal:
            await house.pins.pin(mina, room, second["id"], on=True)
        assert refusal.value.code == "pins_many"

    async def test_the_list_is_the_rooms_alone(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        other = await house.rooms.create(mina, name="부엌")
        said = await say(house, mina, room, "하나")
        await house.pins.pin(mina, room, said["id"], on=True)
        assert await house.pins.listed(mina, other.id) == []
        keeper = await house_keeper(house)
        with pytest.raises(ForbiddenError):
            await house.pins.listed(keeper, other.id)


class TestStars:
    async def test_a_star_is_ones_own_and_told_to_ones_own_tabs_alone(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        listener = await listen(house, jun, room)
        said = await say(house, jun, room, "하나")
        await house.stars.star(mina, room, said["id"], on=True)
        assert ([mina.uuid], ["star", said["id"], 1]) in listener.told
        assert listener.fold.rows[said["seq"]] == said
        assert await house.stars.in_room(mina, room) == [said["id"]]
        assert await house.stars.in_room(jun, room) == []
        await house.stars.star(mina, room, said["id"], on=False)
        assert ([mina.uuid], ["star", said["id"], 0]) in listener.told
        assert await house.stars.in_room(mina, room) == []

    async def test_the_list_goes_over_all_rooms_that_are_still_theirs(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        other = await house.rooms.create(jun, name="부엌")
        await house.rooms.sit_down(mina, other.id)
        here, there = await say(house, jun, room, "여기"), await say(house, jun, other.id, "저기")
        await house.stars.star(mina, room, here["id"], on=True)
        await house.stars.star(mina, other.id, there["id"], on=True)
        listed, more = await house.stars.listed(mina)
        assert ([(one.row["text"], one.room_ko) for one in listed], more) == (
            [("저기", "부엌"), ("여기", "거실")],
            False,
        )
        await house.seats.leave(mina, other.id)
        assert [one.row["text"] for one in (await house.stars.listed(mina))[0]] == ["여기"]

    async def test_pages_hold_every_star_once(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(stars, "PAGE", 2)
        room, (mina,) = await seated(house, "미나")
        for n in range(5):
            await house.stars.star(mina, room, (await say(house, mina, room, str(n)))["id"], on=True)
        seen, before, more = list[str](), "", True
        while more:
            page, more = await house.stars.listed(mina, before=before)
            seen, before = [*seen, *(one.row["text"] for one in page)], page[-1].row["id"]
        assert seen == list("43210")

    async def test_there_is_an_end_to_them(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(stars, "STARS_MAX", 1)
        room, (mina,) = await seated(house, "미나")
        first, second = await say(house, mina, room, "하나"), await say(house, mina, room, "둘")
        await house.stars.star(mina, room, first["id"], on=True)
        with pytest.raises(ConflictError):
            await house.stars.star(mina, room, second["id"], on=True)


def test_the_list_of_emoji_is_enough_for_the_tests() -> None:
    assert len({one_emoji(emoji) for emoji in ENOUGH}) == KINDS_MAX + 1
