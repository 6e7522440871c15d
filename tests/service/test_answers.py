"""An answer asked for again: each version keeps what it was, one stands for everybody, and nothing of it is lost."""

import asyncio
import random
from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlmodel import col, func, select, update

from hearth_reflex.bootstrap import House
from hearth_reflex.db.generation import Generation, MessageMetadata
from hearth_reflex.db.message import AnswerVersion, Message, Rating
from hearth_reflex.db.persona import Persona, Seat
from hearth_reflex.db.room import Room
from hearth_reflex.db.search import SearchEntry
from hearth_reflex.domain.ai_config import AiConfig
from hearth_reflex.domain.feed import Row
from hearth_reflex.i18n import Locale, words
from hearth_reflex.services.access import Actor
from hearth_reflex.services.answer_versions import VERSIONS_MAX
from tests.engines import ScriptedEngine
from tests.factories import Listener, guest, house_keeper, listen, say, seated
from tests.service.refusals import Circle, circle, outcome, refused

OPEN = ("sending", "streaming")


def ended(listener: Listener) -> bool:
    return bool(listener.answers()) and all(row["status"] not in OPEN for row in listener.answers())


def text_is(text: str) -> Callable[[Listener], bool]:
    return lambda heard: bool(heard.answers()) and heard.answer()["text"] == text


async def asked(house: House, *names: str, text: str = "@ember go") -> tuple[str, list[Actor], Listener]:
    """A room in which the first person has asked and got an answer."""
    room, people = await seated(house, *(names or ("미나",)))
    listener = await listen(house, people[-1], room)
    await say(house, people[0], room, text)
    await listener.until(ended)
    return room, people, listener


async def again(house: House, actor: Actor, listener: Listener, **more: AiConfig) -> Row:
    """Has the newest answer made again and waits for its end."""
    row = await house.answers.regenerate(actor, listener.room, listener.answer()["id"], **more)
    await listener.until(lambda heard: heard.answer()["version"] == row["version"] and ended(heard))
    return listener.answer()


def said_by(actor: Actor, listener: Listener) -> Row:
    """The first that somebody said."""
    rows = [row for row in listener.fold.rows.values() if row["author"] == actor.uuid and row["kind"] == "talk"]
    return min(rows, key=lambda row: row["seq"])


async def idle(house: House) -> None:
    await asyncio.gather(*(answer.task for answer in list(house.replies._answers.values())))


async def same_as_loaded(house: House, actor: Actor, listener: Listener) -> None:
    """Whoever listened sees what whoever loads now sees."""
    fresh = await house.rooms.enter(actor, listener.room)
    assert [listener.fold.rows[row["seq"]] for row in fresh.rows] == fresh.rows
    assert (listener.fold.rev, listener.fold.missing) == (fresh.rev, False)


async def count(house: House, table: type) -> int:
    async with house.database.read() as db:
        return (await db.exec(select(func.count()).select_from(table))).one()


async def indexed(house: House, row: Row) -> str:
    async with house.database.read() as db:
        query = select(SearchEntry.terms).join(Message, col(Message.id) == col(SearchEntry.message_id))
        return (await db.exec(query.where(Message.uuid == row["id"]))).first() or ""


