"""Keeps a persona to its own voice. Prompts name each speaker ("미나: …"), and models like to write such a label
themselves: before their own words, or to go on speaking for somebody else. Pure; fed piece by piece.
"""

_MAX_STOPS = 8  # what Sampling lets through


def stops_for(speakers: tuple[str, ...]) -> tuple[str, ...]:
    """Stop strings that end a reply where it begins to speak for one of `speakers`; the last ones count most."""
    return tuple(f"\n{name}:" for name in dict.fromkeys(reversed(speakers)))[:_MAX_STOPS]


class Label:
    """Takes a leading "name:" off a reply.

    Args:
        names: of the persona and of the people in the prompt.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self._labels = tuple(f"{name}:" for name in names)
        self._held: str | None = ""  # None once the beginning is decided

    def feed(self, piece: str) -> str:
        """What of `piece`, and of what was held back before it, may be told now."""
        if self._held is None:
            return piece
        self._held += piece
        begun = self._held.lstrip()
        if not begun or any(label.startswith(begun) for label in self._labels):
            return ""  # may yet become a label
        return self.flush()

    def flush(self) -> str:
        """What is still held back, when the reply has ended or its beginning is decided."""
        held, self._held = self._held or "", None
        begun = held.lstrip()
        for label in self._labels:
            if begun.startswith(label):
                return begun.removeprefix(label).lstrip()
        return held
