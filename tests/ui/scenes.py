"""Every page of a house where people live, and every layer that can lie over one: for tests that look at all of them.

`furnish` fills a house over REST, once. A `Scene` says who looks, where they go, what they press and what has then to
be seen; it is the same in every language, size and light.
"""

import asyncio
import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
from PIL import Image
from playwright.async_api import Locator, expect

from tests.documents import Page, pdf, prose
from tests.ui.served import Person, Served, until
from tests.ui.visitor import Visitor

PASSWORD = "a-warm-winter-night"
MISSING = r"status of (401|404)"  # the browser itself notes each of these on its console
PHOTO = "눈 온 마당.png"
LAST = "저기 멀리서 누가 오네요"
EARLY = [f"눈이 {n} 센티미터 쌓였어요" for n in range(1, 22)]
FORMULAS = "넓이는 $\\pi r^2$ 이고, 모두 더하면\n\n$$\\sum_{n=1}^{N} n = \\frac{N(N+1)}{2}$$"
CODE = "```python\ndef greet(name: str) -> str:\n    # 따뜻하게\n    return f'어서 와, {name}!'\n```"
TABLE = """\
| 누가 | 무엇을 | 얼마나 |
|:--|:-:|--:|
| 준 | 장작 | 12 |
| June | 고구마 | 3 |

> 나머지는 제가 가져갈게요

- [x] 물
- [ ] 귤"""
LINKS = "[은행](https://bank.example/a) https://plain.example/b **굵게**는 *기울여* ~~지우고~~ `코드`"
SKIES = ("#d9733a", "#5d7f9c", "#33402f")
DIAGRAM = "```mermaid\ngraph LR\n  불씨 --> 이야기\n```"


@dataclass(frozen=True, slots=True)
class Home:
    """A house that is lived in: who keeps it, a guest, and the rooms to look at."""

    house: Served
    keeper: Person
    guest: Person
    newcomer: Person
    room: str
    code: str
    talk: str  # with an AI, beside the room
    over: str  # another that has ended
    library: str  # a room with documents, and an answer from them
    manual: str  # one of these documents


@dataclass(frozen=True, slots=True)
class Scene:
    """`sees` has to be visible before anything is pressed; `do` presses, and waits for what comes of it."""

    name: str
    path: str
    sees: str
    who: str = "keeper"  # "" stands before the door
    do: Callable[[Visitor], Awaitable[Any]] | None = None


async def show(home: Home, scene: Scene, visitor: Visitor) -> None:
    """Brings a visitor to a scene. They are who the scene says; `visitor_of` tells whom to bring."""
    visitor.forgive(MISSING)
    places = ("room", "code", "talk", "over", "library", "manual")
    await visitor.go(scene.path.format(**{place: getattr(home, place) for place in places}))
    await expect(visitor.page.locator(scene.sees).first).to_be_visible()
    await visitor.page.evaluate("document.fonts.ready")
    if scene.do is not None:
        await scene.do(visitor)


def visitor_of(home: Home, scene: Scene) -> Person | None:
    return getattr(home, scene.who) if scene.who else None


# --- what is pressed


def _opens(key: str, shown: str, *, within: str = "body") -> Callable[[Visitor], Awaitable[None]]:
    """Presses the first visible button of that name."""

    async def do(visitor: Visitor) -> None:
        await visitor.button(key, within=visitor.page.locator(within)).filter(visible=True).first.click()
        await expect(visitor.page.locator(shown).first).to_be_visible()

    return do


def _panel(tab: str, shows: str = "input") -> Callable[[Visitor], Awaitable[None]]:
    async def do(visitor: Visitor) -> None:
        await visitor.button("rooms.panel").click()
        await visitor.page.get_by_role("tab", name=visitor.says(tab), exact=True).click()
        await expect(visitor.page.get_by_role("tabpanel").locator(shows).first).to_be_visible()

    return do


async def open_row_menu(visitor: Visitor, row: Locator) -> None:
    """By the keyboard: the same on a phone as on a desk."""
    await row.scroll_into_view_if_needed()
    await row.focus()
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.page.locator(".row-menu")).to_be_visible()


