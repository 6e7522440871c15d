"""The embedder's own program: `python -m hearth_reflex.rag.worker --folder PATH …`.

Reads requests from its standard input and answers on what was its standard output (see frames.py). Six lanes, a
thread each, so that nobody waits for another's work: questions, passages, words with their counting, words that mean
the same, second looks, pictures with the questions to them. It ends when its parent does, when nobody has needed it for
long enough, and when the heavy engine has had nothing to do for a while: it comes up again in a moment, and a library
that was imported cannot be put away otherwise.
"""

import itertools
import os
import queue
import resource
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO

from hearth_reflex.rag.crossing import LateError
from hearth_reflex.rag.engines import Vectors
from hearth_reflex.rag.frames import packed, read_frame, tell
from hearth_reflex.rag.lexicon import Lexicon
from hearth_reflex.rag.models import Models
from hearth_reflex.rag.morphemes import Morphemes
from hearth_reflex.rag.order import EmbedderOrder, read_order
from hearth_reflex.rag.parent import die_with
from hearth_reflex.rag.seeing import PictureModel

NICE = 10
_HEAVY_IDLE_S = 120.0
_LOOK_S = 0.5


def main() -> None:
    order, parent = read_order(sys.argv[1:])
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not stand between frames
    _humble(order)
    die_with(parent)
    Worker(order, sys.stdin.buffer, out).run()
    os._exit(0)  # a thread that is loading a model cannot be stopped, and nothing is left to be saved


