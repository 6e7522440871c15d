"""Personas, their cards and their seats over REST."""

import base64
import json
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from hearth_reflex.bootstrap import House
from tests.api.checks import check_problem
from tests.api.conftest import Browser

CARD = {
    "spec": "chara_card_v2",
    "spec_version": "2.0",
    "data": {"name": "Luna", "description": "{{char}} keeps the light.", "first_mes": "Come in, {{user}}!"},
}
JSON = json.dumps(CARD).encode()


@pytest.fixture
async def keeper(browser: Browser) -> httpx.AsyncClient:
    """A browser of somebody with an account."""
    return await with_account(browser, "지기", "jigi")


async def with_account(browser: Browser, name: str, login: str) -> httpx.AsyncClient:
    client = browser()
    form = {"login": login, "name": name, "password": "warm by the fire"}
    assert (await client.post("/api/accounts", json=form)).status_code == 201
    return client


@pytest.fixture
async def luna(keeper: httpx.AsyncClient) -> str:
    form = {"name_ko": "루나", "name_en": "Luna", "instructions": "SECRET", "about": "등대지기"}
    return (await keeper.post("/api/personas", json=form)).json()["id"]


@pytest.fixture
async def lighthouse(keeper: httpx.AsyncClient) -> str:
    """An open room of theirs."""
    return (await keeper.post("/api/rooms", json={"name": "등대"})).json()["id"]


def picture(**carried: str) -> bytes:
    file, text = BytesIO(), PngInfo()
    for keyword, value in carried.items():
        text.add_text(keyword, value)
    Image.new("RGB", (300, 450), "orange").save(file, "PNG", pnginfo=text)
    return file.getvalue()


async def test_a_persona_from_beginning_to_end(keeper: httpx.AsyncClient) -> None:
    made = await keeper.post("/api/personas/", json={"name_ko": "루나", "config": {"temperature": 0.3}})
    assert made.status_code == 201
    persona = made.json()
    assert (persona["name_en"], persona["own"], persona["config"]) == ("루나", True, {"temperature": 0.3})
    path = f"/api/personas/{persona['id']}"
    changed = await keeper.patch(path, json={"greeting": "어서 와", "config": {}})
    assert (changed.json()["greeting"], changed.json()["config"]) == ("어서 와", {})
    assert [one["name_ko"] for one in (await keeper.get("/api/personas")).json()] == ["불씨", "루나"]
    assert (await keeper.get(path)).json() == changed.json()
    assert (await keeper.delete(path)).status_code == 204
    check_problem(await keeper.get(path), 404, "persona_unknown")


@pytest.mark.parametrize(
    ("form", "status", "code", "field"),
    [
        ({}, 422, "arguments", "name_ko"),
        ({"name_ko": " "}, 422, "name_empty", "name_ko"),
        ({"name_ko": "x" * 41}, 422, "name_long", "name_ko"),
        ({"name_ko": "a:b"}, 422, "name_characters", "name_ko"),
        ({"name_ko": "지기"}, 409, "persona_name_taken", "name_ko"),
        ({"name_ko": "Ember 2"}, 409, "persona_name_taken", "name_ko"),
        ({"name_ko": "x", "instructions": "i" * 20_001}, 422, "persona_long", "instructions"),
        ({"name_ko": "x", "instructions": "i" * 100_001}, 422, "arguments", "instructions"),
        ({"name_ko": "x", "config": {"temperature": 9}}, 422, "ai_setting", "temperature"),
        ({"name_ko": "x", "config": {"temperature": 10**400}}, 422, "ai_setting", "temperature"),
        ({"name_ko": "x", "config": {"x\n": {}}}, 422, "ai_setting", None),
        ({"name_ko": "x", "config": []}, 422, "arguments", "config"),
        ({"name_ko": "x", "config": {"model": f"remote:{'0' * 32}"}}, 422, "persona_outside", "model"),
    ],
)
async def test_what_makes_no_persona(
    keeper: httpx.AsyncClient, form: dict[str, Any], status: int, code: str, field: str | None
) -> None:
    check_problem(await keeper.post("/api/personas", json=form), status, code, field)


async def test_a_guest_makes_none_and_brings_none(mina: httpx.AsyncClient) -> None:
    check_problem(await mina.post("/api/personas", json={"name_ko": "루나"}), 403, "persona_guest")
    check_problem(await mina.post("/api/personas/import", content=JSON), 403, "persona_guest")
    assert [one["house"] for one in (await mina.get("/api/personas")).json()] == [True]


