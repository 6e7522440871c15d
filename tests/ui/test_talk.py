"""Two people in one room: what one says the other sees, at once, in one order, and drawn as it was meant."""

import asyncio
import statistics
import time

import pytest
from playwright.async_api import expect

from tests.ui.conftest import Visit
from tests.ui.served import Person, Served
from tests.ui.visitor import Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]

MARKDOWN = """\
| 이름 | 값 |
|---|---|
| 하나 | 1 |

- 첫째
- 둘째

[집](https://example.org/home)과 `짧은 코드`

```python
def add(a, b):
    return a + b  # 더하기
```

**굵게**는 이렇게 보인다"""

HOSTILE = """\
<script>window.struck = 1</script><b id="bold">굵은 척</b>
<img src="x" onerror="window.struck = 1"><iframe src="https://frame.example/"></iframe>

![고양이](https://pictures.example/cat.png) [눌러 봐](javascript:window.struck=1)

[이것도](data:text/html,<script>opener.struck=1</script>)"""


async def together(house: Served, visit: Visit, name: str) -> tuple[Visitor, Visitor, Person, str]:
    """Mina, who opened a room, and June, who reads English."""
    owner, other = await house.person("미나"), await house.person("June")
    room = await owner.open_room(name)
    mina, june = await visit(owner), await visit(other, language="en")
    await mina.enter(room)
    return mina, june, owner, room


async def test_both_see_the_same_talk_at_once(house: Served, visit: Visit) -> None:
    mina, june, owner, room = await together(house, visit, "부엌")
    await june.enter(room)
    await expect(mina.talk.get_by_text(mina.says("notice.joined", name=june.name))).to_be_visible()

    took: list[float] = []
    for number in range(6):
        speaker, hearer = (mina, june) if number % 2 else (june, mina)
        begun = time.monotonic()
        await speaker.say(f"말 {number}")
        await expect(hearer.row(f"말 {number}")).to_be_visible(timeout=3000)
        took.append(time.monotonic() - begun)
    assert statistics.median(took) < 1, took

    async def chat(speaker: Visitor, word: str) -> None:
        for number in range(8):
            await speaker.say(f"{word} {number}")

    await asyncio.gather(chat(mina, "장작"), chat(june, "ember glow"))
    for visitor in (mina, june):
        await visitor.page.set_viewport_size({"width": 1280, "height": 3000})  # only what is in sight is in the page
        await expect(visitor.bubbles).to_have_count(22)
        await expect(visitor.talk.locator(".row.pending")).to_have_count(0)
    stored = [row["text"] for row in await owner.rows(room) if row["kind"] == "talk"]
    assert await mina.spoken() == await june.spoken() == stored[-22:]


async def test_talk_is_grouped_by_speaker_and_by_day(house: Served, visit: Visit) -> None:
    mina, june, _, room = await together(house, visit, "서재")
    await june.enter(room)
    for speaker, text in ((mina, "하나"), (mina, "둘"), (june, "three"), (mina, "넷")):
        await speaker.say(text)
        for each in (mina, june):  # one's own bubble is there before the house has given it its place
            await expect(each.row(text)).to_be_visible()
    await expect(june.talk.locator(".day-line")).to_have_count(1)
    today = await june.page.evaluate(
        "new Intl.DateTimeFormat('en-US', {year: 'numeric', month: 'long', day: 'numeric', weekday: 'long'}).format()"
    )
    await expect(june.talk.locator(".day-line")).to_have_text(today)
    heads = [await june.row(text).locator(".row-head").count() for text in ("하나", "둘", "three", "넷")]
    assert heads == [1, 0, 1, 1]


async def test_markdown_is_drawn_and_code_can_be_copied(house: Served, visit: Visit) -> None:
    mina, june, _, room = await together(house, visit, "작업실")
    await june.enter(room)
    await mina.say(MARKDOWN)
    for visitor in (mina, june):
        bubble = visitor.bubbles.last
        await expect(bubble.locator("table td").first).to_have_text("하나")
        await expect(bubble.locator("ul li")).to_have_text(["첫째", "둘째"])
        await expect(bubble.locator("p code")).to_have_text("짧은 코드")
        await expect(bubble.locator("strong")).to_have_text("굵게")
        link = bubble.get_by_role("link", name="집")
        await expect(link).to_have_attribute("href", "https://example.org/home")
        await expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
        colours = "nodes => new Set(nodes.map(node => getComputedStyle(node).color)).size"
        await visitor.until("() => document.querySelectorAll('.bubble .code pre span').length > 5")
        assert await bubble.locator(".code pre span").evaluate_all(colours) >= 3
        fonts = await bubble.locator(".code pre code").evaluate("node => getComputedStyle(node).fontFamily")
        assert fonts.startswith('"JetBrains Mono Variable"'), fonts
    await june.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await june.button("code.copy").click()
    await june.until(
        "async () => (await navigator.clipboard.readText()).startsWith('def add(a, b):\\n    return a + b')"
    )


async def test_nothing_in_a_message_runs_or_loads(house: Served, visit: Visit) -> None:
    mina, june, _, room = await together(house, visit, "현관")
    await june.enter(room)
    await mina.say(HOSTILE)
    bubble = june.bubbles.last
    await expect(bubble).to_contain_text("고양이")
    await expect(bubble).to_contain_text("눌러 봐")
    assert await bubble.locator("script, b, iframe, img").count() == 0
    hrefs = await bubble.locator("a").evaluate_all("links => links.map(link => link.getAttribute('href') ?? '')")
    assert not [href for href in hrefs if href.startswith(("javascript:", "data:"))], hrefs
    async with asyncio.timeout(10):
        await bubble.get_by_text("눌러 봐").click()
    await june.say("still here")
    await expect(mina.row("still here")).to_be_visible()
    assert await june.page.evaluate("window.struck") is None
    assert await mina.page.evaluate("window.struck") is None
