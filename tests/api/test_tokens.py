"""A program's key over REST: what it opens, what it never does, and that it ends at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, get_type_hints

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from hearth_reflex.api.app import make_api
from hearth_reflex.api.caller import InPerson
from hearth_reflex.bootstrap import House
from tests.api.checks import check_problem
from tests.api.conftest import Browser, Enter
from tests.clocks import HandClock

PASSWORD = "warm by the fire"
FIELDS = {"id", "name", "scopes", "hint", "created_at", "last_used_at", "expires_at", "expired"}
# What is a person's own, and what keeps the house: no key gets there, whatever its scopes.
IN_PERSON = {
    ("GET", "/api/tokens"),
    ("POST", "/api/tokens"),
    ("DELETE", "/api/tokens/{token_id}"),
    ("GET", "/api/me/devices"),
    ("DELETE", "/api/me/devices"),
    ("DELETE", "/api/me/devices/{device_id}"),
    ("PUT", "/api/me/password"),
    ("POST", "/api/me/account"),
    ("POST", "/api/me/leave"),
    ("PATCH", "/api/house"),
    ("GET", "/api/usage/house"),
    ("GET", "/api/usage/prices"),
    ("GET", "/api/usage/ratings"),
    ("PUT", "/api/usage/prices/{provider_id}"),
}


@pytest.fixture
async def owner(browser: Browser) -> httpx.AsyncClient:
    """A browser in which somebody with an account has signed in."""
    client = browser()
    form = {"login": "mina", "name": "미나", "password": PASSWORD}
    assert (await client.post("/api/accounts", json=form)).status_code == 201
    return client


async def make(owner: httpx.AsyncClient, *scopes: str, days: int = 30) -> dict[str, Any]:
    form = {"name": "봇", "scopes": list(scopes), "days": days}
    answer = await owner.post("/api/tokens", json=form)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def program(browser: Browser, owner: httpx.AsyncClient, *scopes: str) -> httpx.AsyncClient:
    """A program with a key and no cookie."""
    return browser(Authorization=f"Bearer {(await make(owner, *scopes))['token']}")


async def living_room_of(client: httpx.AsyncClient) -> str:
    room = (await client.get("/api/rooms")).json()[0]["id"]
    assert (await client.post(f"/api/rooms/{room}/members")).status_code == 204
    return room


async def test_it_is_made_listed_and_ended(owner: httpx.AsyncClient, browser: Browser) -> None:
    made = await make(owner, "read", "write")
    assert set(made) == FIELDS | {"token"}
    assert made["token"].startswith("hearth_")
    listed = (await owner.get("/api/tokens")).json()
    assert listed == [{key: value for key, value in made.items() if key != "token"}]
    assert made["token"] not in (await owner.get("/api/tokens")).text
    bot = browser(Authorization=f"Bearer {made['token']}")
    assert (await bot.get("/api/session")).json()["name"] == "미나"
    assert (await owner.get("/api/tokens")).json()[0]["last_used_at"]
    assert (await owner.delete(f"/api/tokens/{made['id']}")).status_code == 204
    check_problem(await bot.get("/api/session"), 401, "token_unknown")
    check_problem(await owner.delete(f"/api/tokens/{made['id']}"), 404, "token_missing")


async def test_a_program_talks_in_a_room(owner: httpx.AsyncClient, browser: Browser) -> None:
    room = await living_room_of(owner)
    bot = await program(browser, owner, "read", "write")
    sent = await bot.post(f"/api/rooms/{room}/messages", json={"text": "안녕"})
    assert (sent.status_code, sent.json()["username"], sent.json()["is_self"]) == (201, "미나", True)
    assert (await bot.get(f"/api/rooms/{room}/messages")).json()["messages"][-1]["text"] == "안녕"


async def test_a_scope_opens_what_it_says_and_nothing_else(owner: httpx.AsyncClient, browser: Browser) -> None:
    room = await living_room_of(owner)
    say = ("POST", f"/api/rooms/{room}/messages", {"text": "x"})
    look, models = ("GET", "/api/rooms", None), ("GET", "/api/llm/models", None)
    for scope, opens, shuts in (
        ("read", [look, models], [say]),
        ("write", [say], [look, models]),
        ("llm", [models], [look, say]),
    ):
        bot = await program(browser, owner, scope)
        for method, path, body in opens:
            assert (await bot.request(method, path, json=body)).is_success
        for method, path, body in shuts:
            check_problem(await bot.request(method, path, json=body), 403, "token_scope")
    assert (await owner.get(f"/api/rooms/{room}/messages")).json()["messages"][-1]["text"] == "x"


def test_these_are_all_that_ask_for_their_caller_in_person() -> None:
    doors = {
        (method, context.path or "")
        for context in iter_route_contexts(make_api().routes)
        for method in context.methods or ()
        if InPerson in get_type_hints(context.endpoint, include_extras=True).values()
    }
    assert doors == IN_PERSON


@pytest.mark.parametrize(("method", "path"), sorted(IN_PERSON))
async def test_no_key_touches_the_account(owner: httpx.AsyncClient, browser: Browser, method: str, path: str) -> None:
    bot = await program(browser, owner, "read", "write", "llm")
    bodies = {"old": PASSWORD, "new": "another long one", "login": "x", "password": PASSWORD, "name": "x"}
    made = {"scopes": ["read"], "days": 3, "prompt": 1, "output": 1}
    answer = await bot.request(method, path.replace("{", "").replace("}", ""), json=bodies | made)
    check_problem(answer, 403, "token_account")
    assert (await owner.get("/api/me")).json()["name"] == "미나"


async def test_a_key_of_who_keeps_the_house_does_not_keep_it(house: House, browser: Browser) -> None:
    keeper, link = browser(), await house.accounts.setup_token()
    form = {"token": link, "login": "keeper", "name": "집지기", "password": PASSWORD}
    assert (await keeper.post("/api/setup", json=form)).json()["is_admin"]
    bot = await program(browser, keeper, "read", "write", "llm")
    assert (await bot.get("/api/session")).json()["is_admin"] is False
    for method, path in (("GET", "/api/models"), ("DELETE", "/api/models/x"), ("GET", "/api/models/pulls")):
        assert (await keeper.request(method, path)).status_code != 403
        check_problem(await bot.request(method, path), 403, "admin_only")


@pytest.mark.parametrize(
    "shown", ["Bearer", "Bearer ", "Bearer x", "bearer hearth_x", "Bearer \tx", "BEARER " + "x" * 5000]
)
async def test_what_is_no_key_is_refused_whatever_cookie_comes_along(
    owner: httpx.AsyncClient, client: httpx.AsyncClient, shown: str
) -> None:
    for who in (owner, client):
        answer = await who.get("/api/session", headers={"Authorization": shown})
        check_problem(answer, 401, "token_unknown")


async def test_another_scheme_is_not_ours(owner: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
    basic = {"Authorization": "Basic aGVhcnRoOng="}
    assert (await owner.get("/api/session", headers=basic)).status_code == 200
    check_problem(await client.get("/api/session", headers=basic), 401, "signed_out")


async def test_a_key_is_nothing_but_in_its_header(owner: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
    key = (await make(owner, "read", "write"))["token"]
    for headers in ({"Cookie": f"hearth_session={key}"}, {"X-Api-Key": key}, {"Authorization": key}):
        check_problem(await client.get("/api/session", headers=headers), 401, "signed_out")
    for query in ("token", "access_token", "key", "authorization"):
        check_problem(await client.get("/api/session", params={query: key}), 401, "signed_out")
    form = await client.get("/api/session", headers={"Cookie": f"Authorization=Bearer {key}"})
    check_problem(form, 401, "signed_out")


async def test_the_cookie_of_another_changes_nothing(owner: httpx.AsyncClient, enter: Enter, browser: Browser) -> None:
    jun = await enter("준")
    key = (await make(owner, "read"))["token"]
    assert (await jun.get("/api/session", headers={"Authorization": f"Bearer {key}"})).json()["name"] == "미나"


async def test_it_ends_with_its_time(owner: httpx.AsyncClient, browser: Browser, clock: HandClock) -> None:
    bot = await program(browser, owner, "read")
    clock.forward(days=30)
    check_problem(await bot.get("/api/session"), 401, "token_unknown")


async def test_it_ends_with_the_password(owner: httpx.AsyncClient, browser: Browser) -> None:
    bot = await program(browser, owner, "read")
    form = {"old": PASSWORD, "new": "another long one"}
    assert (await owner.put("/api/me/password", json=form)).status_code == 204
    check_problem(await bot.get("/api/session"), 401, "token_unknown")
    assert (await owner.get("/api/tokens")).json() == []


async def test_anothers_key_is_unknown(owner: httpx.AsyncClient, enter: Enter, browser: Browser) -> None:
    made, jun = await make(owner, "read"), await enter("준")
    for wanted in (made["id"], "x", "%00", made["token"]):
        check_problem(await jun.delete(f"/api/tokens/{wanted}"), 404, "token_missing")
    assert (await jun.get("/api/tokens")).json() == []
    check_problem(await jun.post("/api/tokens", json={"name": "b", "scopes": ["read"]}), 403, "token_guest")
    bot = browser(Authorization=f"Bearer {made['token']}")
    assert (await bot.get("/api/session")).status_code == 200


@pytest.mark.parametrize(
    ("form", "code", "field"),
    [
        ({}, "arguments", "name"),
        ({"name": "b"}, "arguments", "scopes"),
        ({"name": "b", "scopes": []}, "token_scopes", "scopes"),
        ({"name": "b", "scopes": ["all"]}, "token_scopes", "scopes"),
        ({"name": "b", "scopes": "read"}, "arguments", "scopes"),
        ({"name": "b", "scopes": ["read"], "days": 0}, "token_days", "days"),
        ({"name": "b", "scopes": ["read"], "days": 1e99}, "arguments", "days"),
        ({"name": "", "scopes": ["read"]}, "name_empty", "name"),
    ],
)
async def test_bad_wishes_are_refused(owner: httpx.AsyncClient, form: dict[str, Any], code: str, field: str) -> None:
    check_problem(await owner.post("/api/tokens", json=form), 422, code, field)


async def test_a_program_needs_no_origin_and_a_browser_does(owner: httpx.AsyncClient, browser: Browser) -> None:
    room, evil = await living_room_of(owner), {"Origin": "https://evil.test"}
    bot = await program(browser, owner, "write")
    path, form = f"/api/rooms/{room}/messages", {"text": "hi"}
    assert (await bot.post(path, json=form)).status_code == 201
    assert (await bot.post(path, json=form, headers=evil)).status_code == 201  # whoever wrote the key there meant it
    check_problem(await owner.post(path, json=form, headers=evil), 403, "origin")
    with_both = evil | {"Authorization": bot.headers["authorization"]}
    check_problem(await owner.post(path, json=form, headers=with_both), 403, "origin")
    check_problem(await owner.post(path, json=form, headers=evil | {"Authorization": "Basic x"}), 403, "origin")


@asynccontextmanager
async def stream(address: str, key: str, room: str) -> AsyncIterator[AsyncIterator[str]]:
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx.AsyncClient(base_url=address, headers=headers, timeout=10) as client,
        client.stream("GET", f"/api/rooms/{room}/events") as answer,
    ):
        assert answer.status_code == 200
        lines = answer.aiter_lines()
        assert await anext(lines) == ": listening"
        yield lines


async def test_a_stream_ends_when_its_key_does(owner: httpx.AsyncClient, address: str) -> None:
    room, made = await living_room_of(owner), await make(owner, "read")
    async with stream(address, made["token"], room) as lines, asyncio.timeout(3):
        await owner.post(f"/api/rooms/{room}/messages", json={"text": "안녕"})
        while "안녕" not in await anext(lines):
            pass
        await owner.delete(f"/api/tokens/{made['id']}")
        began = asyncio.get_running_loop().time()
        async for _ in lines:
            pass
        assert asyncio.get_running_loop().time() - began < 2
