"""Waiting no longer than somebody who types will wait, for something that gets ready meanwhile all the same."""

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any, TypeVar

from hearth_reflex.errors import EmbedderError

_T = TypeVar("_T")
_LATE_MOST = 8  # that are still under way when one more would be begun


class Patience:
    """What is late goes on, so that the next question finds it ready; nobody hears its answer any more."""

    def __init__(self) -> None:
        self._late = set[asyncio.Task[Any]]()

    async def within(self, seconds: float | None, asked: Coroutine[Any, Any, _T]) -> _T:
        """Raises EmbedderError when it takes longer, or when too much is late already.

        Args:
            seconds: None to wait as long as it takes.
        """
        if seconds is None:
            return await asked
        if len(self._late) >= _LATE_MOST:
            asked.close()
            raise EmbedderError
        task = asyncio.create_task(asked)
        self._late.add(task)
        task.add_done_callback(self._ended)
        return await _first(task, seconds)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._late.discard(task)
        if not task.cancelled():
            task.exception()  # heard, so that nobody is told it never was


async def _first(task: asyncio.Task[_T], seconds: float) -> _T:
    done, _ = await asyncio.wait([task], timeout=seconds)
    if not done:
        raise EmbedderError
    waiting: Awaitable[_T] = task
    return await waiting
