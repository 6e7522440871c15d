"""Fills an empty house for a measurement: guests who sit in two rooms, one silent so far, one with a long history.

Guests come in through the product's service, as their session tokens are needed; seats and history are written straight
into the tables, because ten thousand commits would say nothing and take minutes.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import col, select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.database import Database
from hearth_reflex.db.message import Message
from hearth_reflex.db.room import Member, Room
from hearth_reflex.db.user import User
from hearth_reflex.llm.absent import AbsentEngine
from hearth_reflex.settings import Settings

_SAID = "We sat by the fire until late, and somebody told the one about the river again."


@dataclass(frozen=True, slots=True)
class Seeded:
    """Who may come in, and where to. Ids are outside ids."""

    tokens: list[str]
    quiet_room: str
    long_room: str

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> "Seeded":
        return cls(**json.loads(path.read_text()))


async def seed(settings: Settings, *, guests: int, history: int) -> Seeded:
    """Fill the house of `settings`, whose tables are there and whose server is not running yet."""
    house = House(settings=settings, database=Database(settings.async_database_url), engine=AbsentEngine())
    try:
        tokens = [await house.accounts.join_as_guest(f"Guest {number}") for number in range(1, guests + 1)]
        quiet_room = await furnish(house.database, "Quiet room", history=0)
        long_room = await furnish(house.database, "Long room", history=history)
    finally:
        await house.close()
    return Seeded(tokens=tokens, quiet_room=quiet_room, long_room=long_room)


async def furnish(database: Database, name: str, *, history: int, said: Sequence[str] = (_SAID,)) -> str:
    """A room where every guest has a seat. Returns its id.

    Args:
        said: what they say, one after the other, again and again.
    """
    async with database.write() as db:
        room = Room(name_ko=name, name_en=name, last_seq=history, rev=history)
        db.add(room)
        await db.flush()
        assert room.id is not None
        guests = (await db.exec(select(User).order_by(col(User.id)))).all()
        db.add_all([Member(room_id=room.id, user_id=guest.id or 0) for guest in guests])
        db.add_all(_history(room.id, list(guests), said, length=history))
        return room.uuid


def _history(room_id: int, guests: list[User], said: Sequence[str], *, length: int) -> list[Message]:
    start = datetime.now(UTC) - timedelta(seconds=length)
    return [
        Message(
            room_id=room_id,
            seq=seq,
            rev=seq,
            author_user_id=guests[seq % len(guests)].id,
            author_name=guests[seq % len(guests)].name,
            text=said[seq % len(said)],
            created_at=start + timedelta(seconds=seq),
        )
        for seq in range(1, length + 1)
    ]
