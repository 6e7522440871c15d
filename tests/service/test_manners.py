"""Manners over a real room: what the rules are told of it, and what it costs to tell them."""

from uuid import uuid4

import pytest
from sqlmodel import col, select, update

from hearth_reflex.bootstrap import House
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Room
from hearth_reflex.services.access import Actor
from hearth_reflex.services.tempers import Tempers
from tests.clocks import HandClock
from tests.databases import statements
from tests.engines import ScriptedEngine
from tests.factories import Listener, account, guest, listen, living_room, say, seated
from tests.service.refusals import circle, notices, outcome, refused


def ended(listener: Listener) -> bool:
    return bool(listener.answers()) and all(row["status"] == "complete" for row in listener.answers())


async def reasons(house: House, actor: Actor, room: str) -> list[str]:
    """Why AIs spoke there, oldest first."""
    rows = (await house.rooms.enter(actor, room)).rows
    return [row["reason"] for row in rows if row["is_ai"] and row["kind"] == "talk"]


async def asked(house: House, actor: Actor, room: str, text: str = "@불씨 이야기해 줘") -> str:
    """Lets the AI answer; returns the id of the answer."""
    listener = await listen(house, actor, room)
    before = len(listener.answers())
    await say(house, actor, room, text)
    await listener.until(lambda heard: len(heard.answers()) > before and ended(heard))
    house.bus.remove(listener)
    return listener.answer()["id"]


async def set_room(house: House, room: str, **values: object) -> None:
    async with house.database.write() as db:
        await db.exec(update(Room).where(col(Room.uuid) == room).values(**values))


async def kept(house: House, room: str) -> tuple[str, int]:
    """The temper of a room, and how talkative it may be."""
    async with house.database.read() as db:
        found = (await db.exec(select(Room).where(Room.uuid == room))).one()
        return found.temper, found.talkative


