"""The figures of one reply while it is being said: tokens, wall clock and processor time. Knows no model and no text
rules.
"""

import time

from hearth_reflex.domain.generation import Piece, Usage


class CpuClock:
    """Processor time of this process, all its threads together, from one reading to the next."""

    def __init__(self) -> None:
        self._read_at = time.process_time()

    def lap(self) -> float:
        """Seconds since it was read last."""
        now = time.process_time()
        passed, self._read_at = now - self._read_at, now
        return passed


class Figures:
    """Begins counting when made, which is when the reply's turn comes.

    Args:
        prompt_tokens: tokens of the whole prompt.
        arrived: when the request came, on the clock of `time.perf_counter()`; None is now.
    """

    def __init__(self, *, prompt_tokens: int, arrived: float | None = None) -> None:
        self._began = time.perf_counter()
        self._arrived = self._began if arrived is None else arrived
        self._prompt_tokens = prompt_tokens
        self._read_at = self._first_at = 0.0
        self._said = self._shown = 0
        self._cpu = self._cpu_told = 0.0
        self.kept = 0

    def prompt_read(self) -> None:
        self._read_at = self._read_at or time.perf_counter()

    def token_said(self) -> None:
        self._first_at = self._first_at or time.perf_counter()
        self._said += 1

    def worked(self, seconds: float) -> None:
        """So much processor time was spent for it."""
        self._cpu += seconds

    def piece(self, text: str) -> Piece:
        """The words now shown, with the tokens said and the time worked since the last ones."""
        tokens, self._shown = self._said - self._shown, self._said
        cpu, self._cpu_told = self._cpu - self._cpu_told, self._cpu
        return Piece(text, tokens, _ms(cpu))

    def usage(self) -> Usage:
        now = time.perf_counter()
        speaking = now - self._read_at if self._read_at else 0.0
        return Usage(
            prompt_tokens=self._prompt_tokens,
            kept_tokens=self.kept,
            output_tokens=self._said,
            queue_ms=_ms(self._began - self._arrived),
            prompt_ms=_ms((self._read_at or now) - self._began),
            first_token_ms=_ms(self._first_at - self._arrived) if self._first_at else 0.0,
            total_ms=_ms(now - self._arrived),
            tokens_per_second=round(self._said / speaking, 2) if speaking and self._said else 0.0,
            cpu_ms=_ms(self._cpu),
        )


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
