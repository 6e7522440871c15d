"""Token buckets: never more than burst + rate x time, for each key by itself."""

from hypothesis import given
from hypothesis import strategies as st

from hearth_reflex.domain.bucket import Buckets

rates = st.floats(0.05, 100.0)
bursts = st.integers(1, 20)
SLACK = 1e-6  # of floating point


@given(rates, bursts, st.lists(st.floats(0.0, 5.0), max_size=80))
def test_never_more_than_burst_and_rate_allow(rate: float, burst: int, steps: list[float]) -> None:
    buckets, at, let_through = Buckets(rate=rate, burst=burst), 0.0, list[float]()
    for step in steps:
        at += step
        if buckets.take("mina", at=at) == 0.0:
            let_through.append(at)
    for index, start in enumerate(let_through):
        for count, end in enumerate(let_through[index:], start=1):
            assert count <= burst + rate * (end - start) + SLACK


@given(rates, bursts, st.floats(0.1, 3.0))
def test_who_waits_as_long_as_told_is_let_through(rate: float, burst: int, cost: float) -> None:
    buckets, at = Buckets(rate=rate, burst=burst), 0.0
    cost = min(cost, float(burst))
    for _ in range(40):
        wait = buckets.take("mina", at=at, cost=cost)
        if wait:
            at += wait + SLACK
            assert buckets.take("mina", at=at, cost=cost) == 0.0


def test_a_refusal_takes_nothing() -> None:
    buckets = Buckets(rate=1.0, burst=1)
    assert buckets.take("mina", at=0.0) == 0.0
    assert [buckets.take("mina", at=0.5) for _ in range(5)] == [0.5] * 5
    assert buckets.take("mina", at=1.0) == 0.0


def test_one_key_does_not_slow_another() -> None:
    buckets = Buckets(rate=1.0, burst=1)
    buckets.take("mina", at=0.0)
    assert buckets.take("mina", at=0.0) > 0
    assert buckets.take("jun", at=0.0) == 0.0


def test_a_clock_that_goes_back_gives_and_locks_nothing() -> None:
    buckets = Buckets(rate=1.0, burst=2)
    buckets.take("mina", at=100.0, cost=2.0)
    assert buckets.take("mina", at=40.0) == 1.0
    assert buckets.take("mina", at=41.0) == 0.0


def test_the_one_not_seen_for_longest_is_forgotten() -> None:
    buckets = Buckets(rate=0.01, burst=1, keys=2)
    for key in ("a", "b", "a", "c"):  # b was seen longest ago
        buckets.take(key, at=0.0)
    assert buckets.take("a", at=0.0) > 0
    assert buckets.take("b", at=0.0) == 0.0
