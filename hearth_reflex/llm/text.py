"""From a token's bytes to words that may be shown: whole characters, and nothing of a stop string.

Knows no model. A Hangul syllable or an emoji spread over tokens is held until it is whole; the end of the text is
held while it could still be the beginning of a stop string.
"""

import codecs
from collections.abc import Sequence


class Speech:
    """One reply's text, fed byte by byte.

    Args:
        stops: strings that end the reply and are not part of it.
    """

    def __init__(self, stops: Sequence[str] = ()) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stops = tuple(stops)
        self._held = ""
        self.stopped = False

    def feed(self, data: bytes) -> str:
        """The words that can be shown now; empty while they are held."""
        if self.stopped:
            return ""
        self._held += self._decoder.decode(data)
        found = min((at for stop in self._stops if (at := self._held.find(stop)) >= 0), default=-1)
        if found >= 0:
            self.stopped = True
            return self._release(found)
        return self._release(len(self._held) - self._undecided())

    def finish(self) -> str:
        """What was held back for a stop string that never came. Half a character is dropped, not shown as a mark."""
        return "" if self.stopped else self._release(len(self._held))

    def _release(self, length: int) -> str:
        shown, self._held = self._held[:length], self._held[length:]
        return shown

    def _undecided(self) -> int:
        """Length of the longest tail that begins a stop string."""
        longest = max((len(stop) for stop in self._stops), default=1) - 1
        for length in range(min(longest, len(self._held)), 0, -1):
            tail = self._held[-length:]
            if any(stop.startswith(tail) for stop in self._stops):
                return length
        return 0