class TestAgain:
    async def test_the_row_stays_and_another_version_stands_in_it(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina,), listener = await asked(house)
        before = listener.answer()
        assert (before["version"], before["versions"], before["text"]) == (1, 1, "Once upon a time.")
        engine.pieces = ("Long ", "ago.")
        after = await again(house, mina, listener)
        assert (after["id"], after["seq"], after["version"], after["versions"]) == (before["id"], before["seq"], 2, 2)
        assert (after["text"], after["status"], after["asker"]) == ("Long ago.", "complete", mina.uuid)
        assert engine.requests[1].turns == engine.requests[0].turns  # the same words, heard anew
        assert not engine.requests[1].continue_last
        versions = await house.answers.versions(mina, room, before["id"])
        assert [(one.number, one.stands, one.text) for one in versions] == [
            (1, False, "Once upon a time."),
            (2, True, "Long ago."),
        ]
        await same_as_loaded(house, mina, listener)

    async def test_the_text_empties_and_grows_from_its_beginning(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina, _), listener = await asked(house, "미나", "준")
        engine.pieces, engine.delay, engine.hold = ("하나 🔥 ", "둘 ", "셋"), 0.01, asyncio.Event()
        shown: list[str] = []
        await house.answers.regenerate(mina, room, listener.answer()["id"])
        assert (listener.answer()["text"], listener.answer()["status"]) == ("", "sending")

        def grows(heard: Listener) -> bool:
            shown.append(heard.answer()["text"])
            return heard.answer()["text"] == "하나 🔥 둘 "

        await listener.until(grows)
        engine.hold.set()
        await listener.until(ended)
        assert all("하나 🔥 둘 셋".startswith(text) for text in shown)
        assert listener.answer()["text"] == "하나 🔥 둘 셋"
        await same_as_loaded(house, mina, listener)

    async def test_who_comes_while_it_grows_sees_it_grow(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina, jun), listener = await asked(house, "미나", "준")
        engine.pieces, engine.hold = ("Long ", "ago."), asyncio.Event()
        await house.answers.regenerate(mina, room, listener.answer()["id"])
        await listener.until(text_is("Long "))
        late = await listen(house, jun, room)
        engine.hold.set()
        await late.until(ended)
        assert late.answer() == listener.answer()
        assert late.answer()["text"] == "Long ago."

    @pytest.mark.postgres
    async def test_of_two_at_once_one_wins(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina,), listener = await asked(house)
        answer, engine.hold = listener.answer()["id"], asyncio.Event()
        told = await asyncio.gather(*(outcome(house.answers.regenerate(mina, room, answer)) for _ in range(4)))
        assert sorted(told) == ["", "answer_open", "answer_open", "answer_open"]
        assert await count(house, AnswerVersion) == 2
        engine.hold.set()
        await listener.until(ended)
        await same_as_loaded(house, mina, listener)

    async def test_what_is_set_for_it_is_used_and_kept(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina,), listener = await asked(house)
        config = AiConfig(temperature=0.1, max_tokens=17, system_prompt="You are a pirate.")
        await again(house, mina, listener, config=config)
        request = engine.requests[1]
        assert (request.sampling.temperature, request.sampling.max_tokens) == (0.1, 17)
        assert request.turns[0].content.startswith("You are a pirate.")
        made = await house.metadata.how_made(mina, room, listener.answer()["id"])
        assert (made.parameters["temperature"], made.parameters["max_tokens"]) == (0.1, 17)

    async def test_the_reason_to_speak_stays(self, house: House) -> None:
        _, (mina,), listener = await asked(house)
        reason = listener.answer()["reason"]
        assert reason
        assert (await again(house, mina, listener))["reason"] == reason

    async def test_no_more_than_so_many(self, house: House) -> None:
        room, (mina,), listener = await asked(house)
        async with house.database.write() as db:
            await db.exec(
                update(Message).where(col(Message.uuid) == listener.answer()["id"]).values(versions=VERSIONS_MAX)
            )
        await refused("versions_many", house.answers.regenerate(mina, room, listener.answer()["id"]))

    async def test_one_that_failed_is_kept_as_it_was(self, house: House, engine: ScriptedEngine) -> None:
        engine.fail_at = 2
        room, (mina,), listener = await asked(house)
        failed = listener.answer()
        assert failed["status"] == "failed"
        engine.fail_at = None
        assert (await again(house, mina, listener))["error"] is None
        row = await house.answers.choose(mina, room, failed["id"], number=1)
        assert (row["status"], row["text"], row["error"]) == ("failed", failed["text"], failed["error"])

    async def test_as_many_as_may_be_on_their_way_at_once(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina,), listener = await asked(house)
        answer, engine.hold = listener.answer()["id"], asyncio.Event()
        for _ in range(house.generations.per_person):
            await say(house, mina, room, "@ember more")
        await refused("answers_many", house.answers.regenerate(mina, room, answer))
        engine.hold.set()
        await idle(house)
        assert (await house.rooms.enter(mina, room)).rows[-4]["versions"] == 1

    async def test_it_costs_as_much_as_a_message(self, house: House) -> None:
        room, (mina,), listener = await asked(house)
        house.messages._pace.rate, house.messages._pace.burst = 1.0, 2.0  # one was said already
        await again(house, mina, listener)
        await refused("message_pace", house.answers.regenerate(mina, room, listener.answer()["id"]))


