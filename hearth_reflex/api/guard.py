"""Hosts, origins, methods, headers: under which name the house is asked for, who may post from where, what a browser
may load and keep. A small ASGI wrapper around everything: page, API and socket.
"""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hearth_reflex.api.hosts import Hosts
from hearth_reflex.api.problems import refusal
from hearth_reflex.errors import BodyError, ForbiddenError, HearthError, MethodError

_SHORT = "/generate"  # as the earlier projects' clients ask for a text
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_HASHED = re.compile(r"/assets/.*-[\w-]{8}\.\w+$")  # the name changes with the contents


def content_policy(script_hashes: list[str]) -> str:
    """The Content-Security-Policy of the page; `script_hashes` are of the inline scripts of the built page."""
    scripts = " ".join(["'self'", *(f"'{digest}'" for digest in script_hashes)])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; "
        "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def built_hashes(path: Path) -> list[str]:
    """The hashes that the page's build wrote down; none when there is no built page (dev mode)."""
    try:
        return list(json.loads(path.read_text())["script_hashes"])
    except (OSError, ValueError, KeyError):
        return []


def _is_program(headers: Headers) -> bool:
    """Whether a call carries nothing that a browser adds by itself: it stands for whoever wrote its key into it.

    A page of another origin cannot send such a header: it would have to be allowed to first, and never is.
    """
    return headers.get("authorization", "").lower().startswith("bearer ") and "cookie" not in headers


class Guard:
    """Args:
    policy: Content-Security-Policy; "" leaves it out, for the dev server's inline scripts.
    origins: listed origins, beside the request's own host; their hosts are right names of the house.
    """

    def __init__(self, app: ASGIApp, *, policy: str, origins: tuple[str, ...]) -> None:
        self._app, self._policy, self._origins = app, policy, origins
        self._hosts = Hosts(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and not self._is_asked_for(scope):
            await receive()
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: the handshake gets a 403
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].rstrip("/") == _SHORT:
            scope = {**scope, "path": f"/api{_SHORT}"}
        if scope["path"].startswith("/api/") and scope["path"].endswith("/"):
            # The earlier projects' clients ask with and without the last slash.
            scope = {**scope, "path": scope["path"].rstrip("/")}

        in_words = False

        async def with_headers(message: Message) -> None:
            nonlocal in_words
            if message["type"] == "http.response.start":
                in_words = message["status"] == BodyError.status
                self._add(MutableHeaders(scope=message), scope["path"], status=message["status"])
            if not in_words:
                await send(message)
            elif message["type"] == "http.response.start":
                # Whoever counts the body answers in a few English words, and not from where errors become ours.
                await self._refuse(BodyError(), scope, receive, send)

        if fault := self._fault(scope):
            await self._refuse(fault, scope, receive, send)
        else:
            await self._app(scope, receive, with_headers)

    async def _refuse(self, fault: HearthError, scope: Scope, receive: Receive, send: Send) -> None:
        answer = refusal(Request(scope), fault)
        self._add(answer.headers, scope["path"], status=answer.status_code)
        await answer(scope, receive, send)

    def _fault(self, scope: Scope) -> HearthError | None:
        if not self._is_asked_for(scope):
            return ForbiddenError("host")
        if scope["method"] in SAFE_METHODS:
            return None
        headers = Headers(scope=scope)
        if not self._from_here(headers) and not _is_program(headers):
            return ForbiddenError("origin")
        return None if scope["path"].startswith("/api/") else MethodError()

    def _is_asked_for(self, scope: Scope) -> bool:
        return all(self._hosts.is_right(host) for host in Headers(scope=scope).getlist("host"))

    def _from_here(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is None or origin in self._origins:
            return True  # no browser sends a cross-site post without an Origin
        return urlsplit(origin).netloc == headers.get("host")

    def _add(self, headers: MutableHeaders, path: str, *, status: int) -> None:
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
        headers["X-Frame-Options"] = "DENY"
        headers["Permissions-Policy"] = "geolocation=(), payment=(), usb=()"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if self._policy:
            headers.setdefault("Content-Security-Policy", self._policy)  # what people brought has a stricter one
        if path.startswith("/api"):
            headers.setdefault("Cache-Control", "no-store")
        elif _HASHED.search(path) and status in (200, 206, 304):
            headers.setdefault("Cache-Control", "public, max-age=31536000, immutable")
        else:
            headers.setdefault("Cache-Control", "no-cache")  # kept, but asked after: a new page is seen at once