class Worker:
    def __init__(self, order: EmbedderOrder, source: BinaryIO, out: BinaryIO) -> None:
        self._order, self._source, self._out = order, source, out
        self._saying, self._counting = threading.Lock(), threading.Lock()
        self._models = Models(order)
        self._morphemes = Morphemes(threads=order.used_threads)
        self._lexicon: Lexicon | None = None  # half a second, for the first question
        self._open = 0
        self._last = self._last_bulk = time.monotonic()
        self._questions, self._passages, self._words = _Lane("questions"), _Lane("passages"), _Lane("words")
        self._looks, self._pictures = _Lane("second looks"), _Lane("pictures")
        self._kin = _Lane("kin")

    def run(self) -> None:
        """Until nothing more can come."""
        threading.Thread(target=self._rest, name="rest", daemon=True).start()
        while (frame := read_frame(self._source)) is not None:
            self._count(1)
            self._sort(*frame)

    def _sort(self, request: dict[str, Any], body: bytes) -> None:
        texts = [str(text) for text in request.get("texts", [])]
        query = bool(request.get("query"))
        embed = self._models.embed_alone if request.get("alone") else self._models.embed
        match request.get("do"):
            case "embed" if query:
                self._questions.put(lambda: self._answer(request, lambda: _told(embed(texts, query=True))))
            case "embed":
                self._last_bulk = time.monotonic()
                self._models.expect(len(texts))
                self._passages.put(lambda: self._answer(request, lambda: self._bulk(embed, texts)))
            case "words":
                words = self._morphemes.words
                self._words.put(
                    lambda: self._answer(request, lambda: ({"words": words(texts)}, b"")), first=len(texts) == 1
                )
            case "meanings":
                self._words.put(lambda: self._answer(request, lambda: self._meanings(texts)), first=True)
            case "count":
                count = self._models.count
                self._words.put(lambda: self._answer(request, lambda: ({"counts": count(texts)}, b"")))
            case "cross":
                until = time.monotonic() + float(request.get("seconds", 0.0))
                question = str(request.get("question"))
                self._looks.put(lambda: self._answer(request, lambda: self._scores(question, texts, until)))
            case "kin":
                until = time.monotonic() + float(request.get("seconds", 0.0))
                words = [str(word) for word in request.get("words", [])]
                self._kin.put(lambda: self._answer(request, lambda: self._alike(words, texts, until)), first=True)
                self._kin.put(self._catch_up)
            case "see":
                sizes = request.get("sizes", [])
                self._pictures.put(lambda: self._answer(request, lambda: _told(self._eyes().see(sizes, body))))
            case "imagine":
                self._pictures.put(
                    lambda: self._answer(request, lambda: _told(self._eyes().imagine(texts))), first=True
                )
            case _:
                self._questions.put(lambda: self._answer(request, _nothing))

    def _answer(self, request: dict[str, Any], work: Callable[[], tuple[dict[str, Any], bytes]]) -> None:
        try:
            head, body = work()
        except LateError as late:
            head, body = {"error": type(late).__name__}, b""
        except Exception as error:  # told to who asked: the others are not to fall with it
            head, body = {"error": type(error).__name__}, b""
            tell("embedder.request_failed", error=type(error).__name__, do=str(request.get("do")))
        with self._saying:
            self._out.write(packed({"id": request.get("id"), "engine": self._models.engine} | head, body))
            self._out.flush()
        self._count(-1)

    def _count(self, change: int) -> None:
        with self._counting:
            self._open += change
            self._last = time.monotonic()

    def _bulk(self, embed: Callable[..., Vectors], texts: list[str]) -> tuple[dict[str, Any], bytes]:
        vectors = embed(texts, query=False)
        self._last_bulk = time.monotonic()
        return _told(vectors)

    def _eyes(self) -> PictureModel:
        if self._models.eyes is None:
            raise LookupError
        return self._models.eyes

    def _meanings(self, words: list[str]) -> tuple[dict[str, Any], bytes]:
        if self._lexicon is None:
            self._lexicon = Lexicon()
        found = self._lexicon.meanings(words, self._morphemes)
        return {"words": [found.words], "each": found.each}, b""

    def _alike(self, words: list[str], texts: list[str], until: float) -> tuple[dict[str, Any], bytes]:
        if self._models.kin is None:
            raise LookupError
        return _told(self._models.kin.alike(words, texts, until=until))

    def _catch_up(self) -> None:
        """A little at a time: whoever asks meanwhile comes first."""
        with suppress(LookupError, MemoryError):
            if self._models.kin is not None and self._models.kin.catch_up():
                self._kin.put(self._catch_up)

    def _scores(self, question: str, passages: list[str], until: float) -> tuple[dict[str, Any], bytes]:
        if self._models.crossing is None:
            raise LookupError
        found = self._models.crossing.scores(question, passages, until=until)
        return {"scores": found, "count": len(found)}, b""

    def _rest(self) -> None:
        """Leaves when there was nothing to do for long enough."""
        while True:
            time.sleep(_LOOK_S)
            idle_s, now = self._order.idle_s, time.monotonic()
            heavy = self._models.is_only_heavy and now - self._last_bulk > _HEAVY_IDLE_S
            if idle_s and not self._open and (heavy or now - self._last > idle_s):
                tell("embedder.idle")
                os._exit(0)


class _Lane:
    """Work in a line, done by one thread."""

    def __init__(self, name: str) -> None:
        self._line: queue.PriorityQueue[tuple[int, int, Callable[[], None]]] = queue.PriorityQueue()
        self._number = itertools.count()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    def put(self, work: Callable[[], None], *, first: bool = False) -> None:
        self._line.put((0 if first else 1, next(self._number), work))

    def _work(self) -> None:
        while True:
            self._line.get()[2]()


def _told(vectors: Vectors) -> tuple[dict[str, Any], bytes]:
    return {"rows": int(vectors.shape[0]), "dimension": int(vectors.shape[1])}, vectors.astype("<f4").tobytes()


def _nothing() -> tuple[dict[str, Any], bytes]:
    return {}, b""


def _humble(order: EmbedderOrder) -> None:
    """Give way to the web server and to the model that speaks, and keep to the memory cap."""
    os.nice(NICE)
    if order.memory_mb:
        limit = order.memory_mb * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


if __name__ == "__main__":
    main()
