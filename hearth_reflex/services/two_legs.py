"""The two legs of a search by meaning: vectors and words, asked side by side of one index, and made into one order.

Where the embedder is late or silent, words alone are looked for, taken apart by rules of our own. Decides nothing about
access: scopes come from `reach.py`, texts from whoever read them there.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import structlog

from hearth_reflex.domain.compass import ENGLISH, KOREAN, Compass
from hearth_reflex.domain.fusion import STRANGERS, Candidate, Ranked, fuse, prepare
from hearth_reflex.domain.kin import LOOKED_AT, asked_words, by_kin
from hearth_reflex.domain.meanings import UNKNOWN, Meanings
from hearth_reflex.domain.passages import Embedder, Kind, Near, PassageIndex, VectorOf
from hearth_reflex.domain.queries import Query, has_substance, plain_words
from hearth_reflex.errors import EmbedderError
from hearth_reflex.services.passages import Passage
from hearth_reflex.services.patience import Patience
from hearth_reflex.services.reach import Reach

log = structlog.get_logger(__name__)

_T = TypeVar("_T")
_Vectors = tuple[Sequence[float], Sequence[float], float]
Tell = Callable[[Sequence[str]], Awaitable[Sequence[Passage]]]

EACH = 50  # finds of one leg
ALIKE_S = 0.1  # for words that have not been looked at yet


@dataclass(frozen=True, slots=True)
class Legs:
    """What the legs found: scores by key. `vectors` is None where there were none to ask with; `across` is what the
    question finds as if it had been asked in the other language, `strangers` the cosine of what has nothing to do with
    each other, for the model that answered; `translated` is what its words find there, by what they mean."""

    vectors: Mapping[str, float] | None
    across: Mapping[str, float]
    words: Mapping[str, float]
    strangers: float = STRANGERS
    embed_ms: float = 0.0
    translated: Mapping[str, float] = field(default_factory=dict[str, float])
    meanings: Meanings = UNKNOWN

    @property
    def keys(self) -> list[str]:
        return list(dict.fromkeys([*(self.vectors or {}), *self.across, *self.words, *self.translated]))


@dataclass(frozen=True, slots=True)
class BegunLook:
    """A question, and what the embedder is being asked about it since `begun`, a moment of `time.perf_counter`; None
    where there is nothing to ask."""

    query: Query
    vectors: asyncio.Task[_Vectors] | None
    words: asyncio.Task[list[str]] | None
    meanings: asyncio.Task[Meanings] | None
    begun: float


async def _not_told(keys: Sequence[str]) -> Sequence[Passage]:
    """Of whoever needs to know the finds only when all of them are there."""
    return ()


class TwoLegs:
    """One for a house: what is late of one question is ready for the next."""

    def __init__(self, *, embedder: Embedder, index: PassageIndex) -> None:
        self._embedder, self._index = embedder, index
        self._patience = Patience()
        self._compasses: dict[str, Compass] = {}  # by model: while one takes the other's place there are two

    @property
    def has_index(self) -> bool:
        """Whether anything is brought into an index here at all."""
        return bool(self._embedder.model)

    @contextmanager
    def begun(self, query: Query, *, patience: float | None = None) -> Generator[BegunLook]:
        """Asks the embedder about a question: beside the look at who may see what, and once for several looks.

        Args:
            patience: seconds for the embedder, after which words alone are looked for.
        """
        tasks: list[asyncio.Task[Any]] = []

        def begin(asked: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
            task = asyncio.create_task(self._patience.within(patience, asked))
            task.add_done_callback(_heard)
            tasks.append(task)
            return task

        try:
            yield BegunLook(
                query=query,
                vectors=begin(self._vectors(query)) if has_substance(query.text) else None,
                words=begin(self._embedder.words([query.words])) if query.text else None,
                meanings=begin(self._embedder.meanings(query.keywords)) if query.text else None,
                begun=time.perf_counter(),
            )
        finally:
            for task in tasks:
                task.cancel()  # nobody waits for what is not done by now

    async def ask(
        self, reach: Reach, query: Query, *, kinds: Sequence[Kind] = (), patience: float | None = None
    ) -> Legs:
        """What the index says to both legs of a question. Args as of `begun` and `look`."""
        with self.begun(query, patience=patience) as asked:
            return await self.look(reach, asked, kinds=kinds)

    async def look(self, reach: Reach, asked: BegunLook, *, kinds: Sequence[Kind] = (), tell: Tell = _not_told) -> Legs:
        """What the index says to both legs. An index or an embedder that does not answer has found nothing.

        Args:
            tell: is awaited twice, with the keys that words and those that vectors have found; returns the passages
                that it read for the first time. Those of words, which come first, are made ready to be compared while
                vectors are waited for.
        """
        meaning, (words, meanings, translated) = await asyncio.gather(
            self._by_meaning(reach, asked, kinds, tell), self._by_all_words(reach, asked, kinds, tell)
        )
        return replace(meaning, words=words, meanings=meanings, translated=translated)

    async def _by_meaning(self, reach: Reach, asked: BegunLook, kinds: Sequence[Kind], tell: Tell) -> Legs:
        if asked.vectors is None:
            return Legs(None, {}, {})
        try:
            # Shielded, here and below: others may wait for the same.
            own, across, strangers = await asyncio.shield(asked.vectors)
            embed_ms = ms_since(asked.begun)
            found, foreign = await self._index.nearest_each(
                (own, across), scopes=reach.scopes, kinds=kinds, parents=reach.documents, limit=EACH
            )
        except EmbedderError:
            log.info("retrieval.words_alone")
            return Legs(None, {}, {}, embed_ms=ms_since(asked.begun))
        legs = Legs(_scores(found), _scores(foreign), {}, strangers, embed_ms)
        await tell(legs.keys)
        return legs

    async def _vectors(self, query: Query) -> _Vectors:
        """The question's vector in its own language, and in the other; both of the model that answered, with the cosine
        of its strangers."""
        (vector,) = await self._embedder.embed([query.text], query=True)
        if (compass := self._compasses.get(self._model_of(vector))) is None:
            # In one with the question, so that all of them are of one model whatever happens meanwhile.
            *known, vector = await self._embedder.embed([*KOREAN, *ENGLISH, query.text], query=True)
            compass = await asyncio.to_thread(Compass.of, known[: len(KOREAN)], known[len(KOREAN) :])
            self._compasses[self._model_of(vector)] = compass
        own, across = compass.own(vector), compass.across(vector, hangul=query.hangul)
        return VectorOf.like(vector, own), VectorOf.like(vector, across), compass.strangers

    async def ordered(
        self, query: Query, legs: Legs, read: Mapping[str, Passage], *, seconds: float = ALIKE_S
    ) -> list[Ranked]:
        """What was read, in the order in which it answers: as the legs have it, then by words that mean the same.

        Args:
            seconds: for the embedder to look at words; where it does not answer the order of the legs stands.
        """
        order = await asyncio.to_thread(ranked, query, legs, read)
        words, texts = asked_words(query), [one.candidate.text for one in order[:LOOKED_AT]]
        if legs.vectors is None or not words or len(texts) < 2:
            return order
        try:
            asking = self._embedder.alike(words, texts, seconds=seconds)
            alike = await self._patience.within(2 * seconds, asking)
        except EmbedderError:
            return order
        return await asyncio.to_thread(by_kin, query, order, alike)

    def _model_of(self, vector: Sequence[float]) -> str:
        return vector.model if isinstance(vector, VectorOf) else self._embedder.model

    async def _by_all_words(
        self, reach: Reach, asked: BegunLook, kinds: Sequence[Kind], tell: Tell
    ) -> tuple[Mapping[str, float], Meanings, Mapping[str, float]]:
        words, (meanings, translated) = await asyncio.gather(
            self._by_words(reach, asked, kinds), self._by_words_across(reach, asked, kinds)
        )
        if read := await tell([*words, *translated]):
            await asyncio.to_thread(prepare, asked.query, map(_compared, read))
        return words, meanings, translated

    async def _by_words(self, reach: Reach, asked: BegunLook, kinds: Sequence[Kind]) -> Mapping[str, float]:
        if asked.words is None:
            return {}
        try:
            (words,) = await asyncio.shield(asked.words)
        except EmbedderError:
            words = plain_words(asked.query.words)
        return await self._matching(reach, words, kinds)

    async def _by_words_across(
        self, reach: Reach, asked: BegunLook, kinds: Sequence[Kind]
    ) -> tuple[Meanings, Mapping[str, float]]:
        """What the question's words may be in the other language, and what they find there."""
        if asked.meanings is None:
            return UNKNOWN, {}
        try:
            meanings = await asyncio.shield(asked.meanings)
        except EmbedderError:
            return UNKNOWN, {}
        return meanings, await self._matching(reach, meanings.words, kinds)

    async def _matching(self, reach: Reach, words: str, kinds: Sequence[Kind]) -> Mapping[str, float]:
        if not words:
            return {}
        try:
            found = await self._index.matching(
                words, scopes=reach.scopes, kinds=kinds, parents=reach.documents, limit=EACH
            )
        except EmbedderError:
            return {}
        return _scores(found)


def ranked(query: Query, legs: Legs, read: Mapping[str, Passage]) -> list[Ranked]:
    """What was read, in the order in which it answers; for a thread beside the loop."""
    candidates = [
        Candidate(
            key=key,
            text=_compared(passage),
            vector=(legs.vectors or {}).get(key),
            across=legs.across.get(key),
            words=legs.words.get(key),
            translated=legs.translated.get(key),
        )
        for key, passage in read.items()
    ]
    return fuse(query, candidates, strangers=legs.strangers, meanings=legs.meanings)


def _compared(passage: Passage) -> str:
    """What of a passage is held against the question. Who said something is not what they said."""
    name = "" if passage.kind is Kind.MESSAGE else passage.name
    return "\n".join(part for part in (name, passage.heading, passage.text) if part)


def _scores(found: Sequence[Near]) -> dict[str, float]:
    return {near.key: near.score for near in found}


def _heard(task: asyncio.Task[Any]) -> None:
    """What went wrong in it is said to whoever waits, or to nobody."""
    if not task.cancelled():
        task.exception()


def ms_since(begun: float) -> float:
    """Milliseconds from a moment of `time.perf_counter` to now."""
    return (time.perf_counter() - begun) * 1000
