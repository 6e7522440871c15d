"""What the worker holds: the model while it is loaded, loading, or found unusable, and its line of replies.

Loads in a thread so that the heartbeat is answered meanwhile. Knows no HTTP.
"""

import asyncio
import hashlib
import time
from dataclasses import replace
from pathlib import Path

import structlog

from hearth_reflex.domain.generation import ChatRequest, EngineHealth, Finished
from hearth_reflex.errors import EngineError, EngineMemoryError, ModelBrokenError
from hearth_reflex.llm.config import EngineConfig
from hearth_reflex.llm.core import ChatModel
from hearth_reflex.llm.dialect import error_for
from hearth_reflex.llm.kept import KeptStore, kept_folder
from hearth_reflex.llm.llama import build_id
from hearth_reflex.llm.runner import Runner, Ticket

log = structlog.get_logger(__name__)

PROVIDER = "local"


class EngineHost:
    """One model file served to many."""

    def __init__(self, config: EngineConfig) -> None:
        self._config = config
        self._model: ChatModel | None = None
        self._runner: Runner | None = None
        self._kept: KeptStore | None = None
        self._reason = ""
        self._sha256 = ""
        self._task: asyncio.Task[None] | None = None

    @property
    def model_name(self) -> str:
        return self._config.model_file.stem

    def start(self) -> None:
        """Begin to load, without waiting for it."""
        self._task = asyncio.create_task(self._load())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
        if self._runner is not None and self._model is not None:
            await self._runner.close()
            self._model.close()
        if self._kept is not None:
            await asyncio.to_thread(self._kept.close)

    async def submit(self, request: ChatRequest) -> Ticket:
        """Count the prompt and put the reply in line; raises EngineError."""
        arrived = time.perf_counter()
        model, runner = self._ready()
        prompt = await asyncio.to_thread(model.prepare, request)
        log.info("engine.prompt_ready", tokens=len(prompt.tokens), ms=round((time.perf_counter() - arrived) * 1000))
        return runner.submit(
            prompt, asker=request.asker, room=request.affinity, priority=request.priority, arrived=arrived
        )

    def cancel(self, ticket: Ticket) -> None:
        if self._runner is not None:
            self._runner.cancel(ticket)

    def forget(self, rooms: list[str]) -> None:
        """Nothing that was read of these rooms is kept. A model that is still loading has read nothing."""
        if self._runner is not None:
            for room in rooms:
                self._runner.forget(room)

    def signed(self, finished: Finished) -> Finished:
        """With what this host knows of how the reply was made."""
        told = self.health()
        made = replace(
            finished.made,
            provider=PROVIDER,
            model=told.model,
            model_sha256=told.model_sha256,
            template_id=told.template_id,
            build=build_id(),
        )
        return replace(finished, made=made)

    async def tokens(self, texts: list[str]) -> list[list[int]]:
        model, _ = self._ready()
        return await asyncio.to_thread(lambda: [model.tokens(text) for text in texts])

    def health(self) -> EngineHealth:
        model, runner = self._model, self._runner
        return EngineHealth(
            status="ready" if model else "unavailable" if self._reason else "starting",
            provider=PROVIDER,
            model=self.model_name,
            model_sha256=self._sha256,
            template_id=model.template.template_id if model else "",
            context_tokens=model.limit if model else 0,
            threads=self._config.threads,
            running=runner.running if runner else 0,
            waiting=runner.waiting if runner else 0,
            memory_bytes=_resident_bytes(),
            streams=self._config.n_seq,
            sees=model is not None and model.eyes is not None,
            tokens_per_second=runner.tokens_per_second if runner else 0.0,
            demo=self._config.demo,
            reason=self._reason,
            parameters=self._parameters(),
        )

    def _parameters(self) -> dict[str, int | float | bool | str]:
        config = self._config
        return {
            "architecture": self._model.header.architecture if self._model else "",
            "batch_tokens": config.n_batch,
            "memory_tokens": self._model.context.size if self._model else 0,
            "kept_on_disk_bytes": self._kept.size_bytes if self._kept else 0,
            "build": build_id() if self._model else "",
            "gpu_layers": config.n_gpu_layers,
            "mmap": config.use_mmap,
            "mlock": config.use_mlock,
            "reduced": config.reduced,
        }

    def _ready(self) -> tuple[ChatModel, Runner]:
        if self._model is None or self._runner is None:
            raise error_for(self._reason)
        return self._model, self._runner

    async def _load(self) -> None:
        """Whatever goes wrong is told: a worker that never says how it stands would be waited for."""
        try:
            await self._load_model()
        except EngineError as error:
            self._reason = error.code
            log.error("engine.unusable", model=self.model_name, reason=self._reason)
        except Exception as error:
            # Without memory no thread can be started either, which is a RuntimeError.
            lack = isinstance(error, MemoryError | RuntimeError)
            self._reason = EngineMemoryError.code if lack else ModelBrokenError.code
            log.exception("engine.unusable", model=self.model_name, reason=self._reason)

    async def _load_model(self) -> None:
        began = time.perf_counter()
        model = await asyncio.to_thread(ChatModel.load, self._config)
        self._kept = await asyncio.to_thread(self._open_kept, model)
        self._runner = Runner(model, self._kept, max_queue=self._config.max_queue)
        self._model = model
        log.info(
            "engine.loaded",
            model=self.model_name,
            load_ms=round((time.perf_counter() - began) * 1000),
            template=model.template.template_id,
            context=model.limit,
            memory_tokens=model.context.size,
            streams=self._config.n_seq,
            threads=self._config.threads,
        )
        # Large files take seconds to hash: after the model can speak, so that nobody waits for it.
        self._sha256 = await asyncio.to_thread(_sha256, self._config.model_file)

    def _open_kept(self, model: ChatModel) -> KeptStore:
        config, file = self._config, self._config.model_file.stat()
        shape = f"{config.model_file} {file.st_size} {file.st_mtime_ns} {build_id()} {model.model.cell_bytes}"
        folder = kept_folder(config.data_dir) / hashlib.sha256(str(config.model_file).encode()).hexdigest()[:16]
        return KeptStore(folder, fingerprint=shape, limit_bytes=config.kv_disk_mb * 1024 * 1024)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _resident_bytes() -> int:
    try:
        kib = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS:"))
    except (OSError, StopIteration):
        return 0
    return int(kib.split()[1]) * 1024
