"""Keeps the rows of model files in step with the folder: new, changed, gone; and counts their checksums.

Facts are read once for each state of a file (path, size, time of change), and so is its sha256, which takes longer and
comes later. Knows no person.
"""

import asyncio
import threading
from dataclasses import asdict
from pathlib import Path

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from hearth_reflex.db.database import Database
from hearth_reflex.db.model import ModelFile
from hearth_reflex.errors import EngineError, ModelMissingError
from hearth_reflex.llm.model_facts import ModelFacts, read_facts, sha256_of
from hearth_reflex.llm.shelf import Found, Shelf, look_at
from hearth_reflex.services.clock import Clock

log = structlog.get_logger(__name__)

DEMO = "demo"
_LONGEST_PATH = 500


class Inventory:
    """Args:
    demo: the file of the demo model.
    own: the file that the operator's settings name, wherever it lies.
    """

    def __init__(self, *, database: Database, clock: Clock, shelf: Shelf, demo: Path, own: Path | None) -> None:
        self._db, self._clock, self._shelf, self.demo, self.own = database, clock, shelf, demo, own
        self._scanning: asyncio.Task[None] | None = None
        self._counting: asyncio.Task[None] | None = None
        self._stop = threading.Event()

    async def scan(self, *, patience: float | None) -> None:
        """As `Models.scan`."""
        if self._scanning is None or self._scanning.done():
            self._scanning = asyncio.create_task(self._scan(), name="models:scan")
        await asyncio.wait([self._scanning], timeout=patience)

    async def counted(self) -> None:
        if self._counting is not None:
            await asyncio.wait([self._counting])

    async def close(self) -> None:
        self._stop.set()  # a thread cannot be cancelled: it is told
        tasks = [task for task in (self._scanning, self._counting) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def took_in(self, name: str, *, sha256: str = "", source: str = "") -> ModelFile | None:
        """The row of a file of the folder, made or brought up to date; None when it is not there.

        Args:
            sha256, source: what is known of it already.
        """
        found = await asyncio.to_thread(look_at, self._shelf.folder / name)
        if found is None:
            return None
        await self._step(found)
        async with self._db.write() as db:
            row = (await db.exec(select(ModelFile).where(ModelFile.path == name))).one()
            row.sha256, row.source = sha256 or row.sha256, source or row.source
            db.add(row)
        self._count()
        return row

    def path(self, row: ModelFile) -> Path | None:
        """None is the demo model."""
        return None if row.path == DEMO else self._shelf.folder / row.path  # one that begins at the root stays itself

    async def _scan(self) -> None:
        try:
            found = await asyncio.to_thread(self._all)
            for one in found:
                await self._step(one)
            await self._mark_gone({one.name for one in found})
            self._count()
        except OSError as error:
            # A folder that cannot be read: what was known stays, and the next round tries again.
            log.warning("models.folder_unreadable", fault=type(error).__name__)

    def _all(self) -> list[Found]:
        """What lies in the folder, and the files elsewhere that the house was installed or started with."""
        self._shelf.sweep()
        found = self._shelf.found()
        elsewhere = [(DEMO, self.demo)]
        if self.own is not None and self.own.parent != self._shelf.folder and len(str(self.own)) <= _LONGEST_PATH:
            elsewhere.append((str(self.own), self.own))
        for name, path in elsewhere:
            if (one := look_at(path)) is not None:
                found.append(Found(name, path, one.size_bytes, one.modified_ns))
        return found

    async def _step(self, found: Found) -> None:
        async with self._db.read() as db:
            row = (await db.exec(select(ModelFile).where(ModelFile.path == found.name))).first()
        same = row is not None and (row.size_bytes, row.modified_ns) == (found.size_bytes, found.modified_ns)
        if row is not None and same and row.error != ModelMissingError.code:
            return
        facts, error = await _looked_at(found.path)
        row = row or ModelFile(path=found.name, added_at=self._clock.now())
        row.sha256 = row.sha256 if same else ""
        row.size_bytes, row.modified_ns = found.size_bytes, found.modified_ns
        row.facts, row.error = asdict(facts), error
        try:
            async with self._db.write() as db:
                await db.merge(row)
        except IntegrityError:
            return  # another worker of the house saw it first
        log.info("model.found", kind=facts.kind, architecture=facts.architecture, size=found.size_bytes, error=error)

    async def _mark_gone(self, there: set[str]) -> None:
        async with self._db.write() as db:
            for row in (await db.exec(select(ModelFile))).all():
                if row.path not in there and row.error != ModelMissingError.code and not self._came_meanwhile(row):
                    row.error = ModelMissingError.code
                    db.add(row)
                    log.info("model.gone", model=row.uuid)

    def _came_meanwhile(self, row: ModelFile) -> bool:
        return Path(row.path).name == row.path != DEMO and look_at(self._shelf.folder / row.path) is not None

    def _count(self) -> None:
        if self._counting is None or self._counting.done():
            self._counting = asyncio.create_task(self._count_all(), name="models:checksums")

    async def _count_all(self) -> None:
        """One file after the other, in a thread: nobody waits for it."""
        async with self._db.read() as db:
            query = select(ModelFile).where(ModelFile.sha256 == "", col(ModelFile.error).is_(None))
            rows = (await db.exec(query)).all()
        for row in rows:
            try:
                digest = await asyncio.to_thread(sha256_of, self.path(row) or self.demo, self._stop)
            except OSError:
                continue  # it was there a moment ago; the next scan will say
            await self._keep_checksum(row, digest)

    async def _keep_checksum(self, counted: ModelFile, digest: str) -> None:
        async with self._db.write() as db:
            row = await db.get(ModelFile, counted.id)
            if row is not None and (row.size_bytes, row.modified_ns) == (counted.size_bytes, counted.modified_ns):
                row.sha256 = digest
                db.add(row)


async def _looked_at(path: Path) -> tuple[ModelFacts, str | None]:
    """Facts of a file, and the code of why it cannot speak, if it cannot."""
    try:
        facts = await read_facts(path)
    except EngineError as error:
        return ModelFacts(), error.code
    return facts, None if facts.kind == "speaks" else "model_kind"
