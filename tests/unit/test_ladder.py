"""The way down to settings that fit."""

from pathlib import Path
from typing import Any

import pytest

from hearth_reflex.llm.config import EngineConfig
from hearth_reflex.llm.ladder import Ladder


def rungs(**settings: Any) -> list[EngineConfig]:
    ladder = Ladder(EngineConfig(data_dir=Path("/house"), **settings))
    found = [ladder.config]
    while ladder.down():
        found.append(ladder.config)
    return found


def test_from_what_was_asked_for_to_the_least() -> None:
    assert [(rung.n_ctx, rung.n_seq, rung.n_batch, rung.reduced) for rung in rungs(n_ctx=8192)] == [
        (8192, 8, 512, False),
        (4096, 4, 256, True),
        (2048, 2, 128, True),
        (1024, 1, 128, True),
    ]


def test_the_accelerator_is_given_up_first() -> None:
    first, second, third, *_ = rungs(n_gpu_layers=-1)
    assert (first.n_gpu_layers, second.n_gpu_layers, third.n_gpu_layers) == (-1, 0, 0)
    assert (second.n_ctx, second.n_seq, second.reduced) == (first.n_ctx, first.n_seq, True)
    assert third.n_ctx < first.n_ctx


@pytest.mark.parametrize("n_ctx", [0, 1025, 4096, 5000, 131_072])
def test_every_way_ends_at_the_least_within_a_few_steps(n_ctx: int) -> None:
    found = rungs(n_ctx=n_ctx, n_gpu_layers=20)
    assert (found[-1].n_ctx, found[-1].n_seq) == (1024, 1)
    assert len(found) <= 5


def test_nothing_grows_and_nothing_is_tried_twice() -> None:
    found = rungs(n_ctx=512, n_batch=32, n_seq=2)
    assert {(rung.n_ctx, rung.n_batch) for rung in found} == {(512, 32)}
    assert [rung.n_seq for rung in found] == [2, 1]


def test_there_is_nothing_below_the_least_but_what_was_asked_for_can_be_had_again() -> None:
    ladder = Ladder(EngineConfig(data_dir=Path("/house")))
    while ladder.down():
        pass
    least = ladder.config
    assert not ladder.down()
    assert ladder.config == least
    ladder.up()
    assert not ladder.config.reduced
