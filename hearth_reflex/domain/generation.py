"""What is asked of a language model, and what comes back while it speaks. Plain values only.

Knows no model, no process and no wire. `llm` turns these into calls; services read the events.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Literal, Protocol

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """One turn of a prompt. `images` are data URIs of pictures that `media` has re-encoded, shown before the words."""

    role: Role
    content: str
    images: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is drawn. `clamped()` makes any values safe to hand to a sampler.

    Units: `max_tokens` in tokens; `temperature` 0 means greedy; `seed` None means the engine draws one. `grammar` is
    GBNF text, `json_schema` the JSON text of a schema; either makes the answer follow it, and one excludes the other.
    `logit_bias` holds (token, bias) pairs.
    """

    max_tokens: int = 512
    temperature: float = 0.7
    top_p: float = 0.9
    top_k: int = 40
    min_p: float = 0.05
    repeat_penalty: float = 1.1
    seed: int | None = None
    stop: tuple[str, ...] = ()
    grammar: str = ""
    json_schema: str = ""
    logit_bias: tuple[tuple[int, float], ...] = ()

    def clamped(self) -> "Sampling":
        return Sampling(
            max_tokens=int(_within(self.max_tokens, 1, 8192)),
            temperature=_within(self.temperature, 0.0, 2.0),
            top_p=_within(self.top_p, 0.01, 1.0),
            top_k=int(_within(self.top_k, 0, 1000)),
            min_p=_within(self.min_p, 0.0, 1.0),
            repeat_penalty=_within(self.repeat_penalty, 0.5, 2.0),
            seed=None if self.seed is None else self.seed % 2**31,
            stop=tuple(text for text in self.stop if text)[:8],
            grammar=self.grammar,
            json_schema="" if self.grammar else self.json_schema,
            logit_bias=tuple((token, _within(bias, -100.0, 100.0)) for token, bias in self.logit_bias)[:256],
        )


def _within(value: float, low: float, high: float) -> float:
    # NaN compares false with everything: it becomes the lower bound.
    return min(max(value, low), high) if value == value else low


class Priority(IntEnum):
    """Who goes first: nobody of a later kind is served while one of an earlier kind waits."""

    PEOPLE = 0  # somebody looks at an empty bubble
    BATCH = 1  # summaries and titles, which nobody waits for


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One reply to be written.

    Args:
        turns: the whole prompt, oldest first.
        sampling: how tokens are drawn.
        continue_last: the last turn is an assistant's and is to be gone on with, not answered.
        affinity: whose kept prefix this prompt is likely to extend (a room's id); the second key of fairness.
        asker: who waits for it; the fair queue takes askers in turn.
        priority: whether somebody waits for it.
        model: which model of the house is to speak, `local:<uuid>` or `remote:<uuid>`; "" is the house's default.
        alone: to be decoded with nobody beside it, so that the same seed says the same again.
    """

    turns: tuple[ChatTurn, ...]
    sampling: Sampling = field(default_factory=Sampling)
    continue_last: bool = False
    affinity: str = ""
    asker: str = ""
    priority: Priority = Priority.PEOPLE
    model: str = ""
    alone: bool = False


class FinishReason(StrEnum):
    STOP = "stop"  # the model ended by itself, or a stop string was met
    LENGTH = "length"  # max_tokens or the context ran out
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Usage:
    """Figures of one reply. Tokens are the model's; times are milliseconds of wall clock in the engine."""

    prompt_tokens: int = 0
    kept_tokens: int = 0  # of the prompt, how many were still in the KV cache
    output_tokens: int = 0
    queue_ms: float = 0.0
    prompt_ms: float = 0.0
    first_token_ms: float = 0.0  # from the request's arrival, queue included
    total_ms: float = 0.0
    tokens_per_second: float = 0.0
    cpu_ms: float = 0.0  # its share of the engine's processor time, all threads together; 0 of a stranger's server


@dataclass(frozen=True, slots=True)
class Queued:
    """Waiting in line; `position` is 1 for the next one to be served, `seconds` an estimate of the wait."""

    position: int
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """The model has begun to read the prompt, which has so many tokens; 0 is not known."""

    prompt_tokens: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Piece:
    """New words. `text` is whole Unicode characters, never empty. `cpu_ms` is what they cost since those before."""

    text: str
    tokens: int = 1
    cpu_ms: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Made:
    """How a reply came about, as the engine that wrote it knows; empty where a stranger's server does not say.

    `prompt` is the exact text that was read, control marks included. `streams` is the most replies that were decoded
    side by side with it, itself counted: with more than one, the last bits of the numbers may differ from run to run.
    """

    provider: str = ""
    model: str = ""
    model_sha256: str = ""
    template_id: str = ""
    build: str = ""
    seed: int | None = None
    prompt: str = ""
    streams: int = 1
    leaves_house: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """Always the last event of a stream that did not raise."""

    reason: FinishReason
    usage: Usage
    made: Made = field(default_factory=Made)


EngineEvent = Queued | Started | Piece | Finished


@dataclass(frozen=True, slots=True)
class EngineHealth:
    """What can be said of an engine without disturbing it.

    `status`: `asleep` (its model is not in memory; the next reply wakes it), `starting`, `ready`, `unavailable` (no
    usable model; `reason` is an error code of errors.py) or `restarting` (it fell and is being put up again).
    `running` and `waiting` count replies.
    """

    status: Literal["asleep", "starting", "ready", "unavailable", "restarting"]
    provider: str = ""
    model: str = ""
    model_sha256: str = ""
    template_id: str = ""
    context_tokens: int = 0
    threads: int = 0
    running: int = 0
    waiting: int = 0
    restarts: int = 0
    memory_bytes: int = 0
    streams: int = 0  # replies that can be decoded side by side
    tokens_per_second: float = 0.0  # of all streams together, lately
    sees: bool = False  # takes pictures
    leaves_house: bool = False  # what is said to it goes to another machine
    demo: bool = False  # the embedded demo model, which speaks English only
    reason: str = ""
    parameters: dict[str, int | float | bool | str] = field(default_factory=dict[str, int | float | bool | str])


class Engine(Protocol):
    """The one seam to a language model, local or remote.

    `stream` yields `Queued`* `Started` `Piece`* `Finished`, or raises an `errors.EngineError`; closing the
    generator stops the reply (within 100 ms while it generates). All methods may be called from one event loop,
    concurrently.
    """

    async def start(self) -> None:
        """Begin to make the engine ready, without waiting for it. A missing model does not raise."""
        ...

    async def close(self) -> None: ...

    def stream(self, request: ChatRequest) -> AsyncGenerator[EngineEvent, None]: ...

    async def count_tokens(self, texts: list[str]) -> list[int]:
        """Tokens of each text, without special ones. Raises EngineError when no model is there."""
        ...

    async def health(self) -> EngineHealth: ...
