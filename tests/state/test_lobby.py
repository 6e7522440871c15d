"""The lists of rooms: each room stands in one of them, as its person sees it."""

from hearth_reflex.bootstrap import House, use_house
from hearth_reflex.services.access import Actor
from hearth_reflex.state.lobby import LobbyState, RoomCard, card
from tests.factories import account, guest, living_room


def empty() -> LobbyState:
    """A tab's own lists, without a tab."""
    return LobbyState(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue] - Reflex's own way in


async def cards(house: House, actor: Actor) -> list[RoomCard]:
    return [card(room) for room in await house.rooms.lobby(actor)]


def names(rooms: list[RoomCard]) -> list[str]:
    return [room["name_ko"] for room in rooms]


async def test_each_room_stands_in_one_list(house: House) -> None:
    use_house(house)
    mina, jun = await account(house, "미나", login="mina"), await guest(house, "준")
    living = await living_room(house, mina)
    for person in (mina, jun):
        await house.rooms.sit_down(person, living)
    attic = await house.rooms.create(mina, name="다락", private=True)
    loved = await house.rooms.create(mina, name="서재")
    await house.seats.prefer(mina, loved.id, favourite=True)
    old = await house.rooms.create(mina, name="여름")
    await house.room_care.archive(mina, old.id)
    await house.rooms.create(jun, name="마당")
    await house.directs.open(mina, jun.uuid)

    lobby = empty()
    lobby._sort(await cards(house, mina))
    assert names(lobby.favourites) == ["서재"]
    assert sorted(names(lobby.mine)) == ["거실", "다락"]
    assert names(lobby.direct) == ["준"]
    assert names(lobby.open) == ["마당"]
    assert names(lobby.archived) == ["여름"]
    assert len(lobby.known) == len(set(lobby.known)) == 6
    assert lobby.direct[0]["peer"] == jun.uuid

    lobby._sort(await cards(house, jun))
    assert attic.id not in lobby.known
    assert names(lobby.direct) == ["미나"]


async def test_nobody_sees_nothing() -> None:
    lobby = empty()
    lobby._sort([])
    assert (lobby.known, lobby.mine, lobby.open, lobby.loaded) == ([], [], [], True)
