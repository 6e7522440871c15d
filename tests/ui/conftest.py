"""One built page, one browser and one running house for all browser stories; each story brings its own people.

The model is the real one. Nothing is waited for by the clock, but for the ten seconds one story stays offline.
"""

import asyncio
import fcntl
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from hearth_reflex.cli import page as built_page
from tests.ui.line import Line
from tests.ui.scenes import Home, furnish
from tests.ui.served import PROJECT, Person, Served
from tests.ui.visitor import Language, Visitor

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Two cameras that nobody is asked about, and that show a moving pattern.
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream=device-count=2",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
# People in a story are faster than people: limits have tests of their own.
QUICK = {
    "HEARTH_MESSAGES_PER_SECOND": "1000",
    "HEARTH_MESSAGES_BURST": "10000",
    "HEARTH_ROOMS_BURST": "10000",
    "HEARTH_FILES_BURST": "10000",
    "HEARTH_EVENTS_PER_SECOND": "1000",
    "HEARTH_EVENTS_BURST": "10000",
    "HEARTH_LOG_FORMAT": "json",
    "HEARTH_SKIP_EMBEDDING": "true",  # stories that are about finding by meaning turn it on
    # The likeliest word each time, and room for many of them: a question gets the same long answer in every run.
    "HEARTH_REPLY_TEMPERATURE": "0",
    "HEARTH_REPLY_MAX_TOKENS": "900",
}

OpenHouse = Callable[..., Awaitable[Served]]

STORY_S = 400  # whichever story is first also waits for the built page and for a house with its model

expect.set_options(timeout=10_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(STORY_S))


class Visit(Protocol):
    """Somebody opens a browser of their own."""

    async def __call__(
        self,
        person: Person | None = None,
        *,
        language: Language = "ko",
        phone: bool = False,
        dark: bool = False,
        base: str = "",
    ) -> Visitor: ...


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def built(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The page, built once if it is not there or older than its sources; of two test processes one builds it."""
    lock = Path(tempfile.gettempdir()) / f"hearth-page-{hashlib.sha256(str(PROJECT).encode()).hexdigest()[:16]}.lock"
    with lock.open("w") as held:
        await asyncio.to_thread(fcntl.flock, held, fcntl.LOCK_EX)
        if not built_page.is_current(PROJECT):
            await _build(tmp_path_factory.mktemp("build"))


async def _build(data_dir: Path) -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("HEARTH_", "REFLEX_"))}
    builder = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hearth_reflex.cli", "build",
        cwd=PROJECT,
        env={**own, "HEARTH_DATA_DIR": str(data_dir)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await builder.communicate()
    assert builder.returncode == 0, said.decode(errors="replace")[-4000:]


@asynccontextmanager
async def _houses(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OpenHouse]:
    """Starts houses with settings of their own; all are shut at the end: each that stands by costs time."""
    started: list[Served] = []

    async def start(**settings: str) -> Served:
        house = Served(tmp_path_factory.mktemp("house") / "data", settings={**QUICK, **settings})
        started.append(house)
        await house.start()
        return house

    try:
        yield start
    finally:
        for house in started:
            await house.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def open_house(built: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OpenHouse]:
    """Houses for one story."""
    async with _houses(tmp_path_factory) as start:
        yield start


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def open_house_for_all(built: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OpenHouse]:
    """Houses for the stories of one file."""
    async with _houses(tmp_path_factory) as start:
        yield start


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(built: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """The house of most stories. Whatever happens in them, its log must hold no unexpected error."""
    async with _houses(tmp_path_factory) as start:
        served = await start()
        yield served
        assert not served.faults(), served.faults()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def home(built: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    """A house that is lived in, for stories that look at all pages and change nothing."""
    async with _houses(tmp_path_factory) as start:
        home = await furnish(await start(HEARTH_REPLY_MAX_TOKENS="48"))
        yield home
        assert not home.house.faults(), home.house.faults()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    path = os.environ.get("HEARTH_TEST_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    async with async_playwright() as playwright:
        # Without a path: Playwright's own, if it was installed.
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, house: Served, open_house: OpenHouse) -> AsyncIterator[Visit]:
    """Opens browsers for people; at the end none of them may have had trouble beside its story. They are closed before
    the story's own houses are."""
    visitors: list[Visitor] = []

    async def come(
        person: Person | None = None,
        *,
        language: Language = "ko",
        phone: bool = False,
        dark: bool = False,
        base: str = "",
    ) -> Visitor:
        base = base or (person.base if person else house.base)
        touch: dict[str, Any] = {"has_touch": True, "is_mobile": True, "device_scale_factor": 2} if phone else {}
        context = await browser.new_context(
            locale="ko-KR" if language == "ko" else "en-US",
            viewport=PHONE if phone else DESKTOP,  # pyright: ignore[reportArgumentType] - a TypedDict of the library
            color_scheme="dark" if dark else "light",
            **touch,
        )
        if person is not None:
            await context.add_cookies(
                [{"name": "hearth_session", "value": person.token, "url": base, "httpOnly": True}]
            )
        name = person.name if person else ""
        visitor = Visitor(context, await context.new_page(), base=base, language=language, name=name)
        visitors.append(visitor)
        return visitor

    yield come
    trouble = {visitor.name or "door": visitor.unforgiven() for visitor in visitors if visitor.unforgiven()}
    for visitor in visitors:
        await visitor.context.close()
    assert not trouble, trouble


@pytest_asyncio.fixture(loop_scope="session")
async def line(house: Served) -> AsyncIterator[Line]:
    """A line to the house that the story can cut."""
    relay = Line(house.port)
    await relay.mend()
    yield relay
    await relay.cut()


@pytest.fixture
def artefacts() -> Path:
    """Pictures for people to look at; outside git."""
    folder = PROJECT / "artefacts"
    folder.mkdir(exist_ok=True)
    return folder
