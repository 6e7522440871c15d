"""The search: one question for a word typed through, what was found in its place in the talk, no half syllables."""

from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Locator, Request, expect

from tests.ui.conftest import Visit
from tests.ui.served import Served
from tests.ui.test_typing import compose
from tests.ui.visitor import Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]

PAUSE_MS = 280  # the page waits 300; both clocks are coarse
TALK = [f"이야기 {number}" for number in range(60)]
HIT = "외할머니가 감나무 밑에 <b>장독</b>을 묻으셨대"


def listen_for_questions(visitor: Visitor) -> list[str]:
    """The addresses of all searches from now on."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/api/search" in request.url:
            asked.append(request.url)

    visitor.page.on("request", note)
    return asked


async def listen_for_keys(visitor: Visitor) -> None:
    """From now on remembers when something was typed. `pauses` tells."""
    await visitor.page.evaluate(
        "window.keyTimes = []; document.addEventListener('input', () => keyTimes.push(performance.now()), true);"
    )


async def pauses(visitor: Visitor) -> int:
    """How often the typing stood still for so long that asking was right: a machine that is held up types slowly."""
    times: list[float] = await visitor.page.evaluate("keyTimes")
    assert times
    return sum(later - earlier >= PAUSE_MS for earlier, later in pairwise(times))


def box(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("combobox", name=visitor.says("search.box"), exact=True)


def hits(visitor: Visitor) -> Locator:
    return visitor.page.locator('[role="option"]')


async def test_from_the_lobby_to_a_message_long_ago(house: Served, visit: Visit) -> None:
    june = await house.person("June")
    room = await june.open_room("Orchard")
    await june.say_all(room, [HIT, *TALK])
    visitor = await visit(june)
    await visitor.go("/")
    asked = listen_for_questions(visitor)
    await visitor.button("search.title").first.click()
    await expect(box(visitor)).to_be_focused()
    await listen_for_keys(visitor)
    await box(visitor).press_sequentially("장독이 감나", delay=50)
    await expect(hits(visitor)).to_have_count(1)
    assert 1 <= len(asked) <= 1 + await pauses(visitor)
    await expect(hits(visitor).locator("mark")).to_have_text(["감나", "장독"])
    assert await hits(visitor).locator("b").count() == 0
    await box(visitor).fill("코끼리")
    await expect(visitor.page.locator("p.find-told").get_by_text(visitor.says("search.nothing"))).to_be_visible()
    await box(visitor).fill("ㄱㄴㅁ")
    await expect(hits(visitor)).to_have_count(1)
    await box(visitor).press("ArrowDown")
    await box(visitor).press("Enter")
    await expect(visitor.page.get_by_role("dialog")).to_be_hidden()
    await expect(visitor.talk.get_by_text(HIT)).to_be_in_viewport()
    assert f"/room/{room}?m=" in visitor.page.url


async def test_half_a_syllable_asks_nothing(house: Served, visit: Visit) -> None:
    june = await house.person("June")
    room = await june.open_room("Orchard")
    await june.say_all(room, [HIT])
    visitor = await visit(june)
    await visitor.enter(room)
    keyboard = await visitor.context.new_cdp_session(visitor.page)
    await visitor.button("search.title").first.click()
    asked = listen_for_questions(visitor)
    await box(visitor).focus()
    await listen_for_keys(visitor)
    await compose(keyboard, "ㅈ", "자", "장")
    await keyboard.send("Input.insertText", {"text": "장"})
    await compose(keyboard, "ㄷ", "도", "독")
    await keyboard.send("Input.insertText", {"text": "독"})
    await expect(hits(visitor)).to_have_count(1)
    questions = [parse_qs(urlsplit(url).query)["q"] for url in asked]
    assert questions[-1] == ["장독"]
    assert len(questions) <= 1 + await pauses(visitor)
    assert all(question == ["장"] for question in questions[:-1])  # who pauses after a whole syllable asks for it


async def test_in_the_panel_of_a_room(house: Served, visit: Visit) -> None:
    june = await house.person("June")
    room, other = await june.open_room("Orchard"), await june.open_room("Elsewhere")
    await june.say_all(room, [HIT, *TALK])
    await june.say_all(other, ["감나무는 여기에도"])
    visitor = await visit(june, language="en")
    await visitor.enter(room)
    await visitor.button("rooms.panel").click()
    await visitor.page.get_by_role("tab", name=visitor.says("search.title")).click()
    await box(visitor).fill("감나무가")
    await expect(hits(visitor)).to_have_count(1)
    await hits(visitor).first.click()
    await expect(visitor.talk.get_by_text(HIT)).to_be_in_viewport()
    await expect(box(visitor)).to_be_visible()
