"""An embedder and an index without a process, a model or a file. For tests only: nothing of the product can choose it.

A vector counts the words of a text, folded into a few numbers, so that texts with the same words are near each other.
"""

import hashlib
import math
import re
from collections import Counter
from collections.abc import Sequence

from hearth_reflex.domain.meanings import UNKNOWN, Meanings
from hearth_reflex.domain.passages import Entry, Kind, Near, checked_key, checked_scope
from hearth_reflex.errors import EmbedderError

DIMENSION = 64
_WORD = re.compile(r"\w+")


class BagEmbedder:
    """Args:
    fails_on: a text that holds this word cannot be embedded, nor can those beside it.
    """

    def __init__(self, *, model: str = "bag-of-words", fails_on: str = "") -> None:
        self.model, self.dimension = model, DIMENSION
        self.fails_on = fails_on
        self.embedded: list[str] = []  # texts that vectors were made of, passages only

    async def embed(self, texts: Sequence[str], *, query: bool = False) -> list[list[float]]:
        if self.fails_on and any(self.fails_on in text for text in texts):
            raise EmbedderError
        if not query:
            self.embedded += texts
        return [_vector(text) for text in texts]

    async def embed_sentences(self, texts: Sequence[str], *, query: bool = False) -> list[list[float]]:
        """Of another length, as sentences are not to be held against what is in an index."""
        return [[*vector, 0.0] for vector in await self.embed(texts, query=query)]

    async def alike(self, words: Sequence[str], texts: Sequence[str], *, seconds: float) -> list[list[float]]:
        raise EmbedderError  # it knows no word from another

    async def words(self, texts: Sequence[str]) -> list[str]:
        return [" ".join(_words(text)) for text in texts]

    async def meanings(self, words: Sequence[str]) -> Meanings:
        return UNKNOWN

    async def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [max(1, len(text) // 3) if text else 0 for text in texts]

    async def close(self) -> None:
        """There is nothing to end."""


class MemoryIndex:
    """Rows in a dictionary, with the marks that a real index tells of itself."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[Entry, list[float], str]] = {}
        self.made = 0
        self.lost = False
        self.puts = 0

    async def open(self, dimension: int) -> str:
        self.made = self.made or 1
        return f"mark{self.made}"

    async def rebuild(self, dimension: int) -> str:
        self.made, self.lost = self.made + 1, False
        self.rows.clear()
        return f"mark{self.made}"

    async def sound(self) -> bool:
        return not self.lost

    async def tidy(self) -> None:
        """Nothing is ever untidy here."""

    async def others(self) -> list[tuple[str, str, int]]:
        return []  # there is one model

    async def drop_others(self) -> None:
        """There is one model."""

    async def close(self) -> None:
        """There is nothing to end."""

    async def put(self, entries: Sequence[Entry], vectors: Sequence[Sequence[float]], words: Sequence[str]) -> None:
        self.puts += 1
        for entry, vector, said in zip(entries, vectors, words, strict=True):
            self.rows[checked_key(entry.key)] = (entry, list(vector), said)

    async def remove(self, keys: Sequence[str]) -> None:
        for key in keys:
            kind, _, rest = key.partition(":")
            of = {"parent": "parent", "scope": "scope"}.get(kind, "key")
            value = key if of == "key" else rest
            self.rows = {name: row for name, row in self.rows.items() if getattr(row[0], of) != value}

    async def nearest(
        self,
        vector: Sequence[float],
        *,
        scopes: Sequence[str],
        kinds: Sequence[Kind] = (),
        parents: Sequence[str] = (),
        limit: int = 50,
    ) -> list[Near]:
        seen = self._seen(scopes, kinds, parents)
        found = [Near(entry.key, sum(a * b for a, b in zip(vector, own, strict=True))) for entry, own, _ in seen if own]
        return sorted(found, key=lambda near: -near.score)[:limit]

    async def nearest_each(
        self,
        vectors: Sequence[Sequence[float]],
        *,
        scopes: Sequence[str],
        kinds: Sequence[Kind] = (),
        parents: Sequence[str] = (),
        limit: int = 50,
    ) -> list[list[Near]]:
        return [
            await self.nearest(vector, scopes=scopes, kinds=kinds, parents=parents, limit=limit) for vector in vectors
        ]

    async def matching(
        self,
        words: str,
        *,
        scopes: Sequence[str],
        kinds: Sequence[Kind] = (),
        parents: Sequence[str] = (),
        limit: int = 50,
    ) -> list[Near]:
        asked = set(words.split())
        found = [
            Near(entry.key, float(count))
            for entry, _, said in self._seen(scopes, kinds, parents)
            if (count := sum(times for word, times in Counter(said.split()).items() if word in asked))
        ]
        return sorted(found, key=lambda near: -near.score)[:limit]

    def _seen(
        self, scopes: Sequence[str], kinds: Sequence[Kind], parents: Sequence[str]
    ) -> list[tuple[Entry, list[float], str]]:
        mine = [checked_scope(scope) for scope in scopes]
        return [
            row
            for row in self.rows.values()
            if row[0].scope in mine
            and (not kinds or row[0].kind in kinds)
            and (not parents or row[0].parent in parents)
        ]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _vector(text: str) -> list[float]:
    numbers = [0.0] * DIMENSION
    for word in _words(text):
        numbers[int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big") % DIMENSION] += 1.0
    length = math.sqrt(sum(number * number for number in numbers))
    return [number / length for number in numbers] if length else [1.0, *numbers[1:]]
