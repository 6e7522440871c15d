"""Nothing that people write becomes more than text: a page draws all of a corpus, and neither runs nor fetches any."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.hostile_text import NAMES, RUN, TEXTS
from tests.ui.conftest import Visit
from tests.ui.served import Person, Served

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]

# What may stand in a bubble: no element that loads or runs anything, no attribute that does.
_FOUND = """() => {
    const bad = "script, iframe, object, embed, link, meta, base, form, style, video, audio, portal, img[src^=http]";
    const within = [...document.querySelectorAll(".talk .row")];
    const wrong = within.flatMap(row => [...row.querySelectorAll(bad)].map(node => node.outerHTML.slice(0, 80)));
    for (const node of within.flatMap(row => [...row.querySelectorAll("*")])) {
        for (const { name, value } of node.attributes) {
            if (name.startsWith("on")) wrong.push(name);
            if (name === "href" && !/^(https?|mailto):/.test(value)) wrong.push(value.slice(0, 80));
        }
    }
    return wrong;
}"""


async def test_a_hostile_corpus_stays_text(house: Served, visit: Visit) -> None:
    owner = await house.person("미나")
    room = await owner.open_room("현관")
    for name in NAMES:
        guest = await house.person(name)
        await guest.sit_down(room)
        await guest.say(room, f"@미나 {RUN}")
    await owner.say_all(room, list(TEXTS))
    said = {row["text"]: row["message_id"] for row in (await _all(owner, room)) if row["kind"] == "talk"}
    for text in list(TEXTS)[::2]:
        if cleaned := said.get(text.strip()):
            await owner.ask("POST", f"/rooms/{room}/messages", text=f"답 {cleaned[-4:]}", reply_to=cleaned)

    mina = await visit(owner, language="en")
    await mina.enter(room)
    seen, wrong = set[str](), list[str]()
    for _ in range(400):
        seen |= set(await mina.talk.locator(".row[data-seq]").evaluate_all("rows => rows.map(row => row.dataset.seq)"))
        wrong += await mina.page.evaluate(_FOUND)
        drawings = mina.talk.get_by_role("button", name=mina.says("markdown.diagram_show"), exact=True)
        await drawings.evaluate_all("buttons => buttons.forEach(button => button.click())")
        if (await mina.scroll())["top"] <= 0 and await mina.talk.locator(".beginning").count():
            break
        await mina.talk.evaluate("node => node.scrollBy(0, -node.clientHeight)")
        await mina.page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 60)))")
    assert wrong == []
    assert len(seen) >= len(said) * 0.98, (len(seen), len(said))
    assert await mina.page.evaluate("window.struck") is None
    await mina.say("still here")
    await expect(mina.row("still here")).to_be_visible()


async def _all(owner: Person, room: str) -> list[dict[str, Any]]:
    found, before = list[dict[str, Any]](), 2**31 - 1
    while True:
        page = await owner.ask("GET", f"/rooms/{room}/messages?limit=100&before={before}")
        found, before = [*page["messages"], *found], page["messages"][0]["seq"] if page["messages"] else 0
        if not page["has_older"]:
            return found
