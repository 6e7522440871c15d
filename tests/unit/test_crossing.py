"""A second look as far as time goes: as many as there is time for, from the best on, and none for who has gone."""

import numpy as np
import pytest
from numpy.typing import NDArray

from hearth_reflex.rag.crossing import CrossReader, LateError

PASSAGES = ["a", "bb", "ccc", "dddd", "eeeee"]


class Slow:
    """A model that takes a second a pair, and likes long passages."""

    now = 0.0

    def predict(self, pairs: list[tuple[str, str]], *, batch_size: int, show_progress_bar: bool) -> NDArray[np.float32]:
        self.now += len(pairs)
        return np.array([len(passage) for _, passage in pairs], np.float32)

    def clock(self) -> float:
        return self.now


def looked(until: float, *, loading: float = 0.0) -> list[float]:
    slow = Slow()

    def load(source: str, threads: int) -> Slow:
        slow.now += loading
        return slow

    return CrossReader("x", threads=1, load=load, clock=slow.clock).scores("?", PASSAGES, until=until)


def test_with_time_enough_all_are_read() -> None:
    assert looked(100.0) == [1, 2, 3, 4, 5]


def test_else_as_many_as_will_be_done() -> None:
    assert looked(4.5) == [1, 2, 3, 4]
    assert looked(3.5) == [1, 2]


def test_a_model_that_takes_all_the_time_to_load_reads_nothing() -> None:
    with pytest.raises(LateError):
        looked(3.0, loading=5.0)


def test_nothing_to_read_is_not_late() -> None:
    slow = Slow()
    assert CrossReader("x", threads=1, load=lambda *_: slow, clock=slow.clock).scores("?", [], until=0.0) == []
