"""Personas in rooms: who may bring one, what the room hears of it, and what each of them answers."""

import asyncio
from dataclasses import asdict
from typing import Any

import pytest
from sqlmodel import select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.persona import Persona, Seat
from hearth_reflex.errors import ConflictError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.ai_seating import MOST_SEATS
from hearth_reflex.services.search import Asked
from tests.engines import ScriptedEngine
from tests.factories import account, guest, house_keeper, listen, living_room, say, seated
from tests.service.refusals import circle, notices, outcome, refused


async def persona(house: House, owner: Actor, name: str, **words: Any) -> str:
    return (await house.personas.create(owner, name_ko=name, **words)).id


async def ember(house: House) -> str:
    return (await house.personas.ensure_default()).uuid


async def talk(house: House, actor: Actor, room: str) -> list[str]:
    """What AIs said there."""
    rows = (await house.rooms.enter(actor, room)).rows
    return [f"{row['name']}: {row['text']}" for row in rows if row["is_ai"] and row["kind"] == "talk"]


async def names(house: House, actor: Actor, room: str) -> list[str]:
    return [seat.name_ko for seat in await house.ai_seats.seated(actor, room)]


async def heard_from(house: House) -> int:
    """The first message that the deafest persona of the house hears."""
    async with house.database.read() as db:
        return max((await db.exec(select(Seat.since_seq))).all())


class TestSittingDown:
    async def test_ember_stays_when_another_one_comes(self, house: House) -> None:
        them = await circle(house)
        assert await names(house, them.member, them.room) == ["불씨"]
        seat = await house.ai_seats.seat(them.owner, them.room, await persona(house, them.owner, "루나"))
        assert (seat.hears_all, seat.own) == (True, True)
        assert await names(house, them.member, them.room) == ["불씨", "루나"]

    async def test_the_room_hears_of_it_once_and_it_greets(self, house: House) -> None:
        them = await circle(house)
        luna = await persona(house, them.owner, "루나", greeting="어서 와.")
        listener = await listen(house, them.member, them.room)
        for _ in range(2):
            await house.ai_seats.seat(them.owner, them.room, luna)
        assert (await notices(house, them.member, them.room))[-1:] == ["루나 (AI) sat down by the fire"]
        assert await talk(house, them.member, them.room) == ["루나: 어서 와."]
        assert ["room"] in listener.signals
        assert [row["text"] for row in listener.answers()] == ["어서 와."]

    async def test_the_greeting_is_found(self, house: House) -> None:
        them = await circle(house)
        luna = await persona(house, them.owner, "루나", greeting="등대에 어서 와.")
        await house.ai_seats.seat(them.owner, them.room, luna)
        found = await house.search.find(them.member, Asked("등대"))
        assert [hit.room.id for hit in found.messages] == [them.room]

    async def test_who_called_ember_before_does_not_hear_of_it_again(
        self, house: House, engine: ScriptedEngine
    ) -> None:
        them = await circle(house)
        listener = await listen(house, them.owner, them.room)
        await say(house, them.owner, them.room, "@불씨 안녕")
        await listener.until(lambda heard: any(row["status"] == "complete" for row in heard.answers()))
        before = await notices(house, them.owner, them.room)
        await house.ai_seats.seat(them.owner, them.room, await ember(house))
        assert await notices(house, them.owner, them.room) == before

    async def test_each_wears_a_colour_of_its_own(self, house: House) -> None:
        them = await circle(house)
        for number in range(MOST_SEATS - 1):
            await house.ai_seats.seat(them.owner, them.room, await persona(house, them.owner, f"별{number}"))
        looks = [seat.look for seat in await house.ai_seats.seated(them.owner, them.room)]
        assert sorted(looks) == list(range(MOST_SEATS))
        late = await persona(house, them.owner, "늦은이")
        await refused("ai_seats_many", house.ai_seats.seat(them.owner, them.room, late))
        await house.ai_seats.unseat(them.owner, them.room, await ember(house))
        assert (await house.ai_seats.seat(them.owner, them.room, late)).look == looks[0]

    @pytest.mark.postgres
    async def test_two_last_seats_in_the_same_moment(self, house: House) -> None:
        them = await circle(house)
        for number in range(MOST_SEATS - 2):
            await house.ai_seats.seat(them.owner, them.room, await persona(house, them.owner, f"별{number}"))
        late = [await persona(house, them.owner, name) for name in ("하나", "둘", "셋")]
        tries = [house.ai_seats.seat(them.owner, them.room, one) for one in late]
        ends = await asyncio.gather(*tries, return_exceptions=True)
        assert len([end for end in ends if isinstance(end, ConflictError)]) == 2
        assert len(await house.ai_seats.seated(them.owner, them.room)) == MOST_SEATS

    async def test_it_hears_only_from_now_on(self, house: House, engine: ScriptedEngine) -> None:
        them = await circle(house)
        await say(house, them.member, them.room, "비밀은 참나무 밑")
        luna = await persona(house, them.owner, "루나")
        seat = await house.ai_seats.seat(them.owner, them.room, luna, False)
        assert not seat.hears_all
        listener = await listen(house, them.owner, them.room)
        await say(house, them.owner, them.room, "@루나 어디야?")
        await listener.until(lambda heard: any(row["status"] == "complete" for row in heard.answers()))
        heard = "\n".join(turn.content for turn in engine.requests[-1].turns)
        assert "어디야" in heard
        assert "참나무" not in heard
        assert (await house.ai_seats.seat(them.owner, them.room, luna, True)).hears_all

    async def test_asking_again_makes_it_forget_nothing_more(self, house: House) -> None:
        them = await circle(house)
        luna = await persona(house, them.owner, "루나")
        await house.ai_seats.seat(them.owner, them.room, luna, False)
        await say(house, them.owner, them.room, "안녕")
        before = await heard_from(house)
        await house.ai_seats.seat(them.owner, them.room, luna, False)
        assert await heard_from(house) == before > 0


