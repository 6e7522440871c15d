"""What can be found by its meaning: pieces of documents, pictures, messages, memories. Plain values and two seams.

A scope says whose an entry is: `room:<uuid>` or `user:<uuid>`. Whoever asks resolves the scopes of the asker on the
server; the index is never asked without them. Knows no database, no model and no index.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from hearth_reflex.domain.meanings import Meanings

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_SCOPE = re.compile(rf"(?:room|user):{_UUID}")
_KEY = re.compile(rf"(?:chunk|picture|message|memory):{_UUID}")


class Kind(StrEnum):
    CHUNK = "chunk"
    PICTURE = "picture"
    MESSAGE = "message"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the index.

    Args:
        key: `<kind>:<uuid>`.
        scope: whose it is.
        parent: uuid of the document that it is a piece of, or of the room that it was said in.
        text: what is searched; kept as words and as a vector, not as it stands.
        at: when it was said or brought.
    """

    key: str
    kind: Kind
    scope: str
    parent: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Near:
    """An entry that was found, and how near it is: a cosine, or a BM25 score."""

    key: str
    score: float


class VectorOf(list[float]):
    """A vector that says whose it is: of another model than the house's own, while one takes the other's place."""

    def __init__(self, numbers: Sequence[float], model: str) -> None:
        super().__init__(numbers)
        self.model = model

    @classmethod
    def like(cls, vector: Sequence[float], numbers: Sequence[float]) -> Sequence[float]:
        """What was made of a vector is of the same model."""
        return cls(numbers, vector.model) if isinstance(vector, VectorOf) else numbers


class Embedder(Protocol):
    """The seam to a model of meaning. Calls may be made concurrently from one event loop and never block it."""

    @property
    def model(self) -> str:
        """What tells its vectors from those of others: stored with each of them."""
        ...

    @property
    def dimension(self) -> int: ...

    async def embed(self, texts: Sequence[str], *, query: bool = False) -> list[list[float]]:
        """Unit vectors, for the index and for questions to it. Raises `errors.EmbedderError`."""
        ...

    async def embed_sentences(self, texts: Sequence[str], *, query: bool = False) -> list[list[float]]:
        """Unit vectors of the model's first encoder alone, to be held against each other and against nothing in an
        index; of another length than `dimension`, maybe. Raises `errors.EmbedderError`."""
        ...

    async def alike(self, words: Sequence[str], texts: Sequence[str], *, seconds: float) -> list[list[float]]:
        """For each text, and in it for each word, the cosine of the nearest word there by its meaning; 0 where it has
        no words. Of as many texts, from the first on, as can be looked at in that time. Raises `errors.EmbedderError`,
        also where the model tells no single words apart."""
        ...

    async def words(self, texts: Sequence[str]) -> list[str]:
        """What of each text full text compares: morphemes and stems, spaces between them."""
        ...

    async def meanings(self, words: Sequence[str]) -> Meanings:
        """What these words of a question may be in the other language. Raises `errors.EmbedderError`."""
        ...

    async def count_tokens(self, texts: Sequence[str]) -> list[int]: ...

    async def close(self) -> None: ...


class PassageIndex(Protocol):
    """The seam to the index. Every question names its scopes; an empty list finds nothing."""

    async def put(self, entries: Sequence[Entry], vectors: Sequence[Sequence[float]], words: Sequence[str]) -> None: ...

    async def remove(self, keys: Sequence[str]) -> None:
        """Keys as `Removal.key` has them: of entries, parents and scopes."""
        ...

    async def nearest(
        self,
        vector: Sequence[float],
        *,
        scopes: Sequence[str],
        kinds: Sequence[Kind] = (),
        parents: Sequence[str] = (),
        limit: int = 50,
    ) -> list[Near]: ...

    async def nearest_each(
        self,
        vectors: Sequence[Sequence[float]],
        *,
        scopes: Sequence[str],
        kinds: Sequence[Kind] = (),
        parents: Sequence[str] = (),
        limit: int = 50,
    ) -> list[list[Near]]:
        """As `nearest`, of each of several vectors of one model, for little more than one of them takes."""
        ...

    async def matching(
        self,
        words: str,
        *,
        scopes: Sequence[str],
        kinds: Sequence[Kind] = (),
        parents: Sequence[str] = (),
        limit: int = 50,
    ) -> list[Near]: ...


def room_scope(uuid: str) -> str:
    return checked_scope(f"room:{uuid}")


def user_scope(uuid: str) -> str:
    return checked_scope(f"user:{uuid}")


def checked_scope(scope: str) -> str:
    """Raises ValueError for what is no scope: filters of the index are strings, and only these are put into them."""
    if not _SCOPE.fullmatch(scope):
        raise ValueError("no scope")
    return scope


def key_of(kind: Kind, uuid: str) -> str:
    return checked_key(f"{kind.value}:{uuid}")


def checked_key(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError("no key")
    return key
