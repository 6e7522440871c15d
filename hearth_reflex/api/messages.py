"""What may be done with a message over REST: the same services as the page."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from hearth_reflex.api.caller import Caller, TheHouse
from hearth_reflex.api.rooms import MessageOut, message_out
from hearth_reflex.services.access import Actor
from hearth_reflex.services.stars import StarView

router = APIRouter(tags=["messages"])
MESSAGE = "/rooms/{room_id}/messages/{message_id}"


class Reworded(BaseModel):
    text: str = Field(max_length=200_000)


class Starred(BaseModel):
    """A starred message and where it was said. `at` is when the star was given."""

    room: str
    room_ko: str
    room_en: str
    at: str
    message: MessageOut


class StarPage(BaseModel):
    stars: list[Starred]
    has_more: bool


@router.patch(MESSAGE)
async def reword(room_id: str, message_id: str, form: Reworded, actor: Caller, home: TheHouse) -> MessageOut:
    """Put other words in place of one's own."""
    return message_out(await home.edits.edit(actor, room_id, message_id, text=form.text), actor)


@router.delete(MESSAGE, status_code=204)
async def take_back(room_id: str, message_id: str, actor: Caller, home: TheHouse) -> None:
    """Take a message back. Its place stays; its words and files go."""
    await home.edits.delete(actor, room_id, message_id)


@router.put(MESSAGE + "/reactions/{emoji}")
async def react(room_id: str, message_id: str, emoji: str, actor: Caller, home: TheHouse) -> MessageOut:
    """Put one emoji under a message."""
    return message_out(await home.reactions.give(actor, room_id, message_id, emoji=emoji, on=True), actor)


@router.delete(MESSAGE + "/reactions/{emoji}")
async def take_reaction(room_id: str, message_id: str, emoji: str, actor: Caller, home: TheHouse) -> MessageOut:
    """Take one's own emoji away."""
    return message_out(await home.reactions.give(actor, room_id, message_id, emoji=emoji, on=False), actor)


@router.put(MESSAGE + "/pin")
async def pin(room_id: str, message_id: str, actor: Caller, home: TheHouse) -> MessageOut:
    return message_out(await home.pins.pin(actor, room_id, message_id, on=True), actor)


@router.delete(MESSAGE + "/pin")
async def unpin(room_id: str, message_id: str, actor: Caller, home: TheHouse) -> MessageOut:
    return message_out(await home.pins.pin(actor, room_id, message_id, on=False), actor)


@router.put(MESSAGE + "/star", status_code=204)
async def star(room_id: str, message_id: str, actor: Caller, home: TheHouse) -> None:
    """Keep a message for oneself."""
    await home.stars.star(actor, room_id, message_id, on=True)


@router.delete(MESSAGE + "/star", status_code=204)
async def unstar(room_id: str, message_id: str, actor: Caller, home: TheHouse) -> None:
    await home.stars.star(actor, room_id, message_id, on=False)


@router.get("/rooms/{room_id}/pins")
async def pins(room_id: str, actor: Caller, home: TheHouse) -> dict[str, Any]:
    """What is pinned in a room, the newest pin first."""
    return {"messages": [message_out(row, actor) for row in await home.pins.listed(actor, room_id)]}


@router.get("/rooms/{room_id}/stars")
async def stars_here(room_id: str, actor: Caller, home: TheHouse) -> dict[str, list[str]]:
    """The ids of the caller's starred messages in a room."""
    return {"messages": await home.stars.in_room(actor, room_id)}


@router.get("/stars")
async def stars(actor: Caller, home: TheHouse, before: Annotated[str, Query(max_length=40)] = "") -> StarPage:
    """The caller's starred messages in all rooms that are still theirs, the newest stars first."""
    found, has_more = await home.stars.listed(actor, before=before)
    return StarPage(stars=[_starred(one, actor) for one in found], has_more=has_more)


def _starred(one: StarView, actor: Actor) -> Starred:
    message = message_out(one.row, actor)
    return Starred(room=one.room, room_ko=one.room_ko, room_en=one.room_en, at=one.at, message=message)
