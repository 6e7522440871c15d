"""The browser's own clock of answers that wait: when each one's turn is expected, and what is worth drawing anew."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

WAITS = (Path(__file__).parents[2] / "assets/hearth/waits.js").as_uri()
PROGRAM = """
const {{ Waits }} = await import({module});
const waits = new Waits();
let now = 0;
Date.now = () => now;
const told = [];
for (const [at, ...frame] of {frames}) {{
  now = at;
  const before = waits.get(3);
  const isNew = waits.stand(3, frame);
  told.push({{ isNew, same: waits.get(3) === before, ...waits.get(3) }});
}}
waits.keepOnly(new Map());
console.log(JSON.stringify([...told, waits.get(3) ?? null]));
"""


def told(*frames: tuple[int, int, int | None]) -> list[dict[str, Any] | None]:
    """What stands after each frame (milliseconds, place, seconds), and after the answer has left the line."""
    node = Path(sys.executable).parent / "node"
    program = PROGRAM.format(module=json.dumps(WAITS), frames=json.dumps(frames))
    command = [str(node), "--input-type=module", "-e", program]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_a_refresh_that_says_the_same_draws_nothing() -> None:
    first, refreshed, moved, gone = told((1000, 3, 12), (3100, 3, 10), (4000, 2, 9))
    assert first == {"isNew": True, "same": False, "place": 3, "until": 13_000}
    assert refreshed == {"isNew": False, "same": True, "place": 3, "until": 13_000}
    assert moved == {"isNew": False, "same": False, "place": 2, "until": 13_000}
    assert gone is None


def test_another_estimate_is_taken() -> None:
    first, slower, unknown, _ = told((0, 1, 5), (1000, 1, 20), (2000, 1, None))
    assert first
    assert slower
    assert unknown
    assert [wait["until"] for wait in (first, slower, unknown)] == [5000, 21_000, 0]
    assert not slower["same"]
