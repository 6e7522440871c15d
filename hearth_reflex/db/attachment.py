"""Pictures and files that people put into rooms. The bytes lie in the data folder; the row says what they are."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import BigInteger, Field, SQLModel

from hearth_reflex.db.base import UtcDateTime, new_uuid, now


class AttachmentKind(StrEnum):
    IMAGE = "image"
    FILE = "file"


class Attachment(SQLModel, table=True):
    """One file. It waits without a message until it is sent with one; what is never sent is removed after a while.

    `width` and `height` (pixels, upright) and `blur` (a BlurHash) are those of pictures; `moves` that one is animated.
    """

    id: int | None = Field(default=None, primary_key=True)
    uuid: str = Field(default_factory=new_uuid, unique=True, max_length=36)
    room_id: int = Field(foreign_key="room.id", index=True, ondelete="CASCADE")
    uploader_user_id: int | None = Field(default=None, foreign_key="user_account.id", index=True, ondelete="SET NULL")
    message_id: int | None = Field(default=None, foreign_key="message.id", index=True, ondelete="CASCADE")
    position: int = 0  # among the files of its message
    kind: str = Field(max_length=10)
    name: str = Field(max_length=200)  # as people see it; no file of this name is ever written
    mime: str = Field(max_length=100)
    size_bytes: int = Field(sa_type=BigInteger)
    sha256: str = Field(max_length=64)
    width: int = 0
    height: int = 0
    blur: str = Field(default="", max_length=80)
    moves: bool = False
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
