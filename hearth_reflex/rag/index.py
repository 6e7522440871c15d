"""The index of meanings: a LanceDB table of vectors and words, beside the database that everything in it was made from.

A table for each model; its name says which, and a mark that is drawn when it is made tells it from one that was there
before: whoever keeps rows of the database notes the mark with them, and sees by it what a lost table no longer has.
One process writes (see `services/indexing.py`), any number look. Conditions are made in index_filters.py.
"""

import asyncio
import hashlib
import importlib
import os
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import structlog

from hearth_reflex.domain.passages import Entry, Kind, Near
from hearth_reflex.errors import EmbedderError
from hearth_reflex.rag.index_filters import of_key, removed, seen_by
from hearth_reflex.rag.index_tables import MARK, MODEL, SOURCE, index_vectors, make_table, rows_of, table_names

log = structlog.get_logger(__name__)

EXACT_UP_TO = 100_000  # rows; beyond them vectors get an index of their own
KEPT_VERSIONS = timedelta(hours=1)  # whoever still reads an older one has so long to end
_REFINE = 10  # an index of compressed vectors alone finds a third of the nearest
_PROBES = 30
_FRESH = timedelta(seconds=1)  # so soon a reader sees what another process wrote
_MOST = 1000
_QUERY_WORDS = 64
_TRIES = 3
PASSAGES, LOOKS = "passages_", "looks_"
_T = TypeVar("_T")


