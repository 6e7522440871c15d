"""Keeps the worker of one model up for as long as it is needed: starts it, listens for its heartbeat, starts it again.

Of several processes the first to take the lock keeps the worker; the others follow what it says of itself, and take
over when its keeper is gone. Knows processes and time, no tokens and no llama.cpp.
"""

import asyncio
import contextlib
import signal
import time
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from hearth_reflex.domain.generation import EngineHealth
from hearth_reflex.errors import EngineCrashedError, EngineError, EngineMemoryError, ModelBrokenError
from hearth_reflex.llm.address import FileLock, OwnerLock
from hearth_reflex.llm.arguments import IDLE_EXIT, RELOAD_EXIT
from hearth_reflex.llm.child import Child
from hearth_reflex.llm.client import OpenAiDialectClient
from hearth_reflex.llm.config import EngineConfig
from hearth_reflex.llm.ladder import Ladder
from hearth_reflex.llm.places import Places
from hearth_reflex.llm.standing import Standing

log = structlog.get_logger(__name__)

_HEARTBEAT_S = 1.0
_STARTING_S = 0.1
_MOST_SILENCE_S = 5.0  # longer than a worker that leaves gives to those who are still there
_MOST_START_S = 60.0  # silence allowed to a worker that has not loaded its model yet
_MOST_FAILED_STARTS = 3
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.25, 30.0
_STEADY_S = 60.0  # a worker that lived so long owes nothing for earlier falls
_MOST_EARLY_FALLS = 3  # in a row, before it is tried with smaller settings
_GIVE_WAY_S = 0.5  # who was put to sleep for another model does not snatch the place back
_ASLEEP = "asleep"
_NATIVE_FAULTS = (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE)


@dataclass(slots=True)
class _Record:
    """How the workers of this keeper have fared."""

    restarts: int = 0
    failed_starts: int = 0
    early_falls: int = 0
    pause_s: float = _FIRST_PAUSE_S

    def ended(self, *, was_usable: bool, lived_s: float) -> None:
        steady = lived_s > _STEADY_S
        self.restarts += 1
        self.failed_starts = 0 if was_usable else self.failed_starts + 1
        self.early_falls = self.early_falls + 1 if was_usable and not steady else 0
        self.pause_s = _FIRST_PAUSE_S if steady else min(self.pause_s * 2, _LONGEST_PAUSE_S)

    def forgive(self) -> None:
        self.failed_starts, self.early_falls, self.pause_s = 0, 0, _FIRST_PAUSE_S


@dataclass(frozen=True, slots=True)
class _Life:
    """How a worker lived. `usable`: it could speak, or plainly said why not; `too_big`: it said that it did not fit."""

    usable: bool
    too_big: bool
    lived_s: float
    code: int | None


