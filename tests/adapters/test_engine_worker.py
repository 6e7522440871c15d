"""The worker and its client: line, places, stops, figures, refusals; and the client before servers of others."""

import asyncio
import json
import os
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from hearth_reflex.domain.generation import (
    ChatRequest,
    ChatTurn,
    EngineEvent,
    Finished,
    FinishReason,
    Piece,
    Queued,
    Sampling,
    Started,
)
from hearth_reflex.errors import (
    EngineBusyError,
    EngineCrashedError,
    EngineError,
    ModelMissingError,
    PromptTooLongError,
)
from hearth_reflex.llm.address import OwnerLock, socket_path
from hearth_reflex.llm.client import OpenAiDialectClient
from hearth_reflex.llm.config import EngineConfig
from hearth_reflex.llm.supervisor import LocalEngine

T = TypeVar("T")


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[LocalEngine]:
    # One at a time, so that there is a line to stand in.
    made = LocalEngine(EngineConfig(data_dir=tmp_path, n_ctx=1024, n_seq=1, max_queue=4))
    await made.start()
    yield made
    await made.close()


def asking(words: str = "What is a fireplace for?", *, asker: str = "a", tokens: int = 12) -> ChatRequest:
    sampling = Sampling(temperature=0, max_tokens=tokens)
    return ChatRequest((ChatTurn("user", words),), sampling, asker=asker, affinity=asker)


def endless(asker: str = "first") -> ChatRequest:
    """A reply that does not end by itself."""
    turns = (ChatTurn("user", "Go on."), ChatTurn("assistant", "red green blue " * 12 + "red"))
    return ChatRequest(
        turns, Sampling(temperature=0, max_tokens=900, repeat_penalty=1), continue_last=True, asker=asker
    )


async def until(check: Callable[[], Awaitable[T | None]]) -> T:
    async with asyncio.timeout(20):
        while (found := await check()) is None:  # noqa: ASYNC110 - the other end is a process: no event to wait for
            await asyncio.sleep(0.02)
    return found


async def told(engine: LocalEngine, request: ChatRequest) -> list[EngineEvent]:
    return [event async for event in engine.stream(request)]


async def test_a_reply_from_the_first_event_to_the_figures(engine: LocalEngine) -> None:
    events = await told(engine, asking())
    assert isinstance(events[0], Started)
    pieces = [event for event in events if isinstance(event, Piece)]
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.reason is FinishReason.LENGTH
    usage = last.usage
    assert usage.output_tokens == 12 == sum(piece.tokens for piece in pieces)
    assert usage.prompt_tokens > 5
    assert 0 < usage.first_token_ms <= usage.total_ms
    assert usage.tokens_per_second > 0
    assert events[0].prompt_tokens == usage.prompt_tokens
    assert usage.cpu_ms > 0
    assert sum(piece.cpu_ms for piece in pieces) == pytest.approx(usage.cpu_ms, abs=usage.cpu_ms / 10 + 1)

    health = await engine.health()
    assert (health.status, health.demo, health.template_id) == ("ready", True, "chatml@1")
    assert health.context_tokens == 1024
    assert await engine.count_tokens(["hello", ""]) == [1, 0]


async def test_the_socket_is_this_users_alone(engine: LocalEngine, tmp_path: Path) -> None:
    await told(engine, asking(tokens=1))
    mode = os.stat(socket_path(tmp_path)).st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


async def test_closing_the_stream_stops_the_reply_and_frees_the_model(engine: LocalEngine) -> None:
    async with aclosing(engine.stream(endless())) as events:
        async for event in events:
            if isinstance(event, Piece):
                break
    async with asyncio.timeout(2):
        events_after = await told(engine, asking(tokens=2))
    assert not any(isinstance(event, Queued) and event.position > 1 for event in events_after)
    assert isinstance(events_after[-1], Finished)


