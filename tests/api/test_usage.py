"""What was used, over REST; my rooms with what is unread; and how fast one may speak at the settings of a new house."""

import asyncio
from uuid import uuid4

import httpx
import pytest

from hearth_reflex.bootstrap import House
from hearth_reflex.domain.window import Windows
from hearth_reflex.settings import Settings
from tests.api.checks import check_problem
from tests.api.conftest import Browser, Enter
from tests.clocks import HandClock

TOTAL = {"answers", "prompt_tokens", "output_tokens", "cpu_ms", "price_micro"}
REPORT = {"since", "until", "total", "days", "models", "rooms", "people"}


async def asked(who: httpx.AsyncClient, room: str) -> None:
    """An answer was asked for, and has ended."""
    sent = await who.post(f"/api/rooms/{room}/messages", json={"text": "@ember go"})
    async with asyncio.timeout(10):
        while True:
            last = (await who.get(f"/api/rooms/{room}/messages")).json()["messages"][-1]
            if last["seq"] > sent.json()["seq"] and last["is_ai"] and last["status"] not in ("sending", "streaming"):
                return
            await asyncio.sleep(0)


async def test_mine_by_day_model_and_room(mina: httpx.AsyncClient, living_room: str, enter: Enter) -> None:
    await asked(mina, living_room)
    report = (await mina.get("/api/usage")).json()
    assert set(report) == REPORT
    assert set(report["total"]) == TOTAL
    assert report["total"] == {"answers": 1, "prompt_tokens": 7, "output_tokens": 4, "cpu_ms": 3, "price_micro": 0}
    assert [line["id"] for line in report["days"]] == ["2026-11-21"]
    assert [line["id"] for line in report["models"]] == ["script"]
    assert [line["id"] for line in report["rooms"]] == [living_room]
    assert (await mina.get("/api/usage?from=&to=")).json() == report
    assert (await mina.get("/api/usage?from=2026-11-01&to=2026-11-20")).json()["total"]["answers"] == 0
    assert (await (await enter("준")).get("/api/usage")).json()["total"]["answers"] == 0


async def test_a_rooms_and_the_houses(
    mina: httpx.AsyncClient, living_room: str, browser: Browser, house: House
) -> None:
    await asked(mina, living_room)
    shown = (await mina.get(f"/api/rooms/{living_room}/usage")).json()
    assert (shown["total"]["answers"], shown["people"], shown["rooms"]) == (1, [], [])
    check_problem(await mina.get("/api/usage/house"), 403, "admin_only")
    keeper, link = browser(), await house.accounts.setup_token()
    form = {"token": link, "login": "keeper", "name": "집지기", "password": "warm by the fire"}
    assert (await keeper.post("/api/setup", json=form)).status_code == 201
    whole = (await keeper.get("/api/usage/house")).json()
    assert [line["name_ko"] for line in whole["people"]] == ["미나"]
    person = whole["people"][0]["id"]
    one = (await keeper.get("/api/usage/house", params={"person": person})).json()
    assert one == whole
    himself = (await keeper.get("/api/session")).json()["user_id"]
    none = (await keeper.get("/api/usage/house", params={"person": himself})).json()
    assert (none["total"]["answers"], none["days"], none["people"]) == (0, [], whole["people"])
    unknown = await keeper.get("/api/usage/house", params={"person": str(uuid4())})
    check_problem(unknown, 404, "person_unknown", "person")
    check_problem(await mina.get("/api/usage/ratings"), 403, "admin_only")
    assert (await keeper.get("/api/usage/ratings")).json() == (await keeper.get("/api/personas/ratings")).json() == []
    secret = (await keeper.post("/api/rooms", json={"name": "비밀", "private": True})).json()["id"]
    check_problem(await mina.get(f"/api/rooms/{secret}/usage"), 404, "room_unknown")
    check_problem(await mina.put("/api/usage/prices/x", json={"prompt": 1, "output": 1}), 403, "admin_only")
    check_problem(await keeper.put("/api/usage/prices/x", json={"prompt": 1, "output": 1}), 404, "provider_unknown")
    assert (await keeper.get("/api/usage/prices")).json() == []


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("from=tomorrow", "arguments", "from"),
        ("to=2026-13-01", "arguments", "to"),
        ("from=0001-01-01", "usage_days", "from"),
        ("to=0001-01-01", "usage_days", "from"),
        ("from=2026-11-21&to=2026-11-20", "usage_days", "from"),
    ],
)
async def test_days_that_are_none(mina: httpx.AsyncClient, query: str, code: str, field: str) -> None:
    check_problem(await mina.get(f"/api/usage?{query}"), 422, code, field)


async def test_what_a_day_holds_is_told_in_the_room_and_to_who_goes_on(
    mina: httpx.AsyncClient, living_room: str, house: House
) -> None:
    house.usage_days._per_person = 1
    await asked(mina, living_room)
    await asked(mina, living_room)
    last = (await mina.get(f"/api/rooms/{living_room}/messages")).json()["messages"][-1]
    assert last["status"] == "failed"
    refused = await mina.post(f"/api/rooms/{living_room}/messages/{last['message_id']}/continue")
    told = check_problem(refused, 429, "usage_person")
    assert refused.headers["retry-after"] == str(6 * 3600)
    assert "6 h" in told["detail"]


async def test_my_rooms_say_what_is_unread(mina: httpx.AsyncClient, living_room: str, enter: Enter) -> None:
    jun = await enter("준")
    await jun.post(f"/api/rooms/{living_room}/members")
    for text in ("안녕", "@미나 여기"):
        await jun.post(f"/api/rooms/{living_room}/messages", json={"text": text})
    (room,) = (await mina.get("/api/chat/my-rooms")).json()
    assert (room["id"], room["unread"], room["mentions"]) == (living_room, 2, 1)
    (theirs,) = (await jun.get("/api/chat/my-rooms")).json()
    assert (theirs["unread"], theirs["mentions"]) == (0, 0)


async def test_the_eleventh_message_in_ten_seconds_waits(
    mina: httpx.AsyncClient, living_room: str, house: House, clock: HandClock
) -> None:
    new = Settings(_env_file=None)  # pyright: ignore[reportCallIssue] - pydantic-settings takes it
    house.messages._pace = Windows(rate=new.messages_per_second, burst=new.messages_burst)
    path = f"/api/rooms/{living_room}/messages"
    for n in range(10):
        assert (await mina.post(path, json={"text": f"{n}"})).status_code == 201
        clock.forward(seconds=0.9)
    refused = await mina.post(path, json={"text": "10"})
    check_problem(refused, 429, "message_pace")
    assert refused.headers["retry-after"] == "1"
    clock.forward(seconds=1)
    assert (await mina.post(path, json={"text": "10"})).status_code == 201
    check_problem(await mina.post(path, json={"text": "11"}), 429, "message_pace")  # the next place is free later
