"""The AI answers who means it, says why, and holds back for who finds it too talkative."""

import asyncio

import pytest
from playwright.async_api import expect

from tests.ui.conftest import Visit
from tests.ui.served import Served

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]


async def test_it_answers_who_means_it_and_says_why(house: Served, visit: Visit) -> None:
    owner, other = await house.person("Mina"), await house.person("준")
    room = await owner.open_room("예의")
    await other.sit_down(room)
    mina, jun = await visit(owner, language="en"), await visit(other)
    await asyncio.gather(mina.enter(room), jun.enter(room))
    await mina.say("Ember, say hello in one short sentence.")
    await asyncio.gather(mina.answer_is("complete"), jun.answer_is("complete"))
    named = jun.talk.locator(".row.ai").first
    await expect(named.locator(".row-why")).to_have_attribute("title", jun.says("manners.named"))
    await expect(named.locator(".row-why")).to_contain_text(jun.says("manners.why"))

    await jun.say(f"@{owner.name} are you coming? Ember said so.")
    await expect(mina.talk.locator(".row:not(.ai)")).to_have_count(2)
    await mina.say("@Ember say hello again in one short sentence.")
    await expect(mina.talk.locator(".row.ai")).to_have_count(2)  # what was for Mina got no answer
    await asyncio.gather(mina.answer_is("complete"), jun.answer_is("complete"))
    await expect(mina.answer.locator(".row-why")).to_have_attribute("title", mina.says("manners.called"))
    await expect(mina.button("manners.too_talkative", within=mina.answer)).to_have_count(0)  # it was called

    await jun.button("manners.too_talkative", within=named).click()
    await expect(named.get_by_text(jun.says("manners.noted"), exact=True)).to_be_visible()
    await expect(jun.button("manners.too_talkative", within=named)).to_have_count(0)
