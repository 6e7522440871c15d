"""The worker as a process: put up, listened to, ended for sure. Knows nothing of models and replies."""

import asyncio
import json
import os
import subprocess
import sys
from asyncio.subprocess import Process
from collections import deque
from pathlib import Path
from typing import Any, cast

import structlog

from hearth_reflex.llm.arguments import worker_arguments
from hearth_reflex.llm.config import EngineConfig

log = structlog.get_logger(__name__)

_STOP_S = 5.0  # longer than the worker's own drain
_LONGEST_LINE = 300
_MOST_CRIES = 20
_THREAD_KNOBS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "OPENBLAS_NUM_THREADS")


class Child:
    """A running worker. Make it with `spawn`; its standard input is a pipe that closes when this process ends."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._cries: deque[str] = deque(maxlen=_MOST_CRIES)
        self._listener = asyncio.create_task(self._listen())
        self._ended = asyncio.create_task(process.wait())

    @classmethod
    async def spawn(cls, config: EngineConfig, socket: Path) -> "Child":
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *worker_arguments(config, socket),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=_environment(config),
        )
        log.info("engine.spawned", pid=process.pid)
        return cls(process)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        return self._process.returncode

    async def wait(self, seconds: float) -> bool:
        """Wait for its end, at most so long; True when it has ended."""
        await asyncio.wait([self._ended], timeout=seconds)
        return self._ended.done()

    def kill(self) -> None:
        if self.exit_code is None:
            self._process.kill()

    async def stop(self) -> None:
        """End it: asked first, then made to."""
        if self.exit_code is None:
            self._process.terminate()
            if not await self.wait(_STOP_S):
                self.kill()
        await self._ended
        await self._listener

    async def _listen(self) -> None:
        """Its log lines go into ours; what native code cried is told once, when it has nothing more to say."""
        stream = self._process.stderr
        while stream is not None:
            try:
                line = await stream.readline()
            except ValueError:
                # A line longer than the reader's buffer: dropped, and the next one read.
                continue
            if not line:
                break
            text = line.decode("utf-8", "replace").strip()
            if text and not _relay(text, pid=self.pid):
                self._cries.append(text[:_LONGEST_LINE])
        if self._cries:
            log.warning("engine.last_words", lines=list(self._cries), pid=self.pid)


def _environment(config: EngineConfig) -> dict[str, str]:
    """Ours, with the worker's share of threads for libraries that would take all cores; the operator's word stands."""
    # A native fault ends it at once: llama.cpp would look for a debugger first.
    ours = {name: str(config.threads) for name in _THREAD_KNOBS} | {"GGML_NO_BACKTRACE": "1"}
    return ours | os.environ


def _relay(line: str, *, pid: int) -> bool:
    """Tell a JSON line of the worker with its own event and figures; False for anything else."""
    try:
        data: object = json.loads(line)
    except ValueError:
        return False
    if not isinstance(data, dict):
        return False
    told = cast("dict[str, Any]", data)
    name, level = str(told.pop("event", "engine.worker")), str(told.pop("level", "info"))
    told.pop("timestamp", None)
    speak = {"warning": log.warning, "error": log.error, "critical": log.error}.get(level, log.info)
    speak(name, **(told | {"pid": pid}))
    return True
