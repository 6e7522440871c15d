"""Saying something over REST: the schema, pages, sending twice, and what is refused."""

from datetime import datetime
from uuid import uuid4

import httpx
import pytest

from hearth_reflex.bootstrap import House
from tests.api.checks import check_problem
from tests.api.conftest import Enter
from tests.clocks import HandClock
from tests.engines import ScriptedEngine

FIELDS = {
    "message_id": str,
    "seq": int,
    "rev": int,
    "kind": str,
    "status": str,
    "text": str,
    "at": str,
    "user_id": str,
    "username": str,
    "is_self": bool,
    "is_ai": bool,
    "client_msg_id": str,
    "notice": (dict, type(None)),
    "error": (dict, type(None)),
    "figures": (dict, type(None)),
    "edited": bool,
    "deleted": bool,
    "pinned": bool,
    "reply": (dict, type(None)),
    "reactions": list,
    "files": list,
    "mentions": list,
    "reason": str,
    "version": int,
    "versions": int,
}


def messages(room: str) -> str:
    return f"/api/rooms/{room}/messages"


async def test_a_message_has_all_its_fields(mina: httpx.AsyncClient, living_room: str) -> None:
    answer = await mina.post(messages(living_room), json={"text": "오늘 저녁 7시?"})
    assert answer.status_code == 201
    sent = answer.json()
    assert set(sent) == set(FIELDS)
    assert all(isinstance(sent[name], kind) for name, kind in FIELDS.items())
    at = datetime.fromisoformat(sent["at"])
    assert at.utcoffset() is not None
    assert sent["at"].endswith("Z")
    me = (await mina.get("/api/session")).json()
    assert (sent["user_id"], sent["username"], sent["is_self"], sent["is_ai"]) == (me["user_id"], "미나", True, False)
    page = (await mina.get(answer.headers["location"])).json()["messages"]
    assert page == [sent]


async def test_is_self_is_of_who_asks(mina: httpx.AsyncClient, living_room: str, enter: Enter) -> None:
    jun = await enter("준")
    await jun.post(f"/api/rooms/{living_room}/members")
    sent = (await mina.post(messages(living_room), json={"text": "나야"})).json()
    seen = (await jun.get(messages(living_room))).json()["messages"][-1]
    assert seen == {**sent, "is_self": False}


async def test_pages_upward_hold_every_message_once(mina: httpx.AsyncClient, living_room: str) -> None:
    for n in range(120):
        await mina.post(messages(living_room), json={"text": str(n)})
    seen, query, more = list[dict[str, object]](), "", True
    while more:
        page = (await mina.get(f"{messages(living_room)}{query}")).json()
        assert len(page["messages"]) <= 50
        seen, more = [*page["messages"], *seen], page["has_older"]
        query = f"?before={seen[0]['seq']}"
    assert [one["text"] for one in seen if one["kind"] == "talk"] == [str(n) for n in range(120)]
    assert (await mina.get(f"{messages(living_room)}?before=1")).json() == {"messages": [], "has_older": False}


async def test_the_older_paths_with_and_without_the_last_slash(mina: httpx.AsyncClient, living_room: str) -> None:
    for path in (f"/api/chat/{living_room}", f"/api/chat/{living_room}/", f"{messages(living_room)}/"):
        assert (await mina.post(path, json={"text": path})).status_code == 201
        assert (await mina.get(path)).json()["messages"][-1]["text"] == path


async def test_sent_twice_is_said_once(mina: httpx.AsyncClient, living_room: str) -> None:
    form = {"text": "한 번", "client_msg_id": str(uuid4())}
    first = await mina.post(messages(living_room), json=form)
    again = await mina.post(messages(living_room), json={**form, "client_msg_id": form["client_msg_id"].upper()})
    assert (again.status_code, again.json()) == (201, first.json())
    assert first.json()["client_msg_id"] == form["client_msg_id"]
    assert len((await mina.get(messages(living_room))).json()["messages"]) == 2  # with the notice of sitting down
    kitchen = (await mina.post("/api/rooms", json={"name": "부엌"})).json()["id"]
    elsewhere = await mina.post(messages(kitchen), json=form)
    check_problem(elsewhere, 409, "message_elsewhere", "client_msg_id")


async def test_anothers_client_id_is_no_secret_way_to_their_message(
    mina: httpx.AsyncClient, living_room: str, enter: Enter
) -> None:
    jun = await enter("준")
    await jun.post(f"/api/rooms/{living_room}/members")
    client_id = str(uuid4())
    first = (await mina.post(messages(living_room), json={"text": "하나", "client_msg_id": client_id})).json()
    other = (await jun.post(messages(living_room), json={"text": "둘", "client_msg_id": client_id})).json()
    assert other["message_id"] != first["message_id"]
    assert other["text"] == "둘"


