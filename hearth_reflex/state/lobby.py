"""The rooms one can see from here."""

from typing import TypedDict

import reflex as rx

from hearth_reflex.bootstrap import house
from hearth_reflex.services.access import Actor
from hearth_reflex.services.views import RoomView
from hearth_reflex.state.doors import Policy, door
from hearth_reflex.state.presence import UnreadState
from hearth_reflex.state.socket import socket_bus
from hearth_reflex.state.viewer import ViewerState


class RoomCard(TypedDict):
    """A room in a list, as this person sees it. Times are ISO 8601 in UTC, "" for none.

    `here` are the names of a few who look at it just now; of a direct room, the other one's while they are at home.
    """

    id: str
    kind: str
    name_ko: str
    name_en: str
    description: str
    members: int
    max_members: int
    ai_enabled: bool
    temper: str
    joined: bool
    role: str
    archived: bool
    living: bool
    favourite: bool
    notify: str
    quiet_until: str
    peer: str
    avatar: str
    here: list[str]
    last_activity: str
    parent: str
    parent_ko: str
    parent_en: str
    ended: bool


def card(room: RoomView, *, here: list[str] | None = None) -> RoomCard:
    return RoomCard(
        id=room.id,
        kind=room.kind,
        name_ko=room.name_ko,
        name_en=room.name_en,
        description=room.description,
        members=room.members,
        max_members=room.max_members,
        ai_enabled=room.ai_enabled,
        temper=room.temper,
        joined=room.joined,
        role=room.role,
        archived=room.archived,
        living=room.purpose == "living",
        favourite=room.favourite,
        notify=room.notify,
        quiet_until=room.quiet_until,
        peer=room.peer,
        avatar=room.avatar,
        here=here or [],
        last_activity=room.last_activity,
        parent=room.parent,
        parent_ko=room.parent_ko,
        parent_en=room.parent_en,
        ended=room.ended,
    )


class LobbyState(rx.State):
    """Five lists, in which each room stands once. Bounded by the number of rooms, not by what is said in them."""

    favourites: list[RoomCard] = []
    mine: list[RoomCard] = []
    direct: list[RoomCard] = []
    open: list[RoomCard] = []
    archived: list[RoomCard] = []
    known: list[str] = []  # the ids of all of them
    loaded: bool = False

    @rx.event
    @door(Policy.PUBLIC)
    async def enter(self, actor: Actor | None):
        """on_load of the home page: the lists, and their changes from now on."""
        viewer = await self.get_state(ViewerState)
        viewer._show(actor)
        if actor is None:
            self._sort([])
            return
        await socket_bus().sit(self.router.session.session_id, session=actor.session, person=actor.uuid, room="")
        house().presence.opened("", actor.uuid)
        await self._load(actor)

    @rx.event
    @door(Policy.SESSION, by_itself=True)
    async def refresh(self, actor: Actor):
        """The lists changed: look again."""
        await self._load(actor)

    async def _load(self, actor: Actor) -> None:
        home = house()
        rooms, unread = await home.rooms.lobby(actor), await home.reads.unread(actor)
        talks = await home.reads.unread_talks(actor)
        here = await home.presence.names_here([room.id for room in rooms if not room.peer])
        there = await home.presence.at_home({room.peer for room in rooms if room.peer})
        cards = [card(room, here=[room.name_ko] if room.peer in there else here.get(room.id)) for room in rooms]
        self._sort(cards)
        (await self.get_state(UnreadState))._show({**unread, **talks})

    def _sort(self, rooms: list[RoomCard]) -> None:
        """Keeps the order in which the house tells them."""
        lists: dict[str, list[RoomCard]] = {"favourites": [], "mine": [], "direct": [], "open": [], "archived": []}
        for room in rooms:
            lists[_shelf(room)].append(room)
        self.favourites, self.mine, self.direct = lists["favourites"], lists["mine"], lists["direct"]
        self.open, self.archived = lists["open"], lists["archived"]
        self.known, self.loaded = [room["id"] for room in rooms], True


def _shelf(room: RoomCard) -> str:
    """Which list a room stands in."""
    if not room["joined"]:
        return "open"
    if room["archived"]:
        return "archived"
    if room["favourite"]:
        return "favourites"
    return "direct" if room["kind"] == "direct" else "mine"
