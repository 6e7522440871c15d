"""The only module that calls llama.cpp: its C functions, wrapped once, with types.

Knows tokens, sequences and samplers; no chat, no text rules, no queue. Nothing here is thread-safe except
`Model.tokenize` and `Model.count`, which only read the vocabulary. Upstream moves with every release: a change of
version is a change of this file.
"""

import ctypes
from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

import llama_cpp as lib
import structlog

from hearth_reflex.domain.generation import Sampling
from hearth_reflex.errors import EngineError, ModelBrokenError

log = structlog.get_logger(__name__)

_ERROR_LEVEL = 4
_PENALTY_WINDOW = 64
_PIECE_BYTES = 512


# What llama.cpp said last: told only when a call fails, because it also calls a wanted abort an error.
_complaints: deque[str] = deque(maxlen=8)


def _listen(level: int, text: bytes, _data: object) -> None:
    if level == _ERROR_LEVEL:
        _complaints.append(text.decode("utf-8", "replace").strip()[:300])


# Kept for the life of the process: C holds a pointer to it.
_LISTENER = lib.llama_log_callback(_listen)


def open_backend() -> None:
    lib.llama_log_set(_LISTENER, ctypes.c_void_p(0))
    lib.llama_backend_init()


def _failed(step: str, error: type[EngineError]) -> EngineError:
    log.warning("engine.llama_failed", step=step, said=list(_complaints))
    _complaints.clear()
    return error()


class Model:
    """Weights and vocabulary of one GGUF file."""

    def __init__(self, path: Path, *, n_gpu_layers: int, use_mmap: bool, use_mlock: bool) -> None:
        params = lib.llama_model_default_params()
        params.n_gpu_layers = n_gpu_layers
        params.load_mode = _load_mode(use_mmap=use_mmap, use_mlock=use_mlock)
        handle = lib.llama_model_load_from_file(str(path).encode(), params)
        if not handle:
            raise _failed("load", ModelBrokenError)
        self.handle = handle
        self._vocab: Any = lib.llama_model_get_vocab(handle)
        self.vocab_size = lib.llama_vocab_n_tokens(self._vocab)
        self.trained_context = lib.llama_model_n_ctx_train(handle)
        self._pieces: dict[int, bytes] = {}

    @property
    def speaks(self) -> bool:
        """Whether it is a model that writes on: not an encoder, and with words to write."""
        return bool(lib.llama_model_has_decoder(self.handle)) and not lib.llama_model_has_encoder(self.handle)

    @property
    def first_token(self) -> int | None:
        """The token every prompt begins with, if this vocabulary wants one."""
        return _number(lib.llama_vocab_bos(self._vocab)) if lib.llama_vocab_get_add_bos(self._vocab) else None

    def tokenize(self, text: str, *, control: bool) -> list[int]:
        """Tokens of a text. Without `control`, the names of control tokens in it are words like any others."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 16
        tokens = (lib.llama_token * room)()
        count = lib.llama_tokenize(self._vocab, data, len(data), tokens, room, False, control)
        if count < 0:
            raise _failed("tokenize", EngineError)
        return list(tokens[:count])

    def control_token(self, text: str) -> int | None:
        """The one control token that `text` names, or None."""
        tokens = self.tokenize(text, control=True)
        return tokens[0] if len(tokens) == 1 and lib.llama_vocab_is_control(self._vocab, tokens[0]) else None

    def ends(self, token: int) -> bool:
        return bool(lib.llama_vocab_is_eog(self._vocab, token))

    def piece(self, token: int) -> bytes:
        """A token's bytes, which may be part of a character; a control token has none."""
        known = self._pieces.get(token)
        if known is None:
            buffer = ctypes.create_string_buffer(_PIECE_BYTES)
            length = lib.llama_token_to_piece(self._vocab, token, buffer, _PIECE_BYTES, 0, False)
            known = self._pieces[token] = buffer.raw[: max(length, 0)]
        return known

    def close(self) -> None:
        lib.llama_model_free(self.handle)


def _load_mode(*, use_mmap: bool, use_mlock: bool) -> int:
    if use_mmap:
        return lib.LLAMA_LOAD_MODE_MMAP_MLOCK if use_mlock else lib.LLAMA_LOAD_MODE_MMAP
    return lib.LLAMA_LOAD_MODE_MLOCK if use_mlock else lib.LLAMA_LOAD_MODE_NONE


