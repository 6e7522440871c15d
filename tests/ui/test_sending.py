"""Nothing typed is lost: on a cut line, over a reload, and when a message cannot be taken."""

import pytest
from playwright.async_api import expect

from tests.ui.conftest import Visit
from tests.ui.line import Line
from tests.ui.served import Person, Served
from tests.ui.test_answers import LINE_LOST

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]


async def talk_of(person: Person, room: str) -> list[str]:
    return [row["text"] for row in await person.rows(room) if row["kind"] == "talk"]


async def test_a_message_on_a_cut_line_is_sent_once_when_it_is_back(house: Served, visit: Visit, line: Line) -> None:
    owner, other = await house.person("미나"), await house.person("준")
    room = await owner.open_room("툇마루")
    mina, jun = await visit(owner, base=line.base), await visit(other)
    mina.forgive(LINE_LOST)
    await mina.enter(room)
    await jun.enter(room)

    await line.cut()
    await mina.say("끊긴 사이에 한 말")
    pending = mina.talk.locator(".row.pending").filter(has_text="끊긴 사이에 한 말")
    await expect(pending).to_be_visible()
    await expect(mina.banner(mina.says("line.offline"))).to_be_visible()
    await expect(mina.box).to_have_value("")
    await line.mend()
    await expect(jun.row("끊긴 사이에 한 말")).to_be_visible(timeout=15_000)
    await expect(mina.talk.locator(".row.pending")).to_have_count(0)
    await expect(mina.row("끊긴 사이에 한 말")).to_have_count(1)

    await line.cut()
    await mina.say("다시 읽기 전에 한 말")
    await line.mend()
    await mina.page.reload()
    await expect(jun.row("다시 읽기 전에 한 말")).to_be_visible(timeout=15_000)
    await expect(mina.talk.locator(".row.pending")).to_have_count(0)
    assert await talk_of(owner, room) == ["끊긴 사이에 한 말", "다시 읽기 전에 한 말"]
    assert await mina.spoken() == await jun.spoken() == ["끊긴 사이에 한 말", "다시 읽기 전에 한 말"]


async def test_a_message_given_up_on_a_line_cut_for_long_is_sent_all_the_same(
    house: Served, visit: Visit, line: Line
) -> None:
    owner, other = await house.person("Mina"), await house.person("June")
    room = await owner.open_room("porch")
    mina, june = await visit(owner, language="en", base=line.base), await visit(other, language="en")
    mina.forgive(LINE_LOST)
    await mina.enter(room)
    await june.enter(room)
    await line.cut()
    await mina.say("a letter that takes its time")
    await expect(mina.talk.locator(".row.failed")).to_contain_text(mina.says("composer.failed"), timeout=15_000)
    await line.mend()
    await expect(june.row("a letter that takes its time")).to_be_visible(timeout=15_000)
    await expect(mina.talk.locator(".row.failed, .row.pending")).to_have_count(0)
    assert await talk_of(owner, room) == ["a letter that takes its time"]


@pytest.mark.parametrize(
    ("text", "key", "values"),
    [
        pytest.param("불" * 30_000, "message_long", {"length": "30,000", "limit": "8,000"}, id="too-long"),
        pytest.param("종소리\u0007", "message_control", {}, id="control-characters"),
    ],
)
async def test_what_cannot_be_sent_stays_in_the_box(
    house: Served, visit: Visit, text: str, key: str, values: dict[str, str]
) -> None:
    owner = await house.person("미나")
    room = await owner.open_room("헛간")
    mina = await visit(owner)
    await mina.enter(room)
    await mina.say(text)
    await expect(mina.page.get_by_role("alert").filter(has_text=mina.says(f"error.{key}", **values))).to_be_visible()
    await expect(mina.box).to_have_value(text)
    await expect(mina.bubbles).to_have_count(0)
    await mina.say("짧은 말")
    await expect(mina.row("짧은 말")).to_be_visible()
    await expect(mina.talk.locator(".row.pending")).to_have_count(0)
    assert await talk_of(owner, room) == ["짧은 말"]


async def test_a_message_that_the_house_refuses_keeps_its_text(house: Served, visit: Visit) -> None:
    owner = await house.person("Mina")
    room = await owner.open_room("attic")
    mina = await visit(owner, language="en")
    await mina.enter(room)
    await mina.say("\u200b\u200b")  # nothing that could be seen: the server notices, the page does not
    failed = mina.talk.locator(".row.failed")
    await expect(failed).to_contain_text(mina.says("error.message_empty"))
    await mina.page.reload()
    await expect(failed).to_contain_text(mina.says("error.message_empty"))
    await mina.button("composer.retry", within=failed).click()
    await expect(failed).to_contain_text(mina.says("error.message_empty"))
    await mina.button("composer.discard", within=failed).click()
    await expect(failed).to_have_count(0)
    assert await talk_of(owner, room) == []


async def test_a_draft_is_kept_for_its_room(house: Served, visit: Visit) -> None:
    owner = await house.person("미나")
    rooms = [await owner.open_room(name) for name in ("아랫목", "윗목")]
    mina = await visit(owner)
    await mina.enter(rooms[0])
    await mina.box.fill("아직 다 쓰지 못한 말")
    await mina.page.reload()
    await expect(mina.box).to_have_value("아직 다 쓰지 못한 말")
    await mina.enter(rooms[1])
    await expect(mina.box).to_have_value("")
    await mina.enter(rooms[0])
    await expect(mina.box).to_have_value("아직 다 쓰지 못한 말")
