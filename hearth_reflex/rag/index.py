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
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import structlog

from hearth_reflex.domain.passages import Entry, Kind, Near
from hearth_reflex.errors import EmbedderError
from hearth_reflex.rag.index_filters import of_key, removed, seen_by
from hearth_reflex.rag.index_looking import COMPARED_UP_TO, matching_words, near_each
from hearth_reflex.rag.index_tables import (
    EMBEDDED,
    FAULTS,
    MARK,
    MODEL,
    SOURCE,
    index_vectors,
    make_table,
    rows_of,
    table_facts,
    table_names,
    tried,
)

log = structlog.get_logger(__name__)

EXACT_UP_TO = 100_000  # rows; beyond them vectors get an index of their own
KEPT_VERSIONS = timedelta(hours=1)  # whoever still reads an older one has so long to end
_FRESH = timedelta(seconds=1)  # so soon a reader sees what another process wrote
PASSAGES, LOOKS = "passages_", "looks_"
_T = TypeVar("_T")


class LanceIndex:
    """Implements domain.passages.PassageIndex.

    Args:
        uri: a folder, or an address of an object store.
        model: what made the vectors.
        source: where that model is to be had; kept with its table.
        family: of tables that know nothing of those of other families in the same place.
        exact_up_to: rows of a table whose vectors get no index of their own.
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
                except FAULTS:
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
        a house that names no model of pictures any more has their table still. One of them that cannot be read stops
        nothing. Raises EmbedderError where our own cannot be.
        """
        if not self._may_be_there():
            return
        names = await table_names(await self._connected(), self._family, LOOKS)
        for name in sorted(names, key=self._is_ours):
            work = partial(self._clean, name, keys)
            if self._is_ours(name):
                await self._done(work)
                continue
            try:
                await tried(work)
            except FAULTS as error:
                log.warning("index.other_not_cleaned", error=type(error).__name__)

    async def _clean(self, name: str, keys: Sequence[str]) -> None:
        table = self._table
        if table is None or table.name != name:
            table = await (await self._connected()).open_table(name)
        for condition in removed(keys):
            await table.delete(condition)

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
        nothing: list[list[Near]] = [[] for _ in vectors]
        if not scopes or not vectors:
            return nothing
        condition = seen_by(scopes, kinds, parents)

        async def look(table: Any) -> list[list[Near]]:
            if any(len(vector) != self._dimension for vector in vectors):
                raise EmbedderError
            # A process that opened the table before another made that index compares all: unrefined it finds a third.
            few = min(COMPARED_UP_TO, self._exact_up_to) if self._vectors_indexed else None
            return await near_each(table, vectors, condition, limit=limit, compared_up_to=few)

        return await self._looked(look, without=nothing)

    async def matching(
        self,
        words: str,
        *,
        scopes: Sequence[str],
        kinds: Sequence[Kind] = (),
        parents: Sequence[str] = (),
        limit: int = 50,
    ) -> list[Near]:
        if not scopes:
            return []
        condition = seen_by(scopes, kinds, parents)
        return await self._looked(
            lambda table: matching_words(table, words, condition, limit=limit), without=list[Near]()
        )

    async def count(self, *, embedded: bool = False) -> int:
        """Entries; or those of them that have a vector."""

        async def counted(table: Any) -> int:
            return int(await table.count_rows(EMBEDDED if embedded else None))

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

        return await self._looked(read, without=list[float]())

    async def sound(self) -> bool:
        """Whether the table is there and, where something went wrong, can be read. For the one that writes."""
        failed, self.failed = self.failed, False
        try:
            table = await self._reading()
            there = table is not None and table.name in await table_names(await self._connected(), self._family)
            if table is not None and there and failed:
                await table.query().select(["id", "words"]).to_arrow()
        except FAULTS:
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
        try:
            table = await self._reading()
            if table is None:
                return
            if not self._vectors_indexed and await table.count_rows(EMBEDDED) > self._exact_up_to:
                await index_vectors(table)
                log.info("index.vectors_indexed")
                self._vectors_indexed = True
            await table.optimize(cleanup_older_than=KEPT_VERSIONS)
        except FAULTS as error:
            log.warning("index.not_tidied", error=type(error).__name__)
            raise EmbedderError from error

    async def others(self) -> list[tuple[str, str, int]]:
        """(model, source, entries with a vector) of the tables of other models that are not empty, the fullest last."""
        connection, found = await self._connected(), list[tuple[int, int, str, str]]()
        for name in await table_names(connection, self._family):
            if name.endswith(self._digest):
                continue
            try:
                found.append(await table_facts(connection, name))
            except (*FAULTS, KeyError):
                log.warning("index.other_unreadable")
        return [(model, source, embedded) for embedded, rows, model, source in sorted(found) if rows]

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

    async def _looked(self, look: Callable[[Any], Awaitable[_T]], *, without: _T) -> _T:
        """What `look` finds; asked again of a table that was made anew meanwhile. Raises EmbedderError."""
        for last in (False, True):
            try:
                table = await self._reading()
                if table is None:
                    return without
                return await look(table)
            except FAULTS as error:
                self.failed = True
                if last:
                    log.warning("index.failed", error=type(error).__name__)
                    raise EmbedderError from error
                self._table = None
        raise EmbedderError

    async def _done(self, work: Callable[[], Awaitable[Any]]) -> None:
        """Raises EmbedderError."""
        try:
            await tried(work)
        except FAULTS as error:
            self.failed = True
            log.warning("index.not_written", error=type(error).__name__)
            raise EmbedderError from error

    def _is_ours(self, name: str) -> bool:
        return name.startswith(self._family) and name.endswith(self._digest)
