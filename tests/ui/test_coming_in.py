"""The way in: a nickname, an account, the first admin's link; and what is said when something is not right."""

from uuid import uuid4

import pytest
from playwright.async_api import Locator, expect

from tests.ui.conftest import Visit
from tests.ui.served import Served
from tests.ui.visitor import Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]

PASSWORD = "a-warm-winter-night"
REFUSED = r"status of (401|404|409|422)"  # the browser itself notes each of these on its console


def field(visitor: Visitor, key: str) -> Locator:
    return visitor.page.get_by_label(visitor.says(key), exact=True)


async def greeted(visitor: Visitor, name: str) -> None:
    await expect(visitor.page.get_by_role("heading", name=visitor.says("lobby.greeting", name=name))).to_be_visible()


async def refused(visitor: Visitor, key: str, **values: object) -> None:
    await expect(
        visitor.page.get_by_role("alert").filter(has_text=visitor.says(f"error.{key}", **values))
    ).to_be_visible()


async def test_a_guest_sits_down_in_the_living_room(visit: Visit) -> None:
    guest = await visit(language="en")
    await guest.go("/")
    await field(guest, "entry.nickname").fill("Robin")
    await guest.button("entry.sit").click()
    await greeted(guest, "Robin")
    card = guest.page.locator(".room-card").filter(has_text="Living room")
    await expect(card).to_contain_text(guest.says("lobby.sit"))
    await card.click()
    await expect(guest.page.get_by_role("heading", name="Living room", exact=True)).to_be_visible()
    await guest.seated()
    await expect(guest.banner(guest.says("answer.demo"))).to_be_visible()
    await guest.say("Good evening")
    await expect(guest.row("Good evening")).to_be_visible()


async def test_language_and_light_are_chosen_and_kept(house: Served, visit: Visit) -> None:
    robin = await visit(await house.person("Robin"), language="en")
    await robin.go("/")
    await greeted(robin, robin.name)
    light = await robin.page.evaluate("getComputedStyle(document.body).backgroundColor")
    menu = await robin.open_settings()
    await robin.button("shell.dark", within=menu).click()
    await menu.get_by_role("button", name="한국어").click()
    robin.language = "ko"
    await robin.page.keyboard.press("Escape")
    await greeted(robin, robin.name)
    await robin.page.reload()
    await greeted(robin, robin.name)
    await expect(robin.page.locator(".room-card").filter(has_text="거실")).to_be_visible()
    assert await robin.page.evaluate("document.documentElement.lang") == "ko"
    await robin.until("light => getComputedStyle(document.body).backgroundColor !== light", light)


async def test_an_account_is_made_left_and_come_back_to(visit: Visit) -> None:
    hana = await visit()
    hana.forgive(REFUSED)
    await hana.go("/register")
    await field(hana, "entry.name").fill("하나")
    await field(hana, "entry.login").fill("hana.k")
    await field(hana, "entry.password").fill("short")
    await hana.button("entry.register").click()
    await refused(hana, "password_short", limit=10)
    assert await field(hana, "entry.login").input_value() == "hana.k"
    await field(hana, "entry.password").fill(PASSWORD)
    await hana.button("entry.register").click()
    await greeted(hana, "하나")

    await hana.button("shell.log_out", within=await hana.open_settings()).click()
    await expect(field(hana, "entry.nickname")).to_be_visible()

    await hana.go("/login")
    for login in ("hana.k", "nobody.here"):
        await field(hana, "entry.login").fill(login)
        await field(hana, "entry.password").fill("not-the-password")
        await hana.button("entry.log_in").click()
        await refused(hana, "credentials")
        assert await field(hana, "entry.login").input_value() == login
    await field(hana, "entry.login").fill("hana.k")
    await field(hana, "entry.password").fill(PASSWORD)
    await hana.button("entry.log_in").click()
    await greeted(hana, "하나")


async def test_a_bad_nickname_has_its_own_word_and_stays_in_the_box(house: Served, visit: Visit) -> None:
    taken = await house.person("솔")
    guest = await visit()
    guest.forgive(REFUSED)
    await guest.go("/")
    name = field(guest, "entry.nickname")
    for typed, key in (("", "name_empty"), ("a<b>", "name_characters"), (taken.name, "name_taken")):
        await name.fill(typed)
        await guest.button("entry.sit").click()
        await refused(guest, key)
        assert await name.input_value() == typed
        await expect(name).to_have_attribute("aria-invalid", "true")
    await name.fill("길" * 25)
    await guest.button("entry.sit").click()
    await refused(guest, "name_long", limit=24)


async def test_an_unknown_room_says_so_and_shows_the_way_back(house: Served, visit: Visit) -> None:
    jun = await visit(await house.person("준"))
    for address in (str(uuid4()), "no-uuid"):
        await jun.go(f"/room/{address}")
        await expect(jun.page.get_by_role("heading", name=jun.says("room.gone"))).to_be_visible()
        await expect(jun.page.get_by_text(jun.says("error.room_unknown"))).to_be_visible()
    await jun.page.locator(".closed-door").get_by_role("link", name=jun.says("room.back")).click()
    await greeted(jun, jun.name)


async def test_a_link_to_a_room_leads_there_by_way_of_the_door(house: Served, visit: Visit) -> None:
    room = await (await house.person("미나")).open_room("다락")
    stranger = await visit()
    await stranger.go(f"/room/{room}")
    await field(stranger, "entry.nickname").fill("지나던 이")
    await stranger.button("entry.sit").click()
    await stranger.seated()
    await expect(stranger.page.get_by_role("heading", name="다락")).to_be_visible()


async def first_steps(keeper: Visitor) -> None:
    """The house gets a name, says who speaks in it and how the others come; then one is by the fire."""
    await expect(keeper.page.get_by_role("heading", name=keeper.says("welcome.title"))).to_be_visible()
    await field(keeper, "welcome.name_label").fill("Grandma's kitchen")
    await keeper.button("settings.keep").click()
    await expect(keeper.page.get_by_text(keeper.says("settings.kept"))).to_be_visible()
    await expect(keeper.page.locator(".brand").first).to_contain_text("Grandma's kitchen")
    await expect(keeper.page.get_by_role("img", name=keeper.says("welcome.qr"))).to_be_visible()
    await expect(keeper.page.locator(".side .brand")).to_be_visible()
    await keeper.page.get_by_role("link", name=keeper.says("welcome.go")).click()
    await greeted(keeper, "Keeper")


async def test_the_setup_link_makes_one_admin(house: Served, visit: Visit) -> None:
    keeper, late = await visit(language="en"), await visit(language="en")
    late.forgive(REFUSED)
    for visitor, login in ((keeper, "keeper"), (late, "latecomer")):
        await visitor.go(house.setup_path())
        await field(visitor, "entry.name").fill(login.title())
        await field(visitor, "entry.login").fill(login)
        await field(visitor, "entry.password").fill(PASSWORD)
        await visitor.button("entry.setup_go").click()
        if visitor is keeper:
            await first_steps(keeper)
    await refused(late, "setup_link")
    assert await field(late, "entry.login").input_value() == "latecomer"
    me = await (await keeper.context.request.get(f"{house.base}/api/session")).json()
    assert me["is_admin"] is True
