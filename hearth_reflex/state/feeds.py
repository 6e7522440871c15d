"""Ends the feeds of open sockets whose session or seat is gone, within a second, whichever worker they ended it in."""

from hearth_reflex.bootstrap import house
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