async def _row_menu(visitor: Visitor) -> None:
    await open_row_menu(visitor, visitor.row(LAST))


async def _emoji(visitor: Visitor) -> None:
    await _row_menu(visitor)
    await visitor.page.get_by_role("menuitem", name=visitor.says("message.react"), exact=True).click()
    await expect(visitor.page.get_by_role("gridcell").first).to_be_visible()


async def _above(visitor: Visitor) -> None:
    """What stands further up: a picture, a file, a tombstone, formulas."""
    await visitor.talk.evaluate("node => { node.scrollTop = Math.max(0, node.scrollTop - node.clientHeight * 0.9); }")
    await visitor.page.evaluate("() => new Promise(done => setTimeout(done, 400))")


async def _writing(visitor: Visitor) -> None:
    """An answer is begun, pictures lie in the tray and somebody is being called by name."""
    await open_row_menu(visitor, visitor.row(LAST))
    await visitor.page.get_by_role("menuitem", name=visitor.says("message.reply"), exact=True).click()
    await visitor.button("composer.attach").click()
    async with visitor.page.expect_file_chooser() as chooser:
        await visitor.page.get_by_role("menuitem", name=visitor.says("composer.pictures"), exact=True).click()
    await (await chooser.value).set_files(
        [
            {"name": "노을.png", "mimeType": "image/png", "buffer": png("#c86432")},
            {"name": "밤.png", "mimeType": "image/png", "buffer": png("#203050")},
        ]
    )
    await expect(visitor.page.get_by_role("progressbar")).to_have_count(0)
    await visitor.box.fill("")
    await visitor.box.press_sequentially("@")
    await expect(visitor.page.locator(".suggestions")).to_be_visible()


async def _once(visitor: Visitor) -> None:
    """Settings for one answer, set and opened again."""
    for _ in range(2):
        await visitor.button("composer.attach").click()
        await visitor.page.get_by_role("menuitem", name=visitor.says("composer.once"), exact=True).click()
        form = visitor.page.get_by_role("region", name=visitor.says("composer.once"))
        await form.get_by_label(visitor.says("sessions.temperature")).fill("0.2")
        if await visitor.page.locator(".composer-set").count() == 0:
            await visitor.button("composer.once_keep", within=form).click()


async def _palette(visitor: Visitor) -> None:
    await visitor.page.keyboard.press("Control+k")
    await expect(visitor.page.locator(".palette-list li").first).to_be_visible()


async def _keys(visitor: Visitor) -> None:
    await visitor.page.keyboard.press("Control+/")
    await expect(visitor.page.locator("dl.keys")).to_be_visible()


async def _search(visitor: Visitor) -> None:
    await visitor.button("search.title").filter(visible=True).first.click()
    await visitor.page.locator(".find-box").fill("장작")
    await expect(visitor.page.locator(".hit").first).to_be_visible()


async def _invite(visitor: Visitor) -> None:
    await visitor.button("rooms.menu").click()
    await visitor.page.get_by_role("menuitem", name=visitor.says("rooms.invite"), exact=True).click()
    await expect(visitor.page.get_by_role("dialog")).to_be_visible()


async def _source(visitor: Visitor) -> None:
    await visitor.page.locator(".cite").first.click()
    await expect(visitor.page.locator(".sources-panel .page-mark").first).to_be_visible()


async def _receipt(visitor: Visitor) -> None:
    await visitor.button("cites.receipt").first.click()
    await expect(visitor.page.locator(".receipt-table tbody tr").first).to_be_visible()


async def _marked(visitor: Visitor) -> None:
    """The first piece that has a page is shown there."""
    await visitor.page.locator(".piece-page").last.click()
    await expect(visitor.page.locator(".piece.marked")).to_be_visible()
    await expect(visitor.page.locator(".page-mark").first).to_be_visible()


async def _pictured(visitor: Visitor) -> None:
    """What is on a picture is about to be written."""
    await visitor.page.get_by_title(PHOTO).click()
    await visitor.button("pictures.caption_add").click()
    await expect(visitor.page.get_by_role("textbox", name=visitor.says("pictures.caption_label"))).to_be_focused()


