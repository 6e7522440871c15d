"""The local engine as the rest of the house sees it: a model in a worker process that is there when it is needed.

Lets replies wait for a worker that is starting, wakes one that sleeps, and asks once more when it fell before it had
said anything. Who starts and watches the process is keeper.py's matter. Knows no tokens and no llama.cpp.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from hearth_reflex.domain.generation import ChatRequest, EngineEvent, EngineHealth
from hearth_reflex.errors import EngineBusyError, EngineCrashedError, EngineError
from hearth_reflex.llm.address import OwnerLock, socket_path
from hearth_reflex.llm.client import OpenAiDialectClient
from hearth_reflex.llm.config import EngineConfig
from hearth_reflex.llm.dialect import error_for
from hearth_reflex.llm.gguf_header import read_header
from hearth_reflex.llm.keeper import Keeper
from hearth_reflex.llm.places import Places
from hearth_reflex.llm.standing import COMING, Standing

_SILENCE_S = 10.0
_UNLOAD_S, _AGAIN_S = 15.0, 0.1
_USUAL_CONTEXT = 4096


class LocalEngine:
    """Implements domain.generation.Engine with a worker process on this machine.

    Args:
        address: of the model, from `address_of`; "" is the house's default.
        eager: it is loaded at the start and kept up; otherwise it sleeps until somebody needs it.
        places: where a model may be loaded; None is wherever it likes.
    """

    def __init__(
        self, config: EngineConfig, *, address: str = "", eager: bool = True, places: Places | None = None
    ) -> None:
        self._config, self._address, self._eager, self._places = config, address, eager, places
        self._standing = Standing(
            EngineHealth(
                status="starting" if eager else "asleep",
                provider="local",
                model=config.model_file.stem,
                demo=config.demo,
                threads=config.threads,
                streams=config.n_seq,
            )
        )
        self._keeper: Keeper | None = None
        self._client: OpenAiDialectClient | None = None
        self._warming: asyncio.Task[None] | None = None

    @property
    def worker_pid(self) -> int | None:
        """The worker's process, when this process is the one that keeps it."""
        child = self._keeper.child if self._keeper is not None else None
        return child.pid if child is not None else None

    @property
    def in_memory(self) -> bool:
        """Whether its model is loaded or about to be, as far as this process knows."""
        return self._keeper is not None and self._standing.health.status in ("starting", "ready", "restarting")

    async def start(self) -> None:
        """Begin to make the engine ready, without waiting. A missing or broken model does not raise."""
        self._open()
        if self._eager and self._warming is None:
            self._warming = asyncio.create_task(self._warm())

    async def close(self) -> None:
        """End the worker for sure, if it is ours."""
        keeper, client, warming = self._keeper, self._client, self._warming
        self._keeper = self._client = self._warming = None
        if warming is not None:
            warming.cancel()
            await asyncio.wait([warming])
        if keeper is not None:
            await keeper.close()
        if client is not None:
            await client.close()
        self._standing.move("unavailable", EngineError.code)

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
                self._standing.lost()

    async def count_tokens(self, texts: list[str]) -> list[int]:
        client = await self._ready()
        try:
            return await client.count_tokens(texts)
        except EngineCrashedError:
            self._standing.lost()
            return await (await self._ready()).count_tokens(texts)

    async def health(self) -> EngineHealth:
        """As of the last heartbeat; of a sleeping one, what it will be like when it wakes up."""
        health = self._standing.health
        if health.status != "asleep":
            return health
        keeper, _ = self._open()
        if told := await keeper.ask():
            # Another process of the house has woken it up.
            return told
        if not health.context_tokens:
            context = await asyncio.to_thread(_expected_context, self._config)
            if not self._standing.health.context_tokens:
                self._standing.set(replace(self._standing.health, context_tokens=context))
        return self._standing.health

    async def load(self) -> None:
        """Wait until the model is in memory; one that failed is tried again. Raises EngineError."""
        if self._standing.health.status == "unavailable":
            await self.reload()
        await self._ready()

    async def unload(self) -> None:
        """Take the model out of memory until somebody needs it. Raises EngineBusyError while it is being used."""
        _, client = self._open()
        if self._warming is not None:
            self._warming.cancel()
        try:
            async with asyncio.timeout(_UNLOAD_S):
                while not await self._sent_to_sleep(client):  # noqa: ASYNC110 - another process comes up
                    await asyncio.sleep(_AGAIN_S)
                await self._standing.wait_while(lambda _: self.in_memory)
        except TimeoutError as error:
            raise EngineBusyError from error

    async def _sent_to_sleep(self, client: OpenAiDialectClient) -> bool:
        """False while a worker is coming up that cannot be spoken to yet."""
        try:
            await client.sleep()
        except EngineCrashedError:
            return not self.in_memory
        return True

    async def reload(self) -> None:
        """Try the model again, after it was put there or mended; a running reply is given a few seconds."""
        keeper, client = self._open()
        keeper.forgive()
        self._standing.move("starting")
        with contextlib.suppress(EngineError):
            await client.reload()

    async def forget(self, rooms: list[str]) -> None:
        """A worker that is up keeps nothing of these rooms; one that sleeps has only files, which it does not watch."""
        _, client = self._open()
        with contextlib.suppress(EngineError):
            await client.forget(rooms)

    async def _warm(self) -> None:
        with contextlib.suppress(EngineError):
            await self._ready()

    async def _ready(self) -> OpenAiDialectClient:
        """The client, once there is somebody to talk to. Raises EngineError."""
        if self._standing.health.status == "unavailable":
            raise error_for(self._standing.health.reason)
        keeper, client = self._open()
        with self._standing.calling(), contextlib.suppress(TimeoutError):
            while self._standing.health.status in COMING:
                await self._wait_a_step(keeper)
        health = self._standing.health
        if health.status == "ready":
            return client
        raise EngineBusyError if keeper.waits_for_place else error_for(health.reason)

    async def _wait_a_step(self, keeper: Keeper) -> None:
        """For a place, or then for the worker; each has its own patience. Raises TimeoutError."""
        for_place = keeper.waits_for_place
        async with asyncio.timeout(self._config.place_timeout_s if for_place else self._config.start_timeout_s):
            await self._standing.wait_while(
                lambda health: health.status in COMING and keeper.waits_for_place is for_place
            )

    def _open(self) -> tuple[Keeper, OpenAiDialectClient]:
        """Begin to watch, the first time somebody comes."""
        if self._keeper is None or self._client is None:
            socket = socket_path(self._config.data_dir, self._address)
            self._client = OpenAiDialectClient(socket=socket, extended=True, silence_s=_SILENCE_S)
            self._keeper = Keeper(
                self._config,
                socket=socket,
                lock=OwnerLock(self._config.data_dir, self._address),
                client=self._client,
                standing=self._standing,
                places=self._places,
                stays_up=self._eager,
            )
        return self._keeper, self._client


def _expected_context(config: EngineConfig) -> int:
    """Tokens that the model will take once it is awake."""
    try:
        trained = read_header(config.model_file).context_tokens
    except EngineError:
        trained = 0
    return min(config.n_ctx, trained) if config.n_ctx and trained else config.n_ctx or trained or _USUAL_CONTEXT
