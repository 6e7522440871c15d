"""One text for a program, over REST: a form with a prompt and up to four pictures, answered as JSON or as it comes.

The form is read behind the door: who is not signed in, or may not ask for more now, uploads nothing.
"""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import asdict
from typing import Any, cast

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, Field, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from hearth_reflex.api.caller import Caller, TheHouse
from hearth_reflex.api.problems import problem
from hearth_reflex.errors import BodyError, EngineError, InputError
from hearth_reflex.services.generating import PICTURES_MOST, Asked, Generated

router = APIRouter(tags=["llm"])
BODY_LIMIT = 32_000_000  # bytes: four photographs of a phone
_TEXT_LIMIT = 200_000  # of one field
_BROKEN = 400  # what the reader of forms says of one that is none, or has more pictures
_IMAGES = tuple(f"image{number}" for number in range(1, PICTURES_MOST + 1))


class Form(BaseModel):
    """The fields that are words. `text` says the same as `prompt`."""

    prompt: str = Field(default="", max_length=_TEXT_LIMIT)
    text: str = Field(default="", max_length=_TEXT_LIMIT)
    max_length: int | None = Field(default=None, ge=1, le=2**31 - 1)
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    do_sample: bool | None = None
    model: str = Field(default="", max_length=100)


class Text(BaseModel):
    """What came of it: the text, the name of the model that wrote it, and its figures (times in milliseconds)."""

    text: str
    model: str
    usage: dict[str, float]


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "prompt": {"type": "string"},
                        "text": {"type": "string"},
                        **{name: {"type": "string", "format": "binary"} for name in _IMAGES},
                        "max_length": {"type": "integer", "minimum": 1, "default": 20},
                        "temperature": {"type": "number", "minimum": 0, "maximum": 2},
                        "top_p": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
                        "do_sample": {"type": "boolean", "default": False},
                        "model": {"type": "string"},
                    },
                }
            }
        },
    }
}


@router.post("/llm/generate", response_model=Text, openapi_extra=_BODY)
@router.post("/generate", response_model=Text, openapi_extra=_BODY)
async def generate(request: Request, actor: Caller, home: TheHouse) -> Response:
    """What the model makes of a prompt and up to four pictures; with `Accept: text/event-stream` as it comes."""
    await home.generating.admit(actor)
    asked = await _read(request)
    words = await home.generating.begin(actor, asked)
    try:
        first = await anext(words)  # what cannot be answered is refused before the answer begins
    except BaseException:
        await words.aclose()
        raise
    if "text/event-stream" in request.headers.get("accept", ""):
        return _Words(_events(request, first, words), words)
    async with aclosing(words):
        heard = [first, *[word async for word in words]]
    whole = heard[-1]
    assert isinstance(whole, Generated)  # noqa: S101 - it is always the last one
    return JSONResponse(_told(whole))


class _Words(StreamingResponse):
    """Ends the reply when it ends, also when nobody was there any more for its first byte."""

    def __init__(self, events: AsyncGenerator[str], words: AsyncGenerator[str | Generated]) -> None:
        super().__init__(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})
        self._words = words

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._words.aclose()


async def _events(
    request: Request, first: str | Generated, words: AsyncGenerator[str | Generated]
) -> AsyncGenerator[str]:
    """`chunk` for each of its pieces, then `complete` with the whole, or `error`."""
    yield _event(first)
    try:
        async for word in words:
            yield _event(word)
    except EngineError as fault:
        yield f"event: error\ndata: {bytes(problem(request, fault).body).decode()}\n\n"


def _event(word: str | Generated) -> str:
    name, data = ("complete", _told(word)) if isinstance(word, Generated) else ("chunk", {"text": word})
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _told(done: Generated) -> dict[str, Any]:
    return {"text": done.text, "model": done.model, "usage": asdict(done.usage)}


async def _read(request: Request) -> Asked:
    """A form, or the same fields as JSON. Raises InputError `arguments` with the field."""
    try:
        if request.headers.get("content-type", "").startswith("application/json"):
            fields, pictures = await _json(request), ()
        else:
            form = await request.form(max_files=PICTURES_MOST, max_fields=20, max_part_size=_TEXT_LIMIT)
            fields, pictures = _fields(form), await _pictures(form)
            await form.close()
        read = Form.model_validate(fields)
    except ValidationError as error:
        raise InputError("arguments", field=".".join(str(part) for part in error.errors()[0]["loc"]) or None) from None
    except ClientDisconnect:
        raise InputError("arguments") from None  # nobody hears it
    except HTTPException as error:
        if error.status_code != _BROKEN:
            raise
        raise InputError("arguments") from None
    return Asked(
        prompt=read.prompt or read.text,
        pictures=pictures,
        **read.model_dump(exclude={"prompt", "text"}),
    )


async def _json(request: Request) -> dict[str, Any]:
    body = await request.body()
    if len(body) > _TEXT_LIMIT * 4:
        raise BodyError
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise InputError("arguments") from None
    if not isinstance(told, dict):
        raise InputError("arguments")
    return cast("dict[str, Any]", told)


def _fields(form: FormData) -> dict[str, Any]:
    """The fields that are words; what was left empty was not said."""
    return {name: value for name, value in form.items() if isinstance(value, str) and value and name not in _IMAGES}


async def _pictures(form: FormData) -> tuple[bytes, ...]:
    """A box that was left empty brings none; words in the place of a picture are none."""
    brought = {name: form.get(name) for name in _IMAGES}
    for name, one in brought.items():
        if isinstance(one, str) and one:
            raise InputError("picture_bad", field=name)
    return tuple([await file.read() for file in brought.values() if isinstance(file, UploadFile) and file.size])
