"""Links into rooms over REST. What a link tells before one comes in, it tells anybody."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from hearth_reflex.api.caller import Caller, TheHouse, unknown_caller_pace
from hearth_reflex.services.invites import InviteView, Preview

router = APIRouter(tags=["invites"])


class InviteForm(BaseModel):
    """`hours` 0: good until it is taken back; `max_uses` 0: for as many as come."""

    hours: int = Field(default=72, ge=-(2**31), le=2**31)
    max_uses: int = Field(default=0, ge=-(2**31), le=2**31)
    role: str = Field(default="member", max_length=20)


class Entered(BaseModel):
    room_id: str


@router.get("/rooms/{room_id}/invites")
async def list_invites(room_id: str, actor: Caller, home: TheHouse) -> list[InviteView]:
    """The links of a room: all for who keeps order there, one's own for its other members."""
    return await home.invites.list(actor, room_id)


@router.post("/rooms/{room_id}/invites", status_code=201)
async def make_invite(room_id: str, form: InviteForm, actor: Caller, home: TheHouse) -> InviteView:
    """A new link; `code` is its secret, and `/join/{code}` the page that it opens."""
    return await home.invites.make(actor, room_id, hours=form.hours, max_uses=form.max_uses, role=form.role)


@router.delete("/rooms/{room_id}/invites/{invite_id}", status_code=204)
async def revoke_invite(room_id: str, invite_id: str, actor: Caller, home: TheHouse) -> None:
    """Take a link back."""
    await home.invites.revoke(actor, room_id, invite_id)


@router.get("/invites/{code}")
async def preview(code: str, request: Request, home: TheHouse) -> Preview:
    """Where a link leads, for anybody who holds it: the room's name, who invites, whether it is still good."""
    unknown_caller_pace(request, home)
    return await home.invites.preview(code)


@router.post("/invites/{code}")
async def accept(code: str, actor: Caller, home: TheHouse) -> Entered:
    """Sit down by a link."""
    return Entered(room_id=await home.invites.accept(actor, code))
