"""A loaded model and how talks are written down for it: what may be asked before anybody's turn comes.

`prepare` renders, counts and checks a request; it may run beside the decode thread, because it only reads the
vocabulary. Who speaks when, and in which memory, is the decoder's matter.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from hearth_reflex.domain.generation import ChatRequest, Sampling
from hearth_reflex.errors import EngineError, ModelBrokenError, PictureError, PromptTooLongError
from hearth_reflex.llm.config import EngineConfig
from hearth_reflex.llm.eyes import Eyes, SeenPrompt
from hearth_reflex.llm.gguf_header import GgufHeader, read_header
from hearth_reflex.llm.llama import Context, Model, open_backend
from hearth_reflex.llm.picture_parts import Picture, pictures_of
from hearth_reflex.llm.sampler import check_grammar
from hearth_reflex.llm.templates import Part, Template, choose_template

log = structlog.get_logger(__name__)

_POOL_CONTEXTS = 4  # full-sized talks that the memory holds at once, where there is memory for them
_POOL_SHARE = 4  # of the memory that is free, at most one part in so many
_PICTURE = "[picture]"
_CELLS = 256  # llama.cpp rounds the memory up to this


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request in tokens, counted and known to fit. `text` is what was written down, marks and all.

    Where a picture stands, `tokens` are negative; `seen` then holds the pictures, made ready for the model's eyes.
    """

    tokens: list[int]
    text: str
    sampling: Sampling
    seed: int
    continued: bool = False
    alone: bool = False
    seen: SeenPrompt | None = None

    @property
    def most_tokens(self) -> int:
        """Tokens the reply may say."""
        return self.sampling.max_tokens

    @property
    def more_cells(self) -> int:
        """Cells that pictures take beyond their positions, in models that place a picture's parts side by side."""
        return self.seen.cells - self.seen.positions if self.seen else 0


class ChatModel:
    """A model with its context. Make it with `load`."""

    def __init__(self, model: Model, header: GgufHeader, config: EngineConfig) -> None:
        self.model, self.header = model, header
        self.limit = _context_size(config.n_ctx, model.trained_context)
        self.context = Context(
            model,
            n_cells=_pool_size(self.limit, config, model.cell_bytes),
            n_seq=config.n_seq,
            n_batch=max(config.n_seq, min(config.n_batch, self.limit)),  # all who speak, in one step
            threads=config.threads,
        )
        self.eyes = self._open_eyes(config)
        self.template: Template = choose_template(header.template, lambda mark: model.control_token(mark) is not None)
        self.ends = {model.control_token(mark) for mark in self.template.ends}

    @classmethod
    def load(cls, config: EngineConfig) -> "ChatModel":
        """Raises ModelMissingError, ModelBrokenError or EngineMemoryError."""
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

    def tokens(self, text: str) -> list[int]:
        """Tokens of people's words: marks in them are text."""
        return self.model.tokenize(text, control=False)

    def prepare(self, request: ChatRequest) -> Prompt:
        """Write the talk down and count it. Raises PromptTooLongError, GrammarError or PictureError."""
        sampling = request.sampling.clamped()
        check_grammar(self.model, sampling)
        if pictures_of(request.turns) and self.eyes is None:
            raise PictureError
        parts = self.template.render(request.turns, continue_last=request.continue_last)
        tokens, seen = self._read(parts)
        length = seen.cells if seen else len(tokens)
        if length >= self.limit or not tokens:
            raise PromptTooLongError(tokens=length, limit=self.limit)
        return Prompt(
            tokens,
            text="".join(_PICTURE if isinstance(part, Picture) else part.text for part in parts),
            sampling=replace(sampling, max_tokens=min(sampling.max_tokens, self.limit - length)),
            seed=secrets.randbits(31) if sampling.seed is None else sampling.seed,
            continued=request.continue_last,
            alone=request.alone,
            seen=seen,
        )

    def _read(self, parts: Sequence[Part | Picture]) -> tuple[list[int], SeenPrompt | None]:
        if self.eyes is not None and any(isinstance(part, Picture) for part in parts):
            seen = self.eyes.see(parts)
            return seen.tokens, seen
        tokens = [] if self.model.first_token is None else [self.model.first_token]
        for part in parts:
            if isinstance(part, Part):
                tokens += self.model.tokenize(part.text, control=part.control)
        return tokens, None

    def _open_eyes(self, config: EngineConfig) -> Eyes | None:
        projector, n_batch = config.projector_file, self.context.n_batch
        if projector is None:
            return None
        try:
            return Eyes(
                self.model, projector, threads=config.threads, n_batch=n_batch, use_gpu=config.n_gpu_layers != 0
            )
        except EngineError:
            self.context.close()
            raise

    def ended_by(self, token: int) -> bool:
        """Whether a token ends a reply."""
        return self.model.ends(token) or token in self.ends

    def close(self) -> None:
        if self.eyes is not None:
            self.eyes.close()
        self.context.close()
        self.model.close()


def _context_size(wanted: int, trained: int) -> int:
    return min(wanted, trained) if wanted and trained else wanted or trained


def _pool_size(limit: int, config: EngineConfig, cell_bytes: int) -> int:
    """Cells of the memory that all replies share: several full talks, less where memory is short, one at least."""
    wanted = limit * min(config.n_seq, _POOL_CONTEXTS)
    affordable = _free_bytes() // _POOL_SHARE // max(1, cell_bytes)
    if config.memory_limit_mb:
        affordable = min(affordable, config.memory_limit_mb * 1024 * 1024 // 2 // max(1, cell_bytes))
    return -(-max(limit, min(wanted, affordable)) // _CELLS) * _CELLS


def _free_bytes() -> int:
    """Memory that is there to be had; a modest guess where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("MemAvailable:")).split()[1]) * 1024
    except (OSError, StopIteration, ValueError, IndexError):
        return 4 << 30
