"""llama.cpp's C functions, wrapped once, with types; what draws tokens is in sampler.py, what sees in eyes.py.

Knows tokens and sequences; no chat, no text rules, no queue. Nothing here is thread-safe except
`Model.tokenize` and `Model.count`, which only read the vocabulary. Upstream moves with every release: a change of
version is a change of this file.
"""

import ctypes
import hashlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import llama_cpp as lib
import structlog

from hearth_reflex.errors import EngineError, EngineMemoryError, ModelBrokenError

log = structlog.get_logger(__name__)

_ERROR_LEVEL = 4
_PIECE_BYTES = 512
_F16_BYTES = 2


# What llama.cpp said last: told only when a call fails, because it also calls a wanted abort an error.
_complaints: deque[str] = deque(maxlen=8)


def _listen(level: int, text: bytes, _data: object) -> None:
    if level == _ERROR_LEVEL:
        _complaints.append(text.decode("utf-8", "replace").strip()[:300])


# Kept for the life of the process: C holds a pointer to it.
LISTENER = lib.llama_log_callback(_listen)


def open_backend() -> None:
    lib.llama_log_set(LISTENER, ctypes.c_void_p(0))
    lib.llama_backend_init()


def failed(step: str, error: type[EngineError]) -> EngineError:
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
            raise failed("load", ModelBrokenError)
        self.handle = handle
        self.vocab: Any = lib.llama_model_get_vocab(handle)
        self.vocab_size = lib.llama_vocab_n_tokens(self.vocab)
        self.trained_context = lib.llama_model_n_ctx_train(handle)
        self._pieces: dict[int, bytes] = {}
        # Their memory is one state, not a row of cells: it can be neither cut in the middle nor shared in part.
        self.divisible = not (lib.llama_model_is_recurrent(handle) or lib.llama_model_is_hybrid(handle))

    @property
    def cell_bytes(self) -> int:
        """Bytes of KV memory that one token takes, keys and values of all layers in 16 bits."""
        head = lib.llama_model_n_embd(self.handle) // max(1, lib.llama_model_n_head(self.handle))
        width = head * lib.llama_model_n_head_kv(self.handle)
        return 2 * _F16_BYTES * width * lib.llama_model_n_layer(self.handle)

    @property
    def speaks(self) -> bool:
        """Whether it is a model that writes on: not an encoder, and with words to write."""
        return bool(lib.llama_model_has_decoder(self.handle)) and not lib.llama_model_has_encoder(self.handle)

    @property
    def first_token(self) -> int | None:
        """The token every prompt begins with, if this vocabulary wants one."""
        return _number(lib.llama_vocab_bos(self.vocab)) if lib.llama_vocab_get_add_bos(self.vocab) else None

    def tokenize(self, text: str, *, control: bool) -> list[int]:
        """Tokens of a text. Without `control`, the names of control tokens in it are words like any others."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 16
        tokens = (lib.llama_token * room)()
        count = lib.llama_tokenize(self.vocab, data, len(data), tokens, room, False, control)
        if count < 0:
            raise failed("tokenize", EngineError)
        return list(tokens[:count])

    def control_token(self, text: str) -> int | None:
        """The one control token that `text` names, or None."""
        tokens = self.tokenize(text, control=True)
        return tokens[0] if len(tokens) == 1 and lib.llama_vocab_is_control(self.vocab, tokens[0]) else None

    def ends(self, token: int) -> bool:
        return bool(lib.llama_vocab_is_eog(self.vocab, token))

    def piece(self, token: int) -> bytes:
        """A token's bytes, which may be part of a character; a control token has none."""
        known = self._pieces.get(token)
        if known is None:
            buffer = ctypes.create_string_buffer(_PIECE_BYTES)
            length = lib.llama_token_to_piece(self.vocab, token, buffer, _PIECE_BYTES, 0, False)
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


def build_id() -> str:
    """Which build of llama.cpp this is: its version, and a digest of what it was compiled for."""
    digest = hashlib.sha256(lib.llama_print_system_info()).hexdigest()[:12]
    return f"llama-cpp-python {lib.__version__} {digest}"


class Decoded(Enum):
    DONE = 0
    FULL = 1
    ABORTED = 2


@dataclass(frozen=True, slots=True)
class Stretch:
    """Tokens of one sequence that a step reads, at positions `start`…; `speaks`: the last one's logits are wanted."""

    sequence: int
    start: int
    tokens: Sequence[int]
    speaks: bool


