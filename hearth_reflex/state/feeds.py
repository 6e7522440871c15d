"""What open pages must learn without asking: that their session or seat is gone, that the model came or went.

Within a second, and for the first whichever worker it was ended in.
"""

from collections.abc import Awaitable, Callable

from hearth_reflex.bootstrap import house
from hearth_reflex.services.engines import Engines
from hearth_reflex.state.socket import socket_bus

CHECK_SECONDS = 0.8


async def check_feeds() -> None:
    """One round: two queries, whatever the number of sockets."""
    feeds = socket_bus().open_feeds()
    if not feeds:
        return
    alive = await house().sessions.alive(list({session for session, _, _ in feeds.values()}))
    seated = await house().rooms.seated({(person, room) for _, person, room in feeds.values() if room})
    for sid, (session, person, room) in feeds.items():
        if session not in alive or (room and (person, room) not in seated):
            await socket_bus().unseat(sid, (session, person, room))


class EngineWatch:
    """Remembers how the engine was, and tells open pages when that changes."""

    def __init__(self, *, engines: Engines, tell: Callable[[], Awaitable[None]]) -> None:
        self._engines, self._tell, self._told = engines, tell, ""

    async def look(self) -> None:
        status = (await self._engines.health()).status
        if self._told and status != self._told:
            await self._tell()
        self._told = status
