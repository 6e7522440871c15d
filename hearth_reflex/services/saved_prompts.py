"""Questions that a person keeps, to ask them again. Their own alone: nobody else learns that there are any."""

from dataclasses import dataclass

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.persona import SavedPrompt
from hearth_reflex.db.user import User
from hearth_reflex.domain.text import clean_message, clean_title
from hearth_reflex.errors import ConflictError, InputError, NotFoundError
from hearth_reflex.services.access import Actor, uuid_text
from hearth_reflex.services.clock import Clock

PROMPTS_MAX = 100  # of a person
TITLE_MAX = 80
TEXT_MAX = 8_000


@dataclass(frozen=True, slots=True)
class SavedPromptView:
    id: str
    title: str
    text: str


class SavedPrompts:
    def __init__(self, *, database: Database, clock: Clock) -> None:
        self._db, self._clock = database, clock

    async def listed(self, actor: Actor) -> list[SavedPromptView]:
        """All of a person's, by their titles."""
        async with self._db.read() as db:
            found = (await db.exec(_mine(actor).order_by(col(SavedPrompt.title), col(SavedPrompt.id)))).all()
        return [_view(prompt) for prompt in found]

    async def add(self, actor: Actor, *, title: str, text: str) -> SavedPromptView:
        """Keeps a question under a title.

        Raises:
            InputError: `prompt_title`, or text that could not be said.
            ConflictError: `prompts_many`.
        """
        title, text = _title(title), clean_message(text, limit=TEXT_MAX)
        async with self._db.write() as db:
            # Two at once are counted one after the other.
            await db.exec(select(User.id).where(User.id == actor.user_id).with_for_update(key_share=True))
            count = select(func.count()).select_from(SavedPrompt).where(col(SavedPrompt.user_id) == actor.user_id)
            if (await db.exec(count)).one() >= PROMPTS_MAX:
                raise ConflictError("prompts_many", limit=PROMPTS_MAX)
            prompt = SavedPrompt(user_id=actor.user_id, title=title, text=text, created_at=self._clock.now())
            db.add(prompt)
            await db.flush()
            return _view(prompt)

    async def change(
        self, actor: Actor, prompt_uuid: str, *, title: str | None = None, text: str | None = None
    ) -> SavedPromptView:
        """Another title, other words; None leaves it as it is.

        Raises:
            NotFoundError: `prompt_unknown`, also for somebody else's.
            InputError: as `add`.
        """
        title = None if title is None else _title(title)
        text = None if text is None else clean_message(text, limit=TEXT_MAX)
        async with self._db.write() as db:
            prompt = await _one(db, actor, prompt_uuid)
            prompt.title, prompt.text = title or prompt.title, text or prompt.text
            await db.flush()
            return _view(prompt)

    async def remove(self, actor: Actor, prompt_uuid: str) -> None:
        """Raises NotFoundError `prompt_unknown`, also for somebody else's."""
        async with self._db.write() as db:
            await db.delete(await _one(db, actor, prompt_uuid))


def _mine(actor: Actor):
    return select(SavedPrompt).where(SavedPrompt.user_id == actor.user_id)


async def _one(db: AsyncSession, actor: Actor, prompt_uuid: str) -> SavedPrompt:
    try:
        found = (await db.exec(_mine(actor).where(SavedPrompt.uuid == uuid_text(prompt_uuid)))).first()
    except NotFoundError:
        found = None  # no uuid at all
    if found is None:
        raise NotFoundError("prompt_unknown")
    return found


def _title(raw: str) -> str:
    try:
        return clean_title(raw, limit=TITLE_MAX)
    except InputError:
        raise InputError("prompt_title", field="title", limit=TITLE_MAX) from None


def _view(prompt: SavedPrompt) -> SavedPromptView:
    return SavedPromptView(id=prompt.uuid, title=prompt.title, text=prompt.text)
