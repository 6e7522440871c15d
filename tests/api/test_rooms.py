"""Rooms over REST: found, made, entered; unknown and private ones alike are not there."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import httpx
import pytest

from tests.api.checks import check_problem
from tests.api.conftest import Browser, Enter

ROOM_FIELDS = {"id", "kind", "name_ko", "name_en", "members", "joined", "role", "last_activity", "created_at"}
WRONG = ["x", "%00", str(uuid4()), "0", "..%2f..%2fetc", "a" * 500, "%F0%9F%94%A5", "1' OR '1'='1"]
Act = Callable[[httpx.AsyncClient, str], Awaitable[httpx.Response]]

READS = ["", "/changes?since=0", "/rows?before=9", "/messages"]
ACTS: list[Act] = [
    *(lambda who, room, path=path: who.get(f"/api/rooms/{room}{path}") for path in READS),
    lambda who, room: who.get(f"/api/chat/{room}"),
    lambda who, room: who.get(f"/api/rooms/{room}/events"),
    lambda who, room: who.post(f"/api/rooms/{room}/messages", json={"text": "안녕"}),
    lambda who, room: who.post(f"/api/chat/{room}", json={"text": "안녕"}),
    lambda who, room: who.post(f"/api/rooms/{room}/messages/{uuid4()}/stop"),
    lambda who, room: who.post(f"/api/rooms/{room}/messages/{uuid4()}/continue"),
]


def sit_down(who: httpx.AsyncClient, room: str) -> Awaitable[httpx.Response]:
    return who.post(f"/api/rooms/{room}/members")


async def private_room(browser: Browser) -> tuple[httpx.AsyncClient, str]:
    owner = browser()
    await owner.post("/api/accounts", json={"login": "owner", "name": "집주인", "password": "a long password"})
    answer = await owner.post("/api/rooms", json={"name": "비밀", "private": True})
    return owner, answer.json()["id"]


async def test_the_first_room_is_there_in_both_languages(mina: httpx.AsyncClient) -> None:
    (room,) = (await mina.get("/api/rooms")).json()
    assert set(room) == ROOM_FIELDS
    assert (room["name_ko"], room["name_en"], room["joined"], room["role"]) == ("거실", "Living room", False, "")


async def test_who_makes_a_room_sits_in_it_as_its_owner(mina: httpx.AsyncClient, enter: Enter) -> None:
    answer = await mina.post("/api/rooms", json={"name": " 부엌  옆 "})
    assert answer.status_code == 201
    room = answer.json()
    assert set(room) == ROOM_FIELDS
    assert (room["name_ko"], room["role"], room["members"], room["joined"]) == ("부엌 옆", "owner", 1, True)
    seen = (await (await enter("준")).get("/api/rooms")).json()
    assert {"부엌 옆", "거실"} == {one["name_ko"] for one in seen}
    assert not any(one["joined"] for one in seen)


async def test_my_rooms_are_those_where_i_sit(mina: httpx.AsyncClient, living_room: str, enter: Enter) -> None:
    await (await enter("준")).post("/api/rooms", json={"name": "준의 방"})
    mine = (await mina.get("/api/chat/my-rooms")).json()
    assert [room["id"] for room in mine] == [living_room]


async def test_the_older_paths_lead_to_the_same_rooms(mina: httpx.AsyncClient) -> None:
    made = await mina.post("/api/chat/", json={"name": "부엌"})
    assert made.status_code == 201
    assert (await mina.get("/api/chat/")).json() == (await mina.get("/api/rooms")).json()


@pytest.mark.parametrize(
    ("form", "code", "field"),
    [
        ({"name": ""}, "name_empty", "name"),
        ({"name": "x" * 25}, "name_long", "name"),
        ({"name": "<b>"}, "name_characters", "name"),
        ({"name": "비밀", "private": True}, "private_guest", "private"),
        ({"name": "비밀", "private": "perhaps"}, "arguments", "private"),
        ({}, "arguments", "name"),
    ],
)
async def test_a_room_that_cannot_be_made(
    mina: httpx.AsyncClient, form: dict[str, object], code: str, field: str
) -> None:
    check_problem(await mina.post("/api/rooms", json=form), 422, code, field)


async def test_sitting_down_twice_is_sitting_down(mina: httpx.AsyncClient, living_room: str) -> None:
    assert (await sit_down(mina, living_room)).status_code == 204
    assert (await mina.get(f"/api/rooms/{living_room}")).json()["room"]["members"] == 1


async def test_the_room_as_it_stands(mina: httpx.AsyncClient, living_room: str) -> None:
    for n in range(40):
        await mina.post(f"/api/rooms/{living_room}/messages", json={"text": str(n)})
    now = (await mina.get(f"/api/rooms/{living_room}")).json()
    assert set(now) == {"room", "rev", "rows", "has_older"}
    assert [row["text"] for row in now["rows"]] == [str(n) for n in range(10, 40)]
    assert (now["rev"], now["has_older"]) == (41, True)
    assert "is_self" not in now["rows"][0]  # rows are the same for everybody


async def test_what_changed_since(mina: httpx.AsyncClient, living_room: str) -> None:
    sent = (await mina.post(f"/api/rooms/{living_room}/messages", json={"text": "안녕"})).json()
    told = (await mina.get(f"/api/rooms/{living_room}/changes?since={sent['rev'] - 1}")).json()
    assert (told["rev"], told["complete"]) == (sent["rev"], True)
    assert [row["text"] for row in told["rows"]] == ["안녕"]
    assert (await mina.get(f"/api/rooms/{living_room}/changes?since={sent['rev']}")).json()["rows"] == []


@pytest.mark.parametrize("room", WRONG)
async def test_a_wrong_room_is_nowhere(mina: httpx.AsyncClient, room: str) -> None:
    for act in [*ACTS, sit_down]:
        answer = await act(mina, room)
        code = "not_found" if "%2f" in room else "room_unknown"  # a path of more parts is no route at all
        check_problem(answer, 404, code)


async def test_an_open_room_is_entered_before_anything_else(enter: Enter, living_room: str) -> None:
    stranger = await enter("나그네")
    for act in ACTS:
        check_problem(await act(stranger, living_room), 403, "not_member")


async def test_a_private_room_is_unknown_to_others(browser: Browser, enter: Enter) -> None:
    owner, room = await private_room(browser)
    stranger = await enter("나그네")
    for act in [*ACTS, sit_down]:
        check_problem(await act(stranger, room), 404, "room_unknown")
    for path in ("/api/rooms", "/api/chat/my-rooms"):
        assert room not in [one["id"] for one in (await stranger.get(path)).json()]
        assert room in [one["id"] for one in (await owner.get(path)).json()]


async def test_a_private_room_and_none_look_the_same(browser: Browser, enter: Enter) -> None:
    _, room = await private_room(browser)
    stranger = await enter("나그네")
    for act in [*ACTS, sit_down]:
        assert (await act(stranger, room)).content == (await act(stranger, str(uuid4()))).content


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/changes", "since"),
        ("/changes?since=-2", "since"),
        ("/changes?since=x", "since"),
        ("/changes?since=99999999999999999999", "since"),
        ("/rows", "before"),
        ("/rows?before=0", "before"),
        ("/rows?before=9&limit=0", "limit"),
        ("/rows?before=9&limit=101", "limit"),
        ("/messages?before=-1", "before"),
        ("/messages?limit=NaN", "limit"),
        ("/messages?limit=1.5", "limit"),
        ("/messages?before=2147483648", "before"),
    ],
)
async def test_numbers_out_of_range_are_refused(
    mina: httpx.AsyncClient, living_room: str, path: str, field: str
) -> None:
    check_problem(await mina.get(f"/api/rooms/{living_room}{path}"), 422, "arguments", field)