class TestWhoMay:
    @pytest.fixture
    async def held(self, house: House) -> tuple[Circle, str]:
        """A circle in which a member has asked and got an answer, of two versions."""
        around = await circle(house, private=True)
        listener = await listen(house, around.owner, around.room)
        await say(house, around.member, around.room, "@ember go")
        await listener.until(ended)
        await again(house, around.member, listener)
        return around, listener.answer()["id"]

    async def test_who_asked_and_who_keeps_order(self, house: House, held: tuple[Circle, str]) -> None:
        around, answer = held
        told = {}
        for role, actor in around.people().items():
            told[role] = (
                await outcome(house.answers.choose(actor, around.room, answer, number=1)),
                await outcome(house.answers.regenerate(actor, around.room, answer)),
            )
            await idle(house)
        assert told == {
            "owner": ("", ""),
            "moderator": ("", ""),
            "member": ("", ""),
            "guest": ("answer_other", "answer_other"),
        }

    async def test_whoever_asked_first_stays_the_asker(self, house: House, held: tuple[Circle, str]) -> None:
        around, answer = held
        row = await house.answers.regenerate(around.moderator, around.room, answer)
        assert row["asker"] == around.member.uuid
        await idle(house)
        assert await outcome(house.answers.choose(around.member, around.room, answer, number=1)) == ""
        await house.edits.delete(around.member, around.room, answer)

    async def test_who_had_it_go_on_did_not_ask_for_it(self, house: House, engine: ScriptedEngine) -> None:
        engine.fail_at = 2
        room, (mina, jun), listener = await asked(house, "미나", "준")
        answer, engine.fail_at = listener.answer()["id"], None
        await house.replies.go_on(jun, room, answer)
        await listener.until(lambda heard: heard.answer()["status"] == "complete")
        await refused("delete_other", house.edits.delete(jun, room, answer))
        await refused("answer_other", house.answers.regenerate(jun, room, answer))
        await house.edits.delete(mina, room, answer)

    async def test_a_stranger_learns_nothing(self, house: House, held: tuple[Circle, str]) -> None:
        around, answer = held
        for stranger in (await guest(house, "나그네"), await house_keeper(house)):
            for attempt in (
                house.answers.regenerate(stranger, around.room, answer),
                house.answers.choose(stranger, around.room, answer, number=1),
                house.answers.versions(stranger, around.room, answer),
                house.answers.resend(stranger, around.room, answer, text="x"),
                house.follow_ups.of(stranger, around.room, answer),
                house.ratings.rate(stranger, around.room, answer, value=1),
                house.ratings.in_room(stranger, around.room),
            ):
                await refused("room_unknown", attempt)

    async def test_an_answer_of_another_room_is_not_found(self, house: House, held: tuple[Circle, str]) -> None:
        around, answer = held
        other = (await house.rooms.create(around.owner, name="딴 방", private=True)).id
        await refused("message_unknown", house.answers.regenerate(around.owner, other, answer))
        await refused("message_unknown", house.answers.choose(around.owner, other, answer, number=1))
        await refused("message_unknown", house.answers.versions(around.owner, other, answer))
        await refused("message_unknown", house.ratings.rate(around.owner, other, answer, value=1))
        await refused("message_unknown", house.answers.regenerate(around.owner, around.room, str(uuid4())))
        await refused("room_unknown", house.answers.regenerate(around.owner, "nonsense", answer))

    async def test_everybody_who_sits_there_may_read_them(self, house: House, held: tuple[Circle, str]) -> None:
        around, answer = held
        assert len(await house.answers.versions(around.visitor, around.room, answer)) == 2

    async def test_not_while_one_may_not_speak(self, house: House, held: tuple[Circle, str]) -> None:
        around, answer = held
        await house.order.silence(around.moderator, around.room, around.member.uuid, minutes=5)
        await refused("silenced", house.answers.regenerate(around.member, around.room, answer))
        await refused("silenced", house.answers.choose(around.member, around.room, answer, number=1))
        await house.seats.leave(around.member, around.room)
        await refused("room_unknown", house.answers.regenerate(around.member, around.room, answer))

    async def test_not_where_the_ai_is_off(self, house: House, held: tuple[Circle, str]) -> None:
        around, answer = held
        await house.room_care.describe(around.owner, around.room, ai_enabled=False)
        await refused("ai_off", house.answers.regenerate(around.member, around.room, answer))
        assert await outcome(house.answers.choose(around.member, around.room, answer, number=1)) == ""

    async def test_not_in_an_archived_room(self, house: House, held: tuple[Circle, str]) -> None:
        around, answer = held
        await house.room_care.archive(around.owner, around.room)
        await refused("room_archived", house.answers.regenerate(around.owner, around.room, answer))
        await refused("room_archived", house.answers.choose(around.owner, around.room, answer, number=1))
        assert len(await house.answers.versions(around.visitor, around.room, answer)) == 2

    async def test_not_what_was_deleted(self, house: House, held: tuple[Circle, str]) -> None:
        around, answer = held
        await house.edits.delete(around.member, around.room, answer)
        await refused("message_gone", house.answers.regenerate(around.member, around.room, answer))
        await refused("message_gone", house.answers.choose(around.member, around.room, answer, number=1))
        assert await house.answers.versions(around.member, around.room, answer) == []

    async def test_not_by_a_persona_that_is_gone(self, house: House, held: tuple[Circle, str]) -> None:
        around, answer = held
        async with house.database.write() as db:
            room = (await db.exec(select(Room).where(Room.uuid == around.room))).one()
            persona = (await db.exec(select(Persona))).one()
            seat = (await db.exec(select(Seat).where(Seat.room_id == room.id))).first()
            seat = seat or Seat(room_id=room.id or 0, persona_id=persona.id or 0)
            seat.left_at = house.clock.now()
            db.add(seat)
        await refused("answer_persona_gone", house.answers.regenerate(around.member, around.room, answer))

    async def test_only_answers(self, house: House, held: tuple[Circle, str]) -> None:
        around, _ = held
        rows = (await house.rooms.enter(around.member, around.room)).rows
        said = next(row for row in rows if row["text"] == "@ember go")
        joined = next(row for row in rows if row["is_ai"] and row["kind"] == "notice")
        for row in (said, joined):
            await refused("not_an_answer", house.answers.regenerate(around.owner, around.room, row["id"]))
            await refused("not_an_answer", house.answers.versions(around.owner, around.room, row["id"]))
        await refused("not_an_answer", house.answers.choose(around.owner, around.room, said["id"], number=1))
        await refused("message_house", house.answers.choose(around.owner, around.room, joined["id"], number=1))


