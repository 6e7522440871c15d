"""Finding what the house knows, over REST, and the receipts of it."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from hearth_reflex.api.caller import Caller, TheHouse
from hearth_reflex.domain.passages import Kind
from hearth_reflex.domain.queries import QUESTION_MAX
from hearth_reflex.errors import ForbiddenError
from hearth_reflex.services.passages import Passage
from hearth_reflex.services.retrieval import LIMIT, Retrieved
from hearth_reflex.services.search_logs import FoundView

router = APIRouter(tags=["knowing"])
_Uuid = Annotated[str, Field(max_length=40)]


class Look(BaseModel):
    """What is looked for. Without `room`, `rooms` and `document_id` in everything that the caller may see.

    `user_id` may be left out; another's than the caller's is refused.
    """

    query: str = Field(min_length=1, max_length=QUESTION_MAX)
    user_id: _Uuid = ""
    room: _Uuid = ""
    rooms: list[_Uuid] = Field(default=[], max_length=100)
    document_id: _Uuid = ""
    documents: list[_Uuid] = Field(default=[], max_length=100)
    kinds: list[Kind] = Field(default=[], max_length=8)
    limit: int = Field(default=LIMIT, ge=1, le=50)


class PassageOut(BaseModel):
    """One passage. `data_id`, `data_text` and `image_urls` are what a row of knowledge is to programs that ask for it.

    Pages count from 1, 0 where there are none; `start` and `end` count characters of the document's text; a box is
    [page, left, top, right, bottom, start, end], sides in shares of the page. A score is null of a leg that did not
    find it.
    """

    data_id: str
    data_text: str
    image_urls: list[str]
    kind: Kind
    heading: str
    document: str
    name: str
    page_from: int
    page_to: int
    start: int
    end: int
    boxes: list[Any]
    room: str
    message: str
    vector: float | None
    text_score: float | None
    fused: float
    second: float | None
    rank: int


class FoundOut(BaseModel):
    """`query` is what was really asked, `log` the receipt. Where `is_nothing`, nothing was near enough."""

    question: str
    query: str
    is_nothing: bool
    mode: str
    total_ms: float
    log: str
    passages: list[PassageOut]


class SearchLogOut(BaseModel):
    """The receipt of one look. `searching_time` says the same as `total_ms`, in seconds."""

    id: str
    question: str
    query: str
    mode: str
    is_nothing: bool
    second_look: bool
    found: list[FoundView]
    room: str
    message: str
    total_ms: float
    embed_ms: float
    searching_time: float
    created_at: str
    mine: bool


@router.post("/rag/search")
async def search(form: Look, actor: Caller, home: TheHouse) -> FoundOut:
    """What answers a question, the best first; nothing where nothing is near enough."""
    if form.user_id and form.user_id != actor.uuid:
        raise ForbiddenError("user_other", field="user_id")
    rooms = [*form.rooms, *([form.room] if form.room else [])]
    documents = [*form.documents, *([form.document_id] if form.document_id else [])]
    found = await home.retrieval.find(
        actor, form.query, rooms=rooms or None, documents=documents, kinds=form.kinds, limit=form.limit
    )
    return _found(found)


@router.get("/search-logs")
async def recent(
    actor: Caller,
    home: TheHouse,
    room: Annotated[str, Query(max_length=40)] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> list[SearchLogOut]:
    """The newest receipts that the caller may see, without their passages."""
    return [_log(asdict(view)) for view in await home.search_logs.recent(actor, limit, room=room)]


@router.get("/search-logs/{log_id}")
async def receipt(log_id: str, actor: Caller, home: TheHouse) -> SearchLogOut:
    """One receipt whole."""
    return _log(asdict(await home.search_logs.receipt(actor, log_id)))


def _found(found: Retrieved) -> FoundOut:
    return FoundOut(
        question=found.question,
        query=found.query,
        is_nothing=found.is_nothing,
        mode=found.mode,
        total_ms=round(found.total_ms, 1),
        log=found.log,
        passages=[passage_out(passage) for passage in found.passages],
    )


def passage_out(passage: Passage) -> PassageOut:
    told = asdict(passage)
    return PassageOut.model_validate(
        told | {"data_id": passage.key.partition(":")[2], "data_text": passage.text, "boxes": list(passage.boxes)}
    )


def _log(told: dict[str, Any]) -> SearchLogOut:
    return SearchLogOut.model_validate(told | {"searching_time": round(told["total_ms"] / 1000, 4)})
