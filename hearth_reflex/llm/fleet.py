"""The engines of the house's own models: one for each file, of which only so many are in memory at once.

Which model speaks in which room is not known here. A model that is not loaded sleeps until somebody needs it; then the
one that rested longest gives way (places.py).
"""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hearth_reflex.llm.address import address_of
from hearth_reflex.llm.config import EngineConfig, demo_model_file
from hearth_reflex.llm.kept import forget_kept, kept_folder
from hearth_reflex.llm.places import Places
from hearth_reflex.llm.supervisor import LocalEngine


class Fleet:
    """Args:
    base: settings of the house's default model; the others are run like it.
    most_loaded: models that may be in memory at once.
    """

    def __init__(self, base: EngineConfig, *, most_loaded: int) -> None:
        self._base = base
        self._places = Places(base.data_dir, most=most_loaded)
        self._engines: dict[Path, tuple[Path | None, LocalEngine]] = {}
        self.default = LocalEngine(base, places=self._places)
        self._engines[_key(base.model_file)] = (base.model_path, self.default)

    def engine_for(self, path: Path | None, *, projector: Path | None = None) -> LocalEngine:
        """The engine of a file, asleep until it is needed; None is the demo model. The same file, the same engine.

        Args:
            projector: what lets the model see pictures; heeded the first time that a file is named.
        """
        key = _key(path or demo_model_file())
        if key not in self._engines:
            config = replace(self._base, model_path=path, mmproj_path=projector)
            engine = LocalEngine(config, address=address_of(key), eager=False, places=self._places)
            self._engines[key] = (path, engine)
        return self._engines[key][1]

    async def load(self, path: Path | None) -> None:
        """Wait until a model is in memory. Raises EngineError."""
        await self.engine_for(path).load()

    async def unload(self, path: Path | None) -> None:
        """Take a model out of memory until somebody needs it. Raises EngineBusyError while it is being used."""
        await self.engine_for(path).unload()

    async def forget_rooms(self, room_uuids: Sequence[str]) -> None:
        """Drops what any model has read of these rooms, in memory and on disk. Never raises for want of an engine."""
        rooms = list(room_uuids)
        await asyncio.gather(*(engine.forget(rooms) for _, engine in self._engines.values()))
        await asyncio.to_thread(forget_kept, kept_folder(self._base.data_dir), rooms)

    def loaded(self) -> list[Path | None]:
        """Files whose models are in memory or about to be, as far as this process knows; None is the demo model."""
        return [path for path, engine in self._engines.values() if engine.in_memory]

    async def close(self) -> None:
        await asyncio.gather(*(engine.close() for _, engine in self._engines.values()))


def _key(path: Path) -> Path:
    return Path(os.path.abspath(path))
