"""Finding over REST: its shape, whose it is, and that no field of it opens a door."""

import httpx
import pytest
from sqlmodel import select

from hearth_reflex.bootstrap import House
from hearth_reflex.db.document import Document
from tests.api.checks import check_problem
from tests.api.conftest import Enter
from tests.knowledge import brought_in, known_document

VALVE = "보일러 아래로 물이 새면 계량기 옆 파란 밸브를 잠근다."
ASKED = {"query": "물이 새면 무슨 밸브를 잠근다고?"}
HOSTILE = "O'Brien' OR 1=1"


async def test_passages_and_their_receipt(mina: httpx.AsyncClient, living_room: str, house: House) -> None:
    document = await known_document(house, [VALVE], room=living_room, name="집 안내.pdf")
    await brought_in(house)
    answer = await mina.post("/api/rag/search", json=ASKED)
    assert answer.status_code == 200
    found = answer.json()
    assert (found["is_nothing"], found["mode"], found["question"]) == (False, "hybrid", ASKED["query"])
    (row,) = found["passages"]
    assert (row["data_text"], row["image_urls"], row["document"]) == (VALVE, [], document)
    assert (row["name"], row["room"], row["page_from"], row["rank"]) == ("집 안내.pdf", living_room, 1, 1)
    receipt = (await mina.get(f"/api/search-logs/{found['log']}")).json()
    (note,) = receipt["found"]
    assert (note["key"], note["name"], note["used"]) == (f"chunk:{row['data_id']}", "집 안내.pdf", False)
    assert receipt["searching_time"] == pytest.approx(receipt["total_ms"] / 1000, abs=0.001)
    (listed,) = (await mina.get("/api/search-logs")).json()
    assert (listed["id"], listed["found"]) == (found["log"], [])
    assert (await mina.post("/api/rag/search/", json=ASKED)).status_code == 200


async def test_nothing_is_said_plainly(mina: httpx.AsyncClient, living_room: str, house: House) -> None:
    await known_document(house, [VALVE], room=living_room)
    await brought_in(house)
    for question in ("코끼리는 몇 살까지 살아?", "😀", HOSTILE):
        found = (await mina.post("/api/rag/search", json={"query": question})).json()
        assert (found["is_nothing"], found["passages"]) == (True, [])


async def test_it_is_for_who_is_signed_in(client: httpx.AsyncClient) -> None:
    check_problem(await client.post("/api/rag/search", json=ASKED), 401, "signed_out")
    check_problem(await client.get("/api/search-logs"), 401, "signed_out")
    check_problem(await client.get("/api/search-logs/x"), 401, "signed_out")


async def test_nobody_asks_in_anothers_name(mina: httpx.AsyncClient, enter: Enter) -> None:
    me = (await mina.get("/api/session")).json()["user_id"]
    other = (await (await enter("준")).get("/api/session")).json()["user_id"]
    assert (await mina.post("/api/rag/search", json=ASKED | {"user_id": me})).status_code == 200
    check_problem(await mina.post("/api/rag/search", json=ASKED | {"user_id": other}), 403, "user_other", "user_id")


async def test_a_stranger_reaches_nothing(
    mina: httpx.AsyncClient, living_room: str, house: House, enter: Enter
) -> None:
    document = await known_document(house, [VALVE], room=living_room)
    await brought_in(house)
    log = (await mina.post("/api/rag/search", json=ASKED | {"room": living_room})).json()["log"]
    stranger = await enter("준")
    assert (await stranger.post("/api/rag/search", json=ASKED)).json()["passages"] == []
    check_problem(await stranger.post("/api/rag/search", json=ASKED | {"room": living_room}), 403, "not_member")
    check_problem(
        await stranger.post("/api/rag/search", json=ASKED | {"document_id": document}), 404, "document_unknown"
    )
    check_problem(await stranger.get(f"/api/search-logs/{log}"), 404, "log_unknown")
    check_problem(await stranger.get("/api/search-logs", params={"room": living_room}), 403, "not_member")
    assert (await stranger.get("/api/search-logs")).json() != []  # one's own look, and no other
    await stranger.post(f"/api/rooms/{living_room}/members")
    assert (await stranger.get(f"/api/search-logs/{log}")).json()["mine"] is False


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"query": ""}, 422),
        ({"query": "x" * 20_001}, 422),
        ({"query": "x" * 20_000}, 200),
        ({"query": "밥"}, 200),
        (ASKED | {"kinds": [HOSTILE]}, 422),
        (ASKED | {"kinds": ["chunk", "message"]}, 200),
        (ASKED | {"room": HOSTILE}, 404),
        (ASKED | {"rooms": [HOSTILE]}, 404),
        (ASKED | {"rooms": ["x" * 41]}, 422),
        (ASKED | {"document_id": HOSTILE}, 404),
        (ASKED | {"documents": [HOSTILE]}, 404),
        (ASKED | {"user_id": HOSTILE}, 403),
        (ASKED | {"limit": HOSTILE}, 422),
        (ASKED | {"limit": 51}, 422),
        ({}, 422),
    ],
)
async def test_what_is_no_question_is_refused(mina: httpx.AsyncClient, form: dict[str, object], status: int) -> None:
    answer = await mina.post("/api/rag/search", json=form)
    assert answer.status_code == status, answer.text


async def test_the_shelf_is_its_owners(mina: httpx.AsyncClient, house: House, enter: Enter) -> None:
    actor = await house.sessions.actor_for(mina.cookies["hearth_session"])
    await known_document(house, [VALVE], owner=actor)
    await brought_in(house)
    assert len((await mina.post("/api/rag/search", json=ASKED)).json()["passages"]) == 1
    jun = await enter("준")
    assert (await jun.post("/api/rag/search", json=ASKED)).json()["passages"] == []
    async with house.database.read() as db:
        uuid = (await db.exec(select(Document.uuid))).one()
    check_problem(await jun.post("/api/rag/search", json=ASKED | {"document_id": uuid}), 404, "document_unknown")
