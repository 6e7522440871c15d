"""Pictures by how they look to a model: each is seen once, found by words and by another, and gone as others are."""

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import col, select, update
from structlog.testing import capture_logs

from hearth_reflex.bootstrap import House
from hearth_reflex.db.attachment import Attachment
from hearth_reflex.db.base import new_uuid
from hearth_reflex.db.database import Database
from hearth_reflex.db.document import Document, DocumentStatus, PictureNote, Removal
from hearth_reflex.db.room import Room
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.passages import Kind, key_of, room_scope, user_scope
from hearth_reflex.errors import EmbedderError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.picture_finding import PictureFinding
from hearth_reflex.services.picture_vectors import PictureVectors
from hearth_reflex.services.search import Asked, Found, Search
from hearth_reflex.services.search_meaning import Meaning
from hearth_reflex.services.two_legs import TwoLegs
from hearth_reflex.settings import Settings
from tests.clocks import HandClock
from tests.embedders import MemoryIndex
from tests.engines import ScriptedEngine
from tests.factories import guest, open_house, seated
from tests.knowledge import brought_in, known_document
from tests.seers import BLUE, GREEN, RED, ColourSeer, LooksMemory, Painted
from tests.service.test_attachments import bring, send

ASKED = "빨간 지붕 사진"


@pytest.fixture
async def house(settings: Settings, database: Database, clock: HandClock) -> AsyncIterator[House]:
    parts = {"seer": ColourSeer(), "looks_index": LooksMemory(), "thumbnails": Painted()}
    house = await open_house(settings, database, clock, **parts)
    yield house
    house.passwords.close()
    await house.indexing.close()
    await house.care.end()


async def hung(
    house: House, actor: Actor, room: str = "", *, name: str = "그림.png", colour: tuple[int, int, int] = RED
) -> str:
    """A picture in a library of which nobody knows a word; its uuid."""
    async with house.database.write() as db:
        where = (await db.exec(select(Room).where(Room.uuid == room))).one() if room else None
        document = Document(
            room_id=where.id if where else None,
            owner_user_id=actor.user_id,
            name=name,
            kind="image",
            size_bytes=9,
            sha256="0" * 64,
            status=DocumentStatus.READY.value,
        )
        db.add(document)
        await db.flush()
        db.add(PictureNote(document_id=document.id, hash=_hash(colour), colours="c81e1e" * 16, version=2))
    painted(house).colours[document.uuid] = colour
    return document.uuid


async def sent(house: House, actor: Actor, room: str, *, colour: tuple[int, int, int] = RED) -> str:
    """The same in a talk; the uuid of the file."""
    file = (await bring(house, actor, room))["id"]
    await send(house, actor, room, file)
    async with house.database.write() as db:
        row = (await db.exec(select(Attachment).where(Attachment.uuid == file))).one()
        db.add(PictureNote(attachment_id=row.id, hash=_hash(colour), colours="c81e1e" * 16, version=2))
    painted(house).colours[file] = colour
    return file


def _hash(colour: tuple[int, int, int]) -> str:
    """Each colour has another shape to the notes, too."""
    return ("0f" if colour == RED else "c3") * 8


def painted(house: House) -> Painted:
    assert isinstance(house.thumbnails, Painted)
    return house.thumbnails


def seer(house: House) -> ColourSeer:
    assert isinstance(house.seer, ColourSeer)
    return house.seer


def looks(house: House) -> LooksMemory:
    assert isinstance(house.looks_index, LooksMemory)
    return house.looks_index


async def found(house: House, actor: Actor, text: str = ASKED) -> Found:
    """By the search box, with as much time as it takes."""
    assert house.embedder is not None
    assert house.index is not None
    meaning = Meaning(
        database=house.database,
        legs=TwoLegs(embedder=house.embedder, index=house.index),
        looks=PictureFinding(seer=seer(house), index=looks(house)),
        patience=20,
        whole=60,
    )
    search = Search(database=house.database, clock=house.clock, pace=Buckets(rate=3.0, burst=20), meaning=meaning)
    return await search.find(actor, Asked(text))


async def documents_found(house: House, actor: Actor, text: str = ASKED) -> list[str]:
    return [hit.id for hit in (await found(house, actor, text)).documents]