_FORM = "form button[type=submit]"
_ROOM = "/room/{room}"
_TALK = ".talk .row"
SCENES: tuple[Scene, ...] = (
    Scene("door", "/", _FORM, who=""),
    Scene("login", "/login", _FORM, who=""),
    Scene("register", "/register", _FORM, who=""),
    Scene("setup", "/setup/of-long-ago", _FORM, who=""),
    Scene("join", "/join/{code}", _FORM, who=""),
    Scene("join-in", "/join/{code}", _FORM, who="newcomer"),
    Scene("join-bad", "/join/of-nowhere", "main h1", who=""),
    Scene("lost", "/no/such/place", "main h1", who=""),
    Scene("lobby", "/", ".room-card"),
    Scene("lobby-empty", "/", ".lobby-greeting", who="newcomer"),
    Scene("lobby-new", "/", ".room-card", do=_opens("lobby.new", "[role=dialog] form")),
    Scene("lobby-search", "/", ".room-card", do=_search),
    Scene("lobby-palette", "/", ".room-card", do=_palette),
    Scene("room", _ROOM, _TALK),
    Scene("room-above", _ROOM, _TALK, do=_above),
    Scene("room-keys", _ROOM, _TALK, do=_keys),
    Scene("room-row-menu", _ROOM, _TALK, do=_row_menu),
    Scene("room-emoji", _ROOM, _TALK, do=_emoji),
    Scene("room-writing", _ROOM, _TALK, do=_writing),
    Scene("room-once", _ROOM, _TALK, do=_once),
    Scene("room-people", _ROOM, _TALK, do=_panel("rooms.tab_people", ".person")),
    Scene("room-ai", _ROOM, _TALK, do=_panel("room.ai_badge", ".person")),
    Scene("room-sessions", _ROOM, _TALK, do=_panel("sessions.title", ".session")),
    Scene("talk", "/room/{talk}", _TALK),
    Scene("talk-over", "/room/{over}", ".talk-over button"),
    Scene("talk-settings", "/room/{talk}", _TALK, do=_panel("rooms.tab_settings", ".ai-config select")),
    Scene("room-pins", _ROOM, _TALK, do=_panel("pins.title", ".kept-text")),
    Scene("room-files", _ROOM, _TALK, do=_panel("files.tab", "img")),
    Scene("room-search", _ROOM, _TALK, do=_panel("search.title")),
    Scene("room-settings", _ROOM, _TALK, do=_panel("rooms.tab_settings")),
    Scene("room-menu", _ROOM, _TALK, do=_opens("rooms.menu", "[role=menu]")),
    Scene("room-invite", _ROOM, _TALK, do=_invite),
    Scene("room-guest", _ROOM, _TALK, who="guest"),
    Scene("room-gone", "/room/00000000-0000-7000-8000-000000000000", ".closed-door"),
    Scene("library", "/library", ".document"),
    Scene("library-empty", "/library", ".library-empty", who="newcomer"),
    Scene("library-room", "/library?room={library}", ".document[data-status=failed]"),
    Scene("room-library", "/room/{library}", _TALK, do=_panel("library.title", ".document")),
    Scene("room-source", "/room/{library}", ".cite", do=_source),
    Scene("room-receipt", "/room/{library}", ".sources", do=_receipt),
    Scene("document", "/document/{manual}", ".reader-page img", do=_marked),
    Scene("library-talk", "/library?room={talk}", ".library-place[aria-current]"),
    Scene("document-picture", "/library", ".document[data-status=ready]", do=_pictured),
    Scene("document-gone", "/document/00000000-0000-7000-8000-000000000000", ".closed-door"),
    Scene("settings", "/settings", ".settings-part"),
    Scene("settings-guest", "/settings", ".settings-part", who="guest"),
    Scene("personas", "/personas", ".persona-card"),
    Scene("personas-form", "/personas", ".persona-card", do=_opens("personas.new", ".persona-form")),
    Scene("personas-none", "/personas", ".persona-card", who="newcomer"),
    Scene("models", "/models", ".models h1"),
    Scene("models-guest", "/models", ".closed-door", who="guest"),
    Scene("welcome", "/welcome", ".settings-part"),
    Scene("starred", "/starred", ".kept-text"),
    Scene("starred-empty", "/starred", ".stars-page", who="newcomer"),
)


