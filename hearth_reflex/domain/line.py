"""Where one answer stands in line, and what of that is still to be told. Pure: the caller brings the clock.

Between two tellings a page counts the seconds down by itself, so only what differs from its count is news. While an
answer waits its place is told again every two seconds, for those who have just come in.
"""

from dataclasses import dataclass
from math import ceil

REFRESH_SECONDS = 2.0
_SLACK_SECONDS = 1.0  # an estimate that is off by less is not worth a frame


@dataclass(slots=True)
class Line:
    """The place of one answer. Times are seconds of one clock; `position` 0 is not, or no longer, in line."""

    position: int = 0
    _due: float | None = None  # when its turn is expected
    _told_position: int = 0
    _told_due: float | None = None
    _told_at: float = 0.0

    def stand(self, position: int, seconds: float | None, *, at: float) -> None:
        """It waits as the `position`th, for about `seconds` more."""
        self.position, self._due = position, None if seconds is None else at + seconds

    def leave(self) -> None:
        """It waits no longer."""
        self.position, self._due = 0, None

    def take(self, at: float) -> tuple[int, int | None] | None:
        """What is to be told now: (position, whole seconds still to wait or None); None when nothing is new."""
        if not (self._is_news() or (self.position and at - self._told_at >= REFRESH_SECONDS)):
            return None
        self._told_position, self._told_due, self._told_at = self.position, self._due, at
        return self.position, None if self._due is None else max(1, ceil(self._due - at))

    def _is_news(self) -> bool:
        if self.position != self._told_position:
            return True
        if self._due is None or self._told_due is None:
            return self._due is not self._told_due
        return abs(self._due - self._told_due) > _SLACK_SECONDS
