"""The local engine as the rest of the house sees it: a worker process that is started, watched and put up again.

Keeps one truth, what the engine's health is, and lets replies wait for it. Knows processes and time, no tokens and no
llama.cpp. Of several web processes with one data folder the first to take the lock supervises; the others use the
same socket and take over when the owner is gone.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

import structlog

from hearth_reflex.domain.generation import ChatRequest, EngineEvent, EngineHealth
from hearth_reflex.errors import EngineCrashedError, EngineError
from hearth_reflex.llm.address import OwnerLock, socket_path
from hearth_reflex.llm.arguments import RELOAD_EXIT
from hearth_reflex.llm.child import Child
from hearth_reflex.llm.client import OpenAiDialectClient
from hearth_reflex.llm.config import EngineConfig
from hearth_reflex.llm.dialect import error_for

log = structlog.get_logger(__name__)

_HEARTBEAT_S = 1.0
_STARTING_S = 0.1
_MOST_MISSES = 3
_MOST_START_S = 60.0  # silence allowed to a worker that has not loaded its model yet
_MOST_FAILED_STARTS = 3
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.25, 30.0
_STEADY_S = 60.0  # a worker that lived so long owes nothing for earlier falls
_SILENCE_S = 10.0


@dataclass(slots=True)
class _Record:
    """How the workers of this owner have fared."""

    restarts: int = 0
    failed_starts: int = 0
    pause_s: float = _FIRST_PAUSE_S

    def ended(self, *, was_ready: bool, lived_s: float) -> None:
        self.restarts += 1
        self.failed_starts = 0 if was_ready else self.failed_starts + 1
        self.pause_s = _FIRST_PAUSE_S if lived_s > _STEADY_S else min(self.pause_s * 2, _LONGEST_PAUSE_S)

    def forgive(self) -> None:
        self.failed_starts, self.pause_s = 0, _FIRST_PAUSE_S


class LocalEngine:
    """Implements domain.generation.Engine with a worker process on this machine."""

    def __init__(self, config: EngineConfig) -> None:
        self._config = config
        self._health = EngineHealth(
            status="starting", provider="local", model=config.model_file.stem, demo=config.demo, threads=config.threads
        )
        self._changed = asyncio.Event()
        self._reload_asked = asyncio.Event()
        self._record = _Record()
        self._child: Child | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._lock: OwnerLock | None = None
        self._client: OpenAiDialectClient | None = None

    @property
    def worker_pid(self) -> int | None:
        """The worker's process, when this process is the one that supervises it."""
        return self._child.pid if self._child is not None else None

    async def start(self) -> None:
        """Begin to make the engine ready, without waiting. A missing or broken model does not raise."""
        if self._watcher is None:
            self._socket = socket_path(self._config.data_dir)
            self._lock = OwnerLock(self._config.data_dir)
            self._client = OpenAiDialectClient(socket=self._socket, extended=True, silence_s=_SILENCE_S)
            self._watcher = asyncio.create_task(self._watch(self._lock, self._client))

    async def close(self) -> None:
        """End the worker for sure, if it is ours."""
        if self._watcher is not None:
            self._watcher.cancel()
            await asyncio.wait([self._watcher])
        if self._child is not None:
            await self._child.stop()
            self._child = None
        if self._client is not None:
            await self._client.close()
        if self._lock is not None:
            self._lock.release()
        self._watcher = None
        self._set(replace(self._health, status="unavailable", reason=EngineError.code))

    async def stream(self, request: ChatRequest) -> AsyncGenerator[EngineEvent, None]:
        """Events of one reply; waits for an engine that is starting. Closing the generator stops the reply."""
        for last_try in (False, True):
            client = await self._ready()
            begun = False
            try:
                async with aclosing(client.stream(request)) as events:
                    async for event in events:
                        begun = True
                        yield event
                return
            except EngineCrashedError:
                # A worker that fell before it answered took nothing: the reply is asked for once more.
                if begun or last_try:
                    raise
                self._mark_lost()

    async def count_tokens(self, texts: list[str]) -> list[int]:
        client = await self._ready()
        try:
            return await client.count_tokens(texts)
        except EngineCrashedError:
            self._mark_lost()
            return await (await self._ready()).count_tokens(texts)

    async def health(self) -> EngineHealth:
        """As of the last heartbeat."""
        return self._health

    async def reload(self) -> None:
        """Try the model again, after it was put there or mended; a running reply is given a few seconds."""
        self._record.forgive()
        self._reload_asked.set()
        self._set(replace(self._health, status="starting", reason=""))
        if self._client is not None:
            with contextlib.suppress(EngineError):
                await self._client.reload()

    async def _ready(self) -> OpenAiDialectClient:
        """The client, once there is somebody to talk to. Raises EngineError."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._config.start_timeout_s):
                while self._health.status in ("starting", "restarting"):
                    await self._changed.wait()
        if self._health.status != "ready" or self._client is None:
            raise error_for(self._health.reason)
        return self._client

    def _set(self, health: EngineHealth) -> None:
        before, self._health = self._health, health
        if health.status != before.status:
            log.info("engine.status", status=health.status, reason=health.reason, model=health.model)
            # Those who wait hold the old event; it is set once and replaced.
            self._changed.set()
            self._changed = asyncio.Event()

    def _mark_lost(self) -> None:
        if self._health.status == "ready":
            self._set(replace(self._health, status="restarting"))

    async def _watch(self, lock: OwnerLock, client: OpenAiDialectClient) -> None:
        given_up = False
        while True:
            if self._reload_asked.is_set():
                self._reload_asked.clear()
                given_up = False
            if not given_up and lock.take():
                await self._supervise(client)
                # Given up: another process may try, and a reload may make this one try again.
                lock.release()
                given_up = True
            else:
                await self._follow(client, given_up=given_up)

    async def _follow(self, client: OpenAiDialectClient, *, given_up: bool) -> None:
        """One heartbeat of somebody else's worker."""
        told = await self._ask(client)
        if told is not None:
            self._set(told)
        elif not given_up:
            self._mark_lost()
        await _wait_for(self._reload_asked, _HEARTBEAT_S)

    async def _supervise(self, client: OpenAiDialectClient) -> None:
        """Keep a worker up; returns when it cannot be started."""
        while True:
            began = time.monotonic()
            self._child = await Child.spawn(self._config, self._socket)
            was_ready = await self._attend(self._child, client)
            code = self._child.exit_code
            await self._child.stop()
            self._child = None
            if code == RELOAD_EXIT:
                self._reload_asked.clear()
                self._set(replace(self._health, status="starting", reason=""))
                continue
            self._record.ended(was_ready=was_ready, lived_s=time.monotonic() - began)
            log.error("engine.worker_ended", exit_code=code, was_ready=was_ready, restarts=self._record.restarts)
            if self._record.failed_starts >= _MOST_FAILED_STARTS:
                self._set(replace(self._health, status="unavailable", reason=EngineCrashedError.code))
                return
            self._set(replace(self._health, status="restarting", restarts=self._record.restarts))
            await _wait_for(self._reload_asked, self._record.pause_s)

    async def _attend(self, child: Child, client: OpenAiDialectClient) -> bool:
        """Heartbeats until the worker has ended; True when it was usable, or plainly said why it is not."""
        heard, misses, loaded = time.monotonic(), 0, False
        while not await child.wait(_HEARTBEAT_S if loaded else _STARTING_S):
            told = await self._ask(client)
            if told is not None and child.exit_code is None:
                heard, misses, loaded = time.monotonic(), 0, loaded or told.status != "starting"
                self._note(told)
                continue
            misses += 1
            if misses >= _MOST_MISSES if loaded else time.monotonic() - heard > _MOST_START_S:
                log.error("engine.hung", pid=child.pid, misses=misses)
                child.kill()
        return loaded

    def _note(self, told: EngineHealth) -> None:
        """What our own worker says; one that is put up again is so until it can speak."""
        again = told.status == "starting" and self._health.status == "restarting"
        self._set(replace(told, status="restarting" if again else told.status, restarts=self._record.restarts))

    async def _ask(self, client: OpenAiDialectClient) -> EngineHealth | None:
        try:
            return await client.health(timeout_s=_HEARTBEAT_S)
        except EngineError:
            return None


async def _wait_for(event: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
