"""What a page says by itself of its reader: that they write, how far they have read; and what waits for them unread."""

from collections.abc import Mapping
from secrets import token_hex
from typing import Annotated, Any

import reflex as rx
from pydantic import Field

from hearth_reflex.bootstrap import house
from hearth_reflex.services.access import Actor
from hearth_reflex.services.presence import HOME
from hearth_reflex.services.reads import Unread, UnreadTalk
from hearth_reflex.state.doors import Policy, door

SHOWN_PEOPLE = 200  # with the snapshot of a room; the panel asks for all
_Room = Annotated[str, Field(max_length=40)]


class PresenceState(rx.State):
    """Has no vars: what these say goes over the bus."""

    @rx.event
    @door(Policy.MEMBER, by_itself=True)
    async def typing(self, actor: Actor, room: _Room):
        """The reader is writing in this room."""
        await house().presence.typing(actor, room)

    @rx.event
    @door(Policy.MEMBER, by_itself=True)
    async def read(self, actor: Actor, room: _Room, seq: Annotated[int, Field(ge=0, le=2**53)]):
        """The reader has this message before their eyes, and all before it."""
        await house().reads.mark(actor, room, seq)


class UnreadState(rx.State):
    """`counts` is where the browser's own count starts from: a mark, and [room, unread, mentions, upto, loud] of each
    room; of a talk with an AI in which something is new also the room it belongs to. Written with the list of rooms;
    bounded by their number, and that of talks which are counted."""

    counts: dict[str, Any] = {}

    def _show(self, unread: Mapping[str, Unread | UnreadTalk]) -> None:
        rooms = [[room, *count[:3], int(count.loud), *count[4:]] for room, count in unread.items()]
        self.counts = {"n": token_hex(4), "rooms": rooms}  # a new mark each time: the browser begins anew


async def around_fire(actor: Actor, room: str) -> dict[str, Any]:
    """The part of a room's snapshot that is about people: who sits there and who is here, how far they have read."""
    people = await house().seats.people(actor, room, limit=SHOWN_PEOPLE)
    at = await house().presence.here_in([room, HOME])
    return {
        "people": [
            {"id": one.id, "name": one.name, "role": one.role, "avatar": one.avatar, "seen": one.last_seen}
            for one in people
        ],
        "here": sorted(at[room])[:SHOWN_PEOPLE],
        "home": sorted(at[HOME].intersection(one.id for one in people)),
        "reads": await house().reads.marks(actor, room),
        "read": await house().reads.mine(actor, room),
    }
