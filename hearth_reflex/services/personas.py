"""Who the AI is: the house's own persona, made on first use without fixed ids, and those that people make.

A persona is its owner's: nobody else sees what it is told, changes it or brings it into a room. Where it sits is
`ai_seats.py`'s.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, or_, select

from hearth_reflex.db.database import Database
from hearth_reflex.db.persona import Persona
from hearth_reflex.db.room import Room, RoomKind
from hearth_reflex.domain.mentions import Speaker
from hearth_reflex.domain.persona_words import NAMES, clean_persona_config, clean_words, plain_instructions
from hearth_reflex.errors import ForbiddenError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.ai_seating import leave_ai_seat, rooms_with, seats_in, sits_with, stop_persona, taken
from hearth_reflex.services.ai_talks import persona_in
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.changes import lock_room, rows_of
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.names import hold_names
from hearth_reflex.services.persona_access import (
    PersonaView,
    check_count,
    default_persona,
    forget,
    is_usable_by,
    own_persona,
    persona_view,
    persona_where,
    read_names,
    take_names,
)

log = structlog.get_logger(__name__)

# English and short: the embedded demo model knows nothing else, and repeats long instructions instead of following
# them. A better model follows these just as well.
EMBER_INSTRUCTIONS = (
    "You are Ember, a friendly storyteller by the fire with a circle of people. "
    "Answer whoever spoke last, in their language."
)


@dataclass(frozen=True, slots=True)
class Seated:
    """A persona in a room: the names it listens to, and the first message that it may hear of."""

    persona: Persona
    speaker: Speaker
    look: int = 0
    since_seq: int = 0


class Personas:
    def __init__(self, *, database: Database, bus: Bus, clock: Clock) -> None:
        self._db, self._bus, self._clock = database, bus, clock

    async def ensure_default(self) -> Persona:
        """불씨 / Ember, made if there is none yet."""
        async with self._db.read() as db:
            found = await default_persona(db)
        return found or await self._make_default()

    async def seated(self, room: Room) -> list[Seated]:
        """Who sits in `room`, in the order in which they came; in a room without seats the default persona, in the talk
        of an AI session that session's alone."""
        if room.kind == RoomKind.SESSION:
            async with self._db.read() as db:
                persona = await persona_in(db, room)
            return [Seated(persona, speaker_of(persona))] if persona else []
        async with self._db.read() as db:
            found = await seats_in(db, room)
        if not found:
            persona = await self.ensure_default()
            return [Seated(persona, speaker_of(persona))]
        return [Seated(persona, speaker_of(persona), seat.look, seat.since_seq) for seat, persona in taken(found)]

    async def mine(self, actor: Actor) -> list[PersonaView]:
        """Whom `actor` may bring into a room: the house's own persona, then theirs, by age."""
        await self.ensure_default()
        async with self._db.read() as db:
            query = select(Persona).where(is_usable_by(actor)).order_by(col(Persona.purpose).is_(None), col(Persona.id))
            return [persona_view(persona, actor) for persona in (await db.exec(query)).all()]

    async def look(self, actor: Actor, persona: str) -> PersonaView:
        """One that `actor` may use, or that sits in a room of theirs.

        Raises:
            NotFoundError: `persona_unknown`, in every other case.
        """
        async with self._db.read() as db:
            found = await persona_where(db, persona, or_(is_usable_by(actor), sits_with(actor)))
        return persona_view(found, actor)

    async def create(
        self,
        actor: Actor,
        *,
        name_ko: str,
        name_en: str = "",
        config: Mapping[str, Any] | None = None,
        avatar: str = "",
        **words: str,
    ) -> PersonaView:
        """Another persona of `actor`'s.

        Args:
            name_en: "" is the same as `name_ko`.
            config: settings of its answers (domain/ai_config.py).
            avatar: a picture that was taken in (services/avatars.py).
            words: `about`, `instructions`, `greeting`, `voice`.

        Raises:
            ForbiddenError: `persona_guest`.
            InputError: as `clean_words` and `clean_persona_config`.
            ConflictError: `personas_many`; `persona_name_taken`.
        """
        if actor.is_guest:
            raise ForbiddenError("persona_guest")
        persona = Persona(owner_user_id=actor.user_id, name_ko="", name_en="", instructions="", avatar=avatar)
        _write(persona, clean_words({"name_ko": name_ko, "name_en": name_en or name_ko, **words}))
        persona.config, persona.created_at = clean_persona_config(config or {}), self._clock.now()
        async with self._db.write() as db:
            await hold_names(db)  # before counting: two at once come one after the other
            await check_count(db, actor)
            await take_names(db, persona)
            db.add(persona)
            await db.flush()
        log.info("persona.made", persona=persona.uuid, by=actor.uuid)
        return persona_view(persona, actor)

    async def change(
        self, actor: Actor, persona: str, *, config: Mapping[str, Any] | None = None, **words: str | None
    ) -> PersonaView:
        """Other words for one of `actor`'s own, or, by an admin, for the house's; None leaves a field as it is.

        Raises:
            NotFoundError, ForbiddenError: as `own_persona`.
            InputError, ConflictError: as `create`.
        """
        given = clean_words({name: raw for name, raw in words.items() if raw is not None})
        settings = None if config is None else clean_persona_config(config)
        async with self._db.write() as db:
            await hold_names(db)
            kept = await own_persona(db, actor, persona)
            renamed = any(getattr(kept, name) != given.get(name, getattr(kept, name)) for name in NAMES)
            _write(kept, given)
            kept.config = kept.config if settings is None else settings
            if renamed:
                await take_names(db, kept)
            db.add(kept)
            rooms = await rooms_with(db, kept)
        await self.tell(rooms)
        return persona_view(kept, actor)

    async def remove(self, actor: Actor, persona: str) -> None:
        """The end of one of `actor`'s own: its answers on their way stop, its seats end, its name is free again.

        What it said stays; what it was told goes.

        Raises:
            NotFoundError: `persona_unknown`.
            ForbiddenError: `persona_house`, the house's own stays.
        """
        async with self._db.write() as db:
            gone = await own_persona(db, actor, persona)
            if gone.purpose is not None:
                raise ForbiddenError("persona_house")
            forget(gone)
            gone.deleted_at = self._clock.now()
            db.add(gone)
            rooms = await rooms_with(db, gone)
        await stop_persona(self._db, gone)
        for room in rooms:
            await self._get_up(room, gone)
        log.info("persona.removed", persona=gone.uuid, by=actor.uuid)

    async def tell(self, rooms: Sequence[Room]) -> None:
        """Pages of these rooms look again at who sits there."""
        for room in rooms:
            await self._bus.signal(room.uuid, "room", [])

    async def _get_up(self, room: Room, persona: Persona) -> None:
        """One transaction a room: nobody who speaks meanwhile waits for all of them."""
        async with self._db.write() as db:
            await lock_room(db, room)
            seats = [seat for seat, sitter in await seats_in(db, room) if sitter.id == persona.id and not seat.left_at]
            lines = [await leave_ai_seat(db, room, seat, persona, at=self._clock.now()) for seat in seats]
            rows = await rows_of(db, lines)
        for row in rows:
            await self._bus.change(room.uuid, rev=row["rev"], rows=[row])
        await self.tell([room])

    async def _make_default(self) -> Persona:
        try:
            async with self._db.write() as db:
                persona = Persona(purpose="default", name_ko="불씨", name_en="Ember", instructions=EMBER_INSTRUCTIONS)
                read_names(persona)
                db.add(persona)
                await db.flush()
                return persona
        except IntegrityError:
            async with self._db.read() as db:
                found = await default_persona(db)
                assert found is not None  # noqa: S101 - another worker has just made it
                return found


def _write(persona: Persona, words: Mapping[str, str]) -> None:
    for name, text in words.items():
        setattr(persona, name, text)
    persona.instructions = persona.instructions or plain_instructions(persona.name_en)


def speaker_of(persona: Persona) -> Speaker:
    return Speaker(uuid=persona.uuid, names=(persona.name_ko, persona.name_en))
