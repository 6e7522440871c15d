"""Talks with an AI beside a room's own: begun, answered there alone, called after what is asked, ended, resumed."""

import asyncio

import pytest
from sqlmodel import col, select, update

from hearth_reflex.bootstrap import House
from hearth_reflex.db.generation import Generation
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Member, Room
from hearth_reflex.db.session import AiSession, SessionConfig
from hearth_reflex.domain.ai_config import SYSTEM_PROMPT_MAX
from hearth_reflex.services.access import Actor
from hearth_reflex.services.ai_session_views import MOST_OF_ONE, MOST_SESSIONS, SessionView
from hearth_reflex.services.search import Asked
from tests.clocks import HandClock
from tests.engines import ScriptedEngine
from tests.factories import Listener, account, guest, listen, say, seated
from tests.service.refusals import circle, notices, outcome, refused


def ended(listener: Listener) -> bool:
    return any(answer["status"] not in ("sending", "streaming") for answer in listener.answers()[-1:])


async def begun(house: House, actor: Actor, room: str, **given: str) -> SessionView:
    return await house.ai_sessions.start(actor, room, **given)


async def asked(house: House, actor: Actor, talk: str, text: str) -> Listener:
    """Says something in a talk and waits for the answer."""
    listener = await listen(house, actor, talk)
    await say(house, actor, talk, text)
    await listener.until(lambda heard: bool(heard.answers()) and ended(heard))
    return listener


async def parameters(house: House) -> dict[str, object]:
    """How the newest answer was drawn."""
    async with house.database.read() as db:
        found = (await db.exec(select(Generation).order_by(Generation.id.desc()))).first()  # pyright: ignore
    assert found is not None
    return found.parameters