class TestGettingUp:
    async def test_a_room_without_ais_stays_without(self, house: House, engine: ScriptedEngine) -> None:
        them = await circle(house)
        await house.ai_seats.unseat(them.moderator, them.room, await ember(house))
        assert await names(house, them.member, them.room) == []
        await say(house, them.member, them.room, "@불씨 있어?")
        assert engine.requests == []
        assert (await notices(house, them.member, them.room))[-1] == "Ember (AI) got up from the fire"
        await refused("persona_unknown", house.ai_seats.unseat(them.owner, them.room, await ember(house)))
        async with house.database.read() as db:
            assert len((await db.exec(select(Seat))).all()) == 1

    async def test_it_comes_back_to_its_seat_without_a_second_greeting(self, house: House) -> None:
        them = await circle(house)
        luna = await persona(house, them.owner, "루나", greeting="어서 와.")
        first = await house.ai_seats.seat(them.owner, them.room, luna)
        await house.ai_seats.unseat(them.owner, them.room, luna)
        assert await house.ai_seats.seat(them.owner, them.room, luna) == first
        assert await talk(house, them.member, them.room) == ["루나: 어서 와."]
        assert (await notices(house, them.member, them.room))[-3:] == [
            "루나 (AI) sat down by the fire",
            "루나 (AI) got up from the fire",
            "루나 (AI) sat down by the fire",
        ]

    async def test_its_answer_on_the_way_ends_with_its_text(self, house: House, engine: ScriptedEngine) -> None:
        engine.hold = asyncio.Event()
        them = await circle(house)
        listener = await listen(house, them.owner, them.room)
        await say(house, them.member, them.room, "@불씨 이야기해 줘")
        await listener.until(lambda heard: any(row["text"] == "Once upon a " for row in heard.answers()))
        await house.ai_seats.unseat(them.owner, them.room, await ember(house))
        await listener.until(lambda heard: heard.answer()["status"] == "stopped")
        assert listener.answer()["text"] == "Once upon a "


