"""Words that were taken back, and people who went: what must not stay behind of them, and what must."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlmodel import SQLModel, select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.document import SearchLog
from hearth_reflex.db.generation import MessageMetadata
from hearth_reflex.db.message import Message, Reaction
from hearth_reflex.db.room import Member, Room
from hearth_reflex.db.search import SearchEntry
from hearth_reflex.services.access import Actor
from tests.clocks import HandClock
from tests.engines import ScriptedEngine
from tests.factories import Listener, account, guest, house_keeper, listen, say, seated
from tests.knowledge import known_document
from tests.retrieval_double import WordFinds

SECRET = "비밀번호는 참새야"


async def kept_of(house: House, *tables: type[SQLModel]) -> str:
    """All that the house keeps of talk, or in these tables, in one text."""
    async with house.database.read() as db:
        rows = [
            row
            for table in tables or (MessageMetadata, Message, SearchEntry, SearchLog)
            for row in (await db.exec(select(table))).all()
        ]
    return repr([row.model_dump() for row in rows])


def is_done(heard: Listener) -> bool:
    return heard.answers() != [] and heard.answer()["status"] == "complete"


async def answers_end() -> None:
    """Erasing is told by the room's rev alone: a listener that does not look again hears no more of the room."""
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name().startswith("reply:")))


async def erase(house: House, actor: Actor) -> None:
    await house.credentials.leave_for_good(actor, password="", erase=True)


HOW: dict[str, Callable[[House, Actor, str, str], Awaitable[object]]] = {
    "deleted": lambda house, who, room, message: house.edits.delete(who, room, message),
    "edited": lambda house, who, room, message: house.edits.edit(who, room, message, text="아무것도 아니야"),
    "erased": lambda house, who, room, message: erase(house, who),
}


