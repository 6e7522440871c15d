"""What is known of an engine at this moment, and who waits for it to change. Knows no process."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import Literal

import structlog

from hearth_reflex.domain.generation import EngineHealth

log = structlog.get_logger(__name__)

COMING = ("asleep", "starting", "restarting")  # worth waiting for
Status = Literal["asleep", "starting", "ready", "unavailable", "restarting"]


class Standing:
    """Written by the one that watches the worker, read by everybody."""

    def __init__(self, health: EngineHealth) -> None:
        self._health = health
        self._changed = asyncio.Event()
        self._callers = 0
        self.called = asyncio.Event()  # set while somebody waits for the engine

    @property
    def health(self) -> EngineHealth:
        return self._health

    def set(self, health: EngineHealth) -> None:
        before, self._health = self._health, health
        if health.status != before.status:
            log.info("engine.status", status=health.status, reason=health.reason, model=health.model)
            self.touch()

    def touch(self) -> None:
        """Those who wait look again. They hold the old event; it is set once and replaced."""
        self._changed.set()
        self._changed = asyncio.Event()

    def move(self, status: Status, reason: str = "") -> None:
        self.set(replace(self._health, status=status, reason=reason))

    def fall_asleep(self) -> None:
        """Nobody needs it. A model that could not be used stays so: to be asked again would not help."""
        status = "unavailable" if self._health.status == "unavailable" else "asleep"
        reason = self._health.reason if status == "unavailable" else ""
        quiet = replace(self._health, running=0, waiting=0, memory_bytes=0, tokens_per_second=0.0)
        self.set(replace(quiet, status=status, reason=reason))

    def lost(self) -> None:
        """It did not answer: whoever watches will find out why."""
        if self._health.status == "ready":
            self.move("restarting")

    async def wait_while(self, check: Callable[[EngineHealth], bool]) -> None:
        while check(self._health):
            await self._changed.wait()

    @contextmanager
    def calling(self) -> Generator[None]:
        """Somebody needs the engine for as long as this lasts: it wakes up for them."""
        self._callers += 1
        self.called.set()
        try:
            yield
        finally:
            self._callers -= 1
            if not self._callers:
                self.called.clear()