async def test_askers_are_served_in_turn_and_told_their_place(engine: LocalEngine) -> None:
    ended: list[str] = []
    places: dict[str, list[int]] = {}

    async def ask(name: str, asker: str) -> None:
        async for event in engine.stream(asking(name, asker=asker, tokens=2)):
            if isinstance(event, Queued):
                known = places.setdefault(name, [])
                # A place is told again while it stays the same, for the estimate's sake.
                known += [event.position] if known[-1:] != [event.position] else []
        ended.append(name)

    async with aclosing(engine.stream(endless("B"))) as running:
        await anext(running)
        tasks: list[asyncio.Task[None]] = []
        for name, asker in (("a1", "A"), ("a2", "A"), ("a3", "A"), ("c1", "C")):
            tasks.append(asyncio.create_task(ask(name, asker)))
            await until(lambda name=name: _known(places, name))
    await asyncio.gather(*tasks)
    assert ended == ["a1", "c1", "a2", "a3"]
    assert places["a1"][0] == 1
    assert places["c1"] == [2, 1]
    assert places["a3"] == [3, 4, 3, 2, 1]


async def _known(places: dict[str, list[int]], name: str) -> bool | None:
    return True if name in places else None


async def test_a_full_line_refuses(engine: LocalEngine) -> None:
    async with aclosing(engine.stream(endless())) as running:
        await anext(running)
        waiting = [engine.stream(asking(asker=str(n))) for n in range(4)]
        for stream in waiting:
            assert isinstance(await anext(stream), Queued)
        with pytest.raises(EngineBusyError):
            await told(engine, asking(asker="late"))
        # One leaves the line: there is room again.
        await waiting[0].aclose()

        async def has_room() -> EngineEvent | None:
            try:
                async with aclosing(engine.stream(asking(asker="late"))) as late:
                    return await anext(late)
            except EngineBusyError:
                return None

        assert isinstance(await until(has_room), Queued)
        for stream in waiting[1:]:
            await stream.aclose()


async def test_a_prompt_that_does_not_fit_is_refused_with_figures(engine: LocalEngine) -> None:
    with pytest.raises(PromptTooLongError) as raised:
        await told(engine, asking("warm " * 3000))
    assert raised.value.params["limit"] == 1024
    assert isinstance((await told(engine, asking(tokens=1)))[-1], Finished)


async def test_others_clients_get_the_plain_dialect(engine: LocalEngine, tmp_path: Path) -> None:
    await told(engine, asking(tokens=1))
    transport = httpx.AsyncHTTPTransport(uds=str(socket_path(tmp_path)))
    body = {"model": "x", "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 3, "temperature": 0}
    async with httpx.AsyncClient(transport=transport, base_url="http://engine", timeout=20) as http:
        models = (await http.get("/v1/models")).json()
        assert models["data"][0]["id"].startswith("SmolLM2")

        whole = (await http.post("/v1/chat/completions", json=body)).json()
        assert whole["object"] == "chat.completion"
        assert whole["choices"][0]["message"]["content"]
        assert whole["usage"]["completion_tokens"] == 3
        assert whole["timings"]["predicted_n"] == 3

        streamed = (await http.post("/v1/chat/completions", json=body | {"stream": True})).text
        assert "event:" not in streamed
        assert streamed.endswith("data: [DONE]\n\n")

        assert (await http.post("/v1/chat/completions", json={"messages": []})).status_code == 422
        assert (await http.get("/health")).json()["status"] == "ok"


def test_a_socket_path_that_is_too_long_moves_to_a_private_folder(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    path = socket_path(deep)
    assert len(os.fsencode(path)) < 107
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert (deep / "engine" / "socket").read_text().strip() == str(path)
    assert socket_path(deep) == path
    path.parent.rmdir()


def test_only_one_process_owns_the_worker(tmp_path: Path) -> None:
    first, second = OwnerLock(tmp_path), OwnerLock(tmp_path)
    assert first.take()
    assert not second.take()
    first.release()
    assert second.take()
    second.release()


# What comes over the wire ---------------------------------------------------------------------------------------

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]
PLAIN_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


@asynccontextmanager
async def server(
    answer: Answer, seen: list[bytes] | None = None, *, silence_s: float = 20, own: bool = True
) -> AsyncIterator[OpenAiDialectClient]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-le")
        )
        (seen if seen is not None else []).extend([head, await reader.readexactly(length)])
        await answer(writer)
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    client = OpenAiDialectClient(
        base_url=f"http://127.0.0.1:{port}", api_key="k-1", model="m", extended=own, silence_s=silence_s
    )
    try:
        yield client
    finally:
        await client.close()
        listening.close()


