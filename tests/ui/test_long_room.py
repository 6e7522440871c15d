"""A room with ten thousand messages: little of it is in the page, nothing jumps while one reads, and one gets
anywhere in it and back."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Route, expect
from sqlmodel import select

from hearth_reflex.db.database import Database
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Room
from hearth_reflex.db.user import User
from tests.ui.conftest import Visit
from tests.ui.served import Person, Served
from tests.ui.visitor import Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]

LAST = 10_000
MOST_ROWS = 150
MOST_JUMP_PX = 4
SLOW = 8  # times
AT_BOTTOM_PX = 4
TALLER = "\n\n둘째 문단"  # rows of three heights
STEP = timedelta(minutes=10)

# Scrolls up until this row is there; the most rows that were in the page on the way.
UP_TO = """(talk, seq) => new Promise(done => {
    let most = 0;
    const step = () => {
        const rows = [...talk.querySelectorAll(".row")];
        most = Math.max(most, rows.length);
        if (rows.some(row => +row.dataset.seq <= seq)) return done(most);
        talk.scrollTop -= 400;
        requestAnimationFrame(step);
    };
    step();
})"""
# The row at the upper edge of the talk: its seq, and where it stands in the talk, whatever comes and goes above that.
ANCHOR = """talk => {
    const top = talk.getBoundingClientRect().top;
    const row = [...talk.querySelectorAll(".row")].find(row => row.getBoundingClientRect().top >= top + 40);
    return { seq: +row.dataset.seq, top: row.getBoundingClientRect().top - top, scrolled: talk.scrollTop };
}"""

STANDS = "row => row.getBoundingClientRect().top - row.closest('.talk').getBoundingClientRect().top"


async def fill(house: Served, room: str, speaker: Person) -> list[str]:
    """A long talk, straight into the database, for the last row must be of now. The uuids of its messages."""
    database = Database(f"sqlite+aiosqlite:///{house.log.with_suffix('') / 'hearth.db'}")
    try:
        async with database.write() as db:
            found = (await db.exec(select(Room).where(Room.uuid == room))).one()
            said_by = (await db.exec(select(User).where(User.uuid == speaker.user_id))).one()
            first = found.last_seq + 1
            said = [_message(found, said_by, seq) for seq in range(first, LAST + 1)]
            found.last_seq, found.rev = LAST, found.rev + len(said)
            db.add_all([found, *said])
            return [message.uuid for message in said]
    finally:
        await database.close()


def _message(room: Room, said_by: User, seq: int) -> Message:
    return Message(
        room_id=room.id or 0,
        seq=seq,
        rev=seq,
        author_user_id=said_by.id,
        author_name=said_by.name,
        text=f"이야기 {seq}" + TALLER * (seq % 3),
        created_at=datetime.now(UTC) - STEP * (LAST - seq),
    )


async def anchor(visitor: Visitor) -> dict[str, Any]:
    return await visitor.talk.evaluate(ANCHOR)


async def at_rest(visitor: Visitor) -> dict[str, Any]:
    """The anchor once rows that came into the page have been measured, and nothing moves any more."""
    now, still = await anchor(visitor), 0
    while still < 3:  # a busy machine may take a while to measure
        await visitor.page.wait_for_timeout(200)
        last, now = now, await anchor(visitor)
        still = still + 1 if now == last else 0
    return now


async def moved(visitor: Visitor, was: dict[str, Any]) -> float:
    """How many pixels that row is now from where it was."""
    row = visitor.talk.locator(f'.row[data-seq="{was["seq"]}"]')
    return abs(await row.evaluate(STANDS) - was["top"])


async def slowed(visitor: Visitor, times: int) -> None:
    """The page's processor is so many times slower from now on."""
    devtools = await visitor.context.new_cdp_session(visitor.page)
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": times})


async def long_room(house: Served, visit: Visit) -> tuple[Visitor, Person, str, list[str]]:
    """미나 at the newest row of a long room, and 준, who has said it all."""
    owner, other = await house.person("미나"), await house.person("준")
    room = await owner.open_room("긴 밤")
    await other.sit_down(room)
    uuids = await fill(house, room, other)
    mina = await visit(owner)
    await mina.enter(room)
    await expect(mina.talk.locator(f'.row[data-seq="{LAST}"]')).to_be_in_viewport()
    return mina, other, room, uuids


