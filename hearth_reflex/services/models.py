"""The model files of this house: what lies in the folder, what each is, and what whoever keeps the house does with it.

The rows are kept in step with the folder by `scan`; facts are read once for each state of a file, without loading it.
A file that is gone keeps its row, so that the rooms that chose it find it again when it comes back.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, Protocol

import structlog
from sqlmodel import col, select

from hearth_reflex.db.database import Database
from hearth_reflex.db.model import ModelFile
from hearth_reflex.domain.generation import Engine, EngineHealth
from hearth_reflex.domain.refs import local_ref
from hearth_reflex.errors import (
    ConflictError,
    EngineBusyError,
    ForbiddenError,
    ModelBrokenError,
    ModelMissingError,
    NotFoundError,
)
from hearth_reflex.llm.model_facts import ModelFacts, available_memory, facts_from, first_part, ram_estimate
from hearth_reflex.llm.projectors import projector_for
from hearth_reflex.llm.shelf import Shelf
from hearth_reflex.services.access import Actor, admin_only, uuid_text
from hearth_reflex.services.arrivals import receive
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.inventory import DEMO, Inventory

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 5.0

Status = Literal["asleep", "starting", "ready", "unavailable", "restarting"]


class Fleet(Protocol):
    """The engines of this house's own models. None is the demo model."""

    def engine_for(self, path: Path | None, *, projector: Path | None = None) -> Engine: ...

    async def load(self, path: Path | None) -> None: ...

    async def unload(self, path: Path | None) -> None: ...


@dataclass(frozen=True, slots=True)
class ModelView:
    """A model file as whoever keeps the house sees it.

    `ram_bytes` is an estimate of what it will take, made before it is loaded; `fits` says whether the least that it can
    do with is free now. `sha256` is empty until it was counted. `error` is the code of why it cannot be used, or "".
    What is not `removable` belongs to the installation or to the operator's settings.
    """

    id: str
    ref: str
    name: str
    file: str
    facts: ModelFacts
    size_bytes: int
    ram_bytes: int
    fits: bool
    sha256: str
    status: Status
    error: str
    sees: bool
    is_demo: bool
    removable: bool
    source: str


