"""Looking for something, over REST: one question, answered in groups: rooms, people, messages, files, documents."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from hearth_reflex.api.caller import Caller, TheHouse
from hearth_reflex.errors import InputError
from hearth_reflex.services.search import PAGE, Asked, Kind

router = APIRouter(tags=["search"])


class Segment(BaseModel):
    """A stretch of plain text; `hit` when it is what was looked for."""

    text: str
    hit: bool


class RoomHit(BaseModel):
    room: dict[str, Any]
    marked: list[Segment]


class PersonHit(BaseModel):
    id: str
    avatar: str
    marked: list[Segment]


class MessageHit(BaseModel):
    """`seq` is its place in the room, `images` how many pictures it holds. `by_meaning`: in other words."""

    id: str
    seq: int
    at: str
    room: dict[str, str]
    author: str
    name: str
    name_en: str
    is_ai: bool
    images: int
    excerpt: list[Segment]
    by_meaning: bool


class FileHit(BaseModel):
    file: dict[str, Any]
    marked: list[Segment]
    message: MessageHit
    by_meaning: bool


class DocumentHit(BaseModel):
    """A document and the `piece` of it that answers, on this `page` (from 1; 0 where it has none) and from this letter
    of its text on; "" where its name does. `room` is null of one on the caller's own shelf."""

    id: str
    name: str
    kind: str
    at: str
    room: dict[str, str] | None
    piece: str
    page: int
    start: int
    heading: str
    marked: list[Segment]
    excerpt: list[Segment]
    by_meaning: bool


class Found(BaseModel):
    """`next` is the `cursor` of the next page, "" at the end."""

    rooms: list[RoomHit]
    people: list[PersonHit]
    messages: list[MessageHit]
    files: list[FileHit]
    documents: list[DocumentHit]
    next: str


@router.get("/search")
async def search(
    actor: Caller,
    home: TheHouse,
    q: Annotated[str, Query(max_length=1000)] = "",
    kind: Kind = Kind.ALL,
    room: UUID | None = None,
    person: UUID | None = None,
    since: Annotated[datetime | None, Query(alias="from")] = None,
    until: Annotated[datetime | None, Query(alias="to")] = None,
    has: Literal["image"] | None = None,
    cursor: Annotated[str, Query(max_length=40)] = "",
    limit: Annotated[int, Query(ge=1, le=50)] = PAGE,
) -> Found:
    """What answers `q` and the caller may see, the best first. Without `q`: the newest that pass the filters."""
    asked = Asked(
        text=q,
        kind=kind,
        room=str(room) if room else "",
        person=str(person) if person else "",
        since=_aware(since),
        until=_aware(until),
        image=has == "image",
        cursor=cursor,
        limit=limit,
    )
    return Found.model_validate(asdict(await home.search.find(actor, asked)))


def _aware(moment: datetime | None) -> datetime | None:
    """In UTC; without a zone it is taken for UTC."""
    if moment is None:
        return None
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:  # the last hours of the last year there is
        raise InputError("arguments") from None
