"""Runs of the model. One row writes (or goes on writing) one message, and says how it was made."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel, Text, UniqueConstraint

from hearth_reflex.db.base import UtcDateTime, new_uuid, now


class GenerationStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


OPEN_GENERATIONS = (GenerationStatus.QUEUED, GenerationStatus.RUNNING)


class Generation(SQLModel, table=True):
    """One run of the model. `worker` names the process that owns it, so that its death can be noticed."""

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(default_factory=new_uuid, unique=True, max_length=36)
    message_id: int = Field(foreign_key="message.id", index=True, ondelete="CASCADE")
    asker_user_id: int | None = Field(default=None, foreign_key="user_account.id", ondelete="SET NULL")
    status: str = Field(default=GenerationStatus.QUEUED.value, max_length=12, index=True)
    stop_requested: bool = False  # read by the owning worker, whichever worker was asked
    error: str | None = Field(default=None, max_length=40)
    worker: str = Field(default="", max_length=64)
    heartbeat_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    provider: str = Field(default="", max_length=40)
    model: str = Field(default="", max_length=200)
    model_sha256: str = Field(default="", max_length=64)
    template_id: str = Field(default="", max_length=40)
    prompt_id: str = Field(default="", max_length=40)
    reason: str = Field(default="", max_length=20)  # why the persona spoke: domain/manners.py
    parameters: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    prompt_tokens: int = 0
    kept_tokens: int = 0
    output_tokens: int = 0
    queue_ms: float = 0.0
    first_token_ms: float = 0.0
    total_ms: float = 0.0
    cpu_ms: float = 0.0  # its share of the engine's processor time
    price_micro: int = 0  # millionths of the provider's currency; 0 for what runs in the house
    tokens_per_second: float = 0.0
    shortened: bool = False  # the newest message was too long to be read whole
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class UsageDay(SQLModel, table=True):
    """What one person had one model write in one room on one day (UTC). Stays when messages go."""

    __tablename__ = "usage_day"  # pyright: ignore[reportAssignmentType] - SQLModel declares it otherwise
    __table_args__ = (UniqueConstraint("day", "user_id", "room_id", "model"),)

    id: int | None = Field(default=None, primary_key=True)
    day: date
    user_id: int | None = Field(default=None, foreign_key="user_account.id", index=True, ondelete="SET NULL")
    room_id: int | None = Field(default=None, foreign_key="room.id", index=True, ondelete="SET NULL")
    model: str = Field(default="", max_length=200)
    answers: int = 0
    prompt_tokens: int = 0
    output_tokens: int = 0
    cpu_ms: float = 0.0
    price_micro: int = 0


class MessageMetadata(SQLModel, table=True):
    """How one run was made, in full: enough to show it, and to say it again. The figures stand in Generation.

    `prompt` is the exact text that was read; `turns` what it was made of ([role, content] each). `streams` is the most
    replies that were decoded side by side with it.
    """

    __tablename__ = "message_metadata"  # pyright: ignore[reportAssignmentType] - SQLModel declares it otherwise

    id: int | None = Field(default=None, primary_key=True)
    generation_id: int = Field(foreign_key="generation.id", unique=True, ondelete="CASCADE")
    message_id: int = Field(foreign_key="message.id", index=True, ondelete="CASCADE")
    prompt: str = Field(default="", sa_type=Text)
    turns: list[Any] = Field(default_factory=list, sa_type=JSON)
    begun: str = Field(default="", sa_type=Text)  # what the answer said before this run went on with it
    said: str = Field(default="", sa_type=Text)  # what the model itself said, before the house took labels off
    build: str = Field(default="", max_length=80)
    seed: int | None = None
    streams: int = 1
    images: int = 0
    leaves_house: bool = False
    first_seq: int = 0  # oldest message that the prompt held
    heard: int = 0  # messages that the prompt held
    dropped: int = 0  # messages that were in reach and were not in it
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