class TestPrompts:
    @pytest.mark.parametrize("how", HOW)
    async def test_words_that_go_while_an_answer_is_written(
        self, house: House, engine: ScriptedEngine, how: str
    ) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        listener = await listen(house, mina, room)
        said = await say(house, jun, room, SECRET)
        engine.hold = asyncio.Event()
        await say(house, mina, room, "@불씨 안녕")
        await listener.until(lambda heard: heard.answers() != [] and heard.answer()["text"] != "")
        assert "참새" in repr(engine.requests[0].turns)
        await HOW[how](house, jun, room, said["id"])
        engine.hold.set()
        await answers_end()
        assert "참새" not in await kept_of(house)
        made = await house.metadata.how_made(mina, room, listener.answer()["id"])
        assert (made.prompt, made.known, made.hindrance) == ("", True, "replay_unknown")

    @pytest.mark.parametrize("how", HOW)
    async def test_words_that_only_an_answer_to_them_brought_in(self, house: House, how: str) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        listener = await listen(house, mina, room)
        said = await say(house, jun, room, SECRET)
        for number in range(2 * house.settings.reply_context_turns):
            await say(house, mina, room, str(number))
        await house.messages.send(mina, room, text="@불씨 응?", client_msg_id=said["id"], reply_to=said["id"])
        await listener.until(is_done)
        made = await house.metadata.how_made(mina, room, listener.answer()["id"])
        assert "참새" in made.prompt
        await HOW[how](house, jun, room, said["id"])
        assert "참새" not in await kept_of(house)

    @pytest.mark.parametrize("when", ["while it is written", "afterwards"])
    @pytest.mark.parametrize("how", HOW)
    async def test_words_that_something_was_looked_for_with(
        self, house: House, engine: ScriptedEngine, how: str, when: str
    ) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        house.sources.open(WordFinds(house.database, enough=0))
        await known_document(house, ["불은 장작으로 자란다."], room=room)
        before = (await house.retrieval.find(jun, "장작은?", rooms=[room])).log
        listener = await listen(house, mina, room)
        engine.hold = asyncio.Event()
        said = await say(house, jun, room, f"@불씨 {SECRET}")
        await listener.until(lambda heard: heard.answers() != [] and heard.answer()["text"] != "")
        await house.retrieval.find(jun, SECRET, rooms=[room])
        if when == "afterwards":
            engine.hold.set()
            await answers_end()
        assert (await kept_of(house, SearchLog)).count("참새") >= 2
        async with house.database.write() as db:
            early = (await db.exec(select(SearchLog).where(SearchLog.uuid == before))).one()
            early.created_at = house.clock.now() - timedelta(minutes=1)
        await HOW[how](house, jun, room, said["id"])
        engine.hold.set()
        await answers_end()
        assert "참새" not in await kept_of(house, SearchLog)
        async with house.database.read() as db:
            asked = (await db.exec(select(SearchLog.question).where(SearchLog.uuid == before))).all()
        assert asked in ([], ["장작은?"])  # who goes for good takes their own looks along

    async def test_answers_that_did_not_hear_it_keep_theirs(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        listener = await listen(house, mina, room)
        await say(house, mina, room, "@불씨 안녕")
        await listener.until(is_done)
        said = await say(house, jun, room, SECRET)
        await house.edits.edit(jun, room, said["id"], text="아니야")
        await house.edits.delete(jun, room, said["id"])
        made = await house.metadata.how_made(mina, room, listener.answer()["id"])
        assert "안녕" in made.prompt


class TestPeopleWhoWent:
    async def test_a_guests_rooms_go_to_who_stays(self, house: House, clock: HandClock) -> None:
        mina, jun = await guest(house, "미나"), await account(house, "준", login="jun")
        room = (await house.rooms.create(mina, name="손님방")).id
        empty = (await house.rooms.create(mina, name="빈방")).id
        await house.rooms.sit_down(jun, room)
        listener = await listen(house, jun, room)
        clock.forward(days=house.settings.guest_session_days + 1)
        await house.sessions.clean()
        people = await house.seats.people(jun, room)
        assert [(one.name, one.role) for one in people] == [("준", "owner")]
        assert ["room"] in listener.signals
        assert empty not in {view.id for view in await house.rooms.lobby(jun)}

    async def test_who_stays_as_a_guest_of_the_room_is_not_shown_out(self, house: House) -> None:
        jun = await account(house, "준", login="jun")
        room = (await house.rooms.create(jun, name="준네", private=True)).id
        mina = await guest(house, "미나")
        await house.invites.accept(mina, (await house.invites.make(jun, room, role="guest")).code)
        await house.credentials.leave_for_good(jun, password="a long password", erase=False)
        assert [one.name for one in await house.seats.people(mina, room)] == ["미나"]

    async def test_their_emoji_go_and_the_room_learns_of_it(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        said = await say(house, mina, room, "안녕")
        await house.reactions.give(jun, room, said["id"], emoji="👍", on=True)
        rev = (await house.rooms.enter(mina, room)).rev
        await house.credentials.leave_for_good(jun, password="", erase=False)
        _, rows, complete = await house.rooms.changed_since(mina, room, rev=rev)
        assert complete
        assert [(row["id"], row["reactions"]) for row in rows] == [(said["id"], [])]
        async with house.database.read() as db:
            assert (await db.exec(select(Reaction))).all() == []

    async def test_every_room_where_they_sat_hears_of_it(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        listener = await listen(house, mina, room)
        await house.credentials.leave_for_good(jun, password="", erase=False)
        assert ["room"] in listener.signals

    async def test_going_while_ones_answer_is_written_locks_nobody(self, house: House, engine: ScriptedEngine) -> None:
        """The end of an answer and the end of its asker want the same rows."""
        keeper, room = await house_keeper(house), ""
        for number in range(5):
            room, (mina,) = await seated(house, f"미나{number}")
            await house.rooms.sit_down(keeper, room)
            listener = await listen(house, keeper, room)
            engine.hold = asyncio.Event()
            await say(house, mina, room, "@불씨 안녕")
            await listener.until(lambda heard: heard.answers() != [] and heard.answer()["text"] != "")
            engine.hold.set()
            await erase(house, mina)
            await answers_end()
        rows = (await house.rooms.enter(keeper, room)).rows
        assert [row["status"] for row in rows if row["is_ai"] and row["kind"] == "talk"] == ["complete"] * 5
        async with house.database.read() as db:
            owners = (await db.exec(select(Member).join(Room).where(Member.role == "owner"))).all()
        assert len(owners) == 1
