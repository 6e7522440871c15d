"""Token buckets: how much somebody may do, and how soon again. The caller brings the clock (seconds)."""

from collections import OrderedDict
from dataclasses import dataclass


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float


class Buckets:
    """One bucket a key, bounded in number: the least recently used one is forgotten, as if it were full.

    Args:
        rate: tokens that flow in per second.
        burst: how many a full bucket holds.
        keys: how many buckets are kept.
    """

    def __init__(self, *, rate: float, burst: float, keys: int = 10_000) -> None:
        self.rate, self.burst, self._keys = rate, burst, keys
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str, *, at: float, cost: float = 1.0) -> float:
        """Takes `cost` tokens. Returns 0.0, or the seconds to wait when there are too few (nothing is taken then)."""
        bucket = self._buckets.pop(key, None) or _Bucket(self.burst, at)
        bucket.level = min(self.burst, bucket.level + max(0.0, at - bucket.at) * self.rate)
        bucket.at = at
        self._buckets[key] = bucket
        if len(self._buckets) > self._keys:
            self._buckets.popitem(last=False)
        if bucket.level < cost:
            return (cost - bucket.level) / self.rate
        bucket.level -= cost
        return 0.0