class TestBeginning:
    async def test_a_talk_of_its_own_where_the_ai_has_joined_once(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        session = await begun(house, mina, room)
        assert session.room_uuid == room
        assert session.session_id != room
        assert (session.title, session.name_ko, session.persona_en) == ("", "불씨 · 새 대화", "Ember")
        assert await notices(house, jun, session.session_id) == ["Ember (AI) sat down by the fire"]
        await asked(house, mina, session.session_id, "안녕하세요?")
        await asked(house, jun, session.session_id, "또 물어볼게요")
        assert await notices(house, jun, session.session_id) == ["Ember (AI) sat down by the fire"]

    async def test_the_answer_stands_there_and_not_in_the_room(self, house: House) -> None:
        room, (mina, _) = await seated(house, "미나", "준")
        talk = (await begun(house, mina, room)).session_id
        before = (await house.rooms.enter(mina, room)).rows
        listener = await asked(house, mina, talk, "이야기 하나 해 줘")  # nobody is called by name
        assert listener.answer()["text"] == "Once upon a time."
        assert listener.answer()["reason"] == "session"
        assert (await house.rooms.enter(mina, room)).rows == before

    async def test_what_is_said_in_one_is_not_heard_in_another(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina,) = await seated(house, "미나")
        await say(house, mina, room, "방의 비밀")
        first, second = [(await begun(house, mina, room)).session_id for _ in range(2)]
        await asked(house, mina, first, "첫째의 비밀")
        await asked(house, mina, second, "둘째의 비밀")
        heard = "\n".join(turn.content for turn in engine.requests[-1].turns)
        assert "둘째의 비밀" in heard
        assert "첫째의 비밀" not in heard
        assert "방의 비밀" not in heard

    async def test_two_personas_answer_each_in_its_own(self, house: House, engine: ScriptedEngine) -> None:
        owner = await account(house, "주인", login="owner")
        room = (await house.rooms.create(owner, name="모임")).id
        cook = await house.personas.create(owner, name_ko="요리사", name_en="Cook", instructions="You cook.")
        with_cook = await begun(house, owner, room, persona=cook.id)
        with_ember = await begun(house, owner, room)
        assert (await asked(house, owner, with_cook.session_id, "뭐 먹지?")).answer()["name"] == "요리사"
        assert "You cook." in engine.requests[-1].turns[0].content
        assert (await asked(house, owner, with_ember.session_id, "뭐 하지?")).answer()["name"] == "불씨"
        assert "You cook." not in engine.requests[-1].turns[0].content

    async def test_no_room_no_voice_no_ai_no_talk(self, house: House) -> None:
        them = await circle(house)
        await house.order.silence(them.owner, them.room, them.member.uuid, minutes=5)
        await refused("silenced", begun(house, them.member, them.room))
        await house.room_care.describe(them.owner, them.room, ai_enabled=False)
        await refused("ai_off", begun(house, them.owner, them.room))
        await house.room_care.describe(them.owner, them.room, ai_enabled=True)
        await house.room_care.archive(them.owner, them.room)
        await refused("room_archived", begun(house, them.owner, them.room))

    async def test_a_talk_has_no_talks_of_its_own(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        talk = (await begun(house, mina, room)).session_id
        await refused("session_talk", begun(house, mina, talk))
        assert [one.session_id for one in await house.ai_sessions.list(mina, talk)] == [talk]

    @pytest.mark.parametrize("persona", ["nobody", "00000000-0000-4000-8000-000000000000", "' OR 1=1 --"])
    async def test_an_unknown_persona_is_nobody(self, house: House, persona: str) -> None:
        room, (mina,) = await seated(house, "미나")
        await refused("persona_unknown", begun(house, mina, room, persona=persona))

    async def test_somebody_elses_persona_is_nobody_until_it_sits_there(self, house: House) -> None:
        owner = await account(house, "주인", login="owner")
        room = (await house.rooms.create(owner, name="모임")).id
        mina = await guest(house, "미나")
        await house.rooms.sit_down(mina, room)
        cook = await house.personas.create(owner, name_ko="요리사")
        await refused("persona_unknown", begun(house, mina, room, persona=cook.id))
        await house.ai_seats.seat(owner, room, cook.id)
        assert (await begun(house, mina, room, persona=cook.id)).persona == cook.id

    async def test_a_room_has_only_so_many(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        async with house.database.write() as db:
            kept = (await db.exec(select(Room).where(Room.uuid == room))).one()
            talks = [Room(kind="session", parent_id=kept.id, name_ko="a", name_en="a") for _ in range(MOST_SESSIONS)]
            db.add_all(talks)
            await db.flush()
            db.add_all([AiSession(room_id=kept.id or 0, talk_id=talk.id or 0) for talk in talks])
        await refused("sessions_many", begun(house, mina, room))
        async with house.database.write() as db:
            one = (await db.exec(select(AiSession).where(col(AiSession.by_user_id).is_(None)))).first()
            assert one is not None
            one.ended_at = house.clock.now()
        went_on = await begun(house, mina, room)  # one that ended does not count
        assert went_on.session_id in [each.session_id for each in await house.ai_sessions.list(mina, room)]
        await refused("sessions_many", begun(house, mina, room))

    async def test_one_person_cannot_take_them_all(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        first = (await begun(house, mina, room)).session_id
        await house.ai_sessions.end(mina, first)
        async with house.database.write() as db:
            kept = (await db.exec(select(Room).where(Room.uuid == room))).one()
            talks = [Room(kind="session", parent_id=kept.id, name_ko="a", name_en="a") for _ in range(MOST_OF_ONE)]
            db.add_all(talks)
            await db.flush()
            made = [AiSession(room_id=kept.id or 0, talk_id=talk.id or 0, uuid=talk.uuid) for talk in talks]
            for session in made:
                session.by_user_id = mina.user_id
            db.add_all(made)
        await refused("sessions_many", begun(house, mina, room))
        await refused("sessions_many", house.ai_sessions.resume(mina, first))
        assert (await begun(house, jun, room)).is_active
        await house.ai_sessions.end(mina, made[0].uuid)
        assert (await house.ai_sessions.resume(mina, first)).is_active
        await house.ai_sessions.resume(mina, first)  # goes on already


class TestTitles:
    async def test_the_first_question_gives_it_its_title_and_the_pages_learn_of_it(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        talk = (await begun(house, mina, room)).session_id
        there, here = await listen(house, mina, talk), await listen(house, mina, room)
        await say(house, mina, talk, "안녕하세요")
        assert (await house.ai_sessions.look(mina, talk)).title == ""
        await say(house, mina, talk, "고구마는 몇 도에 구워요?")
        await say(house, mina, talk, "밤은 어때요?")
        seen = await house.ai_sessions.look(mina, talk)
        assert (seen.title, seen.name_ko, seen.name_en) == ("고구마는 몇 도에 구워요?",) * 3
        assert (await house.rooms.look(mina, talk)).name_ko == seen.title
        assert there.signals.count(["room"]) == 1
        assert here.signals.count(["sessions"]) == 1

    async def test_a_name_that_was_given_stays(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        talk = (await begun(house, mina, room, title="  저녁 거리 ")).session_id
        await say(house, mina, talk, "고구마는 몇 도에 구워요?")
        assert (await house.ai_sessions.look(mina, talk)).title == "저녁 거리"
        await house.ai_sessions.rename(mina, talk, "구운 것들")
        assert (await house.rooms.look(mina, talk)).name_en == "구운 것들"

    @pytest.mark.parametrize("title", ["", "a" * 61, "\u202e", "a\x00"])
    async def test_not_every_title_can_be_given(self, house: House, title: str) -> None:
        room, (mina,) = await seated(house, "미나")
        talk = (await begun(house, mina, room)).session_id
        await refused("session_title", house.ai_sessions.rename(mina, talk, title))


class TestTheEnd:
    async def test_nobody_answers_and_what_was_said_stays(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        talk = (await begun(house, mina, room)).session_id
        listener = await asked(house, mina, talk, "이야기 하나 해 줘")
        await house.ai_sessions.end(mina, talk)
        await house.ai_sessions.end(mina, talk)
        assert (await notices(house, jun, talk))[1:] == ["미나 ended this talk. What was said stays"]
        await refused("session_ended", say(house, mina, talk, "더 해 줘"))
        await refused("session_ended", say(house, jun, talk, "더 해 줘"))
        await refused("session_ended", house.answers.regenerate(mina, talk, listener.answer()["id"]))
        assert len(engine.requests) == 1
        seen = await house.rooms.look(mina, talk)
        assert (seen.ended, seen.archived) == (True, False)
        await house.ai_sessions.resume(mina, talk)
        await asked(house, mina, talk, "더 해 줘")
        assert len(engine.requests) == 2

    async def test_what_is_being_said_ends_too(self, house: House, engine: ScriptedEngine) -> None:
        engine.hold = asyncio.Event()
        room, (mina,) = await seated(house, "미나")
        talk = (await begun(house, mina, room)).session_id
        listener = await listen(house, mina, talk)
        await say(house, mina, talk, "이야기 하나 해 줘")
        await listener.until(lambda heard: bool(heard.answers()) and heard.answer()["status"] == "streaming")
        await house.ai_sessions.end(mina, talk)
        await listener.until(lambda heard: heard.answer()["status"] == "stopped")

    async def test_a_persona_that_is_gone_answers_no_more_and_that_is_said(
        self, house: House, engine: ScriptedEngine
    ) -> None:
        engine.hold = asyncio.Event()
        owner = await account(house, "주인", login="owner")
        room = (await house.rooms.create(owner, name="모임")).id
        cook = await house.personas.create(owner, name_ko="요리사")
        talk = (await begun(house, owner, room, persona=cook.id)).session_id
        listener = await listen(house, owner, talk)
        await say(house, owner, talk, "뭐 먹지?")
        await listener.until(lambda heard: bool(heard.answers()) and heard.answer()["status"] == "streaming")
        await house.personas.remove(owner, cook.id)
        await listener.until(lambda heard: heard.answer()["status"] == "stopped")
        assert listener.answer()["name"] == "요리사"
        await refused("session_persona_gone", say(house, owner, talk, "더 말해 줘"))
        assert (await house.ai_sessions.look(owner, talk)).persona == ""


class TestWhoWasSentAway:
    async def test_it_speaks_on_only_with_its_owner(self, house: House, engine: ScriptedEngine) -> None:
        owner = await account(house, "주인", login="owner")
        room = (await house.rooms.create(owner, name="모임")).id
        mina = await guest(house, "미나")
        await house.rooms.sit_down(mina, room)
        cook = (await house.personas.create(owner, name_ko="요리사")).id
        await house.ai_seats.seat(owner, room, cook)
        hers = (await begun(house, mina, room, persona=cook)).session_id
        his = (await begun(house, owner, room, persona=cook)).session_id
        engine.hold = asyncio.Event()
        heard = [await listen(house, who, talk) for who, talk in ((mina, hers), (owner, his))]
        for listener, who in zip(heard, (mina, owner), strict=True):
            await say(house, who, listener.room, "뭐 먹지?")
            await listener.until(lambda one: bool(one.answers()) and one.answer()["status"] == "streaming")
        await house.ai_seats.unseat(owner, room, cook)
        await heard[0].until(lambda one: one.answer()["status"] == "stopped")
        engine.hold.set()
        await heard[1].until(ended)
        assert heard[1].answer()["status"] == "complete"
        listed = {one.session_id: one for one in await house.ai_sessions.list(mina, room)}
        assert [(listed[one].persona_ko, listed[one].persona_here) for one in (hers, his)] == [
            ("요리사", False), ("요리사", True),
        ]  # fmt: skip
        await refused("session_persona_gone", say(house, mina, hers, "더 말해 줘"))
        await refused("answer_persona_gone", house.answers.regenerate(mina, hers, heard[0].answer()["id"]))
        await refused("session_persona_gone", house.ai_contexts.of(mina, hers))
        await say(house, owner, his, "더 말해 줘")
        await house.ai_seats.seat(owner, room, cook)
        await say(house, mina, hers, "더 말해 줘")

    async def test_the_houses_own_speaks_on(self, house: House, engine: ScriptedEngine) -> None:
        them = await circle(house)
        talk = (await begun(house, them.member, them.room)).session_id
        engine.hold = asyncio.Event()
        listener = await listen(house, them.member, talk)
        await say(house, them.member, talk, "뭐 먹지?")
        await listener.until(lambda heard: bool(heard.answers()) and heard.answer()["status"] == "streaming")
        await house.ai_seats.unseat(them.owner, them.room, (await house.personas.ensure_default()).uuid)
        engine.hold.set()
        await listener.until(ended)
        assert listener.answer()["status"] == "complete"


class TestSettings:
    async def test_the_message_over_the_session_over_the_persona_over_the_person(
        self, house: House, engine: ScriptedEngine
    ) -> None:
        owner = await account(house, "주인", login="owner")
        room = (await house.rooms.create(owner, name="모임")).id
        await house.ai_settings.keep_mine(owner, {"temperature": 0.11, "top_p": 0.12, "max_tokens": 13})
        config = {"temperature": 0.21, "top_p": 0.22}
        cook = await house.personas.create(owner, name_ko="요리사", config=config)
        talk = (await begun(house, owner, room, persona=cook.id)).session_id
        await house.ai_sessions.configure(owner, talk, {"temperature": 0.31, "system_prompt": "Speak as a king."})
        await asked(house, owner, talk, "뭐 먹지?")
        drawn = await parameters(house)
        assert (drawn["temperature"], drawn["top_p"], drawn["max_tokens"]) == (0.31, 0.22, 13)
        assert "Speak as a king." in engine.requests[-1].turns[0].content
        own = await house.ai_settings.for_message(
            owner, talk, {"temperature": 0.41, "system_prompt": "Speak as a fool."}
        )
        listener = await listen(house, owner, talk)
        seen = len(listener.answers())
        await house.messages.send(
            owner, talk, text="또?", client_msg_id="7f9a6f4e-2f0d-4c51-9a53-5b1f5f7b2f11", config=own
        )
        await listener.until(lambda heard: len(heard.answers()) > seen and ended(heard))
        assert (await parameters(house))["temperature"] == 0.41
        assert "Speak as a fool." in engine.requests[-1].turns[0].content
        await asked(house, owner, talk, "그리고?")
        assert (await parameters(house))["temperature"] == 0.31

    async def test_greedy_when_it_is_not_to_draw(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        talk = (await begun(house, mina, room)).session_id
        await house.ai_sessions.configure(mina, talk, {"temperature": 0.9, "do_sample": False})
        await asked(house, mina, talk, "뭐 먹지?")
        assert (await parameters(house))["temperature"] == 0.0

    async def test_the_turns_of_history_are_the_sessions_to_say(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina,) = await seated(house, "미나")
        talk = (await begun(house, mina, room)).session_id
        await house.ai_sessions.configure(mina, talk, {"context_turns": 2})
        for n in range(4):
            await asked(house, mina, talk, f"{n}번째 물음")
        heard = "\n".join(turn.content for turn in engine.requests[-1].turns)
        assert "3번째 물음" in heard
        assert "0번째 물음" not in heard

    async def test_other_settings_take_the_place_of_all(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        talk = (await begun(house, mina, room)).session_id
        await house.ai_sessions.configure(mina, talk, {"temperature": 0.3, "system_prompt": "Be brief."})
        kept = await house.ai_sessions.configure(mina, talk, {"top_p": 0.4, "system_prompt": "", "max_tokens": None})
        assert kept.as_json() == {"top_p": 0.4}
        assert await house.ai_sessions.config(mina, talk) == kept

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("system_prompt", "x" * 100_000),
            ("system_prompt", "x" * (SYSTEM_PROMPT_MAX + 1)),
            ("system_prompt", "a\x00b"),
            ("temperature", 7),
            ("temperature", float("nan")),
            ("top_p", "0.5"),
            ("max_tokens", 0),
            ("max_tokens", 1.5),
            ("context_turns", -1),
            ("do_sample", "yes"),
            ("model", 7),
            ("api_key", "x"),
        ],
    )
    async def test_what_cannot_be_set_is_refused_by_name(self, house: House, field: str, value: object) -> None:
        room, (mina,) = await seated(house, "미나")
        talk = (await begun(house, mina, room)).session_id
        await refused("ai_setting", house.ai_sessions.configure(mina, talk, {field: value}))
        await refused("ai_setting", house.ai_settings.keep_mine(mina, {field: value}))
        async with house.database.read() as db:
            assert (await db.exec(select(SessionConfig))).all() == []

    @pytest.mark.parametrize("ref", ["local:5b1f5f7b-2f11-4c51-9a53-5b1f5f7b2f11", "nonsense", "remote:x"])
    async def test_a_model_must_be_there(self, house: House, ref: str) -> None:
        room, (mina,) = await seated(house, "미나")
        talk = (await begun(house, mina, room)).session_id
        await refused("model_ref", house.ai_sessions.configure(mina, talk, {"model": ref}))
        await refused("model_ref", house.ai_settings.for_message(mina, talk, {"model": ref}))

    async def test_who_one_is_told_to_be_is_no_setting_of_a_person(self, house: House) -> None:
        mina = await guest(house, "미나")
        await refused("ai_setting", house.ai_settings.keep_mine(mina, {"system_prompt": "Be a king."}))

    async def test_what_a_session_would_send_can_be_looked_at(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        talk = (await begun(house, mina, room)).session_id
        await house.ai_sessions.configure(mina, talk, {"temperature": 0.3})
        await asked(house, mina, talk, "뭐 먹지?")
        seen = await house.ai_contexts.of(mina, talk)
        assert seen.instructed
        assert seen.turns[0].role == "system"
        assert "Ember" in seen.turns[0].content
        assert ["뭐 먹지?" in turn.content for turn in seen.turns].count(True) == 1
        assert seen.turns[-1].content.endswith("Once upon a time.")
        assert seen.config.as_json() == {"temperature": 0.3}

    async def test_what_a_persona_is_told_is_its_owners_to_know(self, house: House) -> None:
        owner = await account(house, "주인", login="owner")
        room = (await house.rooms.create(owner, name="모임")).id
        mina = await guest(house, "미나")
        await house.rooms.sit_down(mina, room)
        cook = await house.personas.create(owner, name_ko="요리사", instructions="The soup is poisoned.")
        talk = (await begun(house, owner, room, persona=cook.id)).session_id
        await asked(house, mina, talk, "뭐 먹지?")
        assert "poisoned" in (await house.ai_contexts.of(owner, talk)).turns[0].content
        seen = await house.ai_contexts.of(mina, talk)
        assert not seen.instructed
        assert "poisoned" not in str(seen)

    async def test_a_sessions_own_words_show_nothing_of_its_persona(self, house: House) -> None:
        owner = await account(house, "주인", login="owner")
        room = (await house.rooms.create(owner, name="모임")).id
        mina = await guest(house, "미나")
        await house.rooms.sit_down(mina, room)
        words = {"instructions": "The soup is poisoned.", "voice": "Whisper."}
        cook = await house.personas.create(owner, name_ko="요리사", config={"top_p": 0.77}, **words)
        talk = (await begun(house, owner, room, persona=cook.id)).session_id
        await house.ai_sessions.configure(owner, talk, {"temperature": 0.3, "system_prompt": "Speak as a king."})
        await asked(house, mina, talk, "뭐 먹지?")
        whole, seen = await house.ai_contexts.of(owner, talk), await house.ai_contexts.of(mina, talk)
        assert (whole.instructed, "Whisper." in whole.turns[0].content, whole.config.top_p) == (True, True, 0.77)
        assert (seen.instructed, seen.turns[0].content) == (False, "Speak as a king.")
        assert seen.config.as_json() == {"temperature": 0.3, "system_prompt": "Speak as a king."}
        assert seen.turns[1:] == whole.turns[1:]

    async def test_a_session_takes_other_words_for_a_persona_from_its_owner_alone(self, house: House) -> None:
        them = await circle(house)
        cook = await house.personas.create(them.owner, name_ko="요리사")
        await house.ai_seats.seat(them.owner, them.room, cook.id)
        for maker in (them.owner, them.moderator):
            talk = (await begun(house, maker, them.room, persona=cook.id)).session_id
            words = {"system_prompt": f"I am {maker.name}."}
            await refused("ai_setting", house.ai_sessions.configure(them.moderator, talk, words))
            await house.ai_sessions.configure(them.owner, talk, words)
            assert (await house.ai_sessions.configure(them.moderator, talk, {**words, "top_p": 0.5})).top_p == 0.5
            assert (await house.ai_sessions.configure(them.moderator, talk, {})).system_prompt == ""

    async def test_nobody_else_says_who_a_persona_is(self, house: House, engine: ScriptedEngine) -> None:
        owner = await account(house, "주인", login="owner")
        room = (await house.rooms.create(owner, name="모임")).id
        mina = await guest(house, "미나")
        await house.rooms.sit_down(mina, room)
        cook = await house.personas.create(owner, name_ko="요리사", instructions="You cook.")
        await house.ai_seats.seat(owner, room, cook.id)
        theirs = (await begun(house, mina, room, persona=cook.id)).session_id
        await house.ai_sessions.configure(mina, theirs, {"temperature": 0.3})
        async with house.database.write() as db:  # as an older house took it
            await db.exec(update(SessionConfig).values(system_prompt="Insult everybody."))
        listener = await asked(house, mina, theirs, "뭐 먹지?")
        assert engine.requests[-1].turns[0].content == "You cook."
        assert (await parameters(house))["temperature"] == 0.3
        assert (await house.ai_contexts.of(mina, theirs)).turns[0].content == ""
        for actor, told in ((mina, "You cook."), (owner, "Insult everybody.")):
            own = await house.ai_settings.for_message(actor, theirs, {"system_prompt": "Insult everybody."})
            row = await house.answers.regenerate(actor, theirs, listener.answer()["id"], config=own)
            await listener.until(lambda heard, row=row: heard.answer()["version"] == row["version"] and ended(heard))
            assert engine.requests[-1].turns[0].content == told


class TestWhoMay:
    async def test_who_began_it_and_who_keeps_the_room_may_change_it(self, house: House) -> None:
        them = await circle(house)
        talk = (await begun(house, them.member, them.room)).session_id
        for name, actor in them.people().items():
            may = name != "guest"
            assert (await house.ai_sessions.look(actor, talk)).may_keep == may
            expected = "" if may else "role"
            assert await outcome(house.ai_sessions.rename(actor, talk, f"이름 {name}")) == expected
            assert await outcome(house.ai_sessions.configure(actor, talk, {"top_p": 0.5})) == expected
            assert await outcome(house.ai_sessions.end(actor, talk)) == expected
            assert await outcome(house.ai_sessions.resume(actor, talk)) == expected

    @pytest.mark.parametrize("private", [False, True])
    async def test_a_stranger_is_told_the_same_by_every_verb(self, house: House, private: bool) -> None:
        them = await circle(house, private=private)
        talk = (await begun(house, them.owner, them.room)).session_id
        stranger = await guest(house, "낯선이")
        own = (await house.rooms.create(stranger, name="내 방")).id
        for session in (talk, talk.upper(), own):
            hidden = "not_member" if session.lower() == talk and not private else "session_unknown"
            verbs = (
                house.ai_sessions.look(stranger, session),
                house.ai_sessions.rename(stranger, session, "내 것"),
                house.ai_sessions.end(stranger, session),
                house.ai_sessions.resume(stranger, session),
                house.ai_sessions.config(stranger, session),
                house.ai_sessions.configure(stranger, session, {}),
                house.ai_contexts.of(stranger, session),
            )
            assert [await outcome(verb) for verb in verbs] == [hidden] * len(verbs)
        shut = "room_unknown" if private else "not_member"
        assert await outcome(begun(house, stranger, them.room)) == shut
        assert await outcome(house.ai_sessions.list(stranger, them.room)) == shut
        for verb in (house.rooms.sit_down, house.rooms.enter, house.rooms.look, house.seats.people):
            assert await outcome(verb(stranger, talk)) == shut
        assert await outcome(say(house, stranger, talk, "들리나요")) == shut
        assert await house.ai_sessions.list(stranger) == []
        async with house.database.read() as db:
            rooms = {one.id: one.uuid for one in (await db.exec(select(Room))).all()}
            seats = (await db.exec(select(Member))).all()
        assert [seat for seat in seats if rooms[seat.room_id] == talk] == []

    async def test_a_message_of_the_room_is_not_reached_through_its_talk(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        talk = (await begun(house, mina, room)).session_id
        said = await say(house, mina, room, "방에서 한 말")
        await refused("message_unknown", house.edits.edit(mina, talk, said["id"], text="고친 말"))
        await refused("message_unknown", house.pins.pin(mina, talk, said["id"], on=True))

    async def test_a_talk_is_kept_by_its_session_and_not_as_a_room(self, house: House) -> None:
        them = await circle(house)
        talk = (await begun(house, them.owner, them.room)).session_id
        verbs = (
            house.room_care.describe(them.owner, talk, name="내 방"),
            house.room_care.describe(them.owner, talk, kind="open"),
            house.room_care.archive(them.owner, talk),
            house.room_care.unarchive(them.owner, talk),
            house.room_care.delete(them.owner, talk),
            house.room_care.restore(them.owner, talk),
            house.seats.leave(them.owner, talk),
            house.seats.prefer(them.owner, talk, favourite=True),
            house.seats.give_role(them.owner, talk, them.member.uuid, "owner"),
            house.order.remove(them.owner, talk, them.member.uuid),
            house.order.ban(them.owner, talk, them.member.uuid),
            house.invites.make(them.owner, talk),
        )
        assert [await outcome(verb) for verb in verbs] == ["session_talk"] * len(verbs)


class TestTheSeatInTheRoom:
    async def test_who_loses_it_is_shown_out_of_the_talks(self, house: House) -> None:
        them = await circle(house)
        talk = (await begun(house, them.owner, them.room)).session_id
        listener = await listen(house, them.member, talk)
        pairs = {(them.member.uuid, talk), (them.owner.uuid, talk)}
        assert await house.rooms.seated(pairs) == pairs
        await house.order.remove(them.owner, them.room, them.member.uuid)
        assert listener.shown_out == [them.member.uuid]
        assert await house.rooms.seated(pairs) == {(them.owner.uuid, talk)}
        await refused("not_member", say(house, them.member, talk, "아직 있어요"))

    async def test_deleting_and_archiving_the_room_does_the_same_to_its_talks(self, house: House) -> None:
        them = await circle(house)
        talk = (await begun(house, them.owner, them.room)).session_id
        said = await say(house, them.owner, talk, "뭐 먹지?")
        await house.room_care.archive(them.owner, them.room)
        await refused("room_archived", say(house, them.owner, talk, "또?"))
        await refused("room_archived", house.ai_sessions.end(them.owner, talk))
        assert (await house.rooms.look(them.owner, talk)).archived
        await house.room_care.unarchive(them.owner, them.room)
        listener = await listen(house, them.owner, talk)
        await house.room_care.delete(them.owner, them.room)
        assert set(listener.shown_out) >= {them.owner.uuid, them.member.uuid}
        await refused("room_unknown", house.rooms.enter(them.owner, talk))
        await refused("room_unknown", house.rooms.sit_down(them.owner, talk))
        await refused("session_unknown", house.ai_sessions.look(them.owner, talk))
        assert await house.rooms.seated({(them.owner.uuid, talk)}) == set()
        assert await house.ai_sessions.list(them.owner) == []
        await house.room_care.restore(them.owner, them.room)
        assert said["id"] in [row["id"] for row in (await house.rooms.enter(them.owner, talk)).rows]

    async def test_a_room_that_goes_for_good_takes_its_talks_along(self, house: House, clock: HandClock) -> None:
        them = await circle(house)
        talk = (await begun(house, them.owner, them.room)).session_id
        await asked(house, them.owner, talk, "뭐 먹지?")
        await house.room_care.delete(them.owner, them.room)
        clock.forward(days=8)
        await house.room_care.remove_old()
        async with house.database.read() as db:
            assert (await db.exec(select(AiSession))).all() == []
            assert (await db.exec(select(Room).where(Room.uuid == talk))).all() == []
            assert (await db.exec(select(Message).where(Message.text == "뭐 먹지?"))).all() == []

    async def test_reading_there_moves_no_mark_of_the_room(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        talk = (await begun(house, mina, room)).session_id
        for n in range(3):
            await say(house, jun, room, f"방에서 {n}")
        for n in range(20):
            await asked(house, mina, talk, f"{n}") if n == 0 else await say(house, jun, talk, f"{n}")
        before = (await house.reads.unread(mina))[room].unread
        await house.reads.mark(mina, talk, 20)
        assert (await house.reads.unread(mina))[room].unread == before == 3
        assert talk not in await house.reads.unread(mina)
        assert await house.reads.marks(mina, talk) == {}
        assert await house.reads.mine(mina, talk) == 20

    async def test_the_people_of_a_talk_are_the_rooms_and_can_be_called(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        talk = (await begun(house, mina, room)).session_id
        assert {one.id for one in await house.seats.people(mina, talk)} == {mina.uuid, jun.uuid}
        assert (await say(house, mina, talk, "@준 이것 봐"))["mentions"] == [jun.uuid]
        assert (await house.rooms.look(mina, talk)).members == 2

    async def test_words_said_there_are_found_there_and_by_nobody_else(self, house: House) -> None:
        them = await circle(house)
        talk = (await begun(house, them.owner, them.room)).session_id
        said = await say(house, them.owner, talk, "구운 고구마")
        found = await house.search.find(them.member, Asked("고구마", room=talk))
        assert [hit.id for hit in found.messages] == [said["id"]]
        assert (await house.search.find(them.member, Asked("고구마"))).messages == []
        stranger = await guest(house, "낯선이")
        await refused("not_member", house.search.find(stranger, Asked("고구마", room=talk)))

    async def test_a_star_there_is_ones_own_as_long_as_the_seat_is(self, house: House) -> None:
        them = await circle(house)
        talk = (await begun(house, them.owner, them.room)).session_id
        said = await say(house, them.owner, talk, "구운 고구마")
        await house.stars.star(them.member, talk, said["id"], on=True)
        assert [one.row["id"] for one in (await house.stars.listed(them.member))[0]] == [said["id"]]
        assert [one.id for one in await house.usages.said(them.owner)] == [said["id"]]
        await house.order.remove(them.owner, them.room, them.member.uuid)
        assert (await house.stars.listed(them.member))[0] == []

    async def test_talks_stand_in_no_list_of_rooms(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        talk = (await begun(house, mina, room)).session_id
        for rooms in (await house.rooms.lobby(mina), await house.rooms.mine(mina)):
            assert [one.id for one in rooms] == [room]
        assert (await house.rooms.look(mina, talk)).parent == room


class TestAlone:
    async def test_the_same_room_each_time_where_the_ai_joins_in(self, house: House) -> None:
        owner = await account(house, "주인", login="owner")
        first, again = [await house.alone.open(owner) for _ in range(2)]
        assert first.id == again.id
        assert (first.kind, first.role, first.members) == ("private", "owner", 1)
        async with house.database.read() as db:
            assert (await db.exec(select(Room).where(Room.uuid == first.id))).one().temper == "joins_in"

    async def test_a_room_that_was_deleted_gives_way_to_another(self, house: House) -> None:
        owner = await account(house, "주인", login="owner")
        first = await house.alone.open(owner)
        await house.room_care.delete(owner, first.id)
        assert (await house.alone.open(owner)).id != first.id

    async def test_a_room_with_somebody_else_in_it_is_not_alone(self, house: House) -> None:
        owner, mina = await account(house, "주인", login="owner"), await guest(house, "미나")
        first = await house.alone.open(owner)
        await house.invites.accept(mina, (await house.invites.make(owner, first.id)).code)
        assert (await house.alone.open(owner)).id != first.id
        assert (await house.rooms.look(mina, first.id)).members == 2

    async def test_guests_have_none(self, house: House) -> None:
        await refused("private_guest", house.alone.open(await guest(house, "미나")))
