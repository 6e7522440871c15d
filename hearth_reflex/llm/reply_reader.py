"""Makes engine events out of the server-sent events of one streamed completion, ours or a stranger's.

Knows the dialect, no connection. A stranger sends no `queued` and no `started`: then the reply has started when its
first bytes come, and times are what the clock on this side says. Nothing that a stranger sends is taken at its word:
figures are bounded, halves of characters are put together or replaced, and an answer has an end.
"""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any, cast

import structlog

from hearth_reflex.domain.generation import EngineEvent, Finished, FinishReason, Made, Piece, Queued, Started, Usage
from hearth_reflex.errors import EngineError
from hearth_reflex.llm.dialect import DONE, EXTENSION, error_from, finish_reason, mapping
from hearth_reflex.llm.sse import ServerEvent
from hearth_reflex.llm.strangers import refusal, text_of

log = structlog.get_logger(__name__)

_MOST_CHARACTERS = 200_000  # of a stranger's answer, whatever it was asked for
_MOST_COUNT = 2**31 - 1  # what a column of the database takes
_MOST_NUMBER = 1e12


class ReplyReader:
    """Feed it a stream's events in order; `finished` becomes true with the Finished it yields.

    Args:
        own: whether the server is our own worker, which also tells how a reply was made.
    """

    def __init__(self, *, own: bool = True) -> None:
        self._own = own
        self.seed: int | None = None  # that a stranger was given: it tells of none
        self._length = 0
        self._half = ""  # the first half of a surrogate pair whose second comes with the next piece
        self._asked = time.perf_counter()
        self._first: float | None = None
        self._started = False
        self._tokens = 0
        self._reason: FinishReason | None = None
        self._usage: Mapping[str, Any] = {}
        self._timings: Mapping[str, Any] = {}
        self._made: Mapping[str, Any] = {}
        self.finished = False

    def read(self, event: ServerEvent) -> Iterator[EngineEvent]:
        """Raises EngineError for an error of the server and for what is no answer at all."""
        if event.data == DONE:
            yield from self.end()
            return
        data = _parsed(event.data)
        if event.name == "queued":
            seconds = data.get("seconds")
            yield Queued(_count(data.get("position")) or 1, None if seconds is None else _number(seconds))
        elif event.name == "started":
            yield from self._start(_count(data.get("prompt_tokens")))
        elif data.get("error"):
            raise error_from(data) if self._own else refusal(data)
        else:
            yield from self._chunk(data)

    def end(self) -> Iterator[EngineEvent]:
        """The stream is over. Without a finish reason it broke off, and nothing is yielded."""
        if self._reason is not None and not self.finished:
            self.finished = True
            yield from self._start()
            yield Finished(self._reason, self._figures(), _made(self._made) if self._own else Made(seed=self.seed))

    def _start(self, prompt_tokens: int = 0) -> Iterator[EngineEvent]:
        if not self._started:
            self._started = True
            yield Started(prompt_tokens)

    def _chunk(self, data: Mapping[str, Any]) -> Iterator[EngineEvent]:
        yield from self._start()
        self._usage = mapping(data.get("usage")) or self._usage
        self._timings = mapping(data.get("timings")) or self._timings
        if "usage" in data:
            self._made = mapping(data.get(EXTENSION)) or self._made
        choice = _first(data.get("choices"))
        # One that does not stream sends its whole answer as a message.
        said = mapping(choice.get("delta")) or mapping(choice.get("message"))
        if text := self._whole(text_of(said.get("content"))):
            self._first = self._first or time.perf_counter()
            told = mapping(data.get(EXTENSION))
            tokens = _count(told.get("tokens")) or 1
            self._tokens += tokens
            yield Piece(text, tokens, _number(told.get("cpu_ms")) if self._own else 0.0)
        if choice.get("finish_reason"):
            self._reason = finish_reason(choice["finish_reason"])
        if not self._own and self._length >= _MOST_CHARACTERS:
            log.warning("engine.endless_answer")
            self._reason = FinishReason.LENGTH
            yield from self.end()

    def _whole(self, text: str) -> str:
        """`text` in whole characters: some servers cut escaped pairs of surrogates in two."""
        if not self._own:
            text = text[: _MOST_CHARACTERS - self._length]
        self._length += len(text)
        text, self._half = self._half + text, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        try:
            text.encode()
        except UnicodeEncodeError:
            return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return text

    def _figures(self) -> Usage:
        usage, timings = self._usage, self._timings
        details = mapping(usage.get("prompt_tokens_details"))
        now = time.perf_counter()
        first = self._first or now
        said = _count(usage.get("completion_tokens")) or self._tokens
        speed = _number(timings.get("predicted_per_second"))
        return Usage(
            prompt_tokens=_count(usage.get("prompt_tokens")),
            kept_tokens=_count(details.get("cached_tokens")) or _count(timings.get("cache_n")),
            output_tokens=said,
            queue_ms=_number(timings.get("queue_ms")) or 0.0,
            prompt_ms=_number(timings.get("prompt_ms")) or 0.0,
            first_token_ms=_number(timings.get("first_token_ms"), (first - self._asked) * 1000),
            total_ms=_number(timings.get("total_ms"), (now - self._asked) * 1000),
            tokens_per_second=speed or (round(said / (now - first), 2) if now > first else 0.0),
            cpu_ms=_number(timings.get("cpu_ms")) if self._own else 0.0,
        )


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        data: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        log.warning("engine.garbage", length=len(text))
        raise EngineError from error
    if not isinstance(data, dict):
        log.warning("engine.garbage", length=len(text))
        raise EngineError
    return mapping(cast("object", data))


def _first(choices: object) -> Mapping[str, Any]:
    return mapping(cast("list[object]", choices)[0]) if isinstance(choices, list) and choices else {}


def _made(told: Mapping[str, Any]) -> Made:
    """What our own worker tells of a reply; a stranger tells nothing of the kind."""
    return Made(**{key: value for key, value in told.items() if key in Made.__dataclass_fields__})


def _count(value: object) -> int:
    return min(max(0, value), _MOST_COUNT) if isinstance(value, int) else 0


def _number(value: object, otherwise: float = 0.0) -> float:
    if not isinstance(value, int | float) or value != value:
        return round(otherwise, 1)
    return float(min(max(0, value), _MOST_NUMBER))
