"""Messages that one person keeps for themself, in all rooms. Nobody else learns of it."""

from dataclasses import dataclass

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.message import Message, Star
from hearth_reflex.db.room import Member, Room
from hearth_reflex.domain.feed import Row
from hearth_reflex.domain.roles import Permission
from hearth_reflex.errors import ConflictError
from hearth_reflex.services.access import Actor, is_there, room_for, seat_in, uuid_text
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.changes import rows_of
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.room_lists import peers_of
from hearth_reflex.services.talk import check_there, said_for
from hearth_reflex.services.views import Peer, iso

STARS_MAX = 2_000  # of a person
PAGE = 50
SHOWN_IN_ROOM = 500  # the newest ones, for the marks beside messages


@dataclass(frozen=True, slots=True)
class StarView:
    """A starred message and the room it was said in. `at` is when the star was given, ISO 8601 in UTC."""

    room: str
    room_ko: str
    room_en: str
    at: str
    row: Row


class Stars:
    def __init__(self, *, database: Database, bus: Bus, clock: Clock) -> None:
        self._db, self._bus, self._clock = database, bus, clock

    async def star(self, actor: Actor, room_uuid: str, message_uuid: str, *, on: bool) -> None:
        """Gives a message a star or takes it away, and tells the person's own tabs.

        Raises:
            NotFoundError, ForbiddenError: not a room of theirs.
            InputError: `message_house`.
            ConflictError: `message_gone`; `stars_many`.
        """
        async with self._db.write() as db:
            _, _, message = await said_for(db, actor, room_uuid, message_uuid, Permission.READ)
            mine = (await db.exec(_mine(actor).where(Star.message_id == message.id))).first()
            if mine is not None and not on:
                await db.delete(mine)
            if mine is None and on:
                check_there(message)
                await _check_room_for_one_more(db, actor)
                db.add(Star(user_id=actor.user_id, message_id=message.id or 0, created_at=self._clock.now()))
        await self._bus.tell([actor.uuid], "star", [message.uuid, int(on)])

    async def in_room(self, actor: Actor, room_uuid: str) -> list[str]:
        """The starred messages of a room, the newest stars."""
        async with self._db.read() as db:
            room, _ = await room_for(db, actor, room_uuid, Permission.READ)
            query = (
                select(Message.uuid)
                .join(Star, col(Star.message_id) == col(Message.id))
                .where(Star.user_id == actor.user_id, Message.room_id == room.id)
                .order_by(col(Star.id).desc())
            )
            return list((await db.exec(query.limit(SHOWN_IN_ROOM))).all())

    async def listed(self, actor: Actor, *, before: str = "") -> tuple[list[StarView], bool]:
        """A page of starred messages, the newest stars first, and whether there are more. Only of rooms still theirs.

        Args:
            before: the last message of the page before.
        """
        async with self._db.read() as db:
            query = (
                select(Star, Message, Room)
                .join(Message, col(Message.id) == col(Star.message_id))
                .join(Room, col(Room.id) == col(Message.room_id))
                .join(Member, seat_in(Room) & (col(Member.user_id) == actor.user_id))
                .where(Star.user_id == actor.user_id, is_there(), col(Message.deleted_at).is_(None))
                .order_by(col(Star.id).desc())
            )
            if before:
                last = _mine(actor).join(Message, col(Message.id) == col(Star.message_id))
                star = (await db.exec(last.where(Message.uuid == uuid_text(before)))).first()
                query = query.where(col(Star.id) < (star.id if star else 0))
            found = list((await db.exec(query.limit(PAGE + 1))).all())
            shown = found[:PAGE]
            rows = await rows_of(db, [message for _, message, _ in shown])
            peers = await peers_of(db, actor, [room for _, _, room in shown])
        views = [_view(star, room, row, peers.get(room.uuid)) for (star, _, room), row in zip(shown, rows, strict=True)]
        return views, len(found) > PAGE


def _mine(actor: Actor):
    return select(Star).where(Star.user_id == actor.user_id)


async def _check_room_for_one_more(db: AsyncSession, actor: Actor) -> None:
    count = select(func.count()).select_from(Star).where(col(Star.user_id) == actor.user_id)
    if (await db.exec(count)).one() >= STARS_MAX:
        raise ConflictError("stars_many", limit=STARS_MAX)


def _view(star: Star, room: Room, row: Row, peer: Peer | None) -> StarView:
    return StarView(
        room=room.uuid,
        room_ko=peer.name if peer else room.name_ko,
        room_en=peer.name if peer else room.name_en,
        at=iso(star.created_at),
        row=row,
    )
