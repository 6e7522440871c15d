"""What the worker holds: the model while it is loaded, loading, or found unusable, and its line of replies.

Loads in a thread so that the heartbeat is answered meanwhile. Knows no HTTP.
"""

import asyncio
import hashlib
import time
from pathlib import Path

import structlog

from hearth_reflex.domain.generation import ChatRequest, EngineHealth
from hearth_reflex.errors import EngineError
from hearth_reflex.llm.config import EngineConfig
from hearth_reflex.llm.core import ChatModel
from hearth_reflex.llm.dialect import error_for
from hearth_reflex.llm.runner import Job, Runner

log = structlog.get_logger(__name__)

PROVIDER = "local"


class EngineHost:
    """One model file served to many."""

    def __init__(self, config: EngineConfig) -> None:
        self._config = config
        self._model: ChatModel | None = None
        self._runner: Runner | None = None
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

    async def submit(self, request: ChatRequest) -> Job:
        """Count the prompt and put the reply in line; raises EngineError."""
        arrived = time.perf_counter()
        model, runner = self._ready()
        prompt = await asyncio.to_thread(model.prepare, request)
        return runner.submit(prompt, asker=request.asker, affinity=request.affinity, arrived=arrived)

    def cancel(self, job: Job) -> None:
        if self._runner is not None:
            self._runner.cancel(job)

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
            context_tokens=model.context_tokens if model else 0,
            threads=self._config.threads,
            running=runner.running if runner else 0,
            waiting=runner.waiting if runner else 0,
            memory_bytes=_resident_bytes(),
            demo=self._config.demo,
            reason=self._reason,
            parameters=self._parameters(),
        )

    def _parameters(self) -> dict[str, int | float | bool | str]:
        config = self._config
        return {
            "architecture": self._model.header.architecture if self._model else "",
            "batch_tokens": config.n_batch,
            "gpu_layers": config.n_gpu_layers,
            "mmap": config.use_mmap,
            "mlock": config.use_mlock,
        }

    def _ready(self) -> tuple[ChatModel, Runner]:
        if self._model is None or self._runner is None:
            raise error_for(self._reason)
        return self._model, self._runner

    async def _load(self) -> None:
        began = time.perf_counter()
        try:
            model = await asyncio.to_thread(ChatModel.load, self._config)
        except EngineError as error:
            self._reason = error.code
            log.error("engine.unusable", model=self.model_name, reason=error.code)
            return
        self._runner = Runner(model, max_queue=self._config.max_queue)
        self._model = model
        log.info(
            "engine.loaded",
            model=self.model_name,
            load_ms=round((time.perf_counter() - began) * 1000),
            template=model.template.template_id,
            context=model.context_tokens,
            threads=self._config.threads,
        )
        # Large files take seconds to hash: after the model can speak, so that nobody waits for it.
        self._sha256 = await asyncio.to_thread(_sha256, self._config.model_file)


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
