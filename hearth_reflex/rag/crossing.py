"""The cross-encoder of second looks: it reads a question and a passage together and says how well the one answers.

For the embedder's process alone; torch is imported when the first one is asked for. Weights are safetensors, and no
code that comes with a model is run.
"""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from hearth_reflex.rag.engines import cleaned, stays_here

_AT_ONCE = 2  # pairs between two looks at the clock


class LateError(Exception):
    """Nobody waits for it any more."""


class CrossReader:
    """Loads its model at the first look, which is likely too late for that one.

    Args:
        source: a folder, or an id of the hub.
        load: makes the model of (source, threads).
        clock: seconds that only rise.
    """

    def __init__(
        self,
        source: str,
        *,
        threads: int,
        load: Callable[[str, int], Any] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source, self._threads = source, threads
        self._load, self._clock = load or _loaded, clock
        self._loading = threading.Lock()
        self._model: Any = None

    @property
    def is_loaded(self) -> bool:
        return self._model is not None

    def scores(self, question: str, passages: Sequence[str], *, until: float) -> list[float]:
        """Of as many of them, from the first on, as there is time for.

        Args:
            until: the moment of its clock by which it is to be done.

        Raises:
            LateError: there was no time for any; a model that cannot be loaded, or is no cross-encoder with one score,
                raises whatever it likes.
        """
        model = self._ready()
        asked, found, took = cleaned(question), list[float](), 0.0
        for start in range(0, len(passages), _AT_ONCE):
            begun = self._clock()
            if begun + took >= until:
                break
            pairs = [(asked, cleaned(passage)) for passage in passages[start : start + _AT_ONCE]]
            found += model.predict(pairs, batch_size=_AT_ONCE, show_progress_bar=False).tolist()
            took = self._clock() - begun
        if passages and not found:
            raise LateError
        return found

    def _ready(self) -> Any:
        with self._loading:
            if self._model is None:
                self._model = self._load(self._source, self._threads)
            return self._model


def _loaded(source: str, threads: int) -> Any:
    import torch
    from sentence_transformers import CrossEncoder

    torch.set_num_threads(threads)
    model: Any = CrossEncoder(
        source,
        device="cpu",
        trust_remote_code=False,
        local_files_only=stays_here(source),
        model_kwargs={"dtype": torch.float32, "use_safetensors": True},
    )
    if model.num_labels != 1:
        raise ValueError("a model that says more than how well a passage answers")
    return model
