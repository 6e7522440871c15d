"""What an AI can see, over REST: its shape, and that it opens no door."""

import httpx
import pytest

from hearth_reflex.bootstrap import House
from hearth_reflex.errors import ModelMissingError
from tests.api.checks import check_problem
from tests.api.conftest import Browser, Enter
from tests.engines import ScriptedEngine

UNKNOWN = "01890000-0000-7000-8000-000000000000"


async def say(client: httpx.AsyncClient, room: str, text: str) -> str:
    answer = await client.post(f"/api/rooms/{room}/messages", json={"text": text})
    assert answer.status_code == 201
    return answer.json()["message_id"]


async def test_what_is_told(mina: httpx.AsyncClient, living_room: str) -> None:
    said = await say(mina, living_room, "오늘 저녁 7시")
    answer = await mina.get(f"/api/rooms/{living_room}/sight")
    assert answer.status_code == 200
    (sight,) = answer.json()["sights"]
    assert set(sight) == {
        "id", "name_ko", "name_en", "look", "status", "instructed", "first", "heard", "tokens", "budget", "speakers",
        "pictures", "passages", "cut",
    }  # fmt: skip
    assert (sight["name_ko"], sight["heard"], sight["speakers"]) == ("불씨", 1, ["미나"])
    assert (sight["first"]["id"], sight["first"]["text"]) == (said, "오늘 저녁 7시")
    assert sight["cut"] == {"window": 0, "arrival": 0, "budget": 0, "shortened": False}
    assert (await mina.get(f"/api/rooms/{living_room}/sight/?persona={sight['id']}")).json()["sights"] == [sight]


async def test_walls(mina: httpx.AsyncClient, living_room: str, browser: Browser, enter: Enter) -> None:
    await say(mina, living_room, "우리끼리 얘기")
    path = f"/api/rooms/{living_room}/sight"
    check_problem(await browser().get(path), 401, "signed_out")
    jun = await enter("준")
    refused = await jun.get(path)
    check_problem(refused, 403, "not_member")
    assert "우리끼리" not in refused.text
    hana = browser()
    await hana.post("/api/accounts", json={"name": "하나", "login": "hana", "password": "a long password"})
    own = (await hana.post("/api/rooms", json={"name": "하나네", "private": True})).json()["id"]
    check_problem(await mina.get(f"/api/rooms/{own}/sight"), 404, "room_unknown")
    for wrong in (UNKNOWN, "1", "%00"):
        check_problem(await mina.get(f"/api/rooms/{wrong}/sight"), 404, "room_unknown")


@pytest.mark.parametrize("persona", [UNKNOWN, "x", "%00", "불씨"])
async def test_a_persona_that_does_not_sit_there(mina: httpx.AsyncClient, living_room: str, persona: str) -> None:
    check_problem(await mina.get(f"/api/rooms/{living_room}/sight?persona={persona}"), 404, "persona_unknown")


async def test_a_name_without_end(mina: httpx.AsyncClient, living_room: str) -> None:
    answer = await mina.get(f"/api/rooms/{living_room}/sight?persona={'x' * 41}")
    check_problem(answer, 422, "arguments", "persona")


async def test_without_a_model(mina: httpx.AsyncClient, living_room: str, house: House, engine: ScriptedEngine) -> None:
    async def nobody_counts(texts: list[str]) -> list[int]:
        raise ModelMissingError

    await say(mina, living_room, "안녕")
    engine.count_tokens = nobody_counts
    check_problem(await mina.get(f"/api/rooms/{living_room}/sight"), 503, "model_missing")