class Keeper:
    """Args:
    stays_up: whether it takes over from a keeper that is gone without having been asked.
    places: where a model may be loaded; None is wherever it likes.
    """

    def __init__(
        self,
        config: EngineConfig,
        *,
        socket: Path,
        lock: OwnerLock,
        client: OpenAiDialectClient,
        standing: Standing,
        places: Places | None,
        stays_up: bool,
    ) -> None:
        self._socket, self._lock, self._client, self._standing = socket, lock, client, standing
        self._places, self._stays_up = places, stays_up
        self._ladder = Ladder(config)
        self._record = _Record()
        self._reload_asked = asyncio.Event()
        self._given_up = False
        self._place: FileLock | None = None
        self.child: Child | None = None
        self._watcher = asyncio.create_task(self._watch())

    @property
    def waits_for_place(self) -> bool:
        return self._places is not None and self._lock.held and self._place is None

    async def close(self) -> None:
        """End the worker for sure, if it is ours."""
        self._watcher.cancel()
        await asyncio.wait([self._watcher])
        if self.child is not None:
            await self.child.stop()
            self.child = None
        self._let_go("")

    def forgive(self) -> None:
        """Try the whole again, as if nothing had happened."""
        self._record.forgive()
        self._ladder.up()
        self._given_up = False
        self._reload_asked.set()

    def _let_go(self, word: str) -> None:
        if self._place is not None:
            self._place.release()
            self._place = None
        self._lock.write(word)
        self._lock.release()

    async def _watch(self) -> None:
        while True:
            if self._standing.health.status == "asleep":
                await self._standing.called.wait()
            self._reload_asked.clear()
            try:
                pause_s = await self._look()
            except OSError:
                # No process to be had, or no file: it may be otherwise in a moment.
                log.exception("engine.not_started")
                self._let_go("")
                pause_s = _HEARTBEAT_S
            await _wait_for(self._reload_asked, pause_s)

    async def _look(self) -> float:
        """See how the worker is, and keep it if nobody else does; seconds until the next look."""
        told = await self.ask()
        if told is not None:
            self._standing.set(told)
            return _STARTING_S if told.status == "starting" else _HEARTBEAT_S
        if self._given_up:
            return _HEARTBEAT_S
        if self._lock.take():
            await self._own()
            return 0
        # Its keeper is starting it, or putting it up again.
        self._standing.lost()
        return _STARTING_S

    async def _own(self) -> None:
        """The lock is ours: keep a worker, if one is needed."""
        if self._is_wanted():
            await self._keep()
        else:
            self._standing.fall_asleep()
        status = self._standing.health.status
        asleep, self._given_up = status == "asleep", status == "unavailable"
        self._let_go(_ASLEEP if asleep else "")
        if asleep and self._places is not None:
            await asyncio.sleep(_GIVE_WAY_S)

    def _is_wanted(self) -> bool:
        return self._standing.called.is_set() or (self._stays_up and self._lock.word != _ASLEEP)

    async def _keep(self) -> None:
        """Keep a worker up; returns when it sleeps or cannot be started."""
        self._begin()
        if self._places is not None:
            self._standing.touch()
            self._place = await self._places.take(self._socket, still_wanted=self._is_wanted)
            self._standing.touch()
            if self._place is None:
                self._standing.fall_asleep()
                return
        while True:
            life = await self._one_life()
            if life.code == IDLE_EXIT:
                self._standing.fall_asleep()
                return
            if life.code == RELOAD_EXIT or life.too_big:
                self._begin()
            elif not await self._rose(life):
                return

    def _begin(self) -> None:
        self._standing.move("restarting" if self._standing.health.status == "restarting" else "starting")

    async def _one_life(self) -> _Life:
        began = time.monotonic()
        self._reload_asked.clear()
        self.child = await Child.spawn(self._ladder.config, self._socket)
        usable, too_big = await self._attend(self.child)
        code = self.child.exit_code
        await self.child.stop()
        self.child = None
        return _Life(usable, too_big, time.monotonic() - began, code)

    async def _attend(self, child: Child) -> tuple[bool, bool]:
        """Heartbeats until the worker has ended or turned out too big; whether it was usable, and whether too big."""
        heard, loaded = time.monotonic(), False
        while not await child.wait(_HEARTBEAT_S if loaded else _STARTING_S):
            told = await self.ask()
            if told is not None and child.exit_code is None:
                if self._fits_smaller(told) and self._step_down(told.reason):
                    return False, True
                heard, loaded = time.monotonic(), loaded or told.status != "starting"
                self._note(told)
            elif (silent_s := time.monotonic() - heard) > (_MOST_SILENCE_S if loaded else _MOST_START_S):
                log.error("engine.hung", pid=child.pid, silent_s=round(silent_s, 1))
                child.kill()
        return loaded, False

    def _fits_smaller(self, told: EngineHealth) -> bool:
        # An accelerator without room makes llama.cpp refuse the file itself.
        on_gpu = self._ladder.config.n_gpu_layers != 0
        wrong = (EngineMemoryError.code, *((ModelBrokenError.code,) if on_gpu else ()))
        return told.status == "unavailable" and told.reason in wrong

    def _step_down(self, reason: str) -> bool:
        if not self._ladder.down():
            return False
        smaller = self._ladder.config
        log.warning(
            "engine.reduced",
            reason=reason,
            n_ctx=smaller.n_ctx,
            n_seq=smaller.n_seq,
            n_batch=smaller.n_batch,
            n_gpu_layers=smaller.n_gpu_layers,
        )
        return True

    async def _rose(self, life: _Life) -> bool:
        """A worker fell. False when there is no use in another one."""
        self._record.ended(was_usable=life.usable, lived_s=life.lived_s)
        log.error("engine.worker_ended", exit_code=life.code, was_ready=life.usable, restarts=self._record.restarts)
        if not life.usable:
            tried = self._ladder.config.reduced or self._record.failed_starts >= _MOST_FAILED_STARTS
            if not self._step_down("fell") and tried:
                why = self._why(life.code)
                health = replace(self._standing.health, restarts=self._record.restarts)
                self._standing.set(replace(health, status="unavailable", reason=why))
                return False
        elif self._record.early_falls >= _MOST_EARLY_FALLS:
            self._step_down("fell")
        self._standing.set(replace(self._standing.health, status="restarting", restarts=self._record.restarts))
        await _wait_for(self._reload_asked, self._record.pause_s)
        return True

    def _why(self, code: int | None) -> str:
        """What a worker that never got up died of, as far as its end tells."""
        if self._ladder.config.memory_limit_mb or code == -signal.SIGKILL:
            return EngineMemoryError.code
        native = code is not None and -code in _NATIVE_FAULTS
        return ModelBrokenError.code if native else EngineCrashedError.code

    def _note(self, told: EngineHealth) -> None:
        """What our own worker says; one that is put up again is so until it can speak."""
        again = told.status == "starting" and self._standing.health.status == "restarting"
        self._standing.set(replace(told, status="restarting" if again else told.status, restarts=self._record.restarts))

    async def ask(self) -> EngineHealth | None:
        """What the worker says of itself, whoever keeps it; None where there is none, or it says nothing."""
        if not self._socket.exists():
            return None
        try:
            return await self._client.health(timeout_s=_HEARTBEAT_S)
        except EngineError:
            return None


async def _wait_for(event: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
