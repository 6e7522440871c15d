"""Rooms as things: listed, made, described, opened and closed, put away, deleted and taken back."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlmodel import col, func, select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.attachment import Attachment
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Member, Room
from hearth_reflex.services.access import Actor
from hearth_reflex.services.room_care import RoomCare
from tests.clocks import HandClock
from tests.databases import statements
from tests.engines import ScriptedEngine
from tests.factories import account, guest, house_keeper, listen, living_room, say, seated
from tests.service.refusals import notices, refused


async def ids(house: House, actor: Actor) -> list[str]:
    return [room.id for room in await house.rooms.lobby(actor)]


async def test_a_room_is_made_as_it_was_asked_for(house: House) -> None:
    mina = await account(house, "미나", login="mina")
    room = await house.rooms.create(
        mina, name="책방", private=True, description="  함께 읽어요\n천천히 ", max_members=12, ai_enabled=False
    )
    assert (room.kind, room.name_ko, room.description) == ("private", "책방", "함께 읽어요\n천천히")
    assert (room.max_members, room.ai_enabled, room.role, room.members) == (12, False, "owner", 1)
    assert room == (await house.rooms.enter(mina, room.id)).room
    assert room in await house.rooms.lobby(mina)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"description": "x" * 501}, "description_long"),
        ({"description": "\x07"}, "message_control"),
        ({"max_members": 1}, "seats"),
        ({"max_members": -2}, "seats"),
        ({"max_members": 501}, "seats"),
    ],
)
async def test_what_no_room_can_be(house: House, wish: dict[str, object], code: str) -> None:
    mina = await guest(house, "미나")
    await refused(code, house.rooms.create(mina, name="방", **wish))  # pyright: ignore[reportArgumentType]
    room = await house.rooms.create(mina, name="방")
    await refused(code, house.room_care.describe(mina, room.id, **wish))  # pyright: ignore[reportArgumentType]


async def test_the_last_seat_is_given_once(house: House) -> None:
    owner, *others = [await guest(house, f"손님{n}") for n in range(6)]
    room = (await house.rooms.create(owner, name="작은 방", max_members=3)).id
    tries = await asyncio.gather(*(house.rooms.sit_down(one, room) for one in others), return_exceptions=True)
    assert sorted(getattr(one, "code", "seated") for one in tries) == [*["room_full"] * 3, *["seated"] * 2]
    assert (await house.rooms.enter(owner, room)).room.members == 3
    await house.rooms.sit_down(owner, room)  # whoever sits there already is not refused
    await house.room_care.describe(owner, room, max_members=2)
    assert (await house.rooms.enter(owner, room)).room.members == 3  # fewer seats show nobody out


async def test_changes_of_a_room_are_told_in_it(house: House) -> None:
    owner, jun = await account(house, "집주인", login="owner"), await guest(house, "준")
    room = (await house.rooms.create(owner, name="부엌")).id
    await house.rooms.sit_down(jun, room)
    listener = await listen(house, jun, room)
    view = await house.room_care.describe(owner, room, name="큰 부엌", description="밥 먹자", max_members=9)
    assert (view.name_ko, view.name_en, view.description, view.max_members) == ("큰 부엌", "큰 부엌", "밥 먹자", 9)
    await house.room_care.describe(owner, room, name="큰 부엌")  # nothing new, nothing said
    assert await notices(house, jun, room) == [
        "준 sat down by the fire",
        "집주인 named the room “큰 부엌”",
        "집주인 changed the description of the room",
    ]
    fresh = await house.rooms.enter(jun, room)
    assert listener.fold.rev == fresh.rev
    assert [listener.fold.rows[row["seq"]] for row in fresh.rows] == fresh.rows
    assert ["room"] in listener.signals


async def test_a_name_full_of_signs_is_only_text_in_the_line_about_it(house: House) -> None:
    mina = await guest(house, "미나")
    room = (await house.rooms.create(mina, name="부엌")).id
    await house.room_care.describe(mina, room, name="{name}:{0}%s")
    assert await notices(house, mina, room) == ["미나 named the room “{name}:{0}%s”"]


async def test_a_closed_room_is_its_members_alone(house: House) -> None:
    owner, jun, stranger = await account(house, "주인", login="own"), await guest(house, "준"), await guest(house, "남")
    room = (await house.rooms.create(owner, name="마당")).id
    await house.rooms.sit_down(jun, room)
    await house.room_care.describe(owner, room, kind="private")
    assert room in await ids(house, jun)
    assert room not in await ids(house, stranger)
    await refused("room_unknown", house.rooms.sit_down(stranger, room))
    await house.room_care.describe(owner, room, kind="open")
    await house.rooms.sit_down(stranger, room)
    assert len(await notices(house, jun, room)) == 4


async def test_who_may_open_and_close(house: House) -> None:
    owner, keeper = await guest(house, "주인"), await guest(house, "부방장")
    room = (await house.rooms.create(owner, name="마당")).id
    await house.rooms.sit_down(keeper, room)
    await house.seats.give_role(owner, room, keeper.uuid, "moderator")
    await refused("role", house.room_care.describe(keeper, room, kind="private"))
    await refused("private_guest", house.room_care.describe(owner, room, kind="private"))
    await refused("room_kind", house.room_care.describe(owner, room, kind="direct"))
    await house.room_care.describe(keeper, room, name="뜰")
    assert (await house.rooms.enter(owner, room)).room.name_ko == "뜰"


async def test_an_archived_room_is_read_and_not_written_in(house: House) -> None:
    owner, jun, stranger = [await guest(house, name) for name in ("주인", "준", "남")]
    room = (await house.rooms.create(owner, name="옛 방")).id
    await house.rooms.sit_down(jun, room)
    await say(house, jun, room, "안녕")
    await house.room_care.archive(owner, room)
    await house.room_care.archive(owner, room)
    assert [view.archived for view in await house.rooms.lobby(jun) if view.id == room] == [True]
    assert room not in await ids(house, stranger)
    assert [row["text"] for row in (await house.rooms.enter(jun, room)).rows if row["kind"] == "talk"] == ["안녕"]
    await refused("room_archived", say(house, jun, room, "또"))
    await refused("room_archived", house.rooms.sit_down(stranger, room))
    await refused("room_archived", house.invites.make(owner, room))
    await refused("role", house.room_care.unarchive(jun, room))
    await house.room_care.unarchive(owner, room)
    await say(house, jun, room, "다시")
    assert (await notices(house, jun, room))[-2:] == ["주인 archived the room", "주인 opened the room again"]


async def test_a_deleted_room_is_gone_for_everybody_and_comes_back_whole(house: House) -> None:
    owner, jun = await guest(house, "주인"), await guest(house, "준")
    room = (await house.rooms.create(owner, name="지울 방")).id
    await house.rooms.sit_down(jun, room)
    await say(house, jun, room, "잊지 마")
    listener = await listen(house, jun, room)
    await house.room_care.delete(owner, room)
    assert sorted(listener.shown_out) == sorted([owner.uuid, jun.uuid])
    assert await house.rooms.seated({(jun.uuid, room)}) == set()
    for person in (owner, jun):
        assert room not in await ids(house, person)
        assert room not in [view.id for view in await house.rooms.mine(person)]
        await refused("room_unknown", house.rooms.enter(person, room))
        await refused("room_unknown", house.rooms.sit_down(person, room))
        await refused("room_unknown", say(house, person, room, "?"))
    assert [view.id for view in await house.room_care.deleted(owner)] == [room]
    assert await house.room_care.deleted(jun) == []
    await refused("room_unknown", house.room_care.restore(jun, room))
    view = await house.room_care.restore(owner, room)
    assert (view.id, view.members, view.role, view.deleted_at) == (room, 2, "owner", "")
    assert "잊지 마" in [row["text"] for row in (await house.rooms.enter(jun, room)).rows]
    await refused("room_unknown", house.room_care.restore(owner, room))  # it is not deleted any more


async def test_after_a_week_a_deleted_room_goes_for_good(house: House, clock: HandClock) -> None:
    owner = await guest(house, "주인")
    room = (await house.rooms.create(owner, name="지울 방")).id
    kept = (await house.rooms.create(owner, name="남을 방")).id
    for n in range(3):
        await say(house, owner, room, str(n))
    await say(house, owner, kept, "남아요")
    await house.room_care.delete(owner, room)
    clock.forward(days=6, hours=23)
    assert await house.room_care.remove_old() == 0
    clock.forward(hours=2)
    await refused("room_unknown", house.room_care.restore(owner, room))
    assert await house.room_care.remove_old() == 1
    assert await house.room_care.remove_old() == 0
    async with house.database.read() as db:
        rooms = (await db.exec(select(Room.uuid))).all()
        said = (await db.exec(select(func.count()).select_from(Message))).one()
        lost = (await db.exec(select(Member.id).where(col(Member.room_id).not_in(select(Room.id))))).all()
    assert room not in rooms
    assert kept in rooms
    assert (said, list(lost)) == (1, [])


async def test_who_keeps_something_of_a_room_is_told_before_its_rows_go(house: House, clock: HandClock) -> None:
    class Keeper:
        def __init__(self) -> None:
            self.told: list[str] = []

        async def forget_rooms(self, room_uuids: Sequence[str]) -> None:
            async with house.database.read() as db:
                assert (await db.exec(select(Room.id).where(col(Room.uuid).in_(room_uuids)))).all()
            self.told += room_uuids

    keeper, owner = Keeper(), await guest(house, "주인")
    reader = Keeper()
    care = RoomCare(database=house.database, bus=house.bus, clock=clock, keepers=[keeper], readers=[reader])
    room = (await house.rooms.create(owner, name="방")).id
    await care.delete(owner, room)
    assert (keeper.told, reader.told) == ([], [room])
    clock.forward(days=8)
    await care.remove_old()
    assert (keeper.told, reader.told) == ([room], [room, room])


async def test_the_living_room_stays(house: House) -> None:
    keeper = await house_keeper(house)
    room = await living_room(house, keeper)
    await house.rooms.sit_down(keeper, room)
    assert (await house.rooms.enter(keeper, room)).room.role == "owner"
    for attempt in (
        house.room_care.delete(keeper, room),
        house.room_care.archive(keeper, room),
        house.room_care.describe(keeper, room, kind="private"),
    ):
        await refused("living_room", attempt)
    await house.seats.leave(keeper, room)
    assert (await house.rooms.lobby(keeper))[0].id == room


async def test_who_keeps_the_house_may_delete_open_rooms_and_reads_no_private_ones(house: House) -> None:
    keeper, owner = await house_keeper(house), await account(house, "주인", login="owner")
    hall = (await house.rooms.create(owner, name="마당")).id
    den = (await house.rooms.create(owner, name="골방", private=True)).id
    await refused("room_unknown", house.room_care.delete(keeper, den))
    await refused("room_unknown", house.rooms.enter(keeper, den))
    await refused("not_member", house.rooms.enter(keeper, hall))
    await refused("not_member", house.room_care.describe(keeper, hall, name="내 것"))
    await house.room_care.delete(keeper, hall)
    assert [view.id for view in await house.room_care.deleted(keeper)] == [hall]
    assert await house.room_care.deleted(owner) == []
    await refused("room_unknown", house.room_care.restore(owner, hall))  # what the house has deleted
    assert (await house.room_care.restore(keeper, hall)).id == hall
    assert (await house.rooms.enter(owner, hall)).room.role == "owner"
    await house.room_care.delete(owner, den)
    await refused("room_unknown", house.room_care.restore(keeper, den))


async def test_favourites_come_before_the_liveliest(house: House, clock: HandClock) -> None:
    mina = await guest(house, "미나")
    rooms = []
    for name in ("하나", "둘", "셋"):
        clock.forward(minutes=1)
        rooms.append((await house.rooms.create(mina, name=name)).id)
    await house.seats.prefer(mina, rooms[0], favourite=True)
    other = (await house.rooms.create(await guest(house, "준"), name="남의 방")).id
    assert (await ids(house, mina))[1:] == [rooms[0], rooms[2], rooms[1], other]


async def test_lists_cost_the_same_however_many_rooms_there_are(house: House) -> None:
    room, (mina, jun, hana) = await seated(house, "미나", "준", "하나")
    await house.directs.open(mina, jun.uuid)
    few = await queries(house, mina)
    await house.directs.open(mina, hana.uuid)
    for n in range(20):
        await house.rooms.create(jun, name=f"방 {n}")
    assert await queries(house, mina) == few <= 3
    assert room in await ids(house, mina)


async def queries(house: House, actor: Actor) -> int:
    with statements(house.database) as asked:
        await house.rooms.lobby(actor)
    return len(asked)


# --- where no AI answers ---------------------------------------------------------------------------------------------


async def test_where_the_ai_is_off_calling_it_is_answered_by_a_line(house: House, engine: ScriptedEngine) -> None:
    mina = await guest(house, "미나")
    room = (await house.rooms.create(mina, name="조용한 방", ai_enabled=False)).id
    await say(house, mina, room, "@불씨 있니?")
    await say(house, mina, room, "그냥 하는 말")
    assert engine.requests == []
    assert await notices(house, mina, room) == ["미나 called the AI, but it is off in this room"]
    await house.room_care.describe(mina, room, ai_enabled=True)
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@불씨 이제는?")
    await listener.until(lambda heard: bool(heard.answers()) and heard.answer()["status"] == "complete")


async def test_turning_the_ai_off_ends_what_it_is_saying(house: House, engine: ScriptedEngine) -> None:
    engine.hold = asyncio.Event()
    mina = await guest(house, "미나")
    room = (await house.rooms.create(mina, name="방")).id
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@불씨 이야기해 줘")
    await listener.until(lambda heard: bool(heard.answers()) and heard.answer()["text"] == "Once upon a ")
    await house.room_care.describe(mina, room, ai_enabled=False)
    await listener.until(lambda heard: heard.answer()["status"] == "stopped")
    await refused("ai_off", house.replies.go_on(mina, room, listener.answer()["id"]))


async def test_deleting_a_room_ends_what_is_said_in_it(house: House, engine: ScriptedEngine) -> None:
    engine.hold = asyncio.Event()
    mina = await guest(house, "미나")
    room = (await house.rooms.create(mina, name="방")).id
    listener = await listen(house, mina, room)
    await say(house, mina, room, "@불씨 이야기해 줘")
    await listener.until(lambda heard: bool(heard.answers()) and heard.answer()["text"] == "Once upon a ")
    await house.room_care.delete(mina, room)
    await listener.until(lambda heard: heard.answer()["status"] == "stopped")


async def test_files_of_a_removed_room_go_with_it(house: House, clock: HandClock) -> None:
    mina = await guest(house, "미나")
    room = (await house.rooms.create(mina, name="방")).id

    async def words():
        yield b"a plain text"

    file = await house.attachments.receive(mina, room, name="a.txt", stream=words(), length=12)
    path = house.attachments._store.path(file["id"])
    assert path.exists()
    await house.room_care.delete(mina, room)
    clock.forward(days=8)
    await house.room_care.remove_old()
    assert not path.exists()
    async with house.database.read() as db:
        assert (await db.exec(select(Attachment.id))).all() == []
