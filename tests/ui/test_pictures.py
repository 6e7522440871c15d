"""Pictures of an evening for people to look at: with `--full` in two sizes, lights and languages. Kept outside git.

What can be checked without eyes is: nothing sticks out sideways, and the newest line is in view.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import product
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.ui.conftest import Visit
from tests.ui.served import Person, Served
from tests.ui.test_answers import LONG, SHORT
from tests.ui.visitor import Language, Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]
LANGUAGES: tuple[Language, ...] = ("ko", "en")
TALK = [
    "다들 저녁은 드셨어요? 밖에 눈이 오기 시작했어요.",
    "방금 들어왔는데 여긴 따뜻하네요 :)",
    "**장작**은 제가 가져왔습니다. 오늘은 뭐 하고 놀까요?\n\n- 옛날이야기\n- [별자리 보기](https://example.org/stars)",
]
LAST = "@불씨 And now a short poem about snow, please."


@asynccontextmanager
async def evening(house: Served) -> AsyncIterator[tuple[Person, str]]:
    """A room with an answer and a talk, and one more answer that has to wait: the model is busy elsewhere."""
    mina, jun, sky = [await house.person(name, numbered=False) for name in ("미나", "준", "하늘")]
    room, elsewhere = await mina.open_room("눈 오는 밤"), await sky.open_room("딴 방")
    for person in (jun, sky):
        await person.sit_down(room)
    await jun.say(room, f"@ember {SHORT}")
    await jun.until_answered(room)
    for person, text in zip((mina, jun, sky), TALK, strict=True):
        await person.say(room, text)
    for _ in range(4):
        await sky.say(elsewhere, f"@ember {LONG}")
    await mina.say(room, LAST)
    yield mina, room
    await mina.stop_answers(room)
    await sky.stop_answers(elsewhere)


async def test_pictures(house: Served, visit: Visit, artefacts: Path, request: pytest.FixtureRequest) -> None:
    ways = list(product(LANGUAGES, (False, True), (False, True)))
    async with evening(house) as (person, room):
        for language, dark, phone in ways if request.config.getoption("--full") else [ways[0], ways[-1]]:
            kind = f"{'phone' if phone else 'desktop'}-{'dark' if dark else 'light'}-{language}.png"
            inside = await visit(person, language=language, phone=phone, dark=dark)
            await inside.enter(room)
            await expect(inside.answer).to_be_in_viewport()
            await picture(inside, artefacts / f"room-{kind}")
            await inside.talk.evaluate("node => { node.scrollTop = 0; }")
            await picture(inside, artefacts / f"answer-{kind}")
            await inside.go("/")
            await expect(inside.page.locator(".room-card").first).to_be_visible()
            await picture(inside, artefacts / f"lobby-{kind}")
            await inside.context.clear_cookies(name="hearth_session")
            await inside.page.reload()
            await expect(inside.button("entry.sit")).to_be_visible()
            await picture(inside, artefacts / f"home-{kind}")
            await inside.context.close()


async def picture(visitor: Visitor, path: Path) -> None:
    await visitor.page.evaluate("document.fonts.ready")
    await visitor.page.screenshot(path=str(path), animations="disabled")
    wide = await visitor.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{path.name}: {wide} px stick out"
