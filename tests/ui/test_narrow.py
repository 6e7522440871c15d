"""In a narrow window: what goes on beyond an edge says so, and what fits no line stands below the other."""

import pytest
from playwright.async_api import expect

from tests.ui.conftest import Visit
from tests.ui.scenes import Home, scenes, show
from tests.ui.test_reach import NARROW

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]

# How far the chosen tab stands within its row, at the nearer edge.
WITHIN = """() => {
    const row = document.querySelector(".panel-tabs");
    const [all, one] = [row, row.querySelector("[aria-selected=true]")].map((node) => node.getBoundingClientRect());
    return Math.min(one.left - all.left, all.right - one.right);
}"""


async def test_the_tabs_of_a_room_fade_where_there_are_more_and_the_chosen_one_is_seen(
    home: Home, visit: Visit
) -> None:
    visitor = await visit(home.keeper, base=home.house.base, phone=True)
    await visitor.page.set_viewport_size(NARROW)  # pyright: ignore[reportArgumentType] - a TypedDict of the library
    await show(home, scenes("room-people")[0], visitor)
    tabs = visitor.page.locator(".panel-tabs")
    await expect(tabs).to_have_attribute("data-more", "after")
    assert await tabs.evaluate("node => getComputedStyle(node).maskImage") != "none"
    # Chosen from elsewhere, as a menu of a talk does: nothing scrolls there by itself.
    settings = visitor.page.get_by_role("tab", name=visitor.says("rooms.tab_settings"), exact=True)
    await settings.evaluate(
        "node => { node.closest('.panel-tabs').scrollLeft = 0; node.focus({ preventScroll: true }); }"
    )
    await expect(settings).to_have_attribute("aria-selected", "true")
    await expect(tabs).to_have_attribute("data-more", "before")
    assert await visitor.page.evaluate(WITHIN) >= 0


async def test_a_receipt_is_read_without_going_sideways(home: Home, visit: Visit) -> None:
    visitor = await visit(home.keeper, base=home.house.base, phone=True)
    await visitor.page.set_viewport_size(NARROW)  # pyright: ignore[reportArgumentType] - a TypedDict of the library
    await show(home, scenes("room-receipt")[0], visitor)
    table = visitor.page.locator(".receipt-table")
    assert await table.evaluate("node => node.scrollWidth - node.clientWidth") <= 0
    row = table.get_by_role("row").nth(1)  # a table for whoever hears it
    await expect(row.get_by_role("cell").last).to_be_in_viewport()
    name = await row.get_by_role("rowheader").evaluate("node => node.getBoundingClientRect().bottom")
    value = await row.get_by_role("cell").nth(1).evaluate("node => node.getBoundingClientRect().top")
    assert value >= name - 1


async def test_a_finger_finds_the_library_and_is_told_of_no_dropping(home: Home, visit: Visit) -> None:
    visitor = await visit(home.newcomer, base=home.house.base, phone=True)
    await visitor.go("/")
    ways = visitor.page.get_by_role("navigation", name=visitor.says("lobby.parts"), exact=True)
    await ways.get_by_role("link", name=visitor.says("library.title"), exact=True).tap()
    await expect(visitor.page.locator(".library-empty")).to_be_visible()
    hint = visitor.page.locator(".library-hint")
    await expect(hint.get_by_text(visitor.says("library.hint_touch"), exact=True)).to_be_visible()
    await expect(hint.get_by_text(visitor.says("library.hint"), exact=True)).to_be_hidden()
