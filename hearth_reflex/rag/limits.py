"""What the program that reads strangers' files may take. Set by itself, before it reads the first byte."""

import os
import resource
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Args:
    memory_bytes: of addresses, of the program and of each program that it starts.
    cpu_s: of one processor.
    wall_s: after this whoever started it ends it.
    answer_bytes: the largest file that it may write.
    """

    memory_bytes: int = 1 << 30
    cpu_s: int = 240
    wall_s: float = 420.0
    answer_bytes: int = 96 << 20


NO_SPACE = 28  # how the program ends when there is no room for its answer: it cannot say so
NICENESS = 10  # a talk goes on beside a book that is being read


def limit_itself(*, memory_bytes: int, cpu_s: int, answer_bytes: int, niceness: int = NICENESS) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_FSIZE, (answer_bytes, answer_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(niceness)
