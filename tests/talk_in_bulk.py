"""Puts many messages into a room at once, indexed, for tests and measurements that need a long talk."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlmodel import col, insert, select, text, update

from hearth_reflex.db.base import new_uuid
from hearth_reflex.db.database import Database
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Room
from hearth_reflex.db.search import SearchEntry
from hearth_reflex.domain.terms import TERMS_VERSION, terms_of
from hearth_reflex.services.access import Actor

_STEP = 2_000


async def fill(database: Database, room_uuid: str, speaker: Actor, texts: list[str]) -> None:
    """`texts` as messages of `speaker`, a minute apart, the last one just now."""
    async with database.read() as db:
        room = (await db.exec(select(Room).where(Room.uuid == str(UUID(room_uuid))))).one()
    start = datetime.now(UTC) - timedelta(minutes=len(texts))
    for first in range(0, len(texts), _STEP):
        part = texts[first : first + _STEP]
        async with database.write() as db:
            rows = [_message(room, speaker, text, place=first + n, at=start) for n, text in enumerate(part, 1)]
            db.add_all(rows)
            await db.flush()
            entries = [
                {"message_id": row.id, "version": TERMS_VERSION, "terms": " ".join(terms_of(row.text)), "files": ""}
                for row in rows
            ]
            await (await db.connection()).execute(insert(SearchEntry), entries)
    async with database.write() as db:
        values = {"last_seq": room.last_seq + len(texts), "rev": room.rev + len(texts)}
        await db.exec(update(Room).where(col(Room.id) == room.id).values(**values))
        if not database.is_sqlite:  # so much at once is planned for as little until its own housekeeping has looked
            await (await db.connection()).execute(text("ANALYZE message, search_entry"))


def _message(room: Room, speaker: Actor, text: str, *, place: int, at: datetime) -> Message:
    return Message(
        uuid=new_uuid(),
        room_id=room.id or 0,
        seq=room.last_seq + place,
        rev=room.rev + place,
        author_user_id=speaker.user_id,
        author_name=speaker.name,
        text=text,
        created_at=at + timedelta(minutes=place),
    )
