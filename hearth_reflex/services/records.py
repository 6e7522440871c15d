"""What is noted of one run while the model speaks, and what of it is kept: its figures, and how it was made.

Knows the engine's events and the two tables that keep this; it reads and writes no database. An engine tells its own
figures only when it ends by itself: for a run that was stopped or fell, what the events and the clock tell is kept.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from hearth_reflex.db.generation import MessageMetadata
from hearth_reflex.domain.generation import (
    ChatRequest,
    EngineEvent,
    EngineHealth,
    Finished,
    Made,
    Piece,
    Queued,
    Sampling,
    Started,
    Usage,
)
from hearth_reflex.domain.passages import Kind
from hearth_reflex.domain.prompt import PROMPT_ID_SOURCED, Prompt
from hearth_reflex.domain.text import without_controls
from hearth_reflex.services.sourced import NOT_LOOKED, Linked, Sourced

EXTRACT_ID = "extract@1"  # in place of a prompt
_LARGEST_SEED = 2**31 - 1  # what the column holds


@dataclass(slots=True)
class Record:
    """One run. `clock` tells seconds; tests bring their own."""

    clock: Callable[[], float] = time.monotonic
    health: EngineHealth | None = None
    request: ChatRequest | None = None
    prompt: Prompt | None = None
    finished: Finished | None = None
    tokens: int = 0
    given: tuple[str, ...] = ()  # keys of the passages that the prompt holds
    pictures: dict[str, str] = field(default_factory=dict[str, str])  # what it holds of those that are pictures
    unkept: bool = False  # the prompt holds what is its asker's alone: others may sit down here later
    left: bool = False  # words went to a server outside, whoever answered in the end
    own: bool = False  # the house itself said it, in the words of what was found
    linked: Linked = field(default_factory=Linked)  # what it stands on
    _asked: float = 0.0
    _started: float | None = None
    _first: float | None = None
    _last: float | None = None  # when it was last heard
    _ended: float = 0.0
    _said: list[str] = field(default_factory=list[str])
    _prompt_tokens: int = 0
    _cpu_ms: float = 0.0

    def ask(self, request: ChatRequest, prompt: Prompt, sourced: Sourced = NOT_LOOKED) -> None:
        """The engine is asked now."""
        self.request, self.prompt = request, prompt
        passages = [one.passage for one in sourced.given]
        self.given, self.unkept = tuple(passage.key for passage in passages), sourced.is_private
        self.pictures = {passage.key: passage.text for passage in passages if passage.kind is Kind.PICTURE}
        self._asked = self._ended = self.clock()

    def say(self) -> None:
        """The house itself speaks now; no engine is asked."""
        self.own = True
        self._asked = self._ended = self.clock()

    def turn_to(self, health: EngineHealth) -> None:
        """Another is asked: who was asked before may have the words, but does not write the answer."""
        self.health = health
        self.left = self.left or (health.leaves_house and health.status != "unavailable")

    def hear(self, event: EngineEvent) -> None:
        """Notes what the engine tells."""
        at = self._ended = self.clock()
        match event:
            case Queued():
                pass
            case Started():
                self._started = at if self._started is None else self._started
                self._prompt_tokens = event.prompt_tokens or self._prompt_tokens
            case Piece():
                self._first, self._last = at if self._first is None else self._first, at
                self.tokens += event.tokens
                self._cpu_ms += event.cpu_ms
                self._said.append(event.text)
            case Finished():
                self.finished = event

    def end(self) -> None:
        """Nothing more is heard of it, whether or not the engine had the last word."""
        self._ended = self.clock()

    @property
    def said(self) -> str:
        """What the model itself said, as far as a database takes it."""
        return without_controls("".join(self._said))

    @property
    def usage(self) -> Usage:
        """The engine's own figures, or what is known without them. 0 is unknown."""
        if self.finished is not None:
            return self.finished.usage
        if self.request is None:
            return Usage()
        begun = self._started if self._started is not None else self._ended
        first, last = self._first or 0.0, self._last or 0.0
        return Usage(
            prompt_tokens=self._prompt_tokens,
            output_tokens=self.tokens,
            queue_ms=(begun - self._asked) * 1000,
            first_token_ms=(first - self._asked) * 1000 if self._first is not None else 0.0,
            total_ms=(self._ended - self._asked) * 1000,
            tokens_per_second=(self.tokens - 1) / (last - first) if last > first else 0.0,
            cpu_ms=self._cpu_ms,
        )

    @property
    def made(self) -> Made:
        """Who wrote it: as the engine said at the end, else as its health said at the beginning."""
        made, health = self.finished.made if self.finished else Made(), self.health
        if made.provider or made.model or health is None:
            return made
        return replace(
            made,
            provider=health.provider,
            model=health.model,
            model_sha256=health.model_sha256,
            template_id=health.template_id,
            leaves_house=health.leaves_house,
        )

    @property
    def _prompt_id(self) -> str:
        if self.own:
            return EXTRACT_ID
        return PROMPT_ID_SOURCED if self.prompt and self.prompt.given else ""

    def columns(self) -> dict[str, object]:
        """What is kept in the run's own row."""
        usage, made = self.usage, self.made
        return {
            "provider": _text(made.provider, 40),
            "model": _text(made.model, 200),
            "model_sha256": _text(made.model_sha256, 64),
            "template_id": _text(made.template_id, 40),
            "parameters": _parameters(self.request.sampling) if self.request else {},
            "shortened": self.prompt is not None and self.prompt.shortened,
            **({"prompt_id": self._prompt_id} if self._prompt_id else {}),
            "prompt_tokens": usage.prompt_tokens,
            "kept_tokens": usage.kept_tokens,
            "output_tokens": usage.output_tokens,
            "queue_ms": usage.queue_ms,
            "first_token_ms": usage.first_token_ms,
            "total_ms": usage.total_ms,
            "tokens_per_second": usage.tokens_per_second,
            "cpu_ms": usage.cpu_ms,
        }

    def metadata(self, *, generation_id: int, message_id: int) -> MessageMetadata | None:
        """What is kept beside it, in full; None when nobody was asked."""
        if self.own:
            return MessageMetadata(generation_id=generation_id, message_id=message_id, said=self.said)
        if self.request is None or self.prompt is None:
            return None
        made, turns = self.made, self.request.turns
        return MessageMetadata(
            generation_id=generation_id,
            message_id=message_id,
            prompt="" if self.unkept else without_controls(made.prompt),
            turns=[] if self.unkept else [[turn.role, turn.content] for turn in turns],
            begun=turns[-1].content if self.request.continue_last else "",
            said=self.said,
            build=_text(made.build, 80),
            seed=_seed(made.seed if made.seed is not None else self.request.sampling.seed),
            streams=made.streams,
            images=sum(len(turn.images) for turn in turns),
            leaves_house=self.left or made.leaves_house,
            first_seq=self.prompt.first_seq,
            heard=self.prompt.heard,
            dropped=self.prompt.dropped,
        )


def sampling_of(parameters: dict[str, Any], *, seed: int | None) -> Sampling:
    """The sampling that was kept as `parameters`, with the seed that was drawn in the end."""
    known: dict[str, Any] = {name: value for name, value in parameters.items() if name in Sampling.__dataclass_fields__}
    known["stop"] = tuple(known.get("stop", ()))
    known["logit_bias"] = tuple((token, bias) for token, bias in known.get("logit_bias", ()))
    return replace(Sampling(**known), seed=seed).clamped()


def _parameters(sampling: Sampling) -> dict[str, Any]:
    return asdict(sampling)


def _text(raw: str, limit: int) -> str:
    # Another server's words about itself may be anything.
    return without_controls(raw)[:limit]


def _seed(seed: int | None) -> int | None:
    return seed if seed is not None and 0 <= seed <= _LARGEST_SEED else None
