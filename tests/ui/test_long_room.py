"""A room with much talk: it opens at the newest, older talk comes in above without a jump, and little of it is kept."""

import pytest
from playwright.async_api import expect

from tests.ui.conftest import Visit
from tests.ui.served import Served
from tests.ui.visitor import Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]

SAID = 460  # more than a page keeps
MOST_JUMP_PX = 4
AT_BOTTOM_PX = 4


async def scroll_to_top_edge(visitor: Visitor) -> dict[str, float]:
    """Scrolls near the top and notes a row there: its seq and where it stands in the window."""
    return await visitor.talk.evaluate(
        """node => {
            node.scrollTop = 150;
            const rows = [...node.querySelectorAll(".row")];
            const edge = node.getBoundingClientRect().top;
            const anchor = rows.find(row => row.getBoundingClientRect().top >= edge);
            return { seq: +anchor.dataset.seq, top: anchor.getBoundingClientRect().top, rows: rows.length };
        }"""
    )


async def top_of(visitor: Visitor, seq: float) -> float:
    return await visitor.talk.locator(f'.row[data-seq="{seq}"]').evaluate("node => node.getBoundingClientRect().top")


async def test_a_long_room_scrolls_without_jumps_and_stays_small(house: Served, visit: Visit) -> None:
    owner, other = await house.person("미나"), await house.person("준")
    room = await owner.open_room("긴 밤")
    await other.sit_down(room)
    await owner.say_all(room, [f"이야기 {number}" + "\n\n둘째 문단" * (number % 3) for number in range(SAID)])
    mina = await visit(owner)
    await mina.enter(room)
    await expect(mina.bubbles.last).to_contain_text(f"이야기 {SAID - 1}")
    await expect(mina.bubbles).to_have_count(30)
    await mina.until("() => { const t = document.querySelector('.talk'); return t.scrollHeight > 2 * t.clientHeight; }")
    assert (await mina.scroll())["below"] <= AT_BOTTOM_PX

    jumps: list[float] = []
    while (count := await mina.bubbles.count()) < SAID:
        anchor = await scroll_to_top_edge(mina)
        more = "count => document.querySelectorAll('.row .bubble').length > count"
        await mina.until(more, count)
        jumps.append(await top_of(mina, anchor["seq"]) - anchor["top"])
        grew = await mina.bubbles.count() - count
        assert grew == min(50, SAID - count), grew
    assert len(jumps) == 9
    assert max(map(abs, jumps)) <= MOST_JUMP_PX, jumps
    await expect(mina.talk.get_by_text(mina.says("room.beginning"))).to_be_attached()

    reading = await scroll_to_top_edge(mina)
    await other.say(room, "새 말 하나")
    await other.say(room, "새 말 둘")
    pill = mina.page.locator(".pill-newest")
    await expect(pill).to_contain_text(mina.says("room.newest", count=2))
    assert abs(await top_of(mina, reading["seq"]) - reading["top"]) <= MOST_JUMP_PX
    await pill.click()
    await expect(pill).to_have_count(0)
    await expect(mina.row("새 말 둘")).to_be_in_viewport()
    await mina.until("() => document.querySelectorAll('.row').length <= 150")
    assert (await mina.scroll())["below"] <= AT_BOTTOM_PX

    await other.say(room, "아래에 있으면 따라온다")
    await expect(mina.row("아래에 있으면 따라온다")).to_be_in_viewport()
    await expect(pill).to_have_count(0)
    assert await mina.page.locator("*").count() < 3000
