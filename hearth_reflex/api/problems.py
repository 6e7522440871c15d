"""Errors as application/problem+json (RFC 9457), in the reader's language, one shape everywhere."""

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException

from hearth_reflex.bootstrap import house
from hearth_reflex.errors import HearthError, InputError, LimitError, MethodError, NotFoundError
from hearth_reflex.i18n import Locale, locale_of, say

log = structlog.get_logger(__name__)

LOCALE_COOKIE = "hearth_locale"
_BY_STATUS = {
    401: "signed_out",
    403: "forbidden",
    404: "not_found",
    405: "method",
    409: "conflict",
    413: "body_long",
}


def reader_locale(request: Request) -> Locale:
    """The language chosen on the page, else the browser's."""
    chosen = request.headers.get("accept-language") if "x-hearth" in request.headers else None
    cookie = request.cookies.get(LOCALE_COOKIE)
    if chosen is None and cookie in ("ko", "en"):
        return "ko" if cookie == "ko" else "en"
    return locale_of(chosen or request.headers.get("accept-language"), default=house().settings.default_locale)


def problem(request: Request, error: HearthError) -> JSONResponse:
    """The answer for one error of the tree."""
    body = {
        "type": "about:blank",
        "title": error.code,
        "status": error.status,
        "detail": _detail(request, error),
        "code": error.code,
        "field": error.field,
    }
    return JSONResponse(body, error.status, headers=_headers(request, error), media_type="application/problem+json")


def _headers(request: Request, error: HearthError) -> dict[str, str]:
    """When to come back, and how a program may say who it is: browsers ask nobody for a key of this kind."""
    told = {"Retry-After": str(error.params["seconds"])} if isinstance(error, LimitError) else {}
    if error.status == 401 and request.url.path.startswith("/api/"):
        told["WWW-Authenticate"] = "Bearer"
    return told


def refusal(request: Request, error: HearthError) -> Response:
    """The answer for what was no call of the API: to somebody who opened an address in a browser, the words alone."""
    answer = problem(request, error)
    if not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", ""):
        answer = PlainTextResponse(f"{_detail(request, error)}\n", error.status)
    if isinstance(error, MethodError):
        answer.headers["Allow"] = "GET, HEAD"
    return answer


def _detail(request: Request, error: HearthError) -> str:
    return say(reader_locale(request), f"error.{error.code}", **error.params)


def install(app: FastAPI) -> None:
    """Teaches `app` to answer every error in this shape."""
    app.add_exception_handler(HearthError, _on_hearth_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(Exception, _on_surprise)


async def _on_hearth_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HearthError)  # noqa: S101 - registered for it
    return problem(request, error)


async def _on_validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    # A number in a place is where a body stops being JSON: that is no field.
    place = [part for part in error.errors()[0]["loc"][1:] if isinstance(part, str)]  # first comes where it was sent
    # A path that is no uuid names nothing; it is not the caller's arguments that are wrong.
    if error.errors()[0]["loc"][0] == "path":
        return problem(request, NotFoundError())
    return problem(request, InputError("arguments", field=".".join(place) or None))


async def _on_http_exception(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    named = HearthError(_BY_STATUS.get(error.status_code, "input"))
    named.status = error.status_code
    return problem(request, named)


async def _on_surprise(request: Request, error: Exception) -> JSONResponse:
    log.error("api.surprise", path=request.url.path, exc_info=error)
    return problem(request, HearthError())
