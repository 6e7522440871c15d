"""Seats over REST: who is there, roles, leaving, keeping order, and what one wants of a room."""

import httpx
import pytest

from tests.api.checks import check_problem
from tests.api.conftest import Enter


async def person(client: httpx.AsyncClient) -> str:
    return (await client.get("/api/session")).json()["user_id"]


@pytest.fixture
async def jun(enter: Enter, room: str) -> httpx.AsyncClient:
    """A member of 미나's room."""
    client = await enter("준")
    assert (await client.post(f"/api/rooms/{room}/members")).status_code == 204
    return client


@pytest.fixture
async def room(mina: httpx.AsyncClient) -> str:
    """An open room that 미나 owns."""
    return (await mina.post("/api/rooms", json={"name": "부엌"})).json()["id"]


async def test_the_people_of_a_room(mina: httpx.AsyncClient, jun: httpx.AsyncClient, room: str) -> None:
    people = (await jun.get(f"/api/rooms/{room}/people")).json()
    assert [(one["name"], one["role"]) for one in people] == [("미나", "owner"), ("준", "member")]
    assert set(people[0]) == {
        "id",
        "name",
        "role",
        "avatar",
        "silenced",
        "joined_at",
        "last_seen",
        "guest",
        "silenced_until",
    }


async def test_roles_and_handing_over(mina: httpx.AsyncClient, jun: httpx.AsyncClient, room: str) -> None:
    whom = f"/api/rooms/{room}/people/{await person(jun)}"
    check_problem(await jun.patch(whom, json={"role": "moderator"}), 403, "role")
    assert (await mina.patch(whom, json={"role": "moderator"})).status_code == 204
    check_problem(await mina.patch(whom, json={"role": "queen"}), 422, "role_unknown", "role")
    check_problem(await mina.patch(whom, json={}), 422, "arguments", "role")
    assert (await mina.patch(whom, json={"role": "owner"})).status_code == 204
    assert (await mina.get(f"/api/rooms/{room}")).json()["room"]["role"] == "moderator"


async def test_leaving(mina: httpx.AsyncClient, jun: httpx.AsyncClient, room: str) -> None:
    answer = await jun.delete(f"/api/rooms/{room}/people/me")
    assert (answer.status_code, answer.json()) == (200, {"room_deleted": False})
    check_problem(await jun.get(f"/api/rooms/{room}"), 403, "not_member")
    answer = await mina.delete(f"/api/rooms/{room}/people/{await person(mina)}")
    assert answer.json() == {"room_deleted": True}
    check_problem(await mina.get(f"/api/rooms/{room}"), 404, "room_unknown")


async def test_showing_out(mina: httpx.AsyncClient, jun: httpx.AsyncClient, room: str) -> None:
    whom = f"/api/rooms/{room}/people/{await person(jun)}"
    check_problem(await jun.delete(f"/api/rooms/{room}/people/{await person(mina)}"), 403, "role")
    assert (await mina.delete(whom)).status_code == 200
    check_problem(await mina.delete(whom), 404, "person_unknown")
    check_problem(await mina.delete(f"/api/rooms/{room}/people/x"), 404, "person_unknown")


async def test_banning(mina: httpx.AsyncClient, jun: httpx.AsyncClient, room: str) -> None:
    whom = f"/api/rooms/{room}/people/{await person(jun)}/ban"
    check_problem(await jun.put(f"/api/rooms/{room}/people/{await person(mina)}/ban"), 403, "role")
    assert (await mina.put(whom)).status_code == 204
    check_problem(await jun.post(f"/api/rooms/{room}/members"), 403, "banned")
    assert [one["name"] for one in (await mina.get(f"/api/rooms/{room}/bans")).json()] == ["준"]
    assert (await mina.delete(whom)).status_code == 204
    check_problem(await mina.delete(whom), 404, "person_unknown")
    assert (await jun.post(f"/api/rooms/{room}/members")).status_code == 204


async def test_silencing(mina: httpx.AsyncClient, jun: httpx.AsyncClient, room: str) -> None:
    whom = f"/api/rooms/{room}/people/{await person(jun)}/silence"
    check_problem(await mina.put(whom, json={"minutes": 0}), 422, "out_of_range", "minutes")
    check_problem(await mina.put(whom, json={"minutes": "long"}), 422, "arguments", "minutes")
    check_problem(await jun.put(whom, json={"minutes": 5}), 403, "role")
    assert (await mina.put(whom, json={"minutes": 5})).status_code == 204
    told = check_problem(await jun.post(f"/api/rooms/{room}/messages", json={"text": "?"}), 403, "silenced")
    assert "5" in told["detail"]
    assert (await mina.delete(whom)).status_code == 204
    assert (await jun.post(f"/api/rooms/{room}/messages", json={"text": "!"})).status_code == 201


async def test_what_i_want_of_a_room(mina: httpx.AsyncClient, room: str) -> None:
    answer = await mina.patch(f"/api/rooms/{room}/seat", json={"favourite": True, "notify": "none"})
    assert answer.json() == {"favourite": True, "notify": "none", "quiet_until": ""}
    answer = await mina.patch(f"/api/rooms/{room}/seat", json={"quiet_minutes": 60})
    assert answer.json()["favourite"] is True
    assert answer.json()["quiet_until"].endswith("Z")
    check_problem(await mina.patch(f"/api/rooms/{room}/seat", json={"notify": "loud"}), 422, "notify_level", "notify")
    check_problem(
        await mina.patch(f"/api/rooms/{room}/seat", json={"quiet_minutes": 10**6}), 422, "out_of_range", "quiet_minutes"
    )