class LanceIndex:
    """Implements domain.passages.PassageIndex.

    Args:
        uri: a folder, or an address of an object store.
        model: what made the vectors.
        source: where that model is to be had; kept with its table.
        family: of tables that know nothing of those of other families in the same place.
        exact_up_to: rows that are compared one by one.
    """

    def __init__(
        self,
        uri: Path | str,
        *,
        model: str,
        source: str = "",
        family: str = PASSAGES,
        exact_up_to: int = EXACT_UP_TO,
    ) -> None:
        self._uri, self._model, self._source, self._family = str(uri), model, source, family
        self._exact_up_to = exact_up_to
        self._digest = hashlib.sha256(model.encode()).hexdigest()[:12]
        self._opening = asyncio.Lock()
        self._connection: Any = None
        self._table: Any = None
        self._dimension = 0
        self._vectors_indexed = False
        self.failed = False  # something went wrong since `sound` was asked

    @property
    def is_local(self) -> bool:
        return "://" not in self._uri

    async def open(self, dimension: int) -> str:
        """The mark of the table, which is made if it is not there or cannot be read. For the one that writes."""
        name = f"{self._family}{dimension}_{self._digest}"
        async with self._opening:
            connection = await self._connected()
            if name in await table_names(connection, self._family):
                try:
                    return await self._use(await connection.open_table(name))
                except (RuntimeError, ValueError, OSError):
                    log.exception("index.unreadable")
                    if not self.is_local:
                        raise EmbedderError from None
                    await connection.drop_table(name, ignore_missing=True)
            log.info("index.made", dimension=dimension)
            about = {MARK: secrets.token_hex(4), MODEL: self._model, SOURCE: self._source}
            return await self._use(await make_table(connection, name, dimension, about=about))

    async def put(self, entries: Sequence[Entry], vectors: Sequence[Sequence[float]], words: Sequence[str]) -> None:
        """An empty vector is none yet: the entry is found by its words."""
        table = await self._writing()
        if any(vector and len(vector) != self._dimension for vector in vectors):
            raise EmbedderError
        rows = rows_of(entries, vectors, words, self._dimension)

        async def merge() -> None:
            made = table.merge_insert("id").when_matched_update_all().when_not_matched_insert_all()
            await made.execute(rows, on_bad_vectors="null")

        await self._done(merge)

    async def remove(self, keys: Sequence[str]) -> None:
        """From the tables of other models, too: one of them may still be answering. And from looks, whoever keeps them:
        a house that names no model of pictures any more has their table still."""
        if not self._may_be_there():
            return
        connection = await self._connected()
        for name in await table_names(connection, self._family):
            table = self._table
            if table is None or table.name != name:
                table = await connection.open_table(name)
            for condition in removed(keys):
                await self._done(lambda table=table, condition=condition: table.delete(condition))
        for name in await table_names(connection, LOOKS) if self._family != LOOKS else ():
            try:
                table = await connection.open_table(name)
                for condition in removed(keys):
                    await table.delete(condition)
            except (RuntimeError, ValueError, OSError) as error:  # who keeps it compares it; nobody waits for it here
                log.warning("index.looks_not_cleaned", error=type(error).__name__)

    async def nearest(
        self,
        vector: Sequence[float],
        *,
        scopes: Sequence[str],
        kinds: Sequence[Kind] = (),
        parents: Sequence[str] = (),
        limit: int = 50,
    ) -> list[Near]:
        if not scopes:
            return []
        condition = seen_by(scopes, kinds, parents)

        async def look(table: Any) -> list[Near]:
            if len(vector) != self._dimension:
                raise EmbedderError
            query = table.query().nearest_to(list(vector)).distance_type("cosine").where(condition)
            query = await self._compared(table, query, condition)
            rows = await query.limit(_bounded(limit)).select(["id", "_distance"]).to_list()
            return [Near(str(row["id"]), 1.0 - float(row["_distance"])) for row in rows]

        return await self._looked(look)

    async def matching(
        self,
        words: str,
        *,
        scopes: Sequence[str],
        kinds: Sequence[Kind] = (),
        parents: Sequence[str] = (),
        limit: int = 50,
    ) -> list[Near]:
        asked = " ".join(list(dict.fromkeys(words.split()))[:_QUERY_WORDS])
        if not scopes or not asked:
            return []
        condition = seen_by(scopes, kinds, parents)

        async def look(table: Any) -> list[Near]:
            match = importlib.import_module("lancedb.query").MatchQuery(asked, "words")
            query = table.query().nearest_to_text(match).where(condition).limit(_bounded(limit))
            rows = await query.select(["id", "_score"]).to_list()
            return [Near(str(row["id"]), float(row["_score"])) for row in rows]

        return await self._looked(look)

    async def count(self) -> int:
        async def counted(table: Any) -> int:
            return int(await table.count_rows())

        return await self._looked(counted, without=0)

    async def keys(self) -> set[str]:
        """Of all entries."""

        async def listed(table: Any) -> set[str]:
            found = await table.query().select(["id"]).to_arrow()
            return set(found.column("id").to_pylist())

        return await self._looked(listed, without=set[str]())

    async def scopes(self) -> dict[str, str]:
        """Of all entries, by key."""

        async def listed(table: Any) -> dict[str, str]:
            found = await table.query().select(["id", "scope"]).to_arrow()
            return dict(zip(found.column("id").to_pylist(), found.column("scope").to_pylist(), strict=True))

        return await self._looked(listed, without=dict[str, str]())

    async def vector(self, key: str) -> list[float]:
        """That of an entry; empty where there is none."""

        async def read(table: Any) -> list[float]:
            rows = await table.query().where(of_key(key)).limit(1).select(["vector"]).to_list()
            return [float(number) for number in rows[0]["vector"] or ()] if rows else []

        return await self._looked(read)

    async def sound(self) -> bool:
        """Whether the table is there and, where something went wrong, can be read. For the one that writes."""
        failed, self.failed = self.failed, False
        try:
            table = await self._reading()
            there = table is not None and table.name in await table_names(await self._connected(), self._family)
            if table is not None and there and failed:
                await table.query().select(["id", "words"]).to_arrow()
        except (RuntimeError, ValueError, OSError):
            log.warning("index.unsound")
            return not self.is_local  # a store that does not answer is no table that was lost
        return there

    async def rebuild(self, dimension: int) -> str:
        """A new and empty table in the place of one that is lost; its mark."""
        async with self._opening:
            connection = await self._connected()
            self._table = None
            await connection.drop_table(f"{self._family}{dimension}_{self._digest}", ignore_missing=True)
        return await self.open(dimension)

    async def tidy(self) -> None:
        """Joins small files, brings new rows into the indexes, forgets old versions. Raises EmbedderError."""
        table = await self._reading()
        if table is None:
            return
        try:
            if not self._vectors_indexed and await table.count_rows("vector IS NOT NULL") > self._exact_up_to:
                await index_vectors(table)
                log.info("index.vectors_indexed")
                self._vectors_indexed = True
            await table.optimize(cleanup_older_than=KEPT_VERSIONS)
        except (RuntimeError, ValueError, OSError) as error:
            log.warning("index.not_tidied", error=type(error).__name__)
            raise EmbedderError from error

    async def others(self) -> list[tuple[str, str]]:
        """(model, source) of the tables of other models, the largest last."""
        connection, found = await self._connected(), list[tuple[int, str, str]]()
        for name in await table_names(connection, self._family):
            if name.endswith(self._digest):
                continue
            try:
                table = await connection.open_table(name)
                about: dict[bytes, bytes] = (await table.schema()).metadata or {}
                found.append((int(await table.count_rows()), about[MODEL].decode(), about[SOURCE].decode()))
            except (RuntimeError, ValueError, OSError, KeyError):
                log.warning("index.other_unreadable")
        return [(model, source) for rows, model, source in sorted(found) if rows]

    def of_model(self, model: str) -> "LanceIndex":
        """The same store, of another model."""
        return LanceIndex(self._uri, model=model, family=self._family)

    async def drop_others(self) -> None:
        """Drops the tables of models that are not used any more."""
        connection = await self._connected()
        for name in await table_names(connection, self._family):
            if not name.endswith(self._digest):
                await connection.drop_table(name, ignore_missing=True)

    async def close(self) -> None:
        self._table = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _may_be_there(self) -> bool:
        """False in a house that never had an index: there is no need to load what reads one."""
        return self._connection is not None or not self.is_local or Path(self._uri).is_dir()

    async def _connected(self) -> Any:
        if self._connection is None:
            os.environ.setdefault("LANCE_LOG", "error")
            lancedb = await asyncio.to_thread(importlib.import_module, "lancedb")
            if self.is_local:
                await asyncio.to_thread(Path(self._uri).mkdir, mode=0o700, parents=True, exist_ok=True)
            self._connection = await lancedb.connect_async(self._uri, read_consistency_interval=_FRESH)
        return self._connection

    async def _compared(self, table: Any, query: Any, condition: str) -> Any:
        """With the vectors' own index where many rows may be seen; where few may, comparing them is as fast and exact.

        A process that opened the table before another made that index compares them all: unrefined it finds a third.
        """
        if not self._vectors_indexed or await table.count_rows(condition) <= self._exact_up_to:
            return query.bypass_vector_index()
        return query.nprobes(_PROBES).refine_factor(_REFINE)

    async def _use(self, table: Any) -> str:
        """Takes this table for ours; returns its mark."""
        schema = await table.schema()
        self._table, self._dimension = table, int(schema.field("vector").type.list_size)
        self._vectors_indexed = any("vector" in found.columns for found in await table.list_indices())
        about: dict[bytes, bytes] = schema.metadata or {}
        return about[MARK].decode()

    async def _writing(self) -> Any:
        if self._table is None:
            raise EmbedderError
        return self._table

    async def _reading(self) -> Any:
        """The table, or None while nobody has made one."""
        async with self._opening:
            if self._table is None and self._may_be_there():
                connection = await self._connected()
                found = [name for name in await table_names(connection, self._family) if name.endswith(self._digest)]
                if found:
                    await self._use(await connection.open_table(found[0]))
            return self._table

    async def _looked(self, look: Callable[[Any], Awaitable[_T]], *, without: _T | None = None) -> _T:
        """What `look` finds; asked again of a table that was made anew meanwhile. Raises EmbedderError."""
        for last in (False, True):
            try:
                table = await self._reading()
                if table is None:
                    return [] if without is None else without  # pyright: ignore[reportReturnType] - a list, of those
                return await look(table)
            except (RuntimeError, ValueError, OSError) as error:
                self.failed = True
                if last:
                    log.warning("index.failed", error=type(error).__name__)
                    raise EmbedderError from error
                self._table = None
        raise EmbedderError

    async def _done(self, work: Callable[[], Awaitable[Any]]) -> None:
        """Once more where tidying came between: either of two changes of the same rows has to begin again."""
        for left in reversed(range(_TRIES)):
            try:
                await work()
                return
            except (RuntimeError, ValueError, OSError) as error:
                self.failed = True
                if not left:
                    log.warning("index.not_written", error=type(error).__name__)
                    raise EmbedderError from error


def _bounded(limit: int) -> int:
    return max(1, min(limit, _MOST))
