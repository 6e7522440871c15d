"""A room's talk a stretch at a time: every row once, in order, whichever way one comes from; and where a day begins."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from sqlmodel import select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Room
from hearth_reflex.errors import ForbiddenError, InputError, NotFoundError
from hearth_reflex.services.access import Actor
from tests.databases import statements
from tests.factories import guest, house_keeper, say, seated

START = datetime(2026, 1, 1, tzinfo=UTC)
SAID = 240
NOTICES = 1  # one person sat down
LAST = SAID + NOTICES


async def long_talk(house: House, *, hours: int = 1) -> tuple[str, Actor]:
    """A room with a message each so many hours. Its first row is the notice of who sat down."""
    room, (mina,) = await seated(house, "미나")
    async with house.database.write() as db:
        found = (await db.exec(select(Room).where(Room.uuid == room))).one()
        assert found.id is not None
        notice = (await db.exec(select(Message).where(Message.room_id == found.id))).one()
        notice.created_at = START
        db.add_all([notice, *_said(found.id, mina, hours=hours)])
        found.last_seq, found.rev = LAST, LAST
        db.add(found)
    return room, mina


def _said(room_id: int, person: Actor, *, hours: int) -> list[Message]:
    return [
        Message(
            room_id=room_id,
            seq=seq,
            rev=seq,
            author_user_id=person.user_id,
            author_name=person.name,
            text=f"line {seq}",
            created_at=START + timedelta(hours=hours * seq),
        )
        for seq in range(NOTICES + 1, LAST + 1)
    ]


async def test_pages_upward_hold_every_row_once(house: House) -> None:
    room, mina = await long_talk(house)
    seen, before, more = [], 2**31 - 1, True
    while more:
        page = await house.history.before(mina, room, before)
        assert len(page.rows) <= 50
        seen, before, more = [*page.rows, *seen], page.rows[0]["seq"], page.has_older
    assert [row["seq"] for row in seen] == list(range(1, LAST + 1))


async def test_pages_downward_hold_every_row_once(house: House) -> None:
    room, mina = await long_talk(house)
    seen, after, more = [], 0, True
    while more:
        page = await house.history.after(mina, room, after, limit=33)
        assert len(page.rows) <= 33
        seen, after, more = [*seen, *page.rows], page.rows[-1]["seq"], page.has_newer
    assert [row["seq"] for row in seen] == list(range(1, LAST + 1))


@pytest.mark.parametrize(
    ("seq", "first", "last", "older", "newer"),
    [
        (100, 80, 119, True, True),
        (1, 1, 20, False, True),
        (0, 1, 20, False, True),
        (LAST, LAST - 20, LAST, True, False),
        (LAST + 500, LAST - 19, LAST, True, False),
        (21, 1, 40, False, True),
        (22, 2, 41, True, True),
        (LAST - 19, LAST - 39, LAST, True, False),
    ],
)
async def test_a_row_in_the_midst_of_its_neighbours(
    house: House, seq: int, first: int, last: int, older: bool, newer: bool
) -> None:
    room, mina = await long_talk(house)
    page = await house.history.around(mina, room, seq, limit=40)
    assert [row["seq"] for row in page.rows] == list(range(first, last + 1))
    assert (page.has_older, page.has_newer, page.rev) == (older, newer, LAST)


async def test_a_page_says_truly_what_lies_on_both_sides(house: House) -> None:
    room, mina = await long_talk(house)
    newest = await house.history.before(mina, room, 2**31 - 1, limit=10)
    assert (newest.has_older, newest.has_newer) == (True, False)
    assert (await house.history.before(mina, room, LAST)).has_newer
    first = await house.history.after(mina, room, 0, limit=10)
    assert (first.has_older, first.has_newer) == (False, True)
    nothing = await house.history.before(mina, room, 1)
    assert (nothing.rows, nothing.has_older, nothing.has_newer) == ([], False, True)
    end = await house.history.after(mina, room, LAST)
    assert (end.rows, end.has_newer) == ([], False)


@pytest.mark.parametrize("limit", [-5, 0, 100, 10_000])
async def test_a_page_is_never_longer_than_a_hundred_rows(house: House, limit: int) -> None:
    room, mina = await long_talk(house)
    for page in (
        await house.history.before(mina, room, LAST, limit=limit),
        await house.history.after(mina, room, 0, limit=limit),
        await house.history.around(mina, room, 120, limit=limit),
    ):
        assert 1 <= len(page.rows) <= 100


async def test_a_day_begins_with_its_first_row(house: House) -> None:
    room, mina = await long_talk(house)
    for hour in (0, 1, 2, 17, 24, 100, LAST):
        first = max(hour, 1 + NOTICES) if hour else 1
        assert await house.history.seq_at(mina, room, START + timedelta(hours=hour)) == first
        assert await house.history.seq_at(mina, room, START + timedelta(hours=hour, minutes=-30)) == first
    assert await house.history.seq_at(mina, room, START + timedelta(days=400)) == LAST
    assert await house.history.seq_at(mina, room, datetime(1, 1, 1)) == 1  # noqa: DTZ001 - without a zone on purpose
    seoul = timezone(timedelta(hours=9))
    assert await house.history.seq_at(mina, room, datetime(2026, 1, 3, tzinfo=seoul)) == 39
    with pytest.raises(InputError):
        await house.history.seq_at(mina, room, datetime(1, 1, 1, tzinfo=seoul))


async def test_a_room_where_nothing_was_said_has_no_day(house: House) -> None:
    keeper = await house_keeper(house)
    room = await house.rooms.create(keeper, name="빈 방")
    assert await house.history.seq_at(keeper, room.id, START) == 0
    assert (await house.history.around(keeper, room.id, 5)).rows == []


async def test_a_row_of_a_message_is_found_by_its_id(house: House) -> None:
    room, (mina,) = await seated(house, "미나")
    said = await say(house, mina, room, "여기")
    assert await house.history.seq_of(mina, room, said["id"]) == said["seq"]
    other = await house.rooms.create(mina, name="다른 방")
    for wrong_room, message in ((other.id, said["id"]), (room, str(uuid4())), (room, "x"), (room, "")):
        with pytest.raises(NotFoundError):
            await house.history.seq_of(mina, wrong_room, message)


async def test_who_does_not_sit_there_reads_nothing(house: House) -> None:
    room, (mina,) = await seated(house, "미나")
    said = await say(house, mina, room, "우리끼리")
    stranger, history = await guest(house, "나그네"), house.history
    for where, error in ((room, ForbiddenError), (str(uuid4()), NotFoundError), ("x", NotFoundError)):
        for attempt in (
            history.before(stranger, where, 9),
            history.after(stranger, where, 0),
            history.around(stranger, where, 1),
            history.seq_of(stranger, where, said["id"]),
            history.seq_at(stranger, where, START),
        ):
            with pytest.raises(error):
                await attempt


async def test_finding_a_day_costs_a_few_looks_in_any_room(house: House) -> None:
    room, mina = await long_talk(house)
    with statements(house.database) as asked:
        assert await house.history.seq_at(mina, room, START + timedelta(hours=200)) == 200
    assert 1 <= sum("FROM message" in statement for statement in asked) <= 8  # 2**8 > 241
