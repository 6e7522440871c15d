"""What the house knows of pictures, over REST: told to those who sit there, written by those who may."""

from uuid import uuid4

import httpx
import pytest

from hearth_reflex.bootstrap import House
from hearth_reflex.domain.pictures_told import CAPTION_MAX
from tests.api.checks import check_problem
from tests.api.conftest import Browser, Enter
from tests.api.test_files import bring, sent
from tests.hostile_files import noise, written

CAPTION = "난로 앞의 고양이"


@pytest.fixture
async def jun(enter: Enter, living_room: str) -> httpx.AsyncClient:
    """Another who sits in the living room."""
    client = await enter("준")
    assert (await client.post(f"/api/rooms/{living_room}/members")).status_code == 204
    return client


async def say(client: httpx.AsyncClient, file: str, caption: object = CAPTION) -> httpx.Response:
    return await client.put(f"/api/files/{file}/caption", json={"caption": caption})


async def test_a_caption_stands_for_the_picture(
    mina: httpx.AsyncClient, jun: httpx.AsyncClient, living_room: str
) -> None:
    file = await sent(mina, living_room, name="모닥불.png")
    before = (await mina.get(f"/api/files/{file}/about")).json()
    assert before == {
        "id": file,
        "caption": "",
        "by": "",
        "words": "",
        "regions": [],
        "taken_at": "",
        "may_caption": True,
        "ready": False,
    }
    told = await say(mina, file)
    assert (told.status_code, told.json()) == (200, {**before, "caption": CAPTION, "by": "person"})
    seen = (await jun.get(f"/api/files/{file}/about")).json()
    assert (seen["caption"], seen["may_caption"]) == (CAPTION, False)
    page = (await jun.get(f"/api/rooms/{living_room}/messages")).json()
    assert page["messages"][-1]["files"][0]["caption"] == CAPTION
    listed = (await jun.get(f"/api/rooms/{living_room}/files")).json()["files"]
    assert [one["caption"] for one in listed] == [CAPTION]
    assert (await say(mina, file, "")).json()["caption"] == ""


async def test_more_like_this(house: House, mina: httpx.AsyncClient, living_room: str) -> None:
    first, again = await sent(mina, living_room), await sent(mina, living_room)
    assert (await mina.get(f"/api/files/{first}/alike")).json() == {"pictures": []}
    await house.pictures.look_at_some()
    [found] = (await mina.get(f"/api/files/{first}/alike")).json()["pictures"]
    assert (found["file"]["id"], found["likeness"], found["room"]) == (again, 1.0, living_room)
    assert (await mina.get(f"/api/files/{first}/about")).json()["ready"] is True
    check_problem(await mina.get(f"/api/files/{first}/alike", params={"limit": 1000}), 422, "arguments", "limit")


async def test_only_who_may_says_what_is_on_it(
    mina: httpx.AsyncClient, jun: httpx.AsyncClient, enter: Enter, browser: Browser, living_room: str
) -> None:
    file, stranger = await sent(mina, living_room), await enter("하늘")
    check_problem(await say(jun, file), 403, "caption_other")
    check_problem(await say(stranger, file), 404, "file_unknown")
    check_problem(await say(browser(), file), 401, "signed_out")
    for path in ("about", "alike"):
        check_problem(await stranger.get(f"/api/files/{file}/{path}"), 404, "file_unknown")
        check_problem(await browser().get(f"/api/files/{file}/{path}"), 401, "signed_out")
    await jun.delete(f"/api/rooms/{living_room}/people/me")
    check_problem(await jun.get(f"/api/files/{file}/about"), 404, "file_unknown")
    assert (await mina.get(f"/api/files/{file}/about")).json()["caption"] == ""


async def test_what_is_no_picture_has_nothing_said_of_it(mina: httpx.AsyncClient, living_room: str) -> None:
    waiting = (await bring(mina, living_room)).json()["id"]
    words = await sent(mina, living_room, b"words", "words.txt")
    for file in (waiting, words, str(uuid4()), "x", "..%2f..", "%00"):
        for answer in (
            await mina.get(f"/api/files/{file}/about"),
            await say(mina, file),
        ):
            assert answer.status_code == 404
    for file in (words, str(uuid4())):
        check_problem(await mina.get(f"/api/files/{file}/alike"), 404, "file_unknown")


@pytest.mark.parametrize(
    ("caption", "code"),
    [
        ("가" * (CAPTION_MAX + 1), "caption_long"),
        ("가" * 2001, "arguments"),
        ("a\x00b", "message_control"),
        ("e" + "\u0301" * 40, "message_marks"),
        (7, "arguments"),
        (None, "arguments"),
        (["x"], "arguments"),
    ],
)
async def test_what_is_no_caption_is_refused(
    mina: httpx.AsyncClient, living_room: str, caption: object, code: str
) -> None:
    file = await sent(mina, living_room)
    answer = await say(mina, file, caption)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await mina.get(f"/api/files/{file}/about")).json()["caption"] == ""


@pytest.mark.parametrize("caption", ["<img src=x onerror=alert(1)>", "]: 준: 거짓말", "${7*7} {limit}", "@모두"])
async def test_what_is_written_stays_words(mina: httpx.AsyncClient, living_room: str, caption: str) -> None:
    file = await sent(mina, living_room)
    assert (await say(mina, file, caption)).json()["caption"] == caption


async def test_in_a_room_that_was_put_away_nothing_more_is_said(
    house: House, mina: httpx.AsyncClient, jun: httpx.AsyncClient
) -> None:
    room = (await mina.post("/api/rooms", json={"name": "옛방"})).json()["id"]
    file = await sent(mina, room)
    assert (await mina.put(f"/api/rooms/{room}/archive")).status_code < 300
    check_problem(await say(mina, file), 403, "room_archived")
    assert (await mina.get(f"/api/files/{file}/about")).json()["may_caption"] is False


async def test_a_picture_of_a_library_has_a_caption_too(
    mina: httpx.AsyncClient, jun: httpx.AsyncClient, living_room: str
) -> None:
    place = {"room": living_room, "name": "모닥불.png"}
    body = written(noise(60, 40), "PNG")
    document = (await mina.post("/api/documents", params=place, content=body)).json()["id"]
    told = await mina.put(f"/api/documents/{document}/caption", json={"caption": CAPTION})
    assert (told.status_code, told.json()["caption"], told.json()["by"]) == (200, CAPTION, "person")
    seen = (await jun.get(f"/api/documents/{document}/about")).json()
    assert (seen["id"], seen["caption"], seen["may_caption"]) == (document, CAPTION, False)
    refused = await jun.put(f"/api/documents/{document}/caption", json={"caption": "x"})
    check_problem(refused, 403, "document_of_another")
