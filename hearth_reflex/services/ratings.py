"""What somebody thinks of an answer: up or down, for each version. Nobody else learns of it.

What it adds up to is told by `opinions.py`.
"""

from sqlmodel import col, select

from hearth_reflex.db.database import Database
from hearth_reflex.db.message import Message, Rating
from hearth_reflex.domain.roles import Permission
from hearth_reflex.errors import InputError
from hearth_reflex.services.access import Actor, room_for
from hearth_reflex.services.answering import check_answer
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.talk import check_there, said_for

SHOWN_IN_ROOM = 500  # the newest ones, for the marks below answers
_VALUES = (-1, 0, 1)


class Ratings:
    def __init__(self, *, database: Database, bus: Bus, clock: Clock) -> None:
        self._db, self._bus, self._clock = database, bus, clock

    async def rate(self, actor: Actor, room_uuid: str, message_uuid: str, *, value: int, version: int = 0) -> None:
        """Keeps what `actor` thinks of an answer, and tells their own tabs.

        Args:
            value: 1, -1, or 0 to take it back.
            version: of which version; 0: of the one that stands.

        Raises:
            NotFoundError, ForbiddenError: not a room of theirs.
            InputError: `rating_value`; `not_an_answer`, `message_house`; `version_unknown`.
            ConflictError: `message_gone`.
        """
        if value not in _VALUES:
            raise InputError("rating_value", field="value")
        async with self._db.write() as db:
            _, _, message = await said_for(db, actor, room_uuid, message_uuid, Permission.READ)
            check_answer(message)
            check_there(message)
            number = version or message.version
            if not 1 <= number <= message.versions:
                raise InputError("version_unknown", field="version")
            query = select(Rating).where(
                Rating.message_id == message.id, Rating.user_id == actor.user_id, Rating.version == number
            )
            mine = (await db.exec(query)).first()
            if mine is not None and value == 0:
                await db.delete(mine)
            elif mine is not None:
                mine.value = value
            elif value != 0:
                now = self._clock.now()
                db.add(
                    Rating(
                        message_id=message.id or 0, user_id=actor.user_id, version=number, value=value, created_at=now
                    )
                )
        await self._bus.tell([actor.uuid], "rating", [message.uuid, number, value])

    async def in_room(self, actor: Actor, room_uuid: str, *, since: int = 0) -> list[tuple[str, int, int]]:
        """What `actor` thinks of the answers of a room: (message, version, value), the newest first.

        Args:
            since: of messages from this seq on.
        """
        async with self._db.read() as db:
            room, _ = await room_for(db, actor, room_uuid, Permission.READ)
            query = (
                select(Message.uuid, Rating.version, Rating.value)
                .join(Rating, col(Rating.message_id) == col(Message.id))
                .where(Rating.user_id == actor.user_id, Message.room_id == room.id, Message.seq >= since)
                .order_by(col(Rating.id).desc())
            )
            return list((await db.exec(query.limit(SHOWN_IN_ROOM))).all())
