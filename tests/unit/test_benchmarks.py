"""The benchmark of the fan-out: its counting, and one small run of the whole."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.report import Figures, Reception, percentile, receive_from_peer, receive_in_house
from benchmarks.sockets import EVENT, Heard
from benchmarks.timing import Answer, token_text
from hearth_reflex.domain.feed import RoomFold
from hearth_reflex.state.bus import CHANGES, CHANGES_FRAME, WORDS, WORDS_FRAME

ROOT = Path(__file__).resolve().parents[2]
KEYS = [
    "p50_ms",
    "p99_ms",
    "peer_p99_ms",
    "ratio_p99",
    "delivered",
    "lost",
    "bytes_per_token_empty",
    "bytes_per_token_10k",
    "server_cpu_s",
]
TEXT = "".join(token_text(index) for index in range(4))
ANSWER = Answer(made=[0, 10, 20, 30], told=[(1, 7, 5), (21, 7, 15), (31, 7, 20)], spoken=20)


def spoken(*indices: int) -> list[Heard]:
    """Frames of these tokens, each heard at its index in milliseconds."""
    frames: list[Heard] = []
    for index in indices:
        delta = {WORDS: {WORDS_FRAME: ["tag", 7, index * 5, token_text(index)]}}
        frames.append((index * 1_000_000, EVENT + json.dumps(["event", {"delta": delta}])))
    return frames


def streaming() -> RoomFold:
    fold = RoomFold()
    fold.load(1, [{"seq": 7, "rev": 1, "status": "streaming", "text": ""}])
    return fold


def in_house(*indices: int) -> Reception:
    return receive_in_house(streaming(), spoken(*indices), seq=7)


def figures_of(reception: Reception) -> Figures:
    figures = Figures()
    figures.add(ANSWER, reception, tokens=4, text=TEXT)
    return figures


def test_every_token_that_came_is_counted() -> None:
    figures = figures_of(in_house(0, 1, 2, 3))
    assert (figures.delivered, figures.lost) == (4, 0)


def test_a_token_that_never_came_is_lost_and_so_are_those_that_wait_for_it() -> None:
    assert figures_of(in_house(0, 1, 3)).lost == 2
    assert figures_of(receive_from_peer(spoken(0, 1, 3))).lost == 2


def test_a_token_that_only_the_finished_row_brought_is_lost() -> None:
    row = {"seq": 7, "rev": 2, "status": "complete", "text": TEXT}
    end = EVENT + json.dumps(["event", {"delta": {CHANGES: {CHANGES_FRAME: ["tag", 2, [row]]}}}])
    reception = receive_in_house(streaming(), [*spoken(0, 1, 3), (4_000_000, end)], seq=7)
    assert reception.text == TEXT
    assert figures_of(reception).lost == 1


def test_tokens_told_together_are_told_at_one_time() -> None:
    assert ANSWER.told_at() == [1, 21, 21, 31]


def test_the_size_of_a_token_is_that_of_its_frame() -> None:
    frames = spoken(0, 1, 2, 3)
    assert figures_of(in_house(0, 1, 2, 3)).bytes_per_token == len(frames[1][1]) + 0.5  # two offsets are longer by one


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(value) for value in range(1, 201)]
    assert (percentile(values, 50), percentile(values, 99), percentile(values[:1], 99)) == (100.0, 198.0, 1.0)


def test_a_small_run_ends_with_its_figures() -> None:
    arguments = ["--clients", "3", "--rate", "20", "--seconds", "1", "--rounds", "1", "--history", "50"]
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.fanout", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    line = json.loads(run.stdout.splitlines()[-1])
    assert list(line)[: len(KEYS)] == KEYS
    assert (line["delivered"], line["lost"], line["lost_10k"], line["peer_lost"]) == (60, 0, 0, 0)
    assert 0 < line["p50_ms"] <= line["p99_ms"] < 1000
    assert 80 < line["bytes_per_token_empty"] <= line["bytes_per_token_10k"] <= 120
