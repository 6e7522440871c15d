"""Who uses a worker right now: so that it may leave when nobody does, and that nobody is cut off without a word.

Stands in front of the worker's application. Counts what is asked of the model, refuses new callers once the worker is
leaving, and ends those who are still there with an error frame. Knows HTTP's shape, no model.
"""

import asyncio
import json
import time
from collections.abc import Callable

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hearth_reflex.errors import EngineBusyError, EngineCrashedError
from hearth_reflex.llm.dialect import error_body, error_frame

_USES = ("/v1/chat/completions", "/tokenize")
_STREAM = b"text/event-stream"


class InUse:
    """An ASGI application around another."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._calls: set[_Call] = set()
        self._rested_at = time.monotonic()
        self._leaving = False

    @property
    def busy(self) -> bool:
        return bool(self._calls)

    @property
    def idle_s(self) -> float:
        """Seconds since the last use; 0 while there is one."""
        return 0.0 if self._calls else time.monotonic() - self._rested_at

    def rest(self) -> None:
        """Begin to count idle seconds anew."""
        self._rested_at = time.monotonic()

    def leave(self) -> None:
        """From now on new callers are told that the worker fell: it will be up again when they ask once more."""
        self._leaving = True

    def cut(self) -> None:
        """End whoever is still there."""
        for call in self._calls:
            call.cut()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in _USES:
            await self._app(scope, receive, send)
            return
        call = _Call(send)
        if self._leaving:
            await call.say_farewell()
            return
        self._calls.add(call)
        try:
            await call.run(self._app, scope, receive)
        finally:
            self._calls.discard(call)
            self.rest()


class _Call:
    """One request, and how far its answer has come."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._task: asyncio.Task[None] | None = None
        self._cut = self._begun = self._streams = self._ended = False

    def cut(self) -> None:
        self._cut = True
        if self._task is not None:
            self._task.cancel()

    async def run(self, app: ASGIApp, scope: Scope, receive: Receive) -> None:
        async def answer() -> None:
            await app(scope, receive, self._note)

        self._task = asyncio.create_task(answer())
        try:
            await self._task
        except asyncio.CancelledError:
            if not self._cut:
                raise
            await self.say_farewell()

    async def say_farewell(self) -> None:
        if self._streams and not self._ended:
            await self._send({"type": "http.response.body", "body": error_frame(EngineCrashedError()).encode()})
        elif not self._begun:
            body = json.dumps(error_body(EngineCrashedError())).encode()
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
            await self._send({"type": "http.response.start", "status": 503, "headers": headers})
            await self._send({"type": "http.response.body", "body": body})

    async def _note(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begun = True
            self._streams = any(name == b"content-type" and _STREAM in value for name, value in message["headers"])
        elif message["type"] == "http.response.body":
            self._ended = not message.get("more_body", False)
        await self._send(message)


def add_rest_routes(app: FastAPI, use: InUse, *, is_loading: Callable[[], bool], sleep: Callable[[], None]) -> None:
    """`GET /idle`: seconds without use, null while it works or loads. `POST /sleep`: end, if nobody is there.

    Args:
        sleep: ends the worker until somebody asks for it.
    """

    async def idle() -> dict[str, float | None]:
        return {"idle_s": None if use.busy or is_loading() else round(use.idle_s, 3)}

    async def asked_to_sleep() -> JSONResponse:
        if use.busy:
            return JSONResponse(error_body(EngineBusyError()), status_code=429)
        sleep()
        return JSONResponse({"status": "leaving"})

    app.add_api_route("/idle", idle, methods=["GET"])
    app.add_api_route("/sleep", asked_to_sleep, methods=["POST"], response_model=None)
