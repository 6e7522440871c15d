"""Files of a room: what may be brought and sent by whom, how much of it, and that nothing stays behind."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from hearth_reflex.bootstrap import House
from hearth_reflex.db.attachment import AttachmentKind
from hearth_reflex.domain.feed import Row
from hearth_reflex.errors import ForbiddenError, HearthError, InputError, LimitError, NotFoundError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.quotas import AT_ONCE, FileLimits
from hearth_reflex.settings import Settings
from tests.clocks import HandClock
from tests.factories import guest, seated
from tests.hostile_files import moving, noise, written

PNG = written(noise(60, 40), "PNG")


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def bring(house: House, actor: Actor, room: str, data: bytes = PNG, name: str = "cat.png") -> Row:
    return await house.attachments.receive(actor, room, name=name, stream=pieces(data), length=len(data))


async def send(house: House, actor: Actor, room: str, *files: str, text: str = "") -> Row:
    return await house.messages.send(actor, room, text=text, client_msg_id=str(uuid4()), files=files)


def kept(settings: Settings) -> list[Path]:
    """All files of people that lie in the data folder, on their way or for good."""
    return sorted(path for path in (settings.data_dir / "files").rglob("*") if path.is_file())


async def test_a_picture_is_brought_and_sent(house: House, settings: Settings) -> None:
    room, [mina, jun] = await seated(house, "미나", "준")
    brought = await bring(house, mina, room)
    assert (brought["kind"], brought["mime"], brought["width"], brought["height"]) == ("image", "image/png", 60, 40)
    with pytest.raises(NotFoundError, match="file_unknown"):
        await house.attachments.open(jun, brought["id"])
    row = await send(house, mina, room, brought["id"])
    assert row["files"] == [brought]
    assert (await house.attachments.open(jun, brought["id"])).path.read_bytes().startswith(b"\x89PNG")
    small = await house.attachments.open(jun, brought["id"], small=True)
    assert (small.mime, small.path.read_bytes()[8:12]) == ("image/webp", b"WEBP")
    assert len(kept(settings)) == 2


async def test_what_moves_is_told_as_such(house: House) -> None:
    room, [mina] = await seated(house, "미나")
    for data, name, moves in ((moving("GIF"), "cat.gif", True), (PNG, "cat.png", False)):
        brought = await bring(house, mina, room, data, name)
        assert brought["moves"] is moves
        assert (await send(house, mina, room, brought["id"]))["files"][0]["moves"] is moves


async def test_files_keep_the_order_they_were_sent_in(house: House) -> None:
    room, [mina] = await seated(house, "미나")
    brought = [(await bring(house, mina, room, f"{n}".encode(), f"{n}.txt"))["id"] for n in range(3)]
    row = await send(house, mina, room, brought[2], brought[0], brought[1], text="셋")
    assert [file["name"] for file in row["files"]] == ["2.txt", "0.txt", "1.txt"]


async def test_the_same_message_twice_is_sent_once(house: House) -> None:
    room, [mina] = await seated(house, "미나")
    file, client_id = (await bring(house, mina, room))["id"], str(uuid4())
    first = await house.messages.send(mina, room, text="", client_msg_id=client_id, files=[file])
    assert await house.messages.send(mina, room, text="", client_msg_id=client_id, files=[file]) == first


async def test_only_ones_own_waiting_files_of_the_room_are_sent(house: House) -> None:
    room, [mina, jun] = await seated(house, "미나", "준")
    other_room = (await house.rooms.create(mina, name="다른 방")).id
    sent = (await bring(house, mina, room))["id"]
    await send(house, mina, room, sent)
    twice = (await bring(house, mina, room))["id"]
    for wrong in (
        [(await bring(house, jun, room))["id"]],
        [(await bring(house, mina, other_room))["id"]],
        [sent],
        [twice, twice],
        [str(uuid4())],
        ["../../secret_key"],
    ):
        with pytest.raises(NotFoundError, match="file_unknown"):
            await send(house, mina, room, *wrong, text="이것")
    with pytest.raises(InputError, match="files_many"):
        await send(house, mina, room, *(str(uuid4()) for _ in range(11)))
    rows = (await house.rooms.enter(mina, room)).rows
    assert [row["text"] for row in rows if row["kind"] == "talk"] == [""]  # the one that was right


async def test_who_may_not_speak_brings_nothing(house: House, settings: Settings) -> None:
    room, [mina] = await seated(house, "미나")
    stranger = await guest(house, "하늘")
    with pytest.raises(ForbiddenError, match="not_member"):
        await bring(house, stranger, room)
    with pytest.raises(NotFoundError, match="room_unknown"):
        await bring(house, mina, str(uuid4()))
    assert kept(settings) == []


async def test_a_file_larger_than_it_said_is_refused_as_it_comes(house: House, settings: Settings) -> None:
    room, [mina] = await seated(house, "미나")
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1_000_000
            yield bytes(1_000_000)

    with pytest.raises(InputError, match="file_long"):
        await house.attachments.receive(mina, room, name="a.bin", stream=endless(), length=10)
    assert read <= (settings.file_max_mb + 1) * 1_000_000
    assert kept(settings) == []


async def test_a_length_that_is_told_is_refused_before_anything_comes(house: House) -> None:
    room, [mina] = await seated(house, "미나")
    with pytest.raises(InputError, match="file_long"):
        await house.attachments.receive(mina, room, name="a", stream=_nothing_is_read(), length=10**12)


async def _nothing_is_read() -> AsyncIterator[bytes]:
    raise AssertionError("nothing is read")
    yield b""


async def test_quotas(house: House, settings: Settings) -> None:
    room, [mina, jun] = await seated(house, "미나", "준")
    quotas = house.attachments._quotas  # pyright: ignore[reportPrivateUsage] - small ones, without bringing gigabytes
    quotas.limits = FileLimits(file=1000, person=1500, house=2500)
    await bring(house, mina, room, bytes(1000), "a.bin")
    assert await _refused(bring(house, mina, room, bytes(501), "b.bin")) == "files_person"
    assert await _refused(bring(house, mina, room, bytes(1001), "c.bin")) == "file_long"
    await bring(house, jun, room, bytes(1000), "d.bin")
    assert await _refused(bring(house, jun, room, bytes(501), "e.bin")) == "files_person"
    await bring(house, jun, room, bytes(500), "f.bin")
    sky = await guest(house, "하늘")
    await house.rooms.sit_down(sky, room)
    assert await _refused(bring(house, sky, room, b"x", "g.bin")) == "files_house"
    assert len(kept(settings)) == 3


@pytest.mark.postgres
async def test_uploads_at_the_same_time_share_one_quota(house: House, settings: Settings) -> None:
    room, [mina] = await seated(house, "미나")
    quotas = house.attachments._quotas  # pyright: ignore[reportPrivateUsage] - as above
    quotas.limits = FileLimits(file=1000, person=1500, house=9000)
    both = await asyncio.gather(
        *(bring(house, mina, room, bytes(1000), "a.bin") for _ in range(2)), return_exceptions=True
    )
    assert [str(one) for one in both if isinstance(one, HearthError)] == ["files_person"]
    assert len(kept(settings)) == 1


async def test_only_so_many_are_on_their_way_at_once(house: House, settings: Settings) -> None:
    room, [mina] = await seated(house, "미나")
    go, begun = asyncio.Event(), asyncio.Semaphore(0)

    async def slow() -> AsyncIterator[bytes]:
        begun.release()
        await go.wait()
        yield b"x"

    def start() -> asyncio.Task[Row]:
        return asyncio.create_task(house.attachments.receive(mina, room, name="a.txt", stream=slow(), length=None))

    running = [start() for _ in range(AT_ONCE)]
    for _ in running:
        await begun.acquire()
    with pytest.raises(LimitError, match="files_at_once"):
        await start()
    go.set()
    await asyncio.gather(*running)
    assert len(kept(settings)) == AT_ONCE


async def test_a_sender_who_goes_away_leaves_nothing(house: House, settings: Settings) -> None:
    room, [mina] = await seated(house, "미나")
    begun = asyncio.Event()

    async def stuck() -> AsyncIterator[bytes]:
        yield PNG
        begun.set()
        await asyncio.Event().wait()

    upload = asyncio.create_task(house.attachments.receive(mina, room, name="a.png", stream=stuck(), length=None))
    await begun.wait()
    upload.cancel()
    await asyncio.gather(upload, return_exceptions=True)
    assert kept(settings) == []
    await bring(house, mina, room)  # and holds no place


async def test_who_is_shown_out_meanwhile_brings_nothing(house: House, settings: Settings) -> None:
    room, [mina, _] = await seated(house, "미나", "준")

    async def parting() -> AsyncIterator[bytes]:
        yield PNG
        await house.seats.leave(mina, room)

    with pytest.raises(HearthError):
        await house.attachments.receive(mina, room, name="a.png", stream=parting(), length=None)
    assert kept(settings) == []


async def test_who_left_the_room_has_its_files_no_more(house: House) -> None:
    room, [mina, jun] = await seated(house, "미나", "준")
    sent, waiting = (await bring(house, mina, room))["id"], (await bring(house, jun, room))["id"]
    await send(house, mina, room, sent)
    await house.attachments.open(jun, sent)
    await house.seats.leave(jun, room)
    for file in (sent, waiting):
        for small in (False, True):
            with pytest.raises(NotFoundError, match="file_unknown"):
                await house.attachments.open(jun, file, small=small)


async def test_a_deleted_messages_files_are_gone(house: House, settings: Settings) -> None:
    room, [mina] = await seated(house, "미나")
    file = (await bring(house, mina, room))["id"]
    row = await send(house, mina, room, file)
    await house.edits.delete(mina, room, row["id"])
    with pytest.raises(NotFoundError, match="file_unknown"):
        await house.attachments.open(mina, file)
    assert kept(settings) == []


async def test_what_waits_can_be_taken_back_by_who_brought_it(house: House, settings: Settings) -> None:
    room, [mina, jun] = await seated(house, "미나", "준")
    waiting, sent = (await bring(house, mina, room))["id"], (await bring(house, mina, room))["id"]
    await send(house, mina, room, sent)
    for actor, file in ((jun, waiting), (jun, sent), (mina, sent)):
        with pytest.raises(NotFoundError, match="file_unknown"):
            await house.attachments.take_back(actor, file)
    await house.attachments.take_back(mina, waiting)
    assert {path.name[:36] for path in kept(settings)} == {sent}


async def test_what_is_never_sent_goes_after_a_day(house: House, settings: Settings, clock: HandClock) -> None:
    room, [mina] = await seated(house, "미나")
    sent = (await bring(house, mina, room))["id"]
    await send(house, mina, room, sent)
    await bring(house, mina, room)
    await house.attachments.clean()
    assert len(kept(settings)) == 4
    clock.forward(hours=25)
    await house.attachments.clean()
    assert {path.name[:36] for path in kept(settings)} == {sent}


async def test_bytes_that_no_row_speaks_of_go(house: House, settings: Settings) -> None:
    room, [mina] = await seated(house, "미나")
    sent = (await bring(house, mina, room))["id"]
    lost = settings.data_dir / "files" / sent[-2:] / f"{str(uuid4())[:-2]}{sent[-2:]}"
    stale = settings.data_dir / "files" / "arriving" / "half"
    for path in (lost, stale):
        path.write_bytes(b"x")
        os.utime(path, (0, 0))
    fresh = stale.with_name("fresh")
    fresh.write_bytes(b"x")
    await house.attachments.clean()
    assert {path.name.removesuffix(".small") for path in kept(settings)} == {sent, "fresh"}


async def test_all_files_of_a_room_are_forgotten(house: House, settings: Settings) -> None:
    room, [mina] = await seated(house, "미나")
    other = (await house.rooms.create(mina, name="다른 방")).id
    await bring(house, mina, room)
    stays = (await bring(house, mina, other))["id"]
    await house.attachments.forget_rooms([room])
    assert {path.name[:36] for path in kept(settings)} == {stays}


async def test_pages_of_what_was_sent(house: House) -> None:
    room, [mina, jun] = await seated(house, "미나", "준")
    sent = [(await bring(house, mina, room, b"x", f"{n}.txt"))["id"] for n in range(5)]
    for file in sent:
        await send(house, mina, room, file)
    await bring(house, mina, room, b"x", "waiting.txt")
    gone = (await bring(house, mina, room, b"x", "gone.txt"))["id"]
    await house.edits.delete(mina, room, (await send(house, mina, room, gone))["id"])
    first, more = await house.attachments.page(jun, room, kind=AttachmentKind.FILE, limit=3)
    rest, end = await house.attachments.page(jun, room, kind=AttachmentKind.FILE, before=first[-1]["id"], limit=3)
    assert [file["id"] for file in first + rest] == sent[::-1]
    assert (more, end) == (True, False)
    assert (first[0]["by"], first[0]["seq"] > first[1]["seq"]) == ("미나", True)
    assert await house.attachments.page(jun, room, kind=AttachmentKind.IMAGE) == ([], False)
    with pytest.raises(ForbiddenError):
        await house.attachments.page(await guest(house, "하늘"), room, kind=AttachmentKind.FILE)


async def _refused(call: object) -> str:
    with pytest.raises(InputError) as refusal:
        await call  # pyright: ignore[reportGeneralTypeIssues] - a coroutine of `bring`
    return refusal.value.code
