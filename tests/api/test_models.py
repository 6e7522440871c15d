"""Models over REST: choices for everybody, files and fetches for who keeps the house, uploads in pieces."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from hearth_reflex.bootstrap import House
from hearth_reflex.llm.hub import Hub
from hearth_reflex.llm.shelf import Shelf
from hearth_reflex.services.pulls import Pulls
from tests import gguf_files
from tests.api.checks import check_problem
from tests.api.conftest import Browser
from tests.hubs import HubServer, serving

NOBODYS = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
async def keeper(browser: Browser, house: House) -> httpx.AsyncClient:
    client = browser()
    link = await house.accounts.setup_token()
    form = {"token": link, "login": "keeper", "name": "집지기", "password": "a long password"}
    assert (await client.post("/api/setup", json=form)).status_code == 201
    return client


@pytest.fixture
def data(tmp_path: Path) -> bytes:
    return gguf_files.model(tmp_path / "source.gguf", name="Sent").read_bytes()


class TestWhoMay:
    async def test_only_who_keeps_the_house(self, mina: httpx.AsyncClient) -> None:
        for method, path in (
            ("GET", "/api/models"),
            ("PUT", "/api/models/a.gguf"),
            ("DELETE", f"/api/models/{NOBODYS}"),
            ("POST", f"/api/models/{NOBODYS}/load"),
            ("POST", f"/api/models/{NOBODYS}/unload"),
            ("GET", "/api/models/hub?repo=a/b"),
            ("GET", "/api/models/pulls"),
            ("DELETE", f"/api/models/pulls/{NOBODYS}"),
        ):
            check_problem(await mina.request(method, path), 403, "admin_only")
        form = {"repo": "a/b", "file": "a.gguf"}
        check_problem(await mina.post("/api/models/pulls", json=form), 403, "admin_only")

    async def test_strangers_are_asked_to_come_in(self, client: httpx.AsyncClient) -> None:
        for path in ("/api/models", "/api/llm/models/"):
            check_problem(await client.get(path), 401, "signed_out")
        check_problem(await client.put("/api/models/a.gguf", content=b"GGUF"), 401, "signed_out")

    async def test_a_foreign_page_cannot_send_a_model(self, keeper: httpx.AsyncClient, data: bytes) -> None:
        foreign = {"Origin": "https://evil.test"}
        check_problem(await keeper.put("/api/models/a.gguf", content=data, headers=foreign), 403, "origin")

    async def test_everybody_sees_what_can_be_chosen(self, mina: httpx.AsyncClient) -> None:
        for path in ("/api/llm/models", "/api/llm/models/"):
            first, *_ = (await mina.get(path)).json()
            assert (first["ref"], first["kind"], first["default"], first["name"]) == ("", "default", True, "script")


class TestFiles:
    async def test_a_model_is_sent_listed_and_removed(
        self, keeper: httpx.AsyncClient, house: House, data: bytes
    ) -> None:
        sent = await keeper.put("/api/models/한글 모델.gguf", content=data)
        assert (sent.status_code, sent.json()["file"], sent.json()["name"]) == (201, "한글 모델.gguf", "Sent")
        (listed,) = [one for one in (await keeper.get("/api/models")).json() if not one["is_demo"]]
        assert listed["id"] == sent.json()["id"]
        assert (listed["facts"]["architecture"], listed["size_bytes"]) == ("llama", len(data))
        again = await keeper.put("/api/models/한글 모델.gguf", content=data)
        check_problem(again, 409, "model_taken", "name")
        assert (await keeper.delete(f"/api/models/{listed['id']}")).status_code == 204
        assert not (house.settings.models_dir / "한글 모델.gguf").exists()
        check_problem(await keeper.delete(f"/api/models/{listed['id']}"), 404, "model_unknown")

    async def test_a_body_larger_than_any_form(self, keeper: httpx.AsyncClient, data: bytes) -> None:
        async def pieces() -> AsyncIterator[bytes]:
            yield data
            for _ in range(40):
                yield bytes(100_000)  # behind the last tensor: a whole file all the same

        sent = await keeper.put("/api/models/large.gguf", content=pieces())
        assert (sent.status_code, sent.json()["size_bytes"]) == (201, len(data) + 4_000_000)

    @pytest.mark.parametrize("name", ["a.txt", "%2e%2e.gguf", "-.gguf", "x" * 300 + ".gguf", "%00.gguf"])
    async def test_a_bad_name(self, keeper: httpx.AsyncClient, data: bytes, name: str) -> None:
        check_problem(await keeper.put(f"/api/models/{name}", content=data), 422, "model_name", "name")

    async def test_a_path_is_no_name(self, keeper: httpx.AsyncClient, house: House, data: bytes) -> None:
        for name in ("..%2f..%2fa.gguf", "%2ftmp%2fa.gguf", "..\\a.gguf"):
            await keeper.put(f"/api/models/{name}", content=data)
        assert not (house.settings.data_dir / "a.gguf").exists()
        assert {path.parent for path in house.settings.data_dir.rglob("a.gguf")} <= {house.settings.models_dir}

    @pytest.mark.parametrize("body", [b"", b"GG", b"no model at all", *list(gguf_files.HOSTILE.values())[5:8]])
    async def test_what_is_no_model(self, keeper: httpx.AsyncClient, house: House, body: bytes) -> None:
        check_problem(await keeper.put("/api/models/a.gguf", content=body), 422, "model_file", "file")
        assert list(house.settings.models_dir.iterdir()) == []

    async def test_a_sender_who_goes_away_leaves_nothing(
        self, keeper: httpx.AsyncClient, house: House, address: str, data: bytes
    ) -> None:
        cookie = "; ".join(f"{name}={value}" for name, value in keeper.cookies.items())
        host, port = address.removeprefix("http://").split(":")
        _, writer = await asyncio.open_connection(host, int(port))
        head = f"PUT /api/models/a.gguf HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n"
        writer.write(f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data[:50_000])
        await writer.drain()
        await _until(lambda: _names(house.settings.models_dir) != [])
        writer.close()
        await _until(lambda: _names(house.settings.models_dir) == [])

    async def test_a_house_without_models_says_so(self, keeper: httpx.AsyncClient, house: House) -> None:
        await house.models.scan(patience=None)
        (demo,) = (await keeper.get("/api/models")).json()
        check_problem(await keeper.post(f"/api/models/{demo['id']}/load"), 503, "model_skipped")
        check_problem(await keeper.delete(f"/api/models/{demo['id']}"), 403, "model_kept")
        check_problem(await keeper.post("/api/models/nothing/load"), 404, "model_unknown")


class TestHub:
    async def test_off_by_default(self, keeper: httpx.AsyncClient) -> None:
        check_problem(await keeper.get("/api/models/hub?repo=a/b"), 403, "hub_off")
        form = {"repo": "a/b", "file": "a.gguf"}
        check_problem(await keeper.post("/api/models/pulls", json=form), 403, "hub_off")
        assert (await keeper.get("/api/models/pulls")).json() == []

    async def test_looked_into_fetched_and_listed(self, keeper: httpx.AsyncClient, house: House, data: bytes) -> None:
        async with serving(HubServer({"a.gguf": data})) as hub:
            house.pulls = Pulls(
                database=house.database,
                clock=house.clock,
                shelf=Shelf(house.settings.models_dir),
                models=house.models,
                hub=Hub(url=hub.url),
                worker="one",
            )
            offered = (await keeper.get(f"/api/models/hub?repo={hub.repo}")).json()
            assert offered == [{"file": "a.gguf", "size_bytes": len(data)}]
            begun = await keeper.post("/api/models/pulls", json={"repo": hub.repo, "file": "a.gguf"})
            assert (begun.status_code, begun.json()["status"]) == (202, "running")
            await house.pulls.ended()
            (pull,) = (await keeper.get("/api/models/pulls")).json()
            assert (pull["status"], pull["done_bytes"]) == ("done", len(data))
            assert (await keeper.delete(f"/api/models/pulls/{pull['id']}")).status_code == 204
            check_problem(await keeper.delete(f"/api/models/pulls/{NOBODYS}"), 404, "pull_unknown")
            wrong = await keeper.post("/api/models/pulls", json={"repo": hub.repo, "file": "none.gguf"})
            check_problem(wrong, 503, "hub_missing")


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()] if folder.exists() else []


async def _until(holds: Callable[[], bool]) -> None:
    for _ in range(1000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError
