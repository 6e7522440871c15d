"""A picture that moves does so in the talk: not for whoever wants no motion, until they point at it."""

import re

import pytest
from playwright.async_api import expect

from tests.hostile_files import moving
from tests.ui.conftest import Visit
from tests.ui.scenes import bring, said
from tests.ui.served import Served

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]


async def test_what_moves_moves_where_it_stands_for_whoever_likes_that(house: Served, visit: Visit) -> None:
    person = await house.person("미나")
    room = await person.open_room("고양이 방")
    file = await bring(person, room, "고양이.gif", moving("GIF"))
    await said(person, room, "보세요", files=[file])
    mina = await visit(person)
    picture = mina.talk.locator(".picture img")
    moves, rests = re.compile(f"/api/files/{file}$"), re.compile(f"/api/files/{file}/thumb$")
    await mina.enter(room)
    await expect(picture).to_have_attribute("src", moves)
    await mina.page.emulate_media(reduced_motion="reduce")
    await expect(picture).to_have_attribute("src", rests)
    await picture.hover()
    await expect(picture).to_have_attribute("src", moves)

    await mina.page.mouse.move(0, 0)
    await mina.page.emulate_media(reduced_motion="no-preference")
    await expect(picture).to_have_attribute("src", moves)
    await person.ask("PATCH", "/me/preferences", fire="still")
    await expect(picture).to_have_attribute("src", rests)
