"""Which engine makes vectors at this moment, in the embedder's process, and which model takes second looks.

Of the default model the light engine answers from the first request on. When many passages have come in a short time
the heavy one is loaded beside it, in a thread, and then makes the passages; questions stay with the light one, so that
they never wait. A second encoder may stand beside either (`companion.py`). Any other model has the heavy engine alone.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from hearth_reflex.domain.kin import words_in
from hearth_reflex.rag.companion import Companion
from hearth_reflex.rag.crossing import CrossReader
from hearth_reflex.rag.engines import HeavyEngine, LightEngine, VectorEngine, Vectors
from hearth_reflex.rag.frames import tell
from hearth_reflex.rag.kin import Kin
from hearth_reflex.rag.order import EmbedderOrder
from hearth_reflex.rag.seeing import PictureModel
from hearth_reflex.rag.weights import NAME, revision, weights_file

MUCH = 48  # passages in SOON_S seconds that the heavy engine is worth
SOON_S = 30.0
_WORDS_MAX = 40  # of a question that are embedded with it
_STEP = 8  # passages of the light engine before it looks whether the heavy one has come


class Models:
    def __init__(self, order: EmbedderOrder) -> None:
        self._order = order
        self._light: LightEngine | None = None
        self._heavy: HeavyEngine | None = None
        self._loading = False
        self._lock = threading.Lock()
        self._asked: list[tuple[float, int]] = []
        self._companion = Companion(threads=order.used_threads) if order.has_companion else None
        self.kin = Kin(self._companion.words) if self._companion is not None else None
        self.crossing = CrossReader(order.reranker, threads=order.used_threads) if order.reranker else None
        self.eyes = PictureModel(order.clip, threads=order.used_threads) if order.clip else None

    @property
    def engine(self) -> str:
        return "heavy" if self.is_heavy else "light"

    @property
    def is_heavy(self) -> bool:
        return self._heavy is not None

    @property
    def is_only_heavy(self) -> bool:
        """Whether what it has loaded is there for passages alone, and questions go on without it."""
        others = [model for model in (self.crossing, self.eyes) if model is not None and model.is_loaded]
        return self.is_heavy and self._order.is_default and not others

    def expect(self, passages: int) -> None:
        """So many are coming; loads the heavy engine, beside everything else, when they are many."""
        now = time.monotonic()
        self._asked = [(at, count) for at, count in self._asked if now - at < SOON_S] + [(now, passages)]
        much = sum(count for _, count in self._asked) > MUCH
        if much and self._order.source == "" and not self._loading:
            self._loading = True
            threading.Thread(target=self._load_default, name="loading", daemon=True).start()

    def embed(self, texts: Sequence[str], *, query: bool) -> Vectors:
        """For the index, and for questions to it."""
        vectors = self.embed_alone(texts, query=query)
        if self._companion is None or not texts:
            return vectors
        cut = self._first().cut  # both read the same words
        own = [cut(text, query=query) for text in texts]
        # A question's words are wanted in a moment, when what it found is held against them.
        words = self.kin.unknown(words_in(own[0])[:_WORDS_MAX]) if self.kin and query and len(own) == 1 else []
        vectors, of_words = self._companion.beside(vectors, own, query=query, words=words)
        if self.kin is not None and len(of_words):
            with suppress(MemoryError):  # of these words alone: the question has its vector
                self.kin.keep(words, of_words)
        return vectors

    def embed_alone(self, texts: Sequence[str], *, query: bool) -> Vectors:
        """The first encoder's vectors, for texts that are held against each other."""
        if not self._order.is_default:
            return self._other().embed(texts, query=query)
        if query:
            return self._first().embed(texts, query=True)
        parts: list[Vectors] = []
        done = 0
        while done < len(texts):
            heavy = self._heavy
            step = len(texts) - done if heavy is not None else _STEP
            parts.append(self._passages(texts[done : done + step], heavy))
            done += step
        return np.concatenate(parts) if parts else np.zeros((0, 0), dtype=np.float32)

    def count(self, texts: Sequence[str]) -> list[int]:
        engine: VectorEngine = self._first() if self._order.is_default else self._other()
        return engine.count(texts)

    def _passages(self, texts: Sequence[str], heavy: HeavyEngine | None) -> Vectors:
        light = self._first()
        if heavy is None:
            return light.embed(texts, query=False)
        try:
            return heavy.embed([light.cut(text, query=False) for text in texts], query=False)
        except (RuntimeError, MemoryError) as error:  # most likely it met the memory cap; the light one needs little
            tell("embedder.heavy_failed", error=type(error).__name__)
            steps = [texts[start : start + _STEP] for start in range(0, len(texts), _STEP)]
            return np.concatenate([light.embed(step, query=False) for step in steps])

    def _first(self) -> LightEngine:
        with self._lock:
            if self._light is None:
                self._light = LightEngine()
            return self._light

    def _other(self) -> HeavyEngine:
        with self._lock:
            if self._heavy is None:
                self._heavy = HeavyEngine(self._order.source, threads=self._order.used_threads)
            return self._heavy

    def _load_default(self) -> None:
        try:
            self._heavy = _default_heavy(self._order)
            tell("embedder.heavy_loaded")
        except Exception as error:  # the light engine goes on alone: no memory or no disk for the heavy one
            tell("embedder.heavy_not_loaded", error=type(error).__name__)


def _default_heavy(order: EmbedderOrder) -> HeavyEngine:
    folder = order.folder / f"{NAME}-{revision()}"
    if not folder.is_dir():
        # It ends with this process: whoever waits for this one waits for all that hold its standard error.
        parts = (weights_file(), folder, os.getpid())
        command = [sys.executable, "-m", "hearth_reflex.rag.convert", *map(str, parts)]
        subprocess.run(command, stdin=subprocess.DEVNULL, check=True)  # noqa: S603 - our own program
    return HeavyEngine(str(folder), threads=order.used_threads)
