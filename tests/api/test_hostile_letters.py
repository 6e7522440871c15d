"""Letters that a database or an answer cannot hold: a clear refusal, and never a fault.

PostgreSQL takes no NUL, UTF-8 no half of a surrogate pair; an address or JSON may carry either.
"""

import httpx
import pytest

_PATHS = [
    ("GET", "/api/invites/a%00b"),
    ("POST", "/api/invites/a%00b"),
    ("GET", "/api/people/a%00b"),
    ("GET", "/api/people/a%00b/avatar"),
    ("DELETE", "/api/me/devices/a%00b"),
    ("GET", "/api/files/a%00b"),
    ("GET", "/api/rooms/a%00b"),
]


@pytest.mark.parametrize(("method", "path"), _PATHS)
async def test_nothing_of_that_name_is_there(mina: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await mina.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


_BODIES = [
    ("PATCH", "/api/me/preferences", rb'{"\ud800": 1}'),
    ("PATCH", "/api/me", rb'{"name": "\ud800"}'),
    ("PATCH", "/api/me", rb'{"bio": "\ud800"}'),
    ("POST", "/api/me/account", rb'{"login": "minari", "password": "\ud800 and ten letters"}'),
    ("POST", "/api/accounts", rb'{"login": "minari", "name": "minari", "password": "\ud800 and ten letters"}'),
    ("POST", "/api/session", rb'{"login": "minari", "password": "\ud800 and ten letters"}'),
    ("POST", "/api/rooms", rb'{"name": "\ud800"}'),
    ("POST", "/api/rooms/direct", rb'{"user_id": "\ud800"}'),
]


@pytest.mark.parametrize(("method", "path", "body"), _BODIES)
async def test_half_a_letter_is_refused(mina: httpx.AsyncClient, method: str, path: str, body: bytes) -> None:
    answer = await mina.request(method, path, content=body, headers={"Content-Type": "application/json"})
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"
