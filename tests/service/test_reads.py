"""Marks of reading: forward only, told in small rooms and not by those who hide them; and what is unread."""

import pytest
from sqlmodel import col, update

from hearth_reflex.bootstrap import House
from hearth_reflex.db.message import Mention, Message, MessageStatus
from hearth_reflex.db.room import Member, Room
from hearth_reflex.db.user import User
from hearth_reflex.domain.attention import Loudness
from hearth_reflex.errors import ForbiddenError, NotFoundError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.reads import SMALL_ROOM, WINDOW
from tests.clocks import HandClock
from tests.databases import statements
from tests.factories import Listener, guest, listen, say, seated


async def last_seq(house: House, room: str) -> int:
    async with house.database.read() as db:
        return (await db.exec(Room.__table__.select().where(Room.uuid == room))).one().last_seq  # pyright: ignore


def marks_told(heard: Listener) -> list[list[object]]:
    return [signal for signal in heard.signals if signal[0] == "read"]


async def hide_reads(house: House, actor: Actor) -> None:
    async with house.database.write() as db:
        await db.exec(update(User).where(col(User.id) == actor.user_id).values(preferences={"hide_reads": True}))


class TestMarks:
    async def test_a_mark_moves_forward_and_never_past_what_was_said(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        row = await say(house, mina, room, "안녕")
        heard = await listen(house, mina, room)
        await house.reads.mark(jun, room, row["seq"])
        await house.reads.mark(jun, room, 1)
        await house.reads.mark(jun, room, 10**9)
        await house.reads.mark(jun, room, 10**9)
        assert marks_told(heard) == [["read", jun.uuid, row["seq"]]]
        assert heard.told == [([jun.uuid], ["read", room, row["seq"]])]
        assert await house.reads.mine(jun, room) == row["seq"]
        assert (await house.reads.marks(mina, room))[jun.uuid] == row["seq"]

    async def test_who_hides_it_is_told_only_to_themself(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        row = await say(house, mina, room, "안녕")
        await hide_reads(house, jun)
        heard = await listen(house, mina, room)
        await house.reads.mark(jun, room, row["seq"])
        assert marks_told(heard) == []
        assert heard.told == [([jun.uuid], ["read", room, row["seq"]])]
        assert set(await house.reads.marks(mina, room)) == {mina.uuid}

    async def test_a_large_room_is_told_nothing(self, house: House) -> None:
        room, people = await seated(house, *(f"손님 {number}" for number in range(SMALL_ROOM + 1)))
        row = await say(house, people[0], room, "안녕")
        heard = await listen(house, people[0], room)
        await house.reads.mark(people[1], room, row["seq"])
        assert marks_told(heard) == []
        assert await house.reads.marks(people[0], room) == {}
        assert await house.reads.mine(people[1], room) == row["seq"]

    async def test_a_flood_of_marks_is_let_fall(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        rows = [await say(house, mina, room, f"{number}") for number in range(60)]
        heard = await listen(house, mina, room)
        for row in rows:
            await house.reads.mark(jun, room, row["seq"])
        assert len(marks_told(heard)) == 20

    async def test_a_stranger_marks_and_learns_nothing(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        stranger = await guest(house, "낯선 이")
        for ask in (house.reads.mark(stranger, room, 1), house.reads.marks(stranger, room)):
            with pytest.raises(ForbiddenError):
                await ask
        with pytest.raises(NotFoundError):
            await house.reads.mine(mina, "01a1fd62-c78d-70f4-a0f8-597c3359323c")


class TestUnread:
    async def test_what_others_said_since_one_last_looked(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        assert (await house.reads.unread(jun))[room][:2] == (0, 0)
        rows = [await say(house, mina, room, text) for text in ("하나", "둘", "셋")]
        await say(house, jun, room, "내 말은 세지 않아요")
        assert (await house.reads.unread(jun))[room][:2] == (3, 0)
        await house.reads.mark(jun, room, rows[1]["seq"])
        assert (await house.reads.unread(jun))[room][:2] == (1, 0)
        await house.reads.mark(jun, room, rows[2]["seq"])
        assert (await house.reads.unread(jun))[room] == (0, 0, await last_seq(house, room), Loudness.EVERYTHING)

    async def test_who_sits_down_has_nothing_unread(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        await say(house, mina, room, "예전 이야기")
        late = await guest(house, "늦은 이")
        await house.rooms.sit_down(late, room)
        assert (await house.reads.unread(late))[room][:2] == (0, 0)

    async def test_calls_are_counted_apart(self, house: House) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        row = await say(house, mina, room, "여기 좀 봐")
        await say(house, mina, room, "급한 일은 아니야")
        async with house.database.write() as db:
            message = (await db.exec(Message.__table__.select().where(Message.uuid == row["id"]))).one()  # pyright: ignore
            db.add(Mention(message_id=message.id, user_id=jun.user_id))
        assert (await house.reads.unread(jun))[room][:2] == (2, 1)
        assert (await house.reads.unread(mina))[room][:2] == (0, 0)

    async def test_deleted_and_unfinished_ones_do_not_count(self, house: House, clock: HandClock) -> None:
        room, (mina, jun) = await seated(house, "미나", "준")
        rows = [await say(house, mina, room, text) for text in ("하나", "둘", "셋")]
        for row, change in ((rows[0], {"deleted_at": clock.now()}), (rows[1], {"status": MessageStatus.STREAMING})):
            async with house.database.write() as db:
                await db.exec(update(Message).where(col(Message.uuid) == row["id"]).values(**change))
        assert (await house.reads.unread(jun))[room][:2] == (1, 0)

    async def test_all_rooms_cost_two_queries_and_a_bounded_walk(self, house: House) -> None:
        _, (mina, jun) = await seated(house, "미나", "준")
        rooms = [(await house.rooms.create(mina, name=f"방 {number}")).id for number in range(5)]
        for room in rooms:
            await house.rooms.sit_down(jun, room)
            await say(house, mina, room, "안녕")
        async with house.database.write() as db:
            room = (await db.exec(Room.__table__.select().where(Room.uuid == rooms[0]))).one()  # pyright: ignore
            db.add_all(
                Message(room_id=room.id, seq=seq, rev=seq, author_user_id=mina.user_id, author_name="미나", text="또")
                for seq in range(room.last_seq + 1, room.last_seq + 2 * WINDOW)
            )
            values = {"last_seq": room.last_seq + 2 * WINDOW - 1}
            await db.exec(update(Room).where(col(Room.id) == room.id).values(**values))
        with statements(house.database) as asked:
            found = await house.reads.unread(jun)
        assert [found[room][0] for room in rooms] == [WINDOW, 1, 1, 1, 1]
        assert len([statement for statement in asked if statement.startswith("SELECT")]) == 2

    @pytest.mark.parametrize(
        ("level", "rule", "expected"),
        [
            ("all", "all", Loudness.EVERYTHING),
            ("all", "mentions", Loudness.CALLS),
            ("none", "all", Loudness.NOTHING),
        ],
    )
    async def test_how_loud_a_room_is(self, house: House, level: str, rule: str, expected: Loudness) -> None:
        room, (mina,) = await seated(house, "미나")
        async with house.database.write() as db:
            await db.exec(update(Member).where(col(Member.user_id) == mina.user_id).values(notify=level))
            await db.exec(update(User).where(col(User.id) == mina.user_id).values(preferences={"notify": rule}))
        assert (await house.reads.unread(mina))[room].loud is expected
