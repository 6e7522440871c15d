"""What holds for the whole API: no route without a session, no trace of the inside, the health of the house."""

from collections.abc import AsyncIterator
from typing import cast

import httpx
import pytest
from fastapi.responses import PlainTextResponse
from fastapi.routing import iter_route_contexts
from starlette.types import Receive, Scope, Send

from hearth_reflex.api.app import make_api
from hearth_reflex.api.guard import Guard, content_policy
from hearth_reflex.bootstrap import House
from hearth_reflex.db.database import Database
from hearth_reflex.domain.generation import EngineHealth
from hearth_reflex.services.access import Actor
from tests.api.checks import check_problem
from tests.api.conftest import BASE
from tests.engines import ScriptedEngine

# Each with its reason: these are the ways in and out, and what a load balancer asks.
PUBLIC = {
    ("POST", "/api/session/guest"),
    ("POST", "/api/session"),
    ("DELETE", "/api/session"),
    ("POST", "/api/accounts"),
    ("POST", "/api/setup"),
    ("GET", "/api/openapi.json"),
    ("GET", "/api/invites/{code}"),  # who invites into what, for those who have no session yet
    ("GET", "/healthz"),
    ("GET", "/readyz"),
}
CATCH_ALL = "/api/{rest:path}"


def doors() -> list[tuple[str, str]]:
    """(method, path) of every route of the app."""
    return [
        (method, context.path or "")
        for context in iter_route_contexts(make_api().routes)
        for method in sorted(context.methods or ["?"])
        if method != "HEAD" and context.path != CATCH_ALL
    ]


def test_the_walk_finds_the_routes() -> None:
    assert set(doors()) > PUBLIC
    assert ("POST", "/api/rooms/{room_id}/messages") in doors()
    assert len(doors()) > 20


@pytest.mark.parametrize(("method", "path"), [door for door in doors() if door not in PUBLIC])
async def test_no_door_opens_without_a_session(client: httpx.AsyncClient, method: str, path: str) -> None:
    for cookie in ({}, {"Cookie": "hearth_session=made-up"}):
        answer = await client.request(method, path.replace("{", "").replace("}", ""), json={}, headers=cookie)
        check_problem(answer, 401, "signed_out")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_what_is_no_route_is_not_found_in_words(client: httpx.AsyncClient, method: str) -> None:
    for path in ("/api/nothing", "/api/rooms/x/y/z", "/api/.env", "/api/%2e%2e/secret"):
        check_problem(await client.request(method, path), 404, "not_found")


async def test_a_wrong_method_is_refused_in_words(mina: httpx.AsyncClient) -> None:
    answer = await mina.put("/api/session", json={})
    check_problem(answer, 404, "not_found")
    check_problem(await mina.options("/api/session"), 405, "method")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
