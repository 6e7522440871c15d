"""Builds the prompt of a reply from a persona and the last turns of a room, within a counted budget.

The head (instructions) never changes from turn to turn and history is cut in big steps, so that the engine can keep
what it has already read: a cut that moved by one message each turn would throw the whole KV cache away each time.

Each line that begins at the margin begins with its speaker's name; further lines of the same message are indented. So
nobody can write a line that reads as another's, and code keeps its shape. Of a message that answers another one the
line says so behind the name, in brackets, which no name has: `준 [to 미나: 오늘 저녁 7시]: 좋아`.
"""

import re
from dataclasses import dataclass, replace

from hearth_reflex.domain.generation import ChatTurn

PROMPT_ID = "circle@3"
_TURN_OVERHEAD = 8  # role marks of the usual chat templates, rounded up
_BREAKS = re.compile("[\n\u2028\u2029]")  # all that show as a new line; the others are refused in messages
_INDENT = "  "
_REPLY_EXCERPT = 32  # characters of what is answered: enough to know it again
_NOT_QUOTED = re.compile(r"[^\w\s.,!?'~%&+=/-]+")  # nothing that could end the brackets, or a name


@dataclass(frozen=True, slots=True)
class Heard:
    """One message as the persona heard it. `tokens` counts `line`'s text."""

    seq: int
    speaker: str
    text: str
    own: bool  # said by the persona itself
    to: str = ""  # whom it answers, and what of theirs
    to_text: str = ""

    @property
    def line(self) -> str:
        return self.text if self.own else f"{self.speaker}{self._answers}: {_indented(self.text)}"

    @property
    def _answers(self) -> str:
        if not self.to:
            return ""
        begun = " ".join(_NOT_QUOTED.sub(" ", self.to_text[: _REPLY_EXCERPT * 4]).split())[:_REPLY_EXCERPT].rstrip()
        return f" [to {self.to}: {begun}]" if begun else f" [to {self.to}]"


@dataclass(frozen=True, slots=True)
class Budget:
    """Tokens. History grows up to `high` and is then cut down to `low`, so that cuts are rare."""

    context: int
    reply: int

    @property
    def high(self) -> int:
        return max(64, self.context - self.reply - 32)

    @property
    def low(self) -> int:
        return self.high * 7 // 10


@dataclass(frozen=True, slots=True)
class Prompt:
    turns: tuple[ChatTurn, ...]
    first_seq: int  # oldest message that is in
    heard: int  # messages that are in
    dropped: int  # messages that were given and are not in
    speakers: tuple[str, ...]  # people whose lines are in, in the order in which they last spoke
    shortened: bool  # the newest message alone was too long and lost its middle


def build_prompt(
    *, instructions: str, heard: list[Heard], tokens: list[int], instruction_tokens: int, budget: Budget
) -> Prompt:
    """Lay out a prompt.

    Args:
        instructions: the persona's own words, the stable head.
        heard: messages, oldest first; the last one is to be answered.
        tokens: token count of each `heard[i].line`.
        instruction_tokens: token count of `instructions`.
        budget: room for prompt and reply.
    """
    room = budget.high - instruction_tokens - _TURN_OVERHEAD
    floor = budget.low - instruction_tokens - _TURN_OVERHEAD
    start = _first_kept([count + _TURN_OVERHEAD for count in tokens], room=room, floor=floor)
    kept = heard[start:]
    newest = kept[-1]
    if tokens[-1] + _TURN_OVERHEAD > room:
        newest = _without_middle(newest, tokens=tokens[-1], room=room)
    turns = _as_turns([*kept[:-1], newest])
    return Prompt(
        turns=(ChatTurn("system", instructions), *turns),
        first_seq=kept[0].seq,
        heard=len(kept),
        dropped=start,
        speakers=_speakers(kept),
        shortened=newest is not kept[-1],
    )


def _indented(text: str) -> str:
    first, *further = _BREAKS.split(text)
    return "\n".join([first, *(f"{_INDENT}{line}" if line else "" for line in further)])


def _first_kept(costs: list[int], *, room: int, floor: int) -> int:
    """Index of the oldest message to keep.

    Walks the history forward: each time the running sum would pass `room`, the oldest are dropped until it fits
    in `floor`. The same history with one more message therefore nearly always starts at the same place.
    """
    start, total = 0, 0
    for index, cost in enumerate(costs):
        total += cost
        if total > room:
            while start < index and total > floor:
                total -= costs[start]
                start += 1
    return start


def _without_middle(heard: Heard, *, tokens: int, room: int) -> Heard:
    # Head and tail of a long paste say most; characters stand for tokens in proportion, with a margin.
    keep = max(80, int(len(heard.text) * max(0.0, (room - 40) / tokens) * 0.85))
    if keep >= len(heard.text):
        return heard  # head and tail would say more than the whole
    text = f"{heard.text[: keep * 2 // 3]}\n[…]\n{heard.text[-keep // 3 :]}"
    return replace(heard, text=text)


def _speakers(heard: list[Heard]) -> tuple[str, ...]:
    latest = {item.speaker: None for item in reversed(heard) if not item.own}
    return tuple(reversed(latest))


def _as_turns(heard: list[Heard]) -> list[ChatTurn]:
    """Neighbouring lines of people become one user turn: templates expect the roles to take turns."""
    turns: list[ChatTurn] = []
    for item in heard:
        role = "assistant" if item.own else "user"
        if turns and turns[-1].role == role:
            turns[-1] = ChatTurn(role, f"{turns[-1].content}\n{item.line}")
        else:
            turns.append(ChatTurn(role, item.line))
    return turns
