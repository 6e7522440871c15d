"""Saying something in a room: kept, ordered, told, once."""

import asyncio
from uuid import uuid4

import pytest

from hearth_reflex.bootstrap import House
from hearth_reflex.errors import ConflictError, ForbiddenError, InputError, LimitError, NotFoundError
from tests.factories import guest, listen, living_room, say, seated


async def test_a_message_reaches_a_listener_and_the_database_alike(house: House) -> None:
    room, (mina, jun) = await seated(house, "미나", "준")
    listener = await listen(house, jun, room)
    await say(house, mina, room, "오늘 저녁 7시에 모이는 거지?")
    fresh = await house.rooms.enter(jun, room)
    assert [row["text"] for row in fresh.rows if row["kind"] == "talk"] == ["오늘 저녁 7시에 모이는 거지?"]
    assert sorted(listener.fold.rows) == [row["seq"] for row in fresh.rows]
    assert listener.fold.rows[fresh.rows[-1]["seq"]] == fresh.rows[-1]
    assert listener.fold.rev == fresh.rev


async def test_the_same_client_id_is_the_same_message(house: House) -> None:
    room, (mina,) = await seated(house, "미나")
    client_id = str(uuid4())
    first = await house.messages.send(mina, room, text="한 번", client_msg_id=client_id)
    again = await house.messages.send(mina, room, text="한 번", client_msg_id=client_id)
    assert again == first
    assert len([row for row in (await house.rooms.enter(mina, room)).rows if row["kind"] == "talk"]) == 1


async def test_a_client_id_is_not_taken_into_another_room(house: House) -> None:
    room, (mina,) = await seated(house, "미나")
    other = await house.rooms.create(mina, name="부엌")
    client_id = str(uuid4())
    await house.messages.send(mina, room, text="여기", client_msg_id=client_id)
    with pytest.raises(ConflictError):
        await house.messages.send(mina, other.id, text="저기", client_msg_id=client_id)


async def test_five_writers_and_two_hundred_messages_each_have_one_order(house: House) -> None:
    room, people = await seated(house, "가", "나", "다", "라", "마")
    listener = await listen(house, people[0], room)

    async def talk(index: int) -> list[int]:
        return [(await say(house, people[index], room, f"{index}-{n}"))["seq"] for n in range(200)]

    seqs = await asyncio.gather(*(talk(index) for index in range(5)))
    assert sorted(seq for own in seqs for seq in own) == list(range(6, 1006))
    assert all(own == sorted(own) for own in seqs)
    assert not listener.fold.missing
    page = await house.history.before(people[0], room, 2**31 - 1, limit=100)
    assert page.rows == [listener.fold.rows[row["seq"]] for row in page.rows]
    for index in range(5):
        mine = [row["text"] for seq, row in sorted(listener.fold.rows.items()) if row["author"] == people[index].uuid]
        assert mine[-200:] == [f"{index}-{n}" for n in range(200)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "message_empty"),
        (" \n\t ", "message_empty"),
        ("\u3164", "message_empty"),
        ("hi\x07", "message_control"),
        ("x" * 30_000, "message_long"),
    ],
)
async def test_what_cannot_be_kept_is_refused_in_words(house: House, text: str, code: str) -> None:
    room, (mina,) = await seated(house, "미나")
    with pytest.raises(InputError) as refusal:
        await say(house, mina, room, text)
    assert refusal.value.code == code


async def test_who_does_not_sit_there_neither_speaks_nor_reads(house: House) -> None:
    room, (mina,) = await seated(house, "미나")
    stranger = await guest(house, "나그네")
    with pytest.raises(ForbiddenError):
        await say(house, stranger, room, "안녕")
    with pytest.raises(ForbiddenError):
        await house.rooms.enter(stranger, room)
    with pytest.raises(ForbiddenError):
        await house.history.before(stranger, room, 100)
    with pytest.raises(ForbiddenError):
        await house.rooms.changed_since(stranger, room, rev=0)
    with pytest.raises(NotFoundError):
        await say(house, mina, str(uuid4()), "안녕")
    with pytest.raises(NotFoundError):
        await say(house, mina, "not a uuid", "안녕")


async def test_a_private_room_is_unknown_to_others(house: House) -> None:
    token = await house.accounts.register(login="owner", name="집주인", password="a long password")
    owner = await house.sessions.actor_for(token)
    assert owner is not None
    room = await house.rooms.create(owner, name="비밀", private=True)
    stranger = await guest(house, "나그네")
    assert room.id not in [seen.id for seen in await house.rooms.lobby(stranger)]
    for attempt in (house.rooms.sit_down(stranger, room.id), house.rooms.enter(stranger, room.id)):
        with pytest.raises(NotFoundError):
            await attempt


async def test_sitting_down_is_said_once(house: House) -> None:
    room, (mina,) = await seated(house, "미나")
    await house.rooms.sit_down(mina, room)
    notices = [row["notice"] for row in (await house.rooms.enter(mina, room)).rows if row["kind"] == "notice"]
    assert notices == [{"ko": "미나 님이 불가에 앉았습니다", "en": "미나 sat down by the fire", "code": "joined"}]


async def test_a_flood_is_slowed_with_the_time_to_wait(house: House) -> None:
    room, (mina,) = await seated(house, "미나")
    pace = house.messages._pace
    pace.rate, pace.burst = 1.0, 3.0
    for n in range(3):
        await say(house, mina, room, str(n))
    with pytest.raises(LimitError) as limit:
        await say(house, mina, room, "too fast")
    assert 0 < limit.value.retry_after <= 3.0  # three in any three seconds


async def test_a_repair_tells_what_changed_and_nothing_else(house: House) -> None:
    room, (mina,) = await seated(house, "미나")
    first = await say(house, mina, room, "처음")
    second = await say(house, mina, room, "다음")
    rev, rows, complete = await house.rooms.changed_since(mina, room, rev=first["rev"])
    assert (rev, complete) == (second["rev"], True)
    assert rows == [second]
    assert (await living_room(house, mina)) == room


async def test_a_seat_is_one_seat_however_the_rooms_id_is_written(house: House) -> None:
    room, (mina,) = await seated(house, "미나")
    for spelling in (room.upper(), room.replace("-", "")):
        await house.rooms.sit_down(mina, spelling)
    assert (await house.rooms.enter(mina, room)).room.members == 1
    with pytest.raises(NotFoundError):
        await house.rooms.sit_down(mina, "not a uuid\x00")
