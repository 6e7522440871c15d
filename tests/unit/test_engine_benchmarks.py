"""The engine's benchmark and the long run: their reckoning, on made-up figures."""

import asyncio
from collections.abc import AsyncGenerator

import numpy as np
import pytest
from gguf.quants import dequantize

from benchmarks.engine_house import Shown, rate_of_growth
from benchmarks.engine_prompts import fresh_prompts, greedy, persona, talk
from benchmarks.engine_report import Board, Measured, Rates, Roofline, summary, table
from benchmarks.engine_turns import Waits
from benchmarks.engine_voices import Voice, decode_rate, paired_ratio, prefill_rate, throughput, worst_first_ms
from benchmarks.random_model import WEIGHTS
from benchmarks.soak import growth, verdict
from benchmarks.soak_guests import Guests
from hearth_reflex.domain.generation import ChatRequest, EngineEvent, Finished, FinishReason, Piece, Usage
from hearth_reflex.errors import EngineCrashedError

SEED = 2  # of two guests who both ask to go on, and stay to the end
KEYS = [
    "native_ratio_1",
    "native_ratio_4",
    "native_ratio_8",
    "serial_ratio_8",
    "worst_first_token_ratio_8",
    "kept_over_cold",
    "shared_prefix_over_cold",
    "stop_decode_ms",
    "stop_prefill_ms",
    "loop_lag_p99_ms",
    "viewers20_ratio",
    "roofline_ratio",
]


def voice(*arrivals: float, asked: float = 0.0, prompt: int = 10, kept: int = 0) -> Voice:
    return Voice(
        asked=asked,
        arrivals=[(at, 1) for at in arrivals],
        ended=arrivals[-1],
        prompt_tokens=prompt,
        kept_tokens=kept,
        output_tokens=len(arrivals),
    )


SIDE_BY_SIDE = [voice(1, 2, 3, 4, 5), voice(2, 3, 4, 5, 6)]
ONE_AFTER_THE_OTHER = [voice(1, 2, 3), voice(5, 6, 7)]


def test_throughput_counts_from_the_first_request_to_the_last_end() -> None:
    assert throughput(SIDE_BY_SIDE) == pytest.approx(10 / 6)
    assert throughput(ONE_AFTER_THE_OTHER) == pytest.approx(6 / 7)


def test_decoding_is_measured_while_all_speak() -> None:
    assert decode_rate(SIDE_BY_SIDE) == pytest.approx(2)  # from 2 to 5: three tokens each


def test_replies_in_turn_are_measured_while_one_speaks() -> None:
    assert decode_rate(ONE_AFTER_THE_OTHER) == pytest.approx(1)


def test_replies_that_never_all_speak_are_measured_while_anybody_does() -> None:
    staggered = [voice(1, 2, 3), voice(2, 3, 4), voice(3.5, 4.5, 5.5)]
    assert decode_rate(staggered) == pytest.approx(6 / 4.5)


def test_what_was_kept_was_not_read() -> None:
    assert prefill_rate([voice(2, prompt=100), voice(4, prompt=100, kept=40)]) == pytest.approx(160 / 4)


def test_the_worst_first_token_is_that_of_the_last_in_line() -> None:
    assert worst_first_ms(ONE_AFTER_THE_OTHER) == 5000


def test_ratios_are_taken_within_a_round() -> None:
    # The machine was twice as slow in the second round, for both.
    assert paired_ratio([100, 50, 90], [80, 40, 100]) == pytest.approx(1.25)


def test_growth_leaves_out_what_the_first_words_brought() -> None:
    arrivals = [0, 0, 1_000_000_000, 2_000_000_000]  # two of four parts came at once
    assert rate_of_growth(arrivals, tokens=8) == pytest.approx(2)


def board(*widths: int) -> Board:
    return {
        (engine, width): Rates(
            throughput=[speed * width], decode=[speed * width], prefill=[speed], worst_first_ms=[1000 / speed]
        )
        for engine, speed in (("ours", 12.0), ("native", 10.0), ("serial", 6.0))
        for width in widths
    }


def measured(*, big: Board) -> Measured:
    waits = Waits(kept=[100], cold=[1000], shared=[50], shared_cold=[500])
    waits.stop_decode, waits.stop_prefill = [10, 30, 20], [40, 80, 60]
    return Measured(
        board=board(1, 4, 8),
        waits=waits,
        naps_ms=[1.0, 2.0],
        idle_naps_ms=[1.0],
        shown=Shown(house=[95.0], alone=[100.0], tokens=[80]),
        roofline=Roofline(bandwidth=20e9, bytes_per_token=1e9),
        big=big,
        resting_share=0.01,
    )


