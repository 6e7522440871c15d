"""Models and servers that can speak: files of this house, fetches on their way, and other people's servers."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field, SQLModel, Text

from hearth_reflex.db.base import UtcDateTime, new_uuid, now


class ModelFile(SQLModel, table=True):
    """A GGUF file. `facts` are read from its head without loading it; `error` is a code when it cannot be used."""

    __tablename__ = "model_file"  # pyright: ignore[reportAssignmentType] - SQLModel declares it otherwise

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(default_factory=new_uuid, unique=True, max_length=36)
    path: str = Field(unique=True, max_length=500)  # name below the models' folder, or "demo"
    size_bytes: int = Field(default=0, sa_type=BigInteger)
    modified_ns: int = Field(default=0, sa_type=BigInteger)
    sha256: str = Field(default="", max_length=64)  # empty until it was counted
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    error: str | None = Field(default=None, max_length=40)
    source: str = Field(default="", max_length=300)  # where it was fetched from, when it was
    added_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class PullStatus(StrEnum):
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class ModelPull(SQLModel, table=True):
    """A model that is, or was, being fetched from a hub."""

    __tablename__ = "model_pull"  # pyright: ignore[reportAssignmentType] - SQLModel declares it otherwise

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(default_factory=new_uuid, unique=True, max_length=36)
    repo: str = Field(max_length=200)
    file: str = Field(max_length=300)
    revision: str = Field(default="main", max_length=100)
    status: str = Field(default=PullStatus.RUNNING.value, max_length=12, index=True)
    error: str | None = Field(default=None, max_length=40)
    done_bytes: int = Field(default=0, sa_type=BigInteger)
    total_bytes: int = Field(default=0, sa_type=BigInteger)
    worker: str = Field(default="", max_length=64)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    heartbeat_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Provider(SQLModel, table=True):
    """Another server that speaks the OpenAI-compatible dialect. Off until somebody turns it on."""

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(default_factory=new_uuid, unique=True, max_length=36)
    name: str = Field(max_length=40)
    base_url: str = Field(max_length=300)
    model: str = Field(max_length=200)
    sealed_key: str = Field(default="", sa_type=Text)  # encrypted with the house's own key, never shown
    enabled: bool = False
    context_tokens: int = 8192
    sees: bool = False
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str | None = Field(default=None, max_length=40)  # of the last check
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


DEFAULT_MODEL, FALLBACK = "default_model", "fallback"  # a ref; a list of refs
HOUSE_NAME = "house_name"
PROVIDER_PRICES = "provider_prices"  # {uuid of a server: [for a million tokens read, for a million written]}


class HouseChoice(SQLModel, table=True):
    """What whoever keeps the house chose, by name (`DEFAULT_MODEL`, `FALLBACK`, …)."""

    __tablename__ = "house_choice"  # pyright: ignore[reportAssignmentType] - SQLModel declares it otherwise

    name: str = Field(primary_key=True, max_length=40)
    value: Any = Field(default=None, sa_type=JSON)