class TestChoosing:
    async def test_everybody_sees_the_one_that_was_chosen(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina, jun), listener = await asked(house, "미나", "준")
        engine.pieces = ("Long ", "ago.")
        answer = (await again(house, mina, listener))["id"]
        row = await house.answers.choose(mina, room, answer, number=1)
        assert (row["text"], row["version"], row["versions"]) == ("Once upon a time.", 1, 2)
        assert listener.answer() == row
        await same_as_loaded(house, jun, listener)
        assert await house.answers.choose(mina, room, answer, number=1) == row  # twice is once
        row = await house.answers.choose(mina, room, answer, number=2)
        assert (row["text"], row["version"]) == ("Long ago.", 2)
        await same_as_loaded(house, jun, listener)

    async def test_it_costs_as_much_as_a_message(self, house: House) -> None:
        room, (mina,), listener = await asked(house)
        answer = (await again(house, mina, listener))["id"]
        house.messages._pace.rate, house.messages._pace.burst = 0.001, 3.0  # two of them are spent
        await house.answers.choose(mina, room, answer, number=1)
        await house.answers.choose(mina, room, answer, number=1)
        await refused("message_pace", house.answers.choose(mina, room, answer, number=2))

    @pytest.mark.parametrize("number", [0, 3, -1, 2**31 - 1])
    async def test_one_that_is_not_there(self, house: House, number: int) -> None:
        room, (mina,), listener = await asked(house)
        await again(house, mina, listener)
        await refused("version_unknown", house.answers.choose(mina, room, listener.answer()["id"], number=number))

    async def test_not_while_one_grows(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina,), listener = await asked(house)
        engine.hold = asyncio.Event()
        await house.answers.regenerate(mina, room, listener.answer()["id"])
        await refused("answer_open", house.answers.choose(mina, room, listener.answer()["id"], number=1))
        engine.hold.set()
        await listener.until(ended)

    async def test_a_third_after_an_old_one_was_chosen_is_the_third(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina,), listener = await asked(house)
        answer = listener.answer()["id"]
        engine.pieces = ("two",)
        await again(house, mina, listener)
        await house.answers.choose(mina, room, answer, number=1)
        engine.pieces = ("three",)
        await again(house, mina, listener)
        versions = await house.answers.versions(mina, room, answer)
        assert [(one.number, one.text, one.stands) for one in versions] == [
            (1, "Once upon a time.", False),
            (2, "two", False),
            (3, "three", True),
        ]

    async def test_how_each_was_made_stays_right(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina,), listener = await asked(house)
        answer = listener.answer()["id"]
        engine.pieces = ("a", "b", "c", "d", "e")
        await again(house, mina, listener, config=AiConfig(temperature=0.3))
        for number, tokens in ((1, 4), (2, 5)):
            row = await house.answers.choose(mina, room, answer, number=number)
            made = await house.metadata.how_made(mina, room, answer)
            assert (row["figures"]["output_tokens"], made.output_tokens) == (tokens, tokens)
            assert (made.parameters["temperature"] == 0.3) is (number == 2)

    async def test_the_search_finds_what_stands_alone(self, house: House, engine: ScriptedEngine) -> None:
        engine.pieces = ("dragon",)
        room, (mina,), listener = await asked(house)
        answer = listener.answer()
        engine.pieces, engine.hold = ("uni", "corn"), asyncio.Event()
        await house.answers.regenerate(mina, room, answer["id"])
        assert await indexed(house, answer) == ""  # it says nothing yet
        engine.hold.set()
        await listener.until(ended)
        assert await indexed(house, answer) == "unicorn"
        await house.answers.choose(mina, room, answer["id"], number=1)
        assert await indexed(house, answer) == "dragon"

    async def test_who_answered_it_quotes_what_stands(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina, jun), listener = await asked(house, "미나", "준")
        answer = listener.answer()
        reply = await house.messages.send(jun, room, text="응", client_msg_id=str(uuid4()), reply_to=answer["id"])
        engine.pieces = ("Long ago.",)
        await again(house, mina, listener)
        assert listener.fold.rows[reply["seq"]]["reply"]["text"] == "Long ago."
        await house.answers.choose(mina, room, answer["id"], number=1)
        assert listener.fold.rows[reply["seq"]]["reply"]["text"] == "Once upon a time."
        await same_as_loaded(house, jun, listener)


