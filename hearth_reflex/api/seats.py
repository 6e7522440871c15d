"""Seats over REST: who sits in a room, what they are there, who keeps order among them, and what one wants of it."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hearth_reflex.api.caller import Caller, TheHouse
from hearth_reflex.services.order import BanView
from hearth_reflex.services.seats import PersonView, SeatView

router = APIRouter(tags=["seats"])
_ME = "me"  # stands for the caller where a person's id is asked for


class RoleForm(BaseModel):
    """`owner` hands the room over."""

    role: str = Field(max_length=20)


class SilenceForm(BaseModel):
    minutes: int = Field(ge=-(2**31), le=2**31)


class SeatForm(BaseModel):
    """What is left out stays as it is; 0 minutes end the quiet."""

    favourite: bool | None = None
    notify: str | None = Field(default=None, max_length=20)
    quiet_minutes: int | None = Field(default=None, ge=-(2**31), le=2**31)


class Left(BaseModel):
    """`room_deleted`: the caller was the last one there; whoever owned the room may take that back for a week."""

    room_deleted: bool


@router.get("/rooms/{room_id}/people")
async def people(room_id: str, actor: Caller, home: TheHouse) -> list[PersonView]:
    """Who sits there, the owner first."""
    return await home.seats.people(actor, room_id)


@router.patch("/rooms/{room_id}/people/{user_id}", status_code=204)
async def give_role(room_id: str, user_id: str, form: RoleForm, actor: Caller, home: TheHouse) -> None:
    """Give somebody a role; `owner` hands the room over to them."""
    await home.seats.give_role(actor, room_id, _who(user_id, actor.uuid), form.role)


@router.delete("/rooms/{room_id}/people/{user_id}")
async def remove(room_id: str, user_id: str, actor: Caller, home: TheHouse) -> Left:
    """Show somebody out; `me` is to leave."""
    person = _who(user_id, actor.uuid)
    if person == actor.uuid:
        return Left(room_deleted=await home.seats.leave(actor, room_id))
    await home.order.remove(actor, room_id, person)
    return Left(room_deleted=False)


@router.put("/rooms/{room_id}/people/{user_id}/silence", status_code=204)
async def silence(room_id: str, user_id: str, form: SilenceForm, actor: Caller, home: TheHouse) -> None:
    """Let somebody read and not speak, for so many minutes."""
    await home.order.silence(actor, room_id, user_id, minutes=form.minutes)


@router.delete("/rooms/{room_id}/people/{user_id}/silence", status_code=204)
async def unsilence(room_id: str, user_id: str, actor: Caller, home: TheHouse) -> None:
    await home.order.unsilence(actor, room_id, user_id)


@router.put("/rooms/{room_id}/people/{user_id}/ban", status_code=204)
async def ban(room_id: str, user_id: str, actor: Caller, home: TheHouse) -> None:
    """Show somebody out for good."""
    await home.order.ban(actor, room_id, user_id)


@router.delete("/rooms/{room_id}/people/{user_id}/ban", status_code=204)
async def unban(room_id: str, user_id: str, actor: Caller, home: TheHouse) -> None:
    await home.order.unban(actor, room_id, user_id)


@router.get("/rooms/{room_id}/bans")
async def bans(room_id: str, actor: Caller, home: TheHouse) -> list[BanView]:
    """Who may not sit down there, the newest first."""
    return await home.order.bans(actor, room_id)


@router.patch("/rooms/{room_id}/seat")
async def prefer(room_id: str, form: SeatForm, actor: Caller, home: TheHouse) -> SeatView:
    """What the caller wants of a room."""
    wanted: dict[str, Any] = form.model_dump()
    return await home.seats.prefer(actor, room_id, **wanted)


def _who(raw: str, me: str) -> str:
    return me if raw == _ME else raw
