"""Builds the prompt of a reply from a persona and the last turns of a room, within a counted budget.

The head (instructions) never changes from turn to turn and history is cut in big steps, so that the engine can keep
what it has already read: a cut that moved by one message each turn would throw the whole KV cache away each time. For
the same reason emoji stand where they were given in time, not at the message they were given to, and what was found in
documents stands at the very end. How a line reads is said in `domain/heard.py`, how a passage does in
`domain/fences.py`.
"""

from dataclasses import dataclass, replace

from hearth_reflex.domain.generation import ChatTurn, Role
from hearth_reflex.domain.heard import Heard

PROMPT_ID = "circle@4"
PROMPT_ID_SOURCED = "circle@4+sources@1"  # the same, with passages behind the last message
_TURN_OVERHEAD = 8  # role marks of the usual chat templates, rounded up


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
class Closing:
    """What a prompt ends with that nobody said: passages, their numbers, and how many tokens all of it is."""

    text: str = ""
    tokens: int = 0
    given: tuple[int, ...] = ()


NOTHING_CLOSES = Closing()


@dataclass(frozen=True, slots=True)
class Prompt:
    turns: tuple[ChatTurn, ...]
    first_seq: int  # oldest message that is in
    heard: int  # messages that are in
    dropped: int  # messages that were given and are not in
    speakers: tuple[str, ...]  # who else is heard, people and AIs, in the order in which they last spoke
    shortened: bool  # the newest message alone was too long and lost its middle
    pictures: int = 0  # that the persona is told of, and does not see
    given: tuple[int, ...] = ()  # numbers of the passages that it ends with


def build_prompt(
    *,
    instructions: str,
    heard: list[Heard],
    tokens: list[int],
    instruction_tokens: int,
    budget: Budget,
    closing: Closing = NOTHING_CLOSES,
) -> Prompt:
    """Lay out a prompt.

    Args:
        instructions: the persona's own words, the stable head.
        heard: messages, oldest first; the last one is to be answered. Of none only the instructions are left.
        tokens: token count of each `heard[i].whole`.
        instruction_tokens: token count of `instructions`.
        budget: room for prompt and reply.
        closing: what stands behind the last message.
    """
    room = budget.high - instruction_tokens - _TURN_OVERHEAD
    floor = budget.low - instruction_tokens - _TURN_OVERHEAD
    costs = [_cost(item, count) for item, count in zip(heard, tokens, strict=True)]
    start = _first_kept(costs, room=room, floor=floor)
    # For this one prompt: without what closes it, the next begins where it would have begun.
    while start < len(heard) - 1 and sum(costs[start:]) + closing.tokens > room:
        start += 1
    kept = heard[start:]
    shortened = _shortened(kept, tokens[start:], room=room - closing.tokens)
    head = (ChatTurn("system", instructions),) if instructions else ()
    return Prompt(
        turns=(*head, *_closed(_as_turns(shortened), closing.text)),
        first_seq=kept[0].seq if kept else 0,
        heard=len(kept),
        dropped=start,
        speakers=_speakers(kept),
        shortened=shortened != kept,
        pictures=sum(len(item.pictures) for item in kept),
        given=closing.given if kept else (),
    )


def _cost(heard: Heard, tokens: int) -> int:
    turns = 2 if heard.own and heard.asides else 1  # what stands behind the persona's own words is not its own
    return tokens + turns * _TURN_OVERHEAD


def _shortened(kept: list[Heard], tokens: list[int], *, room: int) -> list[Heard]:
    """The same, but for a newest message that is too long alone."""
    if not kept or tokens[-1] + _TURN_OVERHEAD <= room:
        return kept
    return [*kept[:-1], _without_middle(kept[-1], tokens=tokens[-1], room=room)]


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
    latest = {item.name: None for item in reversed(heard) if not item.own}
    return tuple(reversed(latest))


def _as_turns(heard: list[Heard]) -> list[ChatTurn]:
    """Neighbouring lines of others become one user turn: templates expect the roles to take turns."""
    turns: list[ChatTurn] = []
    for role, line in (said for item in heard for said in _lines(item, since=heard[0].seq)):
        if turns and turns[-1].role == role:
            turns[-1] = ChatTurn(role, f"{turns[-1].content}\n{line}")
        else:
            turns.append(ChatTurn(role, line))
    return turns


def _closed(turns: list[ChatTurn], closing: str) -> list[ChatTurn]:
    """Behind the last words of others, in one turn with them."""
    if not closing or not turns:
        return turns
    if turns[-1].role != "user":
        return [*turns, ChatTurn("user", closing)]
    return [*turns[:-1], ChatTurn("user", f"{turns[-1].content}\n{closing}")]


def _lines(item: Heard, *, since: int) -> list[tuple[Role, str]]:
    lines: list[tuple[Role, str]] = [("assistant" if item.own else "user", item.line)]
    if told := item.told(since=since):  # of what is not in the prompt nothing is quoted there either
        lines.append(("user", told))
    return lines
