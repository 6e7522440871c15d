"""llama.cpp's own server, driven by the client that drives our worker: only the address is another one."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing

import httpx
import pytest

from hearth_reflex.domain.generation import (
    ChatRequest,
    ChatTurn,
    EngineEvent,
    Finished,
    FinishReason,
    Piece,
    Sampling,
    Started,
)
from hearth_reflex.errors import PromptTooLongError
from hearth_reflex.llm.client import OpenAiDialectClient
from hearth_reflex.llm.config import demo_model_file

# Its server lives in threads of the process that makes it: in a child, so that it ends for sure.
SERVER = """
import sys
import xllamacpp

params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.hostnames, params.port = ["127.0.0.1"], 0
params.n_ctx, params.n_parallel, params.kv_unified = 1024, 1, True
params.cpuparams.n_threads = 1
params.endpoint_slots = True
server = xllamacpp.Server(params)
sys.stdout.write(server.listening_address + "\\n")
sys.stdout.flush()
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the server listens."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(demo_model_file())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        # What else it writes goes before the address.
        yield next(line.strip() for line in process.stdout if line.startswith("http://"))
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            pipe.close()


@pytest.fixture
async def client(address: str) -> AsyncIterator[OpenAiDialectClient]:
    made = OpenAiDialectClient(base_url=address, silence_s=30)
    yield made
    await made.close()


def asking(text: str = "What is a hearth?", *, tokens: int = 12) -> ChatRequest:
    return ChatRequest((ChatTurn("user", text),), Sampling(temperature=0, max_tokens=tokens, seed=1))


async def told(client: OpenAiDialectClient, request: ChatRequest) -> list[EngineEvent]:
    return [event async for event in client.stream(request)]


async def slot_is(address: str, *, busy: bool) -> None:
    async with httpx.AsyncClient(base_url=address) as http, asyncio.timeout(5):
        while (await http.get("/slots")).json()[0]["is_processing"] is not busy:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)


async def test_it_streams_and_counts(client: OpenAiDialectClient) -> None:
    events = await told(client, asking())
    pieces, last = [event for event in events if isinstance(event, Piece)], events[-1]
    assert isinstance(events[0], Started)
    assert len(pieces) > 3
    assert "".join(piece.text for piece in pieces).strip()
    assert isinstance(last, Finished)
    assert (last.reason, last.usage.output_tokens) == (FinishReason.LENGTH, 12)
    assert last.usage.prompt_tokens > 5
    assert last.usage.tokens_per_second > 0
    assert 0 < last.usage.first_token_ms <= last.usage.total_ms


async def test_greedy_words_are_the_same_twice_and_the_prefix_is_kept(client: OpenAiDialectClient) -> None:
    first, second = await told(client, asking("Say it.")), await told(client, asking("Say it."))
    words = ["".join(event.text for event in events if isinstance(event, Piece)) for events in (first, second)]
    assert words[0] == words[1] != ""
    last = second[-1]
    assert isinstance(last, Finished)
    assert last.usage.kept_tokens > 0


async def test_closing_the_stream_stops_the_server(client: OpenAiDialectClient, address: str) -> None:
    async with aclosing(client.stream(asking("Tell a very long story.", tokens=900))) as events:
        async for event in events:
            if isinstance(event, Piece):
                break
        await slot_is(address, busy=True)
    await slot_is(address, busy=False)
    assert isinstance((await told(client, asking(tokens=2)))[-1], Finished)


async def test_it_counts_tokens_and_tells_its_health(client: OpenAiDialectClient) -> None:
    assert await client.count_tokens(["hello", "", "hello there"]) == [1, 0, 2]
    assert (await client.health()).status == "ready"
    await client.check()


async def test_a_prompt_that_is_too_long_is_told_as_such(client: OpenAiDialectClient) -> None:
    with pytest.raises(PromptTooLongError):
        await told(client, asking("warm " * 3000))
