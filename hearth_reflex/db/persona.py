"""Who the AI is when it sits in a room."""

from datetime import datetime

from sqlmodel import Field, SQLModel, Text

from hearth_reflex.db.base import UtcDateTime, new_uuid, now


class Persona(SQLModel, table=True):
    """A character the model plays. `purpose` "default" marks the one made on first use."""

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(default_factory=new_uuid, unique=True, max_length=36)
    purpose: str | None = Field(default=None, unique=True, max_length=20)
    name_ko: str = Field(max_length=40)
    name_en: str = Field(max_length=40)
    instructions: str = Field(sa_type=Text)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
