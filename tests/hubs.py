"""A server of the hub's shape on loopback: tells of files, redirects to their bytes, resumes, breaks off, lies.

Its bytes lie on another origin than its words (`localhost` instead of 127.0.0.1), as the real hub's do.
"""

import asyncio
import hashlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

COMMIT = "c0ffee" * 6 + "c0ff"
STEP = 1000


class HubServer:
    """Args:
    files: path in the repository to bytes.
    """

    def __init__(self, files: dict[str, bytes], *, repo: str = "fire/place") -> None:
        self.files, self.repo = files, repo
        self.key = ""  # asked for, when set
        self.gated = False
        self.lie = ""  # told instead of the right checksum
        self.refuse = 0  # status of every answer with bytes
        self.ranges = True  # whether it resumes
        self.breaks: list[int] = []  # after so many bytes of an answer the connection breaks, one after the other
        self.hold: asyncio.Event | None = None  # when set, waits for it in the middle of a file
        self.holding = asyncio.Event()
        self.asked: list[tuple[str, str, str]] = []  # (where, Range, Authorization)
        self.agents: list[str] = []
        self.url = self.bytes_url = ""

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/models/{owner}/{name}/revision/{revision}", self._info),
                Route("/{owner}/{name}/resolve/{revision}/{file:path}", self._resolve),
                Route("/bytes/{file:path}", self._bytes),
            ]
        )

    def _note(self, request: Request, where: str) -> None:
        self.asked.append((where, request.headers.get("range", ""), request.headers.get("authorization", "")))
        self.agents.append(request.headers.get("user-agent", ""))

    def _no(self, request: Request) -> Response | None:
        """What the hub says to who may not, or asks for what is not there."""
        if self.gated:
            return Response(status_code=403, headers={"X-Error-Code": "GatedRepo"})
        if self.key and request.headers.get("authorization") != f"Bearer {self.key}":
            return Response(status_code=401, headers={"X-Error-Message": "Invalid credentials in Authorization header"})
        if f"{request.path_params['owner']}/{request.path_params['name']}" != self.repo:
            return Response(status_code=401, headers={"X-Error-Code": "RepoNotFound"})
        if request.path_params["revision"] not in ("main", COMMIT):
            return Response(status_code=404, headers={"X-Error-Code": "RevisionNotFound"})
        return None

    async def _info(self, request: Request) -> Response:
        self._note(request, "info")
        siblings = [{"rfilename": name, "size": len(data)} for name, data in self.files.items()]
        told = {"id": self.repo, "sha": COMMIT, "siblings": siblings, "tags": [], "private": False, "downloads": 0}
        return self._no(request) or JSONResponse(told)

    async def _resolve(self, request: Request) -> Response:
        self._note(request, "resolve")
        file = request.path_params["file"]
        if refusal := self._no(request):
            return refusal
        if file not in self.files:
            return Response(status_code=404, headers={"X-Error-Code": "EntryNotFound"})
        digest = self.lie or hashlib.sha256(self.files[file]).hexdigest()
        headers = {
            "X-Repo-Commit": COMMIT,
            "X-Linked-Size": str(len(self.files[file])),
            "X-Linked-Etag": f'"{digest}"',
        }
        return RedirectResponse(f"{self.bytes_url}/bytes/{file}", status_code=302, headers=headers)

    async def _bytes(self, request: Request) -> Response:
        self._note(request, "bytes")
        if self.refuse:
            return Response(status_code=self.refuse)
        data, start = self.files[request.path_params["file"]], 0
        if self.ranges and (asked := request.headers.get("range")):
            start = int(asked.removeprefix("bytes=").rstrip("-"))
        headers = {"Content-Length": str(len(data) - start)}
        if self.ranges:
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        return StreamingResponse(self._pieces(data[start:]), 206 if self.ranges else 200, headers=headers)

    async def _pieces(self, data: bytes) -> AsyncIterator[bytes]:
        end = self.breaks.pop(0) if self.breaks else len(data) + 1
        for at in range(0, len(data), STEP):
            if at >= end:
                raise ConnectionAbortedError("as this test wants it")
            if self.hold is not None and at >= len(data) // 2:
                self.holding.set()
                await self.hold.wait()
            yield data[at : at + STEP]


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@asynccontextmanager
async def serving(hub: HubServer) -> AsyncIterator[HubServer]:
    """The hub on a port of its own, until the block ends; then nobody answers there."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        hub.url, hub.bytes_url = f"http://127.0.0.1:{port}", f"http://localhost:{port}"
        config = uvicorn.Config(hub.app(), lifespan="off", log_config=None, ws="none", timeout_graceful_shutdown=1)
        server = _Server(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        await server.ready.wait()
        try:
            yield hub
        finally:
            if hub.hold is not None:
                hub.hold.set()
            server.should_exit = True
            await task
