"""Rooms and what was said in them, over REST. The same services as the page; `is_self` is added here."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from uuid_utils import uuid7

from hearth_reflex.api.caller import Caller, TheHouse
from hearth_reflex.domain.feed import Row
from hearth_reflex.services.access import Actor

router = APIRouter(tags=["rooms"])
RoomId = str


class NewRoom(BaseModel):
    name: str = Field(max_length=200)
    private: bool = False


class NewMessage(BaseModel):
    """`client_msg_id` is a uuid of the sender's choice: sent twice, it is one message."""

    text: str = Field(max_length=200_000)
    client_msg_id: str | None = Field(default=None, max_length=40)


class MessageOut(BaseModel):
    """One message. `at` is ISO 8601 in UTC; `seq` is the order in the room."""

    message_id: str
    seq: int
    rev: int
    kind: str
    status: str
    text: str
    at: str
    user_id: str
    username: str
    is_self: bool
    is_ai: bool
    client_msg_id: str
    notice: dict[str, str] | None
    error: dict[str, str] | None
    figures: dict[str, int | float | str] | None
    edited: bool
    deleted: bool
    pinned: bool
    reply: dict[str, Any] | None
    reactions: list[dict[str, Any]]
    files: list[dict[str, Any]]
    mentions: list[str]


class MessagePage(BaseModel):
    messages: list[MessageOut]
    has_older: bool


class Changes(BaseModel):
    """Rows changed after the `since` that was asked for. Not `complete`: take a fresh snapshot instead."""

    rev: int
    rows: list[dict[str, Any]]
    complete: bool


@router.get("/rooms")
@router.get("/chat")
async def list_rooms(actor: Caller, home: TheHouse) -> list[dict[str, Any]]:
    """Open rooms, and the private ones where the caller sits; the liveliest first."""
    return [asdict(room) for room in await home.rooms.lobby(actor)]


@router.get("/chat/my-rooms")
async def my_rooms(actor: Caller, home: TheHouse) -> list[dict[str, Any]]:
    """Only rooms where the caller sits."""
    return [asdict(room) for room in await home.rooms.mine(actor)]


@router.post("/rooms", status_code=201)
@router.post("/chat", status_code=201)
async def create_room(form: NewRoom, actor: Caller, home: TheHouse) -> dict[str, Any]:
    return asdict(await home.rooms.create(actor, name=form.name, private=form.private))


@router.post("/rooms/{room_id}/members", status_code=204)
async def sit_down(room_id: RoomId, actor: Caller, home: TheHouse) -> None:
    """Sit down in an open room."""
    await home.rooms.sit_down(actor, room_id)


@router.get("/rooms/{room_id}")
async def room_now(room_id: RoomId, actor: Caller, home: TheHouse) -> dict[str, Any]:
    """The room as it stands: its newest rows, and the rev they were read at."""
    seen = await home.rooms.enter(actor, room_id)
    return {"room": asdict(seen.room), "rev": seen.rev, "rows": seen.rows, "has_older": seen.has_older}


@router.get("/rooms/{room_id}/changes")
async def changes(
    room_id: RoomId, actor: Caller, home: TheHouse, since: Annotated[int, Query(ge=-1, le=2**31 - 1)]
) -> Changes:
    """What a client with a gap in its revs missed."""
    rev, rows, complete = await home.rooms.changed_since(actor, room_id, rev=since)
    return Changes(rev=rev, rows=rows, complete=complete)


@router.get("/rooms/{room_id}/rows")
async def older_rows(
    room_id: RoomId,
    actor: Caller,
    home: TheHouse,
    before: Annotated[int, Query(ge=1, le=2**31 - 1)],
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> dict[str, Any]:
    """A page of older rows, as the page's own store keeps them."""
    rows, has_older = await home.rooms.older(actor, room_id, before=before, limit=limit)
    return {"rows": rows, "has_older": has_older}


@router.get("/rooms/{room_id}/messages")
@router.get("/chat/{room_id}")
async def messages(
    room_id: RoomId,
    actor: Caller,
    home: TheHouse,
    before: Annotated[int, Query(ge=1, le=2**31 - 1)] = 2**31 - 1,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> MessagePage:
    """A page of messages, oldest first; `before` is the lowest `seq` of the page after it."""
    rows, has_older = await home.rooms.older(actor, room_id, before=before, limit=limit)
    return MessagePage(messages=[message_out(row, actor) for row in rows], has_older=has_older)


@router.post("/rooms/{room_id}/messages", status_code=201)
@router.post("/chat/{room_id}", status_code=201)
async def send(room_id: RoomId, form: NewMessage, actor: Caller, home: TheHouse, response: Response) -> MessageOut:
    """Say something."""
    row = await home.messages.send(actor, room_id, text=form.text, client_msg_id=form.client_msg_id or str(uuid7()))
    response.headers["Location"] = f"/api/rooms/{room_id}/messages?before={row['seq'] + 1}&limit=1"
    return message_out(row, actor)


@router.post("/rooms/{room_id}/messages/{message_id}/stop", status_code=204)
async def stop(room_id: RoomId, message_id: str, actor: Caller, home: TheHouse) -> None:
    """End an answer; what was said is kept."""
    await home.replies.stop(actor, room_id, message_id)


@router.post("/rooms/{room_id}/messages/{message_id}/continue", status_code=202)
async def go_on(room_id: RoomId, message_id: str, actor: Caller, home: TheHouse) -> None:
    """Go on with an answer that was stopped, failed or interrupted."""
    await home.replies.go_on(actor, room_id, message_id)


def message_out(row: Row, actor: Actor) -> MessageOut:
    """A row as REST shows it to `actor`."""
    return MessageOut(
        message_id=row["id"],
        user_id=row["author"],
        username=row["name"],
        is_self=row["author"] == actor.uuid,
        **{key: row[key] for key in MessageOut.model_fields if key in row},
    )
