"""A clock that tests turn by hand."""

from datetime import UTC, datetime, timedelta


class HandClock:
    def __init__(self) -> None:
        self._now = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def forward(self, **step: float) -> None:
        """Turns it on, by `timedelta`'s arguments."""
        self._now += timedelta(**step)
