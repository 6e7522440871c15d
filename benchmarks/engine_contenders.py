"""The engines that are compared, each behind the same few verbs: ours with its process and socket, llama.cpp's native
server over its HTTP, and `Llama()` one reply after the other.

Each is loaded once and speaks only in its own rounds: whoever is not asked rests, stopped by a signal. Ours cannot be
stopped so, because its supervisor would start it again; what it used while it rested is told by `worker_cpu_seconds`.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.engine_voices import Voice
from hearth_reflex.domain.generation import ChatRequest, EngineEvent, Finished, Piece
from hearth_reflex.llm.client import OpenAiDialectClient
from hearth_reflex.llm.config import EngineConfig
from hearth_reflex.llm.supervisor import LocalEngine
from hearth_reflex.settings import PROJECT_DIR

_TICKS = os.sysconf("SC_CLK_TCK")
_LONGEST_LINE = 16 * 1024 * 1024
_LOAD_S = 120.0

Stream = Callable[[ChatRequest], AsyncGenerator[EngineEvent, None]]


@dataclass(frozen=True, slots=True)
class Terms:
    """What all contenders are given alike. `context` is of each reply."""

    model: Path
    threads: int
    context: int = 4096
    batch: int = 512


class Contender:
    """One engine. `name` is what figures are printed under."""

    name = ""

    async def open(self) -> None:
        """Load the model. Returns when it can speak."""
        raise NotImplementedError

    async def say(self, requests: Sequence[ChatRequest]) -> list[Voice]:
        """All requests at once; returns when the last reply has ended."""
        raise NotImplementedError

    def rest(self) -> None:
        """Take nothing from whoever is measured now."""

    def wake(self) -> None:
        """Its round begins."""

    async def close(self) -> None:
        raise NotImplementedError


class Ours(Contender):
    """The product's own path: supervisor, worker process, Unix socket, client."""

    name = "ours"

    def __init__(self, terms: Terms, folder: Path) -> None:
        self.engine, self._context = LocalEngine(engine_config(terms, folder)), terms.context

    async def open(self) -> None:
        await self.engine.start()
        await self.engine.count_tokens(["awake"])
        told = await self.engine.health()
        assert told.context_tokens == self._context, f"the engine fell and came up with less: {told}"

    async def say(self, requests: Sequence[ChatRequest]) -> list[Voice]:
        return await hear_all(self.engine.stream, requests)

    def worker_cpu_seconds(self) -> float:
        """Processor time that the worker has used so far."""
        fields = Path(f"/proc/{self.engine.worker_pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    async def close(self) -> None:
        await self.engine.close()


class Native(Contender):
    """llama.cpp's server with a place for each of `width` replies."""

    def __init__(self, terms: Terms, width: int) -> None:
        self.name = f"native {width}"
        self._child = _Child("benchmarks.native_server", terms, ["--width", str(width)])

    async def open(self) -> None:
        told = await self._child.start()
        self.built_for: str = told["built_for"]
        self._client = OpenAiDialectClient(base_url=told["address"])

    async def say(self, requests: Sequence[ChatRequest]) -> list[Voice]:
        return await hear_all(self._client.stream, requests)

    def rest(self) -> None:
        self._child.pause()

    def wake(self) -> None:
        self._child.resume()

    async def close(self) -> None:
        await self._client.close()
        await self._child.end()


class Serial(Contender):
    """`Llama()`: who asks together is answered one after the other."""

    name = "serial"

    def __init__(self, terms: Terms) -> None:
        self._child = _Child("benchmarks.serial_llama", terms, [])

    async def open(self) -> None:
        await self._child.start()

    async def say(self, requests: Sequence[ChatRequest]) -> list[Voice]:
        prompts = [[{"role": turn.role, "content": turn.content} for turn in request.turns] for request in requests]
        asked = time.monotonic()
        told = await self._child.ask({"prompts": prompts, "tokens": requests[0].sampling.max_tokens})
        return [_voice_of(reply, asked=asked) for reply in told]

    def rest(self) -> None:
        self._child.pause()

    def wake(self) -> None:
        self._child.resume()

    async def close(self) -> None:
        await self._child.end()


def engine_config(terms: Terms, folder: Path) -> EngineConfig:
    """The product's engine as it comes, but for what is compared."""
    return EngineConfig(
        data_dir=folder, model_path=terms.model, n_ctx=terms.context, n_batch=terms.batch, n_threads=terms.threads
    )


async def hear_all(stream: Stream, requests: Sequence[ChatRequest]) -> list[Voice]:
    return list(await asyncio.gather(*(hear(stream, request) for request in requests)))


async def hear(stream: Stream, request: ChatRequest) -> Voice:
    """One reply, to its end."""
    voice = Voice(asked=time.monotonic())
    async with aclosing(stream(request)) as events:
        async for event in events:
            if isinstance(event, Piece):
                voice.arrivals.append((time.monotonic(), event.tokens))
                voice.text += event.text
            elif isinstance(event, Finished):
                usage = event.usage
                voice.ended, voice.output_tokens = time.monotonic(), usage.output_tokens
                voice.prompt_tokens, voice.kept_tokens = usage.prompt_tokens, usage.kept_tokens
    return voice


def _voice_of(told: dict[str, Any], *, asked: float) -> Voice:
    return Voice(
        asked=asked,
        arrivals=[(at, 1) for at in told["arrivals"]],
        ended=told["ended"],
        prompt_tokens=told["prompt_tokens"],
        output_tokens=told["output_tokens"],
    )


class _Child:
    """A program that is asked in lines of JSON; it ends when its standard input closes."""

    def __init__(self, module: str, terms: Terms, arguments: list[str]) -> None:
        given = ["--model", str(terms.model), "--context", str(terms.context)]
        given += ["--batch", str(terms.batch), "--threads", str(terms.threads)]
        self._command = [sys.executable, "-m", module, *given, *arguments]

    async def start(self) -> Any:
        """What it says when it is ready."""
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            cwd=PROJECT_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            limit=_LONGEST_LINE,
        )
        async with asyncio.timeout(_LOAD_S):
            return await self._line()

    async def ask(self, question: object) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question).encode() + b"\n")
        return await self._line()

    def pause(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    async def end(self) -> None:
        self.resume()
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(20):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def _line(self) -> Any:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        assert line, f"{self._command[2]} ended"
        return json.loads(line)
