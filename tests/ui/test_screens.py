"""Every page and every layer over it, in two languages, two sizes and two lights: looked at by axe, and by people.

With `--full` each scene is taken in all eight ways and the pictures are kept in `artefacts/screens`; without it, each
scene in one of them, so that every scene and every way is seen in each run. What can be checked without eyes is:
nothing on the console, nothing sticks out sideways, there is a main landmark, axe finds nothing serious.
"""

from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.async_api import expect

from tests.ui.conftest import Visit
from tests.ui.scenes import SCENES, Home, Scene, show, visitor_of
from tests.ui.test_reach import WIDE, faults
from tests.ui.visitor import Language, Visitor

pytestmark = [pytest.mark.ui, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]

LANGUAGES: tuple[Language, ...] = ("ko", "en")


class Way(NamedTuple):
    """How a scene is looked at."""

    language: Language
    phone: bool
    dark: bool

    def __str__(self) -> str:
        return f"{'phone' if self.phone else 'desktop'}-{'dark' if self.dark else 'light'}-{self.language}"


WAYS = [Way(*way) for way in product(LANGUAGES, (False, True), (False, True))]


@pytest.mark.parametrize("way", WAYS, ids=str)
async def test_every_page_can_be_seen_by_everybody(
    home: Home, visit: Visit, artefacts: Path, way: Way, request: pytest.FixtureRequest
) -> None:
    full = request.config.getoption("--full")
    wrong: dict[str, list[str]] = {}
    for scene in SCENES if full else SCENES[WAYS.index(way) :: len(WAYS)]:
        visitor = await visit(
            visitor_of(home, scene), language=way.language, phone=way.phone, dark=way.dark, base=home.house.base
        )
        try:
            await show(home, scene, visitor)
            wrong[scene.name] = await looked_at(visitor)
        except AssertionError as error:
            wrong[scene.name] = [str(error)[:600]]
        await kept(visitor, artefacts, scene, way)
        await visitor.context.close()
    assert not {name: what for name, what in wrong.items() if what}, wrong


async def looked_at(visitor: Visitor) -> list[str]:
    found: list[str] = []
    if (wide := await visitor.page.evaluate(WIDE)) > 0:
        found.append(f"{wide} px stick out")
    await expect(visitor.page.locator("main")).to_be_visible()
    return found + await faults(visitor)


async def kept(visitor: Visitor, artefacts: Path, scene: Scene, way: Way) -> None:
    folder = artefacts / "screens"
    folder.mkdir(exist_ok=True)
    await visitor.page.screenshot(path=str(folder / f"{scene.name}-{way}.png"), animations="disabled")
