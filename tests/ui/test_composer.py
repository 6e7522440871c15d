"""The box between two people: answering, editing, pictures and files, completion, commands, drafts."""

import asyncio
import base64
import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import FilePayload, Locator, Route, expect

from tests.ui.conftest import Visit
from tests.ui.line import Line
from tests.ui.served import Person, Served
from tests.ui.test_answers import LINE_LOST
from tests.ui.test_messages import choose
from tests.ui.test_reach import faults
from tests.ui.test_typing import compose
from tests.ui.visitor import Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]

REFUSED = r"status of (400|404|413|422)"  # the browser itself notes it on its console
COARSE = 44  # CSS pixels
PASTE = """([name, bytes]) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0))], name, { type: "image/png" }));
    const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
    document.querySelector("#composer").dispatchEvent(event);
}"""
DRAG = """([kind, name, bytes]) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0))], name, { type: "image/png" }));
    document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""
LOADED = "count => [...document.querySelectorAll('.row .picture img')].filter(img => img.naturalWidth).length === count"


def png(colour: str, size: tuple[int, int] = (320, 200)) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", size, colour).save(drawn, "PNG")
    return drawn.getvalue()


def file(name: str, content: bytes, mime: str = "image/png") -> FilePayload:
    return {"name": name, "mimeType": mime, "buffer": content}


async def together(house: Served, visit: Visit, **kind: Any) -> tuple[Visitor, Visitor, Person, str]:
    """Mina writes, June sees it in another browser and another language."""
    owner, other = await house.person("미나"), await house.person("June")
    room = await owner.open_room("부엌")
    await other.sit_down(room)
    mina, june = await visit(owner, **kind), await visit(other, language="en")
    await mina.enter(room)
    await june.enter(room)
    return mina, june, owner, room


async def pick(visitor: Visitor, *files: FilePayload, what: str = "composer.pictures") -> None:
    """Through the button beside the box and the browser's own window."""
    await expect(visitor.page.get_by_role("menu")).to_have_count(0)  # the one before is still on its way out
    await visitor.button("composer.attach").click()
    async with visitor.page.expect_file_chooser() as chooser:
        await visitor.page.get_by_role("menuitem", name=visitor.says(what), exact=True).click()
    await (await chooser.value).set_files(list(files))


