"""Two people in one room: what one says the other sees, at once, in one order, and drawn as meant."""

import pytest

from tests.ui.conftest import Visit
from tests.ui.served import Served
from playwright.async_api import expect

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]


async def test_smoke(house: Served, visit: Visit, artefacts) -> None:
    mina = await house.person("미나")
    room = await mina.open_room("부엌")
    jun = await house.person("준")
    await jun.sit_down(room)
    one, two = await visit(mina), await visit(jun, language="en")
    await one.enter(room)
    await two.enter(room)
    await one.say("안녕")
    await expect(two.row("안녕")).to_be_visible(timeout=1000)
    await two.say("@ember Tell me a long story about a fox.")
    await one.answer_grows()
    print(await one.page.content())
    await one.answer_is("complete")
    await one.page.screenshot(path=str(artefacts / "smoke.png"))
    print(await one.talk.inner_html())
    print(await jun.answer(room))
