"""Rooms as places: made, handed on by a link, kept in order, loved, put away and taken back."""

import re
import time
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.async_api import Locator, expect

from tests.ui.conftest import Visit
from tests.ui.served import Served
from tests.ui.visitor import Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]

REFUSED = r"status of (401|403|404)"  # the browser itself notes each of these on its console
NARROW = {"width": 360, "height": 740}


def named(visitor: Visitor, kind: str, key: str, **values: object) -> Locator:
    return visitor.page.get_by_role(kind, name=visitor.says(key, **values), exact=True)  # pyright: ignore[reportArgumentType]


async def choose(visitor: Visitor, *keys: str) -> None:
    """Goes down a menu that is open."""
    for key in keys:
        await named(visitor, "menuitem", key).click()


async def make_link(visitor: Visitor) -> tuple[str, Locator]:
    """From the room's menu: a link, and the dialog that shows it."""
    await visitor.button("rooms.menu").click()
    await choose(visitor, "rooms.invite")
    dialog = visitor.page.get_by_role("dialog")
    await visitor.button("invite.make", within=dialog).click()
    shown = dialog.get_by_label(visitor.says("invite.link"), exact=True)
    await expect(shown).to_be_visible()
    return await shown.input_value(), dialog


async def says(picture: Locator) -> list[str]:
    """What a camera reads off a QR code on the screen."""
    seen = Image.open(BytesIO(await picture.screenshot()))
    return [code.text for code in zxingcpp.read_barcodes(seen)]


async def test_a_private_room_is_entered_by_its_link_alone_and_one_can_be_shown_out(
    house: Served, visit: Visit
) -> None:
    mina, guest = await visit(await house.account("미나")), await visit(language="en")
    guest.forgive(REFUSED)
    await mina.go("/")
    await mina.button("lobby.new").first.click()
    form = mina.page.get_by_role("dialog")
    await form.get_by_label(mina.says("lobby.new_name"), exact=True).fill("김장 모임")
    await form.get_by_label(mina.says("rooms.description"), exact=True).fill("이번 주말에 배추를 절입니다")
    await form.get_by_text(mina.says("rooms.private"), exact=True).click()
    await mina.button("lobby.new_go", within=form).click()
    await mina.seated()
    room = mina.page.url.rpartition("/")[2]

    await guest.go("/")
    link, dialog = await make_link(mina)
    picture = dialog.get_by_role("img", name=mina.says("invite.qr", room="김장 모임"))
    assert await says(picture) == [link]

    await guest.go(link.removeprefix(house.base))
    await expect(named(guest, "heading", "join.title", room="김장 모임")).to_be_visible()
    await expect(guest.page.get_by_text(guest.says("join.lead", name=mina.name))).to_be_visible()
    await guest.page.get_by_label(guest.says("entry.nickname")).fill("Auntie June")
    await guest.button("entry.sit").click()
    await guest.seated()
    assert guest.page.url.endswith(room)
    await guest.say("I bring the radish")
    await mina.page.keyboard.press("Escape")
    await expect(mina.row("I bring the radish")).to_be_visible()
    await mina.say("고마워요")
    await expect(guest.row("고마워요")).to_be_visible()

    await mina.page.locator(".room-people").click()
    await mina.button("rooms.menu_of", name="Auntie June").click()
    await choose(mina, "rooms.remove")
    question = mina.page.get_by_role("alertdialog")
    await mina.button("rooms.remove", within=question).click()
    pressed = time.monotonic()
    await guest.page.wait_for_url(re.compile(r"/(\?.*)?$"), timeout=3000)
    assert time.monotonic() - pressed < 1.5
    await expect(mina.page.locator(".person-name").filter(has_text="Auntie June")).to_have_count(0)


