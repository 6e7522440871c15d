"""Documents over REST: bodies and forms, what a browser gets of them, who gets nothing, and progress as events."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from hearth_reflex.api.files import POLICY
from hearth_reflex.bootstrap import House
from hearth_reflex.errors import InputError
from tests.api.checks import check_problem
from tests.api.conftest import Browser, Enter
from tests.hostile_files import NAMES
from tests.library import WORDS, kept, reader_of


@pytest.fixture
async def jun(enter: Enter, living_room: str) -> httpx.AsyncClient:
    """Another who sits in the living room."""
    client = await enter("준")
    assert (await client.post(f"/api/rooms/{living_room}/members")).status_code == 204
    return client


async def put(client: httpx.AsyncClient, data: bytes = WORDS, name: str = "fire.txt", **where: str) -> httpx.Response:
    return await client.post("/api/documents", params={"name": name, **where}, content=data)


async def brought(client: httpx.AsyncClient, data: bytes = WORDS, name: str = "fire.txt", **where: str) -> str:
    answer = await put(client, data, name, **where)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def read(house: House) -> None:
    await house.document_work.ended()
    await house.indexing.catch_up()


async def test_a_document_from_its_upload_to_its_end(
    house: House, mina: httpx.AsyncClient, jun: httpx.AsyncClient, living_room: str
) -> None:
    uuid = await brought(mina, room=living_room)
    await read(house)
    seen = (await jun.get(f"/api/documents/{uuid}")).json()
    assert (seen["status"], seen["name"], seen["by"], seen["mine"]) == ("ready", "fire.txt", "미나", False)
    listed = (await jun.get("/api/documents", params={"room": living_room})).json()
    assert (listed["documents"], listed["used_bytes"], listed["limit_bytes"]) == ([seen], len(WORDS), 0)
    text = (await jun.get(f"/api/documents/{uuid}/text", params={"limit": 1})).json()
    assert (text["chunks"][0]["heading"], text["next"]) == ("모닥불", 1)
    rest = (await jun.get(f"/api/documents/{uuid}/text", params={"from": 1})).json()
    assert (rest["chunks"][0]["position"], rest["next"]) == (1, None)
    assert (await mina.patch(f"/api/documents/{uuid}", json={"name": "불"})).json()["name"] == "불.txt"
    assert (await mina.post(f"/api/documents/{uuid}/reindex")).json()["status"] == "waiting"
    await read(house)
    assert (await mina.delete(f"/api/documents/{uuid}")).status_code == 204
    check_problem(await jun.get(f"/api/documents/{uuid}"), 404, "document_unknown")
    assert kept(house) == []


@pytest.mark.parametrize("name", ["page.html", "a.svg", "a.pdf", "a.js", "words"])
async def test_a_document_is_a_download_without_a_kind(mina: httpx.AsyncClient, name: str) -> None:
    answer = await mina.get(f"/api/documents/{await brought(mina, b'<script>alert(1)</script>', name)}/file")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "private, no-cache"


async def test_a_name_breaks_no_header(mina: httpx.AsyncClient) -> None:
    for number, (raw, shown) in enumerate(NAMES.items()):
        view = (await put(mina, f"words {number}".encode(), raw)).json()
        assert view["name"] == shown
        answer = await mina.get(f"/api/documents/{view['id']}/file")
        assert "set-cookie" not in answer.headers
        assert answer.headers["content-disposition"].startswith("attachment; filename")


async def test_pages_are_pictures_that_are_asked_after_each_time(
    house: House, mina: httpx.AsyncClient, jun: httpx.AsyncClient, living_room: str
) -> None:
    uuid = await brought(mina, b"one\ftwo", "a.pdf", room=living_room)
    await read(house)
    path = f"/api/documents/{uuid}/pages/2"
    page = await jun.get(path, params={"width": 600})
    assert (page.status_code, page.headers["content-type"]) == (200, "image/png")
    assert page.headers["content-security-policy"] == POLICY
    assert page.headers["content-disposition"].startswith("inline")
    again = await jun.get(path, params={"width": 600}, headers={"If-None-Match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    for wrong in ("0", "3", "-1"):
        check_problem(await jun.get(f"/api/documents/{uuid}/pages/{wrong}"), 404, "page_unknown")
    assert (await jun.get(f"/api/documents/{uuid}/pages/x")).status_code == 404
    check_problem(await jun.get(path, params={"width": 0}), 422, "arguments", "width")
    await jun.delete(f"/api/rooms/{living_room}/people/me")
    left = await jun.get(path, params={"width": 600}, headers={"If-None-Match": page.headers["etag"]})
    check_problem(left, 404, "document_unknown")


# --- attacks


WAYS: list[tuple[str, str, Any]] = [
    ("GET", "", None),
    ("PATCH", "", {"name": "mine"}),
    ("PATCH", "", {"collection": ""}),
    ("PATCH", "", {"room": ""}),
    ("POST", "/cancel", None),
    ("POST", "/retry", None),
    ("POST", "/reindex", None),
    ("GET", "/text", None),
    ("GET", "/file", None),
    ("GET", "/pages/1", None),
    ("GET", "/events", None),
    ("DELETE", "", None),
]


async def tried(client: httpx.AsyncClient, uuid: str) -> set[tuple[int, str]]:
    """(status, code) of all that can be asked of a document."""
    answers = [await client.request(how, f"/api/documents/{uuid}{path}", json=body) for how, path, body in WAYS]
    return {(answer.status_code, answer.json().get("code", "") if answer.is_error else "") for answer in answers}


async def test_a_stranger_finds_nothing_by_any_way(mina: httpx.AsyncClient, enter: Enter, living_room: str) -> None:
    stranger = await enter("하늘")
    for uuid in (await brought(mina, room=living_room), await brought(mina)):
        assert await tried(stranger, uuid) == {(404, "document_unknown")}
        assert (await mina.get(f"/api/documents/{uuid}")).status_code == 200
    check_problem(await stranger.get("/api/documents", params={"room": living_room}), 403, "not_member")
    check_problem(await put(stranger, room=living_room), 403, "not_member")
    check_problem(await put(stranger, room=str(uuid4())), 404, "room_unknown")
    assert (await stranger.get("/api/documents")).json()["documents"] == []


@pytest.mark.parametrize("wrong", ["00000000-0000-7000-8000-000000000000", "x", "%00", "..%2f..%2fsecret_key"])
async def test_what_is_no_document_is_not_found(mina: httpx.AsyncClient, wrong: str) -> None:
    assert {status for status, _ in await tried(mina, wrong)} <= {404}


async def test_another_who_sits_there_looks_and_changes_nothing(
    mina: httpx.AsyncClient, jun: httpx.AsyncClient, living_room: str
) -> None:
    uuid = await brought(mina, room=living_room)
    for how, path, body in WAYS:
        if how == "GET":
            continue
        answer = await jun.request(how, f"/api/documents/{uuid}{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "document_of_another")
    assert (await jun.get(f"/api/documents/{uuid}/file")).content == WORDS


async def test_nobody_without_a_session_brings_anything(house: House, browser: Browser, living_room: str) -> None:
    stranger = browser()
    for answer in (
        await put(stranger, room=living_room),
        await stranger.post("/api/documents", files={"file": ("a.txt", WORDS)}),
        await stranger.post("/api/document/upload", files={"file": ("a.txt", WORDS)}),
    ):
        check_problem(answer, 401, "signed_out")
    assert kept(house) == []


async def test_a_post_from_elsewhere_brings_nothing(house: House, mina: httpx.AsyncClient) -> None:
    elsewhere = {"Origin": "https://elsewhere.test"}
    for answer in (
        await mina.post("/api/documents", content=WORDS, headers=elsewhere),
        await mina.post("/api/document/upload", files={"file": ("a.txt", WORDS)}, headers=elsewhere),
    ):
        check_problem(answer, 403, "origin")
    assert kept(house) == []


async def test_a_length_that_is_no_number(mina: httpx.AsyncClient) -> None:
    check_problem(await mina.post("/api/documents", content=b"x", headers={"Content-Length": "-1"}), 422, "arguments")


async def test_the_same_one_twice_says_where_the_first_is(mina: httpx.AsyncClient, living_room: str) -> None:
    first = await brought(mina, room=living_room)
    answer = await put(mina, name="other.txt", room=living_room)
    told = check_problem(answer, 409, "document_twice")
    assert "fire.txt" in told["detail"]
    assert answer.headers["location"] == f"/api/documents/{first}"
    assert await brought(mina, room=living_room, again="true") != first


# --- collections, and files that were sent


async def test_collections(mina: httpx.AsyncClient, jun: httpx.AsyncClient, living_room: str) -> None:
    made = await mina.post("/api/collections", params={"room": living_room}, json={"name": "레시피"})
    assert made.status_code == 201
    uuid = made.json()["id"]
    document = await brought(mina, room=living_room, collection=uuid)
    (one,) = (await jun.get("/api/collections", params={"room": living_room})).json()["collections"]
    assert (one["name"], one["documents"]) == ("레시피", 1)
    check_problem(await jun.patch(f"/api/collections/{uuid}", json={"name": "내 것"}), 403, "role")
    check_problem(await jun.delete(f"/api/collections/{uuid}"), 403, "role")
    own = (await mina.post("/api/collections", json={"name": "책장"})).json()["id"]
    for how in ("PATCH", "DELETE"):
        answer = await jun.request(how, f"/api/collections/{own}", json={"name": "내 것"})
        check_problem(answer, 404, "collection_unknown")
    moved = await mina.patch(f"/api/documents/{document}", json={"collection": own})
    check_problem(moved, 404, "collection_unknown", "collection")
    check_problem(await mina.post("/api/collections", json={"name": " "}), 422, "name_empty", "name")
    assert (await mina.patch(f"/api/collections/{own}", json={"name": "서가"})).json()["name"] == "서가"
    assert (await mina.delete(f"/api/collections/{own}")).status_code == 204


async def test_a_file_of_a_message_goes_into_the_library_by_one_call(
    house: House, mina: httpx.AsyncClient, jun: httpx.AsyncClient, enter: Enter, living_room: str
) -> None:
    sent = await mina.post(f"/api/rooms/{living_room}/files", params={"name": "fire.txt"}, content=WORDS)
    file = sent.json()["id"]
    check_problem(await mina.post("/api/documents", params={"file": file}), 404, "file_unknown")
    await mina.post(f"/api/rooms/{living_room}/messages", json={"text": "", "files": [file]})
    answer = await jun.post("/api/documents", params={"file": file})
    assert (answer.status_code, answer.json()["room"]) == (201, living_room)
    stranger = await enter("하늘")
    check_problem(await stranger.post("/api/documents", params={"file": file}), 404, "file_unknown")
    await read(house)


# --- forms


async def test_a_form_brings_one_as_well(house: House, mina: httpx.AsyncClient) -> None:
    answer = await mina.post("/api/documents", files={"file": ("불.txt", WORDS, "text/html")})
    assert (answer.status_code, answer.json()["name"]) == (201, "불.txt")
    assert (await mina.get(f"/api/documents/{answer.json()['id']}/file")).content == WORDS
    await read(house)


@pytest.mark.parametrize("slash", ["", "/"])
async def test_the_earlier_projects_upload(house: House, mina: httpx.AsyncClient, slash: str) -> None:
    me = (await mina.get("/api/session")).json()["user_id"]
    answer = await mina.post(
        f"/api/document/upload{slash}",
        data={"user_id": me, "document_id": "recipe-7"},
        files={"file": ("fire.txt", WORDS)},
    )
    told = answer.json()
    assert (answer.status_code, told["document_id"], told["filename"]) == (201, "recipe-7", "fire.txt")
    chunks = (await mina.get(f"/api/documents/{told['id']}/text", params={"limit": 200})).json()["chunks"]
    assert told["chunks"] == len(chunks) > 1
    assert (await mina.get(f"/api/documents/{told['id']}")).json()["outside_id"] == "recipe-7"
    again = await mina.post("/api/document/upload", files={"file": ("fire.txt", WORDS)})
    assert again.json()["document_id"] == again.json()["id"] != told["id"]


async def test_one_that_cannot_be_read_says_so_there(house: House, mina: httpx.AsyncClient) -> None:
    reader_of(house).says["bad.pdf"] = InputError("document_locked")
    told = (await mina.post("/api/document/upload", files={"file": ("bad.pdf", b"bad")})).json()
    assert (told["chunks"], told["status"], told["error"]) == (0, "failed", "document_locked")


def part(name: str, value: bytes, *, file: str = "") -> bytes:
    named = f'; filename="{file}"' if file else ""
    return f'--edge\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + value + b"\r\n"


FORM = {"Content-Type": "multipart/form-data; boundary=edge"}


async def form(client: httpx.AsyncClient, *parts: bytes, end: bytes = b"--edge--\r\n") -> httpx.Response:
    return await client.post("/api/document/upload", content=b"".join(parts) + end, headers=FORM)


@pytest.mark.parametrize("after", [False, True])
async def test_in_somebody_elses_name_nothing_is_brought(
    house: House, mina: httpx.AsyncClient, jun: httpx.AsyncClient, *, after: bool
) -> None:
    other = (await jun.get("/api/session")).json()["user_id"]
    for user in (other, "1", "x" * 100):
        parts = [part("user_id", user.encode()), part("file", WORDS, file="a.txt")]
        check_problem(await form(mina, *(parts[::-1] if after else parts)), 403, "user_other", "user_id")
    assert kept(house) == []


async def test_fields_after_the_file_count_too(mina: httpx.AsyncClient) -> None:
    answer = await form(mina, part("file", WORDS, file="a.txt"), part("document_id", b"later"))
    assert answer.json()["document_id"] == "later"


BROKEN: dict[str, tuple[list[bytes], bytes]] = {
    "nothing": ([], b""),
    "no file": ([part("document_id", b"a")], b"--edge--\r\n"),
    "another field": ([part("upload", WORDS, file="a.txt")], b"--edge--\r\n"),
    "two files": ([part("file", b"a", file="a.txt"), part("file", b"b", file="b.txt")], b"--edge--\r\n"),
    "cut off": ([part("file", WORDS, file="a.txt")], b""),
    "a long field": ([part("note", b"x" * 20_000), part("file", b"a", file="a.txt")], b"--edge--\r\n"),
    "many fields": ([*(part(f"n{n}", b"1") for n in range(30)), part("file", b"a", file="a.txt")], b"--edge--\r\n"),
    "one field for ever": ([*[part("n", b"1")] * 30, part("file", b"a", file="a.txt")], b"--edge--\r\n"),
    "much before the file": ([part("n", b"1") + b"--edge\r\n" + b"X: 1\r\n" * 60_000], b"--edge--\r\n"),
    "a long head": ([b"--edge\r\nX-Long: " + b"x" * 100_000 + b"\r\n\r\n"], b"--edge--\r\n"),
    "no form at all": ([b"just words, no form"], b""),
    "a long name for itself": ([part("file", b"a", file="a.txt"), part("document_id", b"x" * 81)], b"--edge--\r\n"),
}


@pytest.mark.parametrize("broken", BROKEN)
async def test_a_broken_form_is_refused_and_leaves_nothing(house: House, mina: httpx.AsyncClient, broken: str) -> None:
    parts, end = BROKEN[broken]
    answer = await form(mina, *parts, end=end)
    assert (answer.status_code, answer.json()["code"]) == (422, "arguments")
    assert kept(house) == []
    assert (await mina.get("/api/documents")).json()["documents"] == []


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data", f"multipart/form-data; boundary={'x' * 300}"])
async def test_what_says_that_it_is_no_form_is_refused(mina: httpx.AsyncClient, kind: str) -> None:
    answer = await mina.post("/api/document/upload", content=b"words", headers={"Content-Type": kind})
    check_problem(answer, 422, "arguments", "file")


@pytest.mark.parametrize("way", ["/api/documents", "/api/document/upload"])
async def test_a_form_that_never_comes_to_its_file(
    mina: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr("hearth_reflex.api.forms.PATIENCE_SECONDS", 0.05)

    async def slowly() -> AsyncIterator[bytes]:
        yield part("user_id", b"")
        await asyncio.sleep(30)

    check_problem(await mina.post(way, content=slowly(), headers=FORM), 422, "file_stalled", "file")


async def test_a_form_in_the_smallest_pieces(mina: httpx.AsyncClient) -> None:
    whole = part("document_id", b"tiny") + part("file", b"a word\r\n--edg and more", file="a.txt") + b"--edge--\r\n"

    async def bytewise() -> AsyncIterator[bytes]:
        for at in range(len(whole)):
            yield whole[at : at + 1]

    told = (await mina.post("/api/document/upload", content=bytewise(), headers=FORM)).json()
    assert told["document_id"] == "tiny"
    assert (await mina.get(f"/api/documents/{told['id']}/file")).content == b"a word\r\n--edg and more"


# --- progress


async def events(client: httpx.AsyncClient, address: str, uuid: str) -> list[tuple[str, dict[str, Any]]]:
    """All that a stream tells until it ends by itself."""
    told: list[tuple[str, dict[str, Any]]] = []
    async with client.stream("GET", f"{address}/api/documents/{uuid}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        name = ""
        async for line in stream.aiter_lines():
            name = line.removeprefix("event: ") if line.startswith("event: ") else name
            if line.startswith("data: "):
                told.append((name, json.loads(line.removeprefix("data: "))))
    return told


async def stream_is_open(house: House) -> None:
    async with asyncio.timeout(20):
        while not house.open_streams:  # noqa: ASYNC110 - nobody is told of it
            await asyncio.sleep(0.01)


@pytest.fixture
async def wired(address: str, mina: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """미나 over a real connection."""
    async with httpx.AsyncClient(cookies=dict(mina.cookies), timeout=20) as client:
        yield client


async def test_progress_is_told_until_it_is_ready(
    house: House, mina: httpx.AsyncClient, wired: httpx.AsyncClient, address: str
) -> None:
    reader = reader_of(house)
    reader.held = asyncio.Event()
    uuid = await brought(mina)
    listening = asyncio.create_task(events(wired, address, uuid))
    await reader.waiting.wait()
    await stream_is_open(house)
    reader.held.set()
    await house.document_work.ended()
    await house.indexing.catch_up()
    async with asyncio.timeout(20):
        told = await listening
    assert {name for name, _ in told} == {"progress"}
    assert (told[0][1]["status"] in ("waiting", "reading", "embedding"), told[-1][1]["status"]) == (True, "ready")
    assert told[-1][1]["done"] == told[-1][1]["total"] > 0
    assert not house.open_streams


async def test_a_stream_of_a_removed_document_ends(
    house: House, mina: httpx.AsyncClient, wired: httpx.AsyncClient, address: str
) -> None:
    reader = reader_of(house)
    reader.held = asyncio.Event()
    uuid = await brought(mina)
    listening = asyncio.create_task(events(wired, address, uuid))
    await reader.waiting.wait()
    await stream_is_open(house)
    assert (await mina.delete(f"/api/documents/{uuid}")).status_code == 204
    async with asyncio.timeout(20):
        told = await listening
    assert told[-1] == ("removed", {"id": uuid})
