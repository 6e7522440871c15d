"""The AI answers: its words grow for everybody, can be stopped and gone on with, and read the same for late comers."""

import asyncio
import re
import time

import pytest
from playwright.async_api import expect

from tests.ui.conftest import Visit
from tests.ui.line import Line
from tests.ui.served import Person, Served
from tests.ui.visitor import Visitor, bare

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]

LONG = "Write an essay of 1000 words about the history of fire, with an introduction, ten chapters and an ending."
SHORT = "Write a python program with comments that sorts a list, in a code block, and explain each line."
LINE_LOST = (
    r"ERR_CONNECTION|ERR_INTERNET_DISCONNECTED|ERR_NETWORK|ERR_EMPTY_RESPONSE|WebSocket connection|Failed to load"
)


async def test_both_see_thinking_and_then_growing_words(house: Served, visit: Visit) -> None:
    owner, other = await house.person("미나"), await house.person("June")
    room = await owner.open_room("모닥불")
    mina, june = await visit(owner), await visit(other, language="en")
    await mina.enter(room)
    await june.enter(room)
    for visitor in (mina, june):
        await visitor.look_out_for(".row.ai .thinking")
    await mina.say(f"@불씨 {SHORT}")
    await asyncio.gather(mina.answer_grows(), june.answer_grows())
    assert await mina.was_seen()
    assert await june.was_seen()
    await asyncio.gather(mina.answer_is("complete"), june.answer_is("complete"))
    await shows_what_is_stored(owner, room, mina, june)
    await expect(june.answer.locator(".code pre span").first).to_be_visible()


async def test_an_answer_is_stopped_kept_and_gone_on_with(house: Served, visit: Visit) -> None:
    owner, other = await house.person("Mina"), await house.person("준")
    room = await owner.open_room("난로")
    mina, jun = await visit(owner, language="en"), await visit(other)
    await mina.enter(room)
    await jun.enter(room)
    await mina.say(f"@ember {LONG}")
    await jun.answer_grows()
    await jun.button("answer.stop", within=jun.answer).click()
    await expect(jun.page.get_by_role("alert").filter(has_text=jun.says("error.stop_other"))).to_be_visible()

    await mina.button("answer.stop", within=mina.answer).click()
    await asyncio.gather(mina.answer_is("stopped", seconds=5), jun.answer_is("stopped", seconds=5))
    await expect(mina.answer).to_contain_text(mina.says("answer.stopped"))
    await shows_what_is_stored(owner, room, mina, jun)
    kept = (await owner.answer(room))["text"]
    assert len(kept) > 20

    await jun.button("answer.go_on", within=jun.answer).click()
    await asyncio.gather(*(visitor.answer_grows(beyond=len(kept) + 60) for visitor in (mina, jun)))
    await jun.button("answer.stop", within=jun.answer).click()
    await asyncio.gather(mina.answer_is("stopped", seconds=5), jun.answer_is("stopped", seconds=5))
    assert (await owner.answer(room))["text"].startswith(kept)
    await shows_what_is_stored(owner, room, mina, jun)


async def test_what_comes_up_where_stop_was_takes_no_press_at_once(house: Served, visit: Visit) -> None:
    person = await house.person("Mina")
    room = await person.open_room("brake")
    mina = await visit(person, language="en")
    await mina.enter(room)
    await mina.say(f"@ember {LONG}")
    await mina.answer_grows()
    await mina.page.evaluate(
        """label => {
            const pressed = () => {
                const tool = [...document.querySelectorAll(`[aria-label="${label}"]`)].at(-1);
                tool.scrollIntoView({ block: "center" });
                const { x, y, width, height } = tool.getBoundingClientRect();
                return tool.contains(document.elementFromPoint(x + width / 2, y + height / 2));
            };
            window.storyPressed = [];
            const row = [...document.querySelectorAll(".row.ai")].at(-1);
            const look = () => row.dataset.status === "stopped" && window.storyPressed.push(pressed());
            new MutationObserver(look).observe(row, { attributeFilter: ["data-status"] });
            window.storyPress = pressed;
        }""",
        mina.says("answer.again"),
    )
    await mina.button("answer.stop", within=mina.answer).click()
    await mina.until("() => window.storyPressed.length > 0")
    assert await mina.page.evaluate("window.storyPressed") == [False]
    await mina.until("() => window.storyPress()", seconds=3)


@pytest.mark.timeout(300)
async def test_late_reloaded_and_lost_readers_end_with_the_same_text(house: Served, visit: Visit, line: Line) -> None:
    people = [await house.person(name) for name in ("미나", "준", "늦은 이", "먼 이")]
    room = await people[0].open_room("벽난로")
    asker, reloader, late = [await visit(person) for person in people[:3]]
    lost = await visit(people[3], base=line.base)
    lost.forgive(LINE_LOST)
    for visitor in (asker, reloader, lost):
        await visitor.enter(room)
    await asker.say(f"@불씨 {LONG}")
    await asyncio.gather(*(visitor.answer_grows() for visitor in (asker, reloader, lost)))

    await lost.context.set_offline(True)
    await line.cut()
    away_since = time.monotonic()
    await expect(lost.banner(lost.says("line.offline"))).to_be_visible()
    await late.enter(room)
    await late.answer_grows(beyond=40)
    await reloader.page.reload()
    await reloader.answer_grows(beyond=60)
    await asyncio.sleep(max(0, 10 - (time.monotonic() - away_since)))  # the story's own ten seconds
    await line.mend()
    await lost.context.set_offline(False)

    everybody = (asker, reloader, late, lost)
    await asyncio.gather(*(visitor.answer_is("complete", seconds=170) for visitor in everybody))
    await expect(lost.banner(lost.says("line.offline"))).to_have_count(0)
    await shows_what_is_stored(people[0], room, *everybody)


async def shows_what_is_stored(person: Person, room: str, *visitors: Visitor) -> None:
    """The newest answer reads the same for all of them, and it is the stored one."""
    stored = (await person.answer(room))["text"]
    shown = [await visitor.answer_text() for visitor in visitors]
    assert [bare(text) for text in shown] == [bare(stored)] * len(shown)
    inner = [re.sub(r"\s+", " ", await visitor.answer.locator(".markdown").first.inner_text()) for visitor in visitors]
    assert len({text.replace("Copy", "").replace("복사", "") for text in inner}) == 1
