"""The worker's HTTP: chat completions as server-sent events, models, health, tokenize, forget,
reload.

Checks the shape of what comes in and writes the dialect out; the line, the model and the thread are the host's.
A client that goes away ends its reply.
"""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Annotated, Any, Literal

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.types import Receive, Scope, Send

from hearth_reflex.domain.generation import ChatRequest, ChatTurn, Finished, Piece, Priority, Sampling
from hearth_reflex.errors import EngineError
from hearth_reflex.llm.dialect import (
    EXTENSION,
    Json,
    completion_body,
    error_body,
    error_frame,
    error_status,
    event_frames,
)
from hearth_reflex.llm.host import EngineHost
from hearth_reflex.llm.runner import Ticket

log = structlog.get_logger(__name__)

_PULSE_S = 1.0
_PULSE = ": waiting\n\n"
_SLOW_DOWN_S = "2"


class TextPart(BaseModel):
    type: Literal["text"] = "text"
    text: str


class PictureAddress(BaseModel):
    url: str


class PicturePart(BaseModel):
    type: Literal["image_url"]
    image_url: PictureAddress


Part = Annotated[TextPart | PicturePart, Field(discriminator="type")]


class MessageBody(BaseModel):
    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[Part] = ""

    def turn(self) -> ChatTurn:
        role = "system" if self.role == "developer" else self.role
        if isinstance(self.content, str):
            return ChatTurn(role, self.content)
        text = "".join(part.text for part in self.content if isinstance(part, TextPart))
        pictures = tuple(part.image_url.url for part in self.content if isinstance(part, PicturePart))
        return ChatTurn(role, text, pictures)


class Extension(BaseModel):
    continue_last: bool = False
    affinity: str = ""
    asker: str = ""
    priority: Priority = Priority.PEOPLE
    alone: bool = False


class SchemaFormat(BaseModel):
    schema_: dict[str, Any] = Field(alias="schema")


class ResponseFormat(BaseModel):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: SchemaFormat | None = None

    def schema_text(self) -> str | None:
        """The JSON schema that the answer is to follow."""
        if self.json_schema is not None:
            return json.dumps(self.json_schema.schema_)
        return '{"type": "object"}' if self.type == "json_object" else None


class ChatBody(BaseModel):
    """The parts of a chat completion's body that this worker heeds; all else is ignored."""

    messages: list[MessageBody] = Field(min_length=1)
    stream: bool = False
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    repeat_penalty: float | None = None
    seed: int | None = None
    stop: str | list[str] | None = None
    grammar: str | None = None
    response_format: ResponseFormat | None = None
    logit_bias: dict[int, float] | None = None
    hearth: Extension | None = None

    def request(self) -> ChatRequest:
        extension = self.hearth or Extension()
        return ChatRequest(
            turns=tuple(message.turn() for message in self.messages),
            sampling=self._sampling(),
            continue_last=extension.continue_last,
            affinity=extension.affinity,
            asker=extension.asker,
            priority=extension.priority,
            alone=extension.alone,
        )

    def _sampling(self) -> Sampling:
        """What was given, over our defaults."""
        given = {
            "max_tokens": self.max_completion_tokens or self.max_tokens,
            "temperature": self.temperature,
            "top_p": self.top_p,
            "top_k": self.top_k,
            "min_p": self.min_p,
            "repeat_penalty": self.repeat_penalty,
            "seed": self.seed,
            "stop": (self.stop,) if isinstance(self.stop, str) else tuple(self.stop) if self.stop else None,
            "grammar": self.grammar,
            "json_schema": self.response_format.schema_text() if self.response_format else None,
            "logit_bias": tuple(self.logit_bias.items()) if self.logit_bias else None,
        }
        named: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        return Sampling(**named).clamped()


class ForgetBody(BaseModel):
    rooms: list[str]


class TokenizeBody(BaseModel):
    content: str | list[str]