@pytest.mark.parametrize("path", ["/", "/room/x", "/healthz", "/_upload", "/apix"])
async def test_outside_the_api_there_is_only_reading(client: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await client.request(method, path, content=b"x" * 3_000_000)
    check_problem(answer, 405, "method")
    assert answer.headers["allow"] == "GET, HEAD"
    shown = await client.request(method, path, headers={"Accept": "text/html,*/*"})
    assert (shown.status_code, shown.text) == (405, "This address takes no such request.\n")
    assert shown.headers["content-type"].startswith("text/plain")


async def test_a_heap_is_refused_in_words(client: httpx.AsyncClient) -> None:
    heap = b'{"name": "' + b"x" * 1_500_000 + b'"}'
    json = {"Content-Type": "application/json"}
    check_problem(await client.post("/api/session/guest", content=heap, headers=json), 413, "body_long")

    async def by_and_by() -> AsyncIterator[bytes]:
        for at in range(0, len(heap), 100_000):
            yield heap[at : at + 100_000]

    answer = await client.post("/api/session/guest", content=by_and_by(), headers=json)
    check_problem(answer, 413, "body_long")
    assert answer.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:3000", "hearth.local.evil.example", "a.local,b.c"])
async def test_another_name_is_not_the_house(mina: httpx.AsyncClient, host: str) -> None:
    for method, path in [("GET", "/api/session"), ("POST", "/api/rooms"), ("GET", "/healthz"), ("GET", "/")]:
        answer = await mina.request(method, path, headers={"Host": host, "Origin": f"http://{host}"})
        check_problem(answer, 403, "host")
    shown = await mina.get("/", headers={"Host": host, "Accept": "text/html"})
    assert (shown.status_code, shown.headers["content-type"]) == (403, "text/plain; charset=utf-8")
    assert "HEARTH_PUBLIC_URL" in shown.text


@pytest.mark.parametrize("host", ["127.0.0.1:3000", "192.168.0.9:3000", "[::1]:3000", "localhost", "listed.test"])
async def test_phones_of_the_house_come_by_its_address(mina: httpx.AsyncClient, host: str) -> None:
    headers = {"Host": host, "Origin": f"http://{host}", "Cookie": f"hearth_session={mina.cookies['hearth_session']}"}
    answer = await mina.post("/api/rooms", json={"name": "부엌"}, headers=headers)
    assert answer.status_code == 201


async def test_what_browsers_may_keep(house: House) -> None:
    async def files(scope: Scope, receive: Receive, send: Send) -> None:
        status = 404 if "gone" in scope["path"] else 200
        await PlainTextResponse("", status)(scope, receive, send)

    guarded = Guard(files, policy="", origins=())
    kept = {
        "/": "no-cache",
        "/room/x": "no-cache",
        "/sw.js": "no-cache",
        "/assets/plain.js": "no-cache",
        "/assets/gone-AHOdqppe.js": "no-cache",
        "/assets/page-AHOdqppe.js": "public, max-age=31536000, immutable",
        "/api/session": "no-store",
    }
    async with httpx.AsyncClient(transport=httpx.ASGITransport(guarded), base_url=BASE) as client:
        assert {path: (await client.get(path)).headers["cache-control"] for path in kept} == kept


async def test_made_up_sessions_cost_no_look_at_the_database(
    client: httpx.AsyncClient, mina: httpx.AsyncClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, actor_for = list[str | None](), house.sessions.actor_for

    async def counted(token: str | None) -> Actor | None:
        looked.append(token)
        return await actor_for(token)

    assert (await mina.get("/api/session")).status_code == 200
    monkeypatch.setattr(house.sessions, "actor_for", counted)
    house.event_pace.burst = 20
    answers = [await client.get("/api/session", headers={"Cookie": f"hearth_session=made-up-{n}"}) for n in range(60)]
    assert {answer.status_code for answer in answers[-20:]} == {429}
    assert len(looked) <= 20
    assert (await client.delete("/api/session")).status_code == 429
    assert (await client.get("/readyz")).status_code == 429
    assert (await mina.get("/api/session")).status_code == 200, "a person is no address"


async def test_a_surprise_inside_is_no_trace_outside(mina: httpx.AsyncClient, house: House) -> None:
    class Surprise(ScriptedEngine):
        async def health(self) -> EngineHealth:
            raise RuntimeError("secret path /root/x")

    house.speakers.default = Surprise()
    answer = await mina.get("/api/health")
    check_problem(answer, 500, "unexpected")
    assert "secret" not in answer.text


async def test_the_house_says_how_it_is(client: httpx.AsyncClient, mina: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    assert (await client.get("/readyz")).json() == {"status": "ok", "database": "ok", "engine": "ready"}
    engine = (await mina.get("/api/health")).json()["engine"]
    assert (engine["provider"], engine["status"]) == ("scripted", "ready")


async def test_a_house_without_its_database_is_not_ready(client: httpx.AsyncClient, house: House) -> None:
    class Silent:
        async def ping(self) -> None:
            raise OSError("postgresql://user:secret@db is away")

    house.database = cast(Database, Silent())
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "unreachable"
    assert "secret" not in answer.text


async def test_every_answer_carries_the_safe_headers(client: httpx.AsyncClient) -> None:
    for path in ("/api/session", "/healthz", "/api/openapi.json"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert "content-security-policy" not in headers  # no policy was given here
    assert (await client.get("/api/session")).headers["cache-control"] == "no-store"


async def test_the_policy_of_the_built_page_is_sent(house: House) -> None:
    guarded = Guard(make_api(), policy=content_policy(["sha256-abc"]), origins=())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(guarded), base_url=BASE) as client:
        policy = (await client.get("/healthz")).headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["script-src"] == "'self' 'sha256-abc'"
    assert rules["default-src"] == "'self'"
    assert (rules["object-src"], rules["base-uri"], rules["frame-ancestors"]) == ("'none'", "'none'", "'none'")


async def test_the_schema_of_the_api_can_be_read(client: httpx.AsyncClient) -> None:
    schema = (await client.get("/api/openapi.json")).json()
    assert {path for path in schema["paths"] if not path.startswith("/api/")} == {"/healthz", "/readyz"}
    fields = schema["components"]["schemas"]["MessageOut"]["required"]
    assert {"message_id", "at", "username", "is_self", "is_ai"} <= set(fields)
    witnesses = schema["components"]["securitySchemes"]
    assert (witnesses["key"]["type"], witnesses["key"]["scheme"]) == ("http", "bearer")
    assert (witnesses["session"]["in"], witnesses["session"]["name"]) == ("cookie", "hearth_session")
    assert schema["paths"]["/api/rooms"]["get"]["security"] == [{"key": []}, {"session": []}]
    assert "security" not in schema["paths"]["/api/session/guest"]["post"]