def test_the_last_line_has_its_keys_first_and_its_ratios_right() -> None:
    line = summary(measured(big={}))
    assert list(line)[: len(KEYS)] == KEYS
    assert (line["native_ratio_8"], line["serial_ratio_8"], line["worst_first_token_ratio_8"]) == (1.2, 2.0, 0.5)
    assert (line["kept_over_cold"], line["shared_prefix_over_cold"]) == (0.1, 0.1)
    assert (line["viewers20_ratio"], line["roofline_ratio"]) == (0.95, 0.6)


def test_a_stop_is_as_slow_as_the_slowest() -> None:
    line = summary(measured(big={}))
    assert (line["stop_decode_ms"], line["stop_prefill_ms"]) == (30, 80)


def test_the_large_shape_has_ratios_of_its_own_where_it_was_run() -> None:
    assert "serial_ratio_8_7b" not in summary(measured(big={}))
    assert summary(measured(big=board(8)))["serial_ratio_8_7b"] == 2.0


def test_the_table_has_a_line_for_each_engine_and_width() -> None:
    assert len(table(board(1, 8))) == 1 + 6


def test_no_two_prompts_begin_alike_and_a_persona_always_does() -> None:
    prompts = fresh_prompts(3, words=20, tokens=4, bias=())
    assert len({prompt.turns[0].content[:8] for prompt in prompts}) == 3
    assert persona("Rowan", words=30) == persona("Rowan", words=30) != persona("Hazel", words=30)
    assert [turn.role for turn in talk("Rowan", turns=2, words=5)] == ["user", "assistant"] * 2
    assert (greedy(4).temperature, greedy(4).max_tokens) == (0, 4)


@pytest.mark.parametrize("kind", WEIGHTS)
def test_random_weights_are_as_small_as_a_models_and_lie_around_zero(kind: str) -> None:
    weights = dequantize(WEIGHTS[kind].matrix(np.random.default_rng(1), 64, 512), WEIGHTS[kind].type)
    assert weights.shape == (64, 512)
    assert abs(weights.mean()) < weights.std() / 10
    assert 0.005 < weights.std() < 0.05


def samples(first: int, last: int) -> list[tuple[float, int]]:
    return [(part / 100, first if part < 60 else last) for part in range(100)]


def test_growth_is_counted_after_the_warm_up() -> None:
    early = [(0.0, 1), (0.1, 50)]
    assert growth([*early, *samples(100, 104)[30:]]) == pytest.approx(4)


@pytest.mark.parametrize("fault", ["hung", "mixed", "failed", "left_running", "worker_growth_percent"])
def test_a_long_run_fails_for_each_fault(fault: str) -> None:
    clean: dict[str, float] = {"hung": 0, "mixed": 0, "failed": 0, "left_running": 0}
    clean |= {"worker_growth_percent": 0.0, "own_growth_percent": 0.0}
    assert verdict(clean) == []
    assert verdict(clean | {fault: 5.1}) == [f"{fault}: 5.1"]


async def gossip(
    request: ChatRequest, *, table: asyncio.Barrier, heard: list[str]
) -> AsyncGenerator[EngineEvent, None]:
    """Tells everybody the word of whoever asks to go on."""
    heard.append(request.turns[-1].content.split()[-1])
    await table.wait()
    yield Piece(" ".join(heard) + " ")
    yield Finished(FinishReason.STOP, Usage())


async def discreet(request: ChatRequest) -> AsyncGenerator[EngineEvent, None]:
    yield Piece("hm ")
    yield Finished(FinishReason.STOP, Usage())


async def broken(request: ChatRequest) -> AsyncGenerator[EngineEvent, None]:
    raise EngineCrashedError
    yield


async def test_a_guest_who_hears_anothers_word_tells() -> None:
    table, heard = asyncio.Barrier(2), list[str]()
    guests = Guests(lambda request: gossip(request, table=table, heard=heard), seed=SEED)
    await asyncio.gather(guests.visit(), guests.visit())
    assert guests.counts["mixed"] == 2
    assert guests.here == 0


async def test_quiet_words_are_nobodys() -> None:
    guests = Guests(discreet, seed=SEED)
    for _ in range(4):
        await guests.visit()
    assert (guests.counts["finished"], guests.counts["failed"]) == (4, 0)


async def test_a_reply_that_breaks_off_is_excused_only_while_the_model_loads() -> None:
    guests = Guests(broken, seed=SEED)
    await guests.visit()
    guests.interruptible = True
    await guests.visit()
    assert (guests.counts["failed"], guests.counts["interrupted"]) == (1, 1)