async def test_to_others_it_is_not_there(
    mina: httpx.AsyncClient, keeper: httpx.AsyncClient, luna: str, browser: Browser
) -> None:
    for other in (mina, await with_account(browser, "준", "jun")):
        path = f"/api/personas/{luna}"
        for call in (
            other.get(path),
            other.patch(path, json={"about": "x"}),
            other.delete(path),
            other.get(f"{path}/card"),
            other.get(f"{path}/avatar"),
            other.put(f"{path}/avatar", content=picture()),
            other.delete(f"{path}/avatar"),
        ):
            check_problem(await call, 404, "persona_unknown")
    assert (await keeper.get(f"/api/personas/{luna}")).json()["about"] == "등대지기"


class TestSeats:
    async def test_it_sits_down_and_gets_up(
        self, keeper: httpx.AsyncClient, luna: str, lighthouse: str, mina: httpx.AsyncClient
    ) -> None:
        path = f"/api/rooms/{lighthouse}/ai"
        seat = (await keeper.put(f"{path}/{luna}", json={"hears_all": False})).json()
        assert (seat["name_en"], seat["hears_all"], seat["own"]) == ("Luna", False, True)
        assert set(seat) == {"id", "name_ko", "name_en", "about", "avatar", "look", "hears_all", "own"}
        check_problem(await mina.get(path), 403, "not_member")
        await mina.post(f"/api/rooms/{lighthouse}/members")
        assert [one["name_en"] for one in (await mina.get(path)).json()] == ["Ember", "Luna"]
        shown = (await mina.get(f"/api/personas/{luna}")).json()
        assert (shown["about"], shown["own"], shown["instructions"]) == ("등대지기", False, "")
        check_problem(await mina.delete(f"{path}/{luna}"), 403, "role")
        check_problem(await mina.put(f"{path}/{luna}"), 403, "role")
        assert (await keeper.delete(f"{path}/{luna}")).status_code == 204
        check_problem(await keeper.delete(f"{path}/{luna}"), 404, "persona_unknown")

    async def test_without_a_body_it_hears_all(self, keeper: httpx.AsyncClient, luna: str, lighthouse: str) -> None:
        assert (await keeper.put(f"/api/rooms/{lighthouse}/ai/{luna}")).json()["hears_all"]

    @pytest.mark.parametrize("uuid", ["x", "0190aaaa-0000-7000-8000-000000000000", "%27%20OR%201=1"])
    async def test_a_made_up_one_is_not_there(self, keeper: httpx.AsyncClient, lighthouse: str, uuid: str) -> None:
        check_problem(await keeper.put(f"/api/rooms/{lighthouse}/ai/{uuid}"), 404, "persona_unknown")
        check_problem(await keeper.delete(f"/api/rooms/{lighthouse}/ai/{uuid}"), 404, "persona_unknown")
        check_problem(await keeper.get(f"/api/rooms/{uuid}/ai"), 404, "room_unknown")


class TestPicture:
    async def test_it_is_drawn_anew_and_seen_where_it_sits(
        self, keeper: httpx.AsyncClient, luna: str, lighthouse: str, mina: httpx.AsyncClient
    ) -> None:
        path = f"/api/personas/{luna}/avatar"
        check_problem(await keeper.get(path), 404, "persona_unknown")
        avatar = (await keeper.put(path, content=picture(Comment="here"))).json()["avatar"]
        shown = await keeper.get(path)
        assert (shown.headers["content-type"], shown.content[8:12]) == ("image/webp", b"WEBP")
        await mina.post(f"/api/rooms/{lighthouse}/members")
        check_problem(await mina.get(path), 404, "persona_unknown")
        seat = (await keeper.put(f"/api/rooms/{lighthouse}/ai/{luna}")).json()
        assert seat["avatar"] == avatar
        assert (await mina.get(path)).status_code == 200
        assert (await keeper.delete(path)).status_code == 204
        check_problem(await mina.get(path), 404, "persona_unknown")

    async def test_another_one_takes_its_place(self, keeper: httpx.AsyncClient, luna: str, house: House) -> None:
        for _ in range(2):
            avatar = (await keeper.put(f"/api/personas/{luna}/avatar", content=picture())).json()["avatar"]
        kept = [path.name for path in (house.settings.data_dir / "avatars").rglob("*") if path.is_file()]
        assert kept == [f"{avatar}.small"]  # pyright: ignore[reportPossiblyUnboundVariable] - twice is not never
        await house.avatars.clean()
        assert (await keeper.get(f"/api/personas/{luna}/avatar")).status_code == 200

    async def test_what_is_no_picture_is_refused(self, keeper: httpx.AsyncClient, luna: str) -> None:
        answer = await keeper.put(f"/api/personas/{luna}/avatar", content=b"<svg onload=alert(1)></svg>")
        check_problem(answer, 422, "picture_unreadable", "file")


