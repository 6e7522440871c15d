"""What was said. `seq` is the order in a room; `rev` is the room's rev when the row last changed."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, Index, SQLModel, Text, UniqueConstraint

from hearth_reflex.db.base import UtcDateTime, new_uuid, now


class MessageKind(StrEnum):
    TALK = "talk"
    NOTICE = "notice"  # a line of the house: `text` is a catalogue key, `author` the person it is about


class MessageStatus(StrEnum):
    QUEUED = "sending"  # an answer that waits for the model: people see "thinking"
    STREAMING = "streaming"
    COMPLETE = "complete"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


OPEN_STATUSES = (MessageStatus.QUEUED, MessageStatus.STREAMING)
UNFINISHED_STATUSES = (MessageStatus.STOPPED, MessageStatus.FAILED, MessageStatus.INTERRUPTED)


class Message(SQLModel, table=True):
    """One message with exactly one author: a user or a persona.

    A deleted one keeps its place and its author, and loses its words: `text` is empty, its files are gone.
    """

    __table_args__ = (
        UniqueConstraint("room_id", "seq"),
        UniqueConstraint("author_user_id", "client_msg_id"),
        Index("ix_message_room_rev", "room_id", "rev"),
    )

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(default_factory=new_uuid, unique=True, max_length=36)
    room_id: int = Field(foreign_key="room.id", ondelete="CASCADE")
    seq: int
    rev: int
    kind: str = Field(default=MessageKind.TALK.value, max_length=10)
    status: str = Field(default=MessageStatus.COMPLETE.value, max_length=12, index=True)
    author_user_id: int | None = Field(default=None, foreign_key="user_account.id", ondelete="SET NULL")
    author_persona_id: int | None = Field(default=None, foreign_key="persona.id", ondelete="SET NULL")
    author_name: str = Field(max_length=40)  # as it was when said: stays when a guest has gone
    client_msg_id: str | None = Field(default=None, max_length=36)
    text: str = Field(default="", sa_type=Text)
    error: str | None = Field(default=None, max_length=40)  # error code of a failed answer
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    edited_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    deleted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    version: int = 1  # of an answer that was made more than once: which one stands here, from 1
    versions: int = 1
    reply_to_id: int | None = Field(default=None, foreign_key="message.id", index=True, ondelete="SET NULL")
    pinned_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    pinned_by_user_id: int | None = Field(default=None, foreign_key="user_account.id", ondelete="SET NULL")


class AnswerVersion(SQLModel, table=True):
    """One of several answers to the same words.

    The one that stands in the room has its words in Message alone: here `text`, `status` and `error` are those of a
    version that has stepped aside. An answer that was made once has no rows here.
    """

    __tablename__ = "answer_version"  # pyright: ignore[reportAssignmentType] - SQLModel declares it otherwise
    __table_args__ = (UniqueConstraint("message_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", ondelete="CASCADE")
    number: int
    text: str = Field(default="", sa_type=Text)
    status: str = Field(default=MessageStatus.COMPLETE.value, max_length=12)
    error: str | None = Field(default=None, max_length=40)
    generation_id: int | None = Field(default=None, foreign_key="generation.id", ondelete="SET NULL")
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Rating(SQLModel, table=True):
    """What somebody thinks of one version of an answer: 1 or -1."""

    __table_args__ = (UniqueConstraint("message_id", "user_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", ondelete="CASCADE")
    user_id: int = Field(foreign_key="user_account.id", index=True, ondelete="CASCADE")
    version: int = 1
    value: int
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Hush(SQLModel, table=True):
    """Somebody found that an answer was too talkative: that counts once."""

    __table_args__ = (UniqueConstraint("message_id", "user_id"),)

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", ondelete="CASCADE")
    user_id: int = Field(foreign_key="user_account.id", index=True, ondelete="CASCADE")
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Reaction(SQLModel, table=True):
    """One emoji of one person under one message."""

    __table_args__ = (UniqueConstraint("message_id", "user_id", "emoji"),)

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", ondelete="CASCADE")
    user_id: int = Field(foreign_key="user_account.id", index=True, ondelete="CASCADE")
    emoji: str = Field(max_length=40)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Star(SQLModel, table=True):
    """A message that a person keeps for themself; nobody else learns of it."""

    __table_args__ = (UniqueConstraint("user_id", "message_id"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user_account.id", ondelete="CASCADE")
    message_id: int = Field(foreign_key="message.id", index=True, ondelete="CASCADE")
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Mention(SQLModel, table=True):
    """A person who was called by name in a message."""

    __table_args__ = (UniqueConstraint("message_id", "user_id"),)

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", ondelete="CASCADE")
    user_id: int = Field(foreign_key="user_account.id", index=True, ondelete="CASCADE")
