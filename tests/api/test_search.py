"""Looking for something over REST: its shape, its limits, and that it opens no door."""

import httpx
import pytest

from tests.api.checks import check_problem
from tests.api.conftest import Enter


async def say(client: httpx.AsyncClient, room: str, text: str) -> str:
    answer = await client.post(f"/api/rooms/{room}/messages", json={"text": text})
    assert answer.status_code == 201
    return answer.json()["message_id"]


async def test_one_question_over_everything(mina: httpx.AsyncClient, living_room: str, enter: Enter) -> None:
    jun = await enter("준")
    await jun.post(f"/api/rooms/{living_room}/members")
    said = await say(jun, living_room, "감나무에 <b>까치</b>가 앉았다")
    answer = await mina.get("/api/search", params={"q": "까치는"})
    assert answer.status_code == 200
    found = answer.json()
    assert set(found) == {"rooms", "people", "messages", "files", "documents", "next"}
    (hit,) = found["messages"]
    assert (hit["id"], hit["name"], hit["room"]["id"], hit["is_ai"], hit["images"]) == (
        said,
        "준",
        living_room,
        False,
        0,
    )
    assert [piece["text"] for piece in hit["excerpt"]] == ["감나무에 <b>", "까치", "</b>가 앉았다"]
    assert [piece["hit"] for piece in hit["excerpt"]] == [False, True, False]
    assert (await mina.get("/api/search/", params={"q": "까치는"})).json() == found
    assert [room["room"]["id"] for room in (await mina.get("/api/search?q=거실")).json()["rooms"]] == [living_room]
    assert [person["marked"][0]["text"] for person in (await mina.get("/api/search?q=ㅈ")).json()["people"]] == ["준"]


async def test_filters_and_pages(mina: httpx.AsyncClient, living_room: str) -> None:
    me = (await mina.get("/api/session")).json()["user_id"]
    for number in range(7):
        await say(mina, living_room, f"소풍 {number}")
    query = {"q": "소풍", "kind": "messages", "room": living_room, "person": me, "limit": "3"}
    first = (await mina.get("/api/search", params=query)).json()
    second = (await mina.get("/api/search", params={**query, "cursor": first["next"]})).json()
    assert len(first["messages"]) == len(second["messages"]) == 3
    assert not {hit["id"] for hit in first["messages"]} & {hit["id"] for hit in second["messages"]}
    for narrow in ({"to": "2001-01-01"}, {"from": "2999-01-01T00:00:00Z"}, {"has": "image"}):
        assert (await mina.get("/api/search", params={"q": "소풍", **narrow})).json()["messages"] == []


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("q=a&kind=everything", "arguments", "kind"),
        ("q=a&room=1", "arguments", "room"),
        ("q=a&person=x", "arguments", "person"),
        ("q=a&from=yesterday", "arguments", "from"),
        ("q=a&to=9999-12-31T23:59:59-14:00", "arguments", None),
        ("q=a&has=tail", "arguments", "has"),
        ("q=a&limit=0", "arguments", "limit"),
        ("q=a&limit=51", "arguments", "limit"),
        (f"q={'a' * 1001}", "arguments", "q"),
        ("q=a&cursor=zzz", "search_cursor", "cursor"),
        ("", "search_empty", "q"),
        ("q=%20", "search_empty", "q"),
    ],
)
async def test_what_cannot_be_asked(mina: httpx.AsyncClient, query: str, code: str, field: str | None) -> None:
    check_problem(await mina.get(f"/api/search?{query}"), 422, code, field)


async def test_walls(client: httpx.AsyncClient, mina: httpx.AsyncClient, enter: Enter) -> None:
    assert (await client.get("/api/search?q=a")).status_code == 401
    jun = await enter("준")
    room = (await jun.post("/api/rooms", json={"name": "준의 방"})).json()["id"]
    await say(jun, room, "아무도 모르는 감나무")
    assert (await mina.get("/api/search?q=감나무")).json()["messages"] == []
    assert (await mina.get(f"/api/search?q=감나무&room={room}")).status_code == 403
    unknown = "01890000-0000-7000-8000-000000000000"
    assert (await mina.get(f"/api/search?q=감나무&room={unknown}")).status_code == 404
    assert (await jun.get("/api/search?q=감나무")).json()["messages"][0]["seq"] == 1
