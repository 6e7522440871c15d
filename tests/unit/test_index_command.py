"""What the operator sees of the index, and what `compact` does about it."""

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from hearth_reflex.bootstrap.index import embedder_order, index_lock, index_of
from hearth_reflex.cli import index as meanings
from hearth_reflex.db.database import Database
from hearth_reflex.db.document import Chunk, Document
from hearth_reflex.db.user import User
from hearth_reflex.domain.passages import Entry, Kind, key_of, room_scope
from hearth_reflex.settings import Settings
from tests.databases import Files

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def kept(settings: Settings, sqlite_file: Files) -> Settings:
    """Settings of a house with a database, and one piece that is said to be in the index."""
    shutil.copyfile(sqlite_file.empty, settings.data_dir / "hearth.db")
    return settings


def test_an_index_that_was_not_made_is_no_fault(kept: Settings) -> None:
    assert meanings.index_words(kept) == (True, "not made yet; it comes with the first words")


def test_the_default_embedder_is_there(settings: Settings) -> None:
    good, words = meanings.embedder_words(settings)
    assert good
    assert words.startswith("multilingual-e5-small@")


def test_a_model_beside_it_is_a_folder_or_was_fetched_or_may_be(settings: Settings, tmp_path: Path) -> None:
    assert meanings.model_words(settings, str(tmp_path)) == (True, str(tmp_path))
    good, words = meanings.model_words(settings, "who/model")
    assert (good, "HEARTH_HUB_ENABLED" in words) == (False, True)
    assert meanings.model_words(settings.model_copy(update={"hub_enabled": True}), "who/model")[0]
    (settings.data_dir / "embedder/hub/hub/models--who--model").mkdir(parents=True)
    assert meanings.model_words(settings, "who/model") == (True, "who/model, fetched already")


def test_what_is_missing_is_seen_and_put_right(kept: Settings) -> None:
    asyncio.run(_fill(kept))
    good, words = meanings.index_words(kept)
    assert not good
    assert words.startswith("1 entries, 1 missing, 1 of nothing")
    meanings.compact(kept)
    assert meanings.index_words(kept) == (True, "0 entries, 1 waiting")


def test_nobody_writes_beside_a_house_that_is_open(kept: Settings) -> None:
    lock = index_lock(kept)
    assert lock.take()
    with pytest.raises(meanings.HouseIsOpenError):
        meanings.compact(kept)
    lock.release()


async def _fill(settings: Settings) -> None:
    """A piece that the index lacks, and an entry of nothing."""
    order = embedder_order(settings)
    index, database = index_of(settings, order), Database(settings.async_database_url)
    mark = await index.open(order.dimension)
    async with database.write() as db:
        user = User(name="나래", name_key="나래")
        db.add(user)
        await db.flush()
        document = Document(owner_user_id=user.id, name="글.txt", size_bytes=1, sha256="0" * 64, status="ready")
        db.add(document)
        await db.flush()
        chunk = Chunk(document_id=document.id or 0, position=0, text="글", embedded=f"{order.model}#{mark}")
        db.add(chunk)
    nobody = str(UUID(int=7))
    entry = Entry(key_of(Kind.CHUNK, nobody), Kind.CHUNK, room_scope(nobody), nobody, "x", datetime.now(UTC))
    await index.put([entry], [[1.0] + [0.0] * (order.dimension - 1)], ["x"])
    await index.close()
    await database.close()
