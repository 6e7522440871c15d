"""Puts everything that was measured into the figures of the last line. Pure: numbers in, numbers out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks.engine_house import Shown
from benchmarks.engine_turns import Waits
from benchmarks.engine_voices import Voice, decode_rate, paired_ratio, prefill_rate, throughput, worst_first_ms
from benchmarks.report import percentile


@dataclass(slots=True)
class Rates:
    """One engine at one width, a value a round. Rates are tokens a second of all replies together."""

    throughput: list[float] = field(default_factory=list[float])
    decode: list[float] = field(default_factory=list[float])
    prefill: list[float] = field(default_factory=list[float])
    worst_first_ms: list[float] = field(default_factory=list[float])

    def add_talk(self, voices: Sequence[Voice]) -> None:
        """A round in which much was said."""
        self.throughput.append(throughput(voices))
        self.decode.append(decode_rate(voices))
        self.worst_first_ms.append(worst_first_ms(voices))

    def add_reading(self, voices: Sequence[Voice]) -> None:
        """A round in which long prompts were read and one token said."""
        self.prefill.append(prefill_rate(voices))


Board = dict[tuple[str, int], Rates]  # by engine (`ours`, `native`, `serial`) and width


@dataclass(frozen=True, slots=True)
class Roofline:
    """What one thread's worth of memory allows: bytes a second, and bytes that a token needs."""

    bandwidth: float
    bytes_per_token: float

    @property
    def tokens_per_second(self) -> float:
        return self.bandwidth / self.bytes_per_token


@dataclass(frozen=True, slots=True)
class Measured:
    """All of one run. `big` is the board of the model of a 7B's shape, empty where it was left out."""

    board: Board
    waits: Waits
    naps_ms: list[float]
    idle_naps_ms: list[float]
    shown: Shown
    roofline: Roofline
    big: Board
    resting_share: float


def summary(measured: Measured) -> dict[str, float]:
    """The figures of the last line: those with a goal first, what lies behind them after."""
    board, waits = measured.board, measured.waits
    big = {"serial_ratio_8_7b": _ratio(measured.big, "throughput", "serial", 8)} if measured.big else {}
    return {
        "native_ratio_1": _ratio(board, "throughput", "native", 1),
        "native_ratio_4": _ratio(board, "throughput", "native", 4),
        "native_ratio_8": _ratio(board, "throughput", "native", 8),
        "serial_ratio_8": _ratio(board, "throughput", "serial", 8),
        "worst_first_token_ratio_8": _ratio(board, "worst_first_ms", "serial", 8),
        "kept_over_cold": round(median(waits.kept) / median(waits.cold), 3),
        "shared_prefix_over_cold": round(median(waits.shared) / median(waits.shared_cold), 3),
        "stop_decode_ms": round(max(waits.stop_decode), 1),
        "stop_prefill_ms": round(max(waits.stop_prefill), 1),
        "loop_lag_p99_ms": round(percentile(measured.naps_ms, 99), 2),
        "viewers20_ratio": round(paired_ratio(measured.shown.house, measured.shown.alone), 3),
        "roofline_ratio": round(median(board["ours", 1].decode) / measured.roofline.tokens_per_second, 3),
        **big,
        **_further(measured),
    }


def _further(measured: Measured) -> dict[str, float]:
    board, waits, big = measured.board, measured.waits, measured.big
    native_big = {"native_ratio_8_7b": _ratio(big, "throughput", "native", 8)} if big else {}
    return {
        **native_big,
        "decode_ratio_8": _ratio(board, "decode", "native", 8),
        "prefill_ratio_8": _ratio(board, "prefill", "native", 8),
        "kept_ms": round(median(waits.kept), 1),
        "cold_ms": round(median(waits.cold), 1),
        "shared_ms": round(median(waits.shared), 1),
        "shared_cold_ms": round(median(waits.shared_cold), 1),
        "talk_tokens": waits.talk_tokens,
        "kept_tokens": waits.kept_tokens,
        "shared_tokens": waits.shared_tokens,
        "stop_decode_median_ms": round(median(waits.stop_decode), 1),
        "stop_prefill_median_ms": round(median(waits.stop_prefill), 1),
        "loop_lag_idle_p99_ms": round(percentile(measured.idle_naps_ms, 99), 2),
        "viewers20_tokens_per_second": round(median(measured.shown.house), 1),
        "alone_tokens_per_second": round(median(measured.shown.alone), 1),
        "bandwidth_gb_s": round(measured.roofline.bandwidth / 1e9, 2),
        "megabytes_per_token": round(measured.roofline.bytes_per_token / 1e6, 1),
        "resting_core_share": round(measured.resting_share, 3),
    }


def table(board: Board) -> list[str]:
    """A line for each engine and width: medians of the rounds."""
    lines = [f"{'engine':>10} {'streams':>7} {'tokens/s':>9} {'decode':>9} {'prefill':>9} {'worst first ms':>15}"]
    for (engine, width), rates in board.items():
        figures = (rates.throughput, rates.decode, rates.prefill)
        middle = " ".join(f"{median(values):9.1f}" if values else f"{'':9}" for values in figures)
        lines.append(f"{engine:>10} {width:>7} {middle} {median(rates.worst_first_ms):15.0f}")
    return lines


def _ratio(board: Board, figure: str, other: str, width: int) -> float:
    ours, theirs = (getattr(board[engine, width], figure) for engine in ("ours", other))
    return round(paired_ratio(ours, theirs), 3)
