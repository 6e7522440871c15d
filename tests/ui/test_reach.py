"""For everybody: what axe finds on each page, the keyboard alone, and what a screen reader hears of an answer."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.ui.conftest import Visit
from tests.ui.served import Served
from tests.ui.test_answers import LONG
from tests.ui.visitor import Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]

CODE = "**굵게**는 이렇게, [링크](https://example.org)와 `코드`\n\n```python\nprint('불')  # 주석\n```"


async def faults(visitor: Visitor) -> list[str]:
    """Serious and critical findings, with the elements they are about."""
    found = (await Axe().run(visitor.page)).response["violations"]
    return [
        f"{fault['id']}: {fault['help']} {[node['target'] for node in fault['nodes']][:4]}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_axe_finds_nothing_serious(house: Served, visit: Visit, dark: bool) -> None:
    person = await house.person("미나")
    room = await person.open_room("사랑방")
    await person.say_all(room, ["안녕하세요", CODE, "@불씨 Say hello in one short sentence."])
    door, inside = await visit(dark=dark), await visit(person, dark=dark)
    found: dict[str, list[str]] = {}
    for path in ("/", "/login", "/register"):
        await door.go(path)
        await expect(door.page.locator("form button[type=submit]")).to_be_visible()
        found[path] = await faults(door)
    await inside.go("/")
    await expect(inside.page.locator(".room-card").first).to_be_visible()
    found["lobby"] = await faults(inside)
    await inside.enter(room)
    await inside.answer_is("complete|stopped|failed")
    found["room"] = await faults(inside)
    assert not {page: what for page, what in found.items() if what}, found


async def test_a_keyboard_is_enough(house: Served, visit: Visit) -> None:
    person = await house.person("Mina")
    room = await person.open_room("keys")
    mina = await visit(person, language="en")
    await mina.go("/")
    await expect(mina.page.locator(".room-card").first).to_be_visible()
    await tab_to(mina, f'a.room-card[href$="{room}"]')
    await mina.page.keyboard.press("Enter")
    await mina.seated()
    await tab_to(mina, "#composer")
    await mina.page.keyboard.type("no mouse needed")
    await mina.page.keyboard.press("Enter")
    await expect(mina.row("no mouse needed")).to_be_visible()
    await mina.page.keyboard.type("by the button")
    await tab_to(mina, ".composer-send")
    await mina.page.keyboard.press("Enter")
    await expect(mina.row("by the button")).to_be_visible()
    await mina.say(f"@ember {LONG}")
    await mina.answer_grows()
    await tab_to(mina, ".row.ai .answer-actions button", backwards=True)
    await mina.page.keyboard.press("Enter")
    await mina.answer_is("stopped", seconds=5)


async def tab_to(visitor: Visitor, selector: str, *, backwards: bool = False) -> None:
    for _ in range(60):
        if await visitor.page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            outline = await visitor.page.evaluate(
                """() => [document.activeElement, document.activeElement.closest(".composer")]
                    .filter(Boolean).map(node => getComputedStyle(node))
                    .some(style => style.outlineStyle !== "none" || style.boxShadow !== "none")"""
            )
            assert outline, f"the focus on {selector} cannot be seen"
            return
        await visitor.page.keyboard.press("Shift+Tab" if backwards else "Tab")
    raise AssertionError(f"{selector} is not reached by Tab")


async def test_the_start_and_the_end_of_an_answer_are_announced_and_no_word_between(
    house: Served, visit: Visit
) -> None:
    person, other = await house.person("Mina"), await house.person("June")
    room = await person.open_room("ears")
    mina, june = await visit(person, language="en"), await visit(other, language="en")
    await mina.enter(room)
    await june.enter(room)
    await june.page.evaluate(
        """() => {
            window.storyHeard = [];
            const region = document.querySelector("#announcer[aria-live=polite]");
            const note = () => {
                if (region.textContent !== window.storyHeard.at(-1)) window.storyHeard.push(region.textContent);
            };
            new MutationObserver(note).observe(region, { childList: true, subtree: true, characterData: true });
        }"""
    )
    question = f"@ember {LONG}"
    await mina.say(question)
    await june.answer_grows(beyond=60)
    await mina.button("answer.stop", within=mina.answer).click()
    await june.answer_is("stopped", seconds=5)
    ended = june.says("answer.ended", name="Ember")
    await june.until("ended => window.storyHeard.at(-1) === ended", ended)
    heard = await june.page.evaluate("window.storyHeard")
    assert heard == [f"{person.name}: {question}", june.says("answer.began", name="Ember"), ended]
