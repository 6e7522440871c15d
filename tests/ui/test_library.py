"""What a house knows, on screen: a document and a photo are brought, asked about, pointed at, and taken away again."""

import io
from collections.abc import Awaitable, Callable

import pytest
from PIL import Image, ImageDraw
from playwright.async_api import FilePayload, Locator, expect

from tests.ui.conftest import Visit
from tests.ui.scenes import manual
from tests.ui.served import Served
from tests.ui.visitor import Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(400)]

MANUAL = "난로 설명서.pdf"
READY_SECONDS = 90  # two cores, and the embedder starts
QUESTION = "@불씨 설명서에 따르면 연통은 얼마나 자주 쓸어야 하나요?"


def _photo() -> FilePayload:
    drawn = io.BytesIO()
    picture = Image.new("RGB", (640, 420), "#5d7f9c")
    ImageDraw.Draw(picture).ellipse((420, 40, 520, 140), fill="#f4d9a0")
    picture.save(drawn, "JPEG")
    return FilePayload(name="겨울 달.jpg", mimeType="image/jpeg", buffer=drawn.getvalue())


def _document(visitor: Visitor, name: str) -> Locator:
    label = visitor.says("library.menu", name=name)
    return visitor.page.locator(".document").filter(has=visitor.page.get_by_role("button", name=label, exact=True))


async def _ask(visitor: Visitor, *, answers: int) -> None:
    """Asks, and waits for the answer: with it there are so many."""
    await visitor.say(QUESTION)
    await expect(visitor.talk.locator(".row.ai")).to_have_count(answers)
    await visitor.answer_is("complete")


async def _is_within(mark: Locator, page: Locator) -> bool:
    inner, outer = await mark.bounding_box(), await page.bounding_box()
    assert inner is not None
    assert outer is not None
    across = outer["x"] <= inner["x"] and inner["x"] + inner["width"] <= outer["x"] + outer["width"]
    down = outer["y"] <= inner["y"] and inner["y"] + inner["height"] <= outer["y"] + outer["height"]
    return across and down and inner["width"] > 20 and inner["height"] > 4


async def test_a_manual_is_brought_asked_about_pointed_at_and_taken_away(
    open_house: Callable[..., Awaitable[Served]], visit: Visit
) -> None:
    house = await open_house(HEARTH_SKIP_EMBEDDING="false")
    person = await house.account("미나")
    room = await person.open_room("난로 곁")
    mina = await visit(person)
    page = mina.page
    files = [FilePayload(name=MANUAL, mimeType="application/pdf", buffer=manual()), _photo()]

    # An empty library says what to do; both are brought at once, and what they become outlives a reload.
    await mina.go(f"/library?room={room}")
    await expect(page.get_by_text(mina.says("library.empty"), exact=True)).to_be_visible()
    async with page.expect_file_chooser() as chooser:
        await mina.button("library.add").click()
    await (await chooser.value).set_files(files)
    await expect(page.locator(".document[data-document]")).to_have_count(2)
    await page.reload()
    for name in (MANUAL, "겨울 달.jpg"):
        await expect(_document(mina, name)).to_have_attribute("data-status", "ready", timeout=READY_SECONDS * 1000)

    # The answer points at the page; the line is drawn around on it, and the reader opens there.
    await mina.enter(room)
    await _ask(mina, answers=1)
    await expect(mina.answer.locator(".sources-open")).to_contain_text(MANUAL)
    await mina.answer.locator(".cite").first.click()
    panel = page.get_by_role("complementary", name=mina.says("cites.panel"), exact=True)
    shown = panel.locator(".page-picture")
    await expect(shown).to_have_attribute("data-page", "2")
    await expect(shown.locator(".page-mark").first).to_be_visible()
    assert await _is_within(shown.locator(".page-mark").first, shown)
    await expect(panel.locator(".source-quote")).to_contain_text("한 달에 한 번")
    await panel.get_by_role("link", name=mina.says("cites.open"), exact=True).click()
    await expect(page.locator(".piece.marked")).to_contain_text("연통은 한 달에 한 번")
    await expect(page.locator(".reader-page [data-page='2'] .page-mark").first).to_be_in_viewport()

    # What was looked up is told.
    await page.go_back()
    await mina.seated()
    await mina.button("cites.receipt", within=mina.answer).click()
    await expect(page.locator(".receipt-table tbody tr").first).to_contain_text(MANUAL)
    await page.keyboard.press("Escape")

    # It is removed in the room's panel, after a question; the next answer knows nothing of it.
    await mina.button("rooms.panel").click()
    await page.get_by_role("tab", name=mina.says("library.title"), exact=True).click()
    await mina.button("library.menu", name=MANUAL).click()
    await page.get_by_role("menuitem", name=mina.says("library.remove"), exact=True).click()
    await mina.button("library.remove", within=page.get_by_role("alertdialog")).click()
    await expect(_document(mina, MANUAL)).to_have_count(0)
    await expect(mina.answer.locator(".sources-open")).to_have_count(0)  # the answer before counts it no more
    await _ask(mina, answers=2)
    await expect(mina.answer.locator(".cite")).to_have_count(0)
    assert await mina.answer_text() == mina.says("citing.nothing")
    assert not house.faults(), house.faults()
