"""What may be done with a message over REST: edit, delete, emoji, pin, star; and who may not."""

from uuid import uuid4

import httpx
import pytest

from tests.api.checks import check_problem
from tests.api.conftest import Enter


@pytest.fixture
async def jun(enter: Enter, living_room: str) -> httpx.AsyncClient:
    """Sits in the living room, beside 미나."""
    jun = await enter("준")
    await jun.post(f"/api/rooms/{living_room}/members")
    return jun


@pytest.fixture
async def said(mina: httpx.AsyncClient, living_room: str) -> dict[str, object]:
    """Something that 미나 said in the living room."""
    return (await mina.post(f"/api/rooms/{living_room}/messages", json={"text": "@준 일곱 시"})).json()


@pytest.fixture
def path(living_room: str, said: dict[str, object]) -> str:
    return f"/api/rooms/{living_room}/messages/{said['message_id']}"


async def newest(client: httpx.AsyncClient, room: str) -> dict[str, object]:
    return (await client.get(f"/api/rooms/{room}/messages")).json()["messages"][-1]


async def test_an_answer_quotes_its_message(jun: httpx.AsyncClient, living_room: str, said: dict[str, object]) -> None:
    form = {"text": "좋아", "reply_to": said["message_id"]}
    answer = (await jun.post(f"/api/rooms/{living_room}/messages", json=form)).json()
    assert (answer["reply"]["id"], answer["reply"]["name"]) == (said["message_id"], "미나")
    unknown = await jun.post(f"/api/rooms/{living_room}/messages", json={"text": "좋아", "reply_to": str(uuid4())})
    check_problem(unknown, 404, "message_unknown", "reply_to")


async def test_an_edit_is_seen_and_marked(
    mina: httpx.AsyncClient, jun: httpx.AsyncClient, living_room: str, path: str
) -> None:
    edited = await mina.patch(path, json={"text": "여덟 시"})
    assert edited.status_code == 200
    assert (edited.json()["text"], edited.json()["edited"], edited.json()["mentions"]) == ("여덟 시", True, [])
    assert (await newest(jun, living_room))["text"] == "여덟 시"
    check_problem(await mina.patch(path, json={"text": " "}), 422, "message_empty", "text")
    check_problem(await mina.patch(path, json={}), 422, "arguments", "text")
    check_problem(await jun.patch(path, json={"text": "아홉 시"}), 403, "edit_other")


async def test_a_deleted_message_leaves_its_place(
    mina: httpx.AsyncClient, jun: httpx.AsyncClient, living_room: str, path: str
) -> None:
    check_problem(await jun.delete(path), 403, "delete_other")
    for _ in range(2):
        assert (await mina.delete(path)).status_code == 204
    left = await newest(jun, living_room)
    assert (left["deleted"], left["text"]) == (True, "")
    check_problem(await mina.patch(path, json={"text": "다시"}), 409, "message_gone")


async def test_emoji_are_given_and_taken(mina: httpx.AsyncClient, jun: httpx.AsyncClient, path: str) -> None:
    assert (await jun.put(f"{path}/reactions/❤")).json()["reactions"][0]["emoji"] == "❤️"
    given = (await mina.put(f"{path}/reactions/❤️")).json()["reactions"]
    assert given[0]["names"] == ["준", "미나"]
    assert (await mina.delete(f"{path}/reactions/❤")).json()["reactions"][0]["names"] == ["준"]
    for words in ("hello", "<script>", "👍👍", "x" * 500):
        check_problem(await mina.put(f"{path}/reactions/{words}"), 422, "reaction_emoji", "emoji")


async def test_pins_are_everybodys(
    mina: httpx.AsyncClient, jun: httpx.AsyncClient, living_room: str, path: str
) -> None:
    assert (await jun.put(f"{path}/pin")).json()["pinned"] is True
    pins = (await mina.get(f"/api/rooms/{living_room}/pins")).json()["messages"]
    assert [one["text"] for one in pins] == ["@준 일곱 시"]
    assert (await mina.delete(f"{path}/pin")).json()["pinned"] is False
    assert (await jun.get(f"/api/rooms/{living_room}/pins")).json() == {"messages": []}


async def test_stars_are_ones_own(
    mina: httpx.AsyncClient, jun: httpx.AsyncClient, living_room: str, path: str, said: dict[str, object]
) -> None:
    assert (await jun.put(f"{path}/star")).status_code == 204
    listed = (await jun.get("/api/stars")).json()
    assert (listed["has_more"], len(listed["stars"])) == (False, 1)
    assert (listed["stars"][0]["room"], listed["stars"][0]["message"]["is_self"]) == (living_room, False)
    assert (await jun.get(f"/api/rooms/{living_room}/stars")).json() == {"messages": [said["message_id"]]}
    assert (await mina.get("/api/stars")).json() == {"stars": [], "has_more": False}
    assert (await jun.delete(f"{path}/star")).status_code == 204
    assert (await jun.get("/api/stars")).json()["stars"] == []


ACTS = [
    ("PATCH", ""),
    ("DELETE", ""),
    ("PUT", "/reactions/👍"),
    ("DELETE", "/reactions/👍"),
    ("PUT", "/pin"),
    ("DELETE", "/pin"),
    ("PUT", "/star"),
    ("DELETE", "/star"),
]


@pytest.mark.parametrize(("method", "act"), ACTS)
async def test_nobody_reaches_a_message_from_outside(
    mina: httpx.AsyncClient, client: httpx.AsyncClient, enter: Enter, path: str, method: str, act: str
) -> None:
    form = {"text": "x"} if method == "PATCH" else None
    stranger = await enter("나그네")
    kitchen = (await mina.post("/api/rooms", json={"name": "부엌"})).json()["id"]
    message = path.rsplit("/", 1)[-1]
    check_problem(await client.request(method, path + act, json=form), 401, "signed_out")
    check_problem(await stranger.request(method, path + act, json=form), 403, "not_member")
    for elsewhere, code in ((kitchen, "message_unknown"), (str(uuid4()), "room_unknown"), ("x", "room_unknown")):
        away = f"/api/rooms/{elsewhere}/messages/{message}{act}"
        check_problem(await mina.request(method, away, json=form), 404, code)
    check_problem(
        await mina.request(method, path.replace(message, str(uuid4())) + act, json=form), 404, "message_unknown"
    )


async def test_lists_of_a_room_are_its_members(client: httpx.AsyncClient, enter: Enter, living_room: str) -> None:
    stranger = await enter("나그네")
    for listed in ("pins", "stars"):
        check_problem(await stranger.get(f"/api/rooms/{living_room}/{listed}"), 403, "not_member")
        check_problem(await stranger.get(f"/api/rooms/{uuid4()}/{listed}"), 404, "room_unknown")
    check_problem(await client.get("/api/stars"), 401, "signed_out")
