"""What a room with ten thousand messages costs its reader, beside one with a hundred: how soon it opens, how much of it
is in the page while one scrolls from its newest row to its first, and how late the page answers to a hand while an
answer grows.

The house as in production with an engine that speaks at a set pace, and a real Chromium. The last line printed is one
JSON object. docs/benchmarks.md says how to read it.
"""

import argparse
import asyncio
import json
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from playwright.async_api import BrowserContext, Page, async_playwright

from benchmarks.paced import wish
from benchmarks.report import percentile
from benchmarks.seed import Seeded, furnish
from benchmarks.servers import start_house
from hearth_reflex.cli import page as built_page
from hearth_reflex.db.database import Database
from hearth_reflex.state.doors import SESSION_COOKIE

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CLOCK = Path(__file__).with_name("browser_clock.js").read_text()
SCREEN = {"width": 1280, "height": 800}
SCROLL_PX = 900  # a frame: as fast as a thumb throws a page
PATIENCE_S = 400.0
RATE, TOKENS = 30.0, 8000  # of the answer that grows meanwhile; it is stopped when the hand has done
GUESTS = 4
# What people say: a word, a line, some paragraphs, Korean, a list, code. Rows of many heights, none like its neighbour.
SAID = (
    "ㅋㅋㅋ",
    "We sat by the fire until late, and somebody told the one about the river again.",
    "그 이야기는 **다음에** 마저 해 줄게. 오늘은 너무 늦었어.",
    "Three things to bring:\n\n- a blanket\n- the old kettle\n- something to read aloud",
    "ok",
    "First the wood has to dry for two summers.\n\nThen it burns slowly, and there is hardly any smoke. Birch is good, "
    "beech is better; spruce cracks, which children like.\n\nWe never bought any. Uncle had the forest.",
    "```python\nfor log in sorted(logs, key=dryness):\n    fire.add(log)\n```",
    "내일 저녁 여섯 시에 볼까? 나는 그때쯤이면 집에 있을 것 같아.",
    "See [the map](https://example.org/map) before you set out; the old path is closed.",
)


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of the page."""

    long: int
    short: int
    rounds: int
    actions: int


@dataclass(slots=True)
class Visit:
    """One room as it was met with."""

    opened_ms: list[float] = field(default_factory=list[float])
    delays_ms: list[float] = field(default_factory=list[float])
    most_rows: int = 0
    first_row: int = 0
    scrolled_s: float = 0.0
    redrawn: list[int] = field(default_factory=list[int])


class Reader:
    """Somebody at a browser."""

    def __init__(self, context: BrowserContext, *, base: str) -> None:
        self._context, self._base = context, base

    async def open(self, room: str, *, newest: int) -> tuple[Page, float]:
        """The room in a new tab, and the milliseconds from navigating until its newest row was painted."""
        page = await self._context.new_page()
        await page.add_init_script(CLOCK)
        await page.add_init_script(f"hearthClock.await({newest})")
        await page.goto(f"{self._base}/room/{room}", wait_until="commit")
        return page, await _told(page, "hearthClock.drawn")

    async def act(self, page: Page, actions: int) -> list[float]:
        """Types, scrolls and clicks in turns; how late the next frame was after each."""
        box = page.locator(".composer textarea")
        await box.click()
        await page.evaluate("hearthClock.delays.length = 0")
        await page.mouse.move(SCREEN["width"] * 0.6, SCREEN["height"] * 0.4)
        for step in range(actions):
            if step % 3 == 0:
                await box.press("a")
            elif step % 3 == 1:
                await page.mouse.wheel(0, -240 if step % 2 else 240)
            else:
                await page.mouse.click(SCREEN["width"] * 0.6, SCREEN["height"] * 0.4)
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)
        return [float(delay) for delay in await page.evaluate("hearthClock.delays")]


async def measure(load: Load, folder: Path) -> tuple[Visit, Visit]:
    """The short room and the long one, in turns."""
    server = start_house(folder, guests=GUESTS, history=0)
    try:
        server.wait()
        seeded = Seeded.read(folder / "seeded.json")
        rooms = await _furnish(folder / "data" / "hearth.db", load)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=_chromium(), args=FLAGS)
            context = await browser.new_context(viewport=SCREEN, locale="en-US")  # pyright: ignore[reportArgumentType] - a TypedDict
            base = f"http://127.0.0.1:{server.port}"
            await context.add_cookies([{"name": SESSION_COOKIE, "value": seeded.tokens[0], "url": base}])
            visits = await _visit(load, Reader(context, base=base), rooms, other=_other(base, seeded))
            await browser.close()
            return visits
    finally:
        server.end()


async def _furnish(database: Path, load: Load) -> list[tuple[str, int]]:
    """(room, its newest row) of the short one and the long one."""
    async_url = f"sqlite+aiosqlite:///{database}"
    house = Database(async_url)
    try:
        return [
            (await furnish(house, f"{length} messages", history=length, said=SAID), length)
            for length in (load.short, load.long)
        ]
    finally:
        await house.close()


async def _visit(
    load: Load, reader: Reader, rooms: list[tuple[str, int]], *, other: httpx.AsyncClient
) -> tuple[Visit, Visit]:
    visits = Visit(), Visit()
    for turn in range(load.rounds + 1):  # the first is a warm-up: the browser has no scripts yet
        for (room, newest), visit in zip(rooms, visits, strict=True):
            page, milliseconds = await reader.open(room, newest=newest)
            await page.close()
            if turn:
                visit.opened_ms.append(milliseconds)
    for (room, newest), visit in zip(rooms, visits, strict=True):
        print(f"room of {newest}", file=sys.stderr)
        await _walk(load, reader, room, newest, visit, other=other)
    return visits


async def _walk(load: Load, reader: Reader, room: str, newest: int, visit: Visit, *, other: httpx.AsyncClient) -> None:
    page, _ = await reader.open(room, newest=newest)
    seen = await page.evaluate(f"hearthClock.toTheFirst({SCROLL_PX}, {PATIENCE_S * 1000})")
    visit.most_rows, visit.first_row, visit.scrolled_s = seen["most"], seen["first"], seen["seconds"]
    # Back at the newest with the rows of the way down still held, an answer grows and a hand does this and that.
    await page.locator(".talk").press("End")
    await _told(page, f"Number(!!document.querySelector('.row[data-seq=\"{newest}\"]'))")
    for _ in range(6 if newest > 500 else 0):
        await page.mouse.move(SCREEN["width"] * 0.6, SCREEN["height"] * 0.4)
        await page.mouse.wheel(0, -4000)
        await asyncio.sleep(0.4)
    await page.locator(".talk").press("End")
    answer = await _ask(other, room)
    await _told(page, "Number(document.querySelectorAll('.row.ai[data-status=\"streaming\"]').length)")
    await page.evaluate("hearthClock.watch()")
    await asyncio.sleep(3)
    visit.redrawn = await page.evaluate("(hearthClock.unwatch(), hearthClock.touched)")
    visit.delays_ms = await reader.act(page, load.actions)
    await other.post(f"/api/rooms/{room}/messages/{answer}/stop")
    await page.close()


async def _ask(other: httpx.AsyncClient, room: str) -> str:
    """Another guest calls the AI; the id of its answer."""
    (await other.post(f"/api/rooms/{room}/messages", json={"text": wish(tokens=TOKENS, rate=RATE)})).raise_for_status()
    while True:
        rows = (await other.get(f"/api/rooms/{room}")).json()["rows"]
        if found := [row["id"] for row in rows if row["is_ai"] and row["status"] == "streaming"]:
            return found[-1]
        await asyncio.sleep(0.1)


async def _told(page: Page, expression: str) -> float:
    """Asks until the page has a number. (The library's own wait needs `eval`, which the page forbids.)"""
    async with asyncio.timeout(60):
        while True:
            if found := await page.evaluate(expression):
                return float(found)
            await asyncio.sleep(0.02)


def _other(base: str, seeded: Seeded) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=base, headers={"Cookie": f"{SESSION_COOKIE}={seeded.tokens[1]}"}, timeout=30)


