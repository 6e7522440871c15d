"""Whose turn it is: askers in turn, one asker's requests in order, and a bound. Plain Python, no threads, no clock.

Everybody in line has a *round*: one request of each asker belongs to it. Within a round the request that extends
the prefix the model still holds may go first, so that hint never delays anybody by more than that one round.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

from hearth_reflex.errors import EngineBusyError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[T]):
    item: T
    asker: str
    affinity: str
    round: int
    number: int


class FairQueue(Generic[T]):
    """A bounded line of items.

    Args:
        limit: most items that may wait.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._line: list[_Waiting[T]] = []
        self._round = 0
        self._last_round: dict[str, int] = {}
        self._count = 0

    def __len__(self) -> int:
        return len(self._line)

    def push(self, item: T, *, asker: str, affinity: str) -> None:
        """Raises EngineBusyError when the line is full."""
        if len(self._line) >= self._limit:
            raise EngineBusyError
        place = max(self._round, self._last_round.get(asker, -1) + 1)
        self._last_round[asker] = place
        self._count += 1
        self._line.append(_Waiting(item, asker, affinity, place, self._count))

    def pop(self, *, affinity: str = "") -> T | None:
        """The next item, or None.

        Args:
            affinity: what was served last; items with the same go first within their round.
        """
        if not self._line:
            return None
        chosen = self._ordered(affinity)[0]
        self._line.remove(chosen)
        self._round = chosen.round
        self._last_round = {asker: last for asker, last in self._last_round.items() if last >= self._round}
        return chosen.item

    def remove(self, item: T) -> bool:
        """Take somebody out of the line who no longer waits; False when it was not in it."""
        found = next((waiting for waiting in self._line if waiting.item is item), None)
        if found is not None:
            self._line.remove(found)
        return found is not None

    def order(self, *, affinity: str = "") -> list[T]:
        """Everybody in line, the next one first."""
        return [waiting.item for waiting in self._ordered(affinity)]

    def _ordered(self, affinity: str) -> list[_Waiting[T]]:
        current = min((waiting.round for waiting in self._line), default=0)
        return sorted(
            self._line,
            key=lambda one: (one.round, one.round == current and one.affinity != affinity, one.number),
        )
