"""What would go to the model if something were asked in an AI session now, for those who look into that.

Made by the very code that makes prompts (`Recall.gather`). What a persona is told is its owner's to know.
"""

from dataclasses import dataclass

from hearth_reflex.db.database import Database
from hearth_reflex.db.message import Message
from hearth_reflex.domain.ai_config import AiConfig
from hearth_reflex.domain.generation import ChatTurn, Sampling
from hearth_reflex.errors import ConflictError
from hearth_reflex.services.access import Actor
from hearth_reflex.services.ai_session_views import session_for
from hearth_reflex.services.ai_settings import AiSettings, session_words
from hearth_reflex.services.ai_talks import persona_in
from hearth_reflex.services.engines import Engines
from hearth_reflex.services.persona_access import may_tell
from hearth_reflex.services.recall import Recall, Space
from hearth_reflex.services.sources import Sources


@dataclass(frozen=True, slots=True)
class SessionContext:
    """`turns` as the model reads them: the persona first, then the last messages, the newest last.

    `config` is all that is set, laid over one another; `dropped` counts messages that did not fit. Without `instructed`
    the persona is somebody else's: its turn and `config` are then what the session itself says.
    """

    persona_ko: str
    persona_en: str
    instructed: bool
    turns: tuple[ChatTurn, ...]
    heard: int
    dropped: int
    first_seq: int
    config: AiConfig


class AiContexts:
    """Args:
    sources: what answers stand on.
    sampling: the house's defaults for drawing tokens.
    """

    def __init__(
        self,
        *,
        database: Database,
        engines: Engines,
        settings: AiSettings,
        recall: Recall,
        sources: Sources,
        sampling: Sampling,
    ) -> None:
        self._db, self._engines, self._settings, self._sources = database, engines, settings, sources
        self._recall, self._sampling = recall, sampling.clamped()

    async def of(self, actor: Actor, session_uuid: str) -> SessionContext:
        """What an answer would have before it that `actor` asks for now.

        Raises:
            NotFoundError, ForbiddenError: as `session_for`.
            ConflictError: `session_persona_gone`.
            EngineError: nothing there can count tokens.
        """
        async with self._db.read() as db:
            talk, _, _ = await session_for(db, actor, session_uuid)
            persona = await persona_in(db, talk)
            if persona is None:
                raise ConflictError("session_persona_gone")
            said = await session_words(db, talk, persona)
        config = await self._settings.laid(actor, talk, persona)
        model = config.model or talk.model_ref
        health = await self._engines.health(model)
        space = Space.of(health, config.sampling(self._sampling))
        answer = Message(room_id=talk.id or 0, seq=talk.last_seq + 1, rev=0, author_name=persona.name_ko)
        sourced = await self._sources.gather(actor, answer, health=health, receipt=False)
        prompt = await self._recall.gather(
            persona,
            answer,
            model=model,
            context=space.context,
            reply=space.reply,
            config=config,
            quotes=sourced.prompted,
        )
        known = may_tell(persona, actor.user_id)
        return SessionContext(
            persona_ko=persona.name_ko,
            persona_en=persona.name_en,
            instructed=known,
            turns=prompt.turns if known else tuple(_with_words(turn, said.system_prompt) for turn in prompt.turns),
            heard=prompt.heard,
            dropped=prompt.dropped,
            first_seq=prompt.first_seq,
            config=config if known else said,
        )


def _with_words(turn: ChatTurn, instructions: str) -> ChatTurn:
    return ChatTurn("system", instructions) if turn.role == "system" else turn
