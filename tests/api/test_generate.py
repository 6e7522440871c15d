"""One text for a program: a form of words and pictures, greedy and short unless more is asked for."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from PIL import Image
from sqlmodel import select

from hearth_reflex.api.generate import BODY_LIMIT
from hearth_reflex.bootstrap import House
from hearth_reflex.db.generation import UsageDay
from hearth_reflex.db.message import Message
from hearth_reflex.domain.bucket import Buckets
from hearth_reflex.domain.data_uri import read_data_uri
from hearth_reflex.errors import EngineBusyError, PictureError
from hearth_reflex.media.pictures import _ONE_AT_A_TIME  # pyright: ignore[reportPrivateUsage]
from tests.api.checks import check_problem
from tests.engines import ScriptedEngine

GENERATE = "/api/llm/generate"


def picture(colour: str = "red") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(written, "PNG")
    return written.getvalue()


@pytest.mark.parametrize("path", [GENERATE, f"{GENERATE}/", "/api/generate", "/generate", "/generate/"])
async def test_a_prompt_makes_a_text(mina: httpx.AsyncClient, engine: ScriptedEngine, path: str) -> None:
    answer = await mina.post(path, data={"prompt": "Once"})
    assert answer.status_code == 200
    told = answer.json()
    assert set(told) == {"text", "model", "usage"}
    assert (told["text"], told["model"]) == ("Once upon a time.", "script")
    assert (told["usage"]["prompt_tokens"], told["usage"]["output_tokens"]) == (7, 4)
    (turn,) = engine.requests[0].turns
    assert (turn.role, turn.content, turn.images) == ("user", "Once", ())


async def test_text_alone_is_greedy_and_short(mina: httpx.AsyncClient, engine: ScriptedEngine) -> None:
    for form in ({"text": "Once"}, {"text": "Once", "max_length": "5000", "temperature": "1.5", "do_sample": "false"}):
        await mina.post(GENERATE, files={name: (None, value) for name, value in form.items()})
    first, second = (request.sampling for request in engine.requests)
    assert (first.temperature, first.max_tokens) == (0.0, 20)
    assert (second.temperature, second.max_tokens) == (0.0, 128)


async def test_what_is_asked_for_is_drawn_so(mina: httpx.AsyncClient, house: House, engine: ScriptedEngine) -> None:
    form = {"prompt": "Once", "max_length": "300", "temperature": "1.5", "top_p": "0.5", "do_sample": "true"}
    assert (await mina.post(GENERATE, data=form)).status_code == 200
    drawn = engine.requests[0].sampling
    assert (drawn.temperature, drawn.top_p, drawn.max_tokens) == (1.5, 0.5, min(300, house.settings.reply_max_tokens))
    assert (
        await mina.post(GENERATE, json={"prompt": "Once", "do_sample": True, "temperature": 0.5})
    ).status_code == 200
    assert engine.requests[1].sampling.temperature == 0.5


async def test_what_one_has_set_counts_where_nothing_is_said(mina: httpx.AsyncClient, engine: ScriptedEngine) -> None:
    await mina.put("/api/llm/settings", json={"temperature": 0.33, "max_tokens": 7})
    await mina.post(GENERATE, data={"prompt": "Once", "do_sample": "true"})
    assert (engine.requests[0].sampling.temperature, engine.requests[0].sampling.max_tokens) == (0.33, 20)


async def test_pictures_are_drawn_anew_and_stand_before_the_words(
    mina: httpx.AsyncClient, engine: ScriptedEngine
) -> None:
    files = {f"image{n}": (f"{n}.png", picture(), "image/png") for n in (1, 3)}
    assert (await mina.post(GENERATE, data={"prompt": "What is this?"}, files=files)).status_code == 200
    (turn,) = engine.requests[0].turns
    held = [read_data_uri(uri) for uri in turn.images]
    assert [one and one.kind for one in held] == ["jpeg", "jpeg"]


async def test_it_comes_as_it_is_written_for_who_asks_so(mina: httpx.AsyncClient, engine: ScriptedEngine) -> None:
    answer = await mina.post(GENERATE, data={"prompt": "Once"}, headers={"Accept": "text/event-stream"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = [part.split("\ndata: ") for part in answer.text.strip().split("\n\n")]
    assert [name.removeprefix("event: ") for name, _ in events] == ["chunk"] * 4 + ["complete"]
    assert "".join(json.loads(data)["text"] for _, data in events[:-1]) == json.loads(events[-1][1])["text"]


async def test_a_fault_before_the_first_word_is_an_error_and_behind_it_an_event(
    mina: httpx.AsyncClient, engine: ScriptedEngine
) -> None:
    engine.fault, engine.fail_at = EngineBusyError(), 0
    stream = {"Accept": "text/event-stream"}
    check_problem(await mina.post(GENERATE, data={"prompt": "Once"}, headers=stream), 503, "engine_busy")
    engine.fail_at = 2
    answer = await mina.post(GENERATE, data={"prompt": "Once"}, headers=stream)
    assert answer.text.strip().split("\n\n")[-1].startswith("event: error\n")
    check_problem(await mina.post(GENERATE, data={"prompt": "Once"}), 503, "engine_busy")
    engine.fault, engine.fail_at = PictureError("picture_blind"), 0
    files = {"image1": ("a.png", picture(), "image/png")}
    check_problem(await mina.post(GENERATE, data={"prompt": "?"}, files=files), 422, "picture_blind")


async def test_nothing_is_kept_but_what_it_used(mina: httpx.AsyncClient, house: House) -> None:
    await mina.post(GENERATE, data={"prompt": "Once"})
    async with house.database.read() as db:
        assert (await db.exec(select(Message))).all() == []
        (day,) = (await db.exec(select(UsageDay))).all()
    assert (day.answers, day.prompt_tokens, day.output_tokens, day.room_id) == (1, 7, 4, None)


async def test_nobody_has_more_on_their_way_than_they_may(
    mina: httpx.AsyncClient, house: House, engine: ScriptedEngine
) -> None:
    engine.hold = asyncio.Event()
    most = house.settings.answers_per_person
    running = [asyncio.create_task(mina.post(GENERATE, data={"prompt": "Once"})) for _ in range(most)]
    async with asyncio.timeout(10):
        while True:
            if engine.busy == most:
                break
            await asyncio.sleep(0)
    refused = await mina.post(GENERATE, data={"prompt": "Once"})
    check_problem(refused, 429, "answers_many")
    assert int(refused.headers["retry-after"]) >= 1
    engine.hold.set()
    assert {(await one).status_code for one in running} == {200}
    assert (await mina.post(GENERATE, data={"prompt": "Once"})).status_code == 200


async def test_it_counts_like_a_message(mina: httpx.AsyncClient, house: House) -> None:
    house.generating._pace = Buckets(rate=0.01, burst=1)  # pyright: ignore[reportPrivateUsage]
    assert (await mina.post(GENERATE, data={"prompt": "Once"})).status_code == 200
    refused = await mina.post(GENERATE, data={"prompt": "Once"})
    check_problem(refused, 429, "message_pace")
    assert int(refused.headers["retry-after"]) > 1


async def test_who_may_not_ask_now_uploads_nothing(mina: httpx.AsyncClient, house: House) -> None:
    house.generating._pace = Buckets(rate=0.01, burst=0)  # pyright: ignore[reportPrivateUsage]
    read: list[bytes] = []

    async def body() -> AsyncIterator[bytes]:
        for _ in range(4):
            read.append(b"--x\r\n")
            yield read[-1]

    sent = await mina.post(GENERATE, content=body(), headers={"Content-Type": "multipart/form-data; boundary=x"})
    check_problem(sent, 429, "message_pace")
    assert read == []


async def test_who_waits_for_a_picture_takes_no_thread_from_others(mina: httpx.AsyncClient, house: House) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(2))
    files = {"image1": ("a.png", picture(), "image/png")}
    with _ONE_AT_A_TIME:
        tasks = [asyncio.create_task(mina.post(GENERATE, data={"prompt": "a"}, files=files)) for _ in range(2)]
        async with asyncio.timeout(10):
            while True:
                if house.generating._open.total() == 2:  # pyright: ignore[reportPrivateUsage]
                    break
                await asyncio.sleep(0)
            for _ in range(5):
                await asyncio.to_thread(int)
    assert [(await task).status_code for task in tasks] == [200, 200]


@pytest.mark.parametrize(
    ("form", "code", "field"),
    [
        ({}, "message_empty", "prompt"),
        ({"prompt": " \n"}, "message_empty", "prompt"),
        ({"prompt": "a\x00b"}, "message_control", "prompt"),
        ({"prompt": "x" * 60_000}, "message_long", "prompt"),
        ({"prompt": "a", "max_length": "many"}, "arguments", "max_length"),
        ({"prompt": "a", "max_length": "0"}, "arguments", "max_length"),
        ({"prompt": "a", "temperature": "nan"}, "arguments", "temperature"),
        ({"prompt": "a", "temperature": "9"}, "arguments", "temperature"),
        ({"prompt": "a", "top_p": "-1"}, "arguments", "top_p"),
        ({"prompt": "a", "do_sample": "perhaps"}, "arguments", "do_sample"),
        ({"prompt": "a", "model": "local:nothing"}, "model_ref", "model"),
    ],
)
async def test_what_cannot_be_asked(
    mina: httpx.AsyncClient, engine: ScriptedEngine, form: dict[str, str], code: str, field: str
) -> None:
    check_problem(await mina.post(GENERATE, data=form), 422, code, field)
    assert engine.requests == []


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n" + b"\x00" * 500])
async def test_what_is_no_picture(mina: httpx.AsyncClient, engine: ScriptedEngine, data: bytes) -> None:
    answer = await mina.post(GENERATE, data={"prompt": "a"}, files={"image1": ("a.png", data, "image/png")})
    if data:
        check_problem(answer, 422, "picture_bad")
        assert engine.requests == []
    else:
        assert answer.status_code == 200  # a form's box that was left empty


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b"[" * 50_000, "application/json"),
        (b"garbage", "multipart/form-data"),
        (b"garbage", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--", "multipart/form-data; boundary=x"),
        (b"\xff\xfe=\xff", "application/x-www-form-urlencoded"),
        (b"prompt=a", "text/plain"),
        (b"", ""),
    ],
)
async def test_a_broken_body_is_the_callers_fault(mina: httpx.AsyncClient, body: bytes, kind: str) -> None:
    answer = await mina.post(GENERATE, content=body, headers={"Content-Type": kind} if kind else {})
    check_problem(answer, 422, answer.json()["code"], answer.json()["field"])


async def test_more_pictures_than_four(mina: httpx.AsyncClient, engine: ScriptedEngine) -> None:
    files: dict[str, Any] = {f"image{n}": (f"{n}.png", picture(), "image/png") for n in range(1, 6)}
    check_problem(await mina.post(GENERATE, data={"prompt": "a"}, files=files), 422, "arguments")
    assert engine.requests == []


async def test_a_body_beyond_all_measure_is_not_read(mina: httpx.AsyncClient, engine: ScriptedEngine) -> None:
    files = {"image1": ("a.png", b"\x89PNG\r\n\x1a\n" + b"x" * BODY_LIMIT, "image/png")}
    check_problem(await mina.post(GENERATE, data={"prompt": "a"}, files=files), 413, "body_long")
    check_problem(await mina.post(GENERATE, json={"prompt": "x" * 900_000}), 413, "body_long")
    assert engine.requests == []
