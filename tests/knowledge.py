"""Documents that are read already, put straight into the database: for tests of what is done with them."""

from collections.abc import Sequence

from sqlmodel import select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.document import Chunk, Document, DocumentStatus
from hearth_reflex.db.room import Room
from hearth_reflex.services.access import Actor


async def known_document(
    house: House, texts: Sequence[str], *, room: str = "", owner: Actor | None = None, name: str = "글.txt"
) -> str:
    """The uuid of a document with these pieces: a room's, or without a room on the shelf of its owner.

    NUL is left out, as readers do: PostgreSQL keeps none.
    """
    texts, name = [text.replace("\0", "") for text in texts], name.replace("\0", "")
    async with house.database.write() as db:
        where = (await db.exec(select(Room).where(Room.uuid == room))).one() if room else None
        document = Document(
            room_id=where.id if where else None,
            owner_user_id=owner.user_id if owner else None,
            name=name,
            kind="text",
            size_bytes=sum(map(len, texts)),
            sha256="0" * 64,
            status=DocumentStatus.EMBEDDING.value,
        )
        db.add(document)
        await db.flush()
        assert document.id is not None
        for position, text in enumerate(texts):
            db.add(
                Chunk(
                    document_id=document.id,
                    position=position,
                    text=text,
                    start=sum(map(len, texts[:position])),
                    end=sum(map(len, texts[: position + 1])),
                    page_from=position + 1,
                    page_to=position + 1,
                    tokens=max(1, len(text) // 3),
                )
            )
    return document.uuid


async def brought_in(house: House) -> None:
    """All that is known is in the index."""
    await house.indexing.catch_up()