class TestCards:
    async def test_a_card_comes_in_as_json(self, keeper: httpx.AsyncClient) -> None:
        made = await keeper.post("/api/personas/import", content=JSON)
        assert made.status_code == 201, made.text
        persona = made.json()
        assert (persona["name_en"], persona["instructions"]) == ("Luna", "Luna keeps the light.")
        assert (persona["greeting"], persona["avatar"]) == ("Come in, the guest!", "")

    async def test_and_as_a_picture(self, keeper: httpx.AsyncClient) -> None:
        png = picture(chara=base64.b64encode(JSON).decode())
        persona = (await keeper.post("/api/personas/import", content=png)).json()
        assert persona["name_en"] == "Luna"
        shown = await keeper.get(f"/api/personas/{persona['id']}/avatar")
        assert shown.content[8:12] == b"WEBP"
        assert b"chara" not in shown.content

    @pytest.mark.parametrize("kind", ["json", "png"])
    async def test_what_goes_out_comes_back(self, keeper: httpx.AsyncClient, luna: str, kind: str) -> None:
        await keeper.put(f"/api/personas/{luna}/avatar", content=picture())
        before = (await keeper.get(f"/api/personas/{luna}")).json()
        card = await keeper.get(f"/api/personas/{luna}/card?format={kind}")
        assert card.headers["content-disposition"] == f"attachment; filename*=UTF-8''Luna.{kind}"
        await keeper.delete(f"/api/personas/{luna}")
        after = (await keeper.post("/api/personas/import", content=card.content)).json()
        same = ("name_ko", "name_en", "about", "instructions", "greeting", "voice", "config")
        assert {field: after[field] for field in same} == {field: before[field] for field in same}
        assert bool(after["avatar"]) == (kind == "png")

    @pytest.mark.parametrize("name", ["지기", "Ember", "관리자", "불씨"])
    async def test_a_card_that_mimics_somebody_needs_another_name(
        self, keeper: httpx.AsyncClient, house: House, name: str
    ) -> None:
        raw = json.dumps({"name": name, "description": "I am {{char}}."}).encode()
        png = picture(chara=base64.b64encode(raw).decode())
        check_problem(await keeper.post("/api/personas/import", content=png), 409, "persona_name_taken", "name_ko")
        assert [path for path in (house.settings.data_dir / "avatars").rglob("*") if path.is_file()] == []
        made = await keeper.post("/api/personas/import", params={"name": "가면"}, content=png)
        assert (made.json()["name_ko"], made.json()["instructions"]) == ("가면", "I am 가면.")

    @pytest.mark.parametrize(
        ("body", "status", "code", "field"),
        [
            (b"", 422, "card_unreadable", "file"),
            (b"[" * 100_000, 422, "card_unreadable", "file"),
            (picture(), 422, "card_unreadable", "file"),
            (picture(chara="%%%"), 422, "card_unreadable", "file"),
            (b'{"description": "x"}', 422, "card_nameless", "name"),
            (b'{"name": "' + b"x" * 41 + b'"}', 422, "name_long", "name_ko"),
            (b'{"name": "a\\u202eb"}', 422, "name_characters", "name_ko"),
            (json.dumps({"name": "x", "description": "y" * 20_001}).encode(), 422, "persona_long", "instructions"),
            (b"x" * 5_000_001, 422, "card_large", "file"),
            (b'{"name":"x"' + b" " * 2_000_000 + b"}", 422, "card_large", "file"),
        ],
    )
    async def test_what_is_no_card_is_refused(
        self, keeper: httpx.AsyncClient, house: House, body: bytes, status: int, code: str, field: str
    ) -> None:
        check_problem(await keeper.post("/api/personas/import", content=body), status, code, field)
        assert len((await keeper.get("/api/personas")).json()) == 1
        assert [path for path in (house.settings.data_dir / "avatars").rglob("*") if path.is_file()] == []

    async def test_a_picture_that_cannot_be_drawn_is_left_out(self, keeper: httpx.AsyncClient) -> None:
        whole = picture(chara=base64.b64encode(JSON).decode())
        made = await keeper.post("/api/personas/import", content=whole.replace(b"IDAT", b"IDXT"))
        assert (made.status_code, made.json()["avatar"]) == (201, "")

    async def test_many_cards_at_once_are_too_many(self, keeper: httpx.AsyncClient) -> None:
        tries = [(await keeper.post("/api/personas/import", content=b"{}")).status_code for _ in range(21)]
        assert tries == [422] * 20 + [429]


async def test_a_line_of_the_house_says_what_it_is(keeper: httpx.AsyncClient, luna: str, lighthouse: str) -> None:
    await keeper.put(f"/api/rooms/{lighthouse}/ai/{luna}")
    await keeper.delete(f"/api/rooms/{lighthouse}/ai/{luna}")
    shown = (await keeper.get(f"/api/rooms/{lighthouse}/messages")).json()["messages"]
    assert [message["notice"]["code"] for message in shown] == ["ai_joined", "ai_left"]
