"""The REST side over an empty house: in-process clients, each a browser of its own, and a real server for streams."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from hearth_reflex.api.app import make_api
from hearth_reflex.api.guard import Guard
from hearth_reflex.bootstrap import House, use_house
from hearth_reflex.db.database import Database
from tests.databases import Files

Browser = Callable[..., httpx.AsyncClient]
Enter = Callable[[str], Awaitable[httpx.AsyncClient]]
BASE = "http://hearth.local"


@pytest.fixture
async def database(sqlite_file: Files) -> AsyncIterator[Database]:
    async with sqlite_file.take() as database:
        yield database


@pytest.fixture(scope="session")
def api() -> FastAPI:
    """Its routes take half a second to make, and know of no house until they are asked."""
    return make_api()


@pytest.fixture
def app(house: House, api: FastAPI) -> ASGIApp:
    use_house(house)
    return Guard(api, policy="", origins=("https://listed.test",))


@pytest.fixture
async def browser(app: ASGIApp) -> AsyncIterator[Browser]:
    """Makes clients with no cookies yet, that read English."""
    async with AsyncExitStack() as stack:

        def make(*, base: str = BASE, **headers: str) -> httpx.AsyncClient:
            client = httpx.AsyncClient(
                transport=httpx.ASGITransport(app, raise_app_exceptions=False),
                base_url=base,
                headers={"Accept-Language": "en", **headers},
            )
            stack.push_async_exit(client)
            return client

        yield make


@pytest.fixture
def client(browser: Browser) -> httpx.AsyncClient:
    """A browser that nobody has signed in with."""
    return browser()


@pytest.fixture
def enter(browser: Browser) -> Enter:
    """Makes a browser in which a guest of that name has signed in."""

    async def come_in(name: str) -> httpx.AsyncClient:
        client = browser()
        answer = await client.post("/api/session/guest", json={"name": name})
        assert answer.status_code == 201
        return client

    return come_in


@pytest.fixture
async def mina(enter: Enter) -> httpx.AsyncClient:
    return await enter("미나")


@pytest.fixture
async def living_room(mina: httpx.AsyncClient) -> str:
    """The uuid of the living room, where 미나 sits."""
    room = (await mina.get("/api/rooms")).json()[0]["id"]
    assert (await mina.post(f"/api/rooms/{room}/members")).status_code == 204
    return room


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@pytest.fixture
async def address(app: ASGIApp) -> AsyncIterator[str]:
    """A server on a port of its own: streams need a real connection, which can also be cut."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = _Server(uvicorn.Config(app, lifespan="off", log_config=None, ws="none"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    await server.ready.wait()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    await serving
