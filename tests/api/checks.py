"""What every refusal of the API looks like."""

from typing import Any

import httpx

TRACES = ("Traceback", 'File "', "hearth_reflex/", "sqlalchemy", "pydantic")


def check_problem(answer: httpx.Response, status: int, code: str, field: str | None = None) -> dict[str, Any]:
    """problem+json with this code and field, in words, and nothing of the inside; 401 names how programs come in."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers.get("www-authenticate") == ("Bearer" if status == 401 else None)
    told = answer.json()
    assert set(told) == {"type", "title", "status", "detail", "code", "field"}
    assert (told["status"], told["code"], told["field"]) == (status, code, field)
    assert told["detail"]
    assert not any(trace in answer.text for trace in TRACES)
    return told
