"""Talks to a server of the OpenAI-compatible dialect: our own worker over a Unix socket, or anybody's over TCP.

Turns the stream into engine events, stops a reply by closing the connection, and maps every failure to the errors of
errors.py. Knows no process: who starts and restarts the server is the supervisor's matter.
"""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import structlog

from hearth_reflex.domain.generation import ChatRequest, EngineEvent, EngineHealth
from hearth_reflex.errors import EngineCrashedError, EngineError
from hearth_reflex.llm.dialect import EXTENSION, error_from, mapping, request_body
from hearth_reflex.llm.reply_reader import ReplyReader
from hearth_reflex.llm.sse import read_events

log = structlog.get_logger(__name__)

_CONNECT_S = 5.0
_MOST_ERROR_BYTES = 64_000


class OpenAiDialectClient:
    """One server.

    Args:
        base_url: where it is, without `/v1`; any name will do for a Unix socket.
        socket: path of a Unix socket to speak through instead of TCP.
        api_key: sent as a bearer token when given.
        model: the `model` of requests.
        extended: whether it knows llama.cpp's samplers and our extensions.
        silence_s: a stream that says nothing for so long is given up.
    """

    def __init__(
        self,
        *,
        base_url: str = "http://engine",
        socket: Path | None = None,
        api_key: str = "",
        model: str = "default",
        extended: bool = False,
        silence_s: float = 120.0,
    ) -> None:
        # A local socket is opened for each request: a kept one may lead to a worker that is gone.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0 if socket else 20)
        self._http = httpx.AsyncClient(
            base_url=base_url,
            transport=httpx.AsyncHTTPTransport(uds=str(socket) if socket else None, limits=limits),
            headers={"Authorization": f"Bearer {api_key}"} if api_key else {},
            timeout=httpx.Timeout(silence_s, connect=_CONNECT_S),
            trust_env=False,
        )
        self._model = model
        self._extended = extended
        self._counts_tokens = True

    async def close(self) -> None:
        await self._http.aclose()

    async def stream(self, request: ChatRequest) -> AsyncGenerator[EngineEvent, None]:
        """Events of one reply; raises EngineError. Closing the generator closes the connection."""
        body = request_body(request, model=self._model, extended=self._extended)
        reader = ReplyReader()
        async with (
            _translated(),
            self._http.stream("POST", "/v1/chat/completions", json=body) as response,
        ):
            await _refuse_errors(response)
            async with aclosing(read_events(response.aiter_bytes())) as events:
                async for event in events:
                    for made in reader.read(event):
                        yield made
                    if reader.finished:
                        return
            for made in reader.end():
                yield made
        if not reader.finished:
            raise EngineCrashedError

    async def count_tokens(self, texts: list[str]) -> list[int]:
        """Tokens of each text; a careful guess where the server cannot count."""
        if self._counts_tokens:
            try:
                return [await self._counted(text) for text in texts] if not self._extended else await self._all(texts)
            except EngineError:
                if self._extended:
                    raise
                self._counts_tokens = False
        return [_guess(text) for text in texts]

    async def health(self, *, timeout_s: float = 1.0) -> EngineHealth:
        """What the server says of itself; raises EngineError when it says nothing in time."""
        async with _translated():
            response = await self._http.get("/health", timeout=timeout_s)
            data = _json(response.content)
        told = mapping(data.get(EXTENSION))
        if told:
            known = {key: value for key, value in told.items() if key in EngineHealth.__dataclass_fields__}
            return EngineHealth(**known)
        return EngineHealth(status="ready" if response.is_success else "starting", model=self._model)

    async def reload(self) -> None:
        """Ask our worker to end, so that its supervisor starts it afresh."""
        async with _translated():
            await self._http.post("/reload", timeout=_CONNECT_S)

    async def _all(self, texts: list[str]) -> list[int]:
        data = await self._post("/tokenize", {"content": texts})
        return [int(count) for count in data["counts"]]

    async def _counted(self, text: str) -> int:
        data = await self._post("/tokenize", {"content": text})
        return len(data["tokens"])

    async def _post(self, path: str, body: dict[str, Any]) -> Mapping[str, Any]:
        async with _translated():
            response = await self._http.post(path, json=body, timeout=_CONNECT_S)
            await _refuse_errors(response)
            return _json(response.content)


def _guess(text: str) -> int:
    """No fewer tokens than common vocabularies make of it, Korean included."""
    return len(text.encode("utf-8", "replace")) // 3 + 1


@asynccontextmanager
async def _translated() -> AsyncGenerator[None, None]:
    """Failures of the connection, in our words."""
    try:
        yield
    except httpx.ConnectError as error:
        # Nobody there: ordinary while a worker starts, and the supervisor tells of it.
        raise EngineCrashedError from error
    except httpx.HTTPError as error:
        log.warning("engine.connection_lost", kind=type(error).__name__)
        raise EngineCrashedError from error
    except (KeyError, TypeError, ValueError) as error:
        log.warning("engine.garbage", kind=type(error).__name__)
        raise EngineError from error


async def _refuse_errors(response: httpx.Response) -> None:
    if response.is_success:
        return
    content = b""
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > _MOST_ERROR_BYTES:
            break
    try:
        body: object = json.loads(content)
    except ValueError:
        body = None
    error = error_from(body, status=response.status_code)
    log.warning("engine.refused", status=response.status_code, code=error.code)
    raise error


def _json(content: bytes) -> Mapping[str, Any]:
    data: object = json.loads(content)
    return mapping(data)