class TestFinding:
    async def test_by_words_that_say_how_it_looks(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        red, blue = await hung(house, mina, room), await hung(house, mina, room, colour=BLUE)
        file = await sent(house, mina, room)
        await brought_in(house)
        assert await documents_found(house, mina) == [red]
        assert await documents_found(house, mina, "a blue house") == [blue]
        assert await documents_found(house, mina, "코끼리는 어디 있어?") == []
        assert [hit.file["id"] for hit in (await found(house, mina)).files] == [file]

    async def test_nobody_sees_what_is_not_theirs(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        await hung(house, mina, room)
        await hung(house, mina)
        await sent(house, mina, room)
        await brought_in(house)
        jun = await guest(house, "준")
        seen = await found(house, jun)
        assert (seen.documents, seen.files) == ([], [])

    async def test_a_look_into_all_that_is_known_brings_them_behind_what_is_said(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        red = await hung(house, mina, room)
        await known_document(house, ["빨간 지붕 사진은 벽에 걸려 있다"], room=room)
        await brought_in(house)
        said, picture = (await house.retrieval.find(mina, ASKED)).passages
        assert (said.kind, picture.kind, picture.document) == (Kind.CHUNK, Kind.PICTURE, red)
        assert (picture.rank, picture.vector, picture.text_score) == (2, None, None)
        assert picture.fused > 0.9
        (alone,) = (await house.retrieval.find(mina, ASKED, kinds=[Kind.PICTURE])).passages
        assert alone.document == red
        assert (await house.retrieval.find(mina, ASKED, kinds=[Kind.MESSAGE])).is_nothing
        assert len((await house.retrieval.find(mina, ASKED, limit=1)).passages) == 1

    async def test_by_another_picture(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        file, red = await sent(house, mina, room), await hung(house, mina, room)
        await hung(house, mina, room, colour=BLUE)
        async with house.database.write() as db:  # to the notes it looks like nothing else
            await db.exec(update(PictureNote).where(col(PictureNote.document_id).is_not(None)).values(hash="5" * 16))
        before = {one.document for one in await house.more_like.of(mina, file)}
        await brought_in(house)
        alike = await house.more_like.of(mina, file)
        assert [one.document for one in alike] == [red]
        assert alike[0].likeness == pytest.approx(1.0, abs=0.01)
        assert red not in before

    async def test_a_model_that_is_silent_finds_nothing(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        await hung(house, mina, room)
        await brought_in(house)
        seer(house).is_broken = True
        assert await documents_found(house, mina) == []


class TestKeeping:
    async def test_each_is_seen_once_with_words_or_without(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        document = await hung(house, mina, room)
        await brought_in(house)
        await brought_in(house)
        assert seer(house).seen == 1
        ((entry, _, words),) = looks(house).rows.values()
        assert (entry.scope, entry.parent, entry.text, words) == (room_scope(room), document, "", "")
        assert isinstance(house.index, MemoryIndex)
        assert house.index.rows == {}, "of which nobody knows a word"

    async def test_what_could_not_be_opened_is_left_out(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        await hung(house, mina, room)
        async with house.database.write() as db:
            await db.exec(update(PictureNote).values(hash=""))
        await brought_in(house)
        assert (seer(house).seen, looks(house).rows) == (0, {})

    async def test_what_is_removed_leaves(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        document = await hung(house, mina, room)
        await brought_in(house)
        await house.documents.remove(mina, document)
        await brought_in(house)
        assert looks(house).rows == {}

    async def test_what_moves_is_found_where_it_is(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        document = await hung(house, mina, room)
        await brought_in(house)
        async with house.database.write() as db:  # as moving does it
            await db.exec(update(Document).where(col(Document.uuid) == document).values(room_id=None))
            await db.exec(update(PictureNote).values(embedded=""))
            db.add(Removal(key=f"parent:{document}"))
        await brought_in(house)
        assert [entry.scope for entry, _, _ in looks(house).rows.values()] == [user_scope(mina.uuid)]

    async def test_a_lost_index_is_made_again_and_strangers_leave(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        await hung(house, mina, room)
        await brought_in(house)
        (key,) = looks(house).rows
        entry, vector, _ = looks(house).rows.pop(key)
        stranger = key_of(Kind.PICTURE, new_uuid())
        looks(house).rows[stranger] = (replace(entry, key=stranger), vector, "")
        await stepped(kept(house))
        assert list(looks(house).rows) == [key]

    async def test_an_index_that_cannot_be_read_is_made_anew(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        await hung(house, mina, room)
        await brought_in(house)
        looks(house).cannot_be_read = True
        await stepped(kept(house))
        assert (len(looks(house).rows), seer(house).seen) == (1, 2)

    async def test_while_the_model_is_silent_all_waits(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        for _ in range(3):
            await hung(house, mina, room)
        seer(house).is_broken = True
        for _ in range(2):
            with pytest.raises(EmbedderError):
                await brought_in(house)
        seer(house).is_broken = False
        seer(house).asked.clear()
        await brought_in(house)
        assert len(looks(house).rows) == 3
        assert seer(house).asked == [3], "none of them is thought to be what kept the others waiting"

    async def test_one_that_cannot_be_seen_keeps_nobody_else_back(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        documents = [await hung(house, mina, room) for _ in range(3)]
        poison = await hung(house, mina, room, colour=GREEN)
        seer(house).fails_on = GREEN
        with capture_logs() as logs:
            await brought_in(house)
        assert sorted(entry.parent for entry, _, _ in looks(house).rows.values()) == sorted(documents)
        assert [line["event"] for line in logs].count("pictures.given_up") == 1
        seer(house).asked.clear()
        await brought_in(house)
        assert seer(house).asked == []
        await house.shelved_pictures.put(mina, poison, "초록 지붕")  # what is said of it makes it come by again
        late = await hung(house, mina, room)
        await brought_in(house)
        assert late in {entry.parent for entry, _, _ in looks(house).rows.values()}
        seer(house).fails_on = None
        await house.shelved_pictures.put(mina, poison, "초록 집")
        await brought_in(house)
        assert len(looks(house).rows) == 5

    async def test_where_nothing_can_be_kept_nothing_is_given_up(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        await hung(house, mina, room)
        looks(house).cannot_put = True
        for _ in range(2):
            with pytest.raises(EmbedderError):
                await brought_in(house)
        looks(house).cannot_put = False
        await brought_in(house)
        assert len(looks(house).rows) == 1

    async def test_whatever_is_said_of_it_later_it_is_not_seen_again(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        document = await hung(house, mina, room)
        await brought_in(house)
        for caption in ("빨간 지붕", "빨간 지붕과 굴뚝"):
            await house.shelved_pictures.put(mina, document, caption)
            await brought_in(house)
        assert seer(house).seen == 1
        assert await documents_found(house, mina) == [document]

    async def test_what_cannot_leave_now_stops_no_removal_and_leaves_later(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        document, other = await hung(house, mina, room), await hung(house, mina, room, colour=BLUE)
        await house.shelved_pictures.put(mina, document, "빨간 지붕")
        await brought_in(house)
        assert isinstance(house.index, MemoryIndex)
        assert len(house.index.rows) == 1
        looks(house).cannot_remove = True
        await house.documents.remove(mina, document)
        with pytest.raises(EmbedderError):
            await brought_in(house)
        assert (house.index.rows, len(looks(house).rows)) == ({}, 2)
        async with house.database.read() as db:
            assert (await db.exec(select(Removal))).all() == []
        looks(house).cannot_remove = False
        await brought_in(house)
        assert [entry.parent for entry, _, _ in looks(house).rows.values()] == [other]


class TestTidying:
    async def test_what_was_removed_goes_by_the_clock(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        document = await hung(house, mina, room)
        now = [0.0]
        vectors = kept(house, timer=lambda: now[0])
        await stepped(vectors)
        now[0] += 10_000.0
        await stepped(vectors)
        await stepped(vectors)
        assert looks(house).tidied == 1
        await vectors.remove([f"parent:{document}"])
        now[0] += 60.0
        await stepped(vectors)
        assert looks(house).tidied == 2
        now[0] += 10_000.0  # now nobody reads the table any more as it was before
        await stepped(vectors)
        assert looks(house).tidied == 3
        now[0] += 10_000.0
        await stepped(vectors)
        assert looks(house).tidied == 3

    async def test_tables_of_models_before_go_though_there_is_no_picture(self, house: House) -> None:
        vectors = kept(house)
        await stepped(vectors)
        await stepped(vectors)
        assert looks(house).dropped == 1

    async def test_they_stay_while_pictures_wait(self, house: House) -> None:
        room, (mina,) = await seated(house, "미나")
        await hung(house, mina, room)
        seer(house).is_broken = True
        vectors = kept(house)
        with pytest.raises(EmbedderError):
            await stepped(vectors)
        assert looks(house).dropped == 0


def kept(house: House, *, timer: Callable[[], float] = time.monotonic) -> PictureVectors:
    """Who keeps the index after another start."""
    return PictureVectors(
        database=house.database,
        seer=seer(house),
        index=looks(house),
        thumbnails=painted(house),
        small=Path,
        document=Path,
        timer=timer,
    )


async def stepped(vectors: PictureVectors) -> None:
    while await vectors.step():
        pass


async def test_a_house_without_a_model_makes_nothing(settings: Settings, database: Database, clock: HandClock) -> None:
    plain = House(settings=settings, database=database, engine=ScriptedEngine(), clock=clock)
    assert plain._picture_finding is None  # pyright: ignore[reportPrivateUsage]
    assert plain._looks_index is None  # pyright: ignore[reportPrivateUsage]
    plain.passwords.close()
