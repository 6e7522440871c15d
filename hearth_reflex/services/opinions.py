"""What people think of answers, added up: how often up and how often down. Who thought so is told to nobody.

By persona for whoever may change it, by model for whoever keeps the house. Each rating counts for the run that wrote
the version it was given to. Writes nothing.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import case
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.generation import Generation
from hearth_reflex.db.message import AnswerVersion, Message, Rating
from hearth_reflex.db.persona import Persona
from hearth_reflex.services.access import Actor, admin_only

MOST_MODELS = 100


@dataclass(frozen=True, slots=True)
class Opinion:
    """`id`: uuid of a persona, or the name of a model as its answers call it."""

    id: str
    name_ko: str
    name_en: str
    up: int
    down: int


_UP = func.coalesce(func.sum(case((col(Rating.value) > 0, 1), else_=0)), 0)
_DOWN = func.coalesce(func.sum(case((col(Rating.value) < 0, 1), else_=0)), 0)


class Opinions:
    def __init__(self, *, database: Database) -> None:
        self._db = database

    async def of_mine(self, actor: Actor) -> list[Opinion]:
        """Of the personas that `actor` may change; those that nobody thought anything of are left out."""
        theirs = col(Persona.owner_user_id) == actor.user_id
        if actor.is_admin:
            theirs |= col(Persona.purpose).is_not(None)
        query = (
            select(Persona, _UP, _DOWN)
            .join(Message, col(Message.author_persona_id) == col(Persona.id))
            .join(Rating, col(Rating.message_id) == col(Message.id))
            .where(theirs, col(Persona.deleted_at).is_(None))
            .group_by(col(Persona.id))
            .order_by(col(Persona.id))
        )
        async with self._db.read() as db:
            found = (await db.exec(query)).all()
        return [Opinion(one.uuid, one.name_ko, one.name_en, up, down) for one, up, down in found]

    async def of_models(self, actor: Actor) -> list[Opinion]:
        """Of each model, the most often judged first.

        Raises:
            ForbiddenError: `admin_only`.
        """
        admin_only(actor)
        async with self._db.read() as db:
            found = await _by_model(db)
        return [Opinion(model, model, model, up, down) for model, up, down in found]


async def _by_model(db: AsyncSession) -> list[tuple[str, int, int]]:
    newest = select(func.max(Generation.id)).where(col(Generation.message_id) == col(Rating.message_id))
    run = func.coalesce(col(AnswerVersion.generation_id), newest.correlate(Rating).scalar_subquery())
    version = (col(AnswerVersion.message_id) == col(Rating.message_id)) & (
        col(AnswerVersion.number) == col(Rating.version)
    )
    query: Any = (
        select(Generation.model, _UP, _DOWN)
        .select_from(Rating)
        .join(AnswerVersion, version, isouter=True)
        .join(Generation, col(Generation.id) == run)
        .group_by(col(Generation.model))
        .order_by(func.count().desc(), col(Generation.model))
        .limit(MOST_MODELS)
    )
    run: Any = db.exec
    return [(model, up, down) for model, up, down in (await run(query)).all()]
