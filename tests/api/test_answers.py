"""Answers over REST: again, versions, opinions, what to ask next, the questions one keeps; and who may not."""

import asyncio
from uuid import uuid4

import httpx
import pytest

from hearth_reflex.bootstrap import House
from tests.api.checks import check_problem
from tests.api.conftest import Browser, Enter
from tests.engines import ScriptedEngine


@pytest.fixture
async def jun(enter: Enter, living_room: str) -> httpx.AsyncClient:
    """Sits in the living room, beside 미나."""
    jun = await enter("준")
    await jun.post(f"/api/rooms/{living_room}/members")
    return jun


async def idle(house: House) -> None:
    await asyncio.gather(*(answer.task for answer in list(house.replies._answers.values())))


async def newest(client: httpx.AsyncClient, room: str) -> dict[str, object]:
    return (await client.get(f"/api/rooms/{room}/messages")).json()["messages"][-1]


@pytest.fixture
async def question(mina: httpx.AsyncClient, living_room: str, house: House) -> str:
    """The address of what 미나 asked; it was answered."""
    said = await mina.post(f"/api/rooms/{living_room}/messages", json={"text": "@ember go"})
    await idle(house)
    return f"/api/rooms/{living_room}/messages/{said.json()['message_id']}"


@pytest.fixture
async def answer(mina: httpx.AsyncClient, living_room: str, question: str) -> str:
    """The address of the answer."""
    return f"/api/rooms/{living_room}/messages/{(await newest(mina, living_room))['message_id']}"


async def test_an_answer_is_given_again_and_chosen(
    mina: httpx.AsyncClient, jun: httpx.AsyncClient, living_room: str, answer: str, house: House, engine: ScriptedEngine
) -> None:
    engine.pieces = ("Long ", "ago.")
    made = await mina.post(f"{answer}/regenerate", json={"config": {"temperature": 0.2}})
    assert (made.status_code, made.json()["version"], made.json()["versions"]) == (202, 2, 2)
    assert (made.json()["text"], made.json()["status"]) == ("", "sending")
    await idle(house)
    assert engine.requests[-1].sampling.temperature == 0.2
    shown = (await jun.get(f"{answer}/versions")).json()["versions"]
    assert [(one["number"], one["stands"], one["text"]) for one in shown] == [
        (1, False, "Once upon a time."),
        (2, True, "Long ago."),
    ]
    chosen = await mina.put(f"{answer}/version", json={"number": 1})
    assert (chosen.status_code, chosen.json()["text"]) == (200, "Once upon a time.")
    assert (await newest(jun, living_room))["version"] == 1
    assert (await mina.post(f"{answer}/regenerate")).status_code == 202  # without a body as well
    await idle(house)


async def test_a_question_is_put_better(
    mina: httpx.AsyncClient, living_room: str, question: str, answer: str, house: House
) -> None:
    better = await mina.post(f"{question}/resend", json={"text": "@ember go on"})
    assert (better.status_code, better.json()["text"], better.json()["edited"]) == (202, "@ember go on", True)
    await idle(house)
    assert (await newest(mina, living_room))["versions"] == 2


async def test_opinions_are_ones_own(
    mina: httpx.AsyncClient, jun: httpx.AsyncClient, living_room: str, answer: str
) -> None:
    assert (await mina.put(f"{answer}/rating", json={"value": 1})).status_code == 204
    path = f"/api/rooms/{living_room}/ratings"
    assert (await mina.get(path)).json() == {
        "ratings": [{"message": answer.rsplit("/", 1)[1], "version": 1, "value": 1}]
    }
    assert (await jun.get(path)).json() == {"ratings": []}
    assert (await mina.get(f"{path}?since=100")).json() == {"ratings": []}
    assert (await mina.put(f"{answer}/rating", json={"value": 0})).status_code == 204
    assert (await mina.get(path)).json() == {"ratings": []}


async def test_what_to_ask_next(mina: httpx.AsyncClient, question: str, answer: str) -> None:
    found = (await mina.get(f"{answer}/followups")).json()["follow_ups"]
    assert all(isinstance(one, str) for one in found)
    check_problem(await mina.get(f"{question}/followups"), 422, "not_an_answer", "message")


async def test_questions_are_kept(mina: httpx.AsyncClient, jun: httpx.AsyncClient) -> None:
    kept = await mina.post("/api/prompts", json={"title": "저녁", "text": "뭐 먹을까?"})
    assert (kept.status_code, kept.json()["title"]) == (201, "저녁")
    path = f"/api/prompts/{kept.json()['id']}"
    assert (await mina.patch(path, json={"text": "오늘은?"})).json()["text"] == "오늘은?"
    assert (await mina.get("/api/prompts")).json()["prompts"] == [{**kept.json(), "text": "오늘은?"}]
    assert (await jun.get("/api/prompts")).json() == {"prompts": []}
    check_problem(await jun.patch(path, json={"text": "x"}), 404, "prompt_unknown")
    check_problem(await jun.delete(path), 404, "prompt_unknown")
    check_problem(await mina.post("/api/prompts", json={"title": "", "text": "x"}), 422, "prompt_title", "title")
    check_problem(await mina.post("/api/prompts", json={"text": "x"}), 422, "arguments", "title")
    assert (await mina.delete(path)).status_code == 204
    check_problem(await mina.delete(path), 404, "prompt_unknown")


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"config": {"temperature": 9}}, "temperature"),
        ({"config": {"top_k": 3}}, "top_k"),
        ({"config": {"max_tokens": "many"}}, "max_tokens"),
        ({"config": {"system_prompt": "x" * 30_000}}, "system_prompt"),
    ],
)
async def test_what_is_no_setting_of_an_answer(
    mina: httpx.AsyncClient, answer: str, form: dict[str, object], field: str
) -> None:
    check_problem(await mina.post(f"{answer}/regenerate", json=form), 422, "ai_setting", field)
    assert len((await mina.get(f"{answer}/versions")).json()["versions"]) == 1


async def test_who_may_not(
    mina: httpx.AsyncClient,
    jun: httpx.AsyncClient,
    enter: Enter,
    browser: Browser,
    living_room: str,
    question: str,
    answer: str,
) -> None:
    check_problem(await jun.post(f"{answer}/regenerate"), 403, "answer_other")
    check_problem(await jun.put(f"{answer}/version", json={"number": 1}), 403, "answer_other")
    check_problem(await jun.post(f"{question}/resend", json={"text": "x"}), 403, "edit_other")
    check_problem(await mina.put(f"{answer}/version", json={"number": 7}), 404, "version_unknown", "number")
    check_problem(await mina.put(f"{answer}/rating", json={"value": 5}), 422, "rating_value", "value")
    check_problem(await mina.post(f"{question}/regenerate"), 422, "not_an_answer", "message")
    stranger, nobody = await enter("나그네"), browser()
    for method, path, form in (
        ("POST", f"{answer}/regenerate", {}),
        ("PUT", f"{answer}/version", {"number": 1}),
        ("GET", f"{answer}/versions", None),
        ("POST", f"{question}/resend", {"text": "x"}),
        ("GET", f"{answer}/followups", None),
        ("PUT", f"{answer}/rating", {"value": 1}),
        ("GET", f"/api/rooms/{living_room}/ratings", None),
    ):
        assert (await nobody.request(method, path, json=form)).status_code == 401
        check_problem(await stranger.request(method, path, json=form), 403, "not_member")
        elsewhere = path.replace(living_room, str(uuid4()))
        check_problem(await mina.request(method, elsewhere, json=form), 404, "room_unknown")
