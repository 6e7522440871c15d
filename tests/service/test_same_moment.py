"""What happens in the same moment as a room's order changes: whoever comes second finds the room as it is by then.

Somebody holds the room as a service does while it changes seats; another begins, and must wait; then the first one's
change is kept.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, text
from sqlalchemy.dialects import postgresql
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.bootstrap import House
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Member, Room
from hearth_reflex.db.user import LoginSession, User
from hearth_reflex.services.access import Actor
from hearth_reflex.services.erasing import hold_all
from tests.clocks import HandClock
from tests.factories import say
from tests.service.refusals import circle, outcome

_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")

Change = Callable[[AsyncSession, int, int], Awaitable[Any]]


def _unseat(db: AsyncSession, room: int, person: int) -> Awaitable[Any]:
    return db.exec(delete(Member).where(col(Member.room_id) == room, col(Member.user_id) == person))


def _archive(db: AsyncSession, room: int, _: int) -> Awaitable[Any]:
    return db.exec(update(Room).where(col(Room.id) == room).values(archived_at=Room.created_at))


def _delete(db: AsyncSession, room: int, _: int) -> Awaitable[Any]:
    return db.exec(update(Room).where(col(Room.id) == room).values(deleted_at=Room.created_at))


@asynccontextmanager
async def in_the_meantime(
    house: House, room: str, change: Callable[[AsyncSession, int], Awaitable[Any]], act: Awaitable[object]
) -> AsyncIterator["asyncio.Task[str]"]:
    """Begins `act` while the room is held, then keeps `change`; yields the act once it has ended."""
    async with house.database.write() as db:
        row = (await db.exec(select(Room.id).where(Room.uuid == room).with_for_update())).one()
        task = asyncio.create_task(outcome(act))
        await change(db, row or 0)
        await _until_it_waits(house)
    await asyncio.wait([task])
    yield task


async def _until_it_waits(house: House) -> None:
    """SQLite has one writer, who is held already; PostgreSQL says who waits."""
    if house.database.is_sqlite:
        return
    async with asyncio.timeout(10):
        while True:
            async with house.database.read() as db:
                if (await (await db.connection()).execute(_WAITING)).scalar_one():
                    return


async def said(house: House) -> list[str]:
    async with house.database.read() as db:
        return list(
            (await db.exec(select(Message.text).where(Message.kind == "talk").order_by(col(Message.seq)))).all()
        )


ACTS: dict[str, Callable[[House, Actor, str, str], Awaitable[object]]] = {
    "send": lambda house, who, room, message: say(house, who, room, "too late"),
    "edit": lambda house, who, room, message: house.edits.edit(who, room, message, text="too late"),
    "take back": lambda house, who, room, message: house.edits.delete(who, room, message),
    "react": lambda house, who, room, message: house.reactions.give(who, room, message, emoji="👍", on=True),
    "pin": lambda house, who, room, message: house.pins.pin(who, room, message, on=True),
    "star": lambda house, who, room, message: house.stars.star(who, room, message, on=True),
}
CHANGES: dict[str, tuple[Change, str]] = {
    "shown out": (_unseat, "not_member"),
    "archived": (_archive, "room_archived"),
    "deleted": (_delete, "room_unknown"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("act", ACTS)
async def test_nothing_is_done_in_a_room_that_was_lost_in_the_same_moment(house: House, act: str, change: str) -> None:
    them = await circle(house)
    message = (await say(house, them.member, them.room, "before"))["id"]
    turn, code = CHANGES[change]
    began = ACTS[act](house, them.member, them.room, message)
    person = them.member.user_id
    async with in_the_meantime(house, them.room, lambda db, row: turn(db, row, person), began) as acted:
        # A star may stand in a room that is only read.
        assert acted.result() == ("" if (act, change) == ("star", "archived") else code)
    assert await said(house) == ["before"]


async def test_a_file_is_taken_back_or_sent_and_never_both(house: House) -> None:
    them = await circle(house)
    file = await house.attachments.receive(them.member, them.room, name="a.txt", stream=_bytes(), length=None)
    sent, gone = await asyncio.gather(
        outcome(
            house.messages.send(them.member, them.room, text="here", client_msg_id=str(uuid4()), files=[file["id"]])
        ),
        outcome(house.attachments.take_back(them.member, file["id"])),
    )
    assert sorted([sent, gone]) == ["", "file_unknown"]


async def test_one_id_in_two_rooms_is_one_message(house: House) -> None:
    """Whoever comes second hears where the first one is, also when neither has seen the other."""
    them = await circle(house)
    other = (await house.rooms.create(them.owner, name="다른 방")).id
    client_id = str(uuid4())
    async with house.database.write() as db:
        await _keep_there(db, other, them.owner, client_id)
        late = asyncio.create_task(
            outcome(house.messages.send(them.owner, them.room, text="late", client_msg_id=client_id))
        )
        await _until_it_waits(house)
    assert await late == "message_elsewhere"
    assert await said(house) == ["first"]


async def _keep_there(db: AsyncSession, room: str, author: Actor, client_id: str) -> None:
    row = (await db.exec(select(Room).where(Room.uuid == room))).one()
    row.rev, row.last_seq = row.rev + 1, row.last_seq + 1
    message = Message(room_id=row.id or 0, seq=row.last_seq, rev=row.rev, author_name=author.name, text="first")
    message.author_user_id, message.client_msg_id = author.user_id, client_id
    db.add(message)
    await db.flush()


async def test_acting_while_one_leaves_for_good_locks_nobody(house: House, clock: HandClock) -> None:
    """Whoever leaves and whoever notes their last act want the same rows."""
    token = await house.accounts.join_as_guest("미나")
    mina = await house.sessions.actor_for(token)
    assert mina is not None
    clock.forward(minutes=5)
    async with house.database.write() as db:
        await hold_all(db, {mina.user_id})
        acting = asyncio.create_task(house.sessions.actor_for(token))
        await _until_it_waits(house)
        await db.exec(delete(LoginSession).where(col(LoginSession.user_id) == mina.user_id))
        await db.exec(delete(User).where(col(User.id) == mina.user_id))
    async with asyncio.timeout(10):
        await acting  # it was theirs when it began
    assert await house.sessions.actor_for(token) is None


async def test_an_answer_may_name_a_room_that_is_held_for_who_leaves(house: House) -> None:
    """Where it notes what it used, behind its talk's row: FOR UPDATE of the room would have the two wait in a ring."""
    them, locked = await circle(house), list[str]()
    async with house.database.write() as db:
        event.listen(
            db.sync_session,
            "do_orm_execute",
            lambda state: locked.append(str(state.statement.compile(dialect=postgresql.dialect()))),
        )
        await hold_all(db, {them.member.user_id})
    (room,) = [said for said in locked if "FROM room" in said and " FOR " in said]
    assert room.endswith("FOR NO KEY UPDATE")


async def _bytes() -> AsyncIterator[bytes]:
    yield b"hello"
