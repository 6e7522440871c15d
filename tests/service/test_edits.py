"""Saying it better and taking it back: whose right it is, what goes, and that everybody is told the same."""

import asyncio
from uuid import uuid4

import pytest
from sqlmodel import select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.generation import Generation, MessageMetadata
from hearth_reflex.db.message import Mention, Message, Reaction, Star
from hearth_reflex.db.room import Member
from hearth_reflex.domain.feed import Row
from hearth_reflex.domain.roles import Role
from hearth_reflex.errors import ConflictError, ForbiddenError, InputError, LimitError, NotFoundError
from hearth_reflex.services.access import Actor
from tests.engines import ScriptedEngine
from tests.factories import Listener, guest, house_keeper, listen, say, seated


async def kept(house: House, row: Row) -> Message:
    async with house.database.read() as db:
        return (await db.exec(select(Message).where(Message.uuid == row["id"]))).one()


async def make(house: House, actor: Actor, role: Role) -> None:
    async with house.database.write() as db:
        for seat in (await db.exec(select(Member).where(Member.user_id == actor.user_id))).all():
            seat.role = role.value


async def same_as_loaded(house: House, actor: Actor, listener: Listener) -> None:
    """Whoever listened sees what whoever loads now sees."""
    fresh = await house.rooms.enter(actor, listener.room)
    assert [listener.fold.rows[row["seq"]] for row in fresh.rows] == fresh.rows
    assert (listener.fold.rev, listener.fold.missing) == (fresh.rev, False)