class TestDeciding:
    async def test_the_row_says_why(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        await asked(house, mina, room)
        await asked(house, mina, room, "그럼 더 짧게 해줘")
        await asked(house, mina, room, "불씨야 안녕")
        assert await reasons(house, mina, room) == ["called", "follow_up", "named"]

    async def test_a_reply_to_its_message_is_for_it(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        answer = await asked(house, mina, room)
        for n in range(20):
            await say(house, jun, room, f"눈이 {n} 센티 왔어")
        await house.messages.send(jun, room, text="왜?", client_msg_id=str(uuid4()), reply_to=answer)
        await house.messages.send(mina, room, text="고마워", client_msg_id=str(uuid4()), reply_to=answer)
        assert await reasons(house, mina, room) == ["called", "replied"]

    async def test_a_member_who_never_spoke_is_known_by_name(self, house: House) -> None:
        room, (mina, _) = await seated(house, "미나", "Robin")
        await asked(house, mina, room)
        await say(house, mina, room, "Robin which one is better?")
        assert await reasons(house, mina, room) == ["called"]

    async def test_people_of_other_rooms_are_not_known(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        await guest(house, "Salt")
        await asked(house, mina, room)
        await say(house, mina, room, "Salt which one is better?")
        assert await reasons(house, mina, room) == ["called", "follow_up"]

    async def test_what_was_taken_back_is_not_gone_on_from(self, house: House) -> None:
        them = await circle(house)
        answer = await asked(house, them.member, them.room)
        await house.edits.delete(them.owner, them.room, answer)
        await say(house, them.member, them.room, "그럼 더 짧게 해줘")
        assert await reasons(house, them.member, them.room) == ["called"]

    async def test_hours_later_nothing_goes_on(self, house: House, clock: HandClock) -> None:
        room, (mina,) = await seated(house, "미나")
        await asked(house, mina, room)
        clock.forward(hours=2)
        await say(house, mina, room, "몇 시야?")
        assert await reasons(house, mina, room) == ["called"]

    async def test_quiet_hears_its_at_alone(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        await set_room(house, room, temper="quiet")
        await asked(house, mina, room)
        for text in ("불씨야 뭐 해?", "그럼 더 짧게 해줘", "몇 시야?"):
            await say(house, mina, room, text)
        assert await reasons(house, mina, room) == ["called"]

    async def test_off_it_answers_nobody_and_says_so_where_it_is_called(self, house: House) -> None:
        them = await circle(house)
        await house.room_care.describe(them.owner, them.room, ai_enabled=False)
        await say(house, them.member, them.room, "불씨야 뭐 해?")
        assert len([line for line in await notices(house, them.member, them.room) if "AI" in line]) == 1  # turned off
        await say(house, them.member, them.room, "@불씨 뭐 해?")
        assert len([line for line in await notices(house, them.member, them.room) if "AI" in line]) == 2
        assert await reasons(house, them.member, them.room) == []

    async def test_alone_with_it_and_with_somebody_else(self, house: House) -> None:
        owner = await account(house, "주인", login="owner")
        room = (await house.rooms.create(owner, name="둘이서", private=True)).id
        await house.tempers.set(owner, room, "joins_in")
        await asked(house, owner, room, "나 왔어")
        code = (await house.invites.make(owner, room, role="member")).code
        await house.invites.accept(await guest(house, "손님"), code)
        await say(house, owner, room, "눈 온다")
        assert await reasons(house, owner, room) == ["alone"]

    async def test_it_costs_the_same_in_a_long_room(self, house: House, engine: ScriptedEngine) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        counts = list[int]()
        for _ in range(2):
            for n in range(30):
                await say(house, jun, room, f"눈이 {n} 센티 왔어")
            counts.append(await self._statements(house, mina, room))
        assert counts[0] == counts[1] <= 5
        assert engine.requests == []

    async def _statements(self, house: House, actor: Actor, room_uuid: str) -> int:
        """How many statements the decision about one line takes."""
        async with house.database.read() as db:
            room = (await db.exec(select(Room).where(Room.uuid == room_uuid))).one()
            newest = select(Message).where(Message.room_id == room.id).order_by(col(Message.seq).desc())
            message = (await db.exec(newest)).first()
        assert message is not None
        message.text, people = "준아 뭐 먹을래?", await house.personas.seated(room)
        with statements(house.database) as asked:
            assert await house.manners.decide(room, message, people) == []
        return len([statement for statement in asked if not statement.startswith(("BEGIN", "ROLLBACK"))])


class TestTempers:
    async def test_who_keeps_the_room_sets_its_temper(self, house: House) -> None:
        them = await circle(house)
        listener = await listen(house, them.member, them.room)
        outcomes = {
            role: await outcome(house.tempers.set(actor, them.room, "quiet")) for role, actor in them.people().items()
        }
        assert outcomes == {"owner": "", "moderator": "", "member": "role", "guest": "role"}
        assert await kept(house, them.room) == ("quiet", 0)
        assert listener.signals.count(["room"]) == 1  # the second one changed nothing
        assert (await house.rooms.enter(them.member, them.room)).room.temper == "quiet"

    async def test_strangers_and_nonsense_are_refused(self, house: House) -> None:
        them = await circle(house, private=True)
        stranger = await guest(house, "나그네")
        await refused("room_unknown", house.tempers.set(stranger, them.room, "quiet"))
        await refused("room_unknown", house.tempers.set(them.owner, str(uuid4()), "quiet"))
        await refused("temper", house.tempers.set(them.owner, them.room, "grumpy"))
        await refused("not_member", house.tempers.set(stranger, await living_room(house, stranger), "quiet"))

    async def test_too_talkative_counts_once_a_person_and_ends(self, house: House) -> None:
        room, people = await seated(house, "미나", *(f"손님{n}" for n in range(6)))
        mina = people[0]
        listener = await listen(house, mina, room)
        answer = await asked(house, mina, room, "불씨야 안녕")
        assert await house.tempers.quieter(mina, room, answer) == -1
        after_a_restart = Tempers(database=house.database, bus=house.bus)
        assert await after_a_restart.quieter(mina, room, answer) == -1
        assert listener.signals.count(["room"]) == 1
        assert [await house.tempers.quieter(one, room, answer) for one in people[1:]] == [-2, -3, -4, -5, -5, -5]

    async def test_setting_the_temper_begins_anew(self, house: House) -> None:
        them = await circle(house)
        answer = await asked(house, them.member, them.room, "불씨야 안녕")
        await house.tempers.quieter(them.visitor, them.room, answer)
        assert await kept(house, them.room) == ("asked", -1)
        await house.tempers.set(them.owner, them.room, "asked")
        assert await kept(house, them.room) == ("asked", 0)

    async def test_an_answer_that_was_called_for_is_never_too_much(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        called = await asked(house, mina, room)
        said = await say(house, mina, room, "안녕")
        await refused("answer_wanted", house.tempers.quieter(mina, room, called))
        await refused("not_an_answer", house.tempers.quieter(mina, room, said["id"]))
        assert await kept(house, room) == ("asked", 0)

    async def test_only_who_sits_there_finds_it_too_talkative(self, house: House) -> None:
        them = await circle(house, private=True)
        answer = await asked(house, them.member, them.room, "불씨야 안녕")
        stranger = await guest(house, "나그네")
        elsewhere = (await house.rooms.create(them.owner, name="다른 방")).id
        await refused("room_unknown", house.tempers.quieter(stranger, them.room, answer))
        await refused("message_unknown", house.tempers.quieter(them.owner, elsewhere, answer))
        await refused("message_unknown", house.tempers.quieter(them.owner, them.room, str(uuid4())))
        assert await kept(house, them.room) == ("asked", 0)

    async def test_found_too_talkative_it_holds_back(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        answer = await asked(house, mina, room, "불씨야 안녕")
        for person in (mina, jun):
            await house.tempers.quieter(person, room, answer)
        await asked(house, mina, room, "그럼 더 짧게 해줘")
        await say(house, jun, room, "그럼 더 짧게 해줘")
        assert await reasons(house, mina, room) == ["named", "follow_up"]


@pytest.mark.parametrize("text", ["@불씨 안녕", "안녕", "뭐 먹지?"])
async def test_no_persona_answers_a_persona(house: House, text: str) -> None:
    room, (mina,) = await seated(house, "미나")
    await asked(house, mina, room)
    async with house.database.read() as db:
        kept_room = (await db.exec(select(Room).where(Room.uuid == room))).one()
        own = (await db.exec(select(Message).where(col(Message.author_persona_id).is_not(None)))).first()
    assert own is not None
    own.text = text
    assert await house.manners.decide(kept_room, own, await house.personas.seated(kept_room)) == []
