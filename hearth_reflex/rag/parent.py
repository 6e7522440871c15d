"""What a program of the house does about who started it: it goes when they go. Knows no model and no file."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """Ask the kernel for a SIGKILL when the parent goes, and go at once if it has gone already; elsewhere than on Linux
    nothing is asked.

    Args:
        parent: its process id; 0 asks nothing.
    """
    if not parent or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(0)