def _chromium() -> str | None:
    return os.environ.get("HEARTH_TEST_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def summary(short: Visit, long: Visit) -> dict[str, Any]:
    """The figures of the last line; those behind the third are for whoever wonders about them."""
    return {
        "open_ratio": round(median(long.opened_ms) / median(short.opened_ms), 2),
        "dom_rows": long.most_rows,
        "interaction_p95_ms": round(percentile(long.delays_ms, 95), 1),
        "open_short_ms": round(median(short.opened_ms)),
        "open_long_ms": round(median(long.opened_ms)),
        "dom_rows_short": short.most_rows,
        "first_row": long.first_row,
        "scrolled_s": round(long.scrolled_s, 1),
        "interaction_p50_ms": round(percentile(long.delays_ms, 50), 1),
        "interaction_p95_short_ms": round(percentile(short.delays_ms, 95), 1),
        "actions": len(long.delays_ms),
        "rows_redrawn": len(long.redrawn),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--long", type=int, default=10_000, help="messages in the long room")
    parser.add_argument("--short", type=int, default=100, help="messages in the other")
    parser.add_argument("--rounds", type=int, default=7, help="times each is opened")
    parser.add_argument("--actions", type=int, default=240, help="things that a hand does while an answer grows")
    given = parser.parse_args()
    if min(given.long, given.short, given.rounds, given.actions) < 1:
        parser.error("at least one of each")
    if not built_page.is_current() and not built_page.build():
        return 1
    load = Load(long=given.long, short=given.short, rounds=given.rounds, actions=given.actions)
    with tempfile.TemporaryDirectory(prefix="hearth-longroom-") as folder:
        line = summary(*asyncio.run(measure(load, Path(folder))))
    for name, value in line.items():
        print(f"{name:>28}  {value}")
    print(json.dumps(line))
    return 0 if line["first_row"] == 1 else 1  # else the way up took too long, and its rows are not all counted


if __name__ == "__main__":
    raise SystemExit(main())
