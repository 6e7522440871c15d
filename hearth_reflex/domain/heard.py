"""How one message of a room reads to a persona: who said it, to whom, what was shown with it, who gave it an emoji.

    준 [to 미나: 오늘 저녁 7시]: 좋아            whom a line answers, and what of theirs
    준 [pictures 모닥불.jpg, 별.png]: 여기야      what is shown with it; the words may be missing
    준 [picture 별.png (밤하늘의 별들)]: 봐       and what was said of it
    [👍 from @미나, @하나]                        emoji, as a line of the house behind what was said then
    [🔥 for @준: 여기야 from @미나]               the same, given later to something further up

Each line that begins at the margin begins with its speaker's name or, of the house, with a bracket; further lines of a
message are indented. No name holds a bracket, a colon or an @, and nothing that is quoted does: so nobody can write a
line that reads as another's. Knows no budget and no table.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

_BREAKS = re.compile("[\n\u2028\u2029]")  # all that show as a new line; the others are refused in messages
_INDENT = "  "
_EXCERPT = 32  # characters of what is answered: enough to know it again
_FILE_NAME = 40
_CAPTION = 120
_FILES_NAMED = 3
_GIVERS_NAMED = 6
_MARKS_A_GAP = 6  # the newest ones, between two messages: emoji are told, they do not drown the talk
_NOT_QUOTED = re.compile(r"[^\w\s.,!?'~%&+=/-]+")  # nothing that could end the brackets, or a name
_NOT_IN_NAMES = re.compile(r"[\[\]:@<>\s]+")  # nor in an emoji


@dataclass(frozen=True, slots=True)
class Aside:
    """An emoji as it is told; `seq` is the message it was given to."""

    seq: int
    text: str


@dataclass(frozen=True, slots=True)
class Heard:
    """One message as the persona heard it. `asides`: what was given, to whatever message, before the next was said."""

    seq: int
    speaker: str
    text: str
    own: bool  # said by the persona itself
    to: str = ""  # whom it answers, and what of theirs
    to_text: str = ""
    pictures: tuple[str, ...] = ()  # their names
    captions: tuple[str, ...] = ()  # what was said of each of them, "" of one of which nobody said anything
    files: tuple[str, ...] = ()
    asides: tuple[Aside, ...] = ()

    @property
    def name(self) -> str:
        return as_name(self.speaker)

    @property
    def line(self) -> str:
        """The message itself, with its speaker's name; what the persona said is its words alone."""
        if self.own:
            return self.text
        pictures = _shown("picture", self.pictures, self.captions)
        head = f"{self.name}{self._answers}{pictures}{_shown('file', self.files)}:"
        return f"{head} {_indented(self.text)}" if self.text or not (self.pictures or self.files) else head

    @property
    def whole(self) -> str:
        """All that comes into a prompt with it: what its tokens are counted of."""
        return "\n".join(part for part in (self.line, self.told(since=0)) if part)

    def told(self, *, since: int) -> str:
        """The line of the house behind it, "" without one: emoji given to messages from `since` on."""
        return " ".join(aside.text for aside in self.asides if aside.seq >= since)

    @property
    def _answers(self) -> str:
        if not self.to:
            return ""
        begun = _quoted(self.to_text, _EXCERPT)
        return f" [to {as_name(self.to)}: {begun}]" if begun else f" [to {as_name(self.to)}]"


@dataclass(frozen=True, slots=True)
class Given:
    """An emoji that somebody gave to `heard[to]`, when `heard[after]` was the last that had been said."""

    emoji: str
    by: str
    to: int
    after: int


def with_given(heard: Sequence[Heard], given: Sequence[Given]) -> list[Heard]:
    """`heard` with what was given told in the order of time: behind the last message that had been said by then.

    So what stands in a prompt stays as it is while emoji are given to old messages. What was given after the newest
    message is left for the next prompt: a prompt ends with what is to be answered.
    """
    told: dict[int, dict[tuple[int, str], list[str]]] = {}
    for one in given:
        emoji = _NOT_IN_NAMES.sub("", one.emoji)
        if emoji and one.after < len(heard) - 1:
            told.setdefault(one.after, {}).setdefault((one.to, emoji), []).append(one.by)
    return [_with_asides(item, told.get(index, {}), heard, index) for index, item in enumerate(heard)]


def as_name(raw: str) -> str:
    """A name as it may stand in a prompt. Names are clean when they are taken; this is for what came in otherwise."""
    return _NOT_IN_NAMES.sub(" ", raw).strip() or "?"


def _with_asides(item: Heard, marks: dict[tuple[int, str], list[str]], heard: Sequence[Heard], index: int) -> Heard:
    if not marks:
        return item
    asides = [_aside(heard[to], emoji, givers, near=to == index) for (to, emoji), givers in marks.items()]
    return replace(item, asides=tuple(asides[-_MARKS_A_GAP:]))


def _aside(to: Heard, emoji: str, givers: list[str], *, near: bool) -> Aside:
    named = ", ".join(f"@{as_name(giver)}" for giver in givers[:_GIVERS_NAMED])
    more = " and more" if len(givers) > _GIVERS_NAMED else ""
    return Aside(to.seq, f"[{emoji}{'' if near else _meant(to)} from {named}{more}]")


def _meant(to: Heard) -> str:
    begun = _quoted(to.text, _EXCERPT)
    return f" for @{to.name}: {begun}" if begun else f" for @{to.name}"


def _shown(kind: str, names: tuple[str, ...], captions: tuple[str, ...] = ()) -> str:
    if not names:
        return ""
    told = zip_longest(names, captions[: len(names)], fillvalue="")
    named = [name for raw, caption in told if (name := _with_caption(raw, caption))][:_FILES_NAMED]
    left = len(names) - len(named)
    more = f" and {left} more" if named and left else ""
    return f" [{kind}{'s' if len(names) > 1 else ''}{' ' if named else ''}{', '.join(named)}{more}]"


def _with_caption(name: str, caption: str) -> str:
    named, said = _quoted(name.replace(",", " "), _FILE_NAME), _quoted(caption, _CAPTION)
    return f"{named} ({said})".lstrip() if said else named


def _quoted(text: str, limit: int) -> str:
    return " ".join(_NOT_QUOTED.sub(" ", text[: limit * 4]).split())[:limit].rstrip()


def _indented(text: str) -> str:
    first, *further = _BREAKS.split(text)
    return "\n".join([first, *(f"{_INDENT}{line}" if line else "" for line in further)])