def scenes(*names: str) -> list[Scene]:
    return [next(scene for scene in SCENES if scene.name == name) for name in names]


# --- a house that is lived in


def png(colour: str, size: tuple[int, int] = (480, 300)) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", size, colour).save(drawn, "PNG")
    return drawn.getvalue()


async def bring(person: Person, room: str, name: str, data: bytes) -> str:
    """A file for a message; returns its id."""
    async with httpx.AsyncClient(base_url=person.base, headers=person.cookie, timeout=30) as client:
        answer = await client.post(f"/api/rooms/{room}/files?name={quote(name)}", content=data)
        answer.raise_for_status()
        return answer.json()["id"]


async def said(person: Person, room: str, text: str, **more: Any) -> str:
    """Says something; returns the message's id."""
    return (await person.ask("POST", f"/rooms/{room}/messages", text=text, **more))["message_id"]


async def furnish(house: Served) -> Home:
    """People, rooms, and a talk with one of everything that a row can hold."""
    keeper = await house.first_admin("보름", password=PASSWORD)
    guest = await house.person("준", numbered=False)
    june, newcomer = await house.person("June", numbered=False), await house.person("하늘", numbered=False)
    about = "첫눈 오는 밤마다 모여서 군고구마를 굽고 지난 이야기를 나눕니다"
    room = (await keeper.ask("POST", "/rooms", name="눈 오는 밤", description=about))["id"]
    for person in (guest, june):
        await person.sit_down(room)
    await keeper.ask("PUT", f"/rooms/{room}/ai/{await _persona(keeper)}", hears_all=True)
    await _talk(keeper, guest, june, room)
    await _other_rooms(keeper, guest, june)
    await keeper.ask("PATCH", "/me", bio="불 곁을 지킵니다. 밤에는 느리게 답해요.")
    code = (await keeper.ask("POST", f"/rooms/{room}/invites", hours=24, max_uses=5, role="member"))["code"]
    beside = await _beside(keeper, room), await _over(keeper, room)
    return Home(house, keeper, guest, newcomer, room, code, *beside, *await _library(keeper))


def manual() -> bytes:
    """A PDF of two pages, in Korean."""
    first = ["무쇠 난로 설명서", "", "장작은 두 해 말린 참나무를 씁니다.", "한 번에 세 개비보다 많이 넣지 않습니다."]
    second = ["돌보기", "", "연통은 한 달에 한 번 쓸어 줍니다.", "쓸기 전에 불을 끄고 두 시간을 기다립니다."]
    return pdf([Page(words=prose(lines, size=14)) for lines in (first, second)], title="무쇠 난로 설명서")


async def _library(keeper: Person) -> tuple[str, str]:
    """A room with documents, one of which cannot be read, and a question that one answers; their ids."""
    room = (await keeper.ask("POST", "/rooms", name="난로 곁", kind="private"))["id"]
    book = await _shelve(keeper, "난로 설명서.pdf", manual(), room=room)
    await _shelve(keeper, "빈 종이.pdf", b"%PDF-1.7 nothing", room=room)
    plan = "# 겨울 계획\n\n## 장보기\n\n| 무엇 | 얼마나 |\n|---|---|\n| 고구마 | 3 상자 |\n| 귤 | 2 상자 |\n"
    await _shelve(keeper, "겨울 계획 (마지막 판) 최종의 최종.md", plan.encode())
    await _shelve(keeper, PHOTO, png(SKIES[1]))
    await keeper.say(room, "@불씨 연통은 한 달에 몇 번 쓸어 줍니까?")
    await keeper.until_answered(room)
    return room, book


async def _shelve(person: Person, name: str, data: bytes, *, room: str = "") -> str:
    """Brings a document, and waits until its words are read or cannot be."""
    place = f"/api/documents?name={quote(name)}" + (f"&room={room}" if room else "")
    async with httpx.AsyncClient(base_url=person.base, headers=person.cookie, timeout=30) as client:
        answer = await client.post(place, content=data)
        answer.raise_for_status()
    document = answer.json()["id"]

    async def is_read() -> bool:
        return (await person.ask("GET", f"/documents/{document}"))["status"] in ("embedding", "ready", "failed")

    await until(is_read, seconds=60)
    return document


