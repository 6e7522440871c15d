"""Headers and origins: what a browser may load, who may post from where. A small ASGI wrapper around everything."""

import json
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hearth_reflex.api.problems import problem
from hearth_reflex.errors import ForbiddenError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


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


class Guard:
    """Args:
    policy: Content-Security-Policy; "" leaves it out, for the dev server's inline scripts.
    origins: listed origins, beside the request's own host.
    """

    def __init__(self, app: ASGIApp, *, policy: str, origins: tuple[str, ...]) -> None:
        self._app, self._policy, self._origins = app, policy, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"].startswith("/api/") and scope["path"].endswith("/"):
            # The earlier projects' clients ask with and without the last slash.
            scope = {**scope, "path": scope["path"].rstrip("/")}

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), scope["path"])
            await send(message)

        if scope["method"] not in SAFE_METHODS and not self._from_here(Headers(scope=scope)):
            refusal = problem(Request(scope), ForbiddenError("origin"))
            await refusal(scope, receive, with_headers)
            return
        await self._app(scope, receive, with_headers)

    def _from_here(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is None or origin in self._origins:
            return True  # no browser sends a cross-site post without an Origin
        return urlsplit(origin).netloc == headers.get("host")

    def _add(self, headers: MutableHeaders, path: str) -> None:
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
        headers["X-Frame-Options"] = "DENY"
        headers["Permissions-Policy"] = "geolocation=(), payment=(), usb=()"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if self._policy:
            headers["Content-Security-Policy"] = self._policy
        if path.startswith("/api"):
            headers.setdefault("Cache-Control", "no-store")