def _number(token: Any) -> int:
    """ctypes hands back plain ints where the binding's hints say C types."""
    return int(token)


def _asked(question: Callable[[], bool]) -> Callable[[object], bool]:
    def answer(_data: object) -> bool:
        return question()

    return answer


class Decoded(Enum):
    DONE = 0
    FULL = 1
    ABORTED = 2


class Context:
    """The KV memory of one sequence and the step that extends it.

    Args:
        should_abort: asked between the operations of a step that was started with `abortable`.
    """

    def __init__(
        self, model: Model, *, n_ctx: int, n_batch: int, threads: int, should_abort: Callable[[], bool]
    ) -> None:
        params = lib.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_ubatch, params.n_seq_max = n_ctx, n_batch, n_batch, 1
        params.n_threads = params.n_threads_batch = threads
        params.swa_full = params.no_perf = True
        handle = lib.llama_init_from_model(model.handle, params)
        if not handle:
            raise _failed("context", ModelBrokenError)
        self.handle = handle
        self.size = lib.llama_n_ctx(handle)
        self.n_batch = n_batch
        self._memory: Any = lib.llama_get_memory(handle)
        self._batch = lib.llama_batch_init(n_batch, 0, 1)
        self._abort = lib.ggml_abort_callback(_asked(should_abort))
        self._no_abort = lib.ggml_abort_callback()
        self._abortable: bool | None = None

    def decode(self, tokens: Sequence[int], *, start: int, abortable: bool) -> Decoded:
        """Read tokens at positions `start`…; the last one's logits can then be sampled.

        Being abortable costs a call into Python for each operation of the graph: worth it in long steps only.
        """
        self._set_abortable(abortable)
        batch = self._batch
        last = len(tokens) - 1
        for at, token in enumerate(tokens):
            batch.token[at], batch.pos[at], batch.n_seq_id[at], batch.seq_id[at][0] = token, start + at, 1, 0
            batch.logits[at] = at == last
        batch.n_tokens = len(tokens)
        code = lib.llama_decode(self.handle, batch)
        if code not in (0, 1, 2):
            raise _failed("decode", EngineError)
        return Decoded(code)

    def keep(self, length: int) -> bool:
        """Forget all from position `length` on; False where this model's memory cannot be cut there."""
        return bool(lib.llama_memory_seq_rm(self._memory, 0, length, -1))

    def clear(self) -> None:
        lib.llama_memory_clear(self._memory, True)

    def close(self) -> None:
        lib.llama_batch_free(self._batch)
        lib.llama_free(self.handle)

    def _set_abortable(self, abortable: bool) -> None:
        if abortable != self._abortable:
            callback = self._abort if abortable else self._no_abort
            lib.llama_set_abort_callback(self.handle, callback, ctypes.c_void_p(0))
            self._abortable = abortable


class Sampler:
    """A chain of samplers for one reply; `sampling` must be clamped."""

    def __init__(self, model: Model, sampling: Sampling, *, seed: int) -> None:
        self._chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
        for link in _links(model, sampling, seed):
            lib.llama_sampler_chain_add(self._chain, link)

    def sample(self, context: Context) -> int:
        return lib.llama_sampler_sample(self._chain, context.handle, -1)

    def accept(self, tokens: Sequence[int]) -> None:
        """Count tokens as already said, for the repeat penalty."""
        for token in tokens[-_PENALTY_WINDOW:]:
            lib.llama_sampler_accept(self._chain, token)

    def close(self) -> None:
        lib.llama_sampler_free(self._chain)


def _links(model: Model, sampling: Sampling, seed: int) -> "list[lib.llama_sampler_p]":
    links: list[lib.llama_sampler_p] = []
    if sampling.repeat_penalty != 1.0:
        links.append(
            lib.llama_sampler_init_penalties(model.vocab_size, _PENALTY_WINDOW, sampling.repeat_penalty, 0.0, 0.0)
        )
    if sampling.temperature <= 0:
        return [*links, lib.llama_sampler_init_greedy()]
    return [
        *links,
        lib.llama_sampler_init_top_k(sampling.top_k),
        lib.llama_sampler_init_top_p(sampling.top_p, 1),
        lib.llama_sampler_init_min_p(sampling.min_p, 1),
        lib.llama_sampler_init_temp(sampling.temperature),
        lib.llama_sampler_init_dist(seed),
    ]
