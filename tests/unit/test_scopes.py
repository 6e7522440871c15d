"""What a program's key may do: one scope never stands for another."""

import pytest

from hearth_reflex.domain.scopes import Scope, known_scopes, scopes_for


@pytest.mark.parametrize(
    ("method", "path", "enough"),
    [
        ("GET", "/api/rooms", {Scope.READ}),
        ("head", "/api/rooms", {Scope.READ}),
        ("POST", "/api/rooms", {Scope.WRITE}),
        ("DELETE", "/api/rooms/x", {Scope.WRITE}),
        ("BREW", "/api/rooms", {Scope.WRITE}),
        ("GET", "/api/llm/models", {Scope.READ, Scope.LLM}),
        ("POST", "/api/llm/generate", {Scope.WRITE, Scope.LLM}),
        ("POST", "/api/generate", {Scope.WRITE, Scope.LLM}),
        ("POST", "/api/llmx/generate", {Scope.WRITE}),
        ("POST", "/api/rag/search", {Scope.READ}),
        ("POST", "/api/rag/search/", {Scope.READ}),
        ("POST", "/api/rag/generate", {Scope.READ}),
        ("POST", "/api/rag/generate/", {Scope.READ}),
        ("POST", "/api/rooms/llm/messages", {Scope.WRITE}),
    ],
)
def test_which_scope_is_enough(method: str, path: str, enough: set[Scope]) -> None:
    assert scopes_for(method, path) == enough


def test_scopes_are_told_once_and_in_order() -> None:
    assert known_scopes(["llm", "read", "llm"]) == (Scope.READ, Scope.LLM)
    assert known_scopes([]) == ()


@pytest.mark.parametrize("name", ["admin", "READ", "", "read "])
def test_what_is_no_scope_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="Scope"):
        known_scopes(["read", name])
