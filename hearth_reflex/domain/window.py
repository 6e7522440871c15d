"""Never more than so much in any stretch of time: stricter than a token bucket, which fills while it is used."""

from collections import OrderedDict, deque
from dataclasses import dataclass, field

from hearth_reflex.domain.bucket import Buckets


@dataclass(slots=True)
class _Taken:
    """What was taken, oldest first, as (when, how much); and its sum."""

    each: deque[tuple[float, float]] = field(default_factory=deque[tuple[float, float]])
    sum: float = 0.0

    def forget_until(self, at: float) -> None:
        while self.each and self.each[0][0] <= at:
            self.sum -= self.each.popleft()[1]

    def date_back_to(self, at: float) -> None:
        """A clock that goes back locks nobody out: what lies ahead of it was taken now."""
        if self.each and self.each[-1][0] > at:
            self.each = deque((min(when, at), cost) for when, cost in self.each)


class Windows(Buckets):
    """At most `burst` in any `burst / rate` seconds, for each key by itself; asked like `Buckets`."""

    def __init__(self, *, rate: float, burst: float, keys: int = 10_000) -> None:
        super().__init__(rate=rate, burst=burst, keys=keys)
        self._taken: OrderedDict[str, _Taken] = OrderedDict()

    def take(self, key: str, *, at: float, cost: float = 1.0) -> float:
        """Takes `cost`. Returns 0.0, or the seconds to wait when it is too much (nothing is taken then)."""
        taken = self._taken[key] = self._taken.pop(key, None) or _Taken()
        if len(self._taken) > self._keys:
            self._taken.popitem(last=False)
        seconds = self.burst / self.rate
        if cost > self.burst:
            return seconds
        taken.date_back_to(at)
        taken.forget_until(at - seconds)
        if taken.sum + cost > self.burst:
            return self._wait(taken, cost) + seconds - at
        taken.each.append((at, cost))
        taken.sum += cost
        return 0.0

    def _wait(self, taken: _Taken, cost: float) -> float:
        """When that was taken whose end makes room enough."""
        left = taken.sum
        for when, each in taken.each:
            left -= each
            if left + cost <= self.burst:
                return when
        return taken.each[-1][0]
