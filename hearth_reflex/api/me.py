"""A person's own page over REST: profile, what they have set, their browsers, what they have used and said."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.responses import FileResponse

from hearth_reflex.api.caller import Caller, InPerson, TheHouse, address_of, take_cookie
from hearth_reflex.bootstrap import House
from hearth_reflex.errors import LimitError
from hearth_reflex.services.access import Actor

router = APIRouter(tags=["me"])
uploads = APIRouter(tags=["me"])  # a picture is larger than any form: it is counted as it comes


class ProfileForm(BaseModel):
    """What is None stays as it is."""

    name: str | None = Field(default=None, max_length=200)
    bio: str | None = Field(default=None, max_length=5000)


class PasswordForm(BaseModel):
    old: str = Field(max_length=1000)
    new: str = Field(max_length=1000)


class AccountOfGuest(BaseModel):
    login: str = Field(max_length=200)
    password: str = Field(max_length=1000)


class LeaveForm(BaseModel):
    """`erase` takes back all that was said as well."""

    password: str = Field(default="", max_length=1000)
    erase: bool = False


class HouseForm(BaseModel):
    name: str = Field(max_length=200)


@router.get("/me")
async def my_profile(actor: Caller, home: TheHouse) -> dict[str, Any]:
    """Name, bio, picture, and what is set."""
    return asdict(await home.profiles.mine(actor))


@router.patch("/me")
async def change_profile(form: ProfileForm, actor: Caller, home: TheHouse) -> dict[str, Any]:
    """Another name, other words about oneself."""
    return asdict(await home.profiles.change(actor, name=form.name, bio=form.bio))


@router.patch("/me/preferences")
async def prefer(changes: dict[str, Any], actor: Caller, home: TheHouse) -> dict[str, Any]:
    """Keeps some of the preferences; the answer has all of them."""
    return (await home.profiles.prefer(actor, changes)).as_json()


@router.get("/people/{person_id}")
async def card(person_id: str, actor: Caller, home: TheHouse) -> dict[str, Any]:
    """The card of somebody with whom the caller shares a room."""
    return asdict(await home.profiles.card(actor, person_id))


@router.get("/people/{person_id}/avatar", response_class=FileResponse)
async def avatar(person_id: str, actor: Caller, home: TheHouse) -> FileResponse:
    """Their small picture, a WebP; for those who share a room with them."""
    path = await home.avatars.open(actor, person_id)
    # Asked after each time: who left the room sees it no more.
    return FileResponse(path, media_type="image/webp", headers={"Cache-Control": "private, no-cache"})


@uploads.put("/me/avatar")
async def put_avatar(request: Request, actor: Caller, home: TheHouse) -> dict[str, str]:
    """Another picture of oneself: the body is the picture."""
    return {"avatar": await home.avatars.put(actor, request.stream())}


@router.delete("/me/avatar", status_code=204)
async def take_avatar_away(actor: Caller, home: TheHouse) -> None:
    await home.avatars.take_away(actor)


@router.patch("/house")
async def name_the_house(form: HouseForm, actor: InPerson, home: TheHouse) -> dict[str, str]:
    """Name the house; for whoever keeps it."""
    return {"name": await home.hearth.rename(actor, form.name)}


@router.get("/me/devices")
async def devices(actor: InPerson, home: TheHouse) -> list[dict[str, Any]]:
    """Where the caller is signed in."""
    return [asdict(device) for device in await home.sessions.devices(actor)]


@router.delete("/me/devices", status_code=204)
async def end_other_devices(actor: InPerson, home: TheHouse) -> None:
    """Sign out everywhere but here."""
    await home.sessions.end_others(actor)


@router.delete("/me/devices/{device_id}", status_code=204)
async def end_device(device_id: str, actor: InPerson, home: TheHouse) -> None:
    """Sign one browser out."""
    await home.sessions.end_device(actor, device_id)


@router.put("/me/password", status_code=204)
async def change_password(form: PasswordForm, request: Request, actor: InPerson, home: TheHouse) -> None:
    """Another password. Every other browser is signed out."""
    _slow_down(home, request, actor)
    await home.credentials.change_password(actor, old=form.old, new=form.new)


@router.post("/me/account", status_code=201)
async def make_account(form: AccountOfGuest, request: Request, actor: InPerson, home: TheHouse) -> dict[str, Any]:
    """A guest makes an account and keeps everything."""
    _slow_down(home, request, actor)
    await home.credentials.make_account(actor, login=form.login, password=form.password)
    return asdict(await home.profiles.mine(actor))


@router.post("/me/leave", status_code=204)
async def leave_for_good(
    form: LeaveForm, request: Request, response: Response, actor: InPerson, home: TheHouse
) -> None:
    """The end of an account."""
    _slow_down(home, request, actor)
    await home.credentials.leave_for_good(actor, password=form.password, erase=form.erase)
    take_cookie(response)


@router.get("/me/usage")
async def usage(actor: Caller, home: TheHouse) -> dict[str, Any]:
    """What the caller has used."""
    return asdict(await home.usages.mine(actor))


@router.get("/me/messages")
async def my_messages(
    actor: Caller,
    home: TheHouse,
    before: Annotated[str, Query(max_length=40)] = "",
    limit: Annotated[int, Query(ge=1, le=50)] = 50,
) -> list[dict[str, Any]]:
    """What the caller said, the newest first; `before` is the id of the last one of the page before."""
    return [asdict(said) for said in await home.usages.said(actor, before=before, limit=limit)]


def _slow_down(home: House, request: Request, actor: Actor) -> None:
    """A password may be tried, or kept anew, as often as at the door: either is slow work on purpose."""
    wait = home.login_pace.take(f"{address_of(request)}:{actor.uuid}", at=home.clock.now().timestamp())
    if wait:
        raise LimitError("login_pace", retry_after=wait)
