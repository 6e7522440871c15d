"""For everybody: the keyboard alone, fingers, large letters, no motion, few colours, and what a screen reader hears.

What axe finds is asked of every scene in `test_screens.py`.
"""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.ui.conftest import Visit
from tests.ui.scenes import Home, scenes, show, visitor_of
from tests.ui.served import Served
from tests.ui.test_answers import LONG
from tests.ui.visitor import Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]

FINGER = 44  # CSS pixels, of which one may be lost where a box begins between two
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
NARROW = {"width": 360, "height": 740}
TWICE = {"width": 640, "height": 400}  # a window of 1280 x 800 at 200 %
PLACES = [".skip", ".side", ".room-header", ".talk", ".composer"]  # in the order in which Tab comes to them
SCENE_NAMES = (
    "login",
    "lobby",
    "lobby-new",
    "room",
    "room-writing",
    "room-people",
    "room-ai",
    "room-settings",
    "settings",
    "personas-form",
)
# What can be pressed and is cut off at the side, but for what scrolls by itself.
CUT = """() => [...document.querySelectorAll("a, button, input, select, textarea, h1, h2, p")]
    .filter((node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
    .filter((node) => !node.closest(".visually-hidden, .skip, pre, table, .katex, [aria-hidden=true]"))
    .map((node) => [node, node.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && (box.right > innerWidth + 1 || box.left < -1))
    .map(([node, box]) => `${node.className} "${node.textContent.slice(0, 20)}" ${box.left} to ${box.right}`)"""
# How far around its middle something answers to a finger. What is drawn smaller may reach further than it shows; where
# two stand above one another, neither can take all of it. Links in the middle of a sentence are as large as its words.
SMALL = """(least) => {
    const hit = (node, x, y) => {
        const at = document.elementFromPoint(x, y);
        return at !== null && (node.contains(at) || (at.closest("label")?.contains(node) ?? false));
    };
    const reach = (node, x, y, dx, dy) => {
        let far = 1;
        for (const way of [-1, 1])
            for (let n = 1; n < least && hit(node, x + way * dx * n, y + way * dy * n); n += 1) far += 1;
        return far;
    };
    const small = [];
    for (const node of document.querySelectorAll("a, button, input, select, textarea, summary, [role=option]")) {
        if (node.disabled || !node.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
        if (node.matches("a") && node.closest("p, li, td") && getComputedStyle(node).display === "inline") continue;
        // What lies beyond the edge of its row is brought out first, as a finger does.
        const instantly = { block: "nearest", inline: "nearest", behavior: "instant" };
        if (node.closest("[data-more]")) node.scrollIntoView(instantly);
        const box = node.getBoundingClientRect();
        const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
        const frame = node.closest(".talk")?.getBoundingClientRect() ?? { top: -40, bottom: innerHeight };
        if (Math.min(x, y - frame.top - 40, innerWidth - x, frame.bottom - y) < least / 2 || !hit(node, x, y)) continue;
        const [wide, high] = [reach(node, x, y, 1, 0), reach(node, x, y, 0, 1)];
        const words = node.getAttribute("aria-label") ?? node.textContent;
        if (Math.min(wide, high) < least - 1) small.push(`${node.className} ${words} ${wide} x ${high}`);
    }
    return small;
}"""


