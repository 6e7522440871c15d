"""A list that changes at both ends is drawn in two steps, each of which changes one; the page's own code, in Node."""

import json
import subprocess
import sys
from itertools import product
from pathlib import Path

RUNNER = Path(__file__).with_name("one_end_runner.mjs")
Keys = list[int]
STRETCHES: list[Keys] = [list(range(first, end)) for first, end in product(range(7), repeat=2) if first <= end]


def on_the_way(asked: list[tuple[Keys, Keys]]) -> list[Keys]:
    node = Path(sys.executable).parent / "node"
    done = subprocess.run(
        [str(node), str(RUNNER)], input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def ends(keys: Keys) -> tuple[int | None, int | None]:
    return (keys[0], keys[-1]) if keys else (None, None)


def test_each_step_changes_one_end_and_two_are_enough() -> None:
    asked = list(product(STRETCHES, STRETCHES))
    first = on_the_way(asked)
    second = on_the_way([(shown, now) for shown, (_, now) in zip(first, asked, strict=True)])
    for (before, now), shown, then in zip(asked, first, second, strict=True):
        assert then == now
        assert shown == sorted(set(shown))
        if set(before) & set(now):
            for was, becomes in ((before, shown), (shown, then)):
                assert sum(one != other for one, other in zip(ends(was), ends(becomes), strict=True)) <= 1