class ReplyStream(Response):
    """A ticket's events as server-sent events; ends the reply when the client goes."""

    def __init__(self, host: EngineHost, ticket: Ticket, head: Json, *, extended: bool) -> None:
        super().__init__(media_type="text/event-stream", headers={"Cache-Control": "no-store"})
        del self.headers["content-length"]
        self._host, self._ticket, self._head, self._extended = host, ticket, head, extended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        watcher = asyncio.create_task(_until_gone(receive, lambda: self._host.cancel(self._ticket)))
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            async for frame in _frames(self._host, self._ticket, self._head, extended=self._extended):
                await send({"type": "http.response.body", "body": frame.encode(), "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            watcher.cancel()
            self._host.cancel(self._ticket)


async def _until_gone(receive: Receive, then: Callable[[], None]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    then()


async def _frames(host: EngineHost, ticket: Ticket, head: Json, *, extended: bool) -> AsyncGenerator[str, None]:
    while True:
        try:
            async with asyncio.timeout(_PULSE_S):
                event = await ticket.events.get()
        except TimeoutError:
            yield _PULSE
            continue
        if isinstance(event, EngineError):
            yield error_frame(event)
            return
        if isinstance(event, Finished):
            event = host.signed(event)
        # The named events are ours: others' clients get what the dialect has.
        if extended or isinstance(event, Piece | Finished):
            yield event_frames(event, head)
        if isinstance(event, Finished):
            _log_reply(event)
            return


def _log_reply(finished: Finished) -> None:
    log.info("engine.reply_done", reason=finished.reason.value, **asdict(finished.usage))


async def _whole_reply(host: EngineHost, ticket: Ticket, head: Json, request: Request) -> Response:
    watcher = asyncio.create_task(_until_gone(request.receive, lambda: host.cancel(ticket)))
    text = ""
    try:
        while True:
            event = await ticket.events.get()
            if isinstance(event, EngineError):
                raise event
            if isinstance(event, Piece):
                text += event.text
            if isinstance(event, Finished):
                _log_reply(event)
                return JSONResponse(completion_body(text, host.signed(event), head))
    finally:
        watcher.cancel()
        host.cancel(ticket)


async def _engine_error(_request: Request, error: Exception) -> Response:
    known = error if isinstance(error, EngineError) else EngineError()
    status = error_status(known)
    headers = {"Retry-After": _SLOW_DOWN_S} if status in (429, 503) else {}
    return JSONResponse(error_body(known), status_code=status, headers=headers)


def make_app(host: EngineHost, *, leave: Callable[[], None]) -> FastAPI:
    """The worker's application.

    Args:
        leave: ends the worker so that it is started afresh.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None, None]:
        host.start()
        yield
        await host.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(EngineError, _engine_error)
    _add_routes(app, host, leave)
    return app


def _add_routes(app: FastAPI, host: EngineHost, leave: Callable[[], None]) -> None:
    async def chat(body: ChatBody, request: Request) -> Response:
        ticket = await host.submit(body.request())
        head: Json = {
            "id": f"chatcmpl-{uuid.uuid4().hex}",
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": host.model_name,
        }
        if body.stream:
            return ReplyStream(host, ticket, head, extended=body.hearth is not None)
        return await _whole_reply(host, ticket, head, request)

    async def models() -> Json:
        health = host.health()
        meta = {"n_ctx": health.context_tokens, "template_id": health.template_id, "sha256": health.model_sha256}
        return {"object": "list", "data": [{"id": health.model, "object": "model", "owned_by": "hearth", "meta": meta}]}

    async def health() -> Response:
        told = host.health()
        word = {"ready": "ok", "starting": "loading"}.get(told.status, told.status)
        body = {"status": word, EXTENSION: asdict(told)}
        return JSONResponse(body, status_code=200 if told.status == "ready" else 503)

    async def tokenize(body: TokenizeBody) -> Json:
        if isinstance(body.content, str):
            return {"tokens": (await host.tokens([body.content]))[0]}
        return {"counts": [len(tokens) for tokens in await host.tokens(body.content)]}

    async def forget(body: ForgetBody) -> Json:
        host.forget(body.rooms)
        return {"status": "forgotten"}

    async def reload() -> Json:
        leave()
        return {"status": "leaving"}

    app.add_api_route("/v1/chat/completions", chat, methods=["POST"], response_model=None)
    app.add_api_route("/v1/models", models, methods=["GET"])
    app.add_api_route("/health", health, methods=["GET"], response_model=None)
    app.add_api_route("/tokenize", tokenize, methods=["POST"])
    app.add_api_route("/forget", forget, methods=["POST"])
    app.add_api_route("/reload", reload, methods=["POST"])
