"""An answer asked for again: both see the same version, choose among them, say what they think, and ask it better."""

import asyncio

import pytest
from playwright.async_api import expect

from tests.ui.conftest import Visit
from tests.ui.served import Person, Served
from tests.ui.visitor import Visitor, bare

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]

ASKED = "@ember Write three sentences about a lighthouse on an island."


async def test_an_answer_is_made_again_chosen_rated_and_asked_better(house: Served, visit: Visit) -> None:
    owner, other = await house.person("Mina"), await house.person("준")
    room = await owner.open_room("등대")
    await other.sit_down(room)
    mina, jun = await visit(owner, language="en"), await visit(other)
    await mina.enter(room)
    await jun.enter(room)
    await mina.say(ASKED)
    await asyncio.gather(mina.answer_is("complete"), jun.answer_is("complete"))
    first = (await owner.answer(room))["text"]

    await mina.answer.hover()
    await mina.button("answer.again", within=mina.answer).click()
    await both_see("2/2", owner, room, mina, jun)
    await jun.answer.hover()
    for tool in ("answer.again", "answer.earlier"):
        await expect(jun.button(tool, within=jun.answer)).to_have_count(0)  # it was not theirs to ask

    await mina.button("answer.earlier", within=mina.answer).click()
    await both_see("1/2", owner, room, mina, jun)
    assert (await owner.answer(room))["text"] == first

    await mina.button("answer.up", within=mina.answer).click()
    await expect(mina.button("answer.up", within=mina.answer)).to_have_attribute("aria-pressed", "true")
    await mina.page.reload()
    await mina.seated()
    await expect(mina.button("answer.up", within=mina.answer)).to_have_attribute("aria-pressed", "true")
    await expect(jun.button("answer.up", within=jun.answer)).to_have_attribute("aria-pressed", "false")

    await mina.button("answer.quote", within=mina.answer).click()
    assert (await mina.box.input_value()).startswith("> ")
    await mina.box.fill("")
    await mina.answer.locator(".follow-up").first.click()
    assert (await mina.box.input_value()).startswith("@Ember ")
    await mina.box.fill("")

    await mina.box.press("ArrowUp")
    editing = mina.page.get_by_role("textbox", name=mina.says("composer.editing"), exact=True)
    await editing.fill(f"{ASKED} In the rain.")
    await mina.button("composer.resend").click()
    await both_see("3/3", owner, room, mina, jun)
    await expect(jun.row(f"{ASKED} In the rain.")).to_be_visible()
    await expect(mina.box).to_have_value("")


async def both_see(versions: str, person: Person, room: str, *visitors: Visitor) -> None:
    """The same version stands for all of them, whole, and it is the stored one."""
    for visitor in visitors:
        await expect(visitor.answer.locator(".answer-version")).to_have_text(versions, timeout=60_000)
        await visitor.answer_is("complete")
    stored = bare((await person.answer(room))["text"])
    assert [bare(await visitor.answer_text()) for visitor in visitors] == [stored] * len(visitors)