class TestGoingOn:
    async def test_it_goes_on_with_the_version_that_stands(self, house: House, engine: ScriptedEngine) -> None:
        engine.fail_at = 2
        room, (mina,), listener = await asked(house)
        answer = listener.answer()["id"]
        engine.fail_at, engine.pieces = None, ("two",)
        await again(house, mina, listener)
        await house.answers.choose(mina, room, answer, number=1)
        engine.pieces = ("the ", "end.")
        await house.replies.go_on(mina, room, answer)
        await listener.until(ended)
        assert (listener.answer()["text"], listener.answer()["version"]) == ("Once upon the end.", 1)
        assert (await house.metadata.how_made(mina, room, answer)).continued
        assert engine.requests[-1].turns[-1].content == "Once upon "
        row = await house.answers.choose(mina, room, answer, number=2)
        assert (row["text"], row["figures"]["output_tokens"]) == ("two", 1)
        await same_as_loaded(house, mina, listener)

    async def test_the_house_shuts_while_a_version_grows(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina,), listener = await asked(house)
        answer = listener.answer()["id"]
        engine.pieces, engine.hold = ("Long ", "never"), asyncio.Event()
        await house.answers.regenerate(mina, room, answer)
        await listener.until(text_is("Long "))
        await house.replies.close()
        assert (listener.answer()["status"], listener.answer()["text"]) == ("interrupted", "Long ")
        await same_as_loaded(house, mina, listener)
        engine.pieces, engine.hold = ("ago.",), None
        await house.replies.go_on(mina, room, answer)
        await listener.until(ended)
        assert listener.answer()["text"] == "Long ago."
        texts = [one.text for one in await house.answers.versions(mina, room, answer)]
        assert texts == ["Once upon a time.", "Long ago."]


