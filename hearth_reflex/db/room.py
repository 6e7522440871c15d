"""Rooms and who sits in them."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel, UniqueConstraint

from hearth_reflex.db.base import UtcDateTime, new_uuid, now
from hearth_reflex.domain.roles import Role


class RoomKind(StrEnum):
    OPEN = "open"  # stands in the lobby; anyone signed in may sit down
    PRIVATE = "private"  # only its members know of it
    DIRECT = "direct"  # two people, for good; nobody else may come in
    SESSION = "session"  # the talk of an AI session, beside that of the room it belongs to


class Temper(StrEnum):
    """When the AI of a room speaks."""

    QUIET = "quiet"  # only when it is called by its name
    ASKED = "asked"  # when what is said is meant for it
    JOINS_IN = "joins_in"  # also when it has something to give


class Notify(StrEnum):
    """What of a room its member wants to be told of while it is not open."""

    ALL = "all"
    MENTIONS = "mentions"
    NONE = "none"


class Room(SQLModel, table=True):
    """A room and its two counters: `last_seq` orders messages, `rev` counts committed changes.

    An archived room is read and not written in. A deleted one is nobody's any more; its rows go after a while, so that
    its owner may take that back. The talk of an AI session is a room too, with `parent_id`: it has no members of its
    own, who sits in the parent sits in it.
    """

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(default_factory=new_uuid, unique=True, max_length=36)
    kind: str = Field(default=RoomKind.OPEN.value, max_length=10)
    name_ko: str = Field(max_length=60)
    name_en: str = Field(max_length=60)
    description: str = Field(default="", max_length=500)
    max_members: int = 0  # seats; 0: as many as come
    ai_enabled: bool = True  # off: no AI answers here, whoever calls it
    temper: str = Field(default=Temper.ASKED.value, max_length=10)
    talkative: int = 0  # how much more (or less) it joins in than it would: "too talkative" takes one off
    direct_key: str | None = Field(default=None, unique=True, max_length=80)  # whose a room of two is
    model_ref: str = Field(default="", max_length=60)  # which model speaks here; "" is the house's default
    parent_id: int | None = Field(default=None, foreign_key="room.id", index=True, ondelete="CASCADE")
    purpose: str | None = Field(default=None, max_length=20, unique=True)  # "living" marks the first room
    last_seq: int = 0
    rev: int = 0
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_activity: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)
    archived_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)


class Member(SQLModel, table=True):
    """A seat of a person in a room, and what that person wants of the room.

    `read_seq` is the newest message that was before their eyes. Until `silenced_until` they may not speak; until
    `quiet_until` they are told nothing of the room.
    """

    __table_args__ = (UniqueConstraint("room_id", "user_id"),)

    id: int | None = Field(default=None, primary_key=True)
    room_id: int = Field(foreign_key="room.id", ondelete="CASCADE")
    user_id: int = Field(foreign_key="user_account.id", index=True, ondelete="CASCADE")
    role: str = Field(default=Role.MEMBER.value, max_length=10)
    joined_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    silenced_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    favourite: bool = False
    notify: str = Field(default=Notify.ALL.value, max_length=10)
    quiet_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    read_seq: int = 0


class Ban(SQLModel, table=True):
    """A person who may not sit down in a room again."""

    __table_args__ = (UniqueConstraint("room_id", "user_id"),)

    id: int | None = Field(default=None, primary_key=True)
    room_id: int = Field(foreign_key="room.id", ondelete="CASCADE")
    user_id: int = Field(foreign_key="user_account.id", index=True, ondelete="CASCADE")
    by_user_id: int | None = Field(default=None, foreign_key="user_account.id", ondelete="SET NULL")
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Invite(SQLModel, table=True):
    """A link into a room. Its code is kept as it is: its maker may show it again as long as it is good."""

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(default_factory=new_uuid, unique=True, max_length=36)
    code: str = Field(unique=True, max_length=40)
    room_id: int = Field(foreign_key="room.id", index=True, ondelete="CASCADE")
    by_user_id: int | None = Field(default=None, foreign_key="user_account.id", ondelete="SET NULL")
    role: str = Field(default=Role.MEMBER.value, max_length=10)
    max_uses: int = 0  # 0: as often as it is opened
    uses: int = 0
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
