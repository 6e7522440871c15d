"""When the AI of a room speaks, over REST: the same services as the page."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from hearth_reflex.api.caller import Caller, TheHouse
from hearth_reflex.api.messages import MESSAGE

router = APIRouter(tags=["manners"])


class TemperForm(BaseModel):
    """`quiet`: only when it is called with an @; `asked`: when it is meant; `joins_in`: also when nobody is asked."""

    temper: Literal["quiet", "asked", "joins_in"]


class TalkativeOut(BaseModel):
    """How much less than it would the AI joins in here, from 0 down to -5."""

    talkative: int


@router.put("/rooms/{room_id}/temper", status_code=204)
async def set_temper(room_id: str, form: TemperForm, actor: Caller, home: TheHouse) -> None:
    """Say when the AIs of a room speak; for those who keep the room."""
    await home.tempers.set(actor, room_id, form.temper)


@router.post(MESSAGE + "/too-talkative")
async def too_talkative(room_id: str, message_id: str, actor: Caller, home: TheHouse) -> TalkativeOut:
    """Say that nobody had wanted this answer: the AIs of the room then join in less. Counts once a person."""
    return TalkativeOut(talkative=await home.tempers.quieter(actor, room_id, message_id))
