"""Pictures of the house for people to look at: each page, two sizes, two lights, two languages. Kept outside git.

What can be checked without eyes is: nothing sticks out sideways, and nothing overlaps the box to write in.
"""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.ui.conftest import Visit
from tests.ui.served import Person, Served
from tests.ui.visitor import Language, Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]

TALK = [
    "다들 저녁은 드셨어요? 밖에 눈이 오기 시작했어요.",
    "방금 들어왔는데 여긴 따뜻하네요 :)",
    "**장작**은 제가 가져왔습니다. 오늘은 뭐 하고 놀까요?\n\n- 옛날이야기\n- 끝말잇기\n- [별자리 보기](https://example.org/stars)",
    "옛날이야기요! 아니면 불씨한테 정렬 프로그램을 부탁해 볼까요?",
]
ASKED = "@ember Write a python program with comments that sorts a list, in a code block, and explain each line."
BUSY = "@ember Write an essay of 1000 words about the history of fire."


async def evening(house: Served) -> tuple[Person, str]:
    """A room with a talk and an answer, and one more answer that still has to wait for its turn."""
    people = [await house.person(name) for name in ("미나", "준", "하늘")]
    room = await people[0].open_room("눈 오는 밤")
    for person in people[1:]:
        await person.sit_down(room)
    for number, text in enumerate(TALK):
        await people[(0, 1, 2, 0)[number]].say(room, text)
    await people[1].say(room, ASKED)
    await people[1].until_answered(room)
    elsewhere = await people[2].open_room("딴 방")
    await people[2].say(elsewhere, BUSY)
    await people[0].say(room, "@불씨 And now a short poem about snow, please.")
    return people[0], room


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_pictures(house: Served, visit: Visit, artefacts: Path, language: Language) -> None:
    person, room = await evening(house)
    for dark in (False, True):
        for phone in (False, True):
            kind = f"{'phone' if phone else 'desktop'}-{'dark' if dark else 'light'}-{language}.png"
            inside = await visit(person, language=language, phone=phone, dark=dark)
            await inside.enter(room)
            await expect(inside.answer).to_be_in_viewport()
            await picture(inside, artefacts / f"room-{kind}")
            await inside.go("/")
            await expect(inside.page.locator(".room-card").first).to_be_visible()
            await picture(inside, artefacts / f"lobby-{kind}")
            door = await visit(language=language, phone=phone, dark=dark)
            await door.go("/")
            await expect(door.button("entry.sit")).to_be_visible()
            await picture(door, artefacts / f"home-{kind}")


async def picture(visitor: Visitor, path: Path) -> None:
    await visitor.page.evaluate("document.fonts.ready")
    await visitor.page.screenshot(path=str(path), animations="disabled")
    wide = await visitor.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{path.name}: {wide} px stick out"
