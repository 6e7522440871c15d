"""What must go at once: files of who has left for good, and what was read of a room that its last member took along."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from hearth_reflex.bootstrap import House
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.errors import InputError
from hearth_reflex.media.darkroom import Darkroom
from hearth_reflex.media.store import FileStore
from hearth_reflex.services.avatars import Avatars
from hearth_reflex.services.room_care import RoomCare
from hearth_reflex.services.seats import Seats
from hearth_reflex.settings import Settings
from tests.factories import account, guest, seated
from tests.hostile_files import noise, written
from tests.service.test_attachments import bring, send

PNG = written(noise(60, 40), "PNG")


def lying(settings: Settings) -> list[Path]:
    folders = (settings.data_dir / "files", settings.data_dir / "avatars")
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


async def picture() -> AsyncIterator[bytes]:
    yield PNG


@pytest.mark.parametrize(("erase", "left"), [(True, 0), (False, 2)])
async def test_the_bytes_of_who_left_go_at_once(house: House, settings: Settings, *, erase: bool, left: int) -> None:
    room, (mina, jun) = await seated(house, "미나", "준")
    await house.avatars.put(mina, picture())
    await send(house, mina, room, (await bring(house, mina, room))["id"])
    await bring(house, mina, room, b"never sent", "draft.txt")
    assert len(lying(settings)) == 4
    await house.credentials.leave_for_good(mina, password="", erase=erase)
    assert len(lying(settings)) == left  # a picture that was sent stays with its words
    files = [file for row in (await house.rooms.enter(jun, room)).rows for file in row["files"]]
    assert len(files) == (0 if erase else 1)


async def test_others_files_stay(house: House, settings: Settings) -> None:
    room, (mina, jun) = await seated(house, "미나", "준")
    await house.avatars.put(jun, picture())
    await bring(house, jun, room, b"still mine", "mine.txt")
    await house.credentials.leave_for_good(mina, password="", erase=True)
    assert len(lying(settings)) == 2


class Reader:
    def __init__(self) -> None:
        self.told: list[str] = []

    async def forget_rooms(self, room_uuids: Sequence[str]) -> None:
        self.told += room_uuids


async def test_a_room_that_the_last_one_took_along_is_forgotten_by_who_read_it(house: House) -> None:
    reader, shared = Reader(), {"database": house.database, "bus": house.bus, "clock": house.clock}
    care = RoomCare(**shared, readers=[reader])
    seats = Seats(**shared, care=care, pace=Buckets(rate=1, burst=100))
    owner, mina = await account(house, "주인", login="owner"), await guest(house, "미나")
    room = (await house.rooms.create(owner, name="둘이", private=True)).id
    await house.invites.accept(mina, (await house.invites.make(owner, room)).code)
    await seats.leave(mina, room)
    assert reader.told == []
    assert await seats.leave(owner, room)
    assert reader.told == [room]


async def test_a_room_whose_people_have_all_gone_is_forgotten_too(house: House) -> None:
    reader = Reader()
    care = RoomCare(database=house.database, bus=house.bus, clock=house.clock, readers=[reader])
    room, (mina, jun) = await seated(house, "미나", "준")
    direct = (await house.directs.open(mina, jun.uuid)).id
    alone = (await house.rooms.create(mina, name="혼자")).id
    for who in (mina, jun):
        await house.credentials.leave_for_good(who, password="", erase=False)
    await care.remove_old()
    assert set(reader.told) == {direct, alone}
    assert room not in reader.told


async def test_who_stops_in_the_middle_of_a_picture_of_themself_is_not_waited_for(house: House, tmp_path: Path) -> None:
    async def stalling() -> AsyncIterator[bytes]:
        yield PNG[:10]
        await asyncio.Event().wait()

    mina, folder = await guest(house, "미나"), tmp_path / "faces"
    avatars = Avatars(
        database=house.database,
        bus=house.bus,
        clock=house.clock,
        store=FileStore(folder),
        darkroom=Darkroom(),
        pace=Buckets(rate=1, burst=10),
        patience=0.05,
    )
    async with asyncio.timeout(10):
        with pytest.raises(InputError) as refusal:
            await avatars.put(mina, stalling())
    assert refusal.value.code == "file_stalled"
    assert [path for path in folder.rglob("*") if path.is_file()] == []
