"""Which words of passages are near the words of a question, by the second encoder's vectors of single words.

For the embedder's process. A word is embedded once and kept; what there is no time for is not compared, and is
embedded afterwards for the next question.
"""

import time
from collections.abc import Callable, Sequence
from itertools import chain, takewhile

import numpy as np
from numpy.typing import NDArray

from hearth_reflex.domain.kin import words_in
from hearth_reflex.rag.engines import Vectors

KEPT_MAX = 40_000  # words: 1 KB each
_AT_ONCE = 64  # words between two looks at the clock
_AFTERWARDS = 512


class Kin:
    """Args:
    encode: the unit vectors of words.
    clock: seconds that only rise.
    """

    def __init__(self, encode: Callable[[list[str]], Vectors], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._encode, self._clock = encode, clock
        self._places: dict[str, int] = {}
        self._vectors: NDArray[np.float16] = np.zeros((0, 0), dtype=np.float16)
        self._missed: dict[str, None] = {}

    def alike(self, words: Sequence[str], texts: Sequence[str], *, until: float) -> Vectors:
        """For each text (row) and word (column) the cosine of the nearest word of that text. Fewer rows than texts,
        from the first on, where there was no time for the words of all.

        Args:
            until: the moment of its clock after which no word is embedded any more.
        """
        own = [words_in(text) for text in texts]
        self._learn(list(dict.fromkeys([*words, *(word for its in own for word in its)])), until)
        known = list(takewhile(self._knows, own)) if self._knows(words) else []
        found = np.zeros((len(known), len(words)), dtype=np.float32)
        rows = [row for row, its in enumerate(known) if its]
        if not words or not rows:
            return found
        # All words of all texts in one product, each once; then of each text the nearest of its own.
        places = {word: at for at, word in enumerate(dict.fromkeys(chain.from_iterable(known)))}
        near = self._of(list(places)) @ self._of(words).T
        said = near[[places[word] for its in known for word in its]]
        starts = np.cumsum([0, *(len(known[row]) for row in rows[:-1])])
        found[rows] = np.maximum.reduceat(said, starts, axis=0)
        return found

    def catch_up(self) -> None:
        """Embeds some of what there was no time for."""
        waiting, self._missed = list(self._missed)[:_AFTERWARDS], {}
        self._learn(waiting, float("inf"))

    def _knows(self, words: Sequence[str]) -> bool:
        return all(word in self._places for word in words)

    def _learn(self, words: list[str], until: float) -> None:
        new = [word for word in words if word not in self._places]
        if len(self._places) + len(new) > KEPT_MAX:
            self._places, new = {}, words  # seldom, and soon made good
        for start in range(0, len(new), _AT_ONCE):
            if start and self._clock() >= until:
                self._missed |= dict.fromkeys(new[start:])
                return
            self._keep(new[start : start + _AT_ONCE])

    def _keep(self, words: list[str]) -> None:
        made = self._encode(words).astype(np.float16)
        end = len(self._places) + len(words)
        if end > len(self._vectors):
            grown = np.zeros((max(1_024, 2 * end), made.shape[1]), dtype=np.float16)
            grown[: len(self._vectors)] = self._vectors if self._vectors.size else grown[:0]
            self._vectors = grown
        self._vectors[end - len(words) : end] = made
        self._places |= {word: end - len(words) + at for at, word in enumerate(words)}

    def _of(self, words: Sequence[str]) -> Vectors:
        return self._vectors[[self._places[word] for word in words]].astype(np.float32)
