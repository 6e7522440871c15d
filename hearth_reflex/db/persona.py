"""Who the AI is when it sits in a room, and where it sits."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel, Text, UniqueConstraint

from hearth_reflex.db.base import UtcDateTime, new_uuid, now


class Persona(SQLModel, table=True):
    """A character the model plays. `purpose` "default" marks the one made on first use; it belongs to the house.

    A deleted one keeps its row, so that what it said keeps its author; its seats end, its name is free again.
    """

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(default_factory=new_uuid, unique=True, max_length=36)
    purpose: str | None = Field(default=None, unique=True, max_length=20)
    owner_user_id: int | None = Field(default=None, foreign_key="user_account.id", index=True, ondelete="SET NULL")
    name_ko: str = Field(max_length=40)
    name_en: str = Field(max_length=40)
    reading_ko: str = Field(default="", index=True, max_length=80)  # domain/lookalikes.py `reading_of`
    reading_en: str = Field(default="", index=True, max_length=80)
    about: str = Field(default="", max_length=300)  # one line for those who choose among several
    instructions: str = Field(sa_type=Text)
    greeting: str = Field(default="", max_length=2000)  # what it says when it sits down
    voice: str = Field(default="", max_length=200)  # how it speaks, behind the instructions: "반말로 짧게"
    avatar: str = Field(default="", max_length=36)  # as User.avatar
    config: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # domain/ai_config.py
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Seat(SQLModel, table=True):
    """A persona in the talk of a room. It hears what was said from `since_seq` on.

    A room without any row here has the default persona; one that left keeps its row, with `left_at`.
    """

    __table_args__ = (UniqueConstraint("room_id", "persona_id"),)

    id: int | None = Field(default=None, primary_key=True)
    room_id: int = Field(foreign_key="room.id", ondelete="CASCADE")
    persona_id: int = Field(foreign_key="persona.id", index=True, ondelete="CASCADE")
    look: int = 0  # which of the house's colours it wears in this room
    since_seq: int = 0
    by_user_id: int | None = Field(default=None, foreign_key="user_account.id", ondelete="SET NULL")
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SavedPrompt(SQLModel, table=True):
    """A question that somebody keeps to ask it again."""

    __tablename__ = "saved_prompt"  # pyright: ignore[reportAssignmentType] - SQLModel declares it otherwise

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(default_factory=new_uuid, unique=True, max_length=36)
    user_id: int = Field(foreign_key="user_account.id", index=True, ondelete="CASCADE")
    title: str = Field(max_length=80)
    text: str = Field(sa_type=Text)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
