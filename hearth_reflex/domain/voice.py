"""Keeps a persona to its own voice. Prompts name each speaker ("미나: …"), and models like to write such a label
themselves, also the one that says whom a line answers ("준 [to 미나]: …"): before their own words, or to go on
speaking for somebody else. Pure; fed piece by piece.
"""

import re

_MAX_STOPS = 8  # what Sampling lets through
_HELD = 120  # characters: longer than any label is


def stops_for(speakers: tuple[str, ...]) -> tuple[str, ...]:
    """Stop strings that end a reply where it begins to speak for one of `speakers`; the last ones count most."""
    last = list(dict.fromkeys(reversed(speakers)))
    plain, answering = [f"\n{name}:" for name in last], [f"\n{name} [to " for name in last]
    return (*plain[: _MAX_STOPS - 2], *answering)[:_MAX_STOPS]


class Label:
    """Takes a leading "name:" off a reply.

    Args:
        names: of the persona and of the people in the prompt.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self._labels = tuple(f"{name}{behind}" for name in names for behind in (":", " [to "))
        each = "|".join(map(re.escape, names))
        self._label = re.compile(rf"(?:{each})(?: \[to [^\]\n]*\])?:\s*") if names else None
        self._begun = re.compile(rf"(?:{each}) \[to [^\]\n]*(?:\](?::\s*)?)?") if names else None
        self._held: str | None = ""  # None once the beginning is decided

    def feed(self, piece: str) -> str:
        """What of `piece`, and of what was held back before it, may be told now."""
        if self._held is None:
            return piece
        self._held += piece
        begun = self._held.lstrip()
        if not begun or any(label.startswith(begun) for label in self._labels) or self._is_within_brackets(begun):
            return ""  # may yet become a label
        return self.flush()

    def flush(self) -> str:
        """What is still held back, when the reply has ended or its beginning is decided."""
        held, self._held = self._held or "", None
        begun = held.lstrip()
        label = self._label.match(begun) if self._label else None
        return begun[label.end() :] if label else held

    def _is_within_brackets(self, begun: str) -> bool:
        """Whether this is the beginning of "name [to …]:" and nothing behind it has come yet."""
        return len(begun) < _HELD and self._begun is not None and self._begun.fullmatch(begun) is not None
