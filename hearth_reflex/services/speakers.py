"""Who can speak here: every model of the house and every server that is turned on, found by its reference.

Reads the rows each time, so that what one process changed counts at once in all. Decides whom words may reach: a
server outside is spoken to only where it was named (by the room, as the house's default, or in the order of fallback)
and while it is turned on.
"""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol, cast

from sqlmodel import col, select

from hearth_reflex.db.database import Database
from hearth_reflex.db.model import DEFAULT_MODEL, FALLBACK, HouseChoice, ModelFile, Provider
from hearth_reflex.domain.generation import Engine
from hearth_reflex.domain.refs import DEFAULT, Ref, local_ref, parse_ref, remote_ref
from hearth_reflex.errors import EngineError, InputError, NotFoundError
from hearth_reflex.llm.remote import RemoteEngine
from hearth_reflex.services.providers import Providers


class Fleet(Protocol):
    """The engines of this house's own models."""

    def engine_for(self, path: Path | None, *, projector: Path | None = None) -> Engine:
        """The engine of a file, asleep until it is needed; None is the demo model. The same file, the same engine."""
        ...

    async def close(self) -> None:
        """All of them; the one that the house was started with is among them."""
        ...


class ModelPaths(Protocol):
    """Where the files of this house's models are."""

    async def path_of(self, uuid: str) -> Path | None:
        """None is the demo model. Raises NotFoundError, or EngineError for a file that cannot be used."""
        ...

    async def projector_of(self, uuid: str) -> Path | None:
        """The file that lets the model see pictures, if there is one."""
        ...


@dataclass(frozen=True, slots=True)
class Speaker:
    """A model that can be asked now. `ref` is "" for the engine that the house was started with."""

    ref: str
    name: str
    engine: Engine
    leaves_house: bool = False


class Speakers:
    """Args:
    default: the engine that the house was started with; it speaks where nothing else was chosen, or is there.
    """

    def __init__(self, *, default: Engine, database: Database, providers: Providers) -> None:
        self.default = default
        self._db, self._providers = database, providers
        self._fleet: Fleet | None = None
        self._paths: ModelPaths | None = None

    def take(self, *, fleet: Fleet, paths: ModelPaths) -> None:
        """Lets the house's files speak too."""
        self._fleet, self._paths = fleet, paths

    async def start(self) -> None:
        await self.default.start()

    async def close(self) -> None:
        await (self._fleet or self.default).close()

    async def default_ref(self) -> str:
        """What speaks in a room that chose nothing; "" is the engine that the house was started with."""
        value = (await self._choices()).get(DEFAULT_MODEL)
        return value if isinstance(value, str) else ""

    async def fallback(self) -> list[str]:
        """Who is asked, in this order, when the model that should speak cannot."""
        value = (await self._choices()).get(FALLBACK)
        listed = cast("list[object]", value) if isinstance(value, list) else []
        return [ref for ref in listed if isinstance(ref, str)]

    async def chosen(self, ref: str) -> Speaker:
        """Who speaks where `ref` was chosen. What is gone or turned off gives way to the house's default.

        Where a model of this house was chosen, a default that is outside does not take its place: nobody there has
        said that words may leave.
        """
        wanted = _parsed(ref)
        found = await self.found(str(wanted)) or await self.found(await self.default_ref())
        if found is None or (found.leaves_house and wanted.kind == "local"):
            return await self._own()
        return found

    async def line(self, ref: str) -> list[Speaker]:
        """Who is asked in turn where `ref` was chosen; never empty, nobody twice."""
        speakers = [await self.chosen(ref)]
        for other in await self.fallback():
            found = await self.found(other)
            if found and not any(found.ref == known.ref or found.engine is known.engine for known in speakers):
                speakers.append(found)
        return speakers

    async def found(self, ref: str) -> Speaker | None:
        """The speaker of that name; None for "", and for one that is unknown, unusable or turned off."""
        wanted = _parsed(ref)
        if wanted.kind == "remote":
            return await self._remote(wanted.uuid)
        return await self._local(wanted.uuid) if wanted.kind == "local" else None

    async def all(self) -> list[Speaker]:
        """Everyone who can be chosen, the house's own first."""
        async with self._db.read() as db:
            usable = select(ModelFile).where(col(ModelFile.error).is_(None)).order_by(col(ModelFile.path))
            files = (await db.exec(usable)).all()
            turned_on = select(Provider).where(col(Provider.enabled).is_(True)).order_by(col(Provider.id))
            providers = (await db.exec(turned_on)).all()
        own = [await self._local_of(row) for row in files]
        return [*(speaker for speaker in own if speaker is not None), *map(self._remote_of, providers)]

    async def _choices(self) -> dict[str, object]:
        async with self._db.read() as db:
            return {choice.name: choice.value for choice in (await db.exec(select(HouseChoice))).all()}

    async def _own(self) -> Speaker:
        health = await self.default.health()
        return Speaker("", health.model or health.provider, self.default)

    async def _remote(self, uuid: str) -> Speaker | None:
        async with self._db.read() as db:
            row = (await db.exec(select(Provider).where(Provider.uuid == uuid))).first()
        return self._remote_of(row) if row is not None and row.enabled else None

    def _remote_of(self, row: Provider) -> Speaker:
        engine = RemoteEngine(self._providers.server(row))
        return Speaker(remote_ref(row.uuid), row.name, engine, leaves_house=True)

    async def _local(self, uuid: str) -> Speaker | None:
        async with self._db.read() as db:
            row = (await db.exec(select(ModelFile).where(ModelFile.uuid == uuid))).first()
        return await self._local_of(row) if row is not None and row.error is None else None

    async def _local_of(self, row: ModelFile) -> Speaker | None:
        if self._fleet is None or self._paths is None:
            return None
        try:
            path = await self._paths.path_of(row.uuid)
            projector = await self._paths.projector_of(row.uuid)
        except (NotFoundError, EngineError):  # it may be deleted between the two
            return None
        engine = self._fleet.engine_for(path, projector=projector)
        # The name of the file: two cuts of one model bear the same name inside.
        name = (await engine.health()).model if path is None else PurePosixPath(row.path).stem
        return Speaker(local_ref(row.uuid), name, engine)


def _parsed(ref: str) -> Ref:
    try:
        return parse_ref(ref)
    except InputError:
        return DEFAULT
