"""The command line between the supervisor and its worker: written by one, read by the other.

Knows no model and no socket; both ends import it, and the web process must not import the worker itself.
"""

import argparse
import os
from dataclasses import dataclass, fields
from pathlib import Path

from hearth_reflex.llm.config import EngineConfig

WORKER_MODULE = "hearth_reflex.llm.worker"
RELOAD_EXIT = 75  # the worker was asked to be started afresh: no crash
IDLE_EXIT = 76  # nobody needed it: its model leaves the memory until it is asked for again

_NUMBERS = (
    "n_ctx",
    "n_seq",
    "kv_disk_mb",
    "n_batch",
    "n_threads",
    "n_gpu_layers",
    "use_mmap",
    "use_mlock",
    "reduced",
    "memory_limit_mb",
    "nice",
    "max_queue",
)


@dataclass(frozen=True, slots=True)
class WorkerOrder:
    """What a worker is told at its start.

    Args:
        parent: process that it must not outlive; 0 is none.
    """

    config: EngineConfig
    socket: Path
    parent: int


def worker_arguments(config: EngineConfig, socket: Path) -> list[str]:
    """The arguments of the interpreter that make it this process's worker."""
    options = [f"--socket={socket}", f"--data_dir={config.data_dir}", f"--parent={os.getpid()}"]
    if config.model_path is not None:
        options.append(f"--model={config.model_path}")
    if config.mmproj_path is not None:
        options.append(f"--mmproj={config.mmproj_path}")
    options.append(f"--idle_s={config.idle_s}")
    options += [f"--{name}={int(getattr(config, name))}" for name in _NUMBERS]
    return ["-m", WORKER_MODULE, *options]


def parse_arguments(arguments: list[str]) -> WorkerOrder:
    parser = argparse.ArgumentParser(prog=WORKER_MODULE, description="Hearth's local model worker.")
    parser.add_argument("--socket", type=Path, required=True, help="Unix socket to serve on")
    parser.add_argument("--data_dir", type=Path, required=True, help="the house's folder")
    parser.add_argument("--model", type=Path, help="GGUF file; the embedded demo model when left out")
    parser.add_argument("--mmproj", type=Path, help="GGUF file of the projector, for models that see")
    parser.add_argument("--idle_s", type=float, default=0.0, help="seconds without a reply after which it ends")
    parser.add_argument("--parent", type=int, default=0, help="process that this worker must not outlive")
    defaults = {field.name: field.default for field in fields(EngineConfig)}
    for name in _NUMBERS:
        parser.add_argument(f"--{name}", type=int, default=defaults[name])
    options = parser.parse_args(arguments)
    numbers = {name: getattr(options, name) for name in _NUMBERS}
    numbers |= {name: bool(numbers[name]) for name in ("use_mmap", "use_mlock", "reduced")}
    config = EngineConfig(
        data_dir=options.data_dir,
        model_path=options.model,
        mmproj_path=options.mmproj,
        idle_s=options.idle_s,
        **numbers,
    )
    return WorkerOrder(config, options.socket, options.parent)