def says(*chunks: bytes) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()

    return answer


def chunk(text: str = "", reason: str | None = None) -> bytes:
    data = {"choices": [{"index": 0, "delta": {"content": text} if text else {}, "finish_reason": reason}]}
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


async def test_a_plain_server_is_enough() -> None:
    usage = b'data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4}}\r\n\r\n'
    whole = chunk("불씨 \u2028") + chunk("🔥") + chunk(reason="stop") + usage + b"data: [DONE]\n\n"
    seen: list[bytes] = []
    # Cut anywhere, inside characters too.
    pieces = [whole[at : at + 7] for at in range(0, len(whole), 7)]
    async with server(says(PLAIN_HEAD, *pieces), seen, own=False) as client:
        events = [event async for event in client.stream(asking())]
    assert events[:3] == [Started(), Piece("불씨 \u2028"), Piece("🔥")]
    last = events[3]
    assert isinstance(last, Finished)
    assert (last.reason, last.usage.prompt_tokens, last.usage.output_tokens) == (FinishReason.STOP, 9, 4)
    assert b"Bearer k-1" in seen[0]
    # A strict server refuses what it does not know.
    assert set(json.loads(seen[1])) == {
        "model",
        "messages",
        "stream",
        "stream_options",
        "max_tokens",
        "temperature",
        "top_p",
    }


ERRORS: list[tuple[bytes, type[EngineError]]] = [
    (PLAIN_HEAD + chunk("half"), EngineCrashedError),
    (PLAIN_HEAD + chunk("half")[:-9], EngineCrashedError),
    (PLAIN_HEAD, EngineCrashedError),
    (b"", EngineCrashedError),
    (PLAIN_HEAD + b"data: {nonsense\n\n", EngineError),
    (PLAIN_HEAD + b"data: [1]\n\n", EngineError),
    (PLAIN_HEAD + b'data: {"error":{"code":"prompt_too_long"}}\n\n', PromptTooLongError),
    (b"HTTP/1.1 429 No\r\nContent-Length: 2\r\n\r\n{}", EngineBusyError),
    (b"HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\n{}", ModelMissingError),
    (b"HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\noops", EngineError),
    (
        b"HTTP/1.1 400 No\r\nContent-Length: 46\r\n\r\n" + b'{"error":{"code":"context_length_exceeded"}}  ',
        PromptTooLongError,
    ),
    (b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", EngineError),
    (b"not http at all\r\n\r\n", EngineCrashedError),
]


@pytest.mark.parametrize(("answer", "error"), ERRORS)
async def test_every_failure_has_a_name(answer: bytes, error: type[EngineError]) -> None:
    async with server(says(answer)) as client:
        with pytest.raises(EngineError) as raised:
            async for _ in client.stream(asking()):
                pass
    assert type(raised.value) is error


async def test_a_server_that_falls_silent_is_given_up() -> None:
    async def silent(writer: asyncio.StreamWriter) -> None:
        writer.write(PLAIN_HEAD + chunk("and then"))
        await asyncio.sleep(5)

    async with server(silent, silence_s=0.3) as client:
        with pytest.raises(EngineCrashedError):
            async for _ in client.stream(asking()):
                pass


async def test_nobody_there(tmp_path: Path) -> None:
    client = OpenAiDialectClient(socket=tmp_path / "none.sock", extended=True)
    with pytest.raises(EngineCrashedError):
        await anext(client.stream(asking()))
    with pytest.raises(EngineError):
        await client.health()
    await client.close()


async def test_tokens_are_guessed_where_nobody_counts() -> None:
    refusal = says(b"HTTP/1.1 404 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
    async with server(refusal, own=False) as client:
        counts = await client.count_tokens(["", "hello there", "안녕하세요"])
    assert counts[0] == 1
    assert counts[1] >= 2
    assert counts[2] >= 5