async def test_a_link_that_was_taken_back_says_so(house: Served, visit: Visit) -> None:
    owner, late = await house.account("미나"), await visit(language="en")
    late.forgive(REFUSED)
    room = (await owner.ask("POST", "/rooms", name="Attic", kind="private"))["id"]
    mina = await visit(owner, language="en")
    await mina.enter(room)
    link, dialog = await make_link(mina)
    await mina.button("invite.revoke", within=dialog).click()
    await expect(mina.button("invite.make", within=dialog)).to_be_visible()
    for address in (link.removeprefix(house.base), "/join/no-such-code"):
        await late.go(address)
        await expect(named(late, "heading", "join.no_good")).to_be_visible()
    await late.page.get_by_role("link", name=late.says("lost.home")).click()
    await expect(late.button("entry.sit")).to_be_visible()


async def test_a_room_is_loved_put_away_deleted_and_taken_back(house: Served, visit: Visit) -> None:
    person = await house.person("솔")
    room = await person.open_room("책 읽는 방")
    sol = await visit(person)
    sol.forgive(REFUSED)
    await sol.enter(room)
    await sol.button("rooms.star").click()
    await expect(sol.button("rooms.unstar")).to_have_attribute("aria-pressed", "true")
    favourites = sol.page.get_by_role("navigation", name=sol.says("shell.rooms"))
    await expect(favourites.get_by_text(sol.says("rooms.favourites"), exact=True)).to_be_visible()
    await expect(favourites.locator("a[aria-current=page]")).to_contain_text("책 읽는 방")

    await sol.button("rooms.menu").click()
    await choose(sol, "rooms.archive")
    await sol.button("rooms.archive", within=sol.page.get_by_role("alertdialog")).click()
    await expect(sol.banner(sol.says("error.room_archived"))).to_be_visible()
    await sol.button("rooms.menu").click()
    await choose(sol, "rooms.unarchive")
    await expect(sol.banner(sol.says("error.room_archived"))).to_have_count(0)

    await sol.button("rooms.menu").click()
    await choose(sol, "rooms.delete")
    await sol.button("rooms.delete", within=sol.page.get_by_role("alertdialog")).click()
    note = sol.page.locator(".note").filter(has_text=sol.says("rooms.deleted", room="책 읽는 방"))
    await expect(note).to_be_visible()
    await expect(sol.page.locator(f'.room-card[href$="{room}"]')).to_have_count(0)
    await sol.button("rooms.take_back", within=note).click()
    await sol.seated()
    assert sol.page.url.endswith(room)


async def test_the_panel_is_a_sheet_on_a_phone_and_the_lobby_has_parts(house: Served, visit: Visit) -> None:
    person = await house.person("Mina")
    room = await person.open_room("A name as long as can be")
    mina = await visit(person, language="en", phone=True)
    await mina.page.set_viewport_size(NARROW)  # pyright: ignore[reportArgumentType] - a TypedDict of the library
    await mina.enter(room)
    await mina.button("rooms.panel").tap()
    sheet = mina.page.get_by_role("dialog", name=mina.says("rooms.panel"))
    await expect(sheet.get_by_text(mina.says("rooms.me"))).to_be_visible()
    await sheet.get_by_role("tab", name=mina.says("rooms.tab_people")).press("ArrowLeft")
    await expect(sheet.get_by_role("tab", name=mina.says("rooms.tab_settings"))).to_be_focused()
    await expect(sheet.get_by_label(mina.says("rooms.description"), exact=True)).to_be_visible()
    await fits(mina)
    await mina.page.keyboard.press("Escape")
    await expect(sheet).to_be_hidden()
    await expect(mina.button("rooms.panel")).to_be_focused()
    await mina.page.get_by_role("link", name=mina.says("room.back")).tap()
    await expect(mina.page.locator(f'.room-card[href$="{room}"]')).to_be_visible()
    await fits(mina)
    await mina.button("lobby.part_me").tap()
    await expect(mina.button("shell.leave_guest")).to_be_visible()
    await mina.button("lobby.part_rooms").tap()
    await expect(mina.page.locator(f'.room-card[href$="{room}"]')).to_be_visible()


async def fits(visitor: Visitor) -> None:
    wide = await visitor.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
