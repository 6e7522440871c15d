"""An owner keeps order: silences somebody and lets them speak again, bans, gives a role, and hands the room over."""

import re
import time

import pytest
from playwright.async_api import expect

from tests.ui.conftest import Visit
from tests.ui.served import Served
from tests.ui.test_rooms import REFUSED, choose
from tests.ui.visitor import Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]


async def do(keeper: Visitor, name: str, *keys: str, sure: bool = False) -> None:
    """Goes down the menu of a person in the panel; `sure`: and says yes to what is asked then."""
    await keeper.button("rooms.menu_of", name=name).click()
    await choose(keeper, *keys)
    if sure:
        await keeper.button(keys[-1], within=keeper.page.get_by_role("alertdialog")).click()


def line(visitor: Visitor, key: str, **values: object) -> str:
    return visitor.says(f"notice.{key}", **values)


async def test_an_owner_keeps_order_and_hands_it_on(house: Served, visit: Visit) -> None:
    owner, sol, jun = await house.account("미나"), await house.person("Sol"), await house.person("준")
    room = await owner.open_room("시끄러운 마당")
    for person in (sol, jun):
        await person.sit_down(room)
    mina, guest, other = await visit(owner), await visit(sol, language="en"), await visit(jun)
    guest.forgive(REFUSED)
    for visitor in (mina, guest, other):
        await visitor.enter(room)
    await mina.page.locator(".room-people").click()

    # Silenced: what they send stays with them and says why. Let speak again, the same words go out.
    await do(mina, sol.name, "rooms.hush", "rooms.hush_10m")
    await expect(guest.talk.get_by_text(line(guest, "silenced", name=sol.name, detail="10"))).to_be_visible()
    await guest.say("still talking")
    failed = guest.talk.locator(".row.failed")
    await expect(failed).to_contain_text(guest.says("error.silenced", minutes=10))
    await do(mina, sol.name, "rooms.unhush")
    await expect(guest.talk.get_by_text(line(guest, "unsilenced", name=sol.name))).to_be_visible()
    await guest.button("composer.retry", within=failed).click()
    await expect(mina.row("still talking")).to_be_visible()

    # Banned: out within a second, and no way back.
    await do(mina, sol.name, "rooms.ban", sure=True)
    pressed = time.monotonic()
    await guest.page.wait_for_url(re.compile(r"/(\?.*)?$"), timeout=3000)
    assert time.monotonic() - pressed < 1.5
    await guest.go(f"/room/{room}")
    await expect(guest.page.get_by_text(guest.says("error.banned"))).to_be_visible()

    # A role, and then the whole room: whoever had it keeps order in it, and gives no roles any more.
    await do(mina, jun.name, "rooms.role", "rooms.role_moderator")
    await expect(other.talk.get_by_text(line(other, "role_moderator", name=jun.name))).to_be_visible()
    await do(mina, jun.name, "rooms.role", "rooms.hand_over", sure=True)
    await expect(mina.talk.get_by_text(line(mina, "handed_over", name=jun.name))).to_be_visible()
    await other.page.locator(".room-people").click()
    await other.button("rooms.menu_of", name=owner.name).click()
    await expect(other.page.get_by_role("menuitem", name=other.says("rooms.role"), exact=True)).to_be_visible()
