"""AI sessions as one person sees them, and the one way to a session: through the seat in its room. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from hearth_reflex.db.persona import Persona, Seat
from hearth_reflex.db.room import Member, Room
from hearth_reflex.db.session import AiSession
from hearth_reflex.domain.roles import Permission, Role, may
from hearth_reflex.errors import ConflictError, ForbiddenError, NotFoundError
from hearth_reflex.services.access import Actor, room_for
from hearth_reflex.services.ai_talks import session_of
from hearth_reflex.services.changes import lock_named
from hearth_reflex.services.room_lists import peers_of
from hearth_reflex.services.views import Peer, iso

MOST_SESSIONS = 200  # of one room, those that go on; and of a list
MOST_OF_ONE = 50  # of those, begun by one person


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """What is told of an AI session, whoever asks. Its id is that of its talk. Times are ISO 8601 in UTC.

    `title` is "" until something was asked there; the names are what its talk is called, also in the meantime.
    `persona` and its names are "" when that persona is gone for good. Not `persona_here`: it is gone, or was sent away
    from the room, and answers no more. `may_keep`: may end and rename it, and set it up.
    """

    session_id: str
    room_uuid: str
    title: str
    name_ko: str
    name_en: str
    persona: str
    persona_ko: str
    persona_en: str
    persona_here: bool
    avatar: str
    created_at: str
    last_activity: str
    is_active: bool
    may_keep: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView(SessionFacts):
    """An AI session as a member of its room sees it, with the names of that room."""

    room_ko: str
    room_en: str


async def session_for(
    db: AsyncSession, actor: Actor, session_uuid: str, *, locked: bool = False
) -> tuple[Room, AiSession, Member]:
    """The session, its talk, and the seat of `actor` in its room.

    Args:
        locked: found behind the lock of its talk, and true until the transaction ends.

    Raises:
        NotFoundError: `session_unknown`, also for a room that is no talk of one, and for one that is not theirs to see.
        ForbiddenError: `not_member`, of an open room.
    """
    try:
        if locked:
            await lock_named(db, session_uuid)
        talk, member = await room_for(db, actor, session_uuid, Permission.READ)
    except NotFoundError:
        raise NotFoundError("session_unknown") from None
    session = await session_of(db, talk)
    if session is None:
        raise NotFoundError("session_unknown")
    return talk, session, member


async def session_to_keep(db: AsyncSession, actor: Actor, session_uuid: str) -> tuple[Room, AiSession]:
    """The same, locked, for who may change it.

    Raises:
        NotFoundError, ForbiddenError: as `session_for`; `role`; `room_archived`, there nothing is changed.
    """
    talk, session, member = await session_for(db, actor, session_uuid, locked=True)
    if not _may_keep(actor, session, member):
        raise ForbiddenError("role")
    if (await db.get_one(Room, session.room_id)).archived_at is not None:
        raise ForbiddenError("room_archived")
    return talk, session


async def check_count(db: AsyncSession, room_id: int, by: int | None) -> None:
    """Whether one more session of a room, begun by `by`, may go on. Raises ConflictError `sessions_many`.

    Where the room is not locked, two in the same moment may be one too many.
    """
    going_on = select(func.count()).where(col(AiSession.room_id) == room_id, col(AiSession.ended_at).is_(None))
    theirs = going_on.where(col(AiSession.by_user_id) == by)
    if by is not None and (await db.exec(theirs)).one() >= MOST_OF_ONE:
        raise ConflictError("sessions_many", limit=MOST_OF_ONE)
    if (await db.exec(going_on)).one() >= MOST_SESSIONS:
        raise ConflictError("sessions_many", limit=MOST_SESSIONS)


async def session_view(db: AsyncSession, actor: Actor, session: AiSession) -> SessionView:
    (view,) = await session_views(db, actor, col(AiSession.id) == session.id)
    return view


async def session_views(db: AsyncSession, actor: Actor, *conditions: ColumnElement[bool]) -> list[SessionView]:
    """The sessions, of rooms where `actor` sits, for which all `conditions` hold; the liveliest first.

    Where there are too many to list, those that ended are left out before those that go on.
    """
    talk = aliased(Room)
    query = (
        select(AiSession, talk, Room, Member)
        .join(talk, col(talk.id) == col(AiSession.talk_id))
        .join(Room, col(Room.id) == col(AiSession.room_id))
        .join(Member, (col(Member.room_id) == col(Room.id)) & (col(Member.user_id) == actor.user_id))
        .where(col(Room.deleted_at).is_(None), *conditions)
        .order_by(col(AiSession.ended_at).is_not(None), col(AiSession.last_activity).desc(), col(AiSession.id).desc())
        .limit(MOST_SESSIONS)
    )
    found = sorted((await db.exec(query)).all(), key=_liveliness, reverse=True)
    ids = {session.persona_id for session, _, _, _ in found if session.persona_id is not None}
    personas = {one.id: one for one in (await db.exec(select(Persona).where(col(Persona.id).in_(ids)))).all()}
    peers = await peers_of(db, actor, [room for _, _, room, _ in found])
    sitting = await _sitting(db, [session for session, _, _, _ in found])
    return [
        _view(actor, session, talk, room, member, personas.get(session.persona_id), peers.get(room.uuid), sitting)
        for session, talk, room, member in found
    ]


_Sitting = set[tuple[int, int | None]]  # (room, persona)


async def _sitting(db: AsyncSession, sessions: Sequence[AiSession]) -> _Sitting:
    """Which personas of these sessions have a seat in the session's room."""
    query = select(Seat.room_id, Seat.persona_id).where(
        col(Seat.room_id).in_({one.room_id for one in sessions}),
        col(Seat.persona_id).in_({one.persona_id for one in sessions}),
        col(Seat.left_at).is_(None),
    )
    return set((await db.exec(query)).all())


def _speaks(session: AiSession, persona: Persona | None, sitting: _Sitting) -> bool:
    """As `ai_talks.persona_in`, of what is fetched already."""
    if persona is None or persona.deleted_at is not None:
        return False
    own = persona.owner_user_id is not None and persona.owner_user_id == session.by_user_id
    return persona.purpose is not None or own or (session.room_id, persona.id) in sitting


def _view(
    actor: Actor,
    session: AiSession,
    talk: Room,
    room: Room,
    member: Member,
    persona: Persona | None,
    peer: Peer | None,
    sitting: _Sitting,
) -> SessionView:
    there = persona if persona is not None and persona.deleted_at is None else None
    return SessionView(
        session_id=session.uuid,
        room_uuid=room.uuid,
        room_ko=peer.name if peer else room.name_ko,
        room_en=peer.name if peer else room.name_en,
        title=session.title,
        name_ko=talk.name_ko,
        name_en=talk.name_en,
        persona=there.uuid if there else "",
        persona_ko=there.name_ko if there else "",
        persona_en=there.name_en if there else "",
        persona_here=_speaks(session, persona, sitting),
        avatar=there.avatar if there else "",
        created_at=iso(session.created_at),
        last_activity=iso(session.last_activity),
        is_active=session.ended_at is None,
        may_keep=_may_keep(actor, session, member),
    )


def _liveliness(row: tuple[AiSession, Room, Room, Member]) -> tuple[datetime, int]:
    return row[0].last_activity, row[0].id or 0


def _may_keep(actor: Actor, session: AiSession, member: Member) -> bool:
    """Whoever began it, and those who describe the room."""
    return session.by_user_id == actor.user_id or may(Role(member.role), Permission.DESCRIBE) or actor.is_admin