async def _over(keeper: Person, room: str) -> str:
    """A talk with the AI that has ended; returns its id."""
    begun = await keeper.ask("POST", "/llm/start_session", room_uuid=room, title="지난 이야기")
    await keeper.ask("POST", f"/llm/sessions/{begun['session_id']}/end")
    return begun["session_id"]


async def _beside(keeper: Person, room: str) -> str:
    """A talk with the AI beside the room, with a question in it; returns its id."""
    begun = await keeper.ask("POST", "/llm/start_session", room_uuid=room)
    await keeper.ask("POST", f"/llm/sessions/{begun['session_id']}/messages", text="군고구마는 몇 도에 구우면 좋아?")
    await keeper.stop_answers(begun["session_id"])
    return begun["session_id"]


async def _persona(keeper: Person) -> str:
    """Somebody for the AI to be; returns their id."""
    made = await keeper.ask(
        "POST", "/personas",
        name_ko="달지기",
        name_en="Moonkeeper",
        about="밤하늘을 보며 달의 모양을 일러 주는 아이",
        instructions="You are Moonkeeper. You know the moon. Answer in one short sentence.",
        greeting="오늘은 달이 밝네요.",
    )  # fmt: skip
    return made["id"]


async def _talk(keeper: Person, guest: Person, june: Person, room: str) -> None:
    path = f"/rooms/{room}/messages"
    await guest.say_all(room, EARLY)
    wood = await said(guest, room, "**장작**은 제가 가져왔습니다. 오늘은 뭐 하고 놀까요?")
    await keeper.say_all(room, [FORMULAS, CODE, TABLE, LINKS, DIAGRAM])
    pictures = [
        await bring(june, room, f"노을 {n}.png", png(colour))
        for n, colour in enumerate(("#d9733a", "#5d7f9c", "#33402f"))
    ]
    await said(june, room, "어제 찍었어요", files=pictures)
    notes = await bring(guest, room, "겨울 계획 (마지막 판) 최종.txt", "하나, 둘, 셋\n".encode() * 40)
    await said(guest, room, "", files=[notes])
    slip = await said(june, room, "이건 아무에게도 말하지 마세요")
    await june.ask("DELETE", f"{path}/{slip}")
    stars = await said(june, room, "별자리도 보러 가요", reply_to=wood)
    await june.ask("PATCH", f"{path}/{stars}", text="별자리도 보러 갑시다, @보름 님")
    for person, emoji in ((keeper, "👍"), (guest, "👍"), (june, "❤️"), (keeper, "🍠")):
        await person.ask("PUT", f"{path}/{wood}/reactions/{quote(emoji)}")
        await person.ask("PUT", f"{path}/{stars}/reactions/{quote(emoji)}")
    for message in (wood, stars):
        await keeper.ask("PUT", f"{path}/{message}/pin")
        await keeper.ask("PUT", f"{path}/{message}/star")
    await guest.say(room, "@불씨 Say hello in one short sentence.")
    await guest.until_answered(room)
    await keeper.say(room, "고구마는 누가 굽나요?")
    await guest.say(room, LAST)


async def _other_rooms(keeper: Person, guest: Person, june: Person) -> None:
    """Rooms of each kind for the lists: private, direct, open to all, loved, put away, with something unread."""
    private = (await keeper.ask("POST", "/rooms", name="김장 모임", kind="private"))["id"]
    await keeper.ask("PATCH", f"/rooms/{private}/seat", favourite=True)
    direct = (await keeper.ask("POST", "/rooms/direct", user_id=june.user_id))["id"]
    await june.say(direct, "내일 몇 시에 만날까요?")
    old = (await keeper.ask("POST", "/rooms", name="지난 여름"))["id"]
    await keeper.ask("PUT", f"/rooms/{old}/archive")
    book = await guest.open_room("책 읽는 사람들")
    await guest.say(book, "이번 달에는 무엇을 읽을까요?")
    long = await june.open_room("A name as long as may be")
    await asyncio.gather(keeper.sit_down(long), guest.sit_down(long))
    await june.say(long, "Who brings the sweet potatoes?")
