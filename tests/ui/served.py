"""A whole house for browser stories: the real server program with the real model, on a port and a folder of its own.

Knows the project's command line and the few REST routes by which a test prepares what its story begins with. What a
story is about goes through a browser, not through here.
"""

import asyncio
import itertools
import os
import re
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

PROJECT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
# Coming in is slowed down per address. All of 127.0.0.0/8 is this machine: each prepared guest comes from its own.
_addresses = (f"127.1.{high}.{low}" for high in itertools.count() for low in range(1, 250))
_people = itertools.count(1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def until(holds: Callable[[], Awaitable[bool]], *, seconds: float, every: float = 0.1) -> None:
    """Asks again and again until the answer is yes: for what a server or a page does not tell by itself."""
    end = time.monotonic() + seconds
    while not await holds():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds} s")
        await asyncio.sleep(every)


class Person:
    """Somebody with a session: what a browser context needs to be them, and REST calls in their name."""

    def __init__(self, base: str, *, name: str, token: str, user_id: str) -> None:
        self.base, self.name, self.token, self.user_id = base, name, token, user_id
        self.cookie = {"Cookie": f"hearth_session={token}"}

    async def ask(self, method: str, path: str, **json: Any) -> Any:
        async with httpx.AsyncClient(base_url=self.base, headers=self.cookie, timeout=30) as client:
            answer = await client.request(method, f"/api{path}", json=json or None)
            answer.raise_for_status()
            return answer.json() if answer.content else None

    async def open_room(self, name: str) -> str:
        return (await self.ask("POST", "/rooms", name=name))["id"]

    async def sit_down(self, room: str) -> None:
        await self.ask("POST", f"/rooms/{room}/members")

    async def say(self, room: str, text: str) -> None:
        await self.ask("POST", f"/rooms/{room}/messages", text=text, client_msg_id=str(uuid4()))

    async def say_all(self, room: str, texts: list[str]) -> None:
        """Says them in this order, over one connection."""
        async with httpx.AsyncClient(base_url=self.base, headers=self.cookie, timeout=30) as client:
            for text in texts:
                (await client.post(f"/api/rooms/{room}/messages", json={"text": text})).raise_for_status()

    async def rows(self, room: str) -> list[dict[str, Any]]:
        """The newest rows of a room, as they are stored."""
        return (await self.ask("GET", f"/rooms/{room}"))["rows"]

    async def answer(self, room: str) -> dict[str, Any]:
        """The newest answer of an AI, as it is stored."""
        return [row for row in await self.rows(room) if row["is_ai"] and row["kind"] == "talk"][-1]

    async def until_answered(self, room: str) -> None:
        """Waits until no answer is on its way in this room."""
        await until(lambda: self._is_quiet(room), seconds=170)

    async def _is_quiet(self, room: str) -> bool:
        return not any(row["status"] in ("sending", "streaming") for row in await self.rows(room))

    async def stop_answers(self, room: str) -> None:
        """Ends what this person has asked for and what is still on its way."""
        for row in await self.rows(room):
            if row["is_ai"] and row["status"] in ("sending", "streaming"):
                await self.ask("POST", f"/rooms/{room}/messages/{row['id']}/stop")

    async def until_kept(self, room: str, *, more_than: int) -> None:
        """Waits until so many characters of an answer that still grows are stored. That happens once a second."""
        await until(lambda: self._has_kept(room, more_than), seconds=30)

    async def _has_kept(self, room: str, more_than: int) -> bool:
        return len((await self.answer(room))["text"]) > more_than


class Served:
    """`python -m hearth_reflex.cli serve`, started, watched and ended. Started again it has the same port and data."""

    def __init__(self, data: Path, *, settings: Mapping[str, str]) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.log = data.with_suffix(".log")
        own = {name: value for name, value in os.environ.items() if not name.startswith(("HEARTH_", "REFLEX_"))}
        self._environ = {
            **own,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
            "HEARTH_DATA_DIR": str(data),
            "HEARTH_HOST": "127.0.0.1",
            "HEARTH_PORT": str(self.port),
            **settings,
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "hearth_reflex.cli", "serve",
                cwd=PROJECT, env=self._environ, stdout=log, stderr=log,
            )  # fmt: skip
        await self._until_it_answers()

    async def _until_it_answers(self) -> None:
        await until(self._answers, seconds=START_SECONDS)

    async def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.returncode is None, f"the server ended:\n{self.log.read_text()[-3000:]}"
        try:
            async with httpx.AsyncClient(base_url=self.base) as client:
                return (await client.get("/healthz")).status_code == 200
        except httpx.TransportError:
            return False

    async def until_logged(self, words: str) -> None:
        async def is_there() -> bool:
            return words in self.log.read_text()

        await until(is_there, seconds=START_SECONDS)

    def faults(self) -> list[str]:
        """What the log holds that nobody expected.

        A page that goes away while it loads has its on_load cancelled by Reflex, in mid-query too, and the database's
        pool says so with a traceback: that one is part of people's coming and going.
        """
        lines = self.log.read_text().splitlines()
        ended = [line for line in lines if re.match(r"[\w.]+(Error|Exception)\b", line)]
        cancelled = ("asyncio.exceptions.CancelledError",)
        return [line for line in lines if '"level": "error"' in line] + [
            line for line in ended if not line.startswith(cancelled)
        ]

    async def kill(self) -> None:
        """As a power cut would."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), 20)
        except TimeoutError:
            await self.kill()

    def setup_path(self) -> str:
        """The one-time link of the first start, without the host."""
        found = re.findall(r"/setup/\S+", self.log.read_text())
        assert found, "the first start printed no setup link"
        return found[-1]

    async def first_admin(self, name: str, *, password: str) -> Person:
        """Whoever keeps the house, made with its one-time link but without a browser."""
        form = {"token": self.setup_path().rpartition("/")[-1], "name": name, "login": "keeper", "password": password}
        async with httpx.AsyncClient(base_url=self.base, timeout=30) as client:
            answer = await client.post("/api/setup", json=form)
            answer.raise_for_status()
            token = answer.cookies["hearth_session"]
        return Person(self.base, name=name, token=token, user_id=answer.json()["user_id"])

    async def person(self, name: str, *, numbered: bool = True) -> Person:
        """A guest, made without a browser. A number is put behind the name: names are given once in a house."""
        shown = f"{name} {next(_people)}" if numbered else name
        transport = httpx.AsyncHTTPTransport(local_address=next(_addresses))
        async with httpx.AsyncClient(base_url=self.base, transport=transport, timeout=30) as client:
            answer = await client.post("/api/session/guest", json={"name": shown})
            answer.raise_for_status()
            return Person(
                self.base, name=shown, token=answer.cookies["hearth_session"], user_id=answer.json()["user_id"]
            )

    async def account(self, name: str) -> Person:
        """Somebody with a password, made without a browser: a guest makes no private room."""
        number = next(_people)
        form = {"name": f"{name} {number}", "login": f"person{number}", "password": "a-warm-winter-night"}
        transport = httpx.AsyncHTTPTransport(local_address=next(_addresses))
        async with httpx.AsyncClient(base_url=self.base, transport=transport, timeout=30) as client:
            answer = await client.post("/api/accounts", json=form)
            answer.raise_for_status()
            return Person(
                self.base, name=form["name"], token=answer.cookies["hearth_session"], user_id=answer.json()["user_id"]
            )