class TestWhatGoesMeanwhile:
    async def test_deleting_takes_all_versions_and_their_prompts(self, house: House) -> None:
        room, (mina,), listener = await asked(house)
        answer = listener.answer()["id"]
        await again(house, mina, listener)
        await house.ratings.rate(mina, room, answer, value=1)
        await house.edits.delete(mina, room, answer)
        for table in (AnswerVersion, MessageMetadata, Rating, SearchEntry):
            left = await count(house, table)
            assert left == (1 if table is SearchEntry else 0), table  # the question is still there
        row = listener.answer()
        assert (row["deleted"], row["text"], row["version"], row["versions"]) == (True, "", 1, 1)
        await same_as_loaded(house, mina, listener)

    async def test_it_is_deleted_while_a_version_grows(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina,), listener = await asked(house)
        engine.pieces, engine.hold = ("secret ", "never"), asyncio.Event()
        await house.answers.regenerate(mina, room, listener.answer()["id"])
        await listener.until(text_is("secret "))
        await house.edits.delete(mina, room, listener.answer()["id"])
        await idle(house)
        assert (listener.answer()["deleted"], listener.answer()["text"]) == (True, "")
        assert (await count(house, AnswerVersion), await count(house, MessageMetadata)) == (0, 0)
        await same_as_loaded(house, mina, listener)

    async def test_who_asked_leaves_in_mid_answer(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina, jun), listener = await asked(house, "미나", "준")
        engine.pieces, engine.hold = ("Long ", "ago."), asyncio.Event()
        await house.answers.regenerate(mina, room, listener.answer()["id"])
        await listener.until(text_is("Long "))
        await house.seats.leave(mina, room)
        engine.hold.set()
        await listener.until(ended)
        assert (listener.answer()["status"], listener.answer()["text"]) == ("complete", "Long ago.")
        await same_as_loaded(house, jun, listener)

    async def test_the_persona_goes_in_mid_answer(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina,), listener = await asked(house)
        engine.pieces, engine.hold = ("Long ", "ago."), asyncio.Event()
        await house.answers.regenerate(mina, room, listener.answer()["id"])
        await listener.until(text_is("Long "))
        async with house.database.write() as db:
            await db.exec(update(Persona).values(deleted_at=house.clock.now()))
        engine.hold.set()
        await listener.until(ended)
        assert listener.answer()["text"] == "Long ago."
        await same_as_loaded(house, mina, listener)


class TestAskedBetter:
    async def test_the_words_change_and_the_answer_is_made_again(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina, jun), listener = await asked(house, "미나", "준", text="@ember tell me of dragons")
        question = said_by(mina, listener)
        await say(house, jun, room, "나도 들을래")
        engine.pieces = ("Unicorns!",)
        row = await house.answers.resend(mina, room, question["id"], text="@ember tell me of unicorns")
        await listener.until(lambda heard: heard.answer()["text"] == "Unicorns!" and ended(heard))
        assert (row["text"], row["edited"], row["seq"]) == ("@ember tell me of unicorns", True, question["seq"])
        assert len(listener.answers()) == 1
        assert "unicorns" in engine.requests[1].turns[-1].content
        assert "dragons" not in engine.requests[1].turns[-1].content
        await same_as_loaded(house, jun, listener)

    async def test_the_same_words_are_answered_again_too(self, house: House) -> None:
        room, (mina,), listener = await asked(house)
        question = said_by(mina, listener)
        row = await house.answers.resend(mina, room, question["id"], text=question["text"])
        await listener.until(lambda heard: heard.answer()["versions"] == 2 and ended(heard))
        assert not row["edited"]

    async def test_only_what_followed_and_was_asked_by_oneself(self, house: House) -> None:
        room, (mina, jun), listener = await asked(house, "미나", "준")
        first = said_by(mina, listener)
        for person in (jun, mina):
            await say(house, person, room, "@ember and then?")
            await listener.until(ended)
        await house.answers.resend(mina, room, first["id"], text="@ember go on")
        await listener.until(lambda heard: heard.answers()[0]["versions"] == 2 and ended(heard))
        assert [answer["versions"] for answer in listener.answers()] == [2, 1, 1]

    async def test_where_nobody_answered_whoever_is_called_now_does(self, house: House) -> None:
        room, (mina, _) = await seated(house, "미나", "준")
        listener = await listen(house, mina, room)
        said = await say(house, mina, room, "@준 내일 봐")
        await house.answers.resend(mina, room, said["id"], text="@ember hello")
        await listener.until(ended)
        assert len(listener.answers()) == 1

    async def test_the_same_words_again_cost_as_much_as_a_message(self, house: House) -> None:
        room, (mina, _) = await seated(house, "미나", "준")
        said = await say(house, mina, room, "@준 내일 봐")
        house.messages._pace.rate, house.messages._pace.burst = 0.001, 2.0  # one of them is spent
        await house.answers.resend(mina, room, said["id"], text=said["text"])
        await refused("message_pace", house.answers.resend(mina, room, said["id"], text=said["text"]))

    async def test_nothing_changes_where_the_answer_cannot_be_asked_for(
        self, house: House, engine: ScriptedEngine
    ) -> None:
        room, (mina, jun), listener = await asked(house, "미나", "준")
        question = said_by(mina, listener)
        await refused("edit_other", house.answers.resend(jun, room, question["id"], text="@ember hm"))
        await refused("edit_other", house.answers.resend(mina, room, listener.answer()["id"], text="hm"))
        await refused("message_empty", house.answers.resend(mina, room, question["id"], text=" "))
        engine.hold = asyncio.Event()
        await house.answers.regenerate(mina, room, listener.answer()["id"])
        await refused("answer_open", house.answers.resend(mina, room, question["id"], text="@ember hm"))
        engine.hold.set()
        await listener.until(ended)
        assert listener.fold.rows[question["seq"]]["text"] == question["text"]
        assert listener.answer()["versions"] == 2
        await house.edits.delete(mina, room, question["id"])
        await refused("message_gone", house.answers.resend(mina, room, question["id"], text="@ember hm"))


