"""What a program's key may do. Knows methods and paths as words, and no web framework."""

from collections.abc import Iterable
from enum import StrEnum


class Scope(StrEnum):
    READ = "read"  # look at what its owner may see
    WRITE = "write"  # say and change things in their name
    LLM = "llm"  # ask the house's models


_LOOKING = frozenset({"GET", "HEAD", "OPTIONS"})
_MODELS = "/api/llm/"
_GENERATE = "/api/generate"
# They look, and read to who asks what its owner may see; their question is too long for an address.
_FIND = frozenset({"/api/rag/search", "/api/rag/generate"})


def scopes_for(method: str, path: str) -> frozenset[Scope]:
    """Those of which one is enough for a call: `read` to look, `write` for all else, and `llm` for both where it is a
    model that is asked. None stands for another: who may write may not look."""
    looks = method.upper() in _LOOKING or path.rstrip("/") in _FIND
    own = Scope.READ if looks else Scope.WRITE
    return frozenset({own, Scope.LLM}) if path.startswith(_MODELS) or path == _GENERATE else frozenset({own})


def known_scopes(names: Iterable[str]) -> tuple[Scope, ...]:
    """Each once, in the order of `Scope`. Raises ValueError for a name that is none."""
    wanted = {Scope(name) for name in names}
    return tuple(scope for scope in Scope if scope in wanted)
