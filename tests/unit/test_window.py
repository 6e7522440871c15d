"""Windows: never more than `burst` in any stretch of `burst / rate` seconds, for each key by itself."""

from hypothesis import given
from hypothesis import strategies as st

from hearth_reflex.domain.window import Windows

rates = st.floats(0.05, 100.0)
bursts = st.integers(1, 20)
SLACK = 1e-6  # of floating point


@given(rates, bursts, st.lists(st.floats(0.0, 5.0), max_size=80))
def test_never_more_than_the_window_holds(rate: float, burst: int, steps: list[float]) -> None:
    windows, at, let_through = Windows(rate=rate, burst=burst), 0.0, list[float]()
    for step in steps:
        at += step
        if windows.take("mina", at=at) == 0.0:
            let_through.append(at)
    for start in let_through:
        assert len([one for one in let_through if start <= one < start + burst / rate - SLACK]) <= burst


@given(rates, bursts, st.floats(0.1, 3.0))
def test_who_waits_as_long_as_told_is_let_through(rate: float, burst: int, cost: float) -> None:
    windows, at = Windows(rate=rate, burst=burst), 0.0
    cost = min(cost, float(burst))
    for _ in range(40):
        if wait := windows.take("mina", at=at, cost=cost):
            assert 0 < wait <= burst / rate + SLACK
            at += wait + SLACK
            assert windows.take("mina", at=at, cost=cost) == 0.0


def test_the_eleventh_in_ten_seconds_waits_for_the_first_to_be_ten_seconds_old() -> None:
    windows = Windows(rate=1.0, burst=10)
    assert [windows.take("mina", at=second * 0.5) for second in range(10)] == [0.0] * 10
    assert windows.take("mina", at=5.0) == 5.0
    assert windows.take("mina", at=9.9) > 0
    assert windows.take("mina", at=10.0) == 0.0
    assert windows.take("mina", at=10.0) > 0


def test_a_refusal_takes_nothing() -> None:
    windows = Windows(rate=1.0, burst=1)
    assert windows.take("mina", at=0.0) == 0.0
    assert [windows.take("mina", at=0.5) for _ in range(5)] == [0.5] * 5
    assert windows.take("mina", at=1.0) == 0.0


def test_one_key_does_not_slow_another() -> None:
    windows = Windows(rate=1.0, burst=1)
    windows.take("mina", at=0.0)
    assert windows.take("mina", at=0.0) > 0
    assert windows.take("jun", at=0.0) == 0.0


def test_a_clock_that_goes_back_gives_and_locks_nothing() -> None:
    windows = Windows(rate=1.0, burst=2)
    windows.take("mina", at=100.0, cost=2.0)
    assert windows.take("mina", at=40.0) == 2.0
    assert windows.take("mina", at=42.0) == 0.0


def test_the_one_not_seen_for_longest_is_forgotten() -> None:
    windows = Windows(rate=0.01, burst=1, keys=2)
    for key in ("a", "b", "a", "c"):  # b was seen longest ago
        windows.take(key, at=0.0)
    assert windows.take("a", at=0.0) > 0
    assert windows.take("b", at=0.0) == 0.0
