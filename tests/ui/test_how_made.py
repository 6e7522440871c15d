"""Who wants to know how an answer was made opens its sheet, and may have it said again; who waits sees the line."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.ui.conftest import Visit
from tests.ui.served import Person, Served
from tests.ui.test_answers import LONG
from tests.ui.test_pictures import picture
from tests.ui.test_reach import faults
from tests.ui.visitor import Language, Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]
QUESTION = "@ember One short sentence about snow, please."


async def answered(house: Served, name: str) -> tuple[Person, str]:
    """A room with one answer, written with nothing beside it and nothing read before."""
    person = await house.person(name)
    room = await person.open_room("눈 오는 밤")
    await person.say(room, QUESTION)
    await person.until_answered(room)
    return person, room


async def test_the_sheet_says_how_it_was_made_and_says_it_again(
    open_house: Callable[..., Awaitable[Served]], visit: Visit
) -> None:
    # A house of its own: what an engine has read for others changes the last bits of what it says.
    person, room = await answered(await open_house(), "June")
    june = await visit(person, language="en")
    await june.enter(room)
    await june.button("answer.how", within=june.answer).click()
    sheet = june.page.get_by_role("dialog")
    await expect(sheet.get_by_role("heading", name=june.says("answer.how"))).to_be_visible()
    figures = (await person.answer(room))["figures"]
    assert figures["output_tokens"] > 5
    for words in (figures["model"], june.says("how.tokens_written", written=figures["output_tokens"])):
        await expect(sheet).to_contain_text(words)
    await expect(sheet.locator(".how-prompt")).to_contain_text(f"{person.name}: {QUESTION}")
    await expect(sheet).to_contain_text(june.says("how.stays"))
    await expect(sheet).to_contain_text(june.says("sights.made_first", name=person.name))
    await expect(june.button("sights.made_jump", within=sheet)).to_have_attribute("data-row-act", "jump")

    await june.button("how.again", within=sheet).click()
    await expect(sheet.locator(".how-same")).to_be_visible(timeout=30_000)
    assert await faults(june) == []
    await june.page.keyboard.press("Escape")
    await expect(sheet).to_have_count(0)
    assert len([row for row in await person.rows(room) if row["is_ai"] and row["kind"] == "talk"]) == 1


@pytest.mark.parametrize(("language", "dark"), [("ko", False), ("en", True)])
@pytest.mark.parametrize("phone", [False, True])
async def test_pictures_of_the_sheet(
    house: Served, visit: Visit, artefacts: Path, language: Language, dark: bool, phone: bool
) -> None:
    person, room = await answered(house, "미나")
    mina = await visit(person, language=language, dark=dark, phone=phone)
    await mina.enter(room)
    await mina.button("answer.how", within=mina.answer).click()
    sheet = mina.page.get_by_role("dialog")
    await expect(sheet.locator(".how-prompt")).to_be_attached()
    kind = f"{'phone' if phone else 'desktop'}-{'dark' if dark else 'light'}-{language}.png"
    await picture(mina, artefacts / f"how-{kind}")
    assert await sheet.locator(".how-body").evaluate("node => node.scrollWidth <= node.clientWidth")
    await mina.button("how.close", within=sheet).click()
    await expect(sheet).to_have_count(0)


async def test_who_waits_sees_the_place_in_line(
    open_house: Callable[..., Awaitable[Served]], visit: Visit, artefacts: Path
) -> None:
    house = await open_house(HEARTH_N_SEQ="1", HEARTH_ANSWERS_PER_PERSON="9")
    sky, jun = await house.person("하늘"), await house.person("준")
    elsewhere, room = await sky.open_room("딴 방"), await jun.open_room("벽난로")
    waiting, watching = await visit(jun), await visit(sky, language="en")
    for visitor in (waiting, watching):
        await visitor.enter(room)
    for _ in range(2):
        await sky.say(elsewhere, f"@ember {LONG}")
    await waiting.say("@불씨 I am next")
    place, seen = waiting.answer.locator(".place"), watching.answer.locator(".place")
    await expect(place).to_have_text(re.compile(r"^(\d번째|다음) 차례"))
    await expect(seen).to_have_text(re.compile(r"^(\d(nd|rd)|Next) in line"))
    await expect(waiting.page.locator("#announcer")).to_contain_text("차례로 기다리고 있습니다")
    await picture(waiting, artefacts / "place-desktop-light-ko.png")
    late = await visit(jun)
    await late.enter(room)
    await expect(late.answer.locator(".place")).to_be_visible(timeout=3000)
    await sky.stop_answers(elsewhere)
    await asyncio.gather(
        *(expect(visitor.answer.locator(".place")).to_have_count(0) for visitor in (waiting, watching))
    )
    await leave_quiet(house, jun, room, waiting)


async def leave_quiet(house: Served, person: Person, room: str, visitor: Visitor) -> None:
    await person.stop_answers(room)
    await visitor.answer_is("stopped|complete")
    assert not house.faults(), house.faults()
