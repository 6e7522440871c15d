"""AI sessions as rows, inside the caller's transaction: whose talk a room is, and what it is called.

Publishes nothing, and knows nothing of who may do it: that is `ai_sessions.py`'s.
"""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.message import Message
from hearth_reflex.db.persona import Persona, Seat
from hearth_reflex.db.room import Room, RoomKind
from hearth_reflex.db.session import AiSession
from hearth_reflex.domain.titles import title_of
from hearth_reflex.errors import ConflictError
from hearth_reflex.i18n import say
from hearth_reflex.services.access import Actor


async def session_of(db: AsyncSession, talk: Room) -> AiSession | None:
    """The AI session whose talk this is; None for a room that is none."""
    if talk.kind != RoomKind.SESSION:
        return None
    return (await db.exec(select(AiSession).where(AiSession.talk_id == talk.id))).first()


async def began_talk(db: AsyncSession, actor: Actor, room: Room) -> bool:
    """Whether this is the talk of an AI session that `actor` began."""
    session = await session_of(db, room)
    return session is not None and session.by_user_id == actor.user_id


async def persona_in(db: AsyncSession, talk: Room) -> Persona | None:
    """Who speaks in the talk of an AI session; None when that persona is gone, or was sent away from the room and is
    neither the house's own nor of who began the session."""
    sits = select(Seat.id).where(
        Seat.room_id == AiSession.room_id, Seat.persona_id == Persona.id, col(Seat.left_at).is_(None)
    )
    may_speak = (
        col(Persona.purpose).is_not(None) | (col(Persona.owner_user_id) == col(AiSession.by_user_id)) | sits.exists()
    )
    query = (
        select(Persona)
        .join(AiSession, col(AiSession.persona_id) == col(Persona.id))
        .where(AiSession.talk_id == talk.id, col(Persona.deleted_at).is_(None), may_speak)
    )
    return (await db.exec(query)).first()


def call_talk(session: AiSession, talk: Room, title: str, *, named: bool = False) -> None:
    """Gives a session its title, which its talk bears as its name."""
    session.title = talk.name_ko = talk.name_en = title
    session.is_named = session.is_named or named


def name_untitled(talk: Room, persona: Persona) -> None:
    """What a talk is called in which nothing was asked yet."""
    talk.name_ko = say("ko", "sessions.untitled", name=persona.name_ko)
    talk.name_en = say("en", "sessions.untitled", name=persona.name_en)


async def note_said(db: AsyncSession, talk: Room, message: Message) -> list[str]:
    """Something was said by a person in the talk of an AI session: the first question gives it its title. Returns the
    rooms that are to look anew when it did; in any other room nothing is noted.

    Raises:
        ConflictError: `session_persona_gone`, nobody is there to answer any more.
    """
    session = await session_of(db, talk)
    if session is None:
        return []
    if await persona_in(db, talk) is None:
        raise ConflictError("session_persona_gone")
    session.last_activity = message.created_at
    title = "" if session.title else title_of(message.text)
    if title:
        call_talk(session, talk, title)
        db.add(talk)
    db.add(session)
    await db.flush()
    both = select(Room.uuid).where(col(Room.id).in_((talk.id, talk.parent_id)))
    return list((await db.exec(both)).all()) if title else []