class TestAnswers:
    async def test_each_that_is_called_answers_by_itself(self, house: House, engine: ScriptedEngine) -> None:
        them = await circle(house)
        luna = await persona(house, them.owner, "루나", instructions="Keep the light.")
        await house.ai_seats.seat(them.owner, them.room, luna)
        listener = await listen(house, them.member, them.room)
        await say(house, them.member, them.room, "@루나 @불씨 안녕")
        await listener.until(lambda heard: [row["status"] for row in heard.answers()] == ["complete"] * 2)
        assert {row["name"] for row in listener.answers()} == {"루나", "불씨"}
        told = sorted(request.turns[0].content for request in engine.requests)
        assert [("Keep the light." in one, "Ember" in one) for one in told] == [(True, False), (False, True)]

    async def test_its_own_settings_count(self, house: House, engine: ScriptedEngine) -> None:
        them = await circle(house)
        made = await house.personas.create(them.owner, name_ko="루나", config={"temperature": 0.1, "max_tokens": 9})
        await house.ai_seats.seat(them.owner, them.room, made.id)
        listener = await listen(house, them.member, them.room)
        await say(house, them.member, them.room, "@루나 안녕")
        await listener.until(lambda heard: any(row["status"] == "complete" for row in heard.answers()))
        sampling = engine.requests[-1].sampling
        assert (sampling.temperature, sampling.max_tokens) == (0.1, 9)


async def everything(house: House) -> list[str]:
    async with house.database.read() as db:
        return sorted(repr(row.model_dump()) for row in (await db.exec(select(Seat))).all())


class TestWhoMay:
    @pytest.mark.parametrize("private", [True, False])
    async def test_only_those_who_keep_order(self, house: House, private: bool) -> None:
        them = await circle(house, private=private)
        stranger, keeper = await guest(house, "남"), await house_keeper(house)
        there = await ember(house)
        unseen = "room_unknown" if private else "not_member"
        for who, code in {stranger: unseen, keeper: unseen, them.member: "role", them.visitor: "role"}.items():
            assert await outcome(house.ai_seats.seat(who, them.room, there)) == code
            assert await outcome(house.ai_seats.unseat(who, them.room, there)) == code
        for who in (stranger, keeper):
            assert await outcome(house.ai_seats.seated(who, them.room)) == unseen
        assert await everything(house) == []
        for who in (them.owner, them.moderator):
            assert await outcome(house.ai_seats.seat(who, them.room, there)) == ""

    async def test_who_keeps_the_house_may_where_they_sit(self, house: House) -> None:
        them = await circle(house)
        keeper = await house_keeper(house)
        await house.rooms.sit_down(keeper, them.room)
        assert (await house.ai_seats.seat(keeper, them.room, await ember(house))).look == 0

    async def test_a_persona_of_somebody_else_is_not_there(self, house: House) -> None:
        them = await circle(house)
        other = await account(house, "준", login="jun")
        luna = await persona(house, other, "루나", instructions="secret")
        for uuid in (luna, "no-uuid", them.room):
            assert await outcome(house.ai_seats.seat(them.owner, them.room, uuid)) == "persona_unknown"
            assert await outcome(house.ai_seats.unseat(them.owner, them.room, uuid)) == "persona_unknown"
        assert await everything(house) == []

    async def test_its_owner_takes_it_away_whatever_their_role(self, house: House) -> None:
        them = await circle(house)
        other = await account(house, "준", login="jun")
        await house.rooms.sit_down(other, them.room)
        await house.seats.give_role(them.owner, them.room, other.uuid, "moderator")
        luna = await persona(house, other, "루나")
        await house.ai_seats.seat(other, them.room, luna)
        await house.seats.give_role(them.owner, them.room, other.uuid, "member")
        await house.ai_seats.unseat(other, them.room, luna)
        assert await names(house, other, them.room) == ["불씨"]
        await refused("role", house.ai_seats.seat(other, them.room, luna))

    async def test_in_a_direct_room_either_may(self, house: House) -> None:
        _, (one, other) = await seated(house, "미나", "준")
        room = (await house.directs.open(one, other.uuid)).id
        for person in (one, other):
            assert (await house.ai_seats.seat(person, room, await ember(house))).name_en == "Ember"

    async def test_not_where_no_ai_answers_nor_in_an_archive(self, house: House) -> None:
        them = await circle(house)
        await house.room_care.describe(them.owner, them.room, ai_enabled=False)
        await refused("ai_off", house.ai_seats.seat(them.owner, them.room, await ember(house)))
        await house.room_care.archive(them.owner, them.room)
        await refused("room_archived", house.ai_seats.seat(them.owner, them.room, await ember(house)))
        await refused("room_archived", house.ai_seats.unseat(them.owner, them.room, await ember(house)))

    async def test_who_is_silenced_sends_nobody_to_speak(self, house: House) -> None:
        them = await circle(house)
        await house.order.silence(them.owner, them.room, them.moderator.uuid, minutes=5)
        await refused("silenced", house.ai_seats.seat(them.moderator, them.room, await ember(house)))


