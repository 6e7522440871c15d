"""An engine whose words are written down beforehand. For tests only: nothing of the product can choose it."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Literal

from hearth_reflex.domain.generation import (
    ChatRequest,
    EngineEvent,
    EngineHealth,
    Finished,
    FinishReason,
    Made,
    Piece,
    Queued,
    Started,
    Usage,
)
from hearth_reflex.errors import EngineCrashedError

Status = Literal["starting", "ready", "unavailable", "restarting"]


class ScriptedEngine:
    """Says `pieces`, one every `delay` seconds.

    Args:
        pieces: what each reply says.
        delay: seconds before each piece; 0 gives way to other tasks only.
        fail_at: index of the piece before which `fault` is raised.
        position: place in line that is told first; 0 tells none.
    """

    def __init__(
        self,
        pieces: tuple[str, ...] = ("Once ", "upon ", "a ", "time."),
        *,
        delay: float = 0.0,
        fail_at: int | None = None,
        fault: Exception | None = None,
        position: int = 0,
    ) -> None:
        self.pieces, self.delay, self.fail_at, self.position = pieces, delay, fail_at, position
        self.fault: Exception = fault or EngineCrashedError()
        self.requests: list[ChatRequest] = []
        self.closed_early = 0
        self.status: Status = "ready"
        self.hold: asyncio.Event | None = None  # when set, waits for it before the last piece
        self.line: asyncio.Queue[Queued | None] | None = None  # when set, stands in it until None comes
        self.made = Made()  # how each reply says that it was made
        self.streams = 0  # how many at once, as health tells it
        self.busy = self.busiest = 0  # replies that are being said now, and were at most

    async def start(self) -> None:
        """A script is always ready."""

    async def close(self) -> None:
        """A script holds nothing."""

    async def stream(self, request: ChatRequest) -> AsyncGenerator[EngineEvent, None]:
        self.requests.append(request)
        ended = False
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        try:
            if self.position:
                yield Queued(self.position)
            while self.line is not None and (place := await self.line.get()):
                yield place
            yield Started(7)
            for index, piece in enumerate(self.pieces):
                await asyncio.sleep(self.delay)
                if index == self.fail_at:
                    raise self.fault
                if self.hold is not None and index == len(self.pieces) - 1:
                    await self.hold.wait()
                yield Piece(piece, cpu_ms=0.5)
            ended = True
            usage = Usage(prompt_tokens=7, output_tokens=len(self.pieces), total_ms=5.0, cpu_ms=3.0)
            yield Finished(FinishReason.STOP, usage, self.made)
        finally:
            self.busy -= 1
            self.closed_early += not ended

    async def count_tokens(self, texts: list[str]) -> list[int]:
        return [len(text) // 4 + 1 for text in texts]

    async def health(self) -> EngineHealth:
        return EngineHealth(
            status=self.status, provider="scripted", model="script", context_tokens=4096, streams=self.streams
        )
