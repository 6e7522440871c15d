"""Talks to a server of the OpenAI-compatible dialect: our own worker over a Unix socket, or anybody's over TCP.

Turns the stream into engine events, stops a reply by closing the connection, and maps every failure to the errors of
errors.py. Our own worker is trusted; a stranger's server is given bounds of time and size, is asked again only before
it said anything, and fails as a provider does. Knows no process: who starts and restarts a worker is the supervisor's
matter.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import structlog

from hearth_reflex.domain.generation import ChatRequest, EngineEvent, EngineHealth
from hearth_reflex.errors import EngineCrashedError, EngineError, GrammarError, ProviderError
from hearth_reflex.llm.dialect import DONE, EXTENSION, Json, error_from, mapping, request_body
from hearth_reflex.llm.reply_reader import ReplyReader
from hearth_reflex.llm.sse import ServerEvent, read_events
from hearth_reflex.llm.strangers import (
    WORTH_ANOTHER_TRY,
    api_root,
    asked_patience,
    fault,
    refusal,
    trusted_roots,
    without_refused,
)

log = structlog.get_logger(__name__)

_CONNECT_S = 5.0
_MOST_ERROR_BYTES = 64_000
_MOST_BODY_BYTES = 4_000_000  # of an answer that is not streamed, or a list of models
_MOST_STREAM_BYTES = 64_000_000
_LONGEST_WAIT_S = 20.0  # that a server may ask for before it is asked again


class OpenAiDialectClient:
    """One server.

    Args:
        base_url: where it is, with or without `/v1`; any name will do for a Unix socket.
        socket: path of a Unix socket to speak through instead of TCP.
        api_key: sent as a bearer token when given.
        model: the `model` of requests.
        extended: whether it is our own worker: it knows llama.cpp's samplers and our extensions, and is trusted.
        silence_s: a stream that says nothing for so long is given up.
        pauses: seconds to wait before each further try of a reply that was refused for the moment.
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
        pauses: tuple[float, ...] = (),
    ) -> None:
        # A local socket is opened for each request: a kept one may lead to a worker that is gone.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0 if socket else 20)
        headers = {"User-Agent": "hearth", "Accept-Encoding": "identity"}
        self._http = httpx.AsyncClient(
            base_url=base_url,
            transport=httpx.AsyncHTTPTransport(
                verify=trusted_roots() if socket is None else False,  # nobody stands between us and a local socket
                uds=str(socket) if socket else None,
                limits=limits,
            ),
            headers=headers | ({"Authorization": f"Bearer {api_key}"} if api_key else {}),
            timeout=httpx.Timeout(silence_s, connect=min(_CONNECT_S, silence_s)),
            trust_env=False,
            follow_redirects=False,  # a key goes to the address that was given, nowhere else
        )
        self._api = api_root(base_url)
        self._model = model
        self._extended = extended
        # A worker has its own heartbeat; a stranger may send empty lines for ever.
        self._silence_s = None if extended else silence_s
        self._pauses = pauses
        self._counts_tokens = True

    async def close(self) -> None:
        await self._http.aclose()

    async def stream(self, request: ChatRequest) -> AsyncGenerator[EngineEvent, None]:
        """Events of one reply; raises EngineError. Closing the generator closes the connection."""
        body = _body(request, model=self._model, extended=self._extended)
        reader = ReplyReader(own=self._extended)
        async with self._translated(), self._opened(body) as (response, sent):
            reader.seed = sent.get("seed")
            async with aclosing(self._events(response)) as events:
                async for event in events:
                    for made in reader.read(event):
                        yield made
                    if reader.finished:
                        return
            for made in reader.end():
                yield made
        if not reader.finished:
            raise EngineCrashedError if self._extended else ProviderError

    async def check(self) -> None:
        """Asks for the list of models, which costs nothing; raises ProviderError for a refusal. Some have no list."""
        async with (
            self._translated(),
            asyncio.timeout(self._silence_s),
            self._http.stream("GET", f"{self._api}/models") as response,
        ):
            if response.status_code not in (404, 405, 501):
                await self._refuse_errors(response)

    async def count_tokens(self, texts: list[str]) -> list[int]:
        """Tokens of each text; a careful guess where the server cannot count."""
        if self._counts_tokens:
            try:
                return [await self._counted(text) for text in texts] if not self._extended else await self._all(texts)
            except EngineError:
                if self._extended:
                    raise
                self._counts_tokens = False
        return [guessed_tokens(text) for text in texts]

    async def health(self, *, timeout_s: float = 1.0) -> EngineHealth:
        """What the server says of itself; raises EngineError when it says nothing in time."""
        async with self._translated():
            response = await self._http.get("/health", timeout=timeout_s)
            data = _json(response.content)
        told = mapping(data.get(EXTENSION))
        if told and self._extended:
            known = {key: value for key, value in told.items() if key in EngineHealth.__dataclass_fields__}
            return EngineHealth(**known)
        return EngineHealth(status="ready" if response.is_success else "starting", model=self._model)

    async def reload(self) -> None:
        """Ask our worker to end, so that its supervisor starts it afresh."""
        async with self._translated():
            await self._http.post("/reload", timeout=_CONNECT_S)

    async def forget(self, rooms: list[str]) -> None:
        """Ask our worker to keep nothing that it read of these rooms."""
        await self._post("/forget", {"rooms": rooms})

    async def idle_s(self) -> float | None:
        """Seconds since our worker was last used; None while it works or loads. Raises EngineError when it is gone."""
        async with self._translated():
            idle = _json((await self._http.get("/idle", timeout=_CONNECT_S)).content)["idle_s"]
        return None if idle is None else float(idle)

    async def sleep(self) -> None:
        """Ask our worker to end until it is needed; raises EngineBusyError while somebody uses it."""
        await self._post("/sleep", {})

    @asynccontextmanager
    async def _opened(self, body: Json) -> AsyncGenerator[tuple[httpx.Response, Json], None]:
        """The head of a good answer, and what was asked in the end; closed afterwards.

        A stranger that refuses one of the wishes is asked again without it: each time there is one less.
        """
        while True:
            response = await self._asked(body)
            try:
                if response.is_success:
                    yield response, body
                    return
                told = await self._error_body(response)
            finally:
                await response.aclose()
            refused, body = body, body if self._extended else without_refused(body, told)
            if body == refused:
                raise self._refusal(response, told)

    async def _asked(self, body: Json) -> httpx.Response:
        """The last answer that came. Nothing was said yet, so that asking again doubles nothing."""
        for pause in self._pauses:
            try:
                response = await self._sent(body)
            except httpx.ConnectError:
                wait = pause
            else:
                wait = max(pause, asked_patience(response.headers))
                if response.status_code not in WORTH_ANOTHER_TRY or wait > _LONGEST_WAIT_S:
                    return response
                await response.aclose()
            log.info("engine.asked_again", wait_s=wait)
            await asyncio.sleep(wait)
        return await self._sent(body)

    async def _sent(self, body: Json) -> httpx.Response:
        request = self._http.build_request("POST", f"{self._api}/chat/completions", json=body)
        async with asyncio.timeout(self._silence_s):
            return await self._http.send(request, stream=True)

    async def _events(self, response: httpx.Response) -> AsyncGenerator[ServerEvent, None]:
        """Events of the answer, none of them later than the silence allows; a whole answer is made into one."""
        if "json" in response.headers.get("content-type", "") and not self._extended:
            async with asyncio.timeout(self._silence_s):
                whole = await _whole_body(response)
            yield ServerEvent("", whole.decode("utf-8", "replace"))
            yield ServerEvent("", DONE)
            return
        async with aclosing(read_events(_bounded(response, most=_MOST_STREAM_BYTES))) as events:
            while True:
                async with asyncio.timeout(self._silence_s):
                    event = await anext(events, None)
                if event is None:
                    return
                yield event

    async def _all(self, texts: list[str]) -> list[int]:
        data = await self._post("/tokenize", {"content": texts})
        return [int(count) for count in data["counts"]]

    async def _counted(self, text: str) -> int:
        data = await self._post("/tokenize", {"content": text})
        return len(data["tokens"])

    async def _post(self, path: str, body: dict[str, Any]) -> Mapping[str, Any]:
        async with self._translated():
            response = await self._http.post(path, json=body, timeout=_CONNECT_S)
            await self._refuse_errors(response)
            return _json(response.content)

    @asynccontextmanager
    async def _translated(self) -> AsyncGenerator[None, None]:
        """Failures of the connection, in our words."""
        try:
            yield
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as error:
            if not self._extended:
                log.warning("engine.connection_lost", kind=type(error).__name__)
                raise fault(error) from error
            if not isinstance(error, httpx.ConnectError):
                # Nobody there is ordinary while a worker starts: the supervisor tells of it.
                log.warning("engine.connection_lost", kind=type(error).__name__)
            raise EngineCrashedError from error
        except EngineError as error:
            if self._extended:
                raise
            raise fault(error) from error
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            log.warning("engine.garbage", kind=type(error).__name__)
            raise (EngineError() if self._extended else fault(error)) from error

    async def _refuse_errors(self, response: httpx.Response) -> None:
        if not response.is_success:
            raise self._refusal(response, await self._error_body(response))

    def _refusal(self, response: httpx.Response, body: object) -> EngineError:
        status = response.status_code
        error = error_from(body, status=status) if self._extended else refusal(body, status=status)
        log.warning("engine.refused", status=status, code=error.code)
        return error

    async def _error_body(self, response: httpx.Response) -> object:
        content = b""
        try:
            async with asyncio.timeout(self._silence_s):
                async for chunk in response.aiter_bytes() if response.is_stream_consumed else response.aiter_raw():
                    content += chunk
                    if len(content) > _MOST_ERROR_BYTES:
                        break
            return json.loads(content)
        except (ValueError, RecursionError, TimeoutError):
            return None


def guessed_tokens(text: str) -> int:
    """No fewer tokens than common vocabularies make of it, Korean included."""
    return len(text.encode("utf-8", "replace")) // 3 + 1


def _body(request: ChatRequest, *, model: str, extended: bool) -> Json:
    try:
        return request_body(request, model=model, extended=extended)
    except ValueError as error:
        raise GrammarError from error  # a JSON schema that is no JSON


async def _bounded(response: httpx.Response, *, most: int) -> AsyncGenerator[bytes, None]:
    """The bytes as they came. What was packed all the same is refused: it could grow a thousandfold."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise EngineError
    taken = 0
    async for chunk in response.aiter_raw():
        taken += len(chunk)
        if taken > most:
            raise EngineError
        yield chunk


async def _whole_body(response: httpx.Response) -> bytes:
    return b"".join([chunk async for chunk in _bounded(response, most=_MOST_BODY_BYTES)])


def _json(content: bytes) -> Mapping[str, Any]:
    data: object = json.loads(content)
    return mapping(data)
