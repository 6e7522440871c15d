"""The box: Hangul composition, Enter and Shift+Enter at a keyboard, Enter on a phone."""

import pytest
from playwright.async_api import CDPSession, expect

from tests.ui.conftest import Visit
from tests.ui.served import Served
from tests.ui.visitor import Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]


async def compose(keyboard: CDPSession, *steps: str) -> None:
    """An input method builds a syllable: ㅎ, 하, 한."""
    for step in steps:
        at = {"selectionStart": len(step), "selectionEnd": len(step)}
        await keyboard.send("Input.imeSetComposition", {"text": step, **at})


async def alone(house: Served, visit: Visit, *, phone: bool = False) -> tuple[Visitor, CDPSession]:
    person = await house.person("한결")
    visitor = await visit(person, phone=phone)
    await visitor.enter(await person.open_room("글방"))
    return visitor, await visitor.context.new_cdp_session(visitor.page)


async def test_the_last_syllable_is_sent_once(house: Served, visit: Visit) -> None:
    writer, keyboard = await alone(house, visit)
    await writer.box.focus()
    for syllable in (("ㅎ", "하", "한"), ("ㄱ", "그", "글")):
        await compose(keyboard, *syllable)
        await keyboard.send("Input.insertText", {"text": syllable[-1]})
    await compose(keyboard, "ㅂ", "바", "밤")
    # Enter under a Hangul input method: it puts down the syllable, then the key goes its way.
    await keyboard.send("Input.insertText", {"text": "밤"})
    await writer.box.press("Enter")
    await expect(writer.row("한글밤")).to_be_visible()
    await expect(writer.box).to_have_value("")
    await writer.say("다음")
    await expect(writer.row("다음")).to_be_visible()
    assert await writer.spoken() == ["한글밤", "다음"]


async def test_enter_that_ends_a_composition_does_not_send(house: Served, visit: Visit) -> None:
    writer, keyboard = await alone(house, visit)
    await writer.box.focus()
    await compose(keyboard, "に", "日本")
    process = {"windowsVirtualKeyCode": 229, "code": "Enter", "key": "Process"}
    await keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **process})
    await keyboard.send("Input.insertText", {"text": "日本"})
    await keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **process})
    await expect(writer.box).to_have_value("日本")
    await expect(writer.bubbles).to_have_count(0)
    await writer.box.press("Enter")
    await expect(writer.row("日本")).to_be_visible()
    assert await writer.spoken() == ["日本"]


async def test_shift_and_enter_break_the_line(house: Served, visit: Visit) -> None:
    writer, _ = await alone(house, visit)
    await writer.box.press_sequentially("첫 줄")
    await writer.box.press("Shift+Enter")
    await writer.box.press_sequentially("둘째 줄")
    await expect(writer.box).to_have_value("첫 줄\n둘째 줄")
    await expect(writer.bubbles).to_have_count(0)
    await writer.box.press("Enter")
    await expect(writer.bubbles).to_have_count(1)
    await expect(writer.bubbles.first).to_contain_text("둘째 줄")


async def test_on_a_phone_enter_breaks_the_line_and_the_button_sends(house: Served, visit: Visit) -> None:
    writer, _ = await alone(house, visit, phone=True)
    assert await writer.page.evaluate("matchMedia('(pointer: coarse)').matches")
    await writer.box.tap()
    await writer.box.press_sequentially("엄지로")
    await writer.box.press("Enter")
    await writer.box.press_sequentially("쓴다")
    await expect(writer.box).to_have_value("엄지로\n쓴다")
    await writer.button("composer.send").tap()
    await expect(writer.bubbles).to_have_count(1)
    await expect(writer.box).to_have_value("")
    await expect(writer.bubbles.first).to_contain_text("쓴다")
