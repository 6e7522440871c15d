"""Personas as rows: whose they are, who may see, use and change one, and what of it is shown. Publishes nothing."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.persona import Persona, Seat
from hearth_reflex.db.room import Room
from hearth_reflex.domain.ai_config import kept_config
from hearth_reflex.domain.lookalikes import reading_of
from hearth_reflex.domain.looks import look_of
from hearth_reflex.errors import ConflictError, NotFoundError
from hearth_reflex.services.access import Actor, admin_only, uuid_text
from hearth_reflex.services.names import check_persona_free
from hearth_reflex.services.views import iso

MOST_PERSONAS = 50  # of one person


@dataclass(frozen=True, slots=True)
class PersonaView:
    """A persona as somebody sees it. `own`: they may change it; only then is there more than names, about and avatar.

    `look` is the colour that it likes best, `house`: it is the house's own. `created_at` is ISO 8601 in UTC.
    """

    id: str
    name_ko: str
    name_en: str
    about: str
    avatar: str
    look: int
    own: bool
    house: bool
    created_at: str
    instructions: str = field(default="", repr=False)
    greeting: str = field(default="", repr=False)
    voice: str = ""
    config: dict[str, Any] = field(default_factory=dict[str, Any])


def persona_view(persona: Persona, actor: Actor) -> PersonaView:
    house = persona.purpose is not None
    own = actor.is_admin if house else persona.owner_user_id == actor.user_id
    return PersonaView(
        id=persona.uuid,
        name_ko=persona.name_ko,
        name_en=persona.name_en,
        about=persona.about,
        avatar=persona.avatar,
        look=look_of(persona.uuid, is_default=house),
        own=own,
        house=house,
        created_at=iso(persona.created_at),
        instructions=persona.instructions if own else "",
        greeting=persona.greeting if own else "",
        voice=persona.voice if own else "",
        config=kept_config(persona.config).as_json() if own else {},
    )


def may_tell(persona: Persona, user_id: int | None) -> bool:
    """Whether somebody may read, and for one answer or one talk replace, what a persona is told: of the house's own
    everybody, else its owner alone."""
    return persona.purpose is not None or (user_id is not None and persona.owner_user_id == user_id)


def is_usable_by(actor: Actor) -> ColumnElement[bool]:
    """The condition on `Persona` that `actor` may bring it into a room: the house's own, or theirs."""
    usable = col(Persona.purpose).is_not(None) | (col(Persona.owner_user_id) == actor.user_id)
    return usable & col(Persona.deleted_at).is_(None)


async def default_persona(db: AsyncSession) -> Persona | None:
    return (await db.exec(select(Persona).where(Persona.purpose == "default"))).first()


async def persona_where(db: AsyncSession, uuid: str, condition: ColumnElement[bool]) -> Persona:
    """Raises NotFoundError `persona_unknown`, the same for what is not there and what is not theirs to see."""
    query = select(Persona).where(Persona.uuid == persona_uuid(uuid), col(Persona.deleted_at).is_(None), condition)
    found = (await db.exec(query)).first()
    if found is None:
        raise NotFoundError("persona_unknown")
    return found


async def usable_persona(db: AsyncSession, actor: Actor, uuid: str) -> Persona:
    """One that `actor` may bring into a room. Raises NotFoundError `persona_unknown`."""
    return await persona_where(db, uuid, is_usable_by(actor))


async def own_persona(db: AsyncSession, actor: Actor, uuid: str) -> Persona:
    """One that `actor` may change.

    Raises:
        NotFoundError: `persona_unknown`.
        ForbiddenError: `admin_only`, the house's own is for who keeps the house.
    """
    found = await usable_persona(db, actor, uuid)
    if found.purpose is not None:
        admin_only(actor)
    return found


async def check_count(db: AsyncSession, actor: Actor) -> None:
    """Raises ConflictError `personas_many`."""
    query = select(func.count()).where(col(Persona.owner_user_id) == actor.user_id, col(Persona.deleted_at).is_(None))
    if (await db.exec(query)).one() >= MOST_PERSONAS:
        raise ConflictError("personas_many", limit=MOST_PERSONAS)


async def take_names(db: AsyncSession, persona: Persona) -> None:
    """Keeps what its names are taken for; the caller holds the names. Raises ConflictError `persona_name_taken`."""
    await check_persona_free(db, name_ko=persona.name_ko, name_en=persona.name_en, but=persona.id or 0)
    read_names(persona)


def read_names(persona: Persona) -> None:
    persona.reading_ko, persona.reading_en = reading_of(persona.name_ko), reading_of(persona.name_en)


def forget(persona: Persona) -> None:
    """Takes out all that its owner wrote but its names, under which it has said things."""
    persona.about = persona.instructions = persona.greeting = persona.voice = persona.avatar = ""
    persona.config = {}


async def end_personas(db: AsyncSession, user_id: int, *, at: datetime) -> tuple[list[Persona], list[str], list[str]]:
    """Ends all that somebody made who leaves for good. Returns them, the uuids of the rooms where they sat, and their
    pictures. Their answers on their way are the caller's to stop, after the commit."""
    theirs = col(Persona.owner_user_id) == user_id
    sat = col(Seat.persona_id).in_(select(Persona.id).where(theirs)) & col(Seat.left_at).is_(None)
    rooms = (await db.exec(select(Room.uuid).join(Seat, col(Seat.room_id) == col(Room.id)).where(sat))).all()
    await db.exec(update(Seat).where(sat).values(left_at=at))
    pictures: list[str] = []
    personas = list((await db.exec(select(Persona).where(theirs, col(Persona.deleted_at).is_(None)))).all())
    for persona in personas:
        pictures += [persona.avatar] if persona.avatar else []
        forget(persona)
        persona.deleted_at = at
        db.add(persona)
    return personas, list(rooms), pictures


def persona_uuid(raw: str) -> str:
    try:
        return uuid_text(raw)
    except NotFoundError:
        raise NotFoundError("persona_unknown") from None
