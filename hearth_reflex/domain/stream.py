"""Gathers the pieces of a growing answer into frames. Pure: the caller brings the clock.

Offsets are UTF-16 code units, because that is how a browser measures a string.
"""

from dataclasses import dataclass, field

from hearth_reflex.domain.text import utf16_length

FLUSH_SECONDS = 0.05
SAVE_SECONDS = 1.0


@dataclass(slots=True)
class Growth:
    """An answer that grows: what was said, what was not told yet, what was not saved yet."""

    text: str = ""
    offset: int = 0  # of the first untold character
    saved_at: float = 0.0
    _untold: list[str] = field(default_factory=list[str])

    @classmethod
    def resumed(cls, text: str, *, at: float) -> "Growth":
        """Goes on behind `text`, which everybody has already."""
        return cls(text=text, offset=utf16_length(text), saved_at=at)

    def add(self, piece: str) -> None:
        self.text += piece
        self._untold.append(piece)

    def take(self) -> tuple[int, str] | None:
        """What is to be told now: (offset, text), or None when nothing is new."""
        if not self._untold:
            return None
        told, start = "".join(self._untold), self.offset
        self._untold.clear()
        self.offset += utf16_length(told)
        return start, told

    def save_due(self, at: float) -> bool:
        """Whether a second has gone by since the text was last saved; if so the clock starts anew."""
        if at - self.saved_at < SAVE_SECONDS:
            return False
        self.saved_at = at
        return True
