"""Stretches of a room's talk over REST: one direction at a time, for members alone."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest

from tests.api.checks import check_problem

NOTICES = 1


async def talk(mina: httpx.AsyncClient, room: str, count: int) -> list[dict[str, Any]]:
    return [(await mina.post(f"/api/rooms/{room}/messages", json={"text": f"line {n}"})).json() for n in range(count)]


async def rows(mina: httpx.AsyncClient, room: str, query: str) -> dict[str, Any]:
    answer = await mina.get(f"/api/rooms/{room}/rows?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_rows_come_before_after_and_around_one(mina: httpx.AsyncClient, living_room: str) -> None:
    await talk(mina, living_room, 9)
    for query, seqs, older, newer in (
        ("before=5&limit=2", [3, 4], True, True),
        ("after=5&limit=2", [6, 7], True, True),
        ("around=5&limit=4", [3, 4, 5, 6], True, True),
        ("before=99", list(range(1, 11)), False, False),
        ("after=0", list(range(1, 11)), False, False),
    ):
        page = await rows(mina, living_room, query)
        assert [row["seq"] for row in page["rows"]] == seqs
        assert (page["has_older"], page["has_newer"], page["rev"]) == (older, newer, 9 + NOTICES)


@pytest.mark.parametrize("query", ["", "?before=5&after=2", "?before=5&around=2", "?after=5&around=2", "?limit=9"])
async def test_one_direction_at_a_time(mina: httpx.AsyncClient, living_room: str, query: str) -> None:
    check_problem(await mina.get(f"/api/rooms/{living_room}/rows{query}"), 422, "rows_where", "before")


async def test_where_a_message_and_a_moment_are(mina: httpx.AsyncClient, living_room: str) -> None:
    said = await talk(mina, living_room, 3)
    where = f"/api/rooms/{living_room}/at"
    assert (await mina.get(f"{where}?message={said[1]['message_id']}")).json() == {"seq": said[1]["seq"]}
    assert (await mina.get(f"{where}?date={quote(said[0]['at'])}")).json()["seq"] <= said[0]["seq"]
    for moment, seq in (("2001-01-01", 1), ((datetime.now(UTC) + timedelta(days=9)).isoformat(), 4)):
        assert (await mina.get(f"{where}?date={quote(moment)}")).json() == {"seq": seq}


@pytest.mark.parametrize("query", ["", "?date=2026-01-01&message=x"])
async def test_one_question_at_a_time(mina: httpx.AsyncClient, living_room: str, query: str) -> None:
    check_problem(await mina.get(f"/api/rooms/{living_room}/at{query}"), 422, "rows_at", "date")


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("date=yesterday", "arguments", "date"),
        ("date=", "arguments", "date"),
        ("date=0001-01-01T00:00:00%2B09:00", "input", "date"),
        ("date=9999-12-31T23:59:59-09:00", "input", "date"),
        (f"message={'a' * 41}", "arguments", "message"),
    ],
)
async def test_what_is_no_moment_and_no_message_is_refused(
    mina: httpx.AsyncClient, living_room: str, query: str, code: str, field: str
) -> None:
    check_problem(await mina.get(f"/api/rooms/{living_room}/at?{query}"), 422, code, field)


async def test_a_message_of_another_room_is_unknown(mina: httpx.AsyncClient, living_room: str) -> None:
    (said,) = await talk(mina, living_room, 1)
    other = (await mina.post("/api/rooms", json={"name": "다른 방"})).json()["id"]
    for room, message in ((other, said["message_id"]), (living_room, str(uuid4()))):
        check_problem(await mina.get(f"/api/rooms/{room}/at?message={message}"), 404, "message_unknown")