async def faults(visitor: Visitor) -> list[str]:
    """Serious and critical findings, with the elements they are about."""
    found = (await Axe().run(visitor.page)).response["violations"]
    return [
        f"{fault['id']}: {fault['help']} {[node['target'] for node in fault['nodes']][:4]}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]


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


async def place(visitor: Visitor) -> str:
    """In which part of a room's page the focus is."""
    return str(
        await visitor.page.evaluate(
            "places => places.find((place) => document.activeElement.closest(place)) ?? document.activeElement.tagName",
            PLACES,
        )
    )


async def test_tab_goes_from_the_top_of_a_room_to_the_box(house: Served, visit: Visit) -> None:
    person = await house.person("Mina")
    room = await person.open_room("order")
    await person.say_all(room, ["one", "two [there](https://example.org)"])
    mina = await visit(person, language="en")
    await mina.enter(room)
    await mina.page.locator(".skip").focus()
    way: list[str] = []
    for _ in range(60):
        now = await place(mina)
        if way[-1:] != [now]:
            way.append(now)
        if now == PLACES[-1]:
            break
        await mina.page.keyboard.press("Tab")
    assert [known for known in way if known in PLACES] == PLACES
    await mina.page.locator(".skip").focus()
    await mina.page.keyboard.press("Enter")
    await expect(mina.page.locator("#content")).to_be_focused()
    await mina.page.keyboard.press("Tab")
    assert await place(mina) == ".room-header"


async def test_layers_are_opened_and_closed_by_keys_alone_and_the_focus_comes_back(house: Served, visit: Visit) -> None:
    person = await house.person("미나")
    kitchen, attic = await person.open_room("겨울 부엌"), await person.open_room("다락 서재")
    await person.say_all(kitchen, ["하나", "둘", "셋"])
    mina = await visit(person)
    page, press = mina.page, mina.page.keyboard.press
    await mina.enter(attic)

    # The palette: a few first consonants, Enter; and Escape, which gives the focus back.
    await press("Control+k")
    await page.keyboard.type("ㄱㅇㅂㅇ")
    await expect(page.locator(".palette-list li[aria-selected=true]")).to_contain_text("겨울 부엌")
    await press("Enter")
    await page.wait_for_url(f"**/room/{kitchen}")
    await expect(mina.row("셋")).to_be_visible()
    await expect(mina.box).to_be_focused()
    for keys, shown in (("Control+k", ".palette"), ("Control+/", "dl.keys")):
        await press(keys)
        await expect(page.locator(shown)).to_be_visible()
        await press("Escape")
        await expect(page.locator(shown)).to_have_count(0)
        await expect(mina.box).to_be_focused()

    # Up through the messages; a menu, the emoji in it, and one layer less with each Escape. "?" where nobody writes.
    await mina.talk.focus()
    await press("ArrowUp")
    await expect(mina.row("셋")).to_be_focused()
    await press("ArrowUp")
    await expect(mina.row("둘")).to_be_focused()
    await press("?")
    await expect(page.locator("dl.keys")).to_be_visible()
    await press("Escape")
    await expect(mina.row("둘")).to_be_focused()
    await press("Enter")
    react = page.get_by_role("menuitem", name=mina.says("message.react"), exact=True)
    for _ in range(9):
        if await react.evaluate("node => node === document.activeElement"):
            break
        await press("ArrowDown")
    await press("Enter")
    await expect(page.get_by_role("searchbox", name=mina.says("message.emoji_search"))).to_be_focused()
    await press("Escape")
    await expect(page.locator(".row-menu")).to_have_count(0)
    await expect(mina.row("둘")).to_be_focused()

    # The panel and what opens in it; then the menu of the room. Nothing leaves the focus nowhere.
    panel = mina.button("rooms.panel")
    await panel.focus()
    await press("Enter")
    await expect(page.locator(".panel")).to_be_focused()
    await tab_to(mina, ".panel [role=tab]")
    await press("End")
    await expect(page.get_by_role("tab", name=mina.says("rooms.tab_settings"), exact=True)).to_be_focused()
    await press("Escape")
    await expect(page.locator(".panel")).to_have_count(0)
    await expect(panel).to_be_focused()
    await mina.button("rooms.menu").focus()
    await press("Enter")
    await expect(page.get_by_role("menu")).to_be_visible()
    await press("ArrowDown")
    await press("Escape")
    await expect(mina.button("rooms.menu")).to_be_focused()


@pytest.mark.parametrize("size", [NARROW, TWICE], ids=["360", "200%"])
async def test_nothing_is_cut_off_in_a_narrow_window_or_at_twice_the_size(
    home: Home, visit: Visit, size: dict[str, int]
) -> None:
    wrong: dict[str, list[str]] = {}
    for scene in scenes(*SCENE_NAMES):
        visitor = await visit(visitor_of(home, scene), base=home.house.base, language="en")
        await visitor.page.set_viewport_size(size)  # pyright: ignore[reportArgumentType] - a TypedDict of the library
        await show(home, scene, visitor)
        wrong[scene.name] = await visitor.page.evaluate(CUT)
        if (wide := await visitor.page.evaluate(WIDE)) > 0:
            wrong[scene.name].append(f"{wide} px stick out")
        await visitor.context.close()
    assert not {name: what for name, what in wrong.items() if what}, wrong


async def test_a_finger_hits_everything(home: Home, visit: Visit) -> None:
    wrong: dict[str, list[str]] = {}
    for scene in scenes(
        "login",
        "lobby",
        "lobby-new",
        "room",
        "room-above",
        "room-row-menu",
        "room-people",
        "room-ai",
        "personas-form",
        "settings",
        "starred",
    ):
        visitor = await visit(visitor_of(home, scene), base=home.house.base, phone=True)
        await show(home, scene, visitor)
        wrong[scene.name] = await visitor.page.evaluate(SMALL, FINGER)
        await visitor.context.close()
    assert not {name: what for name, what in wrong.items() if what}, wrong


async def test_nothing_moves_for_whoever_wants_no_motion(home: Home, visit: Visit) -> None:
    running = "document.getAnimations().filter(({ playState }) => playState === 'running').length"
    for scene in scenes("login", "lobby", "room"):
        visitor = await visit(visitor_of(home, scene), base=home.house.base)
        await visitor.page.emulate_media(reduced_motion="reduce")
        await show(home, scene, visitor)
        await visitor.until(f"() => {running} === 0", seconds=3)
        await visitor.page.evaluate("() => new Promise((done) => setTimeout(done, 600))")
        assert await visitor.page.evaluate(running) == 0
        await visitor.context.close()


async def test_what_is_chosen_shows_without_the_houses_colours(home: Home, visit: Visit) -> None:
    visitor = await visit(home.keeper, base=home.house.base)
    await visitor.page.emulate_media(forced_colors="active")
    await visitor.go("/settings")
    looks = """node => {
        const { backgroundColor, outlineStyle, outlineWidth, borderColor, color } = getComputedStyle(node);
        return [backgroundColor, outlineStyle, outlineWidth, borderColor, color].join();
    }"""
    group = visitor.page.get_by_role("group", name=visitor.says("shell.language"), exact=True).filter(visible=True).last
    chosen = await group.get_by_role("button", pressed=True).evaluate(looks)
    other = await group.get_by_role("button", pressed=False).first.evaluate(looks)
    assert chosen != other
    field = visitor.page.get_by_label(visitor.says("settings.bio"), exact=True)
    await field.focus()
    assert await field.evaluate("node => getComputedStyle(node).outlineStyle") != "none"


async def tab_to(visitor: Visitor, selector: str, *, backwards: bool = False) -> None:
    for _ in range(60):
        if await visitor.page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            outline = await visitor.page.evaluate(
                """() => [document.activeElement, ...document.activeElement.children]
                    .concat(document.activeElement.closest(".composer") ?? [])
                    .map(node => getComputedStyle(node))
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
