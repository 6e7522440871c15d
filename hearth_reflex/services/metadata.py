"""How an answer was made, for those who sit in its room: its prompt holds the room's talk, nobody else may read it."""

from dataclasses import dataclass, field
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.generation import OPEN_GENERATIONS, Generation, GenerationStatus, MessageMetadata
from hearth_reflex.domain.roles import Permission
from hearth_reflex.errors import InputError
from hearth_reflex.services.access import Actor, message_for
from hearth_reflex.services.views import iso


@dataclass(frozen=True, slots=True)
class KeptRun:
    """The newest run of an answer as it was kept. Without `metadata`: no engine was asked, or it runs still."""

    generation: Generation
    metadata: MessageMetadata | None
    model_ref: str  # what speaks in the room now

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

    `known` is false when nothing but the run's own row was kept. `hindrance` is the code of what keeps the answer from
    being said again, "" when it can be.
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
    tokens_per_second: float
    streams: int
    leaves_house: bool
    heard: int
    dropped: int
    shortened: bool
    continued: bool
    prompt: str = field(repr=False)
    exact: bool  # `prompt` is what the model read, not only what a server was given


class Metadata:
    """Shows how answers were made."""

    def __init__(self, *, database: Database) -> None:
        self._db = database

    async def how_made(self, actor: Actor, room_uuid: str, message_uuid: str) -> HowMade:
        """How the newest run of an answer was made.

        Raises:
            NotFoundError, ForbiddenError: not a message of a room of theirs.
            InputError: `not_an_answer`.
        """
        async with self._db.read() as db:
            return _view(message_uuid, await kept_run(db, actor, room_uuid, message_uuid))


async def kept_run(db: AsyncSession, actor: Actor, room_uuid: str, message_uuid: str) -> KeptRun:
    """The newest run of an answer in a room where `actor` may read. Raises as `Metadata.how_made`."""
    room, _, message = await message_for(db, actor, room_uuid, message_uuid, Permission.READ)
    query = (
        select(Generation, MessageMetadata)
        .join(MessageMetadata, col(MessageMetadata.generation_id) == col(Generation.id), isouter=True)
        .where(Generation.message_id == message.id)
        .order_by(col(Generation.id).desc())
    )
    found = (await db.exec(query)).first()
    if message.author_persona_id is None or found is None:
        raise InputError("not_an_answer", field="message")
    return KeptRun(found[0], found[1], room.model_ref)


def _view(message: str, kept: KeptRun) -> HowMade:
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
        tokens_per_second=round(run.tokens_per_second, 1),
        streams=more.streams,
        leaves_house=more.leaves_house,
        heard=more.heard,
        dropped=more.dropped,
        shortened=run.shortened,
        continued=bool(more.begun),
        prompt=more.prompt or _as_text(more.turns),
        exact=bool(more.prompt),
    )


def _as_text(turns: list[Any]) -> str:
    """What a server was given, where it does not say how it wrote that down for its model."""
    return "\n\n".join(f"[{role}]\n{content}" for role, content in turns)
