"""Rounds in which the engines take turns with the same prompts: side by side as many replies as an engine is asked for.

In a round each engine says the same number of tokens to the same new prompts, and reads the same long ones. The engine
that begins changes from round to round. One engine works at a time; the others rest.
"""

import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.engine_contenders import Contender, Native, Ours, Serial, Terms
from benchmarks.engine_prompts import Bias, fresh_prompts
from benchmarks.engine_report import Board, Rates
from hearth_reflex.domain.generation import ChatRequest


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is asked. Tokens and words are of each reply and prompt.

    Args:
        prompt_words: of the prompts that are answered at length.
        long_words: of those that are only read; 0 leaves reading out.
    """

    widths: tuple[int, ...]
    rounds: int
    tokens: int
    prompt_words: int
    long_words: int


class Arena:
    """All engines with one model, loaded and warm. Use it as a context: at its end all of them are gone."""

    def __init__(self, terms: Terms, folder: Path, *, widths: tuple[int, ...], bias: Bias) -> None:
        self.ours, self.serial = Ours(terms, folder), Serial(terms)
        self.natives = {width: Native(terms, width) for width in widths}
        self._bias = bias
        self._resting_s = self._resting_cpu_s = 0.0

    @property
    def resting_share(self) -> float:
        """How much of a core our worker used while others were measured."""
        return self._resting_cpu_s / self._resting_s if self._resting_s else 0.0

    async def __aenter__(self) -> "Arena":
        async with AsyncExitStack() as opened:
            for contender in [self.ours, *self.natives.values(), self.serial]:
                _tell(f"loading {contender.name}")
                opened.push_async_callback(contender.close)
                await contender.open()
                await contender.say(fresh_prompts(2, words=40, tokens=4, bias=self._bias))
                contender.rest()
            self._opened = opened.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._opened.aclose()

    async def play(self, plan: Plan) -> Board:
        """All rounds at all widths."""
        board: Board = {}
        for number in range(plan.rounds):
            for width in plan.widths:
                _tell(f"round {number + 1} of {plan.rounds}, {width} side by side")
                await self._round(board, plan, number, width)
        return board

    async def _round(self, board: Board, plan: Plan, number: int, width: int) -> None:
        entered: list[tuple[str, Contender]] = [("ours", self.ours), ("native", self.natives[width])]
        if width in (min(plan.widths), max(plan.widths)):  # one after the other is the same at any width between
            entered.append(("serial", self.serial))
        turn = number % len(entered)
        spoken = fresh_prompts(width, words=plan.prompt_words, tokens=plan.tokens, bias=self._bias)
        read = fresh_prompts(width, words=plan.long_words, tokens=1, bias=self._bias) if plan.long_words else []
        for name, contender in [*entered[turn:], *entered[:turn]]:
            rates = board.setdefault((name, width), Rates())
            await self._one(contender, rates, spoken, read)

    async def _one(
        self, contender: Contender, rates: Rates, spoken: list[ChatRequest], read: list[ChatRequest]
    ) -> None:
        cpu, began = self.ours.worker_cpu_seconds(), time.monotonic()
        contender.wake()
        try:
            rates.add_talk(await contender.say(spoken))
            if read:
                rates.add_reading(await contender.say(read))
        finally:
            contender.rest()
        if contender is not self.ours:
            self._resting_cpu_s += self.ours.worker_cpu_seconds() - cpu
            self._resting_s += time.monotonic() - began


def _tell(what: str) -> None:
    print(what, file=sys.stderr)
