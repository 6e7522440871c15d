"""When an index is tidied: soon after something in it changed, and once more when what it was before may go.

An index keeps for an hour what it was (`KEPT_VERSIONS`), for those who still read it. So what was removed lies on the
disk until the index is tidied later than that, even where nothing else comes in or leaves. Knows no index.
"""

import time
from collections.abc import Awaitable, Callable
from math import inf

SOON_SECONDS = 60.0
FORGET_SECONDS = 4000.0  # more than the hour


class Tidying:
    """What changed before a start is not known, so it begins as after a change.

    Args:
        timer: seconds.
    """

    def __init__(self, *, timer: Callable[[], float] = time.monotonic) -> None:
        self._timer, self._last = timer, timer()
        self.changed()

    def changed(self) -> None:
        self._is_changed, self._forget_at = True, self._timer() + FORGET_SECONDS

    async def when_due(self, tidy: Callable[[], Awaitable[None]]) -> None:
        """Tidies if it is time; what fails is tried again a while later. Raises what `tidy` raises."""
        now = self._timer()
        may_forget = now >= self._forget_at
        if now - self._last < SOON_SECONDS or not (self._is_changed or may_forget):
            return
        self._last, self._is_changed = now, False
        self._forget_at = inf if may_forget else self._forget_at
        try:
            await tidy()
        except Exception:
            self.changed()
            raise
