"""What a program that opens strangers' pictures may take: set by itself, before it reads the first byte."""

import resource

MEMORY_BYTES = 512 << 20
CPU_SECONDS = 9
FILE_BYTES = 80 << 20


def limit_itself(*, memory_bytes: int = MEMORY_BYTES, cpu_seconds: int = CPU_SECONDS) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
