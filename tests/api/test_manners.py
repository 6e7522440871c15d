"""When the AI speaks, over REST: who may set it, and who may say that it spoke too much."""

from uuid import uuid4

import httpx
import pytest

from tests.api.checks import check_problem
from tests.api.conftest import Enter


@pytest.fixture
async def room(mina: httpx.AsyncClient) -> str:
    """A room of 미나's own."""
    return (await mina.post("/api/rooms", json={"name": "모임"})).json()["id"]


@pytest.fixture
async def jun(enter: Enter, room: str) -> httpx.AsyncClient:
    """A member of it."""
    jun = await enter("준")
    await jun.post(f"/api/rooms/{room}/members")
    return jun


async def answer(client: httpx.AsyncClient, room: str, text: str) -> str:
    """The id of the answer that `text` gets."""
    await client.post(f"/api/rooms/{room}/messages", json={"text": text})
    rows = (await client.get(f"/api/rooms/{room}/messages")).json()["messages"]
    return next(row["message_id"] for row in reversed(rows) if row["is_ai"] and row["kind"] == "talk")


async def test_its_owner_sets_the_temper_of_a_room(mina: httpx.AsyncClient, jun: httpx.AsyncClient, room: str) -> None:
    path = f"/api/rooms/{room}/temper"
    assert (await mina.put(path, json={"temper": "joins_in"})).status_code == 204
    check_problem(await jun.put(path, json={"temper": "quiet"}), 403, "role")
    check_problem(await mina.put(path, json={"temper": "loud"}), 422, "arguments", "temper")
    check_problem(await mina.put(path, json={}), 422, "arguments", "temper")
    rooms = (await mina.get("/api/rooms")).json()
    assert [one["temper"] for one in rooms if one["id"] == room] == ["joins_in"]


async def test_a_room_that_is_not_theirs_is_not_there(enter: Enter, client: httpx.AsyncClient, room: str) -> None:
    stranger = await enter("나그네")
    for path in (f"/api/rooms/{uuid4()}/temper", "/api/rooms/x/temper"):
        check_problem(await stranger.put(path, json={"temper": "quiet"}), 404, "room_unknown")
    check_problem(await stranger.put(f"/api/rooms/{room}/temper", json={"temper": "quiet"}), 403, "not_member")
    check_problem(await client.put(f"/api/rooms/{room}/temper", json={"temper": "quiet"}), 401, "signed_out")


async def test_too_talkative(mina: httpx.AsyncClient, jun: httpx.AsyncClient, room: str) -> None:
    named, called = await answer(mina, room, "불씨야 안녕"), await answer(mina, room, "@불씨 안녕")
    for client, talkative in ((jun, -1), (jun, -1), (mina, -2)):
        said = await client.post(f"/api/rooms/{room}/messages/{named}/too-talkative")
        assert (said.status_code, said.json()) == (200, {"talkative": talkative})
    check_problem(await jun.post(f"/api/rooms/{room}/messages/{called}/too-talkative"), 422, "answer_wanted", "message")
    check_problem(await jun.post(f"/api/rooms/{room}/messages/{uuid4()}/too-talkative"), 404, "message_unknown")


async def test_only_who_sits_there_finds_it_too_talkative(
    mina: httpx.AsyncClient, enter: Enter, client: httpx.AsyncClient, room: str, living_room: str
) -> None:
    path = f"/api/rooms/{room}/messages/{await answer(mina, room, '불씨야 안녕')}/too-talkative"
    stranger = await enter("나그네")
    check_problem(await stranger.post(path), 403, "not_member")
    check_problem(await client.post(path), 401, "signed_out")
    await stranger.post(f"/api/rooms/{living_room}/members")
    check_problem(await stranger.post(path.replace(room, living_room)), 404, "message_unknown")
