"""Talks with an AI beside a room's own: beginning one, finding it again, what it is called, its settings, its end.

The talk of a session is a room of its own (kind "session") in which those sit who sit in the room it belongs to; its
uuid is the session's. What is said there goes the way of every message. Whoever began a session keeps it, and so do
those who describe the room.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.database import Database
from hearth_reflex.db.persona import Persona
from hearth_reflex.db.room import Room, RoomKind
from hearth_reflex.db.session import AiSession, SessionConfig
from hearth_reflex.db.user import User
from hearth_reflex.domain.ai_config import AiConfig
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.refs import parse_ref
from hearth_reflex.domain.roles import Permission
from hearth_reflex.domain.titles import clean_session_title
from hearth_reflex.errors import InputError, LimitError
from hearth_reflex.services.access import Actor, check_ai, check_voice, room_for
from hearth_reflex.services.ai_seating import seats_in, taken, welcome_once
from hearth_reflex.services.ai_session_views import (
    SessionView,
    check_count,
    session_for,
    session_to_keep,
    session_view,
    session_views,
)
from hearth_reflex.services.ai_settings import OF_SESSION, AiSettings, session_config
from hearth_reflex.services.ai_talks import call_talk, name_untitled, persona_in
from hearth_reflex.services.bus import Bus
from hearth_reflex.services.changes import add_notice, lock_named, rows_of
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.persona_access import may_tell, usable_persona
from hearth_reflex.services.personas import Personas
from hearth_reflex.services.seating import Told, not_talk, stop_answers

log = structlog.get_logger(__name__)

SIGNAL = "sessions"  # the list of a room's sessions changed


class Models(Protocol):
    async def choose_for_room(self, actor: Actor, room_uuid: str, ref: str) -> object:
        """Lets another model speak in a room, which is told so."""
        ...


class AiSessions:
    """Args:
    models: lets a model speak in a talk.
    pace: how fast one person may begin sessions.
    """

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        clock: Clock,
        personas: Personas,
        settings: AiSettings,
        models: Models,
        pace: Buckets,
    ) -> None:
        self._db, self._bus, self._clock = database, bus, clock
        self._personas, self._settings, self._models, self._pace = personas, settings, models, pace

    async def start(self, actor: Actor, room_uuid: str, *, persona: str = "", title: str = "") -> SessionView:
        """A new talk with an AI beside a room.

        Args:
            persona: who is to answer there: one that sits in the room, or that `actor` may bring into it; "" is the
                house's own.
            title: "" is made from the first question.

        Raises:
            NotFoundError, ForbiddenError: as `room_for`; `silenced`; `ai_off`; `session_talk`, a talk has none of its
                own; `persona_unknown`.
            InputError: `session_title`.
            ConflictError: `sessions_many`.
            LimitError: `session_pace`.
        """
        called, default = clean_session_title(title) if title.strip() else "", await self._personas.ensure_default()
        mine = await self._settings.mine(actor)
        async with self._db.write() as db:
            await lock_named(db, room_uuid)
            room = await self._room_to_start_in(db, actor, room_uuid)
            sitter = await _persona(db, actor, room, persona) if persona else default
            talk = await self._new_talk(db, room, sitter, mine)
            session = await self._new_session(db, actor, room, talk, sitter)
            if called:
                call_talk(session, talk, called, named=True)
                db.add_all([session, talk])
            await rows_of(db, await welcome_once(db, talk, sitter, at=self._clock.now()))
            view = await session_view(db, actor, session)
        await self._bus.signal(room.uuid, SIGNAL, [])
        log.info("ai_session.started", room=room.uuid, session=session.uuid, persona=sitter.uuid, by=actor.uuid)
        return view

    async def list(self, actor: Actor, room_uuid: str = "") -> list[SessionView]:
        """The sessions of a room, or of all rooms of `actor`'s: the liveliest first."""
        async with self._db.read() as db:
            if not room_uuid:
                return await session_views(db, actor)
            room, _ = await room_for(db, actor, room_uuid, Permission.READ)
            return await session_views(db, actor, col(AiSession.room_id) == (room.parent_id or room.id))

    async def look(self, actor: Actor, session_uuid: str) -> SessionView:
        """One session. Raises as `session_for`."""
        async with self._db.read() as db:
            _, session, _ = await session_for(db, actor, session_uuid)
            return await session_view(db, actor, session)

    async def rename(self, actor: Actor, session_uuid: str, title: str) -> SessionView:
        """Gives a session a title, in place of the one that was made.

        Raises:
            NotFoundError, ForbiddenError: as `session_to_keep`.
            InputError: `session_title`.
        """
        called = clean_session_title(title)
        async with self._db.write() as db:
            talk, session = await session_to_keep(db, actor, session_uuid)
            call_talk(session, talk, called, named=True)
            db.add_all([session, talk])
            await db.flush()
            view = await session_view(db, actor, session)
        await self._tell(Told(view.session_id, []), view)
        return view

    async def end(self, actor: Actor, session_uuid: str) -> SessionView:
        """From now on nobody answers there; what was said stays to be read. Twice is once.

        Raises:
            NotFoundError, ForbiddenError: as `session_to_keep`.
        """
        return await self._turn(actor, session_uuid, over=True)

    async def resume(self, actor: Actor, session_uuid: str) -> SessionView:
        """Goes on with an ended session. No error when it goes on already.

        Raises:
            NotFoundError, ForbiddenError: as `session_to_keep`.
            ConflictError: `sessions_many`.
        """
        return await self._turn(actor, session_uuid, over=False)

    async def config(self, actor: Actor, session_uuid: str) -> AiConfig:
        """What the session wants of its answers. Raises as `session_for`."""
        async with self._db.read() as db:
            talk, _, _ = await session_for(db, actor, session_uuid)
            return await session_config(db, talk)

    async def configure(self, actor: Actor, session_uuid: str, raw: Mapping[str, Any]) -> AiConfig:
        """Other settings in place of those; what is left out is left to the persona, the person and the house.

        Raises:
            NotFoundError, ForbiddenError: as `session_to_keep`.
            InputError: as `AiSettings.read`; `ai_setting` for a system prompt of somebody else's persona.
        """
        wanted = await self._settings.read(raw)
        async with self._db.write() as db:
            talk, session = await session_to_keep(db, actor, session_uuid)
            query = select(SessionConfig).where(SessionConfig.ai_session_id == session.id)
            kept = (await db.exec(query)).first() or SessionConfig(ai_session_id=session.id or 0)
            if wanted.system_prompt not in ("", kept.system_prompt):
                await _check_own(db, actor, talk)
            for name in OF_SESSION:
                setattr(kept, name, getattr(wanted, name))
            db.add(kept)
        if wanted.model != talk.model_ref:
            await self._models.choose_for_room(actor, talk.uuid, wanted.model)
        await self._bus.signal(talk.uuid, "room", [])
        log.info("ai_session.configured", session=talk.uuid, set=sorted(wanted.as_json()), by=actor.uuid)
        return await self.config(actor, session_uuid)

    async def _turn(self, actor: Actor, session_uuid: str, *, over: bool) -> SessionView:
        now, told = self._clock.now(), Told("", [])
        async with self._db.write() as db:
            talk, session = await session_to_keep(db, actor, session_uuid)
            if (session.ended_at is not None) != over:
                if not over:
                    await check_count(db, session.room_id, session.by_user_id)
                session.ended_at = talk.archived_at = now if over else None
                db.add_all([session, talk])
                user = await db.get_one(User, actor.user_id)
                key = "session_ended" if over else "session_resumed"
                told = Told(talk.uuid, await rows_of(db, [await add_notice(db, talk, user, key, at=now)]))
            view = await session_view(db, actor, session)
        if told.rows:
            if over:
                await stop_answers(self._db, talk)
            await self._tell(told, view)
            log.info("ai_session.turned", session=talk.uuid, over=over, by=actor.uuid)
        return view

    async def _tell(self, told: Told, view: SessionView) -> None:
        for row in told.rows:
            await self._bus.change(told.room, rev=row["rev"], rows=[row])
        await self._bus.signal(view.session_id, "room", [])
        await self._bus.signal(view.room_uuid, SIGNAL, [])

    async def _room_to_start_in(self, db: AsyncSession, actor: Actor, room_uuid: str) -> Room:
        room, member = await room_for(db, actor, room_uuid, Permission.POST)
        not_talk(room)
        check_voice(member, at=self._clock.now())
        await check_ai(db, room)
        await check_count(db, room.id or 0, actor.user_id)
        if wait := self._pace.take(actor.uuid, at=self._clock.now().timestamp()):
            raise LimitError("session_pace", retry_after=wait)
        return room

    async def _new_talk(self, db: AsyncSession, room: Room, persona: Persona, mine: AiConfig) -> Room:
        """With the model of the persona; else of who begins it, else of the room."""
        now = self._clock.now()
        talk = Room(kind=RoomKind.SESSION.value, parent_id=room.id, name_ko="", name_en="", created_at=now)
        talk.last_activity = now
        talk.model_ref = "" if persona.config.get("model") else _own_model(mine) or room.model_ref
        name_untitled(talk, persona)
        db.add(talk)
        await db.flush()
        return talk

    async def _new_session(self, db: AsyncSession, actor: Actor, room: Room, talk: Room, persona: Persona) -> AiSession:
        assert room.id is not None  # noqa: S101 - it came from the database
        assert talk.id is not None  # noqa: S101 - flushed
        now = self._clock.now()
        session = AiSession(uuid=talk.uuid, room_id=room.id, talk_id=talk.id, persona_id=persona.id)
        session.by_user_id, session.created_at, session.last_activity = actor.user_id, now, now
        db.add(session)
        await db.flush()
        return session


async def _check_own(db: AsyncSession, actor: Actor, talk: Room) -> None:
    persona = await persona_in(db, talk)
    if persona is not None and not may_tell(persona, actor.user_id):
        raise InputError("ai_setting", field="system_prompt")


def _own_model(mine: AiConfig) -> str:
    """A server outside is chosen in the talk itself, where people see it."""
    return mine.model if parse_ref(mine.model).kind == "local" else ""


async def _persona(db: AsyncSession, actor: Actor, room: Room, uuid: str) -> Persona:
    wanted = uuid.lower()
    here = next((one for _, one in taken(await seats_in(db, room)) if one.uuid == wanted), None)
    return here or await usable_persona(db, actor, uuid)
