"""How an answer was made, for those who sit in its room: its prompt holds the room's talk, nobody else may read it."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.generation import OPEN_GENERATIONS, Generation, GenerationStatus, MessageMetadata
from hearth_reflex.db.message import Message
from hearth_reflex.db.persona import Persona
from hearth_reflex.domain.roles import Permission
from hearth_reflex.errors import InputError
from hearth_reflex.services.access import Actor, message_for
from hearth_reflex.services.answer_versions import standing_run
from hearth_reflex.services.views import iso


@dataclass(frozen=True, slots=True)
class KeptRun:
    """The run of the version that stands, as it was kept. Without `metadata`: no engine was asked, or it runs still."""

    generation: Generation
    metadata: MessageMetadata | None
    model_ref: str  # what speaks in the room now
    private: bool = False  # by a persona of somebody else's: what it is told is not for who looks

    @property
    def hindrance(self) -> str:
        """Code of what keeps it from being said again; "" when nothing does."""
        if self.generation.status in OPEN_GENERATIONS:
            return "answer_open"
        if self.metadata is None or not self.metadata.turns or not self.metadata.said:
            return "replay_unknown"
        if self.metadata.images:
            return "replay_pictures"
        drawn = self.generation.parameters.get("temperature", 0) > 0
        return "replay_seed" if drawn and self.metadata.seed is None else ""


@dataclass(frozen=True, slots=True)
class HowMade:
    """What the sheet shows. Times in milliseconds; a figure of 0 is not known.

    `known` is false when nothing but the run's own row was kept. `first_id` is the oldest message that was heard, with
    its `first_seq` and whose it is; "" when nothing was, or when it is no more. `hindrance` is the code of what keeps
    the answer from being said again, "" when it can be.
    """

    message: str
    status: str
    at: str
    known: bool
    hindrance: str
    provider: str
    model: str
    model_sha256: str
    build: str
    template_id: str
    prompt_id: str
    seed: int | None
    parameters: dict[str, Any] = field(repr=False)
    prompt_tokens: int
    kept_tokens: int
    output_tokens: int
    queue_ms: int
    first_token_ms: int
    total_ms: int
    cpu_ms: int
    price_micro: int
    tokens_per_second: float
    streams: int
    leaves_house: bool
    heard: int
    dropped: int
    first_id: str
    first_seq: int
    first_name: str
    shortened: bool
    continued: bool
    prompt: str = field(repr=False)
    exact: bool  # `prompt` is what the model read, not only what a server was given


class Metadata:
    """Shows how answers were made."""

    def __init__(self, *, database: Database) -> None:
        self._db = database

    async def how_made(self, actor: Actor, room_uuid: str, message_uuid: str) -> HowMade:
        """How an answer was made: the version of it that stands.

        Raises:
            NotFoundError, ForbiddenError: not a message of a room of theirs.
            InputError: `not_an_answer`.
        """
        async with self._db.read() as db:
            kept = await kept_run(db, actor, room_uuid, message_uuid)
            return _view(message_uuid, kept, await _first_heard(db, kept))


async def kept_run(db: AsyncSession, actor: Actor, room_uuid: str, message_uuid: str) -> KeptRun:
    """The run that wrote what stands as an answer in a room where `actor` may read. Raises as `Metadata.how_made`."""
    room, _, message = await message_for(db, actor, room_uuid, message_uuid, Permission.READ)
    run = await standing_run(db, message)
    if message.author_persona_id is None or run is None:
        raise InputError("not_an_answer", field="message")
    query = select(MessageMetadata).where(MessageMetadata.generation_id == run.id)
    return KeptRun(run, (await db.exec(query)).first(), room.model_ref, await _is_anothers(db, actor, message))


async def _is_anothers(db: AsyncSession, actor: Actor, message: Message) -> bool:
    persona = await db.get(Persona, message.author_persona_id)
    return persona is None or (persona.purpose is None and persona.owner_user_id != actor.user_id)


async def _first_heard(db: AsyncSession, kept: KeptRun) -> Message | None:
    if kept.metadata is None or not kept.metadata.heard:
        return None
    answer = aliased(Message)
    query = (
        select(Message)
        .join(answer, col(answer.room_id) == col(Message.room_id))
        .where(answer.id == kept.metadata.message_id, Message.seq == kept.metadata.first_seq)
    )
    return (await db.exec(query)).first()


def _view(message: str, kept: KeptRun, first: Message | None) -> HowMade:
    run, more = kept.generation, kept.metadata or MessageMetadata(generation_id=0, message_id=0)
    return HowMade(
        message=message,
        status=GenerationStatus(run.status).value,
        at=iso(run.ended_at or run.created_at),
        known=kept.metadata is not None,
        hindrance=kept.hindrance,
        provider=run.provider,
        model=run.model,
        model_sha256=run.model_sha256,
        build=more.build,
        template_id=run.template_id,
        prompt_id=run.prompt_id,
        seed=more.seed,
        parameters=run.parameters,
        prompt_tokens=run.prompt_tokens,
        kept_tokens=run.kept_tokens,
        output_tokens=run.output_tokens,
        queue_ms=round(run.queue_ms),
        first_token_ms=round(run.first_token_ms),
        total_ms=round(run.total_ms),
        cpu_ms=round(run.cpu_ms),
        price_micro=run.price_micro,
        tokens_per_second=round(run.tokens_per_second, 1),
        streams=more.streams,
        leaves_house=more.leaves_house,
        heard=more.heard,
        dropped=more.dropped,
        first_id=first.uuid if first else "",
        first_seq=first.seq if first else 0,
        first_name=first.author_name if first else "",
        shortened=run.shortened,
        continued=bool(more.begun),
        prompt=_without_instructions(more.turns) if kept.private else more.prompt or _as_text(more.turns),
        exact=bool(more.prompt) and not kept.private,
    )


def _without_instructions(turns: list[Any]) -> str:
    """The talk that was heard; of what the persona is told only that there was something."""
    return _as_text([[role, "…" if role == "system" else content] for role, content in turns])


def _as_text(turns: list[Any]) -> str:
    """What a server was given, where it does not say how it wrote that down for its model."""
    return "\n\n".join(f"[{role}]\n{content}" for role, content in turns)
