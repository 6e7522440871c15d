"""What open pages must learn without asking: that their session or seat is gone, that the model came or went, that
their room went on while what carries frames from one worker to another was away.

Within a second, and a few for the last; whichever worker it happened in.
"""

from collections.abc import Awaitable, Callable

from hearth_reflex.bootstrap import house
from hearth_reflex.services.engines import Engines
from hearth_reflex.services.presence import Presence
from hearth_reflex.services.rooms import Rooms
from hearth_reflex.state.bus import SIGNED_OUT_PAGE, UNSEATED_PAGE, SocketBus
from hearth_reflex.state.socket import socket_bus

CHECK_SECONDS = 0.8
ROOMS_SECONDS = 5.0
LOOK_SECONDS = 0.25  # behind a closed tab, besides the moment of grace
BEAT_SECONDS = 5.0


async def check_feeds() -> None:
    """One round: two queries, whatever the number of sockets."""
    feeds = socket_bus().open_feeds()
    if not feeds:
        return
    # Seats first: who goes between the two questions, seat and session at once, is signed out and not just unseated.
    seated = await house().rooms.seated({(person, room) for _, person, room in feeds.values() if room})
    alive = await house().sessions.alive(list({session for session, _, _ in feeds.values()}))
    for sid, (session, person, room) in feeds.items():
        if session not in alive:
            await socket_bus().unseat(sid, (session, person, room), to=SIGNED_OUT_PAGE)
        elif room and (person, room) not in seated:
            await socket_bus().unseat(sid, (session, person, room), to=UNSEATED_PAGE)


class RoomWatch:
    """Remembers how far rooms with open feeds were, and tells their pages when that has changed.

    A page that has heard all of it makes nothing of it; one that has missed something asks. One query, and one frame of
    a few bytes for each room where something was said since the last look.
    """

    def __init__(self, *, rooms: Rooms, bus: SocketBus) -> None:
        self._rooms, self._bus, self._told = rooms, bus, dict[str, int]()

    async def look(self) -> None:
        now = await self._rooms.revs({room for _, _, room in self._bus.open_feeds().values() if room})
        for room, rev in now.items():
            if self._told.get(room) != rev:
                await self._bus.stands(room, rev=rev)
        self._told = now


class PresenceWatch:
    """Shows the house which pages are open here, so that people learn who came and who went."""

    def __init__(self, *, presence: Presence, bus: SocketBus) -> None:
        self._presence, self._bus = presence, bus

    async def look(self) -> None:
        await self._presence.look(self._bus.open_pages())


class EngineWatch:
    """Remembers how the engine was, and tells open pages when that changes.

    The first look only remembers: it belongs before the first page, which would else wait for a change it has missed.
    """

    def __init__(self, *, engines: Engines, tell: Callable[[], Awaitable[None]]) -> None:
        self._engines, self._tell, self._told = engines, tell, ""

    async def look(self) -> None:
        status = (await self._engines.health()).status
        if self._told and status != self._told:
            await self._tell()
        self._told = status
