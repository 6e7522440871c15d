"""Rooms and what was said in them, over REST. The same services as the page; `is_self` is added here."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from uuid_utils import uuid7

from hearth_reflex.api.caller import Caller, TheHouse
from hearth_reflex.domain.feed import Row
from hearth_reflex.services.access import Actor
from hearth_reflex.services.reads import Unread
from hearth_reflex.services.views import RoomView

router = APIRouter(tags=["rooms"])
RoomId = str


class NewRoom(BaseModel):
    """`private` says the same as `kind` "private". `max_members` 0: as many as come."""

    name: str = Field(max_length=200)
    private: bool = False
    kind: Literal["open", "private"] = "open"
    description: str = Field(default="", max_length=5000)
    max_members: int = Field(default=0, ge=-(2**31), le=2**31)
    ai_enabled: bool = True


class RoomForm(BaseModel):
    """What is left out stays as it is."""

    name: str | None = Field(default=None, max_length=200)
    description: str | None = Field(default=None, max_length=5000)
    kind: str | None = Field(default=None, max_length=20)
    max_members: int | None = Field(default=None, ge=-(2**31), le=2**31)
    ai_enabled: bool | None = None


class DirectForm(BaseModel):
    user_id: str = Field(max_length=40)


class NewMessage(BaseModel):
    """`client_msg_id` is a uuid of the sender's choice: sent twice, it is one message.

    `reply_to` is the message that this one answers; `files` are such that wait in this room. With files the text may
    be empty. `config` is what is set for the answers to it alone: `model`, `temperature`, `top_p`, `max_tokens`,
    `system_prompt`, `context_turns`, `do_sample`.
    """

    text: str = Field(max_length=200_000)
    client_msg_id: str | None = Field(default=None, max_length=40)
    reply_to: str = Field(default="", max_length=40)
    files: list[Annotated[str, Field(max_length=40)]] = Field(default=[], max_length=20)
    config: dict[str, Any] | None = None


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
    reason: str
    version: int
    versions: int
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
    """Only rooms where the caller sits, and what is unread in each."""
    unread = await home.reads.unread(actor)
    return [_with_unread(room, unread.get(room.id)) for room in await home.rooms.mine(actor)]


@router.post("/rooms", status_code=201)
@router.post("/chat", status_code=201)
async def create_room(form: NewRoom, actor: Caller, home: TheHouse) -> dict[str, Any]:
    room = await home.rooms.create(
        actor,
        name=form.name,
        private=form.private or form.kind == "private",
        description=form.description,
        max_members=form.max_members,
        ai_enabled=form.ai_enabled,
    )
    return asdict(room)


@router.post("/rooms/direct")
async def direct_room(form: DirectForm, actor: Caller, home: TheHouse) -> dict[str, Any]:
    """The room of the caller and one other person, made if there is none yet."""
    return asdict(await home.directs.open(actor, form.user_id))


@router.get("/rooms/deleted")
async def deleted_rooms(actor: Caller, home: TheHouse) -> list[dict[str, Any]]:
    """The caller's own rooms that were deleted, as long as that can be taken back."""
    return [asdict(room) for room in await home.room_care.deleted(actor)]


@router.patch("/rooms/{room_id}")
async def describe_room(room_id: RoomId, form: RoomForm, actor: Caller, home: TheHouse) -> dict[str, Any]:
    """Change what a room is called, what is said of it, its seats, its AI; for its owner, who may come in."""
    return asdict(await home.room_care.describe(actor, room_id, **form.model_dump()))


@router.delete("/rooms/{room_id}", status_code=204)
async def delete_room(room_id: RoomId, actor: Caller, home: TheHouse) -> None:
    """Delete a room for everybody; it can be taken back for a week."""
    await home.room_care.delete(actor, room_id)


@router.post("/rooms/{room_id}/restore")
async def restore_room(room_id: RoomId, actor: Caller, home: TheHouse) -> dict[str, Any]:
    """Take the deletion of a room back."""
    return asdict(await home.room_care.restore(actor, room_id))


@router.put("/rooms/{room_id}/archive", status_code=204)
async def archive_room(room_id: RoomId, actor: Caller, home: TheHouse) -> None:
    """From now on the room is only read."""
    await home.room_care.archive(actor, room_id)


@router.delete("/rooms/{room_id}/archive", status_code=204)
async def unarchive_room(room_id: RoomId, actor: Caller, home: TheHouse) -> None:
    await home.room_care.unarchive(actor, room_id)


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
    page = await home.history.before(actor, room_id, before, limit=limit)
    return MessagePage(messages=[message_out(row, actor) for row in page.rows], has_older=page.has_older)


@router.post("/rooms/{room_id}/messages", status_code=201)
@router.post("/chat/{room_id}", status_code=201)
async def send(room_id: RoomId, form: NewMessage, actor: Caller, home: TheHouse, response: Response) -> MessageOut:
    """Say something."""
    client_id = form.client_msg_id or str(uuid7())
    config = await home.ai_settings.for_message(actor, room_id, form.config) if form.config else None
    row = await home.messages.send(
        actor,
        room_id,
        text=form.text,
        client_msg_id=client_id,
        reply_to=form.reply_to,
        files=form.files,
        config=config,
    )
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


def _with_unread(room: RoomView, unread: Unread | None) -> dict[str, Any]:
    """`mentions` counts those of the unread that call the caller."""
    return asdict(room) | {"unread": unread.unread if unread else 0, "mentions": unread.mentions if unread else 0}


def message_out(row: Row, actor: Actor) -> MessageOut:
    """A row as REST shows it to `actor`."""
    return MessageOut(
        message_id=row["id"],
        user_id=row["author"],
        username=row["name"],
        is_self=row["author"] == actor.uuid,
        **{key: row[key] for key in MessageOut.model_fields if key in row},
    )
