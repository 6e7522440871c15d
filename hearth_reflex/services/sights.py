"""What a persona of a room would have before it, were it asked by somebody now: "what I can see".

Made by the very code that makes prompts (`Recall.gather`), so that it says what is so. It tells no instructions and no
words but those of the room's own talk; it wakes no model.
"""

from dataclasses import dataclass, field, replace
from typing import Protocol

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.message import Message
from hearth_reflex.db.persona import Persona
from hearth_reflex.db.room import Room
from hearth_reflex.domain.ai_config import AiConfig
from hearth_reflex.domain.generation import Sampling
from hearth_reflex.domain.prompt import Budget, Prompt
from hearth_reflex.domain.roles import Permission
from hearth_reflex.errors import ForbiddenError, NotFoundError
from hearth_reflex.services.access import Actor, check_ai, room_for
from hearth_reflex.services.engines import Engines
from hearth_reflex.services.personas import Personas, Seated
from hearth_reflex.services.recall import Recall, Space, instructions_of, is_said
from hearth_reflex.services.sources import Sources
from hearth_reflex.services.views import iso

COUNTED = 1_000  # of what is not heard no more than so many are counted, however long the room is
_EXCERPT = 60  # characters of the first message


class Settings(Protocol):
    async def laid(self, actor: Actor, room: Room, persona: Persona) -> AiConfig:
        """All words for an answer of `persona` that `actor` asks for in `room`."""
        ...


@dataclass(frozen=True, slots=True)
class FirstHeard:
    """The oldest message that is heard. `name` as it was when said, `pictures` alone leave `text` empty."""

    id: str
    seq: int
    at: str
    name: str
    is_ai: bool
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Cut:
    """What is not heard, and why: too far back, said before it came, too long for the model; at most `COUNTED` each.

    `shortened`: the newest message is heard without its middle.
    """

    window: int = 0
    arrival: int = 0
    budget: int = 0
    shortened: bool = False


@dataclass(frozen=True, slots=True)
class Sight:
    """What one persona hears. Tokens are the model's, without the marks that its template puts around turns.

    `status` is the engine's; only where it is "ready" the rest is known. `speakers` are the others who are heard,
    `pictures` those that it is told of by name and does not see, `passages` what was found for the newest words in
    documents.
    """

    id: str
    name_ko: str
    name_en: str
    look: int
    status: str
    instructed: bool
    first: FirstHeard | None = None
    heard: int = 0
    tokens: int = 0
    budget: int = 0
    speakers: tuple[str, ...] = ()
    pictures: int = 0
    passages: int = 0
    cut: Cut = Cut()


class Sights:
    """Args:
    settings: whose word counts for an answer.
    sources: what answers stand on.
    sampling: the house's defaults for drawing tokens, of which an answer's longest length is one.
    """

    def __init__(
        self,
        *,
        database: Database,
        engines: Engines,
        personas: Personas,
        settings: Settings,
        recall: Recall,
        sources: Sources,
        sampling: Sampling,
    ) -> None:
        self._db, self._engines, self._personas, self._sources = database, engines, personas, sources
        self._settings, self._recall, self._sampling = settings, recall, sampling.clamped()

    async def of(self, actor: Actor, room_uuid: str, *, persona: str = "") -> list[Sight]:
        """What those who sit in the room hear, or one of them; of a room where no AI answers nobody does.

        Args:
            persona: uuid of the one that is asked about; "" is all.

        Raises:
            NotFoundError, ForbiddenError: not a room of theirs; `persona_unknown`, it does not sit there.
            EngineError: nothing there can count tokens.
        """
        async with self._db.read() as db:
            room, _ = await room_for(db, actor, room_uuid, Permission.READ)
            answers = await _answers_here(db, room)
        here = await self._personas.seated(room) if answers else []
        asked = [seated for seated in here if persona in ("", seated.persona.uuid)]
        if persona and not asked:
            raise NotFoundError("persona_unknown")
        return [await self._sight(actor, room, seated) for seated in asked]

    async def _sight(self, actor: Actor, room: Room, seated: Seated) -> Sight:
        who, config = seated.persona, await self._settings.laid(actor, room, seated.persona)
        model = config.model or room.model_ref
        health = await self._engines.health(model)
        sight = Sight(
            id=who.uuid,
            name_ko=who.name_ko,
            name_en=who.name_en,
            look=seated.look,
            status=health.status,
            instructed=bool(instructions_of(who, config)),
        )
        if health.status != "ready":  # to count would be to wake it up
            return sight
        space = Space.of(health, config.sampling(self._sampling))
        answer = _next_answer(room, who)
        sourced = await self._sources.gather(actor, answer, health=health, since_seq=seated.since_seq, receipt=False)
        prompt = await self._recall.gather(
            who,
            answer,
            model=model,
            context=space.context,
            reply=space.reply,
            config=config,
            since_seq=seated.since_seq,
            quotes=sourced.prompted,
        )
        reach = self._recall.first_in_reach(answer.seq, config=config, since_seq=seated.since_seq)
        async with self._db.read() as db:
            return replace(
                sight,
                first=await _first(db, room, prompt),
                heard=prompt.heard,
                tokens=await self._recall.tokens_of(prompt.turns, model=model),
                budget=Budget(context=space.context, reply=space.reply).high,
                speakers=prompt.speakers,
                pictures=prompt.pictures,
                passages=len(prompt.given) or len(sourced.quotes),
                cut=Cut(
                    window=await _said_between(db, room, seated.since_seq, reach),
                    arrival=await _said_between(db, room, 0, min(seated.since_seq, answer.seq)),
                    budget=prompt.dropped,
                    shortened=prompt.shortened,
                ),
            )


async def _answers_here(db: AsyncSession, room: Room) -> bool:
    try:
        await check_ai(db, room)
    except ForbiddenError:
        return False
    return True


def _next_answer(room: Room, persona: Persona) -> Message:
    """The message that it would say. It is never kept."""
    assert room.id is not None  # noqa: S101 - it came from the database
    return Message(
        room_id=room.id, seq=room.last_seq + 1, rev=0, author_persona_id=persona.id, author_name=persona.name_ko
    )


async def _first(db: AsyncSession, room: Room, prompt: Prompt) -> FirstHeard | None:
    query = select(Message).where(Message.room_id == room.id, Message.seq == prompt.first_seq)
    message = (await db.exec(query)).first()
    if message is None:
        return None
    return FirstHeard(
        id=message.uuid,
        seq=message.seq,
        at=iso(message.created_at),
        name=message.author_name,
        is_ai=message.author_persona_id is not None,
        text=message.text if len(message.text) <= _EXCERPT else f"{message.text[:_EXCERPT].rstrip()}…",
    )


async def _said_between(db: AsyncSession, room: Room, since: int, until: int) -> int:
    """How many messages say something there, `until` not included; at most `COUNTED`."""
    if max(1, since) >= until:
        return 0
    some = (
        select(Message.id)
        .where(Message.room_id == room.id, Message.seq >= since, Message.seq < until, is_said())
        .order_by(col(Message.seq).desc())
        .limit(COUNTED)
    ).subquery()
    return (await db.exec(select(func.count()).select_from(some))).one()
