"""A model that reads and cites, on screen: its number opens the line that it took, and what it made up is marked."""

from asyncio import StreamWriter
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import FilePayload, Locator, expect

from tests.documents import A4, TOP
from tests.strangers import Stranger, stranger, whole
from tests.ui.conftest import Visit
from tests.ui.scenes import manual
from tests.ui.served import Served
from tests.ui.test_coming_in import PASSWORD
from tests.ui.test_models_page import MODELS, add_server
from tests.ui.visitor import Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

LINE, PAGE = "연통은 한 달에 한 번 쓸어 줍니다.", 2
MIDDLE = (TOP + 2 * 14 * 1.6 - 4) / A4[1]  # of that line, in the manual
QUESTION = "@불씨 연통은 한 달에 몇 번 쓸어 줍니까?"
MADE_UP = "굴뚝 속에는 금화 300냥이 묻혀 있습니다"  # a number that stands nowhere


class Citing:
    """A server whose model reads the passages of its prompt, cites the one that has the line, and makes things up."""

    there: Stranger

    async def __call__(self, writer: StreamWriter) -> None:
        asked = self.there.asked[-1]
        if asked.line.startswith("GET"):
            return await MODELS(writer)
        number = self._number("\n".join(str(turn["content"]) for turn in asked.body["messages"]))
        said = f"연통은 한 달에 한 번 쓸어 줍니다 [{number}]. {MADE_UP} [{number}]. 그렇습니다 [7]."
        return await whole(*(f"{word} " for word in said.split(" ")) if number else "네.")(writer)

    def _number(self, prompt: str) -> str:
        number, found = "", ""
        for line in prompt.splitlines():
            if line.startswith("["):
                number = line[1:].partition("]")[0]
            elif line.startswith("| ") and LINE in line:
                found = number
        return found


async def _bring_manual(visitor: Visitor, room: str) -> None:
    await visitor.go(f"/library?room={room}")
    async with visitor.page.expect_file_chooser() as chooser:
        await visitor.button("library.add").click()
    await (await chooser.value).set_files(
        FilePayload(name="난로 설명서.pdf", mimeType="application/pdf", buffer=manual())
    )
    brought = visitor.page.locator(".document[data-status=embedding], .document[data-status=ready]")
    await expect(brought).to_have_count(1, timeout=90_000)


async def _speaks_by(visitor: Visitor, there: Stranger, room: str) -> None:
    """The server is added, turned on, and chosen for the room."""
    await visitor.go("/models")
    server = await add_server(visitor, there, name="이웃집")
    await server.get_by_role("switch").click()
    await expect(server.get_by_role("switch")).to_be_checked()
    await visitor.enter(room)
    await visitor.page.get_by_role("button", name=visitor.says("models.speaks")).click()
    await visitor.page.get_by_role("button", name="이웃집").click()
    await expect(
        visitor.page.get_by_role("note").get_by_text(visitor.says("models.sent_to", name="이웃집"))
    ).to_be_visible()


async def _is_on_the_line(mark: Locator, page: Locator) -> bool:
    """Whether a box holds the middle of the line, and not much else of its page."""
    inner, outer = await mark.bounding_box(), await page.bounding_box()
    assert inner is not None
    assert outer is not None
    top = (inner["y"] - outer["y"]) / outer["height"]
    return top <= MIDDLE <= top + inner["height"] / outer["height"] <= top + 0.05


async def test_a_model_cites_and_its_number_opens_the_line(
    open_house: Callable[..., Awaitable[Served]], visit: Visit
) -> None:
    house = await open_house()
    keeper = await house.first_admin("보름", password=PASSWORD)
    room, citing = await keeper.open_room("난로 곁"), Citing()
    bora = await visit(keeper)
    page = bora.page
    async with stranger(citing) as there:
        citing.there = there
        await _bring_manual(bora, room)
        await _speaks_by(bora, there, room)
        await bora.say(QUESTION)
        await bora.answer_is("complete", seconds=30)

    # Its number is a button; one that no passage has is nothing at all; what no source says is marked.
    numbers = bora.answer.locator(".cite")
    await expect(numbers).to_have_count(2)
    assert len(set(await numbers.all_inner_texts())) == 1
    await expect(bora.answer.locator(".bubble")).not_to_contain_text("7")
    unsaid = bora.answer.get_by_role("img", name=bora.says("cites.unsupported"), exact=True)
    await expect(unsaid).to_have_count(1)

    # It opens the page beside the talk, with a box over the line; and from there the reader, with the words marked.
    await numbers.first.click()
    panel = page.get_by_role("complementary", name=bora.says("cites.panel"), exact=True)
    shown = panel.locator(f".page-picture[data-page='{PAGE}']")
    await expect(shown.locator(".page-mark")).to_have_count(1)
    assert await _is_on_the_line(shown.locator(".page-mark"), shown)
    await panel.get_by_role("link", name=bora.says("cites.open"), exact=True).click()
    await expect(page.locator(".piece.marked mark")).to_have_text(LINE)
    await expect(page.locator(".piece.marked mark")).to_be_in_viewport()
    sheet = page.locator(f".reader-page [data-page='{PAGE}']")
    await expect(sheet.locator(".page-mark:not(.around)")).to_have_count(1)
    await expect(sheet.locator(".page-mark:not(.around)")).to_be_in_viewport()
    assert await _is_on_the_line(sheet.locator(".page-mark:not(.around)"), sheet)
    await expect(sheet.locator(".page-mark.around").first).to_be_visible()
    assert not house.faults(), house.faults()
