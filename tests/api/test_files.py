"""Files over REST: what a browser gets of them, who gets none, and what the headers say."""

from uuid import uuid4

import httpx
import pytest

from hearth_reflex.api.app import make_api
from hearth_reflex.api.files import POLICY
from hearth_reflex.api.guard import Guard
from hearth_reflex.bootstrap import House, use_house
from tests.api.checks import check_problem
from tests.api.conftest import BASE, Browser, Enter
from tests.hostile_files import NAMES, SCRIPT, moving, noise, written

PNG = written(noise(900, 300), "PNG")


async def bring(client: httpx.AsyncClient, room: str, data: bytes = PNG, name: str = "cat.png") -> httpx.Response:
    return await client.post(f"/api/rooms/{room}/files", params={"name": name}, content=data)


async def sent(client: httpx.AsyncClient, room: str, data: bytes = PNG, name: str = "cat.png") -> str:
    """The id of a file that stands in the room."""
    file = (await bring(client, room, data, name)).json()["id"]
    await send(client, room, file)
    return file


async def send(client: httpx.AsyncClient, room: str, *files: str) -> str:
    answer = await client.post(f"/api/rooms/{room}/messages", json={"text": "", "files": files})
    assert answer.status_code == 201, answer.text
    assert [file["id"] for file in answer.json()["files"]] == list(files)
    return answer.json()["message_id"]


@pytest.fixture
async def jun(enter: Enter, living_room: str) -> httpx.AsyncClient:
    """Another who sits in the living room."""
    client = await enter("준")
    assert (await client.post(f"/api/rooms/{living_room}/members")).status_code == 204
    return client


async def test_a_picture_is_shown_and_nothing_in_it_can_act(mina: httpx.AsyncClient, living_room: str) -> None:
    file = await sent(mina, living_room, name="가족 사진.png")
    whole, small = await mina.get(f"/api/files/{file}"), await mina.get(f"/api/files/{file}/thumb")
    assert (whole.status_code, whole.headers["content-type"]) == (200, "image/png")
    assert (small.status_code, small.headers["content-type"]) == (200, "image/webp")
    assert len(small.content) < len(whole.content)
    for answer in (whole, small):
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "private, no-cache"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        said = answer.headers["content-disposition"]
        assert said == "inline; filename*=utf-8''%EA%B0%80%EC%A1%B1%20%EC%82%AC%EC%A7%84.png"


