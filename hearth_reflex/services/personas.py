"""Who the AI is, and which personas sit in a room. The default one is made on first use, without fixed ids."""

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.persona import Persona, Seat
from hearth_reflex.db.room import Room
from hearth_reflex.domain.mentions import Speaker

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
    def __init__(self, *, database: Database) -> None:
        self._db = database

    async def ensure_default(self) -> Persona:
        """불씨 / Ember, made if there is none yet."""
        try:
            async with self._db.write() as db:
                found = await self._default(db)
                if found is not None:
                    return found
                persona = Persona(purpose="default", name_ko="불씨", name_en="Ember", instructions=EMBER_INSTRUCTIONS)
                db.add(persona)
                await db.flush()
                return persona
        except IntegrityError:
            async with self._db.read() as db:
                found = await self._default(db)
                assert found is not None  # noqa: S101 - another worker has just made it
                return found

    async def speakers(self) -> list[tuple[Persona, Speaker]]:
        """The personas of the house, and the names they listen to."""
        persona = await self.ensure_default()
        return [(persona, speaker_of(persona))]

    async def seated(self, room: Room) -> list[Seated]:
        """Who sits in `room`, in the order in which they came; in a room without seats the default persona."""
        query = (
            select(Seat, Persona)
            .join(Persona, col(Persona.id) == col(Seat.persona_id))
            .where(Seat.room_id == room.id)
            .order_by(col(Seat.id))
        )
        async with self._db.read() as db:
            found = (await db.exec(query)).all()
        if not found:
            return [Seated(persona, speaker) for persona, speaker in await self.speakers()]
        here = [(seat, persona) for seat, persona in found if seat.left_at is None and persona.deleted_at is None]
        return [Seated(persona, speaker_of(persona), seat.look, seat.since_seq) for seat, persona in here]

    async def names(self) -> list[str]:
        """All names that personas listen to."""
        return [name for _, speaker in await self.speakers() for name in speaker.names]

    async def _default(self, db: AsyncSession) -> Persona | None:
        return (await db.exec(select(Persona).where(col(Persona.purpose) == "default"))).first()


def speaker_of(persona: Persona) -> Speaker:
    return Speaker(uuid=persona.uuid, names=(persona.name_ko, persona.name_en))
