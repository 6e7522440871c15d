"""What the answers and failures of somebody else's server mean, in the errors of errors.py.

Knows HTTP and the habits of servers of the OpenAI-compatible kind; opens no connection. Nothing here quotes a server:
its words may hold a key, or what was asked.
"""

import re
import ssl
from collections.abc import Mapping
from functools import cache
from typing import cast
from urllib.parse import urlsplit

import httpx

from hearth_reflex.errors import (
    EngineError,
    EngineSilentError,
    PromptTooLongError,
    ProviderError,
    ProviderKeyError,
    ProviderLimitError,
)
from hearth_reflex.llm.dialect import Json, mapping

WORTH_ANOTHER_TRY = frozenset({429, 500, 502, 503, 504, 520, 522, 524, 529})
_KEY_CODES = frozenset({"invalid_api_key", "invalid_authentication", "authentication_error", "permission_error"})
_LIMIT_CODES = frozenset({"rate_limit_exceeded", "rate_limit_error", "insufficient_quota", "overloaded_error"})
_LENGTH_CODES = frozenset({"context_length_exceeded", "exceed_context_size_error", "prompt_too_long"})
_DISPENSABLE = frozenset({"max_tokens", "temperature", "top_p", "seed", "stop", "stream_options", "logit_bias"})
_LENGTH_WORDS = re.compile(r"context (length|size|window)|too many tokens|prompt is too long", re.IGNORECASE)


def api_root(base_url: str) -> str:
    """Where the dialect's routes stand: `/v1` is added to an address that names no version."""
    root = base_url.rstrip("/")
    return root if re.search(r"/v\d", urlsplit(root).path) else f"{root}/v1"


def refusal(body: object, *, status: int = 0) -> EngineError:
    """The error that an answer means: by the codes that such servers use, else by its HTTP status."""
    error = mapping(body).get("error")
    told = mapping(error)
    codes = {str(told.get("code")), str(told.get("type"))}
    if isinstance(told.get("code"), int):
        status = status if status >= 400 else told["code"]
    words = str(told.get("message", "")) if told else str(error or "")
    return _meaning(codes, status, words[:2000])


def without_refused(body: Json, told: object) -> Json:
    """`body` without the wish that the server says it does not know; `body` itself when it says no such thing.

    Only wishes that an answer can do without: how tokens are drawn, and figures. Some name the limit otherwise.
    """
    error = mapping(mapping(told).get("error"))
    unknown = "unsupported" in f"{error.get('code')} {error.get('message')}".lower()
    named = {str(error.get("param"))} if unknown else _forbidden_extras(mapping(told).get("detail"))
    refused = named & _DISPENSABLE & set(body)
    if not refused:
        return body
    kept = {key: value for key, value in body.items() if key not in refused}
    return kept | ({"max_completion_tokens": body["max_tokens"]} if "max_tokens" in refused else {})


def _forbidden_extras(detail: object) -> set[str]:
    """Names of what a strict server did not expect, in the manner of FastAPI."""
    if not isinstance(detail, list):
        return set()
    problems = [mapping(one) for one in cast("list[object]", detail)]
    places = [one.get("loc") for one in problems if one.get("type") == "extra_forbidden"]
    return {str(cast("list[object]", place)[-1]) for place in places if isinstance(place, list) and place}


def fault(error: Exception) -> EngineError:
    """A failure of the connection, or of what came over it."""
    if isinstance(error, EngineError) and type(error) is not EngineError:
        return error
    if isinstance(error, httpx.ConnectTimeout):
        return ProviderError()
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return EngineSilentError()
    return ProviderError()


def asked_patience(headers: Mapping[str, str]) -> float:
    """Seconds of `Retry-After`; 0 where there is none, or it is a date."""
    told = headers.get("retry-after", "").strip()
    return float(told) if re.fullmatch(r"\d{1,6}(\.\d{1,6})?", told) else 0.0


@cache
def trusted_roots() -> ssl.SSLContext:
    """One for all connections: to read the list of authorities takes longer than to connect."""
    return httpx.create_ssl_context(trust_env=False)


def text_of(content: object) -> str:
    """The words of a delta: a string, or a list of parts of which the texts count. Thoughts are no words."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = [mapping(part) for part in cast("list[object]", content)]
    return "".join(part["text"] for part in parts if part.get("type") == "text" and isinstance(part.get("text"), str))


def _meaning(codes: set[str], status: int, words: str) -> EngineError:
    if codes & _LENGTH_CODES or status == 413 or (status in (0, 400, 422) and _LENGTH_WORDS.search(words)):
        return PromptTooLongError()
    if codes & _KEY_CODES or status in (401, 403):
        return ProviderKeyError()
    if codes & _LIMIT_CODES or status in (402, 429):
        return ProviderLimitError()
    return ProviderError("provider_model") if status == 404 else ProviderError()
