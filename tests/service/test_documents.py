"""Documents of rooms and shelves: who may bring, see, change and remove them, and that nothing stays behind."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from sqlmodel import select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.document import Citation, Document, SearchLog
from hearth_reflex.db.generation import Generation, MessageMetadata
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Room
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.errors import ConflictError, HearthError, InputError, LimitError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.quotas import AT_ONCE, FileLimits
from tests.clocks import HandClock
from tests.factories import account, guest, listen, say, seated
from tests.hostile_files import noise, written
from tests.library import WORDS, chunks_of, kept, pieces, put, put_and_read, reader_of, removals, settled
from tests.service.refusals import circle, outcome, refused
from tests.service.test_attachments import bring, send

PNG = written(noise(60, 40), "PNG")


async def test_a_document_of_a_room_is_for_those_who_sit_there(house: House) -> None:
    room, [mina, jun] = await seated(house, "미나", "준")
    view = await put_and_read(house, mina, room=room)
    assert (view.status, view.kind, view.title, view.language, view.room) == ("ready", "text", "모닥불", "ko", room)
    assert (view.mine, view.may_change, view.by) == (True, True, "미나")
    (seen,) = await house.documents.list(jun, room=room)
    assert (seen.id, seen.mine, seen.may_change) == (view.id, False, False)
    assert (await house.documents.open(jun, view.id)).path.read_bytes() == WORDS
    chunks, following = await house.documents.text(jun, view.id, limit=1)
    assert (chunks[0].heading, following) == ("모닥불", 1)
    rest, end = await house.documents.text(jun, view.id, start=1, limit=200)
    assert [chunk.position for chunk in rest] == list(range(1, 1 + len(rest)))
    assert end is None


async def every_way(house: House, actor: Actor, uuid: str, *, room: str = "") -> dict[str, str]:
    """What is said to somebody who tries all that can be done with a document."""
    documents = house.documents
    return {
        "one": await outcome(documents.one(actor, uuid)),
        "text": await outcome(documents.text(actor, uuid)),
        "open": await outcome(documents.open(actor, uuid)),
        "page": await outcome(house.document_pages.open(actor, uuid, 1, width=800)),
        "until": await outcome(documents.until_read(actor, uuid, seconds=0)),
        "rename": await outcome(documents.rename(actor, uuid, "mine.txt")),
        "move": await outcome(documents.move(actor, uuid, "")),
        "take": await outcome(documents.move(actor, uuid, "", room=room)),
        "cancel": await outcome(documents.cancel(actor, uuid)),
        "retry": await outcome(documents.retry(actor, uuid)),
        "reindex": await outcome(documents.reindex(actor, uuid)),
        "remove": await outcome(documents.remove(actor, uuid)),
    }


_UNSEEN = {"document_unknown"}
_LOOKING = ("one", "text", "open", "until")


async def test_who_sits_elsewhere_finds_nothing(house: House) -> None:
    there = await circle(house, private=True)
    view = await put_and_read(house, there.member, room=there.room)
    stranger = await guest(house, "하늘")
    assert set((await every_way(house, stranger, view.id)).values()) == _UNSEEN
    await refused("room_unknown", house.documents.list(stranger, room=there.room))
    await refused("room_unknown", house.documents.storage(stranger, room=there.room))
    await refused("room_unknown", put(house, stranger, b"words", room=there.room))
    for wrong in (str(uuid4()), "", "../../secret_key", "x" * 36, "00000000-0000-0000-0000-00000000000g"):
        assert set((await every_way(house, there.member, wrong)).values()) == _UNSEEN
    assert (await house.documents.one(there.member, view.id)).name == "fire.txt"


async def test_a_document_of_an_open_room_is_not_found_by_who_does_not_sit_there(house: House) -> None:
    room, [mina] = await seated(house, "미나")
    view = await put(house, mina, room=room)
    stranger = await guest(house, "하늘")
    assert set((await every_way(house, stranger, view.id)).values()) == _UNSEEN
    await refused("not_member", house.documents.list(stranger, room=room))


async def test_who_left_the_room_has_nothing_of_it_any_more(house: House) -> None:
    room, [mina, jun] = await seated(house, "미나", "준")
    view = await put(house, jun, room=room)
    await house.seats.leave(jun, room)
    assert set((await every_way(house, jun, view.id)).values()) == _UNSEEN
    assert (await house.documents.one(mina, view.id)).by == "준"


async def test_a_shelf_is_its_owners_alone(house: House) -> None:
    _, [mina, jun] = await seated(house, "미나", "준")
    keeper = await account(house, "주인", login="owner")
    view = await put_and_read(house, mina)
    assert (view.room, view.may_change) == ("", True)
    for other in (jun, keeper):
        assert set((await every_way(house, other, view.id)).values()) == _UNSEEN
        assert await house.documents.list(other) == []
    assert [one.id for one in await house.documents.list(mina)] == [view.id]


async def test_others_documents_are_changed_by_those_who_keep_order(house: House) -> None:
    there = await circle(house)
    view = await put_and_read(house, there.member, room=there.room)
    said = await every_way(house, there.visitor, view.id)
    assert {way for way, code in said.items() if not code} == {*_LOOKING}
    assert {code for way, code in said.items() if way not in (*_LOOKING, "page")} == {"document_of_another"}
    said = await every_way(house, there.moderator, view.id)
    assert said == dict.fromkeys(said, "") | {"page": "page_unknown", "take": "document_of_another"}
    await refused("document_unknown", house.documents.one(there.member, view.id))


async def test_who_may_not_speak_brings_nothing(house: House, clock: HandClock) -> None:
    there = await circle(house)
    await house.order.silence(there.owner, there.room, there.member.uuid, minutes=5)
    await refused("silenced", put(house, there.member, room=there.room))
    shelved = await put(house, there.member, b"from the shelf")
    await refused("silenced", house.documents.move(there.member, shelved.id, "", room=there.room))
    await refused("silenced", house.collections.make(there.member, "내 것", room=there.room))
    await house.documents.remove(there.member, shelved.id)
    clock.forward(minutes=6)
    view = await put(house, there.member, room=there.room)
    await house.room_care.archive(there.owner, there.room)
    await refused("room_archived", put(house, there.member, b"more", room=there.room))
    said = await every_way(house, there.member, view.id)
    assert {way for way, code in said.items() if not code} == {*_LOOKING}
    assert {said[way] for way in ("rename", "move", "cancel", "retry", "reindex", "remove")} == {"room_archived"}
    assert not (await house.documents.one(there.member, view.id)).may_change
    assert len(kept(house)) == 1


async def test_the_talk_of_an_ai_session_has_a_library_of_its_own(house: House) -> None:
    there = await circle(house, private=True)
    talk = (await house.ai_sessions.start(there.member, there.room, persona="", title="")).session_id
    view = await put(house, there.member, room=talk)
    assert [one.id for one in await house.documents.list(there.owner, room=talk)] == [view.id]
    assert await house.documents.list(there.owner, room=there.room) == []
    assert set((await every_way(house, await guest(house, "하늘"), view.id)).values()) == _UNSEEN


# --- the same one twice


async def test_the_same_document_in_the_same_place_is_told_of(house: House) -> None:
    room, [mina, jun] = await seated(house, "미나", "준")
    first = await put(house, mina, room=room)
    with pytest.raises(ConflictError) as refusal:
        await put(house, jun, name="other.txt", room=room)
    assert (refusal.value.code, refusal.value.params) == ("document_twice", {"name": "fire.txt", "document": first.id})
    assert len(kept(house)) == 1
    again = await put(house, jun, name="other.txt", room=room, again=True)
    elsewhere = await put(house, jun)
    assert len({first.id, again.id, elsewhere.id}) == 3
    await refused("document_twice", house.documents.move(jun, elsewhere.id, "", room=room))
    assert (await house.documents.move(jun, elsewhere.id, "", room=room, again=True)).room == room


async def test_of_two_at_the_same_moment_one_is_first(house: House) -> None:
    room, [mina, jun] = await seated(house, "미나", "준")
    ends = await asyncio.gather(put(house, mina, room=room), put(house, jun, room=room), return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["ConflictError", "DocumentView"]
    assert len(kept(house)) == 1


# --- names, collections, moving


async def test_a_name_is_only_shown_and_keeps_its_ending(house: House) -> None:
    mina = await guest(house, "미나")
    view = await put(house, mina, name="../../etc/pass\u202ewd.csv")
    assert view.name == "passwd.csv"
    renamed = await house.documents.rename(mina, view.id, "가계부")
    assert renamed.name == "가계부.csv"
    assert (await house.documents.rename(mina, view.id, "a/b\x00c.md")).name == "bc.md.csv"
    await refused("name_empty", house.documents.rename(mina, view.id, "  "))


async def test_a_document_lies_in_a_collection_of_its_own_library_alone(house: House) -> None:
    room, [mina, jun] = await seated(house, "미나", "준")
    here = await house.collections.make(mina, "레시피", room=room)
    mine = await house.collections.make(mina, "레시피")
    view = await put(house, mina, room=room, collection=here.id)
    assert view.collection == here.id
    for wrong in (mine.id, str(uuid4()), "x"):
        await refused("collection_unknown", house.documents.move(mina, view.id, wrong))
        await refused("collection_unknown", put(house, mina, b"words", room=room, collection=wrong))
    await refused("collection_unknown", put(house, jun, b"words", collection=mine.id))
    assert (await house.documents.move(mina, view.id, "")).collection == ""
    assert len(kept(house)) == 1


async def test_collections_of_rooms_and_shelves(house: House) -> None:
    there = await circle(house, private=True)
    made = await house.collections.make(there.visitor, "모임 기록", room=there.room)
    view = await put(house, there.visitor, room=there.room, collection=made.id)
    assert [(one.name, one.documents) for one in await house.collections.list(there.member, room=there.room)] == [
        ("모임 기록", 1)
    ]
    await refused("collection_taken", house.collections.make(there.member, "모임 기록", room=there.room))
    await refused("role", house.collections.rename(there.member, made.id, "다른 이름"))
    await refused("role", house.collections.remove(there.member, made.id))
    stranger = await guest(house, "하늘")
    for attempt in (house.collections.rename(stranger, made.id, "내 것"), house.collections.remove(stranger, made.id)):
        await refused("collection_unknown", attempt)
    await refused("room_unknown", house.collections.list(stranger, room=there.room))
    await refused("room_unknown", house.collections.make(stranger, "내 것", room=there.room))
    assert (await house.collections.rename(there.moderator, made.id, "기록")).name == "기록"
    await house.collections.remove(there.moderator, made.id)
    assert (await house.documents.one(there.member, view.id)).collection == ""
    own = await house.collections.make(there.member, "내 것")
    await refused("collection_unknown", house.collections.remove(there.owner, own.id))


async def test_a_library_has_so_many_collections(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    mina = await guest(house, "미나")
    monkeypatch.setattr("hearth_reflex.services.collections.MOST", 2)
    for name in ("하나", "둘"):
        await house.collections.make(mina, name)
    await refused("collections_many", house.collections.make(mina, "셋"))


async def test_who_brought_it_takes_it_elsewhere_and_back(house: House) -> None:
    there = await circle(house, private=True)
    view = await put_and_read(house, there.member, room=there.room)
    mine = await house.collections.make(there.member, "내 것")
    moved = await house.documents.move(there.member, view.id, mine.id, room="")
    assert (moved.room, moved.collection, moved.status) == ("", mine.id, "embedding")
    await refused("document_unknown", house.documents.one(there.owner, view.id))
    await house.indexing.catch_up()
    assert (await house.documents.one(there.member, view.id)).status == "ready"
    assert (await house.documents.move(there.member, view.id, "", room=there.room)).room == there.room
    other = (await house.rooms.create(there.owner, name="다른 방", private=True)).id
    await refused("room_unknown", house.documents.move(there.member, view.id, "", room=other))


# --- what is brought


async def test_a_picture_is_kept_as_one_that_was_drawn_anew(house: House) -> None:
    mina = await guest(house, "미나")
    reader_of(house).says["cat.png"] = InputError("document_empty")
    view = await put_and_read(house, mina, PNG, "cat.png")
    assert (view.kind, view.status, view.pages) == ("image", "ready", 1)
    assert (await house.document_pages.open(mina, view.id, 1, width=300)).mime == "image/png"
    await refused("file_no_picture", put(house, mina, b"<svg onload=alert(1)>", "cat.png"))


async def test_a_sent_file_is_put_into_the_library_of_its_room(house: House) -> None:
    room, [mina, jun] = await seated(house, "미나", "준")
    waiting = (await bring(house, mina, room, WORDS, "fire.txt"))["id"]
    await refused("file_unknown", house.documents.receive_sent(mina, waiting))
    await send(house, mina, room, waiting)
    view = await house.documents.receive_sent(jun, waiting)
    assert (view.room, view.name, view.by) == (room, "fire.txt", "준")
    assert (await house.documents.open(mina, view.id)).path.read_bytes() == WORDS
    await refused("document_twice", house.documents.receive_sent(mina, waiting))
    stranger = await guest(house, "하늘")
    for who, file in ((stranger, waiting), (mina, str(uuid4())), (mina, "x")):
        await refused("file_unknown", house.documents.receive_sent(who, file))


async def test_documents_and_files_are_counted_together(house: House) -> None:
    room, [mina] = await seated(house, "미나")
    limits = FileLimits(file=1_000_000, person=3_000, house=9_000)
    house.documents._quotas.limits = house.attachments._quotas.limits = limits  # pyright: ignore[reportPrivateUsage]
    await put(house, mina, bytes(2_000), "a.bin")
    await refused("files_person", bring(house, mina, room, bytes(2_000), "b.bin"))
    await bring(house, mina, room, bytes(900), "b.bin")
    await refused("files_person", put(house, mina, bytes(500), "c.bin"))
    assert (await house.documents.storage(mina)).used_bytes == 2_900


async def test_a_document_larger_than_it_said_is_refused_as_it_comes(house: House) -> None:
    mina, read = await guest(house, "미나"), 0
    house.documents._quotas.limits = FileLimits(file=3_000_000, person=10**9, house=10**9)  # pyright: ignore[reportPrivateUsage]

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1_000_000
            yield bytes(1_000_000)

    with pytest.raises(InputError, match="file_long"):
        await house.documents.receive(mina, name="a.pdf", stream=endless(), length=10)
    assert read <= 5_000_000
    await refused("file_long", put(house, mina, bytes(3_000_001)))
    await refused("file_empty", put(house, mina, b""))
    assert kept(house) == []


async def test_so_many_at_once_and_not_too_fast(house: House) -> None:
    mina, gate, under_way = await guest(house, "미나"), asyncio.Event(), asyncio.Barrier(AT_ONCE + 1)

    async def slow() -> AsyncIterator[bytes]:
        yield b"words"
        await under_way.wait()
        await gate.wait()

    def slowly() -> asyncio.Task[object]:
        return asyncio.create_task(house.documents.receive(mina, name="a.txt", stream=slow(), length=None, again=True))

    coming = [slowly() for _ in range(AT_ONCE)]
    async with asyncio.timeout(20):
        await under_way.wait()
    await refused("files_at_once", put(house, mina, b"more"))
    gate.set()
    await asyncio.gather(*coming)
    house.documents._pace = Buckets(rate=0.1, burst=1)  # pyright: ignore[reportPrivateUsage]
    await put(house, mina, b"one")
    with pytest.raises(LimitError, match="documents_pace"):
        await put(house, mina, b"two")


async def test_who_loses_the_room_while_it_comes_leaves_nothing_there(house: House) -> None:
    room, [mina] = await seated(house, "미나")

    async def shown_out() -> AsyncIterator[bytes]:
        yield b"some words"
        await house.seats.leave(mina, room)

    with pytest.raises(HearthError, match="not_member"):
        await house.documents.receive(mina, room=room, name="a.txt", stream=shown_out(), length=None)
    assert kept(house) == []


# --- the end of one


async def answered(house: House, mina: Actor, room: str, uuid: str, *, cites: bool = True) -> int:
    """An answer that was given a document, with its prompt and its receipt. Returns the id of its message."""
    row = await say(house, mina, room, "불은 어떻게 자라지?")
    (chunk, *_) = await chunks_of(house, uuid)
    async with house.database.write() as db:
        message = (await db.exec(select(Message).where(Message.uuid == row["id"]))).one()
        here = (await db.exec(select(Room).where(Room.uuid == room))).one()
        assert message.id is not None
        if cites:
            db.add(Citation(message_id=message.id, number=1, chunk_id=chunk.id, quote=chunk.text[:40]))
        found = [
            {"key": f"chunk:{chunk.uuid}", "document": uuid, "name": "fire.txt", "rank": 1},
            {"key": f"chunk:{uuid4()}", "document": str(uuid4()), "name": "other"},
        ]
        db.add(
            SearchLog(
                user_id=mina.user_id, room_id=here.id, message_id=message.id, found=found, created_at=house.clock.now()
            )
        )
        run = Generation(message_id=message.id)
        db.add(run)
        await db.flush()
        db.add(MessageMetadata(generation_id=run.id or 0, message_id=message.id, prompt="… 불은 …", turns=["1"]))
    return message.id


async def test_a_removed_document_leaves_no_trace(house: House) -> None:
    room, [mina, jun] = await seated(house, "미나", "준")
    view = await put_and_read(house, mina, b"page one\fpage two", "fire.pdf", room=room)
    await house.document_pages.open(jun, view.id, 2, width=800)
    message = await answered(house, mina, room, view.id)
    listener = await listen(house, jun, room)
    assert len(kept(house)) == 2
    await house.documents.remove(mina, view.id)
    assert kept(house) == []
    assert await removals(house) == {f"parent:{view.id}"}
    assert listener.signals == [["document", view.id, "removed", 0, 0, ""]]
    async with house.database.read() as db:
        assert (await db.exec(select(Citation))).all() == []
        (log,) = (await db.exec(select(SearchLog))).all()
        assert [one["name"] for one in log.found] == ["other"]
        (made,) = (await db.exec(select(MessageMetadata).where(MessageMetadata.message_id == message))).all()
        assert (made.prompt, made.turns) == ("", [])
    assert set((await every_way(house, mina, view.id)).values()) == _UNSEEN
    await house.indexing.catch_up()
    assert await removals(house) == set()


@pytest.mark.parametrize("cites", [True, False])
@pytest.mark.parametrize("first", ["moved", "read again"])
async def test_one_that_was_moved_or_read_again_before_leaves_no_trace_either(
    house: House, *, first: str, cites: bool
) -> None:
    room, [mina, _] = await seated(house, "미나", "준")
    view = await put_and_read(house, mina, room=room)
    await answered(house, mina, room, view.id, cites=cites)
    if first == "moved":
        await house.documents.move(mina, view.id, "", room="")
    else:
        await house.documents.reindex(mina, view.id)
        await settled(house, mina, view.id)
    await house.documents.remove(mina, view.id)
    async with house.database.read() as db:
        (made,) = (await db.exec(select(MessageMetadata))).all()
        assert (made.prompt, made.turns) == ("", [])
        (log,) = (await db.exec(select(SearchLog))).all()
        assert [one["name"] for one in log.found] == ["other"]


async def test_taking_it_elsewhere_again_and_again_is_slowed_down(house: House) -> None:
    room, [mina] = await seated(house, "미나")
    house.documents._again_pace = Buckets(rate=0.1, burst=1)  # pyright: ignore[reportPrivateUsage]
    view = await put(house, mina)
    await house.documents.move(mina, view.id, "", room=room)
    with pytest.raises(LimitError, match="documents_pace"):
        await house.documents.move(mina, view.id, "", room="")


async def test_a_removed_document_of_another_room_takes_nothing_else_along(house: House) -> None:
    room, [mina] = await seated(house, "미나")
    stays, goes = await put_and_read(house, mina, room=room), await put_and_read(house, mina)
    message = await answered(house, mina, room, stays.id)
    await house.documents.remove(mina, goes.id)
    async with house.database.read() as db:
        assert len((await db.exec(select(Citation))).all()) == 1
        (made,) = (await db.exec(select(MessageMetadata).where(MessageMetadata.message_id == message))).all()
        assert made.prompt
    assert len(kept(house)) == 1


@pytest.mark.parametrize(("erase", "left"), [(False, 1), (True, 0)])
async def test_who_leaves_for_good_takes_their_shelf_along(house: House, *, erase: bool, left: int) -> None:
    room, [mina, jun] = await seated(house, "미나", "준")
    shelf, given = await put_and_read(house, mina), await put_and_read(house, mina, room=room)
    await house.collections.make(mina, "내 것")
    theirs = await put(house, jun)
    await house.credentials.leave_for_good(mina, password="", erase=erase)
    assert len(kept(house)) == 1 + left
    assert f"parent:{shelf.id}" in await removals(house)
    assert [(one.id, one.by) for one in await house.documents.list(jun, room=room)] == [(given.id, "")][:left]
    assert (await house.documents.one(jun, theirs.id)).mine


async def test_a_guest_whose_time_is_over_takes_their_shelf_along(house: House, clock: HandClock) -> None:
    mina = await guest(house, "미나")
    view = await put(house, mina)
    await house.document_work.ended()
    clock.forward(days=60)
    await house.sessions.clean()
    async with house.database.read() as db:
        assert (await db.exec(select(Document))).all() == []
    assert await removals(house) == {f"parent:{view.id}"}


async def test_a_room_that_goes_for_good_takes_its_library_along(house: House, clock: HandClock) -> None:
    owner = await account(house, "주인", login="owner")
    room = (await house.rooms.create(owner, name="모임", private=True)).id
    talk = (await house.ai_sessions.start(owner, room, persona="", title="")).session_id
    for place in (room, talk):
        await put_and_read(house, owner, room=place)
    await house.room_care.delete(owner, room)
    await refused("document_unknown", house.documents.one(owner, (await _all(house))[0].uuid))
    clock.forward(days=8)
    await house.room_care.remove_old()
    assert (await _all(house), kept(house)) == ([], [])
    assert {f"scope:room:{room}", f"scope:room:{talk}"} <= await removals(house)


async def _all(house: House) -> list[Document]:
    async with house.database.read() as db:
        return list((await db.exec(select(Document))).all())


async def test_bytes_that_no_row_speaks_of_are_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    mina = await guest(house, "미나")
    view = await put(house, mina)
    lost = house.document_bytes.path("00000000-0000-7000-8000-0000000000aa")
    lost.parent.mkdir(parents=True, exist_ok=True)
    lost.write_bytes(b"left over")
    monkeypatch.setattr("hearth_reflex.services.documents.STALE_SECONDS", -1.0)
    await house.documents.clean()
    assert [path.name for path in kept(house)] == [view.id]


# --- pictures of pages


async def test_pages_are_drawn_once_and_kept_for_a_while(house: House) -> None:
    room, [mina, jun] = await seated(house, "미나", "준")
    view = await put_and_read(house, mina, b"one\ftwo", "a.pdf", room=room)
    assert view.pages == 2
    first = await house.document_pages.open(mina, view.id, 1, width=700)
    again = await house.document_pages.open(jun, view.id, 1, width=790)
    assert (first.path, first.etag) == (again.path, again.etag)
    other = await house.document_pages.open(jun, view.id, 2, width=99_999)
    assert other.etag != first.etag
    assert reader_of(house).drawn == [(1, 800), (2, 2000)]
    for number in (0, 3, -1):
        await refused("page_unknown", house.document_pages.open(mina, view.id, number, width=800))
    await house.seats.leave(jun, room)
    await refused("document_unknown", house.document_pages.open(jun, view.id, 1, width=800))


async def test_a_page_that_two_ask_for_is_drawn_once_and_a_removed_one_not_kept(house: House) -> None:
    mina, reader = await guest(house, "미나"), reader_of(house)
    view = await put_and_read(house, mina, b"one\ftwo", "a.pdf")
    reader.drawing = asyncio.Event()
    asked = [asyncio.create_task(outcome(house.document_pages.open(mina, view.id, 1, width=800))) for _ in range(3)]
    await reader.waiting.wait()
    await house.documents.remove(mina, view.id)
    reader.drawing.set()
    assert set(await asyncio.gather(*asked)) == _UNSEEN
    assert kept(house) == []


async def test_one_person_does_not_take_all_places_for_pages(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hearth_reflex.services.document_pages.WAITING_OWN", 1)
    room, [mina, jun] = await seated(house, "미나", "준")
    view, reader = await put_and_read(house, mina, b"one\ftwo", "a.pdf", room=room), reader_of(house)
    reader.drawing = asyncio.Event()
    first = asyncio.create_task(house.document_pages.open(mina, view.id, 1, width=800))
    await reader.waiting.wait()
    await refused("pages_busy", house.document_pages.open(mina, view.id, 2, width=800))
    second = asyncio.create_task(house.document_pages.open(jun, view.id, 2, width=800))
    reader.drawing.set()
    await asyncio.gather(first, second)
    await house.document_pages.open(mina, view.id, 2, width=240)


async def test_the_folder_of_pages_is_bounded(house: House) -> None:
    mina, cache = await guest(house, "미나"), house.document_bytes.cache
    cache._most = 500  # pyright: ignore[reportPrivateUsage]
    view = await put_and_read(house, mina, b"\f".join(b"page" for _ in range(40)), "a.pdf")
    for number in range(1, 41):
        await house.document_pages.open(mina, view.id, number, width=800)
    pictures = [path for path in kept(house) if path.suffix == ".png"]
    assert sum(path.stat().st_size for path in pictures) <= 500
    assert any(path.name.endswith("-40-800.png") for path in pictures)


async def test_too_many_pages_at_once_wait_elsewhere(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    mina, reader = await guest(house, "미나"), reader_of(house)
    view = await put_and_read(house, mina, b"\f".join(b"page" for _ in range(9)), "a.pdf")
    monkeypatch.setattr("hearth_reflex.services.document_pages.WAITING_MOST", 2)
    reader.drawing = asyncio.Event()
    asked = [asyncio.create_task(house.document_pages.open(mina, view.id, number, width=800)) for number in (1, 2)]
    async with asyncio.timeout(20):
        while house.document_pages._waiting.total() < 2:  # noqa: ASYNC110 - no event says so  # pyright: ignore[reportPrivateUsage]
            await asyncio.sleep(0.01)
    await refused("pages_busy", house.document_pages.open(mina, view.id, 3, width=800))
    reader.drawing.set()
    assert len(await asyncio.gather(*asked)) == 2


async def test_a_list_comes_in_pages(house: House) -> None:
    mina = await guest(house, "미나")
    brought = [(await put(house, mina, f"{n}".encode(), f"{n}.txt")).id for n in range(5)]
    first = await house.documents.list(mina, limit=2)
    assert [one.id for one in first] == brought[:2:-1]
    rest = await house.documents.list(mina, before=first[-1].id)
    assert [one.id for one in rest] == brought[2::-1]


async def test_pieces_of_what_is_brought_make_one_file(house: House) -> None:
    mina = await guest(house, "미나")
    stream = pieces(*(WORDS[at : at + 7] for at in range(0, len(WORDS), 7)))
    view = await house.documents.receive(mina, name="a.txt", stream=stream, length=None)
    assert (await house.documents.open(mina, view.id)).path.read_bytes() == WORDS
