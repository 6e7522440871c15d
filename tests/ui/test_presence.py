"""People notice each other: who writes, who has read, and what was said to them in a room that is not open."""

import re

import pytest
from playwright.async_api import expect

from tests.ui.conftest import Visit
from tests.ui.served import Served

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]


async def test_two_people_notice_each_other(house: Served, visit: Visit) -> None:
    mum, child = await house.person("엄마"), await house.person("아이")
    kitchen, attic = await mum.open_room("부엌"), await child.open_room("다락")
    await child.sit_down(kitchen)
    mina, jun = await visit(mum), await visit(child)
    await mina.enter(kitchen)
    await jun.enter(kitchen)

    # Writing is seen while it lasts, and ends with the message.
    typing = mina.page.locator(".typing")
    await jun.box.press_sequentially("배고파")
    await expect(typing).to_contain_text(child.name)
    await jun.box.press("Enter")
    await expect(mina.row("배고파")).to_be_visible()
    await expect(typing).to_have_attribute("data-writing", "no")

    # Somebody who looks elsewhere has not read it; a call reaches them there.
    await jun.enter(attic)
    await mina.say(f"@{child.name} 밥 먹자")
    own = mina.row(f"@{child.name} 밥 먹자")
    await expect(own.locator(".row-unread")).to_contain_text("1")
    toast = jun.page.locator(".toast")
    await expect(toast).to_contain_text("밥 먹자")
    await expect(toast).to_contain_text(mum.name)
    badge = jun.page.locator(f'.side a[href$="{kitchen}"] .unread-badge')
    await expect(badge).to_contain_text("1")
    await expect(jun.page).to_have_title(re.compile(r"^\(1\) "))

    # It leads to the message; there it is read, and everybody's numbers fall.
    await toast.get_by_role("link").click()
    await jun.seated()
    await expect(jun.row(f"@{child.name} 밥 먹자")).to_be_in_viewport()
    await expect(own.locator(".row-unread")).to_have_count(0)
    await expect(badge).to_have_count(0)
    await expect(jun.page).to_have_title(re.compile(r"^부엌"))
    await expect(toast).to_have_count(0)

    # A reload finds the same.
    await jun.go("/")
    await mina.say("천천히 와")
    await expect(jun.page).to_have_title(re.compile(r"^\(1\) "))
    await jun.page.reload()
    await expect(badge).to_contain_text("1")
    await expect(jun.page).to_have_title(re.compile(r"^\(1\) "))
