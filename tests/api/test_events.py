"""A room as server-sent events, over a real connection: the order, the words, and the end."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message, Scope

from hearth_reflex.api.events import STREAMS, EventStream
from hearth_reflex.bootstrap import House
from hearth_reflex.domain.generation import Queued
from hearth_reflex.errors import EngineCrashedError
from tests.api.checks import check_problem
from tests.api.conftest import Enter
from tests.engines import ScriptedEngine
from tests.factories import seated

ENDS = ("ai_complete", "ai_error")


@dataclass
class Stream:
    """The events of one connection, read as they come."""

    lines: AsyncIterator[str]

    async def next(self) -> tuple[str, dict[str, Any]] | None:
        """(event, data), or None at the end of the stream."""
        name = ""
        async for line in self.lines:
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                return name, json.loads(line.removeprefix("data: "))
        return None

    async def until(self, *names: str) -> list[tuple[str, dict[str, Any]]]:
        """All events up to the first of these."""
        events: list[tuple[str, dict[str, Any]]] = []
        async with asyncio.timeout(10):
            while event := await self.next():
                events.append(event)
                if event[0] in names:
                    break
        return events


@asynccontextmanager
async def listening(address: str, who: httpx.AsyncClient, room: str) -> AsyncIterator[Stream]:
    """A stream that has begun: what is said from now on comes in it."""
    cookies = {"hearth_session": who.cookies["hearth_session"]}
    async with (
        httpx.AsyncClient(base_url=address, cookies=cookies, timeout=10) as client,
        client.stream("GET", f"/api/rooms/{room}/events") as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.aiter_lines()
        assert await anext(lines) == ": listening"
        yield Stream(lines)


async def ask(who: httpx.AsyncClient, room: str, text: str) -> None:
    assert (await who.post(f"/api/rooms/{room}/messages", json={"text": text})).status_code == 201


async def say(who: httpx.AsyncClient, room: str, text: str) -> str:
    """The id of what was said."""
    return (await who.post(f"/api/rooms/{room}/messages", json={"text": text})).json()["message_id"]


def joined(events: list[tuple[str, dict[str, Any]]]) -> str:
    return "".join(data["text"] for name, data in events if name == "ai_chunk")


async def test_an_answer_is_told_in_order_and_word_for_word(
    address: str, mina: httpx.AsyncClient, living_room: str, engine: ScriptedEngine
) -> None:
    engine.pieces, engine.delay = tuple(f"조각{n} 🔥\n" for n in range(8)), 0.04
    async with listening(address, mina, living_room) as stream:
        await ask(mina, living_room, "@불씨야 이야기해 줘")
        events = await stream.until(*ENDS)
    names = [name for name, _ in events]
    chunks = names.count("ai_chunk")
    assert chunks >= 2
    assert names == ["chat_message", "ai_joined", "ai_thinking", *["ai_chunk"] * chunks, "ai_complete"]
    stored = (await mina.get(f"/api/rooms/{living_room}/messages?limit=1")).json()["messages"][0]
    assert events[-1][1] == stored
    assert joined(events) == stored["text"] == "".join(engine.pieces)
    assert events[0][1]["is_self"] is True
    assert (events[2][1]["is_ai"], events[2][1]["text"]) == (True, "")
    assert {data["message_id"] for name, data in events if name.startswith("ai_c")} == {stored["message_id"]}


async def test_the_place_in_line_is_told_as_it_changes(
    address: str, mina: httpx.AsyncClient, living_room: str, engine: ScriptedEngine
) -> None:
    engine.line = asyncio.Queue()
    async with listening(address, mina, living_room) as stream:
        await ask(mina, living_room, "@ember go")
        engine.line.put_nowait(Queued(2, 30.0))
        waiting = (await stream.until("ai_waiting"))[-1][1]
        engine.line.put_nowait(None)
        events = await stream.until(*ENDS)
    assert (waiting["position"], waiting["seconds"]) == (2, 30)
    assert (waiting["message_id"], waiting["seq"]) == (events[-1][1]["message_id"], events[-1][1]["seq"])
    assert "ai_waiting" not in [name for name, _ in events]


async def test_a_fault_ends_the_answer_in_words(
    address: str, mina: httpx.AsyncClient, living_room: str, engine: ScriptedEngine
) -> None:
    engine.fail_at, engine.fault = 2, EngineCrashedError()
    async with listening(address, mina, living_room) as stream:
        await ask(mina, living_room, "@ember go")
        events = await stream.until(*ENDS)
    name, failed = events[-1]
    assert (name, failed["status"], failed["text"]) == ("ai_error", "failed", "Once upon ")
    assert set(failed["error"]) == {"ko", "en"}
    assert joined(events) == "Once upon "


async def test_stopping_and_going_on_over_rest(
    address: str, mina: httpx.AsyncClient, living_room: str, engine: ScriptedEngine
) -> None:
    engine.pieces, engine.hold = ("Once ", "upon"), asyncio.Event()
    async with listening(address, mina, living_room) as stream:
        await ask(mina, living_room, "@ember go")
        answer = (await stream.until("ai_chunk"))[-1][1]["message_id"]
        path = f"/api/rooms/{living_room}/messages/{answer}"
        check_problem(await mina.post(f"{path}/continue"), 409, "answer_open")
        assert (await mina.post(f"{path}/stop")).status_code == 204
        stopped = (await stream.until(*ENDS))[-1][1]
        assert (stopped["status"], stopped["text"]) == ("stopped", "Once ")
        engine.pieces, engine.hold = ("a ", "time."), None
        assert (await mina.post(f"{path}/continue")).status_code == 202
        events = await stream.until(*ENDS)
    assert events[0][0] == "ai_thinking"
    assert (events[-1][0], events[-1][1]["text"]) == ("ai_complete", "Once a time.")
    assert joined(events) == "a time."  # only what is new


async def test_only_who_asked_may_stop_an_answer(
    address: str, mina: httpx.AsyncClient, living_room: str, enter: Enter, engine: ScriptedEngine
) -> None:
    jun = await enter("준")
    await jun.post(f"/api/rooms/{living_room}/members")
    engine.hold = asyncio.Event()
    async with listening(address, jun, living_room) as stream:
        await ask(mina, living_room, "@ember go")
        answer = (await stream.until("ai_chunk"))[-1][1]["message_id"]
        refused = await jun.post(f"/api/rooms/{living_room}/messages/{answer}/stop")
        check_problem(refused, 403, "stop_other")
        engine.hold.set()
        assert (await stream.until(*ENDS))[-1][0] == "ai_complete"


async def test_who_comes_in_the_middle_hears_the_rest(
    address: str, mina: httpx.AsyncClient, living_room: str, engine: ScriptedEngine
) -> None:
    engine.hold = asyncio.Event()
    async with listening(address, mina, living_room) as first:
        await ask(mina, living_room, "@ember go")
        heard = await first.until("ai_chunk")
        while joined(heard) != "Once upon a ":
            heard += await first.until("ai_chunk")
        async with listening(address, mina, living_room) as second:
            engine.hold.set()
            rest = await second.until(*ENDS)
    assert rest[-1][1]["text"] == "Once upon a time."
    assert rest[-1][1]["text"].endswith(joined(rest))


async def test_a_room_is_heard_however_its_id_is_written(
    address: str, mina: httpx.AsyncClient, living_room: str
) -> None:
    for spelling in (living_room.upper(), living_room.replace("-", "")):
        async with listening(address, mina, spelling) as stream, asyncio.timeout(0.8):  # sooner than the next look
            await ask(mina, living_room, spelling)
            assert (await stream.until("chat_message"))[-1][1]["text"] == spelling


async def test_other_rooms_are_not_heard(address: str, mina: httpx.AsyncClient, living_room: str) -> None:
    kitchen = (await mina.post("/api/rooms", json={"name": "부엌"})).json()["id"]
    async with listening(address, mina, living_room) as stream:
        await ask(mina, kitchen, "저기")
        await ask(mina, living_room, "여기")
        assert [data["text"] for _, data in await stream.until("chat_message")] == ["여기"]


async def test_edits_and_deletions_are_told_and_marks_are_not(
    address: str, mina: httpx.AsyncClient, living_room: str
) -> None:
    before = await say(mina, living_room, "어제의 말")
    for _ in range(40):  # it is further back than a stream begins
        await ask(mina, living_room, "그사이")
    async with listening(address, mina, living_room) as stream:
        said = await say(mina, living_room, "일곱 시")
        await stream.until("chat_message")
        for path in (before, said):
            at = f"/api/rooms/{living_room}/messages/{path}"
            assert (await mina.put(f"{at}/reactions/👍")).status_code < 300
            assert (await mina.patch(at, json={"text": "여덟 시"})).status_code == 200
            assert (await mina.delete(at)).status_code == 204
        await ask(mina, living_room, "끝")
        events = await stream.until("chat_message")
    told = [(name, data["message_id"], data["text"]) for name, data in events[:-1]]
    assert told == [
        (f"chat_message_{what}", message, text)
        for message in (before, said)
        for what, text in (("edited", "여덟 시"), ("deleted", ""))
    ]


async def test_an_answer_that_is_taken_back_is_told_once_and_a_mark_on_one_is_no_news(
    address: str, mina: httpx.AsyncClient, living_room: str
) -> None:
    async with listening(address, mina, living_room) as stream:
        await ask(mina, living_room, "@ember go")
        answer = (await stream.until(*ENDS))[-1][1]["message_id"]
        at = f"/api/rooms/{living_room}/messages/{answer}"
        assert (await mina.put(f"{at}/reactions/👍")).status_code < 300
        assert (await mina.delete(at)).status_code == 204
        await ask(mina, living_room, "끝")
        events = await stream.until("chat_message")
    assert [name for name, _ in events] == ["chat_message_deleted", "chat_message"]
    assert (events[0][1]["message_id"], events[0][1]["deleted"], events[0][1]["text"]) == (answer, True, "")


async def test_the_stream_ends_with_the_session(address: str, mina: httpx.AsyncClient, living_room: str) -> None:
    async with listening(address, mina, living_room) as stream:
        await mina.delete("/api/session")
        async with asyncio.timeout(2):
            assert await stream.until("never") == []


async def test_who_hangs_up_is_forgotten(address: str, mina: httpx.AsyncClient, living_room: str, house: House) -> None:
    before = len(house.bus._listeners)
    async with listening(address, mina, living_room):
        assert len(house.bus._listeners) == before + 1
    async with asyncio.timeout(5):
        while len(house.bus._listeners) > before:  # noqa: ASYNC110 - a hang-up has no event of its own
            await asyncio.sleep(0.02)


async def test_a_person_has_so_many_streams_and_no_more(
    address: str, mina: httpx.AsyncClient, living_room: str, house: House, enter: Enter
) -> None:
    before = len(house.bus._listeners)
    async with AsyncExitStack() as stack:
        for _ in range(STREAMS):
            await stack.enter_async_context(listening(address, mina, living_room))
        refused = await mina.get(f"/api/rooms/{living_room}/events")
        check_problem(refused, 429, "limit")
        assert int(refused.headers["retry-after"]) > 0
        jun = await enter("준")
        await jun.post(f"/api/rooms/{living_room}/members")
        async with listening(address, jun, living_room):
            assert len(house.bus._listeners) == before + STREAMS + 1
    async with asyncio.timeout(5):
        while house.open_streams:  # noqa: ASYNC110 - a hang-up has no event of its own
            await asyncio.sleep(0.02)
    assert len(house.bus._listeners) == before
    async with listening(address, mina, living_room):
        pass


async def test_who_hung_up_before_the_first_byte_is_forgotten() -> None:
    left = list[str]()

    async def stream() -> AsyncGenerator[str, None]:
        yield "never asked for"

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(_: Message) -> None:
        raise OSError("they have gone")

    scope: Scope = {"type": "http", "asgi": {"spec_version": "2.4"}, "method": "GET", "path": "/", "headers": []}
    with pytest.raises(ClientDisconnect):
        await EventStream(stream(), leave=lambda: left.append("left"))(scope, receive, send)
    assert left == ["left"]


async def test_a_stream_that_may_not_be_leaves_nothing_behind(
    mina: httpx.AsyncClient, house: House, living_room: str, enter: Enter
) -> None:
    before = len(house.bus._listeners)
    stranger = await enter("나그네")
    check_problem(await stranger.get(f"/api/rooms/{living_room}/events"), 403, "not_member")
    check_problem(await stranger.get("/api/rooms/x/events"), 404, "room_unknown")
    assert len(house.bus._listeners) == before
    assert not house.open_streams


@pytest.mark.parametrize("people", [3])
async def test_what_others_say_comes_at_once(address: str, house: House, enter: Enter, people: int) -> None:
    room, others = await seated(house, *(f"손님 {n}" for n in range(people)))
    mina = await enter("미나")
    await mina.post(f"/api/rooms/{room}/members")
    async with listening(address, mina, room) as stream:
        for n, other in enumerate(others):
            await house.messages.send(other, room, text=str(n), client_msg_id=f"00000000-0000-4000-8000-00000000000{n}")
        heard = [(await stream.until("chat_message"))[-1][1] for _ in others]
    assert [(one["text"], one["is_self"]) for one in heard] == [(str(n), False) for n in range(people)]
