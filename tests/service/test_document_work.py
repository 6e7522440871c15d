"""Reading documents: the stages, what pages hear of them, stopping and starting again, and processes that die."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select, update

from hearth_reflex.bootstrap import House
from hearth_reflex.db.document import Document, DocumentStatus
from hearth_reflex.domain.reading import Block, BlockKind, Reading
from hearth_reflex.errors import EmbedderError, InputError
from hearth_reflex.rag.reader import Reader
from hearth_reflex.services import document_rows
from hearth_reflex.services.document_news import DocumentNews
from hearth_reflex.services.document_work import DocumentWork
from tests.clocks import HandClock
from tests.factories import Listener, account, guest, seated
from tests.library import chunks_of, kept, put, put_and_read, reader_of, removals, settled
from tests.readers_double import ScriptedReader


def heard(house: House, room: str = "") -> Listener:
    listener = Listener(room)
    house.bus.add(listener)
    return listener


def told_of(listener: Listener, uuid: str) -> list[list[Any]]:
    """[status, done, total, error] of all that was told of a document, in order."""
    payloads = [*listener.signals, *(payload for _, payload in listener.told)]
    return [payload[2:] for payload in payloads if payload[:2] == ["document", uuid]]


def another_process(house: House, *, worker: str = "other:1:aa", reader: ScriptedReader | None = None) -> DocumentWork:
    return DocumentWork(
        database=house.database,
        news=DocumentNews(database=house.database, bus=house.bus),
        clock=house.clock,
        worker=worker,
        kept=house.document_bytes,
        reads=reader or ScriptedReader(),
        count=house.document_work._count,  # pyright: ignore[reportPrivateUsage]
    )


async def row(house: House, uuid: str) -> Document:
    async with house.database.read() as db:
        return (await db.exec(select(Document).where(Document.uuid == uuid))).one()


async def test_the_stages_of_a_document(house: House) -> None:
    room, [mina, _] = await seated(house, "미나", "준")
    listener, reader = heard(house, room), reader_of(house)
    reader.held = asyncio.Event()
    view = await put(house, mina, room=room)
    await listener.until(lambda _: "reading" in [told[0] for told in told_of(listener, view.id)])
    assert (await house.documents.one(mina, view.id)).status == "reading"  # also after a reload
    reader.held.set()
    ready = await settled(house, mina, view.id)
    stages = [told[0] for told in told_of(listener, view.id)]
    assert list(dict.fromkeys(stages)) in (
        ["waiting", "reading", "cutting", "embedding", "ready"],
        ["waiting", "reading", "embedding", "ready"],
    )
    chunks = await chunks_of(house, view.id)
    assert (ready.status, ready.done, ready.total) == ("ready", len(chunks), len(chunks))
    assert len(chunks) > 3
    assert all(chunk.embedded and chunk.text and chunk.heading == "모닥불" for chunk in chunks)


async def test_of_a_shelf_only_its_owner_hears(house: House) -> None:
    mina, listener = await guest(house, "미나"), heard(house)
    view = await put_and_read(house, mina)
    assert told_of(listener, view.id)[-1] == ["ready", view.total, view.total, ""]
    assert {tuple(people) for people, payload in listener.told if payload[0] == "document"} == {(mina.uuid,)}


async def test_a_room_that_a_document_has_left_hears_no_more_of_it(house: House) -> None:
    mina = await account(house, "미나", login="mina")
    room = (await house.rooms.create(mina, name="모임")).id
    view = await put_and_read(house, mina, room=room)
    as_it_was, listener = await row(house, view.id), heard(house, room)
    await house.documents.move(mina, view.id, "", room="")
    listener.signals.clear()
    await DocumentNews(database=house.database, bus=house.bus).tell(as_it_was, is_number=True)
    assert listener.signals == []
    assert [people for people, payload in listener.told if payload[:2] == ["document", view.id]][-1] == [mina.uuid]


async def test_numbers_are_told_four_times_a_second_and_stages_at_once(house: House) -> None:
    room, [mina] = await seated(house, "미나")
    view, listener, at = await put_and_read(house, mina, room=room), heard(house, room), 0.0
    news = DocumentNews(database=house.database, bus=house.bus, timer=lambda: at)
    document = await row(house, view.id)
    for done in range(100):
        at = done / 100
        document.status, document.done, document.total = DocumentStatus.CUTTING.value, done, 100
        await news.tell(document, is_number=True)
    assert [told[1] for told in told_of(listener, view.id)] == [0, 25, 50, 75]
    document.status = DocumentStatus.EMBEDDING.value
    await news.tell(document, is_number=True)
    assert told_of(listener, view.id)[-1][0] == "embedding"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (InputError("document_locked"), "document_locked"),
        (InputError("document_scanned"), "document_scanned"),
        (RuntimeError("a reader must not do that"), "unexpected"),
        (Reading("text", "", 0, ()), "document_empty"),
        (Reading("text", "", 0, (Block(BlockKind.TEXT, " \n "),)), "document_empty"),
    ],
)
async def test_one_that_cannot_be_read_says_why_and_the_rest_goes_on(house: House, said: Any, error: str) -> None:
    room, [mina] = await seated(house, "미나")
    listener = heard(house, room)
    reader_of(house).says["bad.pdf"] = said
    bad = await put(house, mina, b"bad", "bad.pdf", room=room)
    good = await put_and_read(house, mina, room=room)
    assert good.status == "ready"
    failed = await house.documents.one(mina, bad.id)
    assert (failed.status, failed.error) == ("failed", error)
    assert told_of(listener, bad.id)[-1] == ["failed", 0, 0, error]
    reader_of(house).says.clear()
    await house.documents.retry(mina, bad.id)
    assert (await settled(house, mina, bad.id)).status == "ready"


async def test_one_with_too_many_pieces_is_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hearth_reflex.services.document_work.MOST_PIECES", 2)
    mina = await guest(house, "미나")
    assert (await put_and_read(house, mina)).error == "document_long"


async def test_without_an_embedder_it_is_cut_all_the_same(house: House) -> None:
    async def fails(_texts: Any) -> list[int]:
        raise EmbedderError

    mina = await guest(house, "미나")
    house.document_work._count = fails  # pyright: ignore[reportPrivateUsage]
    view = await put_and_read(house, mina)
    assert view.status == "ready"
    assert all(100 < chunk.tokens <= 420 for chunk in await chunks_of(house, view.id))


# --- stopping


async def test_stopping_while_it_waits_and_while_it_is_read(house: House) -> None:
    mina, reader = await guest(house, "미나"), reader_of(house)
    reader.held = asyncio.Event()
    read, waits = await put(house, mina, b"one", "a.txt"), await put(house, mina, b"two", "b.txt")
    await reader.waiting.wait()
    for view in (waits, read):
        assert (await house.documents.cancel(mina, view.id)).status == "cancelled"
    await house.document_work.ended()  # nothing holds it any more
    for view in (waits, read):
        assert (await house.documents.one(mina, view.id)).status == "cancelled"
    assert reader.read_names == ["a.txt"]
    reader.held.set()
    for view in (waits, read):
        await house.documents.retry(mina, view.id)
        assert (await settled(house, mina, view.id)).status == "ready"


async def test_stopping_in_another_process(house: House) -> None:
    mina, reader = await guest(house, "미나"), ScriptedReader()
    reader.held = asyncio.Event()
    house.document_work._closing = True  # pyright: ignore[reportPrivateUsage] - this one reads nothing
    view, other = await put(house, mina), another_process(house, reader=reader)
    other.kick()
    await reader.waiting.wait()
    await house.documents.cancel(mina, view.id)
    async with asyncio.timeout(10):
        await other.ended()
    assert (await house.documents.one(mina, view.id)).status == "cancelled"
    assert await chunks_of(house, view.id) == []


async def test_what_can_be_read_already_is_not_stopped(house: House) -> None:
    mina = await guest(house, "미나")
    view = await put(house, mina)
    await house.document_work.ended()
    chunks = await chunks_of(house, view.id)
    kept_on = await house.documents.cancel(mina, view.id)
    assert (kept_on.status, kept_on.characters) == ("embedding", chunks[-1].end)
    assert [chunk.uuid for chunk in await chunks_of(house, view.id)] == [chunk.uuid for chunk in chunks]
    assert await removals(house) == set()
    await house.indexing.catch_up()
    assert (await house.documents.one(mina, view.id)).status == "ready"


async def test_what_is_not_under_way_is_neither_stopped_nor_tried_again(house: House) -> None:
    mina = await guest(house, "미나")
    view = await put_and_read(house, mina)
    assert (await house.documents.cancel(mina, view.id)).status == "ready"
    assert (await house.documents.retry(mina, view.id)).status == "ready"
    assert reader_of(house).read_names == ["fire.txt"]


async def test_removing_one_that_is_being_read(house: House) -> None:
    mina, reader = await guest(house, "미나"), reader_of(house)
    reader.held = asyncio.Event()
    view = await put(house, mina)
    await reader.waiting.wait()
    await house.documents.remove(mina, view.id)
    await house.document_work.ended()
    assert (await house.documents.list(mina), kept(house)) == ([], [])


# --- reading again


async def test_reading_again_replaces_all_in_one_step(house: House) -> None:
    mina, reader = await guest(house, "미나"), reader_of(house)
    view = await put_and_read(house, mina)
    before = await chunks_of(house, view.id)
    reader.held = asyncio.Event()
    reader.says["fire.txt"] = Reading("text", "다른 제목", 0, (Block(BlockKind.TEXT, "이제 다른 말이다."),))
    reader.waiting.clear()
    await house.documents.reindex(mina, view.id)
    await reader.waiting.wait()
    assert [chunk.uuid for chunk in await chunks_of(house, view.id)] == [chunk.uuid for chunk in before]
    reader.held.set()
    again = await settled(house, mina, view.id)
    (chunk,) = await chunks_of(house, view.id)
    assert (again.status, again.title, chunk.text) == ("ready", "다른 제목", "이제 다른 말이다.")
    keys = set(house.index.rows)  # pyright: ignore
    assert keys == {f"chunk:{chunk.uuid}"}


async def test_stopping_to_read_again_leaves_what_stood_there(house: House) -> None:
    mina, reader = await guest(house, "미나"), reader_of(house)
    view = await put_and_read(house, mina)
    before = await chunks_of(house, view.id)
    reader.held, reader.waiting = asyncio.Event(), asyncio.Event()
    await house.documents.reindex(mina, view.id)
    await reader.waiting.wait()
    await house.documents.cancel(mina, view.id)
    await house.document_work.ended()
    assert [chunk.uuid for chunk in await chunks_of(house, view.id)] == [chunk.uuid for chunk in before]


async def test_reading_again_that_fails_leaves_what_stood_there(house: House) -> None:
    mina = await guest(house, "미나")
    view = await put_and_read(house, mina)
    before = await chunks_of(house, view.id)
    reader_of(house).says["fire.txt"] = InputError("document_slow")
    await house.documents.reindex(mina, view.id)
    assert (await settled(house, mina, view.id)).error == "document_slow"
    assert len(await chunks_of(house, view.id)) == len(before)


# --- several processes, and what becomes of those that die


@pytest.mark.postgres
async def test_several_processes_share_the_work_and_none_is_read_twice(house: House) -> None:
    mina, readers = await guest(house, "미나"), [ScriptedReader() for _ in range(3)]
    house.document_work._closing = True  # pyright: ignore[reportPrivateUsage]
    views = [await put(house, mina, f"words {n}".encode(), f"{n}.txt") for n in range(8)]
    processes = [another_process(house, worker=f"w{n}", reader=reader) for n, reader in enumerate(readers)]
    for process in processes:
        process.kick()
    await asyncio.gather(*(process.ended() for process in processes))
    names = sorted(name for reader in readers for name in reader.read_names)
    assert names == sorted(view.name for view in views)
    assert {len(await chunks_of(house, view.id)) for view in views} == {1}


async def test_one_persons_heap_does_not_keep_others_waiting(house: House, clock: HandClock) -> None:
    mina, jun = await guest(house, "미나"), await guest(house, "준")
    house.document_work._closing = True  # pyright: ignore[reportPrivateUsage]
    for n in range(5):
        await put(house, mina, f"words {n}".encode(), f"mina {n}.txt")
    await put(house, jun, b"only one", "jun.txt")
    reader = ScriptedReader()
    process = another_process(house, reader=reader)
    process.kick()
    await process.ended()
    assert reader.read_names.index("jun.txt") == 1


async def died(house: House, uuid: str) -> None:
    """Somebody began to read it and was not heard of again."""
    async with house.database.write() as db:
        values = {"status": "reading", "worker": "dead:1:xx", "heartbeat_at": house.clock.now() - timedelta(minutes=5)}
        await db.exec(update(Document).where(col(Document.uuid) == uuid).values(**values))


async def test_what_a_dead_process_was_reading_is_taken_up(house: House) -> None:
    mina = await guest(house, "미나")
    house.document_work._closing = True  # pyright: ignore[reportPrivateUsage]
    view, alive = await put(house, mina), await put(house, mina, b"words", "b.txt")
    await died(house, view.id)
    await document_rows.claim(house.database, worker="alive:1:yy", at=house.clock.now())
    house.document_work._closing = False  # pyright: ignore[reportPrivateUsage]
    await house.document_work.round()
    assert (await settled(house, mina, view.id)).status == "ready"
    assert (await house.documents.one(mina, alive.id)).status == "reading", "whose reader lives is let be"


async def test_a_document_that_takes_its_reader_along_is_not_read_for_ever(house: House) -> None:
    mina = await guest(house, "미나")
    house.document_work._closing = True  # pyright: ignore[reportPrivateUsage]
    view = await put(house, mina)
    seen: list[tuple[str, str]] = []
    for _ in range(document_rows.TRIES):
        await died(house, view.id)
        await house.document_work.round()
        now = await house.documents.one(mina, view.id)
        seen.append((now.status, now.error))
    assert seen == [("waiting", ""), ("waiting", ""), ("failed", "document_interrupted")]


async def test_a_process_that_comes_too_late_changes_nothing(house: House) -> None:
    mina, late = await guest(house, "미나"), ScriptedReader()
    late.held = asyncio.Event()
    house.document_work._closing = True  # pyright: ignore[reportPrivateUsage]
    view, process = await put(house, mina), another_process(house, reader=late)
    process.kick()
    await late.waiting.wait()
    async with house.database.write() as db:  # another one thought it dead
        await db.exec(update(Document).where(col(Document.uuid) == view.id).values(worker="w2"))
    late.held.set()
    async with asyncio.timeout(10):
        await process.ended()
    assert (await row(house, view.id)).worker == "w2"
    assert process._runs == {}  # pyright: ignore[reportPrivateUsage]
    assert await chunks_of(house, view.id) == []


async def test_two_hands_of_a_process_are_two(house: House) -> None:
    mina, reader = await guest(house, "미나"), ScriptedReader()
    reader.held = asyncio.Event()
    house.document_work._closing = True  # pyright: ignore[reportPrivateUsage]
    view, process = await put(house, mina), another_process(house, worker="w" * 80, reader=reader)
    process.kick()
    await reader.waiting.wait()
    first = (await row(house, view.id)).worker
    assert (first[:59], len(first)) == ("w" * 59, 64)
    reader.held.set()
    await process.ended()
    await house.documents.reindex(mina, view.id)
    process.kick()
    await process.ended()
    assert (await row(house, view.id)).worker not in ("", first)


async def test_closing_lets_another_go_on(house: House) -> None:
    mina, reader = await guest(house, "미나"), ScriptedReader()
    reader.held = asyncio.Event()
    house.document_work._closing = True  # pyright: ignore[reportPrivateUsage]
    view, process = await put(house, mina), another_process(house, reader=reader)
    process.kick()
    await reader.waiting.wait()
    await process.close()
    assert (await house.documents.one(mina, view.id)).status == "waiting"
    other = another_process(house, worker="next")
    other.kick()
    await other.ended()
    assert (await house.documents.one(mina, view.id)).status == "embedding"


async def test_waiting_for_the_text_is_bounded(house: House) -> None:
    mina, reader = await guest(house, "미나"), reader_of(house)
    reader.held = asyncio.Event()
    view = await put(house, mina)
    still, none = await house.documents.until_read(mina, view.id, seconds=0)
    assert (still.status in ("waiting", "reading"), none) == (True, 0)
    reader.held.set()
    read, count = await house.documents.until_read(mina, view.id, seconds=10)
    assert (read.status, count) == ("embedding", len(await chunks_of(house, view.id)))


# --- with the reader of the house


async def test_the_readers_of_the_house(house: House) -> None:
    mina = await guest(house, "미나")
    work = DocumentWork(
        database=house.database,
        news=DocumentNews(database=house.database, bus=house.bus),
        clock=house.clock,
        worker="real",
        kept=house.document_bytes,
        reads=Reader(),
        count=house.document_work._count,  # pyright: ignore[reportPrivateUsage]
    )
    house.document_work._closing = True  # pyright: ignore[reportPrivateUsage]
    html = "<h1>모닥불</h1><p>불은 장작으로 자란다.</p><script>alert(1)</script>".encode()
    good, bad = await put(house, mina, html, "a.html"), await put(house, mina, b"%PDF-1.7 and nothing else", "b.pdf")
    work.kick()
    await work.ended()
    (chunk, *_) = await chunks_of(house, good.id)
    assert "장작으로 자란다" in chunk.text
    assert "alert" not in chunk.text
    assert (await house.documents.one(mina, good.id)).kind == "html"
    assert (await house.documents.one(mina, bad.id)).error == "document_unreadable"


# --- pages that were not read


@pytest.mark.parametrize("late", [True, False])
async def test_pages_that_were_not_read_are_told_of_until_they_are(house: House, *, late: bool) -> None:
    mina, words = await guest(house, "미나"), (Block(BlockKind.TEXT, "읽은 글.", page=1),)
    reader_of(house).says["fire.txt"] = Reading("pdf", "", 14, words, scanned=2, skipped=12, is_late=late)
    view = await put_and_read(house, mina)
    assert (view.status, view.error) == ("ready", "")
    assert view.unread == ("document_pages_late:12" if late else "document_pages_scanned:12")
    reader_of(house).says["fire.txt"] = Reading("pdf", "", 14, words, scanned=14)
    await house.documents.reindex(mina, view.id)
    assert (await settled(house, mina, view.id)).unread == ""


async def test_of_a_picture_without_words_no_page_is_missing(house: House) -> None:
    mina = await guest(house, "미나")
    reader_of(house).says["fire.txt"] = Reading("image", "", 1, (), skipped=1)
    assert (await put_and_read(house, mina)).unread == ""
