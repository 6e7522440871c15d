"""Talks with an AI apart from a room's own, and the keys of programs."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel, Text, UniqueConstraint

from hearth_reflex.db.base import UtcDateTime, new_uuid, now


class AiSession(SQLModel, table=True):
    """An AI that was invited into a room, with a talk of its own: the room `talk_id`, whose parent is `room_id`.

    An ended one answers no more and can be resumed.
    """

    __tablename__ = "ai_session"  # pyright: ignore[reportAssignmentType] - SQLModel declares it otherwise

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(default_factory=new_uuid, unique=True, max_length=36)
    room_id: int = Field(foreign_key="room.id", index=True, ondelete="CASCADE")
    talk_id: int = Field(foreign_key="room.id", unique=True, ondelete="CASCADE")
    persona_id: int | None = Field(default=None, foreign_key="persona.id", ondelete="SET NULL")
    by_user_id: int | None = Field(default=None, foreign_key="user_account.id", ondelete="SET NULL")
    title: str = Field(default="", max_length=80)
    is_named: bool = False  # somebody gave it its title; else it comes from what is said
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_activity: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SessionConfig(SQLModel, table=True):
    """What one AI session wants of its answers; NULL and "" leave it to the persona, the person and the house.

    Its model is that of its talk: `Room.model_ref`.
    """

    __tablename__ = "session_config"  # pyright: ignore[reportAssignmentType] - SQLModel declares it otherwise

    id: int | None = Field(default=None, primary_key=True)
    ai_session_id: int = Field(foreign_key="ai_session.id", unique=True, ondelete="CASCADE")
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    system_prompt: str = Field(default="", sa_type=Text)
    context_turns: int | None = None
    do_sample: bool | None = None


class TalkRead(SQLModel, table=True):
    """How far a person has read in the talk of an AI session: the seat in its room keeps that of the room alone."""

    __tablename__ = "talk_read"  # pyright: ignore[reportAssignmentType] - SQLModel declares it otherwise
    __table_args__ = (UniqueConstraint("user_id", "talk_id"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", ondelete="CASCADE")
    talk_id: int = Field(foreign_key="room.id", index=True, ondelete="CASCADE")
    read_seq: int


class ApiToken(SQLModel, table=True):
    """A key with which a program acts for its owner. Only its hash is kept; `hint` is its last letters."""

    __tablename__ = "api_token"  # pyright: ignore[reportAssignmentType] - SQLModel declares it otherwise

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(default_factory=new_uuid, unique=True, max_length=36)
    user_id: int = Field(foreign_key="user_account.id", index=True, ondelete="CASCADE")
    name: str = Field(max_length=40)
    token_hash: str = Field(unique=True, max_length=64)
    hint: str = Field(default="", max_length=8)
    scopes: list[str] = Field(default_factory=list, sa_type=JSON)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
