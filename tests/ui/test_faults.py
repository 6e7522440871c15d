"""When the house falls: a restart in mid-answer, a model that is missing or broken, a session that ends elsewhere."""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.ui.conftest import Visit
from tests.ui.served import Served
from tests.ui.test_answers import LINE_LOST, LONG, shows_what_is_stored

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]

OpenHouse = Callable[..., Awaitable[Served]]


async def test_a_killed_server_comes_back_and_the_cut_answer_goes_on(visit: Visit, open_house: OpenHouse) -> None:
    house = await open_house()
    owner = await house.person("미나")
    room = await owner.open_room("겨울밤")
    mina = await visit(owner)
    mina.forgive(LINE_LOST)
    await mina.enter(room)
    await mina.say("여기까지는 남는다")
    await mina.say(f"@불씨 {LONG}")
    await mina.answer_grows()
    await owner.until_kept(room, more_than=100)
    await house.kill()
    await expect(mina.banner(mina.says("line.offline"))).to_be_visible()
    await house.start()

    await mina.answer_is("interrupted", seconds=30)
    await expect(mina.banner(mina.says("line.offline"))).to_have_count(0)
    await expect(mina.answer).to_contain_text(mina.says("error.interrupted"))
    await expect(mina.row("여기까지는 남는다")).to_be_visible()
    kept = (await owner.answer(room))["text"]
    assert len(kept) > 100
    await shows_what_is_stored(owner, room, mina)

    await mina.button("answer.go_on", within=mina.answer).click()
    await mina.answer_grows(beyond=len(kept) + 40)
    await mina.button("answer.stop", within=mina.answer).click()
    await mina.answer_is("stopped", seconds=5)
    assert (await owner.answer(room))["text"].startswith(kept)
    await shows_what_is_stored(owner, room, mina)


@pytest.mark.parametrize(("content", "key"), [(None, "model_missing"), (b"GGUF but no model" * 100, "model_broken")])
async def test_without_a_usable_model_people_still_talk(
    visit: Visit, open_house: OpenHouse, tmp_path: Path, content: bytes | None, key: str
) -> None:
    model = tmp_path / "model.gguf"
    if content is not None:
        model.write_bytes(content)
    house = await open_house(HEARTH_MODEL_PATH=str(model))
    await house.until_logged(key)
    owner, other = await house.person("미나"), await house.person("June")
    room = await owner.open_room("찬 방")
    mina, june = await visit(owner), await visit(other, language="en")
    await mina.enter(room)
    await june.enter(room)
    for visitor in (mina, june):
        reason = visitor.says(f"error.{key}")
        await expect(visitor.banner(visitor.says("answer.unavailable", reason=reason))).to_be_visible()
    await mina.say("우리끼리 이야기하자")
    await expect(june.row("우리끼리 이야기하자")).to_be_visible()
    await june.say("@ember are you there?")
    for visitor in (mina, june):
        await visitor.answer_is("failed")
        await expect(visitor.answer).to_contain_text(visitor.says(f"error.{key}"))
    await june.look_out_for(".row.ai .thinking")
    await june.button("answer.retry", within=june.answer).click()
    await june.until("() => window.storySaw")
    await june.answer_is("failed")


async def test_logging_out_in_one_tab_ends_the_other(house: Served, visit: Visit) -> None:
    owner, other = await house.person("미나"), await house.person("준")
    room = await owner.open_room("문간방")
    mina, jun = await visit(owner), await visit(other)
    await mina.enter(room)
    await jun.enter(room)
    second = await mina.context.new_page()
    mina.watch(second)
    await second.goto(f"{house.base}/")
    first, mina.page = mina.page, second
    menu = await mina.open_settings()
    begun = time.monotonic()
    await mina.button("shell.leave_guest", within=menu).click()
    mina.page = first
    await expect(first.get_by_label(mina.says("entry.nickname"), exact=True)).to_be_visible(timeout=5000)
    took = time.monotonic() - begun
    assert took < 3, took
    await jun.say("들리니?")
    await expect(jun.row("들리니?")).to_be_visible()
    await expect(first.get_by_text("들리니?")).to_have_count(0)
