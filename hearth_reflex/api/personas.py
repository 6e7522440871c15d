"""Personas over REST: one's own, their pictures and cards, and their seats in rooms."""

from dataclasses import asdict
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse

from hearth_reflex.api.caller import Caller, Onlooker, TheHouse
from hearth_reflex.errors import InputError
from hearth_reflex.services.opinions import Opinion

router = APIRouter(tags=["personas"])
uploads = APIRouter(tags=["personas"])  # cards and pictures are larger than any form: they are counted as they come

Name = Annotated[str, Field(max_length=200)]
Line = Annotated[str, Field(max_length=5_000)]
Words = Annotated[str, Field(max_length=100_000)]


class NewPersona(BaseModel):
    """`name_en` "" is the same as `name_ko`. `config` may hold model, temperature, top_p, max_tokens, context_turns and
    do_sample."""

    name_ko: Name
    name_en: Name = ""
    about: Line = ""
    instructions: Words = ""
    greeting: Words = ""
    voice: Line = ""
    config: dict[str, Any] = {}


class PersonaForm(BaseModel):
    """What is None stays as it is; `config` is taken as a whole."""

    name_ko: Name | None = None
    name_en: Name | None = None
    about: Line | None = None
    instructions: Words | None = None
    greeting: Words | None = None
    voice: Line | None = None
    config: dict[str, Any] | None = None


class AiSeatForm(BaseModel):
    """`hears_all`: also what was said before it came."""

    hears_all: bool = True


@router.get("/personas")
async def personas(actor: Caller, home: TheHouse) -> list[dict[str, Any]]:
    """Whom the caller may bring into a room: the house's persona and their own."""
    return [asdict(persona) for persona in await home.personas.mine(actor)]


@router.get("/personas/ratings")
async def opinions(actor: Caller, home: TheHouse) -> list[Opinion]:
    """How often answers of the caller's personas were found good or bad, by whomever."""
    return await home.opinions.of_mine(actor)


@router.post("/personas", status_code=201)
async def make_persona(form: NewPersona, actor: Caller, home: TheHouse) -> dict[str, Any]:
    """Another persona of the caller's."""
    return asdict(await home.personas.create(actor, **form.model_dump()))


@uploads.post("/personas/import", status_code=201)
async def bring_card(
    request: Request, actor: Caller, home: TheHouse, name: Annotated[str, Query(max_length=200)] = ""
) -> dict[str, Any]:
    """Make a persona of a character card: the body is its PNG or JSON; `name` in place of the card's own."""
    try:
        return asdict(await home.cards.bring(actor, request.stream(), name=name))
    except ClientDisconnect:
        raise InputError("file_stalled", field="file") from None  # nobody hears it; nothing was kept


@router.get("/personas/{persona_id}")
async def persona(persona_id: str, actor: Caller, home: TheHouse) -> dict[str, Any]:
    """One of the caller's, or one that sits in a room with them: of that one names, about and picture."""
    return asdict(await home.personas.look(actor, persona_id))


@router.patch("/personas/{persona_id}")
async def change_persona(persona_id: str, form: PersonaForm, actor: Caller, home: TheHouse) -> dict[str, Any]:
    """Change one of the caller's; the house's own is changed by admins."""
    return asdict(await home.personas.change(actor, persona_id, **form.model_dump()))


@router.delete("/personas/{persona_id}", status_code=204)
async def remove_persona(persona_id: str, actor: Caller, home: TheHouse) -> None:
    """The end of one of the caller's: it leaves every room, what it said stays."""
    await home.personas.remove(actor, persona_id)


@router.get("/personas/{persona_id}/card")
async def card(persona_id: str, actor: Caller, home: TheHouse, format: Literal["json", "png"] = "json") -> Response:
    """One of the caller's as a character card, to be kept as a file."""
    data, name = await home.cards.card(actor, persona_id, as_png=format == "png")
    return Response(
        data,
        media_type="image/png" if format == "png" else "application/json",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}.{format}"},
    )


@router.get("/personas/{persona_id}/avatar", response_class=FileResponse)
async def avatar(persona_id: str, actor: Onlooker, home: TheHouse) -> FileResponse:
    """Its small picture, a WebP; for those who may see the persona."""
    path = await home.persona_pictures.open(actor, persona_id)
    return FileResponse(path, media_type="image/webp", headers={"Cache-Control": "private, no-cache"})


@uploads.put("/personas/{persona_id}/avatar")
async def put_avatar(persona_id: str, request: Request, actor: Caller, home: TheHouse) -> dict[str, str]:
    """Another picture of it: the body is the picture."""
    try:
        return {"avatar": await home.persona_pictures.put(actor, persona_id, request.stream())}
    except ClientDisconnect:
        raise InputError("file_stalled", field="file") from None  # as above


@router.delete("/personas/{persona_id}/avatar", status_code=204)
async def take_avatar_away(persona_id: str, actor: Caller, home: TheHouse) -> None:
    await home.persona_pictures.take_away(actor, persona_id)


@router.get("/rooms/{room_id}/ai")
async def seated(room_id: str, actor: Caller, home: TheHouse) -> list[dict[str, Any]]:
    """The personas that sit in a room, in the order in which they came."""
    return [asdict(seat) for seat in await home.ai_seats.seated(actor, room_id)]


@router.put("/rooms/{room_id}/ai/{persona_id}")
async def seat(
    room_id: str, persona_id: str, actor: Caller, home: TheHouse, form: AiSeatForm | None = None
) -> dict[str, Any]:
    """Bring the house's persona, or one of the caller's, into a room."""
    hears_all = form is None or form.hears_all
    return asdict(await home.ai_seats.seat(actor, room_id, persona_id, hears_all))


@router.delete("/rooms/{room_id}/ai/{persona_id}", status_code=204)
async def unseat(room_id: str, persona_id: str, actor: Caller, home: TheHouse) -> None:
    """Send a persona away; what it said stays."""
    await home.ai_seats.unseat(actor, room_id, persona_id)
