"""Links over REST: made by members, shown to anybody who holds them, and the way into a private room."""

import httpx
import pytest

from hearth_reflex.bootstrap import House
from tests.api.checks import check_problem
from tests.api.conftest import Browser, Enter
from tests.api.test_rooms import private_room


@pytest.fixture
async def private(browser: Browser) -> tuple[httpx.AsyncClient, str]:
    return await private_room(browser)


async def test_a_link_is_the_way_into_a_private_room(
    private: tuple[httpx.AsyncClient, str], client: httpx.AsyncClient, enter: Enter
) -> None:
    owner, room = private
    made = await owner.post(f"/api/rooms/{room}/invites", json={"max_uses": 1})
    assert made.status_code == 201
    code = made.json()["code"]
    shown = await client.get(f"/api/invites/{code}")  # nobody is signed in here
    assert shown.json() == {"room_ko": "비밀", "room_en": "비밀", "by": "집주인", "good": True, "ended": ""}
    check_problem(await client.post(f"/api/invites/{code}"), 401, "signed_out")
    jun = await enter("준")
    assert (await jun.post(f"/api/invites/{code}")).json() == {"room_id": room}
    assert (await jun.get(f"/api/rooms/{room}")).json()["room"]["members"] == 2
    check_problem(await (await enter("하나")).post(f"/api/invites/{code}"), 404, "invite_used")
    assert (await client.get(f"/api/invites/{code}")).json() == {
        "room_ko": "",
        "room_en": "",
        "by": "",
        "good": False,
        "ended": "used",
    }


async def test_links_are_listed_and_taken_back(private: tuple[httpx.AsyncClient, str], enter: Enter) -> None:
    owner, room = private
    made = (await owner.post(f"/api/rooms/{room}/invites", json={"hours": 1, "role": "guest"})).json()
    assert [one["id"] for one in (await owner.get(f"/api/rooms/{room}/invites")).json()] == [made["id"]]
    jun = await enter("준")
    await jun.post(f"/api/invites/{made['code']}")
    check_problem(await jun.post(f"/api/rooms/{room}/invites", json={}), 403, "role")
    check_problem(await jun.delete(f"/api/rooms/{room}/invites/{made['id']}"), 404, "invite_unknown")
    assert (await owner.delete(f"/api/rooms/{room}/invites/{made['id']}")).status_code == 204
    check_problem(await (await enter("하나")).post(f"/api/invites/{made['code']}"), 404, "invite_revoked")


@pytest.mark.parametrize("code", ["x", "%00", "0" * 22, "a" * 500, "%F0%9F%94%A5", "1' OR '1'='1"])
async def test_a_code_that_nobody_made(client: httpx.AsyncClient, mina: httpx.AsyncClient, code: str) -> None:
    check_problem(await client.get(f"/api/invites/{code}"), 404, "invite_unknown")
    check_problem(await mina.post(f"/api/invites/{code}"), 404, "invite_unknown")


@pytest.mark.parametrize(
    ("form", "code", "field"),
    [
        ({"hours": -1}, "out_of_range", "hours"),
        ({"hours": 1.5}, "arguments", "hours"),
        ({"max_uses": 5000}, "out_of_range", "max_uses"),
        ({"role": "king"}, "role_unknown", "role"),
    ],
)
async def test_a_link_that_cannot_be_made(
    private: tuple[httpx.AsyncClient, str], form: dict[str, object], code: str, field: str
) -> None:
    owner, room = private
    check_problem(await owner.post(f"/api/rooms/{room}/invites", json=form), 422, code, field)


async def test_guessing_codes_is_slowed(client: httpx.AsyncClient, house: House) -> None:
    house.event_pace.rate, house.event_pace.burst = 1.0, 5.0
    answers = [await client.get(f"/api/invites/{n:022}") for n in range(7)]
    assert [answer.status_code for answer in answers] == [404] * 5 + [429] * 2
