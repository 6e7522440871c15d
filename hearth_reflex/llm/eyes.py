"""What lets a model see: pictures turned into positions of a prompt, and read into one sequence of the shared context.

Uses llama.cpp's own library for pictures (mtmd) beside our context, so that a talk with pictures is a sequence like any
other. `see` may run beside the decode thread; `look` and `close` belong to it. Words are handed over apart from the
pictures, each part with its own say on control tokens, so that no text can pass for a picture or a mark. Knows no
queue, no wire and no kinds of files.
"""

import ctypes
import hashlib
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llama_cpp as lib
import structlog
from llama_cpp import mtmd_cpp

from hearth_reflex.errors import EngineError, ModelBrokenError, ModelMissingError, PictureError
from hearth_reflex.llm.llama import LISTENER, Context, Decoded, Model, failed
from hearth_reflex.llm.picture_parts import Picture, stand_ins
from hearth_reflex.llm.templates import Part

log = structlog.get_logger(__name__)

mtmd: Any = mtmd_cpp  # only half of it has hints
_PART: Any = ctypes.POINTER(mtmd_cpp.mtmd_input_part)

_STEP = 128  # cells of a picture read between two questions whether to stop


@dataclass(frozen=True, slots=True)
class _View:
    """A picture, or one tile of it, as the library holds it: so many `cells` of memory at so many `positions`."""

    chunk: Any
    name: str
    cells: int
    positions: int


class SeenPrompt:
    """A prompt with pictures, ready to be read. Frees the pictures when it is closed, or forgotten.

    `tokens` has one entry a position: the tokens of words, and stand-ins for pictures (see picture_parts.py). `cells`
    is what it takes of the context's memory, which for some models is more than its positions.
    """

    def __init__(self, chunks: Any) -> None:
        self.tokens: list[int] = []
        self.cells = 0
        self._views: dict[int, _View] = {}
        self._free = weakref.finalize(self, mtmd.mtmd_input_chunks_free, chunks)

    @property
    def positions(self) -> int:
        return len(self.tokens)

    @property
    def key(self) -> str:
        """The same for the same words and pictures only."""
        return hashlib.sha256(repr(self.tokens).encode()).hexdigest()

    def span(self, start: int) -> int:
        """Positions of the picture that begins at `start`; 0 where there are words."""
        view = self._views.get(start)
        return view.positions if view else 0

    def view(self, start: int) -> _View:
        if not self._free.alive:
            raise ValueError("the prompt was closed")
        return self._views[start]

    def add_words(self, tokens: Sequence[int]) -> None:
        self.tokens += tokens
        self.cells += len(tokens)

    def add_view(self, view: _View) -> None:
        self._views[self.positions] = view
        self.tokens += stand_ins(view.name, view.positions)
        self.cells += view.cells

    def close(self) -> None:
        self._free()


