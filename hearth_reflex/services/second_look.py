"""Asks for second looks at what was found, where the house has a cross-encoder, and does without when none comes.

Decides nothing about the order: `domain/second_look.py` does.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence

import structlog

from hearth_reflex.domain.fusion import Ranked
from hearth_reflex.domain.queries import Query
from hearth_reflex.domain.second_look import Reranker, worth_a_look
from hearth_reflex.errors import EmbedderError

log = structlog.get_logger(__name__)

WITHIN_S = 3.0  # somebody waits for the answer that begins with this
_ON_THE_WAY = 0.1  # of that time: what has to be back by then
PAUSE_S = 30.0  # after the second miss in a row, and twice as long after each one more
_LONGEST_PAUSE_S = 600.0
_NONE: Mapping[str, float] = {}


class SecondLook:
    """One for a house. While one look is under way no other is asked for: it would wait for the first and come late.
    What is late of one, as loading the model, is ready for a later one, and one that is always missed is asked for
    ever more seldom.

    Args:
        reranker: None where the house has none.
        within, pause: seconds.
    """

    def __init__(self, reranker: Reranker | None = None, *, within: float = WITHIN_S, pause: float = PAUSE_S) -> None:
        self._reranker, self._within, self._pause = reranker, within, pause
        self._under_way: asyncio.Task[list[float]] | None = None
        self._misses = 0  # in a row
        self._not_before = 0.0

    async def scores(self, query: Query, ranked: Sequence[Ranked], *, least: float) -> Mapping[str, float]:
        """By key, of as many of the best as there was time for; none where there was no second look.

        Args:
            least: how likely the likeliest must be, or nothing was found.
        """
        if self._reranker is None or self._under_way or time.monotonic() < self._not_before:
            return _NONE
        best = worth_a_look(ranked, least=least)
        if not best:
            return _NONE
        try:
            scores = await self._in_time(self._reranker, query.text, [one.candidate.text for one in best])
        except EmbedderError:
            self._miss()
            return _NONE
        self._misses = 0
        return {one.candidate.key: score for one, score in zip(best, scores, strict=False)}

    async def _in_time(self, reranker: Reranker, question: str, passages: list[str]) -> list[float]:
        seconds = self._within * (1 - _ON_THE_WAY)
        task = asyncio.ensure_future(reranker.scores(question, passages, seconds=seconds))
        self._under_way = task
        task.add_done_callback(self._ended)
        done, _ = await asyncio.wait([task], timeout=self._within)
        if not done:
            raise EmbedderError
        return task.result()

    def _ended(self, task: asyncio.Task[list[float]]) -> None:
        self._under_way = None
        if not task.cancelled():
            task.exception()  # heard, so that nobody is told it never was

    def _miss(self) -> None:
        """Told once, until a look comes again."""
        self._misses += 1
        if self._misses == 1:
            log.warning("second_look.missed")
            return
        pause_s = min(self._pause * 2 ** min(self._misses - 2, 10), _LONGEST_PAUSE_S)
        self._not_before = time.monotonic() + pause_s
