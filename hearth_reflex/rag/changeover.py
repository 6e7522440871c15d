"""From one model to the next without a gap: until the new table is whole, the old one answers.

A question becomes a vector of the old model as long as its table and the model itself are there, and the vector carries
the name of its model, so that it is asked of the right table whatever happens in between. Words are looked for in both.
What comes in goes to the new table alone; what is removed leaves both.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from hearth_reflex.domain.meanings import Meanings
from hearth_reflex.domain.passages import Embedder, Entry, Kind, Near, VectorOf
from hearth_reflex.errors import EmbedderError
from hearth_reflex.rag.index import LanceIndex

log = structlog.get_logger(__name__)

AGAIN_S = 30.0  # after so long a process that does not write looks whether the one that does has ended it


@dataclass(frozen=True, slots=True)
class Old:
    """What was before. Its `embedder` is None where that model is not to be had any more."""

    model: str
    index: LanceIndex
    embedder: Embedder | None


class Changeover:
    """Whether there is something old to ask: looked up once, and again from time to time while there is.

    Args:
        index: the new one.
        embedder_of: makes the embedder of (model, source), or None.
        again_s: seconds from one look to the next.
    """

    def __init__(
        self, index: LanceIndex, *, embedder_of: Callable[[str, str], Embedder | None], again_s: float = AGAIN_S
    ) -> None:
        self._index, self._embedder_of, self._again_s = index, embedder_of, again_s
        self._old: Old | None = None
        self._looked, self._looking = False, asyncio.Lock()
        self._looked_at = 0.0

    async def old(self) -> Old | None:
        now = asyncio.get_running_loop().time()
        async with self._looking:
            if not self._looked:
                self._old = await self._look()
                self._looked, self._looked_at = True, now
            elif self._old is not None and now - self._looked_at >= self._again_s:
                self._looked_at = now
                if not await self._is_there(self._old):
                    await self.end()
        return self._old

    async def end(self) -> None:
        """The new table is whole, or the house closes."""
        self._looked = True
        old, self._old = self._old, None
        if old is not None:
            await old.index.close()
            if old.embedder is not None:
                await old.embedder.close()

    async def _is_there(self, old: Old) -> bool:
        try:
            return old.model in {model for model, _, _ in await self._index.others()}
        except (RuntimeError, ValueError, OSError):
            return True  # a store that does not answer now has not lost it

    async def _look(self) -> Old | None:
        """The other table that knows most; none that knows less than the new one: who goes back to a model before the
        next one was ready has a table that is nearly whole."""
        found = await self._index.others()
        if not found or found[-1][2] <= await self._index.count(embedded=True):
            return None
        model, source, _ = found[-1]
        embedder = self._embedder_of(model, source)
        log.info("changeover.begun", old_answers=embedder is not None)
        return Old(model, self._index.of_model(model), embedder)


class ChangingEmbedder:
    """Implements domain.passages.Embedder."""

    def __init__(self, new: Embedder, change: Changeover) -> None:
        self._new, self._change = new, change

    @property
    def model(self) -> str:
        return self._new.model

    @property
    def dimension(self) -> int:
        return self._new.dimension

    async def embed(self, texts: Sequence[str], *, query: bool = False) -> list[list[float]]:
        old = await self._change.old() if query else None
        if old is None or old.embedder is None:
            return await self._new.embed(texts, query=query)
        try:
            return [VectorOf(vector, old.model) for vector in await old.embedder.embed(texts, query=True)]
        except EmbedderError:
            log.warning("changeover.old_model_silent")
            return await self._new.embed(texts, query=query)

    async def embed_sentences(self, texts: Sequence[str], *, query: bool = False) -> list[list[float]]:
        return await self._new.embed_sentences(texts, query=query)

    async def alike(self, words: Sequence[str], texts: Sequence[str], *, seconds: float) -> list[list[float]]:
        return await self._new.alike(words, texts, seconds=seconds)

    async def words(self, texts: Sequence[str]) -> list[str]:
        return await self._new.words(texts)

    async def meanings(self, words: Sequence[str]) -> Meanings:
        return await self._new.meanings(words)

    async def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return await self._new.count_tokens(texts)

    async def close(self) -> None:
        await self._change.end()
        await self._new.close()


class ChangingIndex:
    """Implements domain.passages.PassageIndex, and what the one that writes asks beside it."""

    def __init__(self, new: LanceIndex, change: Changeover) -> None:
        self._new, self._change = new, change

    async def open(self, dimension: int) -> str:
        return await self._new.open(dimension)

    async def rebuild(self, dimension: int) -> str:
        return await self._new.rebuild(dimension)

    async def sound(self) -> bool:
        return await self._new.sound()

    async def tidy(self) -> None:
        await self._new.tidy()

    async def put(self, entries: Sequence[Entry], vectors: Sequence[Sequence[float]], words: Sequence[str]) -> None:
        await self._new.put(entries, vectors, words)

    async def remove(self, keys: Sequence[str]) -> None:
        await self._new.remove(keys)

    async def others(self) -> list[tuple[str, str, int]]:
        return await self._new.others()

    async def drop_others(self) -> None:
        await self._change.end()
        await self._new.drop_others()

    async def close(self) -> None:
        await self._new.close()

    async def nearest(
        self,
        vector: Sequence[float],
        *,
        scopes: Sequence[str],
        kinds: Sequence[Kind] = (),
        parents: Sequence[str] = (),
        limit: int = 50,
    ) -> list[Near]:
        (found,) = await self.nearest_each([vector], scopes=scopes, kinds=kinds, parents=parents, limit=limit)
        return found

    async def nearest_each(
        self,
        vectors: Sequence[Sequence[float]],
        *,
        scopes: Sequence[str],
        kinds: Sequence[Kind] = (),
        parents: Sequence[str] = (),
        limit: int = 50,
    ) -> list[list[Near]]:
        index = self._new
        if vectors and isinstance(first := vectors[0], VectorOf):
            old = await self._change.old()
            if old is None or old.model != first.model:
                return [
                    [] for _ in vectors
                ]  # the new table became whole just now; its vectors come with the next question
            index = old.index
        return await index.nearest_each(vectors, scopes=scopes, kinds=kinds, parents=parents, limit=limit)

    async def matching(
        self,
        words: str,
        *,
        scopes: Sequence[str],
        kinds: Sequence[Kind] = (),
        parents: Sequence[str] = (),
        limit: int = 50,
    ) -> list[Near]:
        found = await self._new.matching(words, scopes=scopes, kinds=kinds, parents=parents, limit=limit)
        if (old := await self._change.old()) is None:
            return found
        try:
            before = await old.index.matching(words, scopes=scopes, kinds=kinds, parents=parents, limit=limit)
        except EmbedderError:
            return found
        both = {near.key: near for near in (*before, *found)}
        return sorted(both.values(), key=lambda near: -near.score)[:limit]