class TestEditing:
    async def test_new_words_stand_in_place_of_the_old_and_are_marked(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        listener = await listen(house, jun, room)
        said = await say(house, mina, room, "일곱 시")
        row = await house.edits.edit(mina, room, said["id"], text=" 여덟 시 ")
        assert (row["text"], row["edited"], row["seq"], row["rev"] > said["rev"]) == (
            "여덟 시",
            True,
            said["seq"],
            True,
        )
        assert listener.fold.rows[said["seq"]] == row
        await same_as_loaded(house, jun, listener)

    async def test_the_same_words_again_change_nothing(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        said = await say(house, mina, room, "그대로")
        assert await house.edits.edit(mina, room, said["id"], text="그대로") == said

    async def test_whoever_answered_it_quotes_the_new_words(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        listener = await listen(house, jun, room)
        said = await say(house, mina, room, "일곱 시")
        answer = await house.messages.send(jun, room, text="응", client_msg_id=str(uuid4()), reply_to=said["id"])
        await house.edits.edit(mina, room, said["id"], text="여덟 시")
        assert listener.fold.rows[answer["seq"]]["reply"]["text"] == "여덟 시"
        await same_as_loaded(house, jun, listener)

    async def test_who_is_called_follows_the_words_and_the_ai_is_not_asked_again(
        self, house: House, engine: ScriptedEngine
    ) -> None:
        room, (mina, jun, sora) = await seated(house, "미나", "준", "소라")
        said = await say(house, mina, room, "@준 안녕")
        row = await house.edits.edit(mina, room, said["id"], text="@소라야 @불씨 안녕")
        assert (said["mentions"], row["mentions"], row["mention_names"]) == ([jun.uuid], [sora.uuid], ["소라"])
        assert [row for row in (await house.rooms.enter(mina, room)).rows if row["is_ai"]] == []

    @pytest.mark.parametrize(
        ("text", "code"), [("", "message_empty"), ("x" * 30_000, "message_long"), ("\x07", "message_control")]
    )
    async def test_what_could_not_be_said_cannot_be_put_in_either(self, house: House, text: str, code: str) -> None:
        room, (mina,) = await seated(house, "미나")
        said = await say(house, mina, room, "처음")
        with pytest.raises(InputError) as refusal:
            await house.edits.edit(mina, room, said["id"], text=text)
        assert refusal.value.code == code
        assert (await kept(house, said)).text == "처음"

    async def test_an_edit_costs_as_much_as_a_message(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        said = await say(house, mina, room, "처음")
        house.messages._pace.rate, house.messages._pace.burst = 1.0, 2.0  # one was said already
        await house.edits.edit(mina, room, said["id"], text="하나")
        with pytest.raises(LimitError):
            await house.edits.edit(mina, room, said["id"], text="둘")


class TestDeleting:
    async def test_only_its_place_is_left(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        listener = await listen(house, jun, room)
        said = await say(house, mina, room, "@준 비밀이야")
        await house.reactions.give(jun, room, said["id"], emoji="👍", on=True)
        await house.pins.pin(mina, room, said["id"], on=True)
        await house.stars.star(jun, room, said["id"], on=True)
        answer = await house.messages.send(jun, room, text="뭔데", client_msg_id=str(uuid4()), reply_to=said["id"])
        await house.edits.delete(mina, room, said["id"])
        row = listener.fold.rows[said["seq"]]
        assert (row["deleted"], row["text"], row["reactions"], row["mentions"], row["pinned"]) == (
            True,
            "",
            [],
            [],
            False,
        )
        assert (row["author"], row["edited"]) == (mina.uuid, False)
        quoted = listener.fold.rows[answer["seq"]]["reply"]
        assert (quoted["deleted"], quoted["text"]) == (True, "")
        await same_as_loaded(house, jun, listener)
        async with house.database.read() as db:
            for table in (Reaction, Mention, Star):
                assert (await db.exec(select(table))).all() == []
        assert await house.pins.listed(jun, room) == []
        assert (await house.stars.listed(jun))[0] == []

    async def test_twice_is_once(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        said = await say(house, mina, room, "한 번")
        await house.edits.delete(mina, room, said["id"])
        before = (await house.rooms.enter(mina, room)).rev
        await house.edits.delete(mina, room, said["id"])
        assert (await house.rooms.enter(mina, room)).rev == before

    async def test_nothing_more_can_be_done_with_it(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        said = await say(house, mina, room, "한 번")
        await house.edits.delete(mina, room, said["id"])
        for attempt in (
            house.edits.edit(mina, room, said["id"], text="다시"),
            house.reactions.give(mina, room, said["id"], emoji="👍", on=True),
            house.pins.pin(mina, room, said["id"], on=True),
            house.stars.star(mina, room, said["id"], on=True),
        ):
            with pytest.raises(ConflictError) as refusal:
                await attempt
            assert refusal.value.code == "message_gone"

    async def test_an_answer_that_is_being_written_stops_and_says_nothing_more(
        self, house: House, engine: ScriptedEngine
    ) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        listener = await listen(house, jun, room)
        engine.hold = asyncio.Event()
        await say(house, mina, room, "@불씨 이야기해 줘")
        await listener.until(lambda heard: heard.answers() != [])
        answer = listener.answer()
        await house.edits.delete(mina, room, answer["id"])
        engine.hold.set()
        await house.replies.close()
        assert listener.fold.rows[answer["seq"]]["deleted"]
        assert ((await kept(house, answer)).text, (await kept(house, answer)).status) == ("", "stopped")
        await same_as_loaded(house, jun, listener)
        with pytest.raises(ConflictError):
            await house.replies.go_on(mina, room, answer["id"])
        async with house.database.read() as db:
            assert (await db.exec(select(MessageMetadata))).all() == []
            assert [run.status for run in (await db.exec(select(Generation))).all()] == ["stopped"]

    async def test_prompts_that_held_it_lose_their_text(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina,) = await seated(house, "미나")
        listener = await listen(house, mina, room)
        said = await say(house, mina, room, "비밀번호는 참새야")
        await say(house, mina, room, "@불씨 안녕")
        await listener.until(lambda heard: heard.answers() != [] and heard.answer()["status"] == "complete")
        before = await house.metadata.how_made(mina, room, listener.answer()["id"])
        assert "참새" in before.prompt
        await house.edits.delete(mina, room, said["id"])
        after = await house.metadata.how_made(mina, room, listener.answer()["id"])
        assert "참새" not in after.prompt
        assert after.hindrance == "replay_unknown"


class TestWhoMay:
    """The message is 미나's; the answer below it was asked for by 미나."""

    async def test_others_words_are_left_alone(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        said = await say(house, mina, room, "내 말")
        for attempt, code in (
            (house.edits.edit(jun, room, said["id"], text="네 말"), "edit_other"),
            (house.edits.delete(jun, room, said["id"]), "delete_other"),
        ):
            with pytest.raises(ForbiddenError) as refusal:
                await attempt
            assert refusal.value.code == code
        assert (await kept(house, said)).text == "내 말"

    @pytest.mark.parametrize("role", [Role.MODERATOR, Role.OWNER])
    async def test_who_keeps_order_deletes_and_does_not_edit(self, house: House, role: Role) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        said = await say(house, mina, room, "내 말")
        await make(house, jun, role)
        with pytest.raises(ForbiddenError):
            await house.edits.edit(jun, room, said["id"], text="네 말")
        await house.edits.delete(jun, room, said["id"])
        assert (await kept(house, said)).deleted_at is not None

    async def test_an_answer_is_deleted_by_who_asked_and_edited_by_nobody(
        self, house: House, engine: ScriptedEngine
    ) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        listener = await listen(house, jun, room)
        await say(house, mina, room, "@불씨 안녕")
        await listener.until(lambda heard: heard.answers() != [] and heard.answer()["status"] == "complete")
        answer = listener.answer()
        assert answer["asker"] == mina.uuid
        for who in (mina, jun):
            with pytest.raises(ForbiddenError):
                await house.edits.edit(who, room, answer["id"], text="다른 말")
        with pytest.raises(ForbiddenError):
            await house.edits.delete(jun, room, answer["id"])
        await house.edits.delete(mina, room, answer["id"])
        assert listener.fold.rows[answer["seq"]]["text"] == ""

    async def test_a_line_of_the_house_stays(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        await make(house, mina, Role.OWNER)
        notice = (await house.rooms.enter(mina, room)).rows[0]
        for attempt in (
            house.edits.edit(mina, room, notice["id"], text="x"),
            house.edits.delete(mina, room, notice["id"]),
            house.reactions.give(mina, room, notice["id"], emoji="👍", on=True),
            house.pins.pin(mina, room, notice["id"], on=True),
            house.stars.star(mina, room, notice["id"], on=True),
        ):
            with pytest.raises(InputError) as refusal:
                await attempt
            assert refusal.value.code == "message_house"

    async def test_strangers_and_other_rooms_find_nothing(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        keeper = await house_keeper(house)
        private = await house.rooms.create(keeper, name="비밀", private=True)
        said, secret = await say(house, mina, room, "내 말"), await say(house, keeper, private.id, "비밀")
        stranger = await guest(house, "나그네")
        places = [
            (stranger, room, said["id"], ForbiddenError),  # an open room where they do not sit
            (stranger, private.id, secret["id"], NotFoundError),
            (mina, private.id, secret["id"], NotFoundError),
            (mina, room, secret["id"], NotFoundError),  # of another room
            (mina, room, str(uuid4()), NotFoundError),
            (mina, str(uuid4()), said["id"], NotFoundError),
            (mina, room, "' OR 1=1 --", NotFoundError),
        ]
        for actor, where, message, error in places:
            for attempt in (
                house.edits.edit(actor, where, message, text="x"),
                house.edits.delete(actor, where, message),
                house.reactions.give(actor, where, message, emoji="👍", on=True),
                house.pins.pin(actor, where, message, on=True),
                house.stars.star(actor, where, message, on=True),
                house.messages.send(actor, where, text="x", client_msg_id=str(uuid4()), reply_to=message),
            ):
                with pytest.raises(error):
                    await attempt
        assert (await kept(house, said)).rev == said["rev"]
        assert (await kept(house, secret)).rev == secret["rev"]

    async def test_the_silenced_only_take_back(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        said = await say(house, mina, room, "말")
        async with house.database.write() as db:
            seat = (await db.exec(select(Member).where(Member.user_id == mina.user_id))).one()
            seat.silenced_until = house.clock.now().replace(year=house.clock.now().year + 1)
        for attempt in (
            say(house, mina, room, "또"),
            house.edits.edit(mina, room, said["id"], text="다른 말"),
            house.reactions.give(mina, room, said["id"], emoji="👍", on=True),
        ):
            with pytest.raises(ForbiddenError) as refusal:
                await attempt
            assert refusal.value.code == "silenced"
        await house.edits.delete(mina, room, said["id"])
        assert (await kept(house, said)).deleted_at is not None
