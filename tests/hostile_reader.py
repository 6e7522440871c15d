"""Reads many files, each in a fork of its own under the reading program's limits: `FOLDER MEMORY CPU`, names on stdin.

For each file a line of JSON: its exit code (the negative signal that ended it), megabytes at its highest, seconds.
"""

import io
import json
import os
import sys
from pathlib import Path

from hearth_reflex.rag.kinds import ending_of
from hearth_reflex.rag.limits import limit_itself
from hearth_reflex.rag.read import READ, Task, answer_to
from hearth_reflex.rag.readers import epub, hwp, hwpx, hypertext, markdown, pdf, picture, slides, tables, text, word

LOADED = (epub, hwp, hwpx, hypertext, markdown, pdf, picture, slides, tables, text, word)  # once, for all forks
AT_ONCE = 2
ANSWER_BYTES = 64 << 20


def read(folder: Path, number: int, name: str, *, memory_bytes: int, cpu_s: int) -> int:
    """A fork that reads a file; its process number."""
    child = os.fork()
    if child:
        return child
    try:
        limit_itself(memory_bytes=memory_bytes, cpu_s=cpu_s, answer_bytes=ANSWER_BYTES, niceness=0)
        sys.setrecursionlimit(4_000)
        with (folder / f"{number}.in").open("rb") as file, (folder / f"{number}.out").open("wb") as out:
            answer_to(Task(READ, ending_of(name), patience=20.0), file, out)
        os._exit(0)
    except BaseException:
        os._exit(1)


def main(folder: Path, memory_bytes: int, cpu_s: int) -> None:
    names: list[str] = json.loads(sys.stdin.read())
    running: dict[int, int] = {}
    told: dict[int, tuple[int, int, float]] = {}
    waiting = list(enumerate(names))
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            number, name = waiting.pop(0)
            running[read(folder, number, name, memory_bytes=memory_bytes, cpu_s=cpu_s)] = number
        child, status, used = os.wait4(-1, 0)
        seconds = used.ru_utime + used.ru_stime
        told[running.pop(child)] = (os.waitstatus_to_exitcode(status), used.ru_maxrss >> 10, round(seconds, 2))
    said = io.StringIO()
    for number in range(len(names)):
        said.write(json.dumps(told[number]) + "\n")
    sys.stdout.write(said.getvalue())


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
