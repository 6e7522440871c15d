"""Keeps a persona to its own voice. Prompts name each speaker ("미나: …"), and models like to write such a label
themselves, with all that may stand behind a name ("준 [to 미나] [picture 별.png]: …"): before their own words, or to go
on speaking for somebody else. They write the house's lines about emoji, too. Pure; fed piece by piece.
"""

import re
from dataclasses import dataclass

_MAX_STOPS = 8  # what Sampling lets through
_HELD = 400  # characters: longer than any label is
_BEHIND = (" [to ", " [picture", " [file")  # what may stand between a name and its colon: domain/heard.py
_EMOJI_LINE = re.compile(r"\[[^\]\n]* from @[^\]\n]*\]\s*")


def stops_for(speakers: tuple[str, ...]) -> tuple[str, ...]:
    """Stop strings that end a reply where it begins to speak for one of `speakers`; the last ones count most."""
    last = list(dict.fromkeys(reversed(speakers)))
    plain, marked = [f"\n{name}:" for name in last], [f"\n{name} [" for name in last]
    return (*plain[: _MAX_STOPS - 2], *marked)[:_MAX_STOPS]


@dataclass(frozen=True, slots=True)
class _Found:
    """What stands at the beginning of a text: a label of `length` characters, or what may yet become one."""

    length: int = 0
    undecided: bool = False


class Label:
    """Takes a leading "name:" off a reply.

    Args:
        names: of the persona and of those who speak in the prompt; of none nothing is taken off.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = tuple(name for name in dict.fromkeys(names) if name)
        self._held: str | None = "" if self._names else None  # None once the beginning is decided

    def feed(self, piece: str) -> str:
        """What of `piece`, and of what was held back before it, may be told now."""
        if self._held is None:
            return piece
        self._held += piece
        begun = self._held.lstrip()
        if not begun or (len(begun) < _HELD and self._label(begun).undecided):
            return ""
        return self.flush()

    def flush(self) -> str:
        """What is still held back, when the reply has ended or its beginning is decided."""
        held, self._held = self._held or "", None
        begun = held.lstrip()
        length = self._label(begun).length if self._names else 0
        return begun[length:] if length else held

    def _label(self, begun: str) -> _Found:
        """The lines about emoji at the beginning, and the name behind them."""
        at = 0
        while line := _EMOJI_LINE.match(begun, at):
            at = line.end()
        rest = begun[at:]
        if rest.startswith("[") and not {"]", "\n"} & set(rest):
            return _Found(at, undecided=True)
        found = [_named(rest, name) for name in self._names]
        length = max(one.length for one in found)
        open_end = 0 < at + length == len(begun)  # blanks may follow, or a name
        return _Found(at + length, undecided=open_end or (not length and any(one.undecided for one in found)))


def _named(text: str, name: str) -> _Found:
    if not text.startswith(name):
        return _Found(undecided=text != "" and name.startswith(text))
    at = len(name)
    while text.startswith(_BEHIND, at):
        end = text.find("]", at)
        if end < 0 or "\n" in text[at:end]:
            return _Found(undecided=end < 0 and "\n" not in text[at:])
        at = end + 1
    if text.startswith(":", at):
        after = at + 1 + len(text[at + 1 :]) - len(text[at + 1 :].lstrip())
        return _Found(after)
    rest = text[at:]
    return _Found(undecided=any(mark.startswith(rest) for mark in (":", *_BEHIND)))
