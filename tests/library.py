"""Documents for tests: brought and read as real ones are, by the reader that a test has written down."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.document import Chunk, Document, Removal
from hearth_reflex.services.access import Actor
from hearth_reflex.services.document_views import DocumentView
from tests.readers_double import ScriptedReader

WORDS = ("# 모닥불\n\n" + "불은 장작과 공기로 자란다. " * 400).encode()


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def reader_of(house: House) -> ScriptedReader:
    assert isinstance(house.reader, ScriptedReader)
    return house.reader


async def put(house: House, actor: Actor, data: bytes = WORDS, name: str = "fire.txt", **where: Any) -> DocumentView:
    """Brings a document; it is not read yet when this returns."""
    return await house.documents.receive(actor, name=name, stream=pieces(data), length=len(data), **where)


async def put_and_read(
    house: House, actor: Actor, data: bytes = WORDS, name: str = "fire.txt", **where: Any
) -> DocumentView:
    """Brings a document, and waits until it is read and embedded."""
    view = await put(house, actor, data, name, **where)
    return await settled(house, actor, view.id)


async def settled(house: House, actor: Actor, uuid: str) -> DocumentView:
    await house.document_work.ended()
    await house.indexing.catch_up()
    return await house.documents.one(actor, uuid)


async def chunks_of(house: House, uuid: str) -> list[Chunk]:
    query = select(Chunk).join(Document, col(Document.id) == col(Chunk.document_id)).where(Document.uuid == uuid)
    async with house.database.read() as db:
        return list((await db.exec(query.order_by(col(Chunk.position)))).all())


async def removals(house: House) -> set[str]:
    async with house.database.read() as db:
        return set((await db.exec(select(Removal.key))).all())


def kept(house: House) -> list[Path]:
    """All bytes of documents that lie in the data folder, pictures of pages too."""
    folder = house.settings.data_dir / "documents"
    return sorted(path for path in folder.rglob("*") if path.is_file())
