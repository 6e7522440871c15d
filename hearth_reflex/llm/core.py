"""The model that speaks: one talk in, words and figures out, one reply at a time.

Keeps the KV prefix between replies, reads prompts in short steps, stops when told, counts before it reads. It knows
no process, no queue and no wire; `generate` runs in whichever thread calls it, and only in one at a time.
"""

import secrets
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from threading import Event

import structlog

from hearth_reflex.domain.generation import ChatRequest, Finished, FinishReason, Piece, Sampling
from hearth_reflex.errors import EngineError, ModelBrokenError, PromptTooLongError
from hearth_reflex.llm.config import EngineConfig
from hearth_reflex.llm.figures import Figures
from hearth_reflex.llm.gguf_header import GgufHeader, read_header
from hearth_reflex.llm.llama import Context, Decoded, Model, Sampler, open_backend
from hearth_reflex.llm.templates import Template, choose_template
from hearth_reflex.llm.text import Speech

log = structlog.get_logger(__name__)

# Tokens of a prompt read in one step. Fixed, not timed: the size of a step changes the last bits of the numbers, and
# the same seed must say the same. A stop does not wait for the step's end, the abort callback cuts it short.
_STEP = 128
_SLOW_TOKEN_S = 0.05  # from here on a single token is worth being abortable


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request in tokens, counted and known to fit."""

    tokens: list[int]
    sampling: Sampling
    continued: bool


class ChatModel:
    """A loaded model. Make it with `load`."""

    def __init__(self, model: Model, header: GgufHeader, config: EngineConfig) -> None:
        self._model = model
        self._cancelled = Event()
        self._context = Context(
            model,
            n_ctx=_context_size(config.n_ctx, model.trained_context),
            n_batch=config.n_batch,
            threads=config.threads,
            should_abort=lambda: self._cancelled.is_set(),
        )
        self._template = choose_template(header.template, lambda mark: model.control_token(mark) is not None)
        self._ends = {model.control_token(mark) for mark in self._template.ends}
        self._kept: list[int] = []
        self._step = min(_STEP, config.n_batch)
        self._token_s = 0.0
        self.header = header

    @classmethod
    def load(cls, config: EngineConfig) -> "ChatModel":
        """Raises ModelMissingError or ModelBrokenError."""
        header = read_header(config.model_file)
        open_backend()
        model = Model(
            config.model_file,
            n_gpu_layers=config.n_gpu_layers,
            use_mmap=config.use_mmap,
            use_mlock=config.use_mlock,
        )
        if not model.speaks:
            model.close()
            raise ModelBrokenError
        try:
            return cls(model, header, config)
        except EngineError:
            model.close()
            raise

    @property
    def template(self) -> Template:
        return self._template

    @property
    def context_tokens(self) -> int:
        return self._context.size

    def count(self, texts: Sequence[str]) -> list[int]:
        return [len(self.tokens(text)) for text in texts]

    def tokens(self, text: str) -> list[int]:
        """Tokens of people's words: marks in them are text."""
        return self._model.tokenize(text, control=False)

    def prepare(self, request: ChatRequest) -> Prompt:
        """Write the talk down and count it; may run beside `generate`. Raises PromptTooLongError."""
        tokens = [] if self._model.first_token is None else [self._model.first_token]
        for part in self._template.render(request.turns, continue_last=request.continue_last):
            tokens += self._model.tokenize(part.text, control=part.control)
        if len(tokens) >= self._context.size or not tokens:
            raise PromptTooLongError(tokens=len(tokens), limit=self._context.size)
        return Prompt(tokens, request.sampling.clamped(), request.continue_last)

    def generate(
        self, prompt: Prompt, cancelled: Event, *, arrived: float | None = None
    ) -> Generator[Piece | Finished, None, None]:
        """Speak. Setting `cancelled` ends it with what was said so far.

        Args:
            arrived: `time.perf_counter()` of the request's arrival, for the times that include the queue.
        """
        self._cancelled = cancelled
        figures = Figures(prompt_tokens=len(prompt.tokens), arrived=arrived)
        seed = prompt.sampling.seed if prompt.sampling.seed is not None else secrets.randbits(31)
        with closing(Sampler(self._model, prompt.sampling, seed=seed)) as sampler:
            if prompt.continued:
                sampler.accept(prompt.tokens)
            figures.kept = self._reuse(prompt.tokens)
            if self._read(prompt.tokens[figures.kept :]):
                figures.prompt_read()
                reason = yield from self._speak(prompt, sampler, figures)
            else:
                reason = FinishReason.CANCELLED
        yield Finished(reason, figures.usage())

    def forget(self) -> None:
        """Drop the kept prefix."""
        self._context.clear()
        self._kept = []

    def close(self) -> None:
        self._context.close()
        self._model.close()

    def _reuse(self, tokens: list[int]) -> int:
        """Cut the memory back to what it shares with the prompt; at least one token is left to be read."""
        shared = min(_shared_length(self._kept, tokens), len(tokens) - 1)
        if self._context.keep(shared):
            del self._kept[shared:]
        else:
            self.forget()
        return len(self._kept)

    def _read(self, tokens: Sequence[int]) -> bool:
        """Read the rest of a prompt; False when it was cancelled."""
        steps = (tokens[at : at + self._step] for at in range(0, len(tokens), self._step))
        return all(self._extend(step, abortable=True) for step in steps)

    def _speak(self, prompt: Prompt, sampler: Sampler, figures: Figures) -> Generator[Piece, None, FinishReason]:
        speech = Speech((*prompt.sampling.stop, *self._template.stops))
        reason = FinishReason.LENGTH
        for _ in range(min(prompt.sampling.max_tokens, self._context.size - len(prompt.tokens))):
            if self._cancelled.is_set():
                reason = FinishReason.CANCELLED
                break
            token = sampler.sample(self._context)
            if self._model.ends(token) or token in self._ends:
                reason = FinishReason.STOP
                break
            figures.token_said()
            if text := speech.feed(self._model.piece(token)):
                yield figures.piece(text)
            if speech.stopped:
                reason = FinishReason.STOP
                break
            self._extend_by_one(token)
        if text := speech.finish():
            yield figures.piece(text)
        return reason

    def _extend_by_one(self, token: int) -> None:
        began = time.perf_counter()
        self._extend([token], abortable=self._token_s > _SLOW_TOKEN_S)
        self._token_s = time.perf_counter() - began

    def _extend(self, tokens: Sequence[int], *, abortable: bool) -> bool:
        """One step of the model. False when it was cancelled in it: the memory is cut back by the next reply."""
        if self._cancelled.is_set():
            return False
        outcome = self._context.decode(tokens, start=len(self._kept), abortable=abortable)
        if outcome is Decoded.DONE:
            self._kept.extend(tokens)
            return True
        if outcome is Decoded.FULL:
            # One sequence that was counted beforehand cannot fill the memory: what is in it is not what we think.
            self.forget()
            raise EngineError
        return False


def _context_size(wanted: int, trained: int) -> int:
    return min(wanted, trained) if wanted and trained else wanted or trained


def _shared_length(first: Sequence[int], second: Sequence[int]) -> int:
    length = min(len(first), len(second))
    return next((at for at in range(length) if first[at] != second[at]), length)
