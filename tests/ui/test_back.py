"""Under a finger, Back closes what is open over the page, one after the other, and only then leaves it."""

import re

import pytest
from playwright.async_api import expect

from tests.ui.conftest import Visit
from tests.ui.scenes import bring, open_row_menu, png, said
from tests.ui.served import Served
from tests.ui.visitor import Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]


async def guarded(visitor: Visitor, *, is_open: bool = True) -> None:
    """Waits until the page has noticed what opened or closed."""
    await visitor.until("open => (history.state?.hearth_layer === true) === open", is_open)


async def back(visitor: Visitor) -> None:
    await guarded(visitor)
    await visitor.page.evaluate("history.back()")


async def test_back_closes_what_is_open_and_then_leaves(house: Served, visit: Visit) -> None:
    person = await house.person("미나")
    room = await person.open_room("작은 방")
    await said(person, room, "그림이에요", files=[await bring(person, room, "노을.png", png("#c86432"))])
    mina = await visit(person, phone=True)
    page = mina.page
    await mina.go("/")
    await page.locator(f'a.room-card[href$="{room}"]').tap()
    await mina.seated()

    await open_row_menu(mina, mina.row("그림이에요"))
    await back(mina)
    await expect(page.locator(".row-menu")).to_have_count(0)

    await mina.button("rooms.menu").tap()
    await expect(page.get_by_role("menu")).to_be_visible()
    await back(mina)
    await expect(page.get_by_role("menu")).to_have_count(0)

    drawer = page.locator("dialog.drawer")
    await mina.button("shell.menu").tap()
    await back(mina)
    await expect(drawer).to_be_hidden()

    # A picture over a sheet: first the one, then the other.
    await mina.button("rooms.panel").tap()
    await page.get_by_role("tab", name=mina.says("files.tab"), exact=True).tap()
    await page.get_by_role("tabpanel").locator(".picture").tap()
    picture, sheet = page.locator(".yarl__root"), page.locator(".sheet-panel")
    await expect(picture).to_be_visible()
    await back(mina)
    await expect(picture).to_have_count(0)
    await expect(sheet).to_be_visible()
    await back(mina)
    await expect(sheet).to_have_count(0)
    await guarded(mina, is_open=False)
    await expect(page).to_have_url(re.compile(f"/room/{room}"))

    # What was closed otherwise stands in nobody's way.
    await mina.button("rooms.panel").tap()
    await guarded(mina)
    await mina.button("rooms.close_panel").tap()
    await guarded(mina, is_open=False)
    await page.evaluate("history.back()")
    await expect(page.locator(f'a.room-card[href$="{room}"]')).to_be_visible()
