"""Whose word counts for an answer: the message's own settings, over the AI session's, over the persona's, over the
person's. What none of them says is the room's and the house's. Who a persona is only its owner says, and of the
house's own whoever asks.

A server outside is chosen for a room, where people see it: what somebody set for themself sends nobody's words away.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.persona import Persona
from hearth_reflex.db.room import Room, RoomKind
from hearth_reflex.db.session import AiSession, SessionConfig
from hearth_reflex.db.user import User
from hearth_reflex.domain.ai_config import SYSTEM_PROMPT_MAX, AiConfig, kept_config, read_config
from hearth_reflex.domain.refs import parse_ref
from hearth_reflex.domain.roles import Permission, Role, may
from hearth_reflex.domain.text import clean_message
from hearth_reflex.errors import ForbiddenError, InputError
from hearth_reflex.services.access import Actor, room_for
from hearth_reflex.services.ai_talks import session_of
from hearth_reflex.services.persona_access import may_tell

log = structlog.get_logger(__name__)

OF_SESSION = ("temperature", "top_p", "max_tokens", "system_prompt", "context_turns", "do_sample")


class Models(Protocol):
    async def known_ref(self, ref: str) -> str:
        """How the house spells a reference to a model that can be chosen; raises InputError `model_ref`."""
        ...


class AiSettings:
    """Args:
    models: knows which models there are.
    """

    def __init__(self, *, database: Database, models: Models) -> None:
        self._db, self._models = database, models

    async def mine(self, actor: Actor) -> AiConfig:
        """What `actor` has set for answers that they ask for."""
        async with self._db.read() as db:
            return kept_config((await db.get_one(User, actor.user_id)).ai_config)

    async def keep_mine(self, actor: Actor, raw: Mapping[str, Any]) -> AiConfig:
        """Other settings in place of those. Who the AI is belongs to a persona, or to a session.

        Raises:
            InputError: `ai_setting` with the field, also for a system prompt; `model_ref`.
        """
        config = await self.read(raw)
        if config.system_prompt:
            raise InputError("ai_setting", field="system_prompt")
        async with self._db.write() as db:
            user = await db.get_one(User, actor.user_id)
            user.ai_config = config.as_json()
            db.add(user)
        log.info("ai_settings.kept", person=actor.uuid)
        return config

    async def read(self, raw: Mapping[str, Any]) -> AiConfig:
        """What a client sends, made safe to keep.

        Raises:
            InputError: `ai_setting` with the field; `model_ref`.
        """
        config = read_config(raw)
        try:
            prompt = clean_message(config.system_prompt, limit=SYSTEM_PROMPT_MAX, may_be_empty=True)
        except InputError:
            raise InputError("ai_setting", field="system_prompt") from None
        return replace(config, system_prompt=prompt, model=await self._models.known_ref(config.model))

    async def for_message(self, actor: Actor, room_uuid: str, raw: Mapping[str, Any]) -> AiConfig:
        """Settings that are sent with one message.

        Raises:
            InputError: as `read`.
            NotFoundError, ForbiddenError: not a room of theirs; `role` for a server outside, which who may choose the
                room's model may name.
        """
        config = await self.read(raw)
        async with self._db.read() as db:
            room, member = await room_for(db, actor, room_uuid, Permission.READ)
        may_choose = may(Role(member.role), Permission.CHOOSE_MODEL) or actor.is_admin
        if _is_outside(config) and config.model != room.model_ref and not may_choose:
            raise ForbiddenError("role")
        return config

    async def laid(self, actor: Actor, room: Room, persona: Persona, own: AiConfig | None = None) -> AiConfig:
        """All words for an answer of `persona` that `actor` asks for in `room`, laid over one another.

        Args:
            own: what is set for this answer alone.
        """
        own = _without_prompt(own or AiConfig(), unless=may_tell(persona, actor.user_id))
        async with self._db.read() as db:
            session = await session_words(db, room, persona)
            person = kept_config((await db.get_one(User, actor.user_id)).ai_config)
        person = replace(person, system_prompt="", model="" if _is_outside(person) else person.model)
        return own.over(session).over(kept_config(persona.config)).over(person)


async def session_config(db: AsyncSession, talk: Room) -> AiConfig:
    """What the AI session of this talk wants; nothing for a room that is none. Its model is the talk's own."""
    if talk.kind != RoomKind.SESSION:
        return AiConfig()
    query = (
        select(SessionConfig)
        .join(AiSession, col(AiSession.id) == col(SessionConfig.ai_session_id))
        .where(AiSession.talk_id == talk.id)
    )
    kept = (await db.exec(query)).first()
    said = {name: getattr(kept, name) for name in OF_SESSION} if kept else {}
    return kept_config({**said, "model": talk.model_ref})


async def session_words(db: AsyncSession, talk: Room, persona: Persona) -> AiConfig:
    """The same, as far as it counts for `persona`: who that is is said only where its owner began the talk."""
    config, session = await session_config(db, talk), await session_of(db, talk)
    return _without_prompt(config, unless=session is not None and may_tell(persona, session.by_user_id))


def _without_prompt(config: AiConfig, *, unless: bool) -> AiConfig:
    return config if unless else replace(config, system_prompt="")


def _is_outside(config: AiConfig) -> bool:
    return parse_ref(config.model).kind == "remote"