class Eyes:
    """A projector file, opened for a model. Raises ModelMissingError, or ModelBrokenError when it does not fit.

    Args:
        threads: for encoding a picture.
        n_batch: most tokens that the context reads in one step.
        use_gpu: encode on an accelerator that llama.cpp was built for.
    """

    def __init__(self, model: Model, projector: Path, *, threads: int, n_batch: int, use_gpu: bool = False) -> None:
        if not projector.is_file():
            raise ModelMissingError
        self._model, self._n_batch = model, n_batch
        self._should_stop: Callable[[], bool] = bool
        self._stopped = False
        self._encoded: _View | None = None  # the view whose numbers the library still holds
        # C holds pointers to these as long as the eyes are open.
        self._watcher = lib.ggml_backend_sched_eval_callback(self._watch)
        self._pause = mtmd.mtmd_helper_post_decode_callback(self._between_steps)
        self._handle = self._open(projector, threads=threads, use_gpu=use_gpu)

    def see(self, parts: Sequence[Part | Picture]) -> SeenPrompt:
        """Read the pictures of a prompt that ends with words. Raises PictureError (`picture_bad`)."""
        bitmaps: list[Any] = []
        try:
            chunks = self._chunks([self._input(part, bitmaps) for part in parts])
        finally:
            for bitmap in bitmaps:
                mtmd.mtmd_bitmap_free(bitmap)
        seen = SeenPrompt(chunks)
        if self._model.first_token is not None:
            seen.add_words([self._model.first_token])
        for at in range(mtmd.mtmd_input_chunks_size(chunks)):
            self._add(seen, mtmd.mtmd_input_chunks_get(chunks, at), at)
        return seen

    def look(
        self, context: Context, seen: SeenPrompt, *, sequence: int, start: int, should_stop: Callable[[], bool]
    ) -> Decoded:
        """Read the picture that begins at position `start` into a sequence that holds all before it.

        ABORTED when `should_stop` said so or the context's brake was pulled. As with `Context.decode`, a look that was
        not DONE leaves some of its cells behind: the caller cuts the sequence back. Taken again, it need not encode the
        picture again.
        """
        view = seen.view(start)
        self._should_stop, self._stopped = should_stop, should_stop()
        try:
            if not self._encode(view):
                return Decoded.ABORTED
            code = self._read(context, view, sequence, start)
        finally:
            self._should_stop = bool
        if self._stopped:
            return Decoded.ABORTED
        if code not in (0, 1, 2):
            raise failed("look", EngineError)
        return Decoded(code)

    def close(self) -> None:
        mtmd.mtmd_free(self._handle)

    def _open(self, projector: Path, *, threads: int, use_gpu: bool) -> Any:
        mtmd.mtmd_helper_log_set(LISTENER, ctypes.c_void_p(0))
        params = mtmd.mtmd_context_params_default()
        params.use_gpu, params.n_threads = use_gpu, threads
        # A first run on an empty picture takes as long as a real one, and somebody waits for the model. Without it the
        # library cannot try which attention works: the frugal one does wherever the CPU may help out.
        params.warmup, params.print_timings = False, False
        params.flash_attn_type = lib.LLAMA_FLASH_ATTN_TYPE_ENABLED
        params.cb_eval = self._watcher
        handle = mtmd.mtmd_init_from_file(str(projector).encode(), self._model.handle, params)
        if not handle:
            raise failed("projector", ModelBrokenError)
        if not mtmd.mtmd_support_vision(handle):
            mtmd.mtmd_free(handle)
            raise failed("no_vision", ModelBrokenError)
        return handle

    def _input(self, part: Part | Picture, bitmaps: list[Any]) -> Any:
        if isinstance(part, Picture):
            bitmaps.append(self._bitmap(part.data))
            return mtmd.mtmd_input_part(None, bitmaps[-1])
        words = part.text.encode("utf-8", "replace")
        text = mtmd.mtmd_input_text(words, len(words), False, part.control)
        return mtmd.mtmd_input_part(ctypes.pointer(text), None)

    def _bitmap(self, data: bytes) -> Any:
        buffer = (ctypes.c_uint8 * len(data)).from_buffer_copy(data)
        bitmap = mtmd.mtmd_helper_bitmap_init_from_buf(self._handle, buffer, len(data), False)
        if bitmap is None:
            raise PictureError("picture_bad")
        mtmd.mtmd_bitmap_set_id(bitmap, hashlib.sha256(data).hexdigest().encode())
        return bitmap

    def _chunks(self, inputs: Sequence[Any]) -> Any:
        pointers = (_PART * len(inputs))(*(_PART(part) for part in inputs))
        chunks = mtmd.mtmd_input_chunks_init()
        if mtmd.mtmd_tokenize_from_parts(self._handle, chunks, pointers, len(inputs), False) != 0:
            mtmd.mtmd_input_chunks_free(chunks)
            raise PictureError("picture_bad")
        return chunks

    def _add(self, seen: SeenPrompt, chunk: Any, number: int) -> None:
        if mtmd.mtmd_input_chunk_get_type(chunk) == mtmd.MTMD_INPUT_CHUNK_TYPE_TEXT:
            length = ctypes.c_size_t()
            tokens = mtmd.mtmd_input_chunk_get_tokens_text(chunk, ctypes.byref(length))
            seen.add_words(tokens[: length.value] if tokens else [])
            return
        cells = int(mtmd.mtmd_input_chunk_get_n_tokens(chunk))
        # Where all of a picture is read at once, a step too small for it would end the process.
        if cells > self._n_batch and mtmd.mtmd_decode_use_non_causal(self._handle, chunk):
            log.warning("eyes.batch_too_small", needed=cells, batch=self._n_batch)
            raise PictureError("picture_bad")
        # Tiles of one picture have its name, so the number of the chunk tells them apart.
        name = f"{(mtmd.mtmd_input_chunk_get_id(chunk) or b'').decode()}:{number}"
        seen.add_view(_View(chunk, name, cells, int(mtmd.mtmd_input_chunk_get_n_pos(chunk))))

    def _encode(self, view: _View) -> bool:
        """Have the library hold the view's numbers; False when it was stopped."""
        # A name is unique in its prompt only: another prompt's may stand for another tile, of another size.
        if self._encoded is not view:
            self._encoded = None
            if self._stopped:
                return False
            code = mtmd.mtmd_encode_chunk(self._handle, view.chunk)
            if self._stopped:
                return False
            if code != 0:
                raise failed("encode", EngineError)
            self._encoded = view
        return not self._stopped

    def _read(self, context: Context, view: _View, sequence: int, start: int) -> int:
        numbers = mtmd.mtmd_get_output_embd(self._handle)
        at_once = mtmd.mtmd_decode_use_non_causal(self._handle, view.chunk)
        step = self._n_batch if at_once else min(_STEP, self._n_batch)
        after = lib.llama_pos()
        return mtmd.mtmd_helper_decode_image_chunk(
            self._handle,
            context.handle,
            view.chunk,
            numbers,
            lib.llama_pos(start),
            lib.llama_seq_id(sequence),
            step,
            ctypes.byref(after),
            self._pause,
            ctypes.c_void_p(0),
        )

    def _watch(self, _tensor: object, asking: bool, _data: object) -> bool:
        """Asked before each operation whether to pause after it (always), and at each pause whether to go on.

        It costs some microseconds an operation; a picture takes hundreds of operations, and a second or many.
        """
        return asking or not self._between_steps(None, None)

    def _between_steps(self, _batch: object, _data: object) -> int:
        self._stopped = self._stopped or self._should_stop()
        return int(self._stopped)
