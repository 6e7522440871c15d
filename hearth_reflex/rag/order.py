"""What the embedder's process is told at its start: written by the house, read by the process. Knows no model."""

import argparse
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from hearth_reflex.rag.weights import (
    COMPANION_DIMENSION,
    COMPANION_NAME,
    DIMENSION,
    NAME,
    companion_revision,
    has_companion,
    revision,
)

WORKER_MODULE = "hearth_reflex.rag.worker"
LIGHT = "light"
# What of this process's environment its own may see: nothing that a key could stand in.
_PASSED = {"PATH", "HOME", "USER", "LANG", "LANGUAGE", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"} | {
    "HF_HUB_OFFLINE",
    "TRANSFORMERS_OFFLINE",
}
_PASSED_LIKE = ("LC_", "OMP_", "KMP_", "PYTHON")
# What one that may fetch a model needs beside these, where the way out is a special one.
_WAY_OUT = {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"}
_LONGEST_NAME = 60  # with the mark of an index behind it, it stands beside each row that was embedded


@dataclass(frozen=True, slots=True)
class EmbedderOrder:
    """Args:
    source: "" is the default model, `light` the same in C alone; else a folder or an id of the hub.
    companion: whether a second encoder stands beside the default model, where it is installed.
    folder: where the embedder keeps what it makes and fetches.
    threads: of its own; 0 is one less than the machine has cores, and at least one.
    memory_mb: that its data may take; 0 is no limit.
    idle_s: without work after which it leaves; 0 is never.
    hub: whether it may fetch a model that it does not have.
    reranker, clip: a cross-encoder for second looks, and a model of pictures and words; folders, or ids of the hub,
        "" is none.
    """

    folder: Path
    source: str = ""
    companion: bool = True
    threads: int = 0
    memory_mb: int = 5000
    idle_s: float = 600.0
    hub: bool = False
    hub_url: str = ""
    hub_token: str = ""
    reranker: str = ""
    clip: str = ""

    @property
    def is_default(self) -> bool:
        return self.source in ("", LIGHT)

    @property
    def has_companion(self) -> bool:
        return self.companion and self.is_default and has_companion()

    @property
    def model(self) -> str:
        """What tells its vectors from those of others."""
        if not self.is_default:
            return _named(self.source)
        beside = f"+{COMPANION_NAME}@{companion_revision()}" if self.has_companion else ""
        return f"{NAME}@{revision()}{beside}"

    @property
    def picture_model(self) -> str:
        """The same of vectors of pictures."""
        return _named(self.clip)

    @property
    def dimension(self) -> int:
        """0 where only the model itself can tell."""
        if not self.is_default:
            return 0
        return DIMENSION + COMPANION_DIMENSION * self.has_companion

    @property
    def may_fetch(self) -> bool:
        """Whether there is anything that it may have to fetch, and it is allowed to."""
        named = (self.reranker, self.clip, "" if self.is_default else self.source)
        return self.hub and any(source and not Path(source).is_dir() for source in named)

    @property
    def used_threads(self) -> int:
        return self.threads or max(1, (os.cpu_count() or 2) - 1)

    def arguments(self) -> list[str]:
        return [
            "-m",
            WORKER_MODULE,
            f"--source={self.source}",
            f"--companion={int(self.companion)}",
            f"--folder={self.folder}",
            f"--threads={self.used_threads}",
            f"--memory-mb={self.memory_mb}",
            f"--idle-s={self.idle_s}",
            f"--reranker={self.reranker}",
            f"--clip={self.clip}",
            f"--parent={os.getpid()}",
        ]

    def environment(self) -> dict[str, str]:
        """What it needs of this process's, with the embedder's share of threads; no key of the house is in it, and it
        fetches nothing that it was not told to."""
        count = str(self.used_threads)
        ours = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"), count)
        ours |= {
            "TOKENIZERS_PARALLELISM": "false",
            "HF_HOME": str(self.folder / "hub"),
            "HF_HUB_DISABLE_TELEMETRY": "1",
        }
        if not self.may_fetch:
            return _passed() | ours | {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
        if self.hub_url:
            ours["HF_ENDPOINT"] = self.hub_url
        if self.hub_token:
            ours["HF_TOKEN"] = self.hub_token
        return _passed(out=True) | ours


def read_order(arguments: list[str]) -> tuple[EmbedderOrder, int]:
    """The order, and the process that it must not outlive."""
    parser = argparse.ArgumentParser(prog=WORKER_MODULE, description="Hearth's embedder.")
    parser.add_argument("--source", default="")
    parser.add_argument("--companion", type=int, default=1)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--memory-mb", type=int, default=0)
    parser.add_argument("--idle-s", type=float, default=0.0)
    parser.add_argument("--reranker", default="")
    parser.add_argument("--clip", default="")
    parser.add_argument("--parent", type=int, default=0)
    said = parser.parse_args(arguments)
    order = EmbedderOrder(
        folder=said.folder,
        source=said.source,
        companion=bool(said.companion),
        threads=said.threads,
        memory_mb=said.memory_mb,
        idle_s=said.idle_s,
        reranker=said.reranker,
        clip=said.clip,
    )
    return order, said.parent


def _passed(*, out: bool = False) -> dict[str, str]:
    names = _PASSED | _WAY_OUT if out else _PASSED
    return {
        name: value
        for name, value in os.environ.items()
        if name in names or name.startswith(_PASSED_LIKE) or (out and name.upper() in _WAY_OUT)
    }


def _named(source: str) -> str:
    mark = hashlib.sha256("\n".join([source, *_inside(Path(source))]).encode()).hexdigest()[:8]
    return f"{Path(source).name[: _LONGEST_NAME - 9]}@{mark}"


def _inside(folder: Path) -> list[str]:
    """Names and sizes of a model's files: another model in the same folder is another model."""
    if not folder.is_dir():
        return []
    return sorted(f"{file.relative_to(folder)} {file.stat().st_size}" for file in folder.rglob("*") if file.is_file())
