"""Fetches of models from the hub: off unless the operator allows them, begun and stopped by whoever keeps the house.

One at a time in a house, by the worker that holds the lock in the models' folder. How far it came is kept in the
database at most once a second, so that every worker shows it; a row whose worker has died is shown as failed, and asked
for again it goes on where its file ends. What is whole and has the right checksum becomes a model of the house.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog
from sqlmodel import col, select

from hearth_reflex.db.database import Database
from hearth_reflex.db.model import ModelPull, PullStatus
from hearth_reflex.errors import ConflictError, ForbiddenError, HearthError, HubError, NotFoundError
from hearth_reflex.llm.hub import Hub, HubFile, Target
from hearth_reflex.llm.model_facts import is_later_part, parts_of
from hearth_reflex.llm.shelf import FolderLock, Shelf, safe_name
from hearth_reflex.services.access import Actor, admin_only, uuid_text
from hearth_reflex.services.arrivals import check_whole
from hearth_reflex.services.clock import Clock
from hearth_reflex.services.models import Models

log = structlog.get_logger(__name__)

WRITE_SECONDS = 1.0
DEAD_AFTER = timedelta(seconds=15)
SHOWN = 20
_INTERRUPTED = "hub_interrupted"


@dataclass(frozen=True, slots=True)
class PullView:
    """A fetch as whoever keeps the house sees it. `error` is a code, or ""."""

    id: str
    repo: str
    file: str
    revision: str
    status: str
    error: str
    done_bytes: int
    total_bytes: int


class Pulls:
    """Args:
    hub: None when the operator has not allowed it.
    worker: this process, as rows name it.
    """

    def __init__(
        self, *, database: Database, clock: Clock, shelf: Shelf, models: Models, hub: Hub | None, worker: str
    ) -> None:
        self._db, self._clock, self._shelf, self._models = database, clock, shelf, models
        self._hub, self._worker = hub, worker
        self._lock = FolderLock(shelf)
        self._task: asyncio.Task[None] | None = None
        self._running = ""  # uuid of the row that this process is fetching

    async def offers(self, actor: Actor, repo: str, revision: str = "main") -> list[HubFile]:
        """The models in a repository of the hub, to choose from. A split one is offered once, with its whole size.

        Raises:
            ForbiddenError: `admin_only`, `hub_off`.
            HubError: `hub_missing`, `hub_key`, `hub_offline`.
        """
        admin_only(actor)
        files = await self._open_hub().files(repo.strip(), revision)
        sizes = {one.file: one.size_bytes for one in files}
        whole = [one.file for one in files if not is_later_part(Path(one.file).name)]
        return [HubFile(file, sum(sizes.get(part, 0) for part in _parts(file))) for file in whole]

    async def start(self, actor: Actor, repo: str, file: str, revision: str = "main") -> PullView:
        """Begins to fetch a model, or goes on with a fetch that was stopped, failed or lost its worker.

        Raises:
            ForbiddenError: `admin_only`, `hub_off`.
            ConflictError: `pull_running`, one at a time; `model_taken`, a file of that name is here.
            InputError: `model_name`.
            HubError: as `offers`, and `hub_checksum`, `hub_space`.
        """
        admin_only(actor)
        hub, repo = self._open_hub(), repo.strip()
        name = safe_name(file)
        await asyncio.to_thread(self._shelf.check_free_name, name)
        if not await asyncio.to_thread(self._lock.take):
            raise ConflictError("pull_running")
        try:
            targets = [await hub.locate(repo, part, revision) for part in _parts(file)]
            await self._check_space(name, targets)
            row = await self._open_row(repo, file, revision, targets)
        except BaseException:
            self._lock.release()
            raise
        self._running = row.uuid
        self._task = asyncio.create_task(self._run(hub, row.uuid, name, targets), name="models:pull")
        log.info("pull.started", pull=row.uuid, repo=repo, size=row.total_bytes)
        return self._view(row)

    async def stop(self, actor: Actor, uuid: str) -> None:
        """Ends a fetch; what has come is kept for the next time. No error when it has ended already.

        Raises:
            NotFoundError: `pull_unknown`.
        """
        admin_only(actor)
        async with self._db.write() as db:
            row = (await db.exec(select(ModelPull).where(ModelPull.uuid == _uuid(uuid)))).first()
            if row is None:
                raise NotFoundError("pull_unknown")
            if row.status == PullStatus.RUNNING:
                row.status = PullStatus.STOPPED.value
                db.add(row)
        if row.uuid == self._running:
            await self._end_task()  # in another worker its next look at the row ends it

    async def list(self, actor: Actor) -> list[PullView]:
        """The newest ones, newest first."""
        admin_only(actor)
        query = select(ModelPull).order_by(col(ModelPull.id).desc()).limit(SHOWN)
        async with self._db.read() as db:
            return [self._view(row) for row in (await db.exec(query)).all()]

    async def ended(self) -> None:
        """Waits until this process fetches nothing."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def close(self) -> None:
        await self._end_task()

    def _open_hub(self) -> Hub:
        if self._hub is None:
            raise ForbiddenError("hub_off")
        return self._hub

    async def _end_task(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _check_space(self, name: str, targets: Sequence[Target]) -> None:
        there = 0
        for part, target in zip(_names(name), targets, strict=True):
            partial = self._partial(part, target)
            there += partial.stat().st_size if await asyncio.to_thread(partial.exists) else 0
        missing = sum(target.size_bytes for target in targets) - there
        if not await asyncio.to_thread(self._shelf.room_for, max(missing, 0)):
            raise HubError("hub_space")

    async def _open_row(self, repo: str, file: str, revision: str, targets: Sequence[Target]) -> ModelPull:
        """The row of this fetch: the one that began it, if there is one. What else still runs has lost its worker."""
        now = self._clock.now()
        async with self._db.write() as db:
            query = select(ModelPull).where(ModelPull.status == PullStatus.RUNNING.value)
            for lost in (await db.exec(query)).all():
                lost.status, lost.error = PullStatus.FAILED.value, _INTERRUPTED
                db.add(lost)
            query = select(ModelPull).where(
                ModelPull.repo == repo,
                ModelPull.file == file,
                ModelPull.revision == revision,
                ModelPull.status != PullStatus.DONE.value,
            )
            row = (await db.exec(query)).first() or ModelPull(repo=repo, file=file, revision=revision, created_at=now)
            row.status, row.error, row.worker, row.heartbeat_at = PullStatus.RUNNING.value, None, self._worker, now
            row.total_bytes = sum(target.size_bytes for target in targets)
            db.add(row)
        return row

    async def _run(self, hub: Hub, uuid: str, name: str, targets: Sequence[Target]) -> None:
        status, error = PullStatus.FAILED, _INTERRUPTED
        progress, over = _Progress(), asyncio.Event()
        watch = asyncio.create_task(self._watch(uuid, progress, over, fetching=asyncio.current_task()))
        try:
            await self._fetch(hub, name, targets, progress, uuid)
            status, error = PullStatus.DONE, None
        except HearthError as fault:
            error = fault.code
        except Exception:
            log.exception("pull.fault", pull=uuid)
            error = HubError.code
        finally:
            over.set()
            try:
                with suppress(asyncio.CancelledError):  # stopped at the last moment: the row is closed all the same
                    await asyncio.wait([watch])  # and never cancelled: it may be in the middle of a transaction
                await self._close_row(uuid, status, error, progress.done)
            finally:
                self._lock.release()
                self._running = ""

    async def _fetch(self, hub: Hub, name: str, targets: Sequence[Target], progress: "_Progress", uuid: str) -> None:
        """All parts first, then their names: half a model is never in the folder."""
        partials = [self._partial(part, target) for part, target in zip(_names(name), targets, strict=True)]
        for partial, target in zip(partials, targets, strict=True):
            await hub.fetch(target, partial, told=progress.tell)
            progress.next_file(target.size_bytes)
            await self._check_kind(partial)
        for part, partial in zip(_names(name), partials, strict=True):
            await asyncio.to_thread(self._shelf.place, partial, part)
        sha256 = targets[0].sha256 if len(targets) == 1 else ""
        async with self._db.read() as db:
            row = (await db.exec(select(ModelPull).where(ModelPull.uuid == uuid))).one()
        await self._models.took_in(name, sha256=sha256, source=f"{row.repo}/{row.file}@{targets[0].commit}"[:300])

    async def _check_kind(self, partial: Path) -> None:
        try:
            await check_whole(partial)
        except HearthError:
            await asyncio.to_thread(partial.unlink, missing_ok=True)
            raise

    async def _watch(
        self, uuid: str, progress: "_Progress", over: asyncio.Event, *, fetching: asyncio.Task[None] | None
    ) -> None:
        """Keeps how far it came; ends the fetch when somebody has stopped it, in whichever worker."""
        while not over.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), WRITE_SECONDS)
                return
            try:
                wanted = await self._beat(uuid, progress.done)
            except Exception:
                log.exception("pull.beat_failed", pull=uuid)  # a busy database: the next second tries again
                continue
            if not wanted and fetching is not None:
                fetching.cancel()
                return

    async def _beat(self, uuid: str, done: int) -> bool:
        """Whether it is still wanted."""
        async with self._db.write() as db:
            row = (await db.exec(select(ModelPull).where(ModelPull.uuid == uuid))).one()
            if row.status != PullStatus.RUNNING:
                return False
            row.done_bytes, row.heartbeat_at = done, self._clock.now()
            db.add(row)
        return True

    async def _close_row(self, uuid: str, status: PullStatus, error: str | None, done: int) -> None:
        async with self._db.write() as db:
            row = (await db.exec(select(ModelPull).where(ModelPull.uuid == uuid))).one()
            row.done_bytes = row.total_bytes if status == PullStatus.DONE else done
            if row.status == PullStatus.RUNNING or status == PullStatus.DONE:
                row.status, row.error = status.value, error
            db.add(row)
        log.info("pull.ended", pull=uuid, status=row.status, error=row.error, size=row.done_bytes)

    def _partial(self, name: str, target: Target) -> Path:
        """The same for the same bytes, so that a fetch goes on; another for another commit's."""
        return self._shelf.partial(name, target.sha256[:12])

    def _view(self, row: ModelPull) -> PullView:
        lost = row.status == PullStatus.RUNNING and self._clock.now() - row.heartbeat_at > DEAD_AFTER
        return PullView(
            id=row.uuid,
            repo=row.repo,
            file=row.file,
            revision=row.revision,
            status=PullStatus.FAILED.value if lost else row.status,
            error=_INTERRUPTED if lost else row.error or "",
            done_bytes=row.done_bytes,
            total_bytes=row.total_bytes,
        )


class _Progress:
    """Bytes that are there, over all files of a model."""

    def __init__(self) -> None:
        self.done = self._before = 0

    def tell(self, size_bytes: int) -> None:
        self.done = self._before + size_bytes

    def next_file(self, size_bytes: int) -> None:
        self._before += size_bytes
        self.done = self._before


def _parts(file: str) -> list[str]:
    """All files of a model, by the name of its first in the repository."""
    folder, slash, name = file.rpartition("/")
    return [folder + slash + part for part in _names(name)]


def _names(name: str) -> list[str]:
    return [part.name for part in parts_of(Path(name))]


def _uuid(raw: str) -> str:
    try:
        return uuid_text(raw)
    except NotFoundError:
        raise NotFoundError("pull_unknown") from None
