"""What the AIs of a room hear, over REST: the same that the strip in the room shows."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from hearth_reflex.api.caller import Caller, TheHouse

router = APIRouter(tags=["ai"])


class FirstHeard(BaseModel):
    """The oldest message that is heard; `text` is its beginning, "" of pictures alone."""

    id: str
    seq: int
    at: str
    name: str
    is_ai: bool
    text: str


class Cut(BaseModel):
    """How many messages are not heard: too far back (`window`), said before it came (`arrival`), too long for the model
    (`budget`); 1000 stands for more, too. `shortened`: the newest one is heard without its middle."""

    window: int
    arrival: int
    budget: int
    shortened: bool


class Sight(BaseModel):
    """What one persona would hear, were it asked by the caller now. Known only while `status` is "ready"."""

    id: str
    name_ko: str
    name_en: str
    look: int
    status: str
    instructed: bool
    first: FirstHeard | None
    heard: int
    tokens: int
    budget: int
    speakers: list[str]
    pictures: int
    passages: int
    cut: Cut


class Sights(BaseModel):
    sights: list[Sight]


@router.get("/rooms/{room_id}/sight")
async def sight(
    room_id: str, actor: Caller, home: TheHouse, persona: Annotated[str, Query(max_length=40)] = ""
) -> Sights:
    """Of all who sit in the room, or of one of them; of none where no AI answers."""
    found = await home.sights.of(actor, room_id, persona=persona)
    return Sights.model_validate({"sights": [asdict(one) for one in found]})
