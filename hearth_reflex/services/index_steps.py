"""The work of keeping the index: what comes in, a batch at a time, and what was removed.

New rows come in with their words first, which is quick, then with their meaning; few of them with both at once.
Vectors are made outside any transaction. Whatever a process leaves half done, the rows themselves say.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog
from sqlmodel import col, delete, select

from hearth_reflex.db.database import Database
from hearth_reflex.db.document import Removal
from hearth_reflex.domain.passages import Embedder, Entry, Kind, PassageIndex
from hearth_reflex.errors import EmbedderError
from hearth_reflex.services.index_rows import (
    KINDS,
    WORDS_ONLY,
    Row,
    forget,
    half_known_rows,
    load,
    lost_marks,
    mark_rows,
    something_waits,
    unknown_rows,
)
from hearth_reflex.services.tidying import Tidying

log = structlog.get_logger(__name__)

_FEW = 16  # rows that come in whole at once
_WORDS_AT_ONCE = 256
_VECTORS_AT_ONCE = 32
_CHOSEN_AMONG = 128  # the next ones, of which those of a length are embedded together
_REMOVED_AT_ONCE = 500
_FORGOTTEN_AT_ONCE = 500


class Index(PassageIndex, Protocol):
    """What the one that writes asks of the index beside what everybody may."""

    async def open(self, dimension: int) -> str:
        """Its mark: another one when what was in it is lost."""
        ...

    async def rebuild(self, dimension: int) -> str: ...

    async def sound(self) -> bool: ...

    async def tidy(self) -> None: ...

    async def others(self) -> list[tuple[str, str, int]]:
        """(model, source) of the tables of other models that are still there."""
        ...

    async def drop_others(self) -> None: ...

    async def close(self) -> None: ...


class Beside(Protocol):
    """Another index of pictures, which is kept beside this one."""

    async def remove(self, keys: Sequence[str]) -> None:
        """Keys as `Removal.key` has them. What cannot leave now it finds later by itself."""
        ...

    def came_by(self, notes: Sequence[int]) -> None:
        """These pictures are new, or stand elsewhere now, or others say something else of them."""
        ...

    async def step(self) -> bool:
        """A few of what is to be done; whether there is more."""
        ...


class IndexSteps:
    """Args:
    beside: settable; None in a house that knows pictures by their words alone.
    """

    def __init__(self, *, database: Database, embedder: Embedder, index: Index) -> None:
        self._db, self._embedder, self._index = database, embedder, index
        self.mark = ""  # what stands at rows that are in the index; "" while it is not open
        self.beside: Beside | None = None
        self.failing = False
        self.tidying = Tidying()
        self._changing = asyncio.Lock()  # of the index: a removal never comes between a look and what it was for
        self._alone: set[tuple[Kind, int]] = set()  # rows that are tried each for itself: one of them felled the rest

    async def open(self) -> None:
        """Raises EmbedderError."""
        if not self.mark:
            mark = self._marked(await self._index.open(await self._dimension()))
            await self._forget_lost(mark)
            self.mark = mark
            log.info("indexing.open", model=self._embedder.model)

    async def make_anew(self) -> None:
        """The table is lost: by the new one's mark, all rows are to come into it again."""
        async with self._changing:
            self.mark = self._marked(await self._index.rebuild(await self._dimension()))
        await self._forget_lost(self.mark)

    async def _forget_lost(self, mark: str) -> None:
        """Pieces that stood in a table that is gone are told from those that a table can find."""
        models = [model for model, _, _ in await self._index.others()]
        async with self._db.read() as db:
            lost = await lost_marks(db, mark=mark, models=models)
        for value in lost:
            more = True
            while more:
                async with self._db.write() as db:
                    more = await forget(db, value, limit=_FORGOTTEN_AT_ONCE)

    def _marked(self, mark: str) -> str:
        return f"{self._embedder.model}#{mark}"

    async def _dimension(self) -> int:
        if not self._embedder.dimension:
            await self._embedder.embed(["."])  # no question: that another model may answer
        return self._embedder.dimension

    async def apply_removals(self) -> None:
        """What was removed leaves the index; its row goes when that is done."""
        async with self._changing:
            await self._apply_removals()

    async def _apply_removals(self) -> None:
        query = select(Removal).order_by(col(Removal.id)).limit(_REMOVED_AT_ONCE)
        while True:
            async with self._db.read() as db:
                removals = (await db.exec(query)).all()
            if not removals:
                return
            keys = [removal.key for removal in removals]
            await self._index.remove(keys)
            self.tidying.changed()
            await self._remove_beside(keys)
            async with self._db.write() as db:
                await db.exec(delete(Removal).where(col(Removal.id).in_([removal.id for removal in removals])))
            log.info("indexing.removed", entries=len(removals))

    async def _remove_beside(self, keys: Sequence[str]) -> None:
        """What goes wrong there keeps nothing in this index."""
        if self.beside is None:
            return
        try:
            await self.beside.remove(keys)
        except Exception:
            log.exception("indexing.beside_not_cleaned")

    async def step(self) -> set[int]:
        """One batch of what waits. Returns the documents that it concerned (0 for what is none), nothing when nothing
        waits. Raises EmbedderError."""
        async with self._db.read() as db:
            if not await something_waits(db, mark=self.mark):
                return set()
        for step in (self._step_of_new, self._step_of_half_known):
            if rows := await step():
                return {row.document_id for row in rows}
        return set()

    async def _step_of_new(self) -> list[Row]:
        for kind in KINDS:
            async with self._db.read() as db:
                ids = await unknown_rows(db, kind, mark=self.mark, limit=_WORDS_AT_ONCE)
                rows = await load(db, kind, ids)
            if rows:
                await (self._put_whole(rows) if len(rows) <= _FEW else self._put_words(rows))
                return rows
        return []

    async def _step_of_half_known(self) -> list[Row]:
        for kind in reversed(KINDS):
            async with self._db.read() as db:
                ids = await half_known_rows(db, kind, mark=self.mark, limit=_CHOSEN_AMONG)
                rows = await load(db, kind, ids)
            if rows:
                together = _of_a_length(rows, first=ids[0])
                await self._put_whole(together)
                return together
        return []

    async def _put_words(self, rows: list[Row]) -> None:
        entries = [row.entry for row in rows if row.entry is not None]
        words = await self._embedder.words([entry.text for entry in entries])
        await self._put(rows, [[] for _ in entries], words, value=self.mark + WORDS_ONLY)

    async def _put_whole(self, rows: list[Row]) -> None:
        for part in self._parts(rows):
            texts = [row.entry.text for row in part if row.entry is not None]
            try:
                vectors, words = await asyncio.gather(self._embedder.embed(texts), self._embedder.words(texts))
            except EmbedderError:
                if await self._gives_up(part):
                    continue
                raise
            self.failing = False
            await self._put(part, vectors, words, value=self.mark)

    def _parts(self, rows: list[Row]) -> list[list[Row]]:
        alone = [row for row in rows if (row.kind, row.id) in self._alone]
        rest = [row for row in rows if (row.kind, row.id) not in self._alone]
        return [*([rest] if rest else []), *([row] for row in alone)]

    async def _gives_up(self, rows: list[Row]) -> bool:
        """These could not be embedded: the next time each is tried for itself, and one that fails alone, where
        everything else can be embedded, is left to be found by its words."""
        self.failing = True
        if len(rows) > 1:
            self._alone |= {(row.kind, row.id) for row in rows}
            return False
        await self._embedder.embed(["."])
        log.warning("indexing.given_up", kind=rows[0].kind.value)
        await self._put(rows, [[]], await self._words_if_any(rows), value=self.mark)
        return True

    async def _words_if_any(self, rows: list[Row]) -> list[str]:
        try:
            return await self._embedder.words([row.entry.text for row in rows if row.entry is not None])
        except EmbedderError:
            return [""]

    async def _put(
        self, rows: list[Row], vectors: Sequence[Sequence[float]], words: Sequence[str], *, value: str
    ) -> None:
        """Into the index, as far as the rows still say the same; then that is noted with them."""
        made = dict(zip([row.entry.key for row in rows if row.entry], zip(vectors, words, strict=True), strict=True))
        async with self._changing:
            await self._apply_removals()
            async with self._db.read() as db:
                now = await load(db, rows[0].kind, [row.id for row in rows]) if rows else []
            same: list[Entry] = [row.entry for row in now if row.entry is not None and row in rows]
            if same:
                put = [made[entry.key] for entry in same]
                await self._index.put(same, [vector for vector, _ in put], [said for _, said in put])
                self.tidying.changed()
        async with self._db.write() as db:
            await mark_rows(db, rows, value)
        if self.beside is not None and rows and rows[0].kind is Kind.PICTURE:
            self.beside.came_by([row.id for row in rows])
        self._alone -= {(row.kind, row.id) for row in rows}


def _of_a_length(rows: list[Row], *, first: int) -> list[Row]:
    """The row whose turn it is, and those that are most like it in length: a model reads texts side by side as if all
    were as long as the longest."""
    ordered = sorted(rows, key=_letters)
    place = next((at for at, row in enumerate(ordered) if row.id == first), 0)
    last = max(0, len(ordered) - _VECTORS_AT_ONCE)
    starts = range(min(last, max(0, place - _VECTORS_AT_ONCE + 1)), min(last, place) + 1)
    start = min(starts, key=lambda at: _letters(ordered[at : at + _VECTORS_AT_ONCE][-1]) - _letters(ordered[at]))
    return ordered[start : start + _VECTORS_AT_ONCE]


def _letters(row: Row) -> int:
    return len(row.entry.text) if row.entry else 0
