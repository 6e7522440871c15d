"""Talks with an AI over REST: exactly these fields, and the same refusals as everywhere."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from hearth_reflex.bootstrap import House
from tests.api.checks import check_problem
from tests.api.conftest import Enter
from tests.engines import ScriptedEngine

SESSION_FIELDS = {
    "session_id", "room_uuid", "room_name", "title", "name_ko", "name_en", "persona", "persona_ko", "persona_en",
    "persona_here", "avatar", "created_at", "last_activity", "is_active", "may_keep",
}  # fmt: skip
CONFIG_FIELDS = {"model", "temperature", "top_p", "max_tokens", "system_prompt", "context_turns", "do_sample"}


async def start(who: httpx.AsyncClient, room: str, **form: str) -> str:
    answer = await who.post("/api/llm/start_session", json={"room_uuid": room, **form})
    assert answer.status_code == 200, answer.text
    return answer.json()["session_id"]


async def answered(who: httpx.AsyncClient, session: str, *, count: int = 1) -> list[dict[str, Any]]:
    """The messages of a session, once so many answers stand there whole."""
    async with asyncio.timeout(10):
        while True:
            messages = (await who.get(f"/api/llm/sessions/{session}/messages")).json()["messages"]
            whole = [one for one in messages if one["is_ai"] and one["kind"] == "talk" and one["status"] == "complete"]
            if len(whole) >= count:
                return messages
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("slash", ["", "/"])
async def test_a_session_is_begun_and_listed_with_exactly_these_fields(
    mina: httpx.AsyncClient, living_room: str, slash: str
) -> None:
    begun = await mina.post(f"/api/llm/start_session{slash}", json={"room_uuid": living_room})
    assert begun.status_code == 200
    told = begun.json()
    assert set(told) == {"result", "session_id", "room_uuid", "room_name", "message"}
    assert told["result"] is True
    assert (told["room_uuid"], told["room_name"]) == (living_room, "Living room")
    assert told["message"] == "A talk with Ember has begun."
    for query in ({}, {"room_uuid": living_room}):
        listed = (await mina.get(f"/api/llm/sessions{slash}", params=query)).json()
        assert set(listed) == {"sessions", "total_count"}
        assert listed["total_count"] == 1
        assert set(listed["sessions"][0]) == SESSION_FIELDS
        assert listed["sessions"][0]["session_id"] == told["session_id"]
        assert listed["sessions"][0]["created_at"].endswith("Z")


async def test_its_names_are_told_in_the_readers_language(mina: httpx.AsyncClient, living_room: str) -> None:
    begun = await mina.post(
        "/api/llm/start_session", json={"room_uuid": living_room}, headers={"Accept-Language": "ko"}
    )
    assert begun.json()["room_name"] == "거실"
    assert "불씨" in begun.json()["message"]


async def test_a_question_is_answered_in_the_session_and_in_no_room(mina: httpx.AsyncClient, living_room: str) -> None:
    session = await start(mina, living_room)
    before = (await mina.get(f"/api/rooms/{living_room}/messages")).json()
    said = await mina.post(f"/api/llm/sessions/{session}/messages", json={"text": "뭐 먹지?"})
    assert said.status_code == 201
    messages = await answered(mina, session)
    assert [one["text"] for one in messages if one["kind"] == "talk"] == ["뭐 먹지?", "Once upon a time."]
    assert (await mina.get(f"/api/rooms/{living_room}/messages")).json() == before
    assert (await mina.get(f"/api/llm/sessions/{session}")).json()["title"] == "뭐 먹지?"


async def test_it_is_renamed_ended_and_resumed(mina: httpx.AsyncClient, living_room: str) -> None:
    session = await start(mina, living_room, title="저녁")
    address = f"/api/llm/sessions/{session}"
    assert (await mina.patch(address, json={"title": "아침"})).json()["title"] == "아침"
    assert (await mina.post(f"{address}/end")).json()["is_active"] is False
    check_problem(await mina.post(f"{address}/messages", json={"text": "또?"}), 409, "session_ended")
    check_problem(await mina.post(f"/api/rooms/{session}/messages", json={"text": "또?"}), 409, "session_ended")
    assert (await mina.post(f"{address}/resume/")).json()["is_active"] is True
    assert (await mina.post(f"{address}/messages", json={"text": "또?"})).status_code == 201
    check_problem(await mina.patch(address, json={"title": " "}), 422, "session_title", "title")


async def test_settings_of_a_session_and_of_a_message(
    mina: httpx.AsyncClient, living_room: str, engine: ScriptedEngine
) -> None:
    session = await start(mina, living_room)
    address = f"/api/llm/sessions/{session}"
    kept = await mina.put(f"{address}/config", json={"temperature": 0.25, "system_prompt": "Be brief."})
    assert set(kept.json()) == CONFIG_FIELDS
    assert (await mina.get(f"{address}/config")).json() == kept.json()
    await mina.post(f"{address}/messages", json={"text": "첫째"})
    await answered(mina, session)
    assert engine.requests[-1].sampling.temperature == 0.25
    assert "Be brief." in engine.requests[-1].turns[0].content
    await mina.post(f"{address}/messages", json={"text": "둘째", "config": {"temperature": 0.75, "max_tokens": 33}})
    await answered(mina, session, count=2)
    assert (engine.requests[-1].sampling.temperature, engine.requests[-1].sampling.max_tokens) == (0.75, 33)


@pytest.mark.parametrize(
    "form",
    [
        {"system_prompt": "x" * 100_000},
        {"temperature": 9},
        {"top_p": 0},
        {"max_tokens": 10**30},
        {"context_turns": 0},
    ],
)
async def test_what_cannot_be_set_is_refused_everywhere(
    mina: httpx.AsyncClient, living_room: str, form: dict[str, Any]
) -> None:
    session, (field,) = await start(mina, living_room), form
    check_problem(await mina.put(f"/api/llm/sessions/{session}/config", json=form), 422, "ai_setting", field)
    check_problem(await mina.put("/api/llm/settings", json=form), 422, "ai_setting", field)
    said = await mina.post(f"/api/rooms/{living_room}/messages", json={"text": "@ember hi", "config": form})
    check_problem(said, 422, "ai_setting", field)
    assert (await mina.get("/api/llm/settings")).json()["temperature"] is None


async def test_ones_own_settings(mina: httpx.AsyncClient, living_room: str, engine: ScriptedEngine) -> None:
    kept = await mina.put("/api/llm/settings", json={"temperature": 0.15, "max_tokens": 44, "do_sample": None})
    assert set(kept.json()) == CONFIG_FIELDS
    assert (await mina.get("/api/llm/settings/")).json() == kept.json()
    session = await start(mina, living_room)
    await mina.post(f"/api/llm/sessions/{session}/messages", json={"text": "뭐 먹지?"})
    await answered(mina, session)
    assert (engine.requests[-1].sampling.temperature, engine.requests[-1].sampling.max_tokens) == (0.15, 44)
    check_problem(await mina.put("/api/llm/settings", json={"system_prompt": "x"}), 422, "ai_setting", "system_prompt")


async def test_what_would_be_sent_can_be_looked_at(mina: httpx.AsyncClient, living_room: str) -> None:
    session = await start(mina, living_room)
    await mina.post(f"/api/llm/sessions/{session}/messages", json={"text": "뭐 먹지?"})
    await answered(mina, session)
    seen = (await mina.get(f"/api/llm/sessions/{session}/context")).json()
    assert seen["persona_en"] == "Ember"
    assert seen["turns"][0]["role"] == "system"
    assert "뭐 먹지?" in seen["turns"][1]["content"]
    assert seen["heard"] == 2


@pytest.mark.parametrize("private", [False, True])
async def test_strangers_and_other_rooms(
    mina: httpx.AsyncClient, enter: Enter, house: House, living_room: str, *, private: bool
) -> None:
    if private:
        await mina.post("/api/me/account", json={"login": "mina", "password": "a long password"})
    room = (await mina.post("/api/rooms", json={"name": "모임", "private": private})).json()["id"]
    session, stranger = await start(mina, room), await enter("낯선이")
    status, code = (404, "session_unknown") if private else (403, "not_member")
    shut = (404, "room_unknown") if private else (403, "not_member")
    check_problem(await stranger.post("/api/llm/start_session", json={"room_uuid": room}), *shut)
    check_problem(await stranger.get("/api/llm/sessions", params={"room_uuid": room}), *shut)
    for method, path, form in (
        ("GET", "", None),
        ("PATCH", "", {"title": "내 것"}),
        ("POST", "/end", None),
        ("POST", "/resume", None),
        ("GET", "/config", None),
        ("PUT", "/config", {}),
        ("GET", "/context", None),
        ("GET", "/messages", None),
        ("POST", "/messages", {"text": "들리나요"}),
        ("GET", "/events", None),
    ):
        address = f"/api/llm/sessions/{session}{path}"
        check_problem(await stranger.request(method, address, json=form), status, code)
        other = f"/api/llm/sessions/{living_room}{path}"  # a room that is no session
        check_problem(await mina.request(method, other, json=form), 404, "session_unknown")
        nobody = f"/api/llm/sessions/%27%20OR%201=1{path}"
        check_problem(await mina.request(method, nobody, json=form), 404, "session_unknown")
    for address in (f"/api/rooms/{session}", f"/api/rooms/{session}/events", f"/api/rooms/{session}/people"):
        check_problem(await stranger.get(address), *shut)
    check_problem(await stranger.post(f"/api/rooms/{session}/members"), *shut)


async def test_nobody_gets_in_without_a_session(client: httpx.AsyncClient) -> None:
    for method, path in (
        ("POST", "/start_session"),
        ("GET", "/sessions"),
        ("GET", "/sessions/x"),
        ("GET", "/settings"),
        ("PUT", "/settings"),
        ("POST", "/generate"),
        ("POST", "/alone"),
    ):
        check_problem(await client.request(method, f"/api/llm{path}", json={"room_uuid": "x"}), 401, "signed_out")


async def test_its_events_are_those_of_its_talk(mina: httpx.AsyncClient, address: str, living_room: str) -> None:
    session = await start(mina, living_room)
    cookies = {"hearth_session": mina.cookies["hearth_session"]}
    async with (
        asyncio.timeout(10),
        httpx.AsyncClient(base_url=address, cookies=cookies, timeout=10) as client,
        client.stream("GET", f"/api/llm/sessions/{session}/events") as stream,
    ):
        lines = stream.aiter_lines()
        assert await anext(lines) == ": listening"
        await mina.post(f"/api/llm/sessions/{session}/messages", json={"text": "뭐 먹지?"})
        names, words = list[str](), ""
        async for line in lines:
            if line.startswith("event: "):
                names.append(line.removeprefix("event: "))
            elif line.startswith("data: ") and names[-1] == "ai_chunk":
                words += json.loads(line.removeprefix("data: "))["text"]
            if names[-1:] == ["ai_complete"]:
                break
    assert names[:2] == ["chat_message", "ai_thinking"]
    assert words == "Once upon a time."


async def test_a_room_alone_with_the_ai(mina: httpx.AsyncClient) -> None:
    check_problem(await mina.post("/api/llm/alone"), 422, "private_guest")
    await mina.post("/api/me/account", json={"login": "mina", "password": "a long password"})
    first, again = [(await mina.post("/api/llm/alone")).json() for _ in range(2)]
    assert first["id"] == again["id"]
    assert (first["kind"], first["name_en"]) == ("private", "Alone with Ember")
