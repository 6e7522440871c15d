"""Pictures that one makes: with a camera of this device, and of oneself, cut to a square."""

import pytest
from playwright.async_api import expect

from tests.ui.conftest import Visit
from tests.ui.served import Served
from tests.ui.test_composer import file, png, shows_pictures, together, until_all_there

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]

FILMS = """device => {
    const [track] = document.querySelector(".camera video").srcObject?.getVideoTracks() ?? [];
    return track?.getSettings().deviceId === device;
}"""


async def test_a_picture_from_one_of_two_cameras(house: Served, visit: Visit) -> None:
    mina, june, _, _ = await together(house, visit)
    await mina.button("composer.attach").click()
    await mina.page.get_by_role("menuitem", name=mina.says("composer.camera"), exact=True).click()
    dialog = mina.page.get_by_role("dialog", name=mina.says("composer.camera"))
    which = dialog.get_by_label(mina.says("composer.which_camera"))
    await expect(which.locator("option")).to_have_count(2)
    other = await which.locator("option").nth(1).get_attribute("value")
    await which.select_option(other)
    await mina.until(FILMS, other)
    await mina.until("() => document.querySelector('.camera video').videoWidth > 0")
    await mina.button("composer.shoot", within=dialog).click()
    await expect(dialog).to_have_count(0)
    await until_all_there(mina, 1)
    await expect(mina.box).to_be_focused()
    await mina.box.press("Enter")
    await shows_pictures(june, mina.says("composer.shot_name"))


async def test_ones_own_picture_is_cut_to_a_square_and_kept(house: Served, visit: Visit) -> None:
    person = await house.person("Mina")
    mina = await visit(person, language="en")
    await mina.go("/settings")
    async with mina.page.expect_file_chooser() as chooser:
        await mina.button("settings.avatar_choose").click()
    await (await chooser.value).set_files([file("me.png", png("teal"))])
    dialog = mina.page.get_by_role("dialog")
    await dialog.get_by_role("button", name=mina.says("composer.crop_keep")).click()
    await expect(dialog).to_have_count(0)
    await mina.until("() => document.querySelector('.avatar-edit img')?.naturalWidth > 0")
    shown = await mina.page.locator(".avatar-edit img").evaluate("img => img.naturalWidth / img.naturalHeight")
    assert shown == 1
    await mina.button("settings.avatar_remove").click()
    await expect(mina.page.locator(".avatar-edit img")).to_have_count(0)
