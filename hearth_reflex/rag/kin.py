"""Which words of passages are near the words of a question, by the second encoder's vectors of single words.

For the embedder's process. A word is embedded once and kept; what there is no time for is not compared, and is
embedded afterwards for the next question.
"""

import threading
import time
from collections.abc import Callable, Sequence
from itertools import chain, takewhile

import numpy as np
from numpy.typing import NDArray

from hearth_reflex.domain.kin import words_in
from hearth_reflex.rag.engines import Vectors

KEPT_MAX = 40_000  # words: 1 KB each
_AT_ONCE = 64  # words between two looks at the clock
# Words that are remembered to be embedded afterwards: whatever is asked next shares the processors with that.
_MISSED_MAX = 512


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
        self._lock = threading.Lock()  # of a question embedded meanwhile

    def alike(self, words: Sequence[str], texts: Sequence[str], *, until: float) -> Vectors:
        """For each text (row) and word (column) the cosine of the nearest word of that text. Fewer rows than texts,
        from the first on, where there was no time for the words of all.

        Args:
            until: the moment of its clock after which no word is embedded any more.
        """
        own = [words_in(text) for text in texts]
        self._learn(list(dict.fromkeys([*words, *(word for its in own for word in its)])), until)
        with self._lock:
            known = list(takewhile(self._knows, own)) if self._knows(words) else []
            # All words of all texts in one product, each once; then of each text the nearest of its own.
            places = {word: at for at, word in enumerate(dict.fromkeys(chain.from_iterable(known)))}
            vectors, asked = self._of(list(places)), self._of(words if known else ())
        found = np.zeros((len(known), len(words)), dtype=np.float32)
        rows = [row for row, its in enumerate(known) if its]
        if not words or not rows:
            return found
        near = vectors @ asked.T
        said = near[[places[word] for its in known for word in its]]
        starts = np.cumsum([0, *(len(known[row]) for row in rows[:-1])])
        found[rows] = np.maximum.reduceat(said, starts, axis=0)
        return found

    def unknown(self, words: Sequence[str]) -> list[str]:
        """Those that have not been embedded yet, in their order."""
        with self._lock:
            return [word for word in words if word not in self._places]

    def keep(self, words: Sequence[str], vectors: Vectors) -> None:
        """Words that somebody else embedded.

        Args:
            vectors: of length one, a row for each word.
        """
        with self._lock:
            self._make_room(len(words))
            self._keep(words, vectors)

    def catch_up(self) -> bool:
        """Embeds a little of what there was no time for; whether there is more."""
        words = list(self._missed)[:_AT_ONCE]
        for word in words:
            del self._missed[word]
        self._learn(words, float("inf"))
        return bool(self._missed)

    def _knows(self, words: Sequence[str]) -> bool:
        return all(word in self._places for word in words)

    def _learn(self, words: list[str], until: float) -> None:
        with self._lock:
            new = [word for word in words if word not in self._places]
            new = words if self._make_room(len(new)) else new
        for start in range(0, len(new), _AT_ONCE):
            if start and self._clock() >= until:
                self._missed |= dict.fromkeys(new[start : start + _MISSED_MAX - len(self._missed)])
                return
            part = new[start : start + _AT_ONCE]
            made = self._encode(part)
            with self._lock:
                self._keep(part, made)

    def _make_room(self, count: int) -> bool:
        """Whether all that was kept had to go: seldom, and soon made good. Who is under way then goes without."""
        full = len(self._places) + count > KEPT_MAX
        if full:
            self._places = {}
        return full

    def _keep(self, words: Sequence[str], vectors: Vectors) -> None:
        # Each once, and none that another thread has kept meanwhile.
        new = list({word: at for at, word in enumerate(words) if word not in self._places}.values())
        made, end = vectors[new].astype(np.float16), len(self._places) + len(new)
        if end > len(self._vectors):
            grown = np.zeros((max(end, 1_024, min(2 * end, KEPT_MAX)), vectors.shape[1]), dtype=np.float16)
            grown[: len(self._vectors)] = self._vectors if self._vectors.size else grown[:0]
            self._vectors = grown
        self._vectors[end - len(new) : end] = made
        self._places |= {words[at]: end - len(new) + place for place, at in enumerate(new)}

    def _of(self, words: Sequence[str]) -> Vectors:
        return self._vectors[[self._places[word] for word in words]].astype(np.float32)