@pytest.mark.parametrize(
    ("form", "code", "field"),
    [
        ({"text": ""}, "message_empty", "text"),
        ({"text": " \n\t"}, "message_empty", "text"),
        ({"text": "\u3164\u200b"}, "message_empty", "text"),
        ({"text": "a\x00b"}, "message_control", "text"),
        ({"text": "\x1b[2J"}, "message_control", "text"),
        ({"text": "x" * 30_000}, "message_long", "text"),
        ({"text": "x" * 300_000}, "arguments", "text"),
        ({"text": 7}, "arguments", "text"),
        ({"text": None}, "arguments", "text"),
        ({"text": ["a"]}, "arguments", "text"),
        ({}, "arguments", "text"),
        ({"text": "a", "client_msg_id": "7"}, "client_msg_id", "client_msg_id"),
        ({"text": "a", "client_msg_id": "x" * 41}, "arguments", "client_msg_id"),
        ({"text": "a", "client_msg_id": 7}, "arguments", "client_msg_id"),
    ],
)
async def test_what_cannot_be_said(
    mina: httpx.AsyncClient, living_room: str, form: dict[str, object], code: str, field: str
) -> None:
    check_problem(await mina.post(messages(living_room), json=form), 422, code, field)
    assert len((await mina.get(messages(living_room))).json()["messages"]) == 1


async def test_half_a_surrogate_pair_is_refused(mina: httpx.AsyncClient, living_room: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await mina.post(messages(living_room), content=b'{"text": "a \\ud83d b"}', headers=headers)
    assert check_problem(answer, 422, answer.json()["code"], "text")


async def test_fields_that_nobody_knows_change_nothing(mina: httpx.AsyncClient, living_room: str) -> None:
    form = {"text": "나야", "user_id": str(uuid4()), "username": "준", "is_ai": True, "seq": 1, "status": "failed"}
    sent = (await mina.post(messages(living_room), json=form)).json()
    assert (sent["username"], sent["is_ai"], sent["is_self"], sent["status"]) == ("미나", False, True, "complete")


async def test_a_body_too_large_is_not_read(mina: httpx.AsyncClient, living_room: str) -> None:
    answer = await mina.post(messages(living_room), json={"text": "x" * 2_000_000})
    assert answer.status_code == 413  # by the server's own hand, before anything of the house sees it
    assert len((await mina.get(messages(living_room))).json()["messages"]) == 1


async def test_a_flood_is_slowed_with_the_time_to_wait(
    mina: httpx.AsyncClient, living_room: str, house: House, clock: HandClock
) -> None:
    house.messages._pace.rate, house.messages._pace.burst = 0.2, 3.0
    form = {"text": "빨리", "client_msg_id": str(uuid4())}
    answers = [await mina.post(messages(living_room), json={"text": str(n)}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [201] * 3
    refused = await mina.post(messages(living_room), json=form)
    told = check_problem(refused, 429, "message_pace")
    assert refused.headers["retry-after"] == "15"
    assert "15" in told["detail"]
    clock.forward(seconds=15)
    assert (await mina.post(messages(living_room), json=form)).status_code == 201


async def test_too_many_requests_are_slowed(mina: httpx.AsyncClient, enter: Enter, house: House) -> None:
    jun = await enter("준")
    house.event_pace.rate, house.event_pace.burst = 1.0, 5.0
    answers = [await mina.get("/api/session") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].headers["retry-after"] == "1"
    assert (await jun.get("/api/session")).status_code == 200


async def test_a_stranger_cannot_knock_without_end(client: httpx.AsyncClient, house: House) -> None:
    house.event_pace.rate, house.event_pace.burst = 1.0, 5.0
    answers = [await client.get("/api/session") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]


async def test_only_answers_can_be_stopped_or_gone_on_with(
    mina: httpx.AsyncClient, living_room: str, engine: ScriptedEngine
) -> None:
    sent = (await mina.post(messages(living_room), json={"text": "나야"})).json()
    for verb in ("stop", "continue"):
        path = f"{messages(living_room)}/{sent['message_id']}/{verb}"
        check_problem(await mina.post(path), 422, "not_an_answer", "message")
        check_problem(await mina.post(f"{messages(living_room)}/{uuid4()}/{verb}"), 404, "message_unknown")
    assert engine.requests == []


async def test_a_message_of_another_room_is_unknown_here(mina: httpx.AsyncClient, living_room: str) -> None:
    kitchen = (await mina.post("/api/rooms", json={"name": "부엌"})).json()["id"]
    there = (await mina.post(messages(kitchen), json={"text": "저기"})).json()["message_id"]
    check_problem(await mina.post(f"{messages(living_room)}/{there}/stop"), 404, "message_unknown")
