"""Around the talk: the way to elsewhere on a small window, titles, lost addresses, banners, drafts and the focus."""

import pytest
from playwright.async_api import expect

from tests.ui.conftest import Visit
from tests.ui.served import Served
from tests.ui.test_answers import LONG
from tests.ui.test_coming_in import greeted

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]

FINGER = 44  # CSS pixels
NOT_FOUND = r"status of 404"  # the browser itself notes it on its console
BREAK = """
    if (!sessionStorage.mended)
        Intl.RelativeTimeFormat = class { constructor() { throw Error("broken on purpose"); } };
"""
# Remembers in the tab, over full loads, whether words that belong elsewhere were ever drawn.
WATCH = """
    const look = () => {
        const told = document.querySelector(".talk")?.textContent.includes("only in the attic");
        const elsewhere = sessionStorage.attic && !location.pathname.includes(sessionStorage.attic);
        if (told && elsewhere) sessionStorage.flashed = "yes";
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
"""


async def test_a_phone_in_a_room_reaches_settings_and_other_rooms(house: Served, visit: Visit) -> None:
    person = await house.person("미나")
    attic, cellar = await person.open_room("다락"), await person.open_room("지하실")
    mina = await visit(person, phone=True)
    await mina.enter(attic)
    await mina.button("shell.menu").tap()
    drawer = mina.page.get_by_role("dialog")
    small = [
        f"{await thing.inner_text()}: {box}"
        for thing in await drawer.locator("button, a").all()
        if (box := await thing.bounding_box()) and min(box["width"], box["height"]) < FINGER
    ]
    assert not small
    await drawer.get_by_role("button", name="English").tap()
    mina.language = "en"
    await expect(mina.page.get_by_role("heading", name="다락")).to_be_attached()
    await drawer.locator(f'a[href$="{cellar}"]').tap()
    await expect(drawer).to_be_hidden()
    await expect(mina.page.get_by_role("heading", name="지하실")).to_be_visible()


async def test_the_title_names_the_room_in_the_readers_language(house: Served, visit: Visit) -> None:
    person = await house.person("Robin")
    living = next(room for room in await person.ask("GET", "/rooms") if room["name_en"] == "Living room")
    robin = await visit(person, language="en")
    await robin.enter(living["id"])
    await expect(robin.page).to_have_title("Living room · Hearth")
    await (await robin.open_settings()).get_by_role("button", name="한국어").click()
    await expect(robin.page).to_have_title("거실 · Hearth")


@pytest.mark.parametrize("address", ["/no/such/place", "/404"])
async def test_a_lost_address_has_our_words_and_a_way_home(house: Served, visit: Visit, address: str) -> None:
    stranger = await visit(language="en")
    stranger.forgive(NOT_FOUND)
    await stranger.go(address)
    await expect(stranger.page.get_by_role("heading", name=stranger.says("lost.title"))).to_be_visible()
    await stranger.page.get_by_role("link", name=stranger.says("lost.home")).click()
    await expect(stranger.page.get_by_label(stranger.says("entry.nickname"))).to_be_visible()


async def test_a_page_that_cannot_be_drawn_says_so_and_offers_another_try(house: Served, visit: Visit) -> None:
    jun = await visit(await house.person("준"))
    jun.forgive("broken on purpose")
    await jun.page.add_init_script(BREAK)
    await jun.go("/")
    await expect(jun.page.get_by_role("heading", name=jun.says("lost.broken"))).to_be_visible()
    await jun.page.evaluate("sessionStorage.mended = 'yes'")
    await jun.button("lost.reload").click()
    await greeted(jun, jun.name)


async def test_the_word_about_the_demo_model_is_put_away_for_good(house: Served, visit: Visit) -> None:
    person = await house.person("솔")
    room = await person.open_room("조용한 방")
    sol = await visit(person)
    await sol.enter(room)
    await expect(sol.banner(sol.says("answer.demo_ask"))).to_be_visible()
    await sol.button("shell.put_away", within=sol.banner(sol.says("answer.demo"))).click()
    await expect(sol.banner(sol.says("answer.demo"))).to_have_count(0)
    await sol.page.reload()
    await sol.seated()
    await expect(sol.banner(sol.says("answer.demo"))).to_have_count(0)


async def test_a_refusal_goes_with_the_next_success_and_can_be_closed(house: Served, visit: Visit) -> None:
    asker, other = await house.person("미나"), await house.person("준")
    room = await asker.open_room("남의 답")
    mina, jun = await visit(asker), await visit(other)
    await mina.enter(room)
    await jun.enter(room)
    await mina.say(f"@불씨 {LONG}")
    await jun.answer_grows()
    refused = jun.banner(jun.says("error.stop_other"))
    stop = jun.button("answer.stop", within=jun.answer)
    await stop.click()
    await expect(refused).to_be_visible()
    await jun.button("shell.put_away", within=refused).click()
    await expect(refused).to_have_count(0)
    await stop.click()
    await expect(refused).to_be_visible()
    await jun.say("그럼 기다릴게요")
    await expect(refused).to_have_count(0)
    await asker.stop_answers(room)


async def test_the_box_has_the_focus_where_there_is_a_mouse(house: Served, visit: Visit) -> None:
    person = await house.person("미나")
    room = await person.open_room("글방")
    desk, phone = await visit(person), await visit(person, phone=True)
    await desk.enter(room)
    await expect(desk.box).to_be_focused()
    await phone.enter(room)
    await expect(phone.box).not_to_be_focused()


async def test_a_draft_is_one_persons_and_one_rooms(house: Served, visit: Visit) -> None:
    mina, jun = await house.person("미나"), await house.person("준")
    room, other = await mina.open_room("책상"), await mina.open_room("부엌")
    shared = await visit(mina)
    await shared.enter(room)
    await shared.box.fill("아직 보내지 않은 말")
    await shared.enter(other)
    await expect(shared.box).to_have_value("")
    cookie = {"name": "hearth_session", "url": house.base, "httpOnly": True}
    await shared.context.add_cookies([{**cookie, "value": jun.token}])  # pyright: ignore[reportArgumentType]
    await shared.enter(room)
    await expect(shared.box).to_have_value("")
    await shared.context.add_cookies([{**cookie, "value": mina.token}])  # pyright: ignore[reportArgumentType]
    await shared.enter(room)
    await expect(shared.box).to_have_value("아직 보내지 않은 말")


async def test_nothing_of_another_room_is_drawn_while_a_room_loads(house: Served, visit: Visit) -> None:
    person = await house.person("미나")
    attic, cellar = await person.open_room("다락방"), await person.open_room("곳간")
    await person.say(attic, "only in the attic")
    await person.say(cellar, "only in the cellar")
    mina = await visit(person)
    await mina.page.add_init_script(WATCH)
    await mina.enter(attic)
    await mina.page.evaluate("attic => { sessionStorage.attic = attic; }", attic)
    await mina.enter(cellar)
    await expect(mina.row("only in the cellar")).to_be_visible()
    await mina.page.locator(f'.side a[href$="{attic}"]').click()
    await expect(mina.row("only in the attic")).to_be_visible()
    await mina.page.locator(f'.side a[href$="{cellar}"]').click()
    await expect(mina.row("only in the cellar")).to_be_visible()
    assert await mina.page.evaluate("sessionStorage.flashed ?? 'no'") == "no"
