"""Coming in and going out over REST: cookies, languages, origins, tries."""

from http.cookies import Morsel, SimpleCookie

import httpx
import pytest

from hearth_reflex.api.caller import COOKIE_SECONDS
from hearth_reflex.bootstrap import House
from tests.api.checks import check_problem
from tests.api.conftest import Browser, Enter
from tests.clocks import HandClock

PASSWORD = "warm by the fire"
MINA = {"login": "mina", "name": "미나", "password": PASSWORD}


def cookie_of(answer: httpx.Response) -> Morsel[str]:
    return SimpleCookie(answer.headers["set-cookie"])["hearth_session"]


async def test_a_guest_comes_in_and_is_known(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/session/guest", json={"name": " 미나 "})
    assert answer.status_code == 201
    me = answer.json()
    assert (me["name"], me["is_guest"], me["is_admin"]) == ("미나", True, False)
    assert (await client.get("/api/session")).json() == me
    assert answer.headers["cache-control"] == "no-store"


async def test_an_account_registers_logs_out_and_in(client: httpx.AsyncClient) -> None:
    me = (await client.post("/api/accounts", json=MINA)).json()
    assert me["is_guest"] is False
    assert (await client.delete("/api/session")).status_code == 204
    check_problem(await client.get("/api/session"), 401, "signed_out")
    again = await client.post("/api/session", json={"login": " MINA ", "password": PASSWORD})
    assert (again.status_code, again.json()) == (201, me)


async def test_the_cookie_is_kept_from_scripts_and_other_sites(client: httpx.AsyncClient, house: House) -> None:
    cookie = cookie_of(await client.post("/api/session/guest", json={"name": "미나"}))
    assert cookie["httponly"]
    assert cookie["samesite"].lower() == "lax"
    assert cookie["path"] == "/"
    assert int(cookie["max-age"]) == COOKIE_SECONDS
    assert not cookie["secure"]
    assert cookie["domain"] == ""
    assert len(cookie.value) >= 43  # 256 bits


@pytest.mark.parametrize(
    ("base", "headers"),
    [("https://hearth.local", {}), ("http://hearth.local", {"X-Forwarded-Proto": "https"})],
)
async def test_the_cookie_stays_on_https_once_there(browser: Browser, base: str, headers: dict[str, str]) -> None:
    answer = await browser(base=base, **headers).post("/api/session/guest", json={"name": "미나"})
    assert cookie_of(answer)["secure"]


async def test_logging_out_takes_the_cookie_and_the_session(mina: httpx.AsyncClient, browser: Browser) -> None:
    token = mina.cookies["hearth_session"]
    answer = await mina.delete("/api/session")
    assert cookie_of(answer)["max-age"] == "0"
    thief = browser(Cookie=f"hearth_session={token}")
    check_problem(await thief.get("/api/session"), 401, "signed_out")
    assert (await mina.delete("/api/session")).status_code == 204  # twice is no mistake


async def test_coming_in_again_ends_the_session_before(client: httpx.AsyncClient, browser: Browser) -> None:
    await client.post("/api/accounts", json=MINA)
    before = client.cookies["hearth_session"]
    await client.post("/api/session", json={"login": "mina", "password": PASSWORD})
    assert client.cookies["hearth_session"] != before
    check_problem(await browser(Cookie=f"hearth_session={before}").get("/api/session"), 401, "signed_out")


async def test_a_session_given_by_somebody_else_is_not_taken_over(browser: Browser) -> None:
    planted = browser(Cookie="hearth_session=chosen-by-a-thief")
    answer = await planted.post("/api/session/guest", json={"name": "미나"})
    assert cookie_of(answer).value != "chosen-by-a-thief"


@pytest.mark.parametrize("form", [{"login": "mina", "password": "wrong words"}, {"login": "nobody", "password": "x"}])
async def test_unknown_and_wrong_are_told_alike(client: httpx.AsyncClient, form: dict[str, str]) -> None:
    await client.post("/api/accounts", json=MINA)
    told = check_problem(await client.post("/api/session", json=form), 401, "credentials")
    assert told["detail"] == "The login name or the password is wrong."


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"Accept-Language": "ko-KR,ko;q=0.9"}, "로그인이 끝났습니다"),
        ({"Accept-Language": "en-GB"}, "You are signed out"),
        ({"Accept-Language": "fr"}, "로그인이 끝났습니다"),
        ({"Accept-Language": "ko", "Cookie": "hearth_locale=en"}, "You are signed out"),
        ({"Accept-Language": "ko", "Cookie": "hearth_locale=en", "X-Hearth": "1"}, "로그인이 끝났습니다"),
        ({"Accept-Language": "en", "Cookie": "hearth_locale=xx"}, "You are signed out"),
    ],
)
async def test_refusals_are_in_the_readers_language(
    client: httpx.AsyncClient, headers: dict[str, str], words: str
) -> None:
    answer = await client.get("/api/session", headers=headers)
    assert words in check_problem(answer, 401, "signed_out")["detail"]