class TestWhatOthersSee:
    async def test_names_about_and_picture_and_nothing_else(self, house: House, engine: ScriptedEngine) -> None:
        them = await circle(house, private=True)
        made = await house.personas.create(
            them.owner, name_ko="루나", about="등대지기", instructions="SECRET", greeting="어서 와", voice="반말"
        )
        await refused("persona_unknown", house.personas.look(them.member, made.id))
        await house.ai_seats.seat(them.owner, them.room, made.id)
        seen = await house.personas.look(them.member, made.id)
        assert (seen.name_ko, seen.about, seen.own) == ("루나", "등대지기", False)
        assert (seen.instructions, seen.greeting, seen.voice, seen.config) == ("", "", "", {})
        assert "SECRET" not in repr([asdict(seat) for seat in await house.ai_seats.seated(them.member, them.room)])
        await refused("persona_unknown", house.personas.look(await guest(house, "남"), made.id))
        await refused("persona_unknown", house.cards.card(them.member, made.id, as_png=False))
        await refused("persona_unknown", house.personas.change(them.member, made.id, about="x"))

    async def test_how_an_answer_was_made_keeps_what_it_was_told(self, house: House, engine: ScriptedEngine) -> None:
        them = await circle(house)
        luna = await persona(house, them.owner, "루나", instructions="SECRET")
        await house.ai_seats.seat(them.owner, them.room, luna)
        listener = await listen(house, them.member, them.room)
        await say(house, them.member, them.room, "@루나 안녕")
        await listener.until(lambda heard: any(row["status"] == "complete" for row in heard.answers()))
        answer = listener.answer()["id"]
        assert "SECRET" in (await house.metadata.how_made(them.owner, them.room, answer)).prompt
        shown = await house.metadata.how_made(them.member, them.room, answer)
        assert "SECRET" not in repr(asdict(shown))
        assert "안녕" in shown.prompt
        assert not shown.exact

    async def test_the_houses_own_is_no_secret(self, house: House, engine: ScriptedEngine) -> None:
        them = await circle(house)
        listener = await listen(house, them.member, them.room)
        await say(house, them.member, them.room, "@불씨 안녕")
        await listener.until(lambda heard: any(row["status"] == "complete" for row in heard.answers()))
        shown = await house.metadata.how_made(them.member, them.room, listener.answer()["id"])
        assert "You are Ember" in shown.prompt


async def test_a_house_without_a_persona_makes_one_when_it_is_asked(house: House) -> None:
    async with house.database.write() as db:
        for row in (await db.exec(select(Persona))).all():
            await db.delete(row)
    _, (mina,) = await seated(house, "미나")
    assert await names(house, mina, await living_room(house, mina)) == ["불씨"]
