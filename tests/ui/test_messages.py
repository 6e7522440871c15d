"""What two people do with each other's words: answer, jump, react, edit, pin, keep and take back."""

import re

import pytest
from playwright.async_api import Locator, expect

from tests.ui.conftest import Visit
from tests.ui.served import Person, Served
from tests.ui.visitor import Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]

LAST = "여덟 시는 어때?"
RICH = """\
가격은 $5에서 $10 사이, 넓이는 $\\pi r^2$

$$\\sum_{n=1}^{N} n = \\frac{N(N+1)}{2}$$

```mermaid
graph TD
  불씨 --> 이야기
```

[은행](https://bank.example/a) https://plain.example/b [거짓 bank.example](https://other.example/)"""


async def together(house: Served, visit: Visit) -> tuple[Visitor, Visitor, Person, str]:
    """Mina and June in one room, where much has been said already."""
    owner, other = await house.person("미나"), await house.person("June")
    room = await owner.open_room("부엌")
    await other.sit_down(room)
    await owner.say_all(room, [f"지난 이야기 {n}" for n in range(24)])
    mina, june = await visit(owner), await visit(other, language="en")
    await mina.enter(room)
    await june.enter(room)
    return mina, june, owner, room


async def menu_of(visitor: Visitor, row: Locator) -> Locator:
    """Opens what can be done with a row."""
    await row.scroll_into_view_if_needed()
    await row.hover()
    await visitor.button("message.more", within=row).click()
    return visitor.page.get_by_role("menu")


async def choose(visitor: Visitor, row: Locator, what: str) -> None:
    menu = await menu_of(visitor, row)
    await menu.get_by_role("menuitem", name=visitor.says(what), exact=True).click()


async def test_what_is_done_with_a_message_the_other_sees(house: Served, visit: Visit) -> None:
    mina, june, owner, room = await together(house, visit)
    said = (await owner.ask("GET", f"/rooms/{room}/messages?limit=100"))["messages"]
    target = next(one for one in said if one["text"] == "지난 이야기 0")

    # June comes by a link to the oldest message and answers it; in Mina's window the quote leads back to it.
    await june.go(f"/room/{room}?m={target['message_id']}")
    await choose(june, june.row("지난 이야기 0"), "message.reply")
    await june.say(LAST)
    quote = mina.row(LAST).locator(".quote")
    await expect(quote).to_contain_text("지난 이야기 0")
    await expect(june.row(LAST).locator(".quote")).to_have_accessible_name(re.compile("In reply to 미나"))

    # An emoji: hers is pressed, both see whose it is.
    menu = await menu_of(mina, mina.row(LAST))
    await menu.get_by_role("menuitemcheckbox", name="❤️").click()
    await expect(june.row(LAST).locator(".reaction")).to_have_text("❤️1")
    await june.button("message.reaction_by", within=june.row(LAST), emoji="❤️", names=owner.name).click()
    await expect(mina.row(LAST).locator(".reaction.mine")).to_have_text("❤️2")

    # Pinned: in the other's panel at once.
    await june.button("rooms.panel").click()
    await june.page.get_by_role("tab", name=june.says("pins.title")).click()
    await expect(june.page.get_by_text(june.says("pins.empty"))).to_be_visible()
    await choose(mina, mina.row(LAST), "message.pin")
    await expect(june.page.locator(".kept-text")).to_have_text(LAST)
    await june.page.keyboard.press("Escape")

    # Edited: the mark, and the new words in the quote of who answered.
    await quote.click()
    await expect(mina.row("지난 이야기 0")).to_be_in_viewport()
    await owner.ask("PATCH", f"/rooms/{room}/messages/{target['message_id']}", text="처음 이야기")
    await expect(mina.row("처음 이야기").locator(".row-edited")).to_have_text(mina.says("message.edited"))
    await expect(june.row(LAST).locator(".quote")).to_contain_text("처음 이야기")

    # Taken back at the second press; a tombstone is left, and so it is quoted.
    menu = await menu_of(mina, mina.row("처음 이야기"))
    await menu.get_by_role("menuitem", name=mina.says("message.delete"), exact=True).click()
    await menu.get_by_role("menuitem", name=mina.says("message.delete_sure"), exact=True).click()
    await expect(mina.talk.locator(".tombstone")).to_have_text(mina.says("message.deleted"))
    await expect(june.row(LAST).locator(".quote")).to_contain_text(june.says("message.reply_gone"))
    await june.row(LAST).locator(".quote").click()
    await expect(june.talk.locator(".tombstone")).to_be_in_viewport()


