"""How long those in line will wait, from how the engine has lately fared. Plain numbers; a guess, said as one."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

_SMOOTHING = 0.2
_LEAST_LEFT = 0.15  # of a usual reply: one that is longer than usual is thought to be nearly done


@dataclass(slots=True)
class Habits:
    """What replies usually are: `tokens` said, `token_s` seconds for each, `turn_s` from the turn to the first word."""

    tokens: float = 150.0
    token_s: float = 0.05
    turn_s: float = 1.0

    def note(self, *, tokens: int, speaking_s: float, turn_s: float) -> None:
        """A reply has ended."""
        if tokens:
            self.tokens += _SMOOTHING * (tokens - self.tokens)
            self.token_s += _SMOOTHING * (speaking_s / tokens - self.token_s)
            self.turn_s += _SMOOTHING * (turn_s - self.turn_s)

    @property
    def reply_s(self) -> float:
        return self.turn_s + self.tokens * self.token_s

    def left_s(self, said: int, most: int) -> float:
        """Seconds until a reply ends that has said so many tokens and may say so many more."""
        usual = max(self.tokens - said, self.tokens * _LEAST_LEFT)
        return min(usual, most) * self.token_s + (0.0 if said else self.turn_s)


def waits(left_s: Sequence[float], free: int, waiting: int, reply_s: float) -> list[float]:
    """Seconds until the turn of each in line.

    Args:
        left_s: of each running reply, the seconds until it ends.
        free: places that are free already, though the first in line cannot take one yet.
        waiting: how many are in line.
        reply_s: what a whole reply takes.
    """
    places = [min(left_s, default=0.0)] * free + list(left_s)
    heapq.heapify(places)
    turns = list[float]()
    for _ in range(waiting):
        turn = heapq.heappop(places) if places else 0.0
        turns.append(turn)
        heapq.heappush(places, turn + reply_s)
    return turns
