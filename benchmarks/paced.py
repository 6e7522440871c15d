"""An engine that speaks at a set pace, as many tokens as it is asked for. For measuring only.

Nothing of the product can choose it: `benchmarks/paced_app.py` puts it into a house of its own. Everything behind the
seam (prompt, rows, coalescing, frames, saving) is the product's.
"""

import asyncio
import re
import time
from collections.abc import AsyncGenerator

from benchmarks.timing import Recorder, token_text
from hearth_reflex.domain.generation import (
    ChatRequest,
    EngineEvent,
    EngineHealth,
    Finished,
    FinishReason,
    Piece,
    Started,
    Usage,
)

_WISH = re.compile(r"say (\d+) tokens at ([\d.]+) a second")


def wish(*, tokens: int, rate: float) -> str:
    """The message that makes the engine say so much, so fast."""
    return f"@ember say {tokens} tokens at {rate:g} a second"


class PacedEngine:
    """Args:
    recorder: told when each token is made.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    async def start(self) -> None:
        """There is nothing to load."""

    async def close(self) -> None:
        """There is nothing to let go."""

    async def stream(self, request: ChatRequest) -> AsyncGenerator[EngineEvent, None]:
        asked = _WISH.findall(request.turns[-1].content)[-1]
        tokens, rate = min(int(asked[0]), request.sampling.max_tokens), float(asked[1])
        answer = self._recorder.begin()
        yield Started()
        start = time.monotonic()
        for index in range(tokens):
            await asyncio.sleep(start + index / rate - time.monotonic())
            answer.made.append(time.monotonic_ns())
            yield Piece(token_text(index))
        yield Finished(FinishReason.STOP, Usage(output_tokens=tokens, total_ms=(time.monotonic() - start) * 1000))

    async def count_tokens(self, texts: list[str]) -> list[int]:
        return [len(text) // 4 + 1 for text in texts]

    async def health(self) -> EngineHealth:
        return EngineHealth(status="ready", provider="paced", model="paced", context_tokens=32_768)