async def test_a_message_is_reached_by_keyboard_and_kept(house: Served, visit: Visit) -> None:
    mina, _, owner, _ = await together(house, visit)
    await mina.talk.focus()
    await mina.page.keyboard.press("ArrowUp")
    await expect(mina.row("지난 이야기 23")).to_be_focused()
    await mina.page.keyboard.press("ArrowUp")
    await expect(mina.row("지난 이야기 22")).to_be_focused()
    await mina.page.keyboard.press("Enter")
    menu = mina.page.get_by_role("menu")
    await expect(menu.get_by_role("menuitemcheckbox", name="👍")).to_be_focused()
    await mina.page.keyboard.press("Escape")
    await expect(menu).to_have_count(0)
    await expect(mina.row("지난 이야기 22")).to_be_focused()
    await mina.page.keyboard.press("Enter")
    await mina.page.keyboard.press("ArrowDown")
    star = menu.get_by_role("menuitem", name=mina.says("message.star"), exact=True)
    for _ in range(10):
        if await star.evaluate("node => node === document.activeElement"):
            break
        await mina.page.keyboard.press("ArrowDown")
    await mina.page.keyboard.press("Enter")
    await expect(mina.row("지난 이야기 22").locator(".row-star")).to_be_visible()
    await mina.go("/starred")
    await expect(mina.page.locator(".kept-text")).to_have_text("지난 이야기 22")
    await mina.page.get_by_role("link", name=mina.says("pins.jump")).click()
    await expect(mina.row("지난 이야기 22")).to_be_in_viewport()
    assert (await owner.ask("GET", "/stars"))["stars"] != []


async def test_formulas_diagrams_links_and_any_emoji(house: Served, visit: Visit) -> None:
    mina, june, _, _ = await together(house, visit)
    await mina.say(RICH)
    row = june.talk.locator(".row", has_text="가격은")
    await expect(row.locator(".formula .katex")).to_have_count(2)
    await expect(row.locator(".bubble")).to_contain_text("$5에서 $10 사이")
    places = row.locator(".link-place")
    await expect(places).to_have_text(["bank.example", "other.example"])
    await june.button("markdown.diagram_show", within=row).click()
    picture = row.get_by_role("img", name=june.says("markdown.diagram"))
    await expect(picture).to_be_visible(timeout=20_000)
    assert await picture.evaluate("node => node.naturalWidth") > 50

    await row.hover()
    await june.button("message.react", within=row).click()
    search = june.page.get_by_role("searchbox", name=june.says("message.emoji_search"))
    await search.fill("teapot")
    await june.page.get_by_role("gridcell", name="teapot").first.click()
    await expect(mina.talk.locator(".row .reaction")).to_have_text("🫖1")
    menu = await menu_of(mina, mina.talk.locator(".row", has_text="가격은"))
    await menu.get_by_role("menuitem", name=mina.says("message.react"), exact=True).click()
    await mina.page.get_by_role("searchbox").fill("찻주전자")
    await expect(mina.page.get_by_role("gridcell", name="찻주전자").first).to_be_visible()


async def test_a_long_press_opens_the_sheet_of_a_phone(house: Served, visit: Visit) -> None:
    owner = await house.person("미나")
    room = await owner.open_room("마루")
    await owner.say(room, "길게 눌러 봐")
    mina = await visit(owner, phone=True)
    await mina.enter(room)
    bubble = mina.row("길게 눌러 봐").locator(".bubble")
    box = await bubble.bounding_box()
    assert box is not None
    finger = {"clientX": box["x"] + 20, "clientY": box["y"] + 10, "pointerType": "touch", "isPrimary": True}
    await bubble.dispatch_event("pointerdown", {**finger, "pointerId": 1})
    sheet = mina.page.locator(".row-menu.as-sheet")
    await expect(sheet).to_be_visible()
    await bubble.dispatch_event("pointerup", {**finger, "pointerId": 1})
    await sheet.get_by_role("menuitemcheckbox", name="🙏").click()
    await expect(mina.row("길게 눌러 봐").locator(".reaction")).to_have_text("🙏1")