async def test_a_long_room_scrolls_without_jumps_and_stays_small(house: Served, visit: Visit) -> None:
    mina, other, room, _ = await long_room(house, visit)
    assert (await mina.scroll())["below"] <= AT_BOTTOM_PX
    assert await mina.talk.locator(".row").count() <= MOST_ROWS

    assert await mina.talk.evaluate(UP_TO, LAST - 1300) <= MOST_ROWS  # further than the page holds at once
    # Older rows come only when the reader has come to rest.
    rested = asyncio.Event()

    async def later(route: Route) -> None:
        await rested.wait()
        await route.continue_()

    await at_rest(mina)
    await mina.page.route("**/rows?before=*", later)
    await mina.talk.evaluate("talk => { talk.scrollTop = 400; }")
    reading = await at_rest(mina)
    rested.set()
    put_in_above = "scrolled => document.querySelector('.talk').scrollTop > scrolled + 500"
    await mina.until(put_in_above, reading["scrolled"])
    assert await moved(mina, reading) <= MOST_JUMP_PX

    reading = await anchor(mina)
    await other.say(room, "새 말 하나")
    await other.say(room, "새 말 둘")
    pill = mina.page.locator(".pill-newest")
    await expect(pill).to_contain_text(mina.says("room.newest", count=2))
    assert await moved(mina, reading) <= MOST_JUMP_PX
    await pill.click()
    await expect(mina.row("새 말 둘")).to_be_in_viewport()
    await expect(pill).to_have_count(0)
    assert (await mina.scroll())["below"] <= AT_BOTTOM_PX

    await other.say(room, "아래에 있으면 따라온다")
    await expect(mina.row("아래에 있으면 따라온다")).to_be_in_viewport()
    await expect(pill).to_have_count(0)
    assert await mina.page.locator("*").count() < 3000


async def test_one_gets_anywhere_in_a_long_room_and_back(house: Served, visit: Visit) -> None:
    mina, _, room, uuids = await long_room(house, visit)
    linked = LAST // 2
    await mina.look_out_for(f'.talk-item.flash .row[data-seq="{linked}"]', from_now=False)
    await mina.go(f"/room/{room}?m={uuids[linked - LAST - 1]}")
    target = mina.talk.locator(f'.row[data-seq="{linked}"]')
    await expect(target).to_be_in_viewport()
    await mina.until("() => window.storySaw")
    await expect(mina.talk.locator(".talk-item.flash")).to_have_count(0)
    assert await mina.talk.locator(".row").count() <= MOST_ROWS

    # Arrows go from row to row, and the row that has the keyboard stays though it is out of sight.
    await target.evaluate("row => { row.tabIndex = -1; row.focus(); }")
    await mina.page.keyboard.press("ArrowUp")
    focused = "seq => +document.activeElement.dataset.seq === seq"
    await mina.until(focused, linked - 1)
    await slowed(mina, SLOW)
    await mina.talk.evaluate(UP_TO, linked - 100)
    await mina.until(focused, linked - 1)

    # Another page and back: the same row at the same height, also where rows were measured late.
    reading = await at_rest(mina)
    await slowed(mina, 1)
    await mina.go("/")
    await mina.go(f"/room/{room}")
    await expect(mina.talk.locator(f'.row[data-seq="{reading["seq"]}"]')).to_be_in_viewport()
    await at_rest(mina)
    assert await moved(mina, reading) <= MOST_JUMP_PX

    # The first row, a day, the newest.
    await mina.talk.press("Home")
    await expect(mina.talk.get_by_text(mina.says("room.beginning"))).to_be_in_viewport()
    sought = LAST - 3000
    day = datetime.now(UTC) - STEP * (LAST - sought)
    await expect(mina.page.locator(".talk-date button")).to_have_css("opacity", "1")
    await mina.page.locator(".talk-date input").fill(f"{day:%Y-%m-%d}")
    near = "seq => [...document.querySelectorAll('.row')].some(row => Math.abs(row.dataset.seq - seq) < 300)"
    await mina.until(near, sought)
    await mina.talk.press("End")
    await expect(mina.talk.locator(f'.row[data-seq="{LAST}"]')).to_be_in_viewport()
    await expect(mina.page.locator(".talk-date button")).to_have_css("opacity", "0")  # it covers no newest lines
