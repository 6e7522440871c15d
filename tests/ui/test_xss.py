"""Nothing that people write becomes more than text, wherever it is drawn: the hostile corpus in every other place.

(Bubbles are in `test_hostile_text.py`.) All of it is written over REST and drawn by a real
browser, which is watched: no dialog, no other window, no word of a script, no request to a host that is not ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from playwright.async_api import expect

from hearth_reflex.domain.room_words import DESCRIPTION_MAX
from hearth_reflex.services.profiles import BIO_MAX
from tests.hostile_text import RUN, TEXTS
from tests.ui.conftest import Visit
from tests.ui.served import Person, Served
from tests.ui.visitor import Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(400)]

TITLES = [
    '"onfocus=struck=1 x="', "'-(window.struck=1)-'", "javascript:struck=1//", "&ltscript&gtstruck=1", "${struck=1}",
    "{{[].map.constructor}}", "%3Cscript%3Estruck=1", "[x](javascript:struck=1)", "__proto__", "\\u003cscript\\u003e",
]  # fmt: skip
LINK = {"hours": 1, "max_uses": 1, "role": "member"}
WATCH = """
    window.storyStruck = [];
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
        window.storyStruck.push(`${violatedDirective} ${blockedURI}`);
    });
"""
# Elements that load or run something, attributes that do, ways that lead elsewhere than to a page or to mail.
FOUND = """() => {
    const loads = "script, iframe, object, embed, link, meta, base, frameset, video, audio, portal";
    const runs = ["srcdoc", "formaction", "ping", "srcset"];
    const leads = /^(https?:|mailto:|#|[/](?![/\\\\]))/;
    const fetches = /url\\((?!"?(blob:|data:image|[/]api[/]))|expression|@import/;
    const places = [...document.querySelectorAll("main, .side, .topbar, .toasts, [role=dialog]")];
    const all = places.flatMap((place) => [...place.querySelectorAll("*")]);
    const wrong = all.filter((node) => node.matches(loads)).map((node) => node.outerHTML.slice(0, 90));
    for (const node of all) for (const { name, value } of node.attributes) {
        const goes = ["href", "xlink:href", "action", "src"].includes(name) && !value.startsWith("data:image/");
        const bad = goes && !leads.test(value) && !value.startsWith("blob:");
        const drawn = name === "style" && fetches.test(value);
        if (name.startsWith("on") || runs.includes(name) || bad || drawn) wrong.push(`${name}=${value.slice(0, 90)}`);
    }
    return [...new Set([...wrong, ...window.storyStruck, ...(window.struck === undefined ? [] : ["struck"])])];
}"""


@dataclass
class Watched:
    """A visitor whose browser is watched for anything that a text has made it do."""

    visitor: Visitor
    seen: list[str] = field(default_factory=list[str])

    @classmethod
    async def over(cls, visitor: Visitor) -> "Watched":
        watched = cls(visitor)
        visitor.page.on("dialog", lambda dialog: watched.seen.append(f"dialog {dialog.message}"))
        visitor.context.on("page", lambda page: watched.seen.append(f"window {page.url}"))
        await visitor.context.add_init_script(WATCH)
        return watched

    async def look(self) -> None:
        self.seen += await self.visitor.page.evaluate(FOUND)
        assert self.seen == []

    async def look_through(self, box: str, *, most: int = 600) -> set[str]:
        """Looks at all of a scrolling box, from its end to its first row. Returns the rows that were drawn."""
        page, drawn = self.visitor.page, set[str]()
        rows = page.locator(f"{box} .row[data-seq]")
        for _ in range(most):
            drawn |= set(await rows.evaluate_all("all => all.map(row => row.dataset.seq)"))
            await self.look()
            if "1" in drawn or "2" in drawn:  # the first line may be the house's own
                break
            await page.locator(box).evaluate("node => node.scrollBy(0, -node.clientHeight)")
            await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 60)))")
        return drawn


class Bulk:
    """Many requests of one person over one connection."""

    def __init__(self, person: Person) -> None:
        self.http = httpx.AsyncClient(base_url=f"{person.base}/api", headers=person.cookie, timeout=30)

    async def __aenter__(self) -> "Bulk":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def ask(self, method: str, path: str, **more: Any) -> Any:
        answer = await self.http.request(method, path, **more)
        answer.raise_for_status()
        return answer.json() if answer.content else None


def of_at_most(size: int) -> Iterator[str]:
    """The corpus in as few texts of that length as hold it; what is longer is left out."""
    heap = ""
    for text in (text for text in TEXTS if len(text) <= size and text.isprintable()):
        if len(heap) + len(text) + 1 > size:
            yield heap.strip()
            heap = ""
        heap += f"{text} "
    yield heap.strip()


async def test_words_that_were_changed_what_they_answer_and_names_of_files(house: Served, visit: Visit) -> None:
    owner = await house.account("미나")
    async with Bulk(owner) as bulk:
        room = (await bulk.ask("POST", "/rooms", json={"name": TITLES[0], "kind": "private"}))["id"]
        path, ids = f"/rooms/{room}/messages", list[str]()
        for number, text in enumerate(TEXTS):
            name = quote(" ".join(text.split())[:110] + ".txt")  # by its end no picture, which it would have to be
            named = await bulk.ask("POST", f"/rooms/{room}/files?name={name}", content=b"words")
            reply = {"reply_to": ids[-1]} if ids else {}
            kept = await bulk.ask("POST", path, json={"text": f"n {number}", "files": [named["id"]], **reply})
            ids.append(kept["message_id"])
        watched = await Watched.over(await visit(owner, language="en"))
        mina = watched.visitor
        await mina.enter(room)
        for message, text in zip(ids, TEXTS, strict=True):  # the newest ones before their eyes
            await bulk.ask("PATCH", f"{path}/{message}", json={"text": text})
    await watched.look()
    drawn = await watched.look_through(".talk")
    assert len(drawn) >= len(TEXTS) * 0.98
    await mina.button("rooms.panel").click()
    await mina.page.get_by_role("tab", name=mina.says("files.tab"), exact=True).click()
    await mina.page.get_by_role("tabpanel").get_by_role("button", name=mina.says("files.files"), exact=True).click()
    await expect(mina.page.get_by_role("tabpanel").get_by_role("link").first).to_be_visible()
    await watched.look()
    await mina.say("still here")
    await expect(mina.row("still here")).to_be_visible()


async def test_rooms_what_they_are_for_and_their_invitations(house: Served, visit: Visit) -> None:
    owner = await house.account("미나")
    codes, rooms = list[str](), list[str]()
    async with Bulk(owner) as bulk:
        for number, about in enumerate(of_at_most(DESCRIPTION_MAX)):
            named = {"name": TITLES[number % len(TITLES)], "kind": "private", "description": about}
            room = (await bulk.ask("POST", "/rooms", json=named))["id"]
            rooms.append(room)
            if len(codes) < len(TITLES):
                codes.append((await bulk.ask("POST", f"/rooms/{room}/invites", json=LINK))["code"])
        for bio in of_at_most(BIO_MAX):
            await bulk.ask("PATCH", "/me", json={"bio": bio})
    watched = await Watched.over(await visit(owner, language="en"))
    mina = watched.visitor
    await mina.go("/")
    await expect(mina.page.locator(".room-card.joined").nth(len(TITLES) - 1)).to_be_visible()
    await watched.look()
    await mina.enter(rooms[0])
    await mina.page.locator(".room-name").click()
    await expect(mina.page.locator(".about-room")).to_be_visible()
    await watched.look()
    await mina.go("/settings")
    await expect(mina.page.locator("#bio-field")).not_to_have_value("")
    await watched.look()
    door = await Watched.over(await visit(language="en"))
    for code in codes:
        await door.visitor.go(f"/join/{code}")
        await expect(door.visitor.page.get_by_label(door.visitor.says("entry.nickname"))).to_be_visible()
        await door.look()


async def test_what_a_search_finds_and_what_a_note_tells(house: Served, visit: Visit) -> None:
    owner, other = await house.person("미나"), await house.person('"onload=struck x=')
    room = await owner.open_room(TITLES[1])
    await other.sit_down(room)
    watched = await Watched.over(await visit(owner, language="en"))
    mina = watched.visitor
    await mina.go("/")
    await expect(mina.page.locator(".room-card.joined").first).to_be_visible()
    async with Bulk(other) as bulk:
        for number, text in enumerate(TEXTS):  # each is a note of its own: they take the last one's place
            said = f"@{owner.name} {text}"[:7000]
            await bulk.ask("POST", f"/rooms/{room}/messages", json={"text": said})
            if number % 8 == 0:
                await watched.look()
    await expect(mina.page.locator(".toast").first).to_be_visible()
    await watched.look()
    await mina.button("search.title").first.click()
    for word in ("struck", "evil.example", "onerror", "javascript", "script", "svg", "style"):
        await mina.page.locator(".find-box").fill(word)
        await expect(mina.page.locator(".hit").first).to_be_visible()
        await mina.page.locator(".hit").last.scroll_into_view_if_needed()
        await watched.look()
    await mina.page.locator(".find-box").fill("struck")
    await expect(mina.page.locator(".hit").filter(has_text=RUN).first).to_be_visible()
