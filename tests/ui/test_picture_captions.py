"""A picture is looked at large, somebody says what is on it, and that stands for it in the talk of the others."""

import re

import pytest
from PIL import Image
from playwright.async_api import expect

from tests.hostile_files import written
from tests.ui.conftest import Visit
from tests.ui.scenes import bring, said
from tests.ui.served import Served

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]
FOUND = "async id => (await (await fetch(`/api/files/${id}/alike`)).json()).pictures.length > 0"
CAPTION = "난로 앞에서 조는 고양이"


async def test_what_is_said_of_a_picture_stands_for_it(house: Served, visit: Visit) -> None:
    person, other = await house.person("미나"), await house.person("June")
    room = await person.open_room("사진 방")
    await other.sit_down(room)
    picture = written(Image.radial_gradient("L").resize((640, 480)), "PNG")
    first, second = [await bring(person, room, name, picture) for name in ("첫째.png", "둘째.png")]
    for file in (first, second):
        await said(person, room, "", files=[file])
    mina, june = await visit(person), await visit(other, language="en")
    for visitor in (mina, june):
        await visitor.enter(room)

    await mina.talk.locator(".picture").first.click()
    about = mina.page.get_by_role("group", name=mina.says("pictures.about"), exact=True)
    await mina.button("pictures.caption_add", within=about).click()
    box = mina.page.get_by_role("textbox", name=mina.says("pictures.caption_label"), exact=True)
    await expect(box).to_be_focused()
    await box.press_sequentially("고양이 조는")
    await box.press("ArrowLeft")  # moves in the line, not to another picture
    await box.fill(CAPTION)
    await box.press("Enter")
    await expect(about).to_contain_text(CAPTION)
    await expect(mina.button("pictures.caption_edit", within=about)).to_be_focused()
    shown = june.talk.locator(".picture").first
    await expect(shown).to_have_accessible_name(june.says("pictures.captioned", caption=CAPTION))

    # The other one is the same picture: found by its look, once both were looked at.
    alike = about.get_by_role("button", name=re.compile(re.escape("둘째.png")))
    await mina.page.keyboard.press("Escape")
    await expect(mina.page.locator(".yarl__root")).to_have_count(0)
    await mina.until(FOUND, first, seconds=30)
    await mina.talk.locator(".picture").first.click()
    await mina.button("pictures.alike", within=about).click()
    await alike.click()
    await expect(mina.page.locator(".yarl__slide_current img")).to_have_attribute("alt", re.compile("둘째"))

    # Who neither sent it nor keeps order reads it and writes nothing.
    await shown.click()
    about = june.page.get_by_role("group", name=june.says("pictures.about"), exact=True)
    await expect(about).to_contain_text(CAPTION)
    await expect(june.button("pictures.caption_edit", within=about)).to_have_count(0)
