"""Keeps the index of meanings true to the database, for as long as the house is open.

One process of a house writes the index: whoever has the lock. Removals are a task of their own, which waits for nothing
but a write that has begun. What somebody tells it is a hint that saves a second; it looks anyway. The work is done in
index_steps.py.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import structlog
from sqlmodel import select

from hearth_reflex.db.database import Database
from hearth_reflex.db.document import Document, DocumentStatus
from hearth_reflex.domain.passages import Embedder, Kind
from hearth_reflex.errors import EmbedderError
from hearth_reflex.services.index_rows import progress, waiting_counts
from hearth_reflex.services.index_steps import Beside, Index, IndexSteps

log = structlog.get_logger(__name__)

REMOVE_SECONDS = 0.5
LOOK_SECONDS = 1.0
SOUND_SECONDS = 10.0
TIDY_SECONDS = 60.0
_LONGEST_PAUSE_S = 30.0

Told = Callable[[int, int, int], Awaitable[None]]


class Lock(Protocol):
    """Held by the one process of a house that writes the index."""

    def take(self) -> bool: ...

    def release(self) -> None: ...


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """How far the index is. `writes`: this process does; only there it is known what is `waiting`.

    `model` is "" in a house that finds by words alone.
    """

    model: str
    writes: bool
    failing: bool
    waiting: dict[Kind, int]


class Indexing:
    """Args:
    on_embedded: told (document, pieces in the index, pieces) after each step that concerned it.
    """

    def __init__(
        self, *, database: Database, embedder: Embedder, index: Index, lock: Lock, on_embedded: Told | None = None
    ) -> None:
        self._db, self._embedder, self._index, self._lock = database, embedder, index, lock
        self.on_embedded = on_embedded
        self._steps = IndexSteps(database=database, embedder=embedder, index=index)
        self._beside: Beside | None = None
        self._kicked = asyncio.Event()
        self._living: asyncio.Task[None] | None = None
        self._others_dropped = False

    @property
    def mark(self) -> str:
        """What stands at rows that are in the index with all they say; "" in a process that does not write it."""
        return self._steps.mark

    def keep_beside(self, beside: Beside) -> None:
        """Another index of pictures; before `start`."""
        self._steps.beside = self._beside = beside

    def start(self) -> None:
        if self._living is None:
            self._living = asyncio.create_task(self._live(), name="indexing")

    async def close(self) -> None:
        living, self._living = self._living, None
        if living is not None:
            living.cancel()
            await asyncio.wait([living])
        self._lock.release()

    def kick(self) -> None:
        """There is something new; saves waiting for the next look."""
        self._kicked.set()

    async def status(self) -> IndexStatus:
        async with self._db.read() as db:
            waiting = await waiting_counts(db, mark=self.mark) if self.mark else {}
        return IndexStatus(self._embedder.model, bool(self.mark), self._steps.failing, waiting)

    async def catch_up(self) -> None:
        """All that is to be done now, at once. For tests, benchmarks and the operator's commands."""
        await self._steps.open()
        await self._steps.apply_removals()
        while await self.step():
            pass
        while self._beside is not None and await self._beside.step():
            pass

    async def step(self) -> bool:
        """Brings some of what waits in, and tells how far its documents are. False when nothing waited.

        Raises EmbedderError.
        """
        documents = await self._steps.step()
        await self._tell(documents)
        return bool(documents)

    async def _live(self) -> None:
        while not self._lock.take():  # noqa: ASYNC110 - another process has it
            await asyncio.sleep(LOOK_SECONDS)
        rounds = [("removals", REMOVE_SECONDS, self._steps.apply_removals)]
        if self._embedder.model:
            await self._opened()
            rounds += [
                ("entries", LOOK_SECONDS, self._bring_in),
                ("sound", SOUND_SECONDS, self._see_to_it),
                ("tidy", TIDY_SECONDS, self._tidy),
            ]
            if self._beside is not None:
                rounds.append(("looks", LOOK_SECONDS, self._see))
        else:
            rounds.append(("entries", LOOK_SECONDS, self._tell_waiting))
        async with asyncio.TaskGroup() as group:
            for name, seconds, work in rounds:
                group.create_task(self._again(name, seconds, work))

    async def _opened(self) -> None:
        pause_s = LOOK_SECONDS
        while not await self._tried("open", self._steps.open):
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    async def _again(self, name: str, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        pause_s = seconds
        while True:
            good = await self._tried(name, work)
            pause_s = seconds if good else min(max(pause_s, LOOK_SECONDS) * 2, _LONGEST_PAUSE_S)
            await self._rest(pause_s, wakes=name == "entries" and good)

    async def _rest(self, seconds: float, *, wakes: bool) -> None:
        if not wakes:
            await asyncio.sleep(seconds)
            return
        try:
            async with asyncio.timeout(seconds):
                await self._kicked.wait()
                self._kicked.clear()
        except TimeoutError:
            return

    async def _tried(self, name: str, work: Callable[[], Awaitable[None]]) -> bool:
        try:
            await work()
        except EmbedderError:
            log.warning("indexing.failed", step=name)
        except Exception:
            log.exception("indexing.broke", step=name)
        else:
            return True
        return False

    async def _bring_in(self) -> None:
        """Steps until nothing waits."""
        while await self.step():
            pass
        await self._tell_waiting()
        if not self._others_dropped:
            await self._index.drop_others()
            self._others_dropped = True

    async def _tell(self, document_ids: set[int]) -> None:
        tell = self.on_embedded
        if tell is None or not any(document_ids):
            return
        async with self._db.read() as db:
            told = await progress(db, document_ids, mark=self.mark)
        for document_id, done, total in told:
            # Nothing is embedded in a house that finds by words: there they are ready with their words.
            await tell(document_id, done if self._embedder.model else total, total)

    async def _tell_waiting(self) -> None:
        """Documents that wait for their meaning and lack none: whoever embedded them ended before it was told."""
        query = select(Document.id).where(Document.status == DocumentStatus.EMBEDDING.value)
        async with self._db.read() as db:
            waiting = (await db.exec(query)).all()
        await self._tell({number for number in waiting if number is not None})

    async def _see_to_it(self) -> None:
        if not await self._index.sound():
            log.warning("indexing.lost")
            await self._steps.make_anew()
            self.kick()

    async def _see(self) -> None:
        while self._beside is not None and await self._beside.step():
            pass

    async def _tidy(self) -> None:
        await self._steps.tidying.when_due(self._index.tidy)
