"""Bringing personas into a room and sending them away, for those who may; and who sits there, for its members.

A persona hears the whole talk or only what is said from now on, wears a colour that nobody beside it wears, and says
its greeting. What was said stays when it goes.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.message import Message
from hearth_reflex.db.persona import Persona, Seat
from hearth_reflex.db.room import Room, RoomKind
from hearth_reflex.domain.roles import Permission, Role, may
from hearth_reflex.errors import ForbiddenError, NotFoundError
from hearth_reflex.services.access import Actor, check_ai, check_voice, room_for
from hearth_reflex.services.ai_seating import (
    leave_ai_seat,
    spell_out,
    stop_persona,
    take_ai_seat,
    taken,
    welcome_once,
)
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.changes import rows_of
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.persona_access import persona_uuid, usable_persona
from hearth_reflex.services.personas import Personas, Seated
from hearth_reflex.services.seating import Told, locked_room

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AiSeatView:
    """A persona that sits in a room, as its members see it. `hears_all`: also what was said before it came."""

    id: str
    name_ko: str
    name_en: str
    about: str
    avatar: str
    look: int
    hears_all: bool
    own: bool  # the reader's own persona


class AiSeats:
    def __init__(self, *, database: Database, bus: Bus, clock: Clock, personas: Personas) -> None:
        self._db, self._bus, self._clock, self._personas = database, bus, clock, personas

    async def seated(self, actor: Actor, room_uuid: str) -> list[AiSeatView]:
        """Who sits there, in the order in which they came."""
        async with self._db.read() as db:
            room, _ = await room_for(db, actor, room_uuid, Permission.READ)
        return [_view(seated, actor) for seated in await self._personas.seated(room)]

    async def seat(self, actor: Actor, room_uuid: str, persona: str, hears_all: bool = True) -> AiSeatView:
        """Brings the house's persona, or one of `actor`'s own, into a room; of one that sits there what it hears is
        changed.

        Raises:
            NotFoundError, ForbiddenError, ConflictError: as `room_for`; `role`; `silenced`; `ai_off`.
            NotFoundError: `persona_unknown`, also for somebody else's.
            ConflictError: `ai_seats_many`.
        """
        default, now = await self._personas.ensure_default(), self._clock.now()
        async with self._db.write() as db:
            room = await self._room_to_seat_in(db, actor, room_uuid)
            sitter = await usable_persona(db, actor, persona)
            seats = await spell_out(db, room, default, at=now)
            seat = next((seat for seat, one in taken(seats) if one.id == sitter.id), None)
            said: list[Message] = []
            since = _since(room, seat, hears_all=hears_all)
            if seat is None:
                seat = await take_ai_seat(db, room, sitter, seats, since_seq=since, by=actor.user_id, at=now)
                said = await welcome_once(db, room, sitter, at=now)
            seat.since_seq = since
            db.add(seat)
            told = Told(room.uuid, await rows_of(db, said))
        await self._tell(told)
        log.info("ai_seat.taken", room=room.uuid, persona=sitter.uuid, by=actor.uuid, hears_all=hears_all)
        return _view_of(sitter, actor, look=seat.look, since_seq=seat.since_seq)

    async def unseat(self, actor: Actor, room_uuid: str, persona: str) -> None:
        """Sends a persona away; its answers on their way there stop. Its owner may, too, whatever their role.

        Raises:
            NotFoundError, ForbiddenError: as `room_for`; `role`; `persona_unknown`, it does not sit there.
        """
        default, now = await self._personas.ensure_default(), self._clock.now()
        async with self._db.write() as db:
            room, member = await locked_room(db, actor, room_uuid, Permission.POST)
            seat, sitter = await _seat_of(db, room, default, persona_uuid(persona), at=now)
            if not (_may_seat(room, Role(member.role), actor) or sitter.owner_user_id == actor.user_id):
                raise ForbiddenError("role")
            line = await leave_ai_seat(db, room, seat, sitter, at=now)
            told = Told(room.uuid, await rows_of(db, [line]))
        await stop_persona(self._db, sitter, room)
        await self._tell(told)
        log.info("ai_seat.left", room=room.uuid, persona=sitter.uuid, by=actor.uuid)

    async def _room_to_seat_in(self, db: AsyncSession, actor: Actor, room_uuid: str) -> Room:
        room, member = await locked_room(db, actor, room_uuid, Permission.POST)
        if not _may_seat(room, Role(member.role), actor):
            raise ForbiddenError("role")
        check_voice(member, at=self._clock.now())  # a persona of one's own says what one wrote for it
        await check_ai(db, room)
        return room

    async def _tell(self, told: Told) -> None:
        for row in told.rows:
            await self._bus.change(told.room, rev=row["rev"], rows=[row])
        await self._bus.signal(told.room, "room", [])


def _may_seat(room: Room, role: Role, actor: Actor) -> bool:
    """Of a direct room nobody is above the other: there either may."""
    return may(role, Permission.SEAT_AI) or actor.is_admin or room.kind == RoomKind.DIRECT


async def _seat_of(db: AsyncSession, room: Room, default: Persona, uuid: str, *, at: datetime) -> tuple[Seat, Persona]:
    for seat, persona in taken(await spell_out(db, room, default, at=at)):
        if persona.uuid == uuid:
            return seat, persona
    raise NotFoundError("persona_unknown")


def _since(room: Room, seat: Seat | None, *, hears_all: bool) -> int:
    """The first message that it hears. One that heard less already does not forget more when it is asked again."""
    if hears_all:
        return 0
    return seat.since_seq if seat is not None and seat.since_seq else room.last_seq + 1


def _view(seated: Seated, actor: Actor) -> AiSeatView:
    return _view_of(seated.persona, actor, look=seated.look, since_seq=seated.since_seq)


def _view_of(persona: Persona, actor: Actor, *, look: int, since_seq: int) -> AiSeatView:
    return AiSeatView(
        id=persona.uuid,
        name_ko=persona.name_ko,
        name_en=persona.name_en,
        about=persona.about,
        avatar=persona.avatar,
        look=look,
        hears_all=since_seq == 0,
        own=persona.owner_user_id == actor.user_id,
    )
