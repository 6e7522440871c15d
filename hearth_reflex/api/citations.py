"""Where the numbers in an answer point, over REST."""

from dataclasses import asdict

from fastapi import APIRouter
from pydantic import BaseModel

from hearth_reflex.api.caller import Caller, TheHouse

router = APIRouter(tags=["knowing"])


class CitationOut(BaseModel):
    """Where one number points. `quote` is what was read there, `chunk` the piece of the document; `start` and `end` are
    the characters of it where the quotation stands, both 0 where it does not stand there as it was. A box is [page,
    left, top, right, bottom], sides in shares of the page; `image_url` is the picture that they lie on, "" where there
    is none; `caption` is what somebody said of it. `message` and `seq` say with which message of the room it was sent.
    """

    number: int
    kind: str
    document: str
    name: str
    heading: str
    page: int
    quote: str
    image_url: str
    boxes: list[list[float]]
    start: int
    end: int
    chunk: str
    caption: str
    message: str
    seq: int


@router.get("/rooms/{room_id}/messages/{message_id}/citations")
async def citations(room_id: str, message_id: str, actor: Caller, home: TheHouse) -> list[CitationOut]:
    """What the version of an answer cites that stands, by number; only what the caller may see."""
    return [CitationOut(**asdict(one)) for one in await home.citations.of(actor, room_id, message_id)]
