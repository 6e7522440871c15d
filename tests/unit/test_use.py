"""Who uses a worker, and the word they get when it leaves."""

import asyncio
import json
from collections.abc import AsyncGenerator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from hearth_reflex.errors import EngineCrashedError
from hearth_reflex.llm.dialect import error_frame
from hearth_reflex.llm.use import InUse, add_rest_routes

CHAT = "/v1/chat/completions"


class Worker:
    """An application that begins to answer and then waits for `go_on`."""

    def __init__(self) -> None:
        self.go_on, self.begun, self.ended = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.loading = False
        self.slept = 0
        app = FastAPI()
        app.add_api_route(CHAT, self._chat, methods=["POST"], response_model=None)
        app.add_api_route("/tokenize", self._tokenize, methods=["POST"], response_model=None)
        self.use = InUse(app)
        add_rest_routes(app, self.use, is_loading=lambda: self.loading, sleep=self._sleep)
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.use), base_url="http://engine")

    async def _chat(self) -> StreamingResponse:
        async def words() -> AsyncGenerator[str, None]:
            yield "data: one\n\n"
            self.begun.set()
            try:
                await self.go_on.wait()
            finally:
                self.ended.set()
            yield "data: two\n\n"

        return StreamingResponse(words(), media_type="text/event-stream")

    async def _tokenize(self) -> dict[str, int]:
        self.begun.set()
        await self.go_on.wait()
        return {"count": 1}

    def _sleep(self) -> None:
        self.slept += 1

    async def idle_s(self) -> float | None:
        return (await self.http.get("/idle")).json()["idle_s"]


@pytest.fixture
async def worker() -> Worker:
    return Worker()


async def test_idle_time_is_none_while_it_is_used_or_loads(worker: Worker) -> None:
    assert await worker.idle_s() is not None
    asked = asyncio.create_task(worker.http.post(CHAT))
    await worker.begun.wait()
    assert await worker.idle_s() is None
    assert worker.use.idle_s == 0
    worker.go_on.set()
    assert (await asked).text == "data: one\n\ndata: two\n\n"
    assert await worker.idle_s() is not None
    worker.loading = True
    assert await worker.idle_s() is None


async def test_it_is_put_to_sleep_only_when_nobody_is_there(worker: Worker) -> None:
    asked = asyncio.create_task(worker.http.post("/tokenize"))
    await worker.begun.wait()
    refused = await worker.http.post("/sleep")
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "engine_busy")
    assert worker.slept == 0
    worker.go_on.set()
    await asked
    assert (await worker.http.post("/sleep")).status_code == 200
    assert worker.slept == 1


async def test_a_cut_stream_ends_with_an_error_of_its_own(worker: Worker) -> None:
    asked = asyncio.create_task(worker.http.post(CHAT))
    await worker.begun.wait()
    worker.use.cut()
    assert (await asked).text == "data: one\n\n" + error_frame(EngineCrashedError())
    assert worker.ended.is_set()
    assert not worker.use.busy


async def test_a_cut_answer_that_had_not_begun_is_an_error(worker: Worker) -> None:
    asked = asyncio.create_task(worker.http.post("/tokenize"))
    await worker.begun.wait()
    worker.use.cut()
    answer = await asked
    assert (answer.status_code, json.loads(answer.text)["error"]["code"]) == (503, "engine_crashed")


async def test_one_that_leaves_takes_nobody_new_but_lets_the_others_end(worker: Worker) -> None:
    asked = asyncio.create_task(worker.http.post(CHAT))
    await worker.begun.wait()
    worker.use.leave()
    late = await worker.http.post(CHAT)
    assert (late.status_code, late.json()["error"]["code"]) == (503, "engine_crashed")
    worker.go_on.set()
    assert (await asked).text.endswith("data: two\n\n")
