"""The lanes of the embedder's program: whose work waits for whose. Models are doubles, in this process."""

import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hearth_reflex.rag.engines import Vectors
from hearth_reflex.rag.frames import packed, read_frame
from hearth_reflex.rag.order import LIGHT, EmbedderOrder
from hearth_reflex.rag.worker import Worker

pytestmark = pytest.mark.timeout(20)


class Eyes:
    """Sees when it is told to; a caption has its vector at once."""

    def __init__(self) -> None:
        self.may_see, self.sees = threading.Event(), threading.Event()

    def see(self, sizes: Sequence[Sequence[int]], points: bytes) -> Vectors:
        self.sees.set()
        self.may_see.wait()
        return np.zeros((len(sizes), 2), dtype=np.float32)

    def imagine(self, texts: Sequence[str]) -> Vectors:
        return np.zeros((len(texts), 2), dtype=np.float32)


class Crossing:
    def scores(self, question: str, passages: Sequence[str], *, until: float) -> list[float]:
        return [0.5 for _ in passages]


class Doubles:
    engine, is_only_heavy = "light", False

    def __init__(self) -> None:
        self.eyes, self.crossing = Eyes(), Crossing()

    def expect(self, passages: int) -> None:
        """Nothing has to be loaded."""

    def embed(self, texts: Sequence[str], *, query: bool) -> Vectors:
        return np.zeros((len(texts), 2), dtype=np.float32)


class Talk:
    """A worker whose two ends a test holds."""

    def __init__(self, folder: Path) -> None:
        there, source = os.pipe()
        here, out = os.pipe()
        self._to, self._from = os.fdopen(source, "wb"), os.fdopen(here, "rb")
        self.models = Doubles()
        order = EmbedderOrder(folder=folder, source=LIGHT, idle_s=0.0)  # one that leaves takes its process with it
        self._worker = Worker(order, os.fdopen(there, "rb"), os.fdopen(out, "wb"))
        self._worker._models = self.models  # pyright: ignore[reportAttributeAccessIssue, reportPrivateUsage]
        self._living = threading.Thread(target=self._worker.run, daemon=True)
        self._living.start()

    def ask(self, number: int, **request: Any) -> None:
        self._to.write(packed({"id": number} | request))
        self._to.flush()

    def answered(self) -> int:
        """Whose answer comes next."""
        frame = read_frame(self._from)
        assert frame is not None
        assert "error" not in frame[0]
        return int(frame[0]["id"])

    def close(self) -> None:
        self.models.eyes.may_see.set()
        self._to.close()
        self._living.join()


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    talk = Talk(tmp_path)
    yield talk
    talk.close()


def test_nobody_waits_for_a_picture_that_is_seen(talk: Talk) -> None:
    talk.ask(1, do="see", sizes=[[1, 1]])
    talk.models.eyes.sees.wait()
    for number, request in enumerate(
        (
            {"do": "embed", "texts": ["글"]},
            {"do": "embed", "texts": ["글?"], "query": True},
            {"do": "cross", "question": "글?", "texts": ["글"], "seconds": 9.0},
        ),
        start=2,
    ):
        talk.ask(number, **request)
        assert talk.answered() == number


def test_who_asks_for_pictures_comes_before_those_that_are_to_be_seen(talk: Talk) -> None:
    talk.ask(1, do="see", sizes=[[1, 1]])
    talk.models.eyes.sees.wait()
    talk.ask(2, do="see", sizes=[[1, 1]])
    talk.ask(3, do="imagine", texts=["빨간 지붕"])
    talk.ask(4, do="cross", question="글?", texts=["글"], seconds=9.0)
    assert talk.answered() == 4  # by then the worker has sorted all before it
    talk.models.eyes.may_see.set()
    assert [talk.answered() for _ in range(3)] == [1, 3, 2]