class TestOpinions:
    async def test_only_oneself_learns_of_it(self, house: House) -> None:
        room, (mina, jun), listener = await asked(house, "미나", "준")
        answer = listener.answer()
        await house.ratings.rate(mina, room, answer["id"], value=1)
        assert listener.told == [([mina.uuid], ["rating", answer["id"], 1, 1])]
        assert await house.ratings.in_room(mina, room) == [(answer["id"], 1, 1)]
        assert await house.ratings.in_room(jun, room) == []
        assert listener.answer() == answer
        await same_as_loaded(house, jun, listener)

    async def test_it_is_of_a_version_and_changes_its_mind(self, house: House) -> None:
        room, (mina,), listener = await asked(house)
        answer = listener.answer()
        await house.ratings.rate(mina, room, answer["id"], value=-1)
        await again(house, mina, listener)
        await house.ratings.rate(mina, room, answer["id"], value=1)
        assert sorted(await house.ratings.in_room(mina, room)) == [(answer["id"], 1, -1), (answer["id"], 2, 1)]
        await house.ratings.rate(mina, room, answer["id"], value=1, version=1)
        await house.ratings.rate(mina, room, answer["id"], value=0)
        assert await house.ratings.in_room(mina, room) == [(answer["id"], 1, 1)]
        assert await house.ratings.in_room(mina, room, since=answer["seq"] + 1) == []

    async def test_what_is_no_opinion(self, house: House) -> None:
        room, (mina,), listener = await asked(house)
        answer = listener.answer()["id"]
        said = next(row for row in listener.fold.rows.values() if not row["is_ai"] and row["kind"] == "talk")
        for value in (2, -2, 10**6):
            await refused("rating_value", house.ratings.rate(mina, room, answer, value=value))
        for version in (2, -1):
            await refused("version_unknown", house.ratings.rate(mina, room, answer, value=1, version=version))
        await refused("not_an_answer", house.ratings.rate(mina, room, said["id"], value=1))


