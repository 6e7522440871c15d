"""Marks of reading in talks with an AI: each person's own, beside that of the room; what is unread, and who is told."""

import pytest

from hearth_reflex.bootstrap import House
from hearth_reflex.domain.attention import Loudness
from hearth_reflex.services.access import Actor
from tests.clocks import HandClock
from tests.factories import Listener, guest, listen, say, seated
from tests.service.refusals import circle, refused


async def begun(house: House, actor: Actor, room: str) -> str:
    return (await house.ai_sessions.start(actor, room)).session_id


async def answered(house: House, actor: Actor, talk: str, text: str, *, answers: int = 1) -> Listener:
    listener = await listen(house, actor, talk)
    await say(house, actor, talk, text)
    await listener.until(lambda heard: [one["status"] for one in heard.answers()] == ["complete"] * answers)
    return listener


async def newest(house: House, actor: Actor, talk: str) -> int:
    return (await house.rooms.enter(actor, talk)).rows[-1]["seq"]


async def test_an_answer_waits_until_it_is_looked_at(house: House) -> None:
    room, (mina, jun) = await seated(house, "미나", "준")
    talk = await begun(house, mina, room)
    await answered(house, mina, talk, "뭐 먹지?")
    mine, his = [(await house.reads.unread_talks(one))[talk] for one in (mina, jun)]
    assert (mine.unread, his.unread) == (1, 2)  # one's own words are no news
    assert (mine.room, mine.upto, mine.loud) == (room, await newest(house, mina, talk), Loudness.CALLS)
    assert await house.reads.mine(jun, talk) == 0
    heard = await listen(house, jun, room)
    await house.reads.mark(jun, talk, 10_000)
    end = await newest(house, jun, talk)
    assert heard.told == [([jun.uuid], ["read", talk, end])]
    assert await house.reads.mine(jun, talk) == end
    assert (await house.reads.unread_talks(jun))[talk].unread == 0  # still named: something may be told this moment
    assert (await house.reads.unread_talks(mina))[talk].unread == 1


async def test_a_mark_only_moves_forward_and_is_told_once(house: House) -> None:
    room, (mina, jun) = await seated(house, "미나", "준")
    talk = await begun(house, mina, room)
    for text in "하나", "둘", "셋":
        await say(house, mina, talk, text)
    end = await newest(house, jun, talk)
    heard = await listen(house, jun, room)
    for seq in (end - 1, 1, end - 1, end, end):
        await house.reads.mark(jun, talk, seq)
    assert [told[1][2] for told in heard.told] == [end - 1, end]
    assert heard.signals.count(["read"]) == 0


async def test_what_is_all_read_is_not_counted_and_what_was_said_before_one_came_is_not_unread(
    house: House, clock: HandClock
) -> None:
    room, (mina,) = await seated(house, "미나")
    talk = await begun(house, mina, room)
    await answered(house, mina, talk, "뭐 먹지?")
    clock.forward(minutes=5)
    late = await guest(house, "늦은이")
    await house.rooms.sit_down(late, room)
    assert await house.reads.unread_talks(late) == {}
    await house.reads.mark(mina, talk, 10_000)
    assert await house.reads.unread_talks(mina) == {}
    clock.forward(minutes=5)
    await say(house, mina, talk, "더 알려 줘")
    assert (await house.reads.unread_talks(late))[talk].unread >= 1


async def test_who_asked_is_called_and_the_others_are_told(house: House) -> None:
    room, (mina, jun) = await seated(house, "미나", "준")
    talk = await begun(house, mina, room)
    await house.presence.look({(room, mina.uuid), (room, jun.uuid)})
    heard = await answered(house, mina, talk, "뭐 먹지?")
    await heard.until(lambda one: sum(told[0] == "unread" for _, told in one.told) >= 3)
    told = [(people, news[1], news[3], news[-1]) for people, news in heard.told if news[0] == "unread"]
    assert told[0] == ([jun.uuid], talk, 0, room)
    assert ([mina.uuid], talk, 1, room) in told
    assert ([jun.uuid], talk, 0, room) in told[1:]


async def test_a_hushed_room_hushes_its_talks(house: House) -> None:
    room, (mina, jun) = await seated(house, "미나", "준")
    talk = await begun(house, mina, room)
    await house.seats.prefer(jun, room, notify="none")
    await house.presence.look({(room, mina.uuid), (room, jun.uuid)})
    heard = await listen(house, mina, room)
    await say(house, mina, talk, "뭐 먹지?")
    assert all(jun.uuid not in people for people, told in heard.told if told[0] == "unread")
    assert (await house.reads.unread_talks(jun))[talk].loud is Loudness.NOTHING


@pytest.mark.parametrize("private", [True, False])
async def test_strangers_have_no_marks_there(house: House, private: bool) -> None:
    them = await circle(house, private=private)
    talk = await begun(house, them.owner, them.room)
    await say(house, them.owner, talk, "뭐 먹지?")
    stranger = await guest(house, "나그네")
    wanted = "room_unknown" if private else "not_member"
    await refused(wanted, house.reads.mark(stranger, talk, 1))
    await refused(wanted, house.reads.mine(stranger, talk))
    assert await house.reads.unread_talks(stranger) == {}
    await house.order.remove(them.owner, them.room, them.member.uuid)
    assert await house.reads.unread_talks(them.member) == {}
