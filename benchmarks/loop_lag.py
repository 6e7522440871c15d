"""How long an event loop keeps a task waiting that only wants to sleep for a millisecond.

The whole sleep counts, its millisecond included: nothing is subtracted.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

_NAP_S = 0.001


@asynccontextmanager
async def naps_taken() -> AsyncGenerator[list[float], None]:
    """A list that fills, for as long as the block runs, with the milliseconds each nap took."""
    taken: list[float] = []
    task = asyncio.create_task(_nap(taken))
    try:
        yield taken
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _nap(taken: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(_NAP_S)
        taken.append((time.perf_counter() - began) * 1000)
