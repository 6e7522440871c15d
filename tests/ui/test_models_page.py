"""Who keeps the house looks after its models: the page of models, and the model that speaks in a room."""

import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from tests import gguf_files
from tests.strangers import Stranger, refuses, says, stranger, whole
from tests.ui.conftest import Visit
from tests.ui.served import Person, Served
from tests.ui.test_coming_in import PASSWORD
from tests.ui.test_reach import faults
from tests.ui.visitor import Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session")]

REFUSED = r"status of (409|422)"  # the browser itself notes each of these on its console
DEMO = re.compile("SmolLM2-135M")
KEY = "sk-only-the-server-may-see-this"
_LIST = json.dumps({"object": "list", "data": [{"id": "big-1"}]}).encode()
MODELS = says(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" + _LIST)
GOOD = whole("Hello from outside.")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def keep(open_house_for_all: Callable[..., Awaitable[Served]]) -> Served:
    """A house of its own: what is chosen here reaches all rooms of a house."""
    return await open_house_for_all()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def keeper(keep: Served) -> Person:
    return await keep.first_admin("보름", password=PASSWORD)


def part(visitor: Visitor, key: str) -> Locator:
    return visitor.page.get_by_role("region", name=visitor.says(key), exact=True)


def card(visitor: Visitor, key: str, name: str | re.Pattern[str]) -> Locator:
    heading = visitor.page.get_by_role("heading", name=name)
    return part(visitor, key).get_by_role("listitem").filter(has=heading)


async def state_is(visitor: Visitor, one: Locator, key: str, *, seconds: float = 10) -> None:
    await expect(one.get_by_text(visitor.says(key), exact=True)).to_be_visible(timeout=seconds * 1000)


async def upload(visitor: Visitor, path: Path) -> None:
    async with visitor.page.expect_file_chooser() as choosing:
        await visitor.button("models.add").click()
    await (await choosing.value).set_files(path)


async def add_server(visitor: Visitor, there: Stranger, *, name: str) -> Locator:
    await visitor.button("models.server_add").click()
    texts = {"server_name": name, "server_url": f"{there.url}/v1", "server_model": "big-1", "server_key": KEY}
    for key, value in texts.items():
        await visitor.page.get_by_label(visitor.says(f"models.{key}"), exact=True).fill(value)
    await visitor.button("models.save").click()
    return card(visitor, "models.servers", name)


async def test_the_demo_model_leaves_the_memory_and_comes_back(keep: Served, keeper: Person, visit: Visit) -> None:
    bora = await visit(keeper)
    await bora.go("/")
    await (await bora.open_settings()).get_by_role("link", name=bora.says("models.title")).click()
    demo = card(bora, "models.files", DEMO)
    for fact in ("98 MB", bora.says("models.parameters", count="135 M"), "Q4_1", bora.says("models.default")):
        await expect(demo.get_by_text(fact, exact=True)).to_be_visible()
    await expect(demo.get_by_text(bora.says("models.fits"))).to_be_visible()
    await expect(bora.button("models.remove", within=demo)).to_have_count(0)
    await state_is(bora, demo, "models.state_ready", seconds=30)
    await bora.button("models.unload", within=demo).click()
    await state_is(bora, demo, "models.state_asleep")
    await bora.button("models.load", within=demo).click()
    await state_is(bora, demo, "models.state_ready", seconds=30)
    await expect(part(bora, "models.now").get_by_text(bora.says("models.engine_ready"))).to_be_visible()


async def test_a_file_comes_in_becomes_the_default_and_goes(
    keep: Served, keeper: Person, visit: Visit, tmp_path: Path
) -> None:
    bora = await visit(keeper)
    bora.forgive(REFUSED)
    await bora.go("/models")
    broken, words = tmp_path / "half.gguf", tmp_path / "letter.txt"
    broken.write_bytes(gguf_files.model(tmp_path / "whole.gguf").read_bytes()[:-100])
    words.write_text("dear house")
    for path, key in ((words, "models.only_gguf"), (broken, "error.model_file")):
        await upload(bora, path)
        await expect(part(bora, "models.files").get_by_role("alert")).to_have_text(bora.says(key))
    await expect(card(bora, "models.files", "half")).to_have_count(0)
    await upload(bora, gguf_files.model(tmp_path / "tiny-one.gguf"))
    tiny, demo = card(bora, "models.files", "tiny-one"), card(bora, "models.files", DEMO)
    await state_is(bora, tiny, "models.state_asleep")
    await bora.button("models.make_default", within=tiny).click()
    await expect(tiny.get_by_text(bora.says("models.default"), exact=True)).to_be_visible()
    await bora.button("models.make_default", within=demo).click()
    await expect(demo.get_by_text(bora.says("models.default"), exact=True)).to_be_visible()
    await bora.button("models.remove", within=tiny).click()
    question = bora.page.get_by_role("alertdialog", name=bora.says("models.remove_ask", name="tiny-one"))
    await bora.button("models.remove", within=question).click()
    await expect(tiny).to_have_count(0)


async def test_a_room_chooses_a_server_and_everybody_in_it_is_told(keep: Served, keeper: Person, visit: Visit) -> None:
    guest = await keep.person("준")
    room = await keeper.open_room("바깥바람")
    async with stranger(MODELS, GOOD) as there:
        bora, jun = await visit(keeper), await visit(guest, phone=True)
        await bora.go("/models")
        server = await add_server(bora, there, name="이웃집")
        await expect(server.get_by_text(bora.says("models.server_off"))).to_be_visible()
        await server.get_by_role("switch").click()
        await expect(server.get_by_role("switch")).to_be_checked()
        assert KEY not in await bora.page.content()
        assert f"Bearer {KEY}" in {asked.headers.get("authorization") for asked in there.asked}

        await jun.enter(room)
        may_be_sent = jun.page.get_by_text(jun.says("models.may_be_sent", name="이웃집"))
        await bora.button("models.put_in", name="이웃집").click()
        await expect(may_be_sent).to_be_visible()
        await bora.button("models.out", name="이웃집").click()
        await expect(may_be_sent).to_have_count(0)
        await bora.enter(room)
        sent = bora.says("models.sent_to", name="이웃집")
        await expect(jun.page.get_by_text(sent)).to_have_count(0)
        await bora.page.get_by_role("button", name=bora.says("models.speaks")).click()
        await bora.page.get_by_role("button", name="이웃집").click()
        for visitor in (bora, jun):
            await expect(visitor.talk.get_by_text(visitor.says("notice.model_changed", name="보름"))).to_be_visible()
            await expect(visitor.talk.get_by_text(visitor.says("notice.words_leave", name="이웃집"))).to_be_visible()
            await expect(visitor.page.get_by_role("note").get_by_text(sent)).to_be_visible()
        await bora.say("@불씨 안녕?")
        await jun.answer_is("complete", seconds=20)
        assert await jun.answer_text() == "Hello from outside."

        await jun.page.get_by_role("button", name=jun.says("models.speaks")).tap()
        await expect(jun.page.get_by_text(jun.says("models.see_only"))).to_be_visible()
        await expect(jun.page.get_by_role("dialog").get_by_role("button")).to_have_count(0)


async def test_a_key_that_is_refused_keeps_the_server_off(keep: Served, keeper: Person, visit: Visit) -> None:
    bora = await visit(keeper, language="en")
    async with stranger(refuses(401)) as there:
        await bora.go("/models")
        server = await add_server(bora, there, name="Cloud")
        await expect(server.get_by_text(bora.says("error.provider_key"))).to_be_visible()
        await server.get_by_role("switch").click()
        await expect(bora.banner(bora.says("error.provider_key"))).to_be_visible()
        await expect(server.get_by_role("switch")).not_to_be_checked()


async def test_others_see_no_models_page(keep: Served, keeper: Person, visit: Visit) -> None:
    guest = await visit(await keep.person("솔"))
    await guest.go("/models")
    await expect(guest.page.get_by_text(guest.says("models.keepers_only"))).to_be_visible()
    assert not re.search("SmolLM2|이웃집", await guest.page.content())
    await expect((await guest.open_settings()).get_by_role("link", name=guest.says("models.title"))).to_have_count(0)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_axe_finds_nothing_serious(keep: Served, keeper: Person, visit: Visit, dark: bool) -> None:
    room = await keeper.open_room("책방")
    bora = await visit(keeper, dark=dark, phone=dark)
    await bora.go("/models")
    await expect(card(bora, "models.files", DEMO)).to_be_visible()
    await bora.button("models.server_add").click()
    await expect(bora.page.get_by_label(bora.says("models.server_key"), exact=True)).to_be_visible()
    assert await faults(bora) == []
    await bora.enter(room)
    await bora.page.get_by_role("button", name=bora.says("models.speaks")).click()
    await expect(bora.page.get_by_role("button", name=DEMO).nth(1)).to_be_visible()
    assert await faults(bora) == []
