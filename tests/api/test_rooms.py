"""Rooms over REST: found, made, entered; unknown and private ones alike are not there."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import httpx
import pytest

from hearth_reflex.services.views import RoomView
from tests.api.checks import check_problem
from tests.api.conftest import Browser, Enter
from tests.factories import NOBODY

ROOM_FIELDS = set(RoomView.__dataclass_fields__)
WRONG = ["x", "%00", NOBODY, "0", "..%2f..%2fetc", "a" * 500, "%F0%9F%94%A5", "1' OR '1'='1"]
Act = Callable[[httpx.AsyncClient, str], Awaitable[httpx.Response]]

READS = ["", "/changes?since=0", "/rows?before=9", "/rows?around=1", "/at?date=2026-01-01", "/messages"]
ACTS: list[Act] = [
    *(lambda who, room, path=path: who.get(f"/api/rooms/{room}{path}") for path in READS),
    lambda who, room: who.get(f"/api/chat/{room}"),
    lambda who, room: who.get(f"/api/rooms/{room}/events"),
    lambda who, room: who.post(f"/api/rooms/{room}/messages", json={"text": "안녕"}),
    lambda who, room: who.post(f"/api/chat/{room}", json={"text": "안녕"}),
    lambda who, room: who.post(f"/api/rooms/{room}/messages/{uuid4()}/stop"),
    lambda who, room: who.post(f"/api/rooms/{room}/messages/{uuid4()}/continue"),
    lambda who, room: who.patch(f"/api/rooms/{room}", json={"name": "내 것"}),
    lambda who, room: who.delete(f"/api/rooms/{room}"),
    lambda who, room: who.put(f"/api/rooms/{room}/archive"),
    lambda who, room: who.delete(f"/api/rooms/{room}/archive"),
    lambda who, room: who.get(f"/api/rooms/{room}/people"),
    lambda who, room: who.patch(f"/api/rooms/{room}/people/{uuid4()}", json={"role": "owner"}),
    lambda who, room: who.delete(f"/api/rooms/{room}/people/{uuid4()}"),
    lambda who, room: who.delete(f"/api/rooms/{room}/people/me"),
    lambda who, room: who.put(f"/api/rooms/{room}/people/{uuid4()}/silence", json={"minutes": 5}),
    lambda who, room: who.delete(f"/api/rooms/{room}/people/{uuid4()}/silence"),
    lambda who, room: who.put(f"/api/rooms/{room}/people/{uuid4()}/ban"),
    lambda who, room: who.delete(f"/api/rooms/{room}/people/{uuid4()}/ban"),
    lambda who, room: who.get(f"/api/rooms/{room}/bans"),
    lambda who, room: who.patch(f"/api/rooms/{room}/seat", json={"favourite": True}),
    lambda who, room: who.get(f"/api/rooms/{room}/invites"),
    lambda who, room: who.post(f"/api/rooms/{room}/invites", json={}),
    lambda who, room: who.delete(f"/api/rooms/{room}/invites/{uuid4()}"),
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
        ({"name": "비밀", "kind": "private"}, "private_guest", "private"),
        ({"name": "둘", "kind": "direct"}, "arguments", "kind"),
        ({"name": "방", "description": "x" * 501}, "description_long", "description"),
        ({"name": "방", "max_members": 1}, "seats", "max_members"),
        ({"name": "방", "max_members": 10**12}, "arguments", "max_members"),
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
        ("/rows?before=-1", "before"),
        ("/rows?after=x", "after"),
        ("/rows?around=2147483648", "around"),
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


async def owned_room(browser: Browser, **wish: object) -> tuple[httpx.AsyncClient, str]:
    owner, _ = await private_room(browser)
    return owner, (await owner.post("/api/rooms", json={"name": "마당", **wish})).json()["id"]


async def test_a_room_with_everything_that_can_be_asked_for(browser: Browser) -> None:
    owner, room = await owned_room(browser, kind="private", description="책을 읽어요", max_members=7, ai_enabled=False)
    seen = (await owner.get(f"/api/rooms/{room}")).json()["room"]
    assert (seen["kind"], seen["description"], seen["max_members"], seen["ai_enabled"]) == (
        "private",
        "책을 읽어요",
        7,
        False,
    )


async def test_a_room_is_changed_piece_by_piece(browser: Browser, mina: httpx.AsyncClient) -> None:
    owner, room = await owned_room(browser)
    answer = await owner.patch(f"/api/rooms/{room}", json={"description": "불 옆"})
    assert (answer.status_code, answer.json()["name_ko"], answer.json()["description"]) == (200, "마당", "불 옆")
    assert (await owner.patch(f"/api/rooms/{room}", json={"kind": "private"})).json()["kind"] == "private"
    check_problem(await owner.patch(f"/api/rooms/{room}", json={"kind": "direct"}), 422, "room_kind", "kind")
    check_problem(await owner.patch(f"/api/rooms/{room}", json={"name": "<"}), 422, "name_characters", "name")
    check_problem(await sit_down(mina, room), 404, "room_unknown")


async def test_a_full_room_is_seen_and_not_entered(browser: Browser, enter: Enter) -> None:
    _, room = await owned_room(browser, max_members=2)
    assert (await sit_down(await enter("준"), room)).status_code == 204
    check_problem(await sit_down(await enter("하나"), room), 403, "room_full")


async def test_a_room_is_put_away_and_taken_out_again(browser: Browser, mina: httpx.AsyncClient) -> None:
    owner, room = await owned_room(browser)
    await sit_down(mina, room)
    check_problem(await mina.put(f"/api/rooms/{room}/archive"), 403, "role")
    assert (await owner.put(f"/api/rooms/{room}/archive")).status_code == 204
    assert (await mina.get(f"/api/rooms/{room}")).json()["room"]["archived"] is True
    refusal = await mina.post(f"/api/rooms/{room}/messages", json={"text": "?"})
    check_problem(refusal, 403, "room_archived")
    assert (await owner.delete(f"/api/rooms/{room}/archive")).status_code == 204
    assert (await mina.post(f"/api/rooms/{room}/messages", json={"text": "!"})).status_code == 201


async def test_a_room_is_deleted_and_that_is_taken_back(browser: Browser, mina: httpx.AsyncClient) -> None:
    owner, room = await owned_room(browser)
    await sit_down(mina, room)
    check_problem(await mina.delete(f"/api/rooms/{room}"), 403, "role")
    assert (await owner.delete(f"/api/rooms/{room}")).status_code == 204
    check_problem(await mina.get(f"/api/rooms/{room}"), 404, "room_unknown")
    check_problem(await owner.delete(f"/api/rooms/{room}"), 404, "room_unknown")
    (gone,) = (await owner.get("/api/rooms/deleted")).json()
    assert (gone["id"], bool(gone["deleted_at"])) == (room, True)
    assert (await mina.get("/api/rooms/deleted")).json() == []
    check_problem(await mina.post(f"/api/rooms/{room}/restore"), 404, "room_unknown")
    assert (await owner.post(f"/api/rooms/{room}/restore")).json()["id"] == room
    assert (await mina.get(f"/api/rooms/{room}")).status_code == 200


async def test_the_living_room_cannot_be_deleted(mina: httpx.AsyncClient, living_room: str) -> None:
    check_problem(await mina.delete(f"/api/rooms/{living_room}"), 403, "role")


async def test_a_direct_room(mina: httpx.AsyncClient, living_room: str, enter: Enter) -> None:
    jun, stranger = await enter("준"), await enter("나그네")
    await sit_down(jun, living_room)
    me = (await jun.get("/api/session")).json()["user_id"]
    answer = await mina.post("/api/rooms/direct", json={"user_id": me})
    assert (answer.status_code, answer.json()["kind"], answer.json()["name_ko"]) == (200, "direct", "준")
    room = answer.json()["id"]
    assert (await mina.post("/api/rooms/direct", json={"user_id": me})).json()["id"] == room
    assert [one["name_ko"] for one in (await jun.get("/api/rooms")).json() if one["id"] == room] == ["미나"]
    for act in [*ACTS, sit_down]:
        check_problem(await act(stranger, room), 404, "room_unknown")
    for person in (me, str(uuid4()), "x"):
        check_problem(await stranger.post("/api/rooms/direct", json={"user_id": person}), 404, "person_unknown")
    own = (await mina.get("/api/session")).json()["user_id"]
    check_problem(await mina.post("/api/rooms/direct", json={"user_id": own}), 422, "direct_self", "user_id")
