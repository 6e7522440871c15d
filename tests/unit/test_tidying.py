"""An index is tidied soon after a change, and once more when nothing of before has to be kept; never for nothing."""

import pytest

from hearth_reflex.rag.index import KEPT_VERSIONS
from hearth_reflex.services.tidying import FORGET_SECONDS, SOON_SECONDS, Tidying


class Tidied:
    """A timer that is turned by hand, and what is tidied by it."""

    def __init__(self) -> None:
        self.now, self.times, self.fails = 0.0, list[float](), False
        self.tidying = Tidying(timer=lambda: self.now)

    async def after(self, seconds: float) -> list[float]:
        """Looks each second, as whoever keeps an index does; when it was tidied."""
        self.times = []
        for _ in range(int(seconds)):
            self.now += 1
            await self.tidying.when_due(self._tidy)
        return self.times

    async def _tidy(self) -> None:
        if self.fails:
            raise OSError
        self.times.append(self.now)


async def test_after_a_start_and_after_each_change_and_when_what_was_before_may_go() -> None:
    one = Tidied()
    assert await one.after(10_000) == [SOON_SECONDS, FORGET_SECONDS]
    one.tidying.changed()
    assert await one.after(10_000) == [10_001, 10_000 + FORGET_SECONDS]
    assert await one.after(10_000) == []
    assert KEPT_VERSIONS.total_seconds() < FORGET_SECONDS


async def test_many_changes_are_tidied_together() -> None:
    one, times = Tidied(), list[float]()
    for _ in range(10):
        one.tidying.changed()
        times += await one.after(SOON_SECONDS / 2)
    assert times == [SOON_SECONDS * number for number in range(1, 6)]


async def test_what_changes_while_it_is_tidied_is_tidied_later() -> None:
    one = Tidied()
    await one.after(SOON_SECONDS)

    async def with_a_change() -> None:
        one.tidying.changed()

    one.tidying.changed()
    one.now += SOON_SECONDS
    await one.tidying.when_due(with_a_change)
    assert await one.after(SOON_SECONDS) == [one.now]


async def test_what_fails_is_tried_again_a_while_later() -> None:
    one = Tidied()
    one.fails = True
    with pytest.raises(OSError):  # noqa: PT011 - as it was raised
        await one.after(SOON_SECONDS)
    one.fails = False
    assert await one.after(SOON_SECONDS) == [2 * SOON_SECONDS]
