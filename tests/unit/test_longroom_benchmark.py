"""The benchmark of the long room: what its last line says of two visits."""

import math

from benchmarks.longroom import SAID, Visit, summary


def test_the_last_line_compares_the_long_room_with_the_short_one() -> None:
    short = Visit(opened_ms=[200, 900, 210], delays_ms=[5.0] * 100, most_rows=60)
    delays = [float(delay) for delay in range(1, 101)]
    long = Visit(opened_ms=[220, 100, 230], delays_ms=delays, most_rows=90, first_row=1, scrolled_s=12.34, redrawn=[7])
    line = summary(short, long)
    assert list(line)[:3] == ["open_ratio", "dom_rows", "interaction_p95_ms"]
    assert (line["open_ratio"], line["dom_rows"], line["interaction_p95_ms"]) == (1.05, 90, 95.0)
    assert (line["first_row"], line["rows_redrawn"], line["scrolled_s"]) == (1, 1, 12.3)


def test_a_hand_that_did_nothing_has_no_delay() -> None:
    visit = Visit(opened_ms=[1.0])
    assert math.isnan(summary(visit, visit)["interaction_p95_ms"])


def test_rows_are_of_many_heights() -> None:
    assert len({text.count("\n") for text in SAID}) >= 3
