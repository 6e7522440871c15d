"""What the house looks after by itself: orphaned answers, ended sessions, old ones, rooms that were deleted.

Each round is one query or two, whatever the number of rooms; a round that fails is logged and the next one runs.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from hearth_reflex.services.generations import Generations
from hearth_reflex.services.room_care import RoomCare
from hearth_reflex.services.sessions import Sessions

log = structlog.get_logger(__name__)

REAP_SECONDS = 2.0
CLEAN_SECONDS = 3600.0


class Care:
    """Args:
    alone: this is the only worker, so answers that are open at the start have lost theirs.
    """

    def __init__(self, *, sessions: Sessions, generations: Generations, rooms: RoomCare, alone: bool) -> None:
        self._sessions, self._generations, self._rooms, self._alone = sessions, generations, rooms, alone
        self._tasks: list[asyncio.Task[None]] = []

    async def begin(self) -> None:
        reaped = await self._generations.reap(everything=self._alone)
        log.info("care.reaped", answers=reaped)
        self.every(REAP_SECONDS, "reap", self._reap)
        self.every(CLEAN_SECONDS, "clean", self._clean)
        self.every(CLEAN_SECONDS, "rooms", self._remove_rooms)

    def every(self, seconds: float, name: str, round_: Callable[[], Awaitable[None]]) -> None:
        """Runs `round_` again and again, until `end`."""
        self._tasks.append(asyncio.create_task(_again(seconds, name, round_), name=f"care:{name}"))

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    async def _reap(self) -> None:
        if reaped := await self._generations.reap(everything=False):
            log.warning("care.reaped", answers=reaped)

    async def _clean(self) -> None:
        if removed := await self._sessions.clean():
            log.info("care.sessions_removed", sessions=removed)

    async def _remove_rooms(self) -> None:
        if removed := await self._rooms.remove_old():
            log.info("care.rooms_removed", rooms=removed)


async def _again(seconds: float, name: str, round_: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await round_()
        except Exception:
            log.exception("care.round_failed", job=name)
