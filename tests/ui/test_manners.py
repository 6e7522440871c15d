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


async def test_three_people_and_an_ai_that_joins_in_until_it_is_too_much(house: Served, visit: Visit) -> None:
    owner, other, third = await house.person("Mina"), await house.person("준"), await house.person("Sol")
    room = await owner.open_room("거실 이야기")
    await asyncio.gather(other.sit_down(room), third.sit_down(room))
    await owner.ask("PUT", f"/rooms/{room}/temper", temper="joins_in")
    circle = [await visit(owner, language="en"), await visit(other), await visit(third, language="en")]
    mina, _, sol = circle
    await asyncio.gather(*(one.enter(room) for one in circle))
    await other.say(room, f"@{owner.name} did you feed the cat?")  # one after the other, and to each other
    await owner.say(room, f"@{other.name} yes, an hour ago")
    await third.say(room, "The snow is lovely tonight.")
    await sol.say("What's the capital of Peru?")  # to nobody: the first that it takes up
    await asyncio.gather(*(one.answer_is("complete") for one in circle))
    for one in circle:
        await expect(one.talk.locator(".row.ai")).to_have_count(1)
        await expect(one.answer.locator(".row-why")).to_have_attribute("title", one.says("manners.joins_in"))
        await one.button("manners.too_talkative", within=one.answer).click()
        await expect(one.answer.get_by_text(one.says("manners.noted"), exact=True)).to_be_visible()
    await other.say(room, "Why is the sky blue?")
    await mina.say("@Ember say hello in one short sentence.")
    await asyncio.gather(*(expect(one.talk.locator(".row.ai")).to_have_count(2) for one in circle))
    await asyncio.gather(*(one.answer_is("complete") for one in circle))
    for one in circle:  # it let the question pass, and still comes when it is called
        await expect(one.answer.locator(".row-why")).to_have_attribute("title", one.says("manners.called"))