@pytest.mark.parametrize(
    "origin", ["https://evil.test", "http://hearth.local.evil.test", "null", "http://hearth.local:81"]
)
async def test_another_site_cannot_post(mina: httpx.AsyncClient, origin: str) -> None:
    for answer in [
        await mina.post("/api/rooms", json={"name": "부엌"}, headers={"Origin": origin}),
        await mina.delete("/api/session", headers={"Origin": origin}),
    ]:
        check_problem(answer, 403, "origin")
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await mina.get("/api/session")).status_code == 200
    assert len((await mina.get("/api/rooms")).json()) == 1


@pytest.mark.parametrize("origin", ["http://hearth.local", "https://hearth.local", "https://listed.test"])
async def test_the_houses_own_pages_can_post(mina: httpx.AsyncClient, origin: str) -> None:
    answer = await mina.post("/api/rooms", json={"name": "부엌"}, headers={"Origin": origin})
    assert answer.status_code == 201


async def test_a_taken_name_is_a_conflict_of_that_field(client: httpx.AsyncClient, mina: httpx.AsyncClient) -> None:
    check_problem(await client.post("/api/session/guest", json={"name": "미 나"}), 409, "name_taken", "name")
    check_problem(await client.post("/api/session/guest", json={"name": "불씨"}), 409, "name_taken", "name")


@pytest.mark.parametrize(
    ("path", "form", "code", "field"),
    [
        ("/api/session/guest", {"name": ""}, "name_empty", "name"),
        ("/api/session/guest", {"name": "x" * 25}, "name_long", "name"),
        ("/api/session/guest", {"name": "x" * 300}, "arguments", "name"),
        ("/api/session/guest", {"name": 7}, "arguments", "name"),
        ("/api/session/guest", {}, "arguments", "name"),
        ("/api/accounts", {**MINA, "password": "short"}, "password_short", "password"),
        ("/api/accounts", {**MINA, "login": "미나"}, "login_characters", "login"),
        ("/api/accounts", {**MINA, "password": None}, "arguments", "password"),
        ("/api/session", {"login": ["mina"], "password": "x"}, "arguments", "login"),
    ],
)
async def test_a_form_that_is_not_usable(
    client: httpx.AsyncClient, path: str, form: dict[str, object], code: str, field: str
) -> None:
    check_problem(await client.post(path, json=form), 422, code, field)
    assert "set-cookie" not in (await client.post(path, json=form)).headers


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"name": "\\ud800"}'])
async def test_a_body_that_is_no_form(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/api/session/guest", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    check_problem(answer, answer.status_code, answer.json()["code"], answer.json()["field"])
    assert answer.json()["field"] in (None, "name")


async def test_ten_wrong_tries_then_a_pause(client: httpx.AsyncClient, clock: HandClock) -> None:
    await client.post("/api/accounts", json=MINA)
    wrong, right = {"login": "Mina", "password": "wrong words"}, {"login": "mina", "password": PASSWORD}
    for _ in range(10):
        assert (await client.post("/api/session", json=wrong)).status_code == 401
    refused = await client.post("/api/session", json=right)
    check_problem(refused, 429, "login_pace")
    assert "set-cookie" not in refused.headers
    clock.forward(seconds=int(refused.headers["retry-after"]))
    assert (await client.post("/api/session", json=right)).status_code == 201


async def test_a_pause_for_one_name_locks_nobody_else_out(client: httpx.AsyncClient, browser: Browser) -> None:
    await client.post("/api/accounts", json=MINA)
    jun = browser()
    await jun.post("/api/accounts", json={**MINA, "login": "jun", "name": "준"})
    wrong = {"login": "mina", "password": "wrong words"}
    assert [(await client.post("/api/session", json=wrong)).status_code for _ in range(11)][-1] == 429
    assert (await jun.post("/api/session", json={"login": "jun", "password": PASSWORD})).status_code == 201


async def test_a_crowd_of_guests_from_one_address_is_slowed(browser: Browser) -> None:
    answers = [await browser().post("/api/session/guest", json={"name": f"손님 {n}"}) for n in range(31)]
    assert [answer.status_code for answer in answers] == [201] * 30 + [429]


async def test_the_setup_link_makes_one_admin(client: httpx.AsyncClient, browser: Browser, house: House) -> None:
    form = {"login": "root", "name": "집주인", "password": PASSWORD, "token": await house.accounts.setup_token()}
    check_problem(await client.post("/api/setup", json={**form, "token": "made up"}), 404, "setup_link")
    answer = await client.post("/api/setup", json=form)
    assert (answer.status_code, answer.json()["is_admin"]) == (201, True)
    assert (await client.get("/api/session")).json()["is_admin"] is True
    again = await browser().post("/api/setup", json={**form, "login": "evil", "name": "도둑"})
    check_problem(again, 404, "setup_link")


async def test_a_session_ends_after_long_idleness(enter: Enter, clock: HandClock) -> None:
    mina = await enter("미나")
    clock.forward(days=6)
    assert (await mina.get("/api/session")).status_code == 200
    clock.forward(days=40)
    check_problem(await mina.get("/api/session"), 401, "signed_out")
