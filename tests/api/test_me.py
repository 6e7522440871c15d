"""One's own page over REST."""

from io import BytesIO

import httpx
import pytest
from PIL import Image

from hearth_reflex.bootstrap import House
from tests.api.checks import check_problem
from tests.api.conftest import Browser, Enter

PASSWORD = "warm by the fire"
MINA = {"login": "mina", "name": "미나", "password": PASSWORD}


async def test_a_profile_and_its_preferences(mina: httpx.AsyncClient) -> None:
    me = (await mina.patch("/api/me", json={"bio": "불 보는 사람"})).json()
    assert (me["name"], me["bio"], me["is_guest"]) == ("미나", "불 보는 사람", True)
    kept = await mina.patch("/api/me/preferences", json={"theme": "dark", "sound": True})
    assert kept.json()["theme"] == "dark"
    check_problem(await mina.patch("/api/me/preferences", json={"theme": "neon"}), 422, "preference", "theme")
    check_problem(await mina.patch("/api/me", json={"name": "관리자"}), 409, "name_taken", "name")
    assert (await mina.get("/api/me")).json()["chosen"] == {"theme": "dark", "sound": True}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/me"),
        ("PATCH", "/api/me"),
        ("PATCH", "/api/me/preferences"),
        ("GET", "/api/me/devices"),
        ("DELETE", "/api/me/devices"),
        ("GET", "/api/me/usage"),
        ("GET", "/api/me/messages"),
        ("POST", "/api/me/leave"),
    ],
)
async def test_nobody_without_a_session(client: httpx.AsyncClient, method: str, path: str) -> None:
    check_problem(await client.request(method, path, json={}), 401, "signed_out")


async def test_devices_are_known_and_end(browser: Browser) -> None:
    here = browser(**{"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/145.0"})
    there = browser(**{"User-Agent": "Mozilla/5.0 (iPhone) Version/19 Safari/604"})
    await here.post("/api/accounts", json=MINA)
    await there.post("/api/session", json=MINA)
    shown = (await here.get("/api/me/devices")).json()
    assert [(device["device"], device["here"]) for device in shown] == [
        ("Firefox · Linux", True),
        ("Safari · iPhone", False),
    ]
    assert (await here.delete(f"/api/me/devices/{shown[1]['id']}")).status_code == 204
    check_problem(await there.get("/api/me"), 401, "signed_out")
    check_problem(await here.delete(f"/api/me/devices/{shown[1]['id']}"), 404, "device_unknown")


async def test_a_guest_makes_an_account_and_stays(mina: httpx.AsyncClient, browser: Browser) -> None:
    made = await mina.post("/api/me/account", json={"login": "mina", "password": PASSWORD})
    assert (made.status_code, made.json()["is_guest"]) == (201, False)
    elsewhere = browser()
    assert (await elsewhere.post("/api/session", json=MINA)).json()["user_id"] == made.json()["id"]


async def test_a_password_is_tried_only_so_often(client: httpx.AsyncClient) -> None:
    await client.post("/api/accounts", json=MINA)
    form = {"old": "guess", "new": "another long one"}
    tries = [(await client.put("/api/me/password", json=form)).status_code for _ in range(11)]
    assert tries == [401] * 10 + [429]


async def test_who_leaves_is_out(mina: httpx.AsyncClient, enter: Enter) -> None:
    answer = await mina.post("/api/me/leave", json={"erase": True})
    assert answer.status_code == 204
    check_problem(await mina.get("/api/me"), 401, "signed_out")
    assert (await (await enter("미나")).get("/api/me")).status_code == 200


async def test_the_card_of_a_stranger_is_not_there(mina: httpx.AsyncClient, living_room: str, enter: Enter) -> None:
    me = (await mina.get("/api/me")).json()["id"]
    stranger = await enter("나그네")
    check_problem(await stranger.get(f"/api/people/{me}"), 404, "person_unknown")
    assert (await stranger.post(f"/api/rooms/{living_room}/members")).status_code == 204
    assert (await stranger.get(f"/api/people/{me}")).json()["name"] == "미나"


class TestPicture:
    async def test_it_is_drawn_anew_and_shown_to_those_who_share_a_room(
        self, mina: httpx.AsyncClient, living_room: str, enter: Enter
    ) -> None:
        me = (await mina.get("/api/me")).json()["id"]
        check_problem(await mina.get(f"/api/people/{me}/avatar"), 404, "person_unknown")
        assert (await mina.put("/api/me/avatar", content=picture())).status_code == 200
        shown = await mina.get(f"/api/people/{me}/avatar")
        assert (shown.headers["content-type"], shown.content[8:12]) == ("image/webp", b"WEBP")
        stranger = await enter("나그네")
        check_problem(await stranger.get(f"/api/people/{me}/avatar"), 404, "person_unknown")
        assert (await stranger.post(f"/api/rooms/{living_room}/members")).status_code == 204
        assert (await stranger.get(f"/api/people/{me}/avatar")).status_code == 200
        assert (await mina.delete("/api/me/avatar")).status_code == 204
        check_problem(await stranger.get(f"/api/people/{me}/avatar"), 404, "person_unknown")

    async def test_another_one_takes_the_place_of_the_first_and_nothing_is_left(
        self, mina: httpx.AsyncClient, house: House
    ) -> None:
        first = (await mina.put("/api/me/avatar", content=picture())).json()["avatar"]
        second = (await mina.put("/api/me/avatar", content=picture())).json()["avatar"]
        assert first != second
        kept = [path for path in (house.settings.data_dir / "avatars").rglob("*") if path.is_file()]
        assert [path.name for path in kept] == [f"{second}.small"]

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b"", "picture_unreadable"),
            (b"<svg onload=alert(1)></svg>", "picture_unreadable"),
            (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "picture_unreadable"),
            (b"\0" * 10_000_001, "avatar_large"),
        ],
    )
    async def test_what_is_no_picture_is_refused(
        self, mina: httpx.AsyncClient, house: House, body: bytes, code: str
    ) -> None:
        check_problem(await mina.put("/api/me/avatar", content=body), 422, code, "file")
        assert [path for path in (house.settings.data_dir / "avatars").rglob("*") if path.is_file()] == []


def picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (300, 200), "orange").save(file, "PNG")
    return file.getvalue()
