"""How many models may be in memory at once, counted over all processes of a house.

Each place is a file whose lock is held while a model is loaded, with the worker's socket written in it: whoever needs a
place can ask who sits there. Knows sockets and seconds; which model it is does not matter here.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog

from hearth_reflex.errors import EngineError
from hearth_reflex.llm.address import FileLock, engine_home
from hearth_reflex.llm.client import OpenAiDialectClient

log = structlog.get_logger(__name__)

_ROUND_S = 0.2
_LEAVING_ROUNDS = 25
_LEAST_REST_S = 1.0  # a model that was just loaded for somebody is not taken away before it was used


class Places:
    """Args:
    most: how many there are; every process of the house gives the same number.
    """

    def __init__(self, data_dir: Path, *, most: int) -> None:
        self._home, self._most = engine_home(data_dir), most

    async def take(self, socket: Path, *, still_wanted: Callable[[], bool]) -> FileLock | None:
        """A place for the worker of `socket`; the one that rested longest is put to sleep for it, a busy one never.

        None when it is not wanted any more before there is one.
        """
        rounds_to_wait = 0
        while (place := self._free(socket)) is None:
            if not rounds_to_wait:
                # Who was asked to leave is given time for it, before anybody else is asked.
                rounds_to_wait = _LEAVING_ROUNDS if await self._make_room() else 1
            rounds_to_wait -= 1
            await asyncio.sleep(_ROUND_S)
            if not still_wanted():
                return None
        return place

    def _free(self, socket: Path) -> FileLock | None:
        for place in self._all():
            if place.take():
                place.write(str(socket))
                return place
        return None

    def _all(self) -> list[FileLock]:
        return [FileLock(self._home / f"place-{number}") for number in range(self._most)]

    async def _make_room(self) -> bool:
        rested: list[tuple[float, Path]] = []
        for socket in {Path(place.word) for place in self._all() if place.word}:
            idle_s = await _idle_s(socket)
            if idle_s is not None and idle_s >= _LEAST_REST_S:
                rested.append((idle_s, socket))
        if not rested:
            return False
        idle_s, socket = max(rested)
        log.info("engine.makes_room", socket=socket.name, idle_s=round(idle_s))
        return await _put_to_sleep(socket)


async def _idle_s(socket: Path) -> float | None:
    client = OpenAiDialectClient(socket=socket, extended=True)
    try:
        return await client.idle_s()
    except EngineError:
        return None
    finally:
        await client.close()


async def _put_to_sleep(socket: Path) -> bool:
    client = OpenAiDialectClient(socket=socket, extended=True)
    try:
        await client.sleep()
    except EngineError:
        # Somebody was faster and uses it.
        return False
    finally:
        await client.close()
    return True