@pytest.mark.parametrize("name", ["page.html", "a.svg", "a.pdf", "a.js", "a.xhtml", "a.swf", "words"])
async def test_a_file_is_a_download_without_a_kind(mina: httpx.AsyncClient, living_room: str, name: str) -> None:
    answer = await mina.get(f"/api/files/{await sent(mina, living_room, SCRIPT, name)}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.content == SCRIPT


async def test_the_policy_of_the_page_does_not_take_its_place(
    house: House, mina: httpx.AsyncClient, living_room: str
) -> None:
    file = await sent(mina, living_room)
    use_house(house)
    guarded = httpx.ASGITransport(Guard(make_api(), policy="default-src 'self'", origins=()))
    async with httpx.AsyncClient(transport=guarded, base_url=BASE, cookies=mina.cookies) as client:
        assert (await client.get(f"/api/files/{file}")).headers["content-security-policy"] == POLICY
        assert (await client.get("/api/rooms")).headers["content-security-policy"] == "default-src 'self'"


async def test_a_name_breaks_no_header(mina: httpx.AsyncClient, living_room: str) -> None:
    for raw, shown in NAMES.items():
        view = (await bring(mina, living_room, b"words", raw)).json()
        assert view["name"] == shown
        answer = await mina.get(f"/api/files/{view['id']}")
        assert "set-cookie" not in answer.headers
        assert answer.headers["content-disposition"].startswith("attachment; filename")


async def test_a_part_of_a_file(mina: httpx.AsyncClient, living_room: str) -> None:
    file = await sent(mina, living_room, bytes(range(100)), "a.bin")
    part = await mina.get(f"/api/files/{file}", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.headers["content-range"]) == (206, "bytes 10-19/100")
    assert part.content == bytes(range(10, 20))
    beyond = await mina.get(f"/api/files/{file}", headers={"Range": "bytes=200-"})
    assert beyond.status_code == 416


async def test_a_browser_asks_each_time_and_is_told_that_nothing_changed(
    mina: httpx.AsyncClient, jun: httpx.AsyncClient, living_room: str
) -> None:
    file = await sent(mina, living_room)
    for path in (f"/api/files/{file}", f"/api/files/{file}/thumb"):
        tag = (await jun.get(path)).headers["etag"]
        again = await jun.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    await jun.delete(f"/api/rooms/{living_room}/people/me")
    for path in (f"/api/files/{file}", f"/api/files/{file}/thumb"):
        check_problem(await jun.get(path, headers={"If-None-Match": tag}), 404, "file_unknown")


async def test_a_file_that_waits_is_its_senders_alone(
    mina: httpx.AsyncClient, jun: httpx.AsyncClient, browser: Browser, living_room: str
) -> None:
    file = (await bring(mina, living_room)).json()["id"]
    for path in (f"/api/files/{file}", f"/api/files/{file}/thumb"):
        assert (await mina.get(path)).status_code == 200
        check_problem(await jun.get(path), 404, "file_unknown")
        check_problem(await browser().get(path), 401, "signed_out")
    check_problem(await jun.delete(f"/api/files/{file}"), 404, "file_unknown")
    used = await jun.post(f"/api/rooms/{living_room}/messages", json={"text": "내 것", "files": [file]})
    check_problem(used, 404, "file_unknown", "files")
    assert (await mina.delete(f"/api/files/{file}")).status_code == 204
    check_problem(await mina.get(f"/api/files/{file}"), 404, "file_unknown")


async def test_who_does_not_sit_there_gets_nothing(mina: httpx.AsyncClient, enter: Enter, living_room: str) -> None:
    file, stranger = await sent(mina, living_room), await enter("하늘")
    for path in (f"/api/files/{file}", f"/api/files/{file}/thumb"):
        check_problem(await stranger.get(path), 404, "file_unknown")
        check_problem(await stranger.get(path, headers={"Range": "bytes=0-3"}), 404, "file_unknown")
    check_problem(await stranger.get(f"/api/rooms/{living_room}/files"), 403, "not_member")
    check_problem(await bring(stranger, living_room), 403, "not_member")
    check_problem(await bring(stranger, str(uuid4())), 404, "room_unknown")


async def test_a_file_of_a_message_that_was_taken_back_is_gone(mina: httpx.AsyncClient, living_room: str) -> None:
    file = (await bring(mina, living_room)).json()["id"]
    message = await send(mina, living_room, file)
    assert (await mina.delete(f"/api/rooms/{living_room}/messages/{message}")).status_code == 204
    check_problem(await mina.get(f"/api/files/{file}"), 404, "file_unknown")
    assert (await mina.get(f"/api/rooms/{living_room}/files")).json() == {"files": [], "has_older": False}


@pytest.mark.parametrize("wrong", ["00000000-0000-7000-8000-000000000000", "..%2f..%2fsecret_key", "x", "%00"])
async def test_what_is_no_file_is_not_found(mina: httpx.AsyncClient, living_room: str, wrong: str) -> None:
    for path in (f"/api/files/{wrong}", f"/api/files/{wrong}/thumb"):
        assert (await mina.get(path)).status_code == 404
    assert (await mina.delete(f"/api/files/{wrong}")).status_code == 404


async def test_a_page_before_what_is_no_id(mina: httpx.AsyncClient, living_room: str) -> None:
    check_problem(await mina.get(f"/api/rooms/{living_room}/files?before=x"), 404, "file_unknown", "files")


async def test_a_plain_file_has_no_small_one(mina: httpx.AsyncClient, living_room: str) -> None:
    file = await sent(mina, living_room, b"words", "a.txt")
    check_problem(await mina.get(f"/api/files/{file}/thumb"), 404, "file_unknown")


async def test_what_was_sent_in_a_room(mina: httpx.AsyncClient, jun: httpx.AsyncClient, living_room: str) -> None:
    pictures = [await sent(mina, living_room, moving("GIF"), "a.gif") for _ in range(3)]
    words = await sent(mina, living_room, b"words", "a.txt")
    first = (await jun.get(f"/api/rooms/{living_room}/files?kind=image&limit=2")).json()
    assert ([file["id"] for file in first["files"]], first["has_older"]) == (pictures[:0:-1], True)
    rest = (await jun.get(f"/api/rooms/{living_room}/files?before={pictures[1]}")).json()
    assert ([file["id"] for file in rest["files"]], rest["has_older"]) == (pictures[:1], False)
    (listed,) = (await jun.get(f"/api/rooms/{living_room}/files?kind=file")).json()["files"]
    assert (listed["id"], listed["name"], listed["by"], listed["size"]) == (words, "a.txt", "미나", 5)


async def test_a_length_that_is_no_number(mina: httpx.AsyncClient, living_room: str) -> None:
    answer = await mina.post(f"/api/rooms/{living_room}/files", content=b"x", headers={"Content-Length": "-1"})
    check_problem(answer, 422, "arguments")


async def test_a_file_may_be_larger_than_a_form_and_a_form_may_not(mina: httpx.AsyncClient, living_room: str) -> None:
    large = bytes(3_000_000)
    assert (await bring(mina, living_room, large, "a.bin")).json()["size"] == len(large)
    check_problem(await mina.post("/api/rooms", content=large), 413, "body_long")


async def test_a_post_from_elsewhere_brings_nothing(mina: httpx.AsyncClient, living_room: str) -> None:
    answer = await mina.post(
        f"/api/rooms/{living_room}/files", content=PNG, headers={"Origin": "https://elsewhere.test"}
    )
    check_problem(answer, 403, "origin")