class Models:
    """Args:
    demo: the file of the demo model.
    own: the file that the operator's settings name, wherever it lies.
    n_ctx, n_batch, n_seq: as the engine is told, for the estimate of memory.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        shelf: Shelf,
        demo: Path,
        own: Path | None = None,
        n_ctx: int = 4096,
        n_batch: int = 512,
        n_seq: int = 1,
        fleet: Fleet | None = None,
    ) -> None:
        self._db, self._shelf, self._fleet = database, shelf, fleet
        self._needed = partial(ram_estimate, n_ctx=n_ctx, n_batch=n_batch)
        self._n_seq = n_seq
        self._rows = Inventory(database=database, clock=clock, shelf=shelf, demo=demo, own=own)

    async def scan(self, *, patience: float | None = PATIENCE_SECONDS) -> None:
        """Brings the rows into step with the folder. Whoever asks meanwhile waits for the same round.

        Args:
            patience: seconds to wait for; a long round goes on by itself. None waits to the end.
        """
        await self._rows.scan(patience=patience)

    async def counted(self) -> None:
        """Waits until all checksums that the last scan found missing are counted."""
        await self._rows.counted()

    async def close(self) -> None:
        await self._rows.close()

    async def list(self, actor: Actor) -> list[ModelView]:
        """Raises ForbiddenError for who does not keep the house; so do all others that take an actor."""
        admin_only(actor)
        async with self._db.read() as db:
            rows = (await db.exec(select(ModelFile).order_by(col(ModelFile.path) != DEMO, ModelFile.path))).all()
        memory = await asyncio.to_thread(available_memory)
        return [await self._view(row, memory) for row in rows]

    async def load(self, actor: Actor, uuid: str) -> None:
        """Into memory; the least recent one leaves when there are too many.

        Raises:
            NotFoundError: `model_unknown`.
            EngineError: it cannot be used.
        """
        admin_only(actor)
        path, fleet = await self.path_of(uuid), self._engines()
        log.info("model.load_asked", model=uuid)
        fleet.engine_for(path, projector=await self.projector_of(uuid))
        await fleet.load(path)

    async def unload(self, actor: Actor, uuid: str) -> None:
        """Out of memory, until somebody needs it.

        Raises:
            ConflictError: `model_speaking`.
        """
        admin_only(actor)
        row = await self._row(uuid)
        log.info("model.unload_asked", model=uuid)
        await self._out_of_memory(self._rows.path(row))

    async def remove(self, actor: Actor, uuid: str) -> None:
        """Deletes the file. Rooms that use it go back to the house's default.

        Raises:
            ForbiddenError: `model_kept`, it belongs to the installation or the settings.
            ConflictError: `model_speaking`.
        """
        admin_only(actor)
        row = await self._row(uuid)
        if not self._removable(row):
            raise ForbiddenError("model_kept")
        if self._fleet is not None:
            await self._out_of_memory(self._rows.path(row))
        if Path(row.path).name == row.path:  # a row of an operator's file elsewhere goes, the file stays
            await asyncio.to_thread(self._shelf.remove, row.path)
        async with self._db.write() as db:
            await db.delete(row)
        log.info("model.removed", model=uuid)

    async def add(
        self, actor: Actor, name: str, pieces: AsyncIterator[bytes], *, size_bytes: int | None
    ) -> ModelView | None:
        """Takes a file in, piece by piece, and looks at it before it gets its name.

        Args:
            size_bytes: how large the sender says it is.

        Raises:
            InputError: `model_name`, `model_file` (no whole GGUF file), `model_space`.
            ConflictError: `model_taken`.
        """
        admin_only(actor)
        stored = await receive(self._shelf, name, pieces, size_bytes=size_bytes)
        return await self.took_in(stored)

    async def took_in(self, name: str, *, sha256: str = "", source: str = "") -> ModelView | None:
        """The view of what has just been put into the folder; None for a part of a model whose first is missing."""
        row = await self._rows.took_in(first_part(name), sha256=sha256, source=source)
        return None if row is None else await self._view(row, await asyncio.to_thread(available_memory))

    async def path_of(self, uuid: str) -> Path | None:
        """The file of a model that can speak; None is the demo model.

        Raises:
            NotFoundError: `model_unknown`.
            EngineError: it is gone, broken, or no model that speaks.
        """
        row = await self._row(uuid)
        if row.error:
            raise ModelMissingError if row.error == ModelMissingError.code else ModelBrokenError(row.error)
        return self._rows.path(row)

    async def projector_of(self, uuid: str) -> Path | None:
        """The file of the folder that lets a model see pictures, if there is one.

        Raises:
            NotFoundError: `model_unknown`.
        """
        return await self._projector(await self._row(uuid))

    async def _projector(self, row: ModelFile) -> Path | None:
        async with self._db.read() as db:
            others = (await db.exec(select(ModelFile).where(ModelFile.error == "model_kind"))).all()
        known = [(other.path, facts_from(other.facts)) for other in others]
        projectors = [(path, facts) for path, facts in known if facts.kind == "projector"]
        name = projector_for(row.path, facts_from(row.facts), projectors)
        return self._shelf.folder / name if name else None

    async def _row(self, uuid: str) -> ModelFile:
        try:
            wanted = uuid_text(uuid)
        except NotFoundError:
            raise NotFoundError("model_unknown") from None
        async with self._db.read() as db:
            row = (await db.exec(select(ModelFile).where(ModelFile.uuid == wanted))).first()
        if row is None:
            raise NotFoundError("model_unknown")
        return row

    def _engines(self) -> Fleet:
        if self._fleet is None:
            raise ModelMissingError("model_skipped")
        return self._fleet

    async def _out_of_memory(self, path: Path | None) -> None:
        try:
            await self._engines().unload(path)
        except EngineBusyError:
            raise ConflictError("model_speaking") from None

    def _removable(self, row: ModelFile) -> bool:
        return row.path != DEMO and self._rows.path(row) != self._rows.own

    async def _view(self, row: ModelFile, memory: int) -> ModelView:
        facts = facts_from(row.facts)
        needed = self._needed(facts, n_seq=self._n_seq, free_bytes=memory)
        health = await self._health(row)
        awake = health.status in ("starting", "ready", "restarting")
        return ModelView(
            id=row.uuid,
            ref=local_ref(row.uuid),
            name=facts.name or Path(row.path).stem,
            file=self._rows.demo.name if row.path == DEMO else Path(row.path).name,
            facts=facts,
            size_bytes=row.size_bytes,
            ram_bytes=0 if row.error else needed,
            fits=awake or not memory or self._needed(facts) <= memory,
            sha256=row.sha256,
            status=health.status,
            error=health.reason,
            sees=health.sees,
            is_demo=row.path == DEMO,
            removable=self._removable(row),
            source=row.source,
        )

    async def _health(self, row: ModelFile) -> EngineHealth:
        if row.error:
            return EngineHealth(status="unavailable", reason=row.error)
        if self._fleet is None:
            return EngineHealth(status="asleep")
        projector = await self._projector(row)
        return await self._fleet.engine_for(self._rows.path(row), projector=projector).health()
