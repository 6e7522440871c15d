"""Rooms and who sits in them."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel, UniqueConstraint

from hearth_reflex.db.base import UtcDateTime, new_uuid, now
from hearth_reflex.domain.roles import Role


class RoomKind(StrEnum):
    OPEN = "open"  # stands in the lobby; anyone signed in may sit down
    PRIVATE = "private"  # only its members know of it


class Room(SQLModel, table=True):
    """A room and its two counters: `last_seq` orders messages, `rev` counts committed changes."""

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(default_factory=new_uuid, unique=True, max_length=36)
    kind: str = Field(default=RoomKind.OPEN.value, max_length=10)
    name_ko: str = Field(max_length=60)
    name_en: str = Field(max_length=60)
    model_ref: str = Field(default="", max_length=60)  # which model speaks here; "" is the house's default
    purpose: str | None = Field(default=None, max_length=20, unique=True)  # "living" marks the first room
    last_seq: int = 0
    rev: int = 0
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_activity: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)


class Member(SQLModel, table=True):
    """A seat of a person in a room."""

    __table_args__ = (UniqueConstraint("room_id", "user_id"),)

    id: int | None = Field(default=None, primary_key=True)
    room_id: int = Field(foreign_key="room.id", ondelete="CASCADE")
    user_id: int = Field(foreign_key="user_account.id", index=True, ondelete="CASCADE")
    role: str = Field(default=Role.MEMBER.value, max_length=10)
    joined_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