def tray(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("list", name=visitor.says("composer.tray"), exact=True)


def entry(visitor: Visitor, name: str) -> Locator:
    return tray(visitor).get_by_role("listitem").filter(has=visitor.page.get_by_role("button", name=name))


async def act(visitor: Visitor, key: str, name: str) -> None:
    await tray(visitor).get_by_role("button", name=f"{visitor.says(key)}: {name}", exact=True).click()


async def until_all_there(visitor: Visitor, count: int) -> None:
    await expect(tray(visitor).get_by_role("listitem")).to_have_count(count)
    await expect(tray(visitor).get_by_role("progressbar")).to_have_count(0)


async def shows_pictures(visitor: Visitor, *names: str) -> None:
    await expect(visitor.talk.locator(".picture")).to_have_count(len(names))
    for place, name in enumerate(names):
        await expect(visitor.talk.locator(".picture").nth(place)).to_have_accessible_name(re.compile(re.escape(name)))
    await visitor.until(LOADED, len(names))


def meant(visitor: Visitor) -> Locator:
    """What stands above the box: whom one answers, what one edits."""
    return visitor.page.locator(".composer-meant")


async def test_an_answer_is_begun_given_up_kept_and_sent(house: Served, visit: Visit) -> None:
    mina, june, _, _ = await together(house, visit)
    await june.say("저녁은 뭐 먹지?")
    await choose(mina, mina.row("저녁은 뭐 먹지?"), "message.reply")
    await expect(meant(mina)).to_contain_text(mina.says("composer.answering", name=june.name))
    await expect(meant(mina)).to_contain_text("저녁은 뭐 먹지?")
    await expect(mina.box).to_be_focused()
    await mina.page.keyboard.press("Escape")
    await expect(meant(mina)).to_have_count(0)

    await choose(mina, mina.row("저녁은 뭐 먹지?"), "message.reply")
    await mina.box.press_sequentially("만두")
    await mina.page.reload()
    await mina.seated()
    await expect(mina.box).to_have_value("만두")
    await expect(meant(mina)).to_contain_text("저녁은 뭐 먹지?")
    await mina.box.press("Enter")
    await expect(june.row("만두").locator(".quote")).to_contain_text("저녁은 뭐 먹지?")
    await expect(meant(mina)).to_have_count(0)
    await mina.say("그리고 국")
    await expect(june.row("그리고 국").locator(".quote")).to_have_count(0)


async def test_the_last_words_are_edited_and_the_draft_comes_back(house: Served, visit: Visit) -> None:
    mina, june, _, _ = await together(house, visit)
    await mina.say("여덜 시에 봐")
    await expect(june.row("여덜 시에 봐")).to_be_visible()
    await mina.box.press("ArrowUp")
    box = mina.page.get_by_role("textbox", name=mina.says("composer.editing"), exact=True)
    await expect(box).to_have_value("여덜 시에 봐")
    await box.fill("여덟 시에 봐")
    await box.press("Enter")
    await expect(june.row("여덟 시에 봐").locator(".row-edited")).to_have_text(june.says("message.edited"))
    await expect(mina.box).to_have_value("")

    await mina.box.fill("쓰다 만 말")
    await mina.box.press("ArrowUp")
    await expect(mina.box).to_have_value("쓰다 만 말")
    for end in ("Escape", "Enter"):
        await choose(mina, mina.row("여덟 시에 봐"), "message.edit")
        await box.fill("")
        await box.press("Enter")
        await expect(mina.page.get_by_text(mina.says("composer.edit_empty"))).to_be_visible()
        await box.fill("아홉 시에 봐")
        await box.press(end)
        await expect(mina.box).to_have_value("쓰다 만 말")
    await expect(june.row("아홉 시에 봐")).to_be_visible()
    await expect(june.bubbles).to_have_count(1)
    await mina.page.reload()
    await expect(mina.box).to_have_value("쓰다 만 말")


async def test_pictures_are_chosen_put_in_order_cut_and_sent_together(house: Served, visit: Visit) -> None:
    mina, june, owner, room = await together(house, visit)
    mina.forgive(REFUSED)
    await pick(mina, *(file(f"{colour}.png", png(colour)) for colour in ("red", "green", "blue")))
    await until_all_there(mina, 3)
    await act(mina, "composer.take_away", "green.png")
    await act(mina, "composer.earlier", "blue.png")
    await act(mina, "composer.crop", "red.png")
    dialog = mina.page.get_by_role("dialog", name=mina.says("composer.crop"))
    await expect(dialog.locator("img").first).to_be_visible()
    await mina.button("composer.crop_keep", within=dialog).click()
    await expect(dialog).to_have_count(0)
    await until_all_there(mina, 2)

    # What the house does not take says why, and holds nothing else back once it is taken away.
    await pick(mina, file("words.png", b"only words"), what="composer.files")
    await expect(entry(mina, "words.png")).to_contain_text(mina.says("error.file_no_picture"))
    await pick(mina, file("nothing.txt", b"", "text/plain"), what="composer.files")
    await expect(entry(mina, "nothing.txt")).to_contain_text(mina.says("error.file_empty"))
    await mina.say("겨울 사진")
    await expect(mina.page.get_by_text(mina.says("composer.files_failed"))).to_be_visible()
    for name in ("words.png", "nothing.txt"):
        await act(mina, "composer.take_away", name)
    await expect(mina.box).to_have_value("겨울 사진")
    await mina.page.reload()
    await mina.seated()
    await until_all_there(mina, 2)
    await mina.box.press("Enter")
    for visitor in (mina, june):
        await expect(visitor.row("겨울 사진")).to_be_visible()
        await shows_pictures(visitor, "blue.png", "red.png")
    await expect(tray(mina)).to_have_count(0)
    kept = next(row for row in await owner.rows(room) if row["text"] == "겨울 사진")["files"]
    assert [(one["name"], one["width"]) for one in kept] == [("blue.png", 320), ("red.png", 288)]


async def test_pasted_and_dropped_pictures_wait_for_the_line_and_are_sent_once(
    house: Served, visit: Visit, line: Line
) -> None:
    owner, other = await house.person("미나"), await house.person("June")
    room = await owner.open_room("마당")
    mina, june = await visit(owner, base=line.base), await visit(other, language="en")
    mina.forgive(LINE_LOST)
    await mina.enter(room)
    await june.enter(room)
    await mina.box.fill("눈사람")
    await line.cut()
    await mina.page.evaluate(PASTE, ["pasted.png", base64.b64encode(png("white")).decode()])
    await expect(entry(mina, "pasted.png")).to_contain_text(mina.says("composer.upload_failed"))
    await line.mend()
    await act(mina, "composer.again", "pasted.png")
    await until_all_there(mina, 1)

    held = asyncio.Event()

    async def hold(route: Route) -> None:
        await held.wait()
        await route.continue_()

    await mina.page.route("**/api/rooms/*/files?*", hold)
    dragged = ["dragenter", "dropped.png", base64.b64encode(png("gray")).decode()]
    await mina.page.evaluate(DRAG, dragged)
    await expect(mina.page.get_by_text(mina.says("composer.drop"))).to_be_visible()
    await mina.page.evaluate(DRAG, ["drop", *dragged[1:]])
    await expect(mina.page.get_by_text(mina.says("composer.drop"))).to_have_count(0)
    await expect(tray(mina).get_by_role("progressbar")).to_have_count(1)
    await mina.box.press("Enter")
    await mina.box.press("Enter")
    await expect(mina.page.get_by_text(mina.says("composer.when_ready"))).to_be_visible()
    await expect(mina.bubbles).to_have_count(0)
    held.set()
    await shows_pictures(june, "pasted.png", "dropped.png")
    await expect(mina.box).to_have_value("")
    await expect(june.row("눈사람")).to_have_count(1)
    assert [row["text"] for row in await owner.rows(room) if row["kind"] == "talk"] == ["눈사람"]


async def test_names_rooms_and_emoji_are_completed(house: Served, visit: Visit) -> None:
    owner, other = await house.person("민지"), await house.person("미나")
    room = await owner.open_room("사랑채")
    await other.sit_down(room)
    minji, mina = await visit(owner), await visit(other, language="en")
    await minji.enter(room)
    await mina.enter(room)
    found = minji.page.get_by_role("listbox", name=minji.says("composer.suggestions"))
    keyboard = await minji.context.new_cdp_session(minji.page)

    # First consonants, the last of them still in the hands of the input method when Enter comes.
    await minji.box.press_sequentially("@")
    await compose(keyboard, "ㅁ")
    await keyboard.send("Input.insertText", {"text": "ㅁ"})
    await compose(keyboard, "ㄴ")
    await expect(found.get_by_role("option", selected=True)).to_contain_text(mina.name)
    active = await minji.box.get_attribute("aria-activedescendant")
    assert active == await found.get_by_role("option", selected=True).get_attribute("id")
    assert not await faults(minji)
    await keyboard.send("Input.insertText", {"text": "ㄴ"})
    await minji.box.press("Enter")
    await expect(minji.box).to_have_value(f"@{mina.name} ")
    await expect(found).to_have_count(0)

    await minji.box.press_sequentially("#ㅅㄹㅊ")
    await expect(found.get_by_role("option", selected=True)).to_contain_text("사랑채")
    await minji.box.press("Tab")
    await minji.box.press_sequentially(":눈사람")
    await expect(found.get_by_role("option").first).to_contain_text("☃️")
    await minji.box.press("ArrowDown")
    await minji.box.press("ArrowUp")
    await minji.box.press("Enter")
    await minji.box.press_sequentially("@")
    await expect(found).to_be_visible()
    await minji.box.press("Escape")
    await expect(found).to_have_count(0)
    await minji.box.press_sequentially("미")
    await expect(found).to_have_count(0)
    text = f"@{mina.name} [#사랑채](/room/{room}) ☃️ @미"
    await expect(minji.box).to_have_value(text)
    await minji.box.press("Enter")
    said = mina.talk.locator(".row .bubble").last
    await expect(said.get_by_role("link", name="#사랑채")).to_have_attribute("href", f"/room/{room}")
    await expect(said).to_contain_text("☃️ @미")


async def test_commands_are_found_explained_and_never_said(house: Served, visit: Visit) -> None:
    person = await house.person("Mina")
    room = await person.open_room("study")
    mina = await visit(person, language="en")
    await mina.enter(room)
    await mina.box.press_sequentially("/he")
    await mina.box.press("Enter")
    await expect(mina.box).to_have_value("/help ")
    await mina.box.press("Enter")
    told = mina.page.get_by_role("region", name=mina.says("composer.help"))
    await expect(told).to_contain_text("/quiet")
    await mina.page.keyboard.press("Escape")
    await expect(told).to_have_count(0)
    await expect(mina.box).to_be_focused()
    await mina.say("/quiet 1h")
    await expect(mina.page.get_by_text(mina.says("composer.quiet_done"))).to_be_visible()
    for wrong, words in (("/quiet often", "composer.quiet_how"), ("/sing a song", "composer.command_unknown")):
        await mina.say(wrong)
        await expect(mina.page.get_by_role("alert").filter(has_text=mina.says(words, name="sing"))).to_be_visible()
        await expect(mina.box).to_have_value(wrong)
    await mina.say("//sing")
    await expect(mina.row("/sing")).to_be_visible()
    assert await mina.spoken() == ["/sing"]


async def test_who_wants_it_breaks_lines_with_enter_and_sends_with_control(house: Served, visit: Visit) -> None:
    person = await house.person("Mina")
    await person.ask("PATCH", "/me/preferences", enter_sends=False)
    mina = await visit(person, language="en")
    await mina.enter(await person.open_room("letters"))
    await mina.until("() => document.querySelector('#composer').enterKeyHint === 'enter'")
    await mina.box.press_sequentially("one")
    await mina.box.press("Enter")
    await mina.box.press_sequentially("two")
    await expect(mina.box).to_have_value("one\ntwo")
    await mina.box.press("Control+Enter")
    await expect(mina.bubbles).to_have_count(1)
    await expect(mina.box).to_have_value("")


async def test_on_a_phone_everything_is_large_enough_for_a_finger(house: Served, visit: Visit) -> None:
    mina, june, _, _ = await together(house, visit, phone=True)
    await mina.page.set_viewport_size({"width": 360, "height": 740})
    await june.say("사진 보여 줘")
    await expect(mina.row("사진 보여 줘")).to_be_visible()
    await pick(mina, file("red.png", png("red")), file("blue.png", png("blue")))
    await until_all_there(mina, 2)
    await mina.row("사진 보여 줘").press("Enter")
    await mina.page.get_by_role("menuitem", name=mina.says("message.reply"), exact=True).tap()
    await expect(meant(mina)).to_be_visible()
    small = [
        f"{await thing.get_attribute('aria-label')}: {box}"
        for thing in await mina.page.locator(".composer button").all()
        if (box := await thing.bounding_box()) and min(box["width"], box["height"]) < COARSE
    ]
    assert not small
    wide = await mina.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    assert not await faults(mina)
