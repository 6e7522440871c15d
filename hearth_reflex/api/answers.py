"""What may be done with an answer over REST, and the questions that a person keeps."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from hearth_reflex.api.caller import Caller, TheHouse
from hearth_reflex.api.messages import MESSAGE
from hearth_reflex.api.rooms import MessageOut, message_out

router = APIRouter(tags=["answers"])

Whole = Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]


class Again(BaseModel):
    """`config` is set for this one answer: `model`, `temperature`, `top_p`, `max_tokens`, `system_prompt`,
    `context_turns`, `do_sample`."""

    config: dict[str, Any] = Field(default={}, max_length=20)


class Resent(Again):
    text: str = Field(max_length=200_000)


class Choice(BaseModel):
    number: Whole


class Opinion(BaseModel):
    """`value` 1, -1, or 0 to take it back; `version` 0: of the one that stands."""

    value: Whole
    version: Whole = 0


class NewPrompt(BaseModel):
    title: str = Field(max_length=400)
    text: str = Field(max_length=200_000)


class PromptForm(BaseModel):
    """What is left out stays as it is."""

    title: str | None = Field(default=None, max_length=400)
    text: str | None = Field(default=None, max_length=200_000)


@router.post(MESSAGE + "/regenerate", status_code=202)
async def regenerate(
    room_id: str, message_id: str, actor: Caller, home: TheHouse, form: Again | None = None
) -> MessageOut:
    """Have an answer made again; what stood is kept as a version of it."""
    config = await home.ai_settings.for_message(actor, room_id, form.config if form else {})
    return message_out(await home.answers.regenerate(actor, room_id, message_id, config=config), actor)


@router.put(MESSAGE + "/version")
async def choose(room_id: str, message_id: str, form: Choice, actor: Caller, home: TheHouse) -> MessageOut:
    """Let another version of an answer stand, for everybody."""
    return message_out(await home.answers.choose(actor, room_id, message_id, number=form.number), actor)


@router.get(MESSAGE + "/versions")
async def versions(room_id: str, message_id: str, actor: Caller, home: TheHouse) -> dict[str, Any]:
    """All versions of an answer, the oldest first."""
    return {"versions": [asdict(one) for one in await home.answers.versions(actor, room_id, message_id)]}


@router.post(MESSAGE + "/resend", status_code=202)
async def resend(room_id: str, message_id: str, form: Resent, actor: Caller, home: TheHouse) -> MessageOut:
    """Put other words in place of one's own, and have what followed answered again."""
    config = await home.ai_settings.for_message(actor, room_id, form.config)
    return message_out(await home.answers.resend(actor, room_id, message_id, text=form.text, config=config), actor)


@router.get(MESSAGE + "/followups")
async def follow_ups(room_id: str, message_id: str, actor: Caller, home: TheHouse) -> dict[str, list[str]]:
    """What may be asked after an answer."""
    return {"follow_ups": await home.follow_ups.of(actor, room_id, message_id)}


@router.put(MESSAGE + "/rating", status_code=204)
async def rate(room_id: str, message_id: str, form: Opinion, actor: Caller, home: TheHouse) -> None:
    """What the caller thinks of an answer; nobody else learns of it."""
    await home.ratings.rate(actor, room_id, message_id, value=form.value, version=form.version)


@router.get("/rooms/{room_id}/ratings")
async def ratings(
    room_id: str, actor: Caller, home: TheHouse, since: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0
) -> dict[str, Any]:
    """What the caller thinks of the answers of a room, those from the seq `since` on."""
    found = await home.ratings.in_room(actor, room_id, since=since)
    return {"ratings": [{"message": one, "version": version, "value": value} for one, version, value in found]}


@router.get("/prompts")
async def prompts(actor: Caller, home: TheHouse) -> dict[str, Any]:
    """The questions that the caller keeps, by their titles."""
    return {"prompts": [asdict(prompt) for prompt in await home.saved_prompts.listed(actor)]}


@router.post("/prompts", status_code=201)
async def add_prompt(form: NewPrompt, actor: Caller, home: TheHouse) -> dict[str, Any]:
    """Keep a question, to ask it again."""
    return asdict(await home.saved_prompts.add(actor, title=form.title, text=form.text))


@router.patch("/prompts/{prompt_id}")
async def change_prompt(prompt_id: str, form: PromptForm, actor: Caller, home: TheHouse) -> dict[str, Any]:
    return asdict(await home.saved_prompts.change(actor, prompt_id, title=form.title, text=form.text))


@router.delete("/prompts/{prompt_id}", status_code=204)
async def remove_prompt(prompt_id: str, actor: Caller, home: TheHouse) -> None:
    await home.saved_prompts.remove(actor, prompt_id)