class TestWhatToAskNext:
    async def test_questions_come_from_the_answer(self, house: House, engine: ScriptedEngine) -> None:
        engine.pieces = ("The borrow checker ", "verifies ownership at compile time.")
        room, (_, jun), listener = await asked(house, "미나", "준")
        found = await house.follow_ups.of(jun, room, listener.answer()["id"])
        assert 2 <= len(found) <= 3
        assert any("ownership" in one for one in found)

    @pytest.mark.parametrize("locale", ["ko", "en"])
    async def test_no_question_is_about_what_the_house_says_of_its_quotations(
        self, house: House, engine: ScriptedEngine, locale: Locale
    ) -> None:
        engine.pieces = (
            words("citing.extract")[locale],
            "\n\n- 스키 대여는 하루에 35,000원이고 장갑을 따로 빌립니다. [1]",
        )
        room, (mina,), listener = await asked(house)
        found = await house.follow_ups.of(mina, room, listener.answer()["id"])
        assert any("장갑" in one for one in found)
        assert not any("문장" in one or "quotation" in one for one in found)

    async def test_none_behind_a_search_that_found_nothing(self, house: House, engine: ScriptedEngine) -> None:
        engine.pieces = (words("citing.nothing")["ko"],)
        room, (mina,), listener = await asked(house)
        assert await house.follow_ups.of(mina, room, listener.answer()["id"]) == []

    async def test_none_behind_what_did_not_end_well(self, house: House, engine: ScriptedEngine) -> None:
        engine.fail_at = 2
        room, (mina,), listener = await asked(house)
        assert await house.follow_ups.of(mina, room, listener.answer()["id"]) == []


ACTS = ("say", "again", "again", "choose", "choose", "stop", "go_on", "edit", "resend", "delete", "together")


@pytest.mark.parametrize("seed", range(6))
async def test_after_any_history_all_see_what_is_kept(house: House, engine: ScriptedEngine, seed: int) -> None:
    """Random acts, some while an answer grows: the view that was heard is the one that is loaded, and each version is
    kept once."""
    dice = random.Random(seed)
    _, (mina, jun), listener = await asked(house, "미나", "준")
    for _ in range(12):
        engine.pieces = tuple(f"{dice.choice('가나다🔥')}{dice.randrange(100)} " for _ in range(dice.randrange(1, 6)))
        engine.fail_at = dice.choice([None, None, None, len(engine.pieces) - 1])
        engine.hold = asyncio.Event()
        held = [_act(house, dice, act, mina, listener) for act in _some(dice)]
        await asyncio.gather(*(outcome(one) for one in held))
        engine.hold.set()
        await idle(house)
        await same_as_loaded(house, jun, listener)
    await _kept_once(house)


def _some(dice: random.Random) -> list[str]:
    act = dice.choice(ACTS)
    return [dice.choice(ACTS[:-1]) for _ in range(3)] if act == "together" else [act]


async def _act(house: House, dice: random.Random, act: str, actor: Actor, listener: Listener) -> None:
    room = listener.room
    rows = listener.fold.rows.values()
    own = dice.choice([row for row in rows if row["author"] == actor.uuid and row["kind"] == "talk"])
    answer = dice.choice(listener.answers() or [own])
    match act:
        case "say":
            await say(house, actor, room, f"@ember {dice.randrange(100)}")
        case "again":
            await house.answers.regenerate(actor, room, answer["id"])
        case "choose":
            await house.answers.choose(actor, room, answer["id"], number=dice.randrange(1, answer["versions"] + 1))
        case "stop":
            await house.replies.stop(actor, room, answer["id"])
        case "go_on":
            await house.replies.go_on(actor, room, answer["id"])
        case "edit":
            await house.edits.edit(actor, room, own["id"], text=f"@ember {dice.randrange(100)}")
        case "resend":
            await house.answers.resend(actor, room, own["id"], text=f"@ember {dice.randrange(100)}")
        case _:
            await house.edits.delete(actor, room, answer["id"])


async def _kept_once(house: House) -> None:
    """Each answer has its versions from 1 on, each with a run of its own; one that was made once has none."""
    async with house.database.read() as db:
        answers = (await db.exec(select(Message).where(col(Message.author_persona_id).is_not(None)))).all()
        versions = (await db.exec(select(AnswerVersion).order_by(col(AnswerVersion.number)))).all()
        runs = {run.id: run for run in (await db.exec(select(Generation))).all()}
    for answer in answers:
        kept = [one for one in versions if one.message_id == answer.id]
        assert [one.number for one in kept] == (list(range(1, answer.versions + 1)) if answer.versions > 1 else [])
        assert len({one.generation_id for one in kept}) == len(kept)
        assert all(runs[one.generation_id].message_id == answer.id for one in kept)
        assert all(one.text == "" for one in kept if one.number == answer.version)