class Brake:
    """Stops a step that is running: llama.cpp asks it between the operations of the graph.

    It is asked from native threads thousands of times a second, so the answer must need no Python: C's own `strlen`,
    pointed at a byte that is 0 (an empty string, "no") or not ("yes").
    """

    def __init__(self) -> None:
        self._byte = ctypes.create_string_buffer(2)
        address = ctypes.cast(ctypes.CDLL(None).strlen, ctypes.c_void_p).value
        self.callback = lib.ggml_abort_callback(address or 0)
        self.data = ctypes.cast(self._byte, ctypes.c_void_p)

    def pull(self) -> None:
        self._byte[0] = b"\x01"

    @property
    def pulled(self) -> bool:
        return self._byte[0] != b"\x00"

    def release(self) -> None:
        self._byte[0] = b"\x00"


class Context:
    """The KV memory of several sequences, and the step that extends them side by side.

    Args:
        n_cells: tokens that all sequences hold together.
        n_batch: most tokens read in one step.
    """

    def __init__(self, model: Model, *, n_cells: int, n_seq: int, n_batch: int, threads: int) -> None:
        params = lib.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_ubatch, params.n_seq_max = n_cells, n_batch, n_batch, n_seq
        params.n_threads = params.n_threads_batch = threads
        params.swa_full = params.no_perf = params.kv_unified = True
        handle = lib.llama_init_from_model(model.handle, params)
        if not handle:
            raise failed("context", EngineMemoryError)
        self.handle = handle
        self.size = int(lib.llama_n_ctx(handle))
        self.n_seq, self.n_batch = n_seq, n_batch
        self._memory: Any = lib.llama_get_memory(handle)
        self._batch = lib.llama_batch_init(n_batch, 0, 1)
        self.brake = Brake()
        lib.llama_set_abort_callback(handle, self.brake.callback, self.brake.data)

    def decode(self, stretches: Sequence[Stretch]) -> Decoded:
        """Read all stretches in one step. Afterwards the logits stand at `row` of each stretch that speaks.

        A step that was not DONE leaves some of its cells behind: the caller cuts every sequence of it back.
        """
        batch, at = self._batch, 0
        if not all(stretch.tokens for stretch in stretches):
            raise EngineError  # the row before the first would be written to, which is not ours
        for stretch in stretches:
            for position, token in enumerate(stretch.tokens, start=stretch.start):
                batch.token[at], batch.pos[at], batch.n_seq_id[at] = token, position, 1
                batch.seq_id[at][0], batch.logits[at] = stretch.sequence, 0
                at += 1
            batch.logits[at - 1] = stretch.speaks
        batch.n_tokens = at
        code = lib.llama_decode(self.handle, batch)
        if code not in (0, 1, 2):
            raise failed("decode", EngineError)
        return Decoded(code)

    def keep(self, sequence: int, length: int) -> bool:
        """Forget all of a sequence from position `length` on; False where this model's memory cannot be cut there."""
        return bool(lib.llama_memory_seq_rm(self._memory, sequence, length, -1))

    def copy(self, source: int, target: int, length: int) -> None:
        """Let `target` share the first `length` cells of `source`."""
        lib.llama_memory_seq_cp(self._memory, source, target, 0, length)

    def clear(self) -> None:
        lib.llama_memory_clear(self._memory, True)

    def length(self, sequence: int) -> int:
        """How far a sequence reaches, by llama.cpp's own word."""
        return int(lib.llama_memory_seq_pos_max(self._memory, sequence)) + 1

    def state_size(self, sequence: int) -> int:
        return int(lib.llama_state_seq_get_size(self.handle, lib.llama_seq_id(sequence)))

    def state(self, sequence: int) -> memoryview:
        """What a sequence holds, as bytes that `restore` takes back; empty when it cannot be had."""
        size = self.state_size(sequence)
        buffer = (ctypes.c_uint8 * size)()
        written = lib.llama_state_seq_get_data(self.handle, buffer, size, lib.llama_seq_id(sequence))
        return memoryview(buffer).cast("B")[:written]

    def restore(self, sequence: int, state: bytes) -> bool:
        """Put a state into an empty sequence; False when it does not fit."""
        source: Any = ctypes.cast(ctypes.c_char_p(state), ctypes.POINTER(ctypes.c_uint8))  # read where it lies
        return bool(lib.llama_state_seq_set_data(self.handle, source, len(state), lib.llama_seq_id(sequence)))

    def close(self) -> None:
        lib.llama_batch_free(self._batch)
        lib.llama_free(self.handle)
