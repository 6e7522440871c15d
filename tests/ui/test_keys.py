"""A key for a program: made on the page of settings, shown once, used, and ended; and what was used stands there."""

import httpx
import pytest
from playwright.async_api import Locator, expect

from tests.ui.conftest import Visit
from tests.ui.served import Served
from tests.ui.visitor import Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]


def part(visitor: Visitor, key: str) -> Locator:
    return visitor.page.get_by_role("region", name=visitor.says(key), exact=True)


async def status(house: Served, key: str) -> int:
    async with httpx.AsyncClient(base_url=house.base, headers={"Authorization": f"Bearer {key}"}) as program:
        return (await program.get("/api/session")).status_code


async def test_a_key_is_shown_once_and_ended_when_asked(house: Served, visit: Visit) -> None:
    person = await house.account("Mina")
    mina = await visit(person, language="en")
    mina.forgive("status of 422")  # the browser's own note of a refusal
    await mina.go("/settings")
    keys = part(mina, "settings.keys")
    await mina.button("keys.new", within=keys).click()
    await mina.button("keys.make", within=keys).click()
    await expect(keys.get_by_role("alert").filter(visible=True)).not_to_be_empty()  # it has no name
    await keys.get_by_label(mina.says("keys.name"), exact=True).fill("weather bot")
    await keys.get_by_label(mina.says("keys.days"), exact=True).select_option("7")
    await mina.button("keys.make", within=keys).click()
    shown = keys.get_by_label(mina.says("keys.key"), exact=True)
    await expect(shown).to_be_focused()
    key = await shown.input_value()
    assert await status(house, key) == 200
    await mina.button("keys.put_away", within=keys).click()
    await expect(shown).to_have_count(0)
    await mina.page.reload()
    await expect(keys.get_by_text("weather bot")).to_be_visible()
    assert key not in await mina.page.content()
    await mina.button("keys.revoke_this", within=keys, name="weather bot").click()
    asked = mina.page.get_by_role("alertdialog", name=mina.says("keys.ask", name="weather bot"))
    await mina.button("keys.go", within=asked).click()
    await expect(keys.get_by_text(mina.says("keys.none"), exact=True)).to_be_visible()
    assert await status(house, key) == 401


async def test_what_was_used_is_told_by_day_model_and_room(house: Served, visit: Visit) -> None:
    person = await house.person("June")
    room = await person.open_room("Kitchen")
    await person.say(room, "@ember hello")
    await person.until_answered(room)
    june = await visit(person, language="en")
    await june.go("/settings")
    use = part(june, "settings.usage")
    days = use.get_by_role("list", name=june.says("use.days"), exact=True).get_by_role("listitem")
    await expect(days).to_have_count(14)
    await expect(days.last).to_contain_text("tokens (answers: 1)")
    rooms = use.get_by_role("table", name=june.says("use.rooms"), exact=True)
    await expect(rooms.get_by_role("rowheader", name="Kitchen", exact=True)).to_be_visible()
    await expect(use.get_by_role("table", name=june.says("use.models"), exact=True)).to_be_visible()
