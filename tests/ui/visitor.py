"""A person at a browser: where they look and what they press, in the words of the page. No selectors in the stories.

Everything that goes wrong in the page beside the story is collected in `trouble`: console errors, uncaught errors and
requests to other hosts. A story that provokes some says so with `forgive`.
"""

import json
import re
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Locator, Page, Request, WebSocket, expect

from hearth_reflex.i18n import CATALOGUES
from tests.ui.served import until

Language = Literal["ko", "en"]

_LOOK_OUT = """selector => {
    window.storySaw = false;
    const look = () => { window.storySaw ||= document.querySelector(selector) !== null; };
    const what = { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] };
    new MutationObserver(look).observe(document, what);
}"""
# What a bubble says, without the head of a code block.
_SPOKEN = """node => {
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    let text = "";
    while (walker.nextNode())
        if (!walker.currentNode.parentElement.closest(".code-head")) text += walker.currentNode.data;
    return text;
}"""


def says(language: Language, key: str, **values: object) -> str:
    """A sentence of the catalogue."""
    return CATALOGUES[language][key].format(**values)


def bare(text: str) -> str:
    """A text without what Markdown draws in other ways: its marks, the numbers of its lists, its spaces."""
    return re.sub(r"[\W_]", "", re.sub(r"^\s*(\d+[.)]\s|```\w*$)", "", text, flags=re.MULTILINE))


class Visitor:
    """Args:
    name: as others see them; "" for somebody at the door.
    """

    def __init__(self, context: BrowserContext, page: Page, *, base: str, language: Language, name: str = "") -> None:
        self.context, self.page, self.base, self.name = context, page, base, name
        self.language: Language = language
        self.trouble: list[str] = []
        self._forgiven: list[str] = []
        self.watch(page)

    # --- what goes wrong beside the story

    def watch(self, page: Page) -> None:
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.trouble.append(f"page error: {error}"))
        page.on("request", self._note_request)
        page.on("websocket", self._note_socket)

    def forgive(self, *patterns: str) -> None:
        """The story makes the browser itself complain like this."""
        self._forgiven.extend(patterns)

    def unforgiven(self) -> list[str]:
        return [what for what in self.trouble if not any(re.search(known, what) for known in self._forgiven)]

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.trouble.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _note_request(self, request: Request) -> None:
        self._note_address(request.url)

    def _note_socket(self, socket: WebSocket) -> None:
        self._note_address(socket.url)

    def _note_address(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != urlsplit(self.base).netloc:
            self.trouble.append(f"request to {url}")

    # --- words and places

    def says(self, key: str, **values: object) -> str:
        return says(self.language, key, **values)

    async def go(self, path: str) -> None:
        await self.page.goto(self.base + path)

    def button(self, key: str, *, within: Locator | None = None, **values: object) -> Locator:
        return (within or self.page).get_by_role("button", name=self.says(key, **values), exact=True)

    @property
    def box(self) -> Locator:
        """The box in which a message is written."""
        return self.page.get_by_role("textbox", name=self.says("composer.label"), exact=True)

    @property
    def talk(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def bubbles(self) -> Locator:
        return self.talk.locator(".row .bubble")

    @property
    def answer(self) -> Locator:
        """The row of the newest answer of an AI."""
        return self.talk.locator(".row.ai").last

    def row(self, text: str) -> Locator:
        """The row of what a person said."""
        return self.talk.locator(".row:not(.ai)").filter(has=self.page.locator(".bubble").get_by_text(text, exact=True))

    def banner(self, words: str) -> Locator:
        return self.page.locator(".banner").filter(has_text=words)

    # --- what a person does

    async def enter(self, room: str) -> None:
        """Opens a room and waits until one could talk."""
        await self.go(f"/room/{room}")
        await self.seated()

    async def seated(self) -> None:
        await expect(self.talk.locator(".empty, .beginning, .older, .row, .notice").first).to_be_visible()
        await expect(self.box).to_be_visible()

    async def say(self, text: str) -> None:
        await self.box.fill(text)
        await self.box.press("Enter")

    async def spoken(self) -> list[str]:
        """All bubbles from top to bottom."""
        return await self.bubbles.all_inner_texts()

    async def answer_text(self) -> str:
        """The newest answer as it is shown, without what surrounds it."""
        return str(await self.answer.locator(".bubble").evaluate(_SPOKEN))

    async def answer_is(self, status: str, *, seconds: float = 60) -> None:
        await expect(self.answer).to_have_attribute("data-status", re.compile(status), timeout=seconds * 1000)

    async def answer_grows(self, *, beyond: int = 20, seconds: float = 30) -> None:
        """Waits until more than so many characters of the newest answer are shown, and it goes on."""
        await self.answer_is("streaming", seconds=seconds)
        grown = "size => [...document.querySelectorAll('.row.ai .bubble')].at(-1)?.textContent.length > size"
        await self.until(grown, beyond, seconds=seconds)

    async def until(self, holds: str, given: object = None, *, seconds: float = 10) -> None:
        """Waits until a JavaScript function says yes. (The library's own wait needs `eval`, which the page forbids.)"""

        async def look() -> bool:
            return bool(await self.page.evaluate(holds, given))

        try:
            await until(look, seconds=seconds, every=0.03)
        except TimeoutError:
            raise AssertionError(f"not within {seconds} s: {holds} ({given})") from None

    async def look_out_for(self, selector: str, *, from_now: bool = True) -> None:
        """Remembers whether this was ever shown, however briefly, from now on or in the next page. `was_seen` tells."""
        if from_now:
            await self.page.evaluate(_LOOK_OUT, selector)
        else:
            await self.page.add_init_script(f"({_LOOK_OUT})({json.dumps(selector)})")

    async def was_seen(self) -> bool:
        return bool(await self.page.evaluate("window.storySaw"))

    async def scroll(self) -> dict[str, Any]:
        """Where the talk is scrolled to: top, and how far from the bottom."""
        return await self.talk.evaluate(
            "node => ({top: node.scrollTop, below: node.scrollHeight - node.clientHeight - node.scrollTop})"
        )

    async def open_settings(self) -> Locator:
        await self.page.locator(".me:visible").click()
        menu = self.page.get_by_role("dialog")
        await expect(menu).to_be_visible()
        return menu
