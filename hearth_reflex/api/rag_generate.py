"""A question answered from documents, over REST; nothing of it is said in a room."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hearth_reflex.api.caller import Caller, TheHouse
from hearth_reflex.domain.queries import QUESTION_MAX
from hearth_reflex.errors import ForbiddenError

router = APIRouter(tags=["knowing"])


class Question(BaseModel):
    """What is asked. `document_id` is the only document to look into: its uuid, or the id that it was brought under.

    `user_id` may be left out; another's than the caller's is refused.
    """

    query: str = Field(min_length=1, max_length=QUESTION_MAX)
    user_id: Annotated[str, Field(max_length=40)] = ""
    document_id: Annotated[str, Field(max_length=80)] = ""


class SourceOut(BaseModel):
    """A passage that the answer was made from; `cited` where its number stands in the answer."""

    number: int
    kind: str
    document: str
    name: str
    heading: str
    page: int
    quote: str
    image_url: str
    cited: bool


class AnswerOut(BaseModel):
    """`way`: `cite` by a model, `extract` quoted by the house, `nothing` was found. `log` is the receipt."""

    answer: str
    way: str
    model: str
    log: str
    sources: list[SourceOut]
    image_urls: list[str]


@router.post("/rag/generate")
async def generate(form: Question, actor: Caller, home: TheHouse) -> AnswerOut:
    """An answer from the documents that the caller may see, with its sources."""
    if form.user_id and form.user_id != actor.uuid:
        raise ForbiddenError("user_other", field="user_id")
    answered = await home.asking.answer(actor, form.query, document=form.document_id)
    return AnswerOut(**asdict(answered))
