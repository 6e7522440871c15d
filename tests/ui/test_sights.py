"""What the AI hears is said under the talk, in full behind it, and leads to where its hearing begins."""

import pytest
from playwright.async_api import expect

from tests.ui.conftest import Visit
from tests.ui.served import Served
from tests.ui.test_reach import faults

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]

FIRST = "오늘 저녁은 두부찌개야"


async def test_a_line_says_what_the_ai_hears(house: Served, visit: Visit) -> None:
    mum, child = await house.person("엄마"), await house.person("아이")
    room = await mum.open_room("듣는 방")
    await child.sit_down(room)
    await mum.say(room, FIRST)
    await mum.say_all(room, [f"{number}번째로 넣을 것" for number in range(30)])
    mina = await visit(mum)
    await mina.enter(room)
    strip = mina.page.locator(".sight")
    await expect(strip).to_contain_text("불씨")
    await expect(strip).to_contain_text("두부찌개")
    await expect(strip).to_contain_text("31개")

    # It follows the talk, some seconds behind it.
    await child.say(room, "파도 넣자")
    await expect(strip).to_contain_text("32개", timeout=20_000)

    # The sheet says it in full, and leads to the first message.
    await strip.click()
    sheet = mina.page.get_by_role("dialog")
    for key, values in (("sights.heard_some", {"count": 32}), ("sights.cut_none", {}), ("sights.instructed_yes", {})):
        await expect(sheet).to_contain_text(mina.says(key, **values))
    await expect(sheet.locator("q")).to_have_text(FIRST)
    assert await faults(mina) == []
    await mina.button("sights.jump", within=sheet).click()
    await expect(sheet).to_have_count(0)
    await expect(mina.row(FIRST)).to_be_in_viewport()

    # Whoever does not want the line folds it, here and on the next visit; the way to the sheet stays.
    await strip.click()
    await sheet.get_by_label(mina.says("sights.keep")).uncheck()
    await mina.page.keyboard.press("Escape")
    await expect(strip).to_have_text("")
    await mina.page.reload()
    await mina.seated()
    await expect(strip).to_have_text("")
    await strip.click()
    await expect(sheet).to_contain_text(mina.says("sights.heard_some", count=32))
