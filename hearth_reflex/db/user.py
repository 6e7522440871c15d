"""People and the browsers they are signed in with."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from hearth_reflex.db.base import UtcDateTime, new_uuid, now


class User(SQLModel, table=True):
    """A person: an account (has a login name and a password hash) or a guest (has neither)."""

    # "user" is a reserved word in PostgreSQL
    __tablename__ = "user_account"  # pyright: ignore[reportAssignmentType] - SQLModel declares it otherwise

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(default_factory=new_uuid, unique=True, max_length=36)
    name: str = Field(max_length=40)  # shown to others
    name_key: str = Field(unique=True, max_length=80)  # folded, so that look-alike names are one name
    login: str | None = Field(default=None, unique=True, max_length=40)
    password_hash: str | None = Field(default=None, max_length=200)
    is_admin: bool = False
    bio: str = Field(default="", max_length=300)
    avatar: str = Field(default="", max_length=36)  # which picture of theirs, a new id for each; "": none
    ai_config: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # domain/ai_config.py
    preferences: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # domain/preferences.py
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_activity: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # guests leave; accounts stay

    @property
    def is_guest(self) -> bool:
        return self.login is None


class LoginSession(SQLModel, table=True):
    """A signed-in browser. Only the hash of its token is kept."""

    __tablename__ = "login_session"  # pyright: ignore[reportAssignmentType] - SQLModel declares it otherwise

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(default_factory=new_uuid, unique=True, max_length=36)
    user_id: int = Field(foreign_key="user_account.id", index=True, ondelete="CASCADE")
    token_hash: str = Field(unique=True, max_length=64)
    device: str = Field(default="", max_length=80)  # in words that its owner knows it by
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_activity: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)


class SetupLink(SQLModel, table=True):
    """The one-time link that makes the first admin account; at most one row is unused."""

    __tablename__ = "setup_link"  # pyright: ignore[reportAssignmentType] - SQLModel declares it otherwise

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True, max_length=64)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
