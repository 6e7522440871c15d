"""A talk with an AI beside the room: begun from the panel, answered there and not in the room, left by the way back."""

import re

import pytest
from playwright.async_api import FilePayload, Locator, expect

from tests.ui.conftest import Visit
from tests.ui.served import Served
from tests.ui.visitor import Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]


async def open_panel(visitor: Visitor, key: str) -> Locator:
    if await visitor.page.get_by_role("tab").count() == 0:
        await visitor.button("rooms.panel").click()
    await visitor.page.get_by_role("tab", name=visitor.says(key)).click()
    return visitor.page.get_by_role("tabpanel")


async def test_a_talk_is_begun_asked_in_ended_and_left(house: Served, visit: Visit) -> None:
    person = await house.account("미나")
    room = await person.open_room("부엌")
    mina = await visit(person)
    await mina.enter(room)
    panel = await open_panel(mina, "sessions.title")
    await expect(panel).to_contain_text(mina.says("sessions.none"))
    await mina.button("sessions.start", within=panel).click()

    await mina.page.wait_for_url(lambda address: not address.endswith(room))
    await mina.seated()
    head = mina.page.locator(".room-header h1")
    await expect(head).to_have_text(mina.says("sessions.untitled", name="불씨"))
    await mina.say("Tell me a story about snow. It may be short.")
    await mina.answer_is("complete|streaming")
    await expect(head).to_have_text("Tell me a story about snow")
    talk = mina.page.url.rpartition("/")[2]
    await person.stop_answers(talk)
    await mina.answer_is("complete|stopped")

    # It has a library of its own, which the page of libraries names.
    await mina.button("sessions.menu", name="Tell me a story about snow").first.click()
    await mina.page.get_by_role("menuitem", name=mina.says("library.title"), exact=True).click()
    await expect(mina.page.get_by_role("tabpanel")).to_contain_text(mina.says("library.talk_lead"))
    async with mina.page.expect_file_chooser() as chooser:
        await mina.button("library.add").click()
    snow = FilePayload(name="눈.txt", mimeType="text/plain", buffer="눈은 산에 오래 남는다.".encode())
    await (await chooser.value).set_files([snow])
    await expect(mina.page.locator(".document[data-document]")).to_contain_text("눈.txt")
    await mina.go(f"/library?room={talk}")
    await expect(mina.page.locator(".library-place[aria-current]")).to_have_text("↳ Tell me a story about snow")
    await expect(mina.page.locator(".document[data-document]")).to_contain_text("눈.txt")
    await mina.enter(talk)

    await mina.button("sessions.menu", name="Tell me a story about snow").first.click()
    await mina.page.get_by_role("menuitem", name=mina.says("sessions.end")).click()
    await mina.button("sessions.end", within=mina.page.get_by_role("alertdialog")).click()
    await expect(mina.page.locator(".talk-over")).to_contain_text(mina.says("sessions.ended"))

    await mina.page.locator(".talk-back").click()
    await mina.page.wait_for_url(re.compile(room))
    await expect(head).to_have_text("부엌")
    await expect(mina.talk.locator(".row")).to_have_count(0)
    panel = await open_panel(mina, "sessions.title")
    listed = panel.locator(f"a[href='/room/{talk}']")
    await expect(listed).to_contain_text("Tell me a story about snow")
    await expect(listed).to_contain_text(mina.says("sessions.over"))


async def test_two_people_hear_of_what_is_new_there_and_of_its_end(house: Served, visit: Visit) -> None:
    owner, other = await house.account("미나"), await house.person("준")
    room = await owner.open_room("부엌")
    await other.sit_down(room)
    talk = (await owner.ask("POST", "/llm/start_session", room_uuid=room))["session_id"]
    mina, jun = await visit(owner), await visit(other)
    await jun.enter(room)
    await expect(jun.page.locator(".panel-open .unread-dot")).to_have_count(0)

    await mina.enter(talk)
    await mina.button("composer.attach").click()  # this answer shall be short
    await mina.page.get_by_role("menuitem", name=mina.says("composer.once")).click()
    once = mina.page.get_by_role("region", name=mina.says("composer.once"))
    await once.get_by_label(mina.says("sessions.tokens")).fill("3")
    await mina.button("composer.once_keep", within=once).click()
    await expect(mina.page.locator(".composer-set")).to_contain_text("3")
    await mina.say("Tell me a long story about snow.")
    await mina.answer_is("complete")
    await expect(mina.page.locator(".composer-set")).to_have_count(0)
    assert (await owner.answer(talk))["figures"]["output_tokens"] <= 3

    await expect(jun.page.locator(".panel-open .unread-dot")).to_be_visible()
    panel = await open_panel(jun, "sessions.title")
    listed = panel.locator(f"a[href='/room/{talk}']")
    await expect(listed.locator(".unread-badge")).to_contain_text("2")
    await listed.click()
    await jun.page.wait_for_url(re.compile(talk))
    await jun.seated()
    await expect(listed.locator(".unread-badge")).to_have_count(0)
    await expect(jun.page.locator(".unread-dot")).to_have_count(0)

    await owner.ask("POST", f"/llm/sessions/{talk}/end")
    for one in mina, jun:
        await expect(one.page.locator(".talk-over")).to_contain_text(one.says("sessions.ended"))
        await expect(one.page.locator("#composer")).to_have_count(0)
    await expect(jun.button("sessions.resume")).to_have_count(0)  # it is Mina's
    await mina.button("sessions.resume").click()
    for one in mina, jun:
        await expect(one.box).to_be_visible()
        await expect(one.page.locator(".talk-over")).to_have_count(0)


async def test_on_a_phone_the_sheet_steps_aside_for_the_talk_that_is_chosen_in_it(house: Served, visit: Visit) -> None:
    person = await house.account("미나")
    room = await person.open_room("부엌")
    begun = await person.ask("POST", "/llm/start_session", room_uuid=room, title="눈 이야기")
    mina = await visit(person, phone=True)
    await mina.enter(room)
    panel = await open_panel(mina, "sessions.title")
    await panel.get_by_role("link", name="눈 이야기").click()
    await mina.page.wait_for_url(f"**/room/{begun['session_id']}")
    await expect(mina.page.locator(".sheet-panel")).to_have_count(0)
    await mina.seated()
