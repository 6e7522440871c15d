"""Whoever wants the AI to be somebody makes a persona, seats it, and talks with it; it looks like nobody else there."""

import json
import re

import pytest
from playwright.async_api import Locator, expect

from tests.ui.conftest import Visit
from tests.ui.served import Served
from tests.ui.test_composer import file, png
from tests.ui.test_reach import faults
from tests.ui.visitor import Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]

REFUSED = r"status of (409|422)"  # the browser itself notes each of these on its console
COLOUR = "node => getComputedStyle(node).color"


def field(visitor: Visitor, name: str) -> Locator:
    return visitor.page.locator(".persona-form").get_by_label(visitor.says(f"personas.{name}"), exact=True)


def card(visitor: Visitor, name: str) -> Locator:
    return visitor.page.locator(".persona-card").filter(has=visitor.page.get_by_role("heading", name=name))


async def make(visitor: Visitor, **words: str) -> None:
    """Writes a new persona and keeps it."""
    await visitor.button("personas.new").click()
    for name, text in words.items():
        await field(visitor, name).fill(text)
    await visitor.button("settings.keep").click()


async def ai_panel(visitor: Visitor) -> Locator:
    await visitor.button("rooms.panel").click()
    await visitor.page.get_by_role("tab", name=visitor.says("room.ai_badge"), exact=True).click()
    panel = visitor.page.get_by_role("tabpanel")
    await expect(panel.locator(".person").first).to_be_visible()
    return panel


async def test_a_persona_is_made_seated_and_called_and_looks_like_itself(house: Served, visit: Visit) -> None:
    person = await house.account("미나")
    room = await person.open_room("달 보는 밤")
    mina = await visit(person)
    mina.forgive(REFUSED)
    await mina.go("/")
    menu = await mina.open_settings()
    await menu.get_by_role("link", name=mina.says("personas.title"), exact=True).click()
    await expect(mina.page.get_by_text(mina.says("personas.none"))).to_be_visible()

    # What is wrong is said under its field; what was typed stays, over a reload too.
    await make(mina, name_ko="불씨", about="밤하늘을 보는 아이")
    wrong = field(mina, "name_ko")
    await expect(wrong).to_be_focused()
    await expect(wrong).to_have_attribute("aria-invalid", "true")
    await expect(mina.page.locator(".field:has([aria-invalid=true])").get_by_role("alert")).not_to_be_empty()
    await mina.page.reload()
    await mina.button("personas.new").click()
    await expect(mina.page.get_by_text(mina.says("personas.restored"))).to_be_visible()
    await expect(field(mina, "about")).to_have_value("밤하늘을 보는 아이")
    await field(mina, "name_ko").fill("달지기")
    await field(mina, "name_en").fill("Moonkeeper")
    await field(mina, "instructions").fill("You are Moonkeeper. Answer in one short sentence.")
    await field(mina, "greeting").fill("달이 떴어요.")
    async with mina.page.expect_file_chooser() as chooser:
        await mina.button("settings.avatar_choose").click()
    await (await chooser.value).set_files([file("moon.png", png("navy"))])
    await mina.button("composer.crop_keep").click()
    await mina.button("settings.keep").click()
    await expect(card(mina, "달지기").locator("img")).to_be_visible()
    assert await faults(mina) == []

    await mina.enter(room)
    panel = await ai_panel(mina)
    await mina.button("personas.seat_of", within=panel, name="달지기").click()
    await expect(panel.locator(".person").filter(has_text="달지기")).to_have_count(1)
    greeting = mina.talk.locator(".row.ai").filter(has_text="달이 떴어요.")
    await expect(greeting.locator(".bubble")).to_be_visible()
    # It was written beforehand: there is no asking how it was made, and nothing else to have from it.
    await expect(greeting.locator(".answer-tool")).to_have_count(0)
    await expect(mina.button("answer.how", within=greeting)).to_have_count(0)
    assert await faults(mina) == []
    await mina.say("@불씨 Say hello.")
    await mina.answer_is("complete")
    await mina.say("@달지기 Say hello.")
    await expect(mina.talk.locator(".row.ai")).to_have_count(3)
    await mina.answer_is("complete")
    name = mina.answer.locator(".row-name")
    await expect(name).to_have_text("달지기")
    await expect(mina.answer.locator(".face img")).to_be_visible()
    others = mina.talk.locator(".row.ai.look-0 .row-name").filter(has_text="불씨")
    await expect(mina.answer).to_have_class(re.compile(r"\blook-[1-7]\b"))
    assert await name.evaluate(COLOUR) != await others.last.evaluate(COLOUR)


async def test_a_card_comes_from_elsewhere_goes_out_again_and_a_persona_is_let_go(house: Served, visit: Visit) -> None:
    mina = await visit(await house.account("Mina"), language="en")
    mina.forgive(REFUSED)
    await mina.go("/personas")
    tavern = {
        "spec": "chara_card_v2",
        "spec_version": "2.0",
        "data": {"name": "Old Owl", "description": "An owl who has seen it all.", "first_mes": "Who? You.", "tags": []},
    }
    async with mina.page.expect_file_chooser() as chooser:
        await mina.button("personas.import").click()
    await (await chooser.value).set_files([file("owl.json", b'{"no": "card"}')])
    await expect(mina.page.locator(".card-import").get_by_role("alert")).not_to_be_empty()
    async with mina.page.expect_file_chooser() as chooser:
        await mina.button("personas.import").click()
    await (await chooser.value).set_files([file("owl.json", json.dumps(tavern).encode())])
    owl = card(mina, "Old Owl")
    await expect(owl).to_contain_text("Who? You.")

    async with mina.page.expect_download() as download:
        await owl.get_by_role("link", name=mina.says("personas.export_json", name="Old Owl")).click()
    exported = json.loads((await (await download.value).path()).read_text(encoding="utf-8"))
    assert exported["data"]["name"] == "Old Owl"
    assert exported["data"]["first_mes"] == "Who? You."

    await mina.button("personas.let_go_of", name="Old Owl").click()
    await mina.button("personas.let_go", within=mina.page.get_by_role("alertdialog")).click()
    await expect(owl).to_have_count(0)
    await expect(mina.page.get_by_text(mina.says("personas.none"))).to_be_visible()
