"""What the peers of the engine's benchmark have in common, as programs.

They are as nice as the product's worker, answer in lines of JSON that no library's print comes between, and end with
who started them, even while they are stopped.
"""

import ctypes
import json
import os
import signal
import sys
from typing import TextIO

_NICE = 5
_PR_SET_PDEATHSIG = 1


def settle() -> TextIO:
    """Call it first. Returns where answers go; whatever else is printed goes to standard error."""
    os.nice(_NICE)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return out


def answer(out: TextIO, data: object) -> None:
    out.write(json.dumps(data) + "\n")
    out.flush()
