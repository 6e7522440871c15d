"""A long evening of the engine in little: guests who come and go at random, long prompts, rooms that come back, a model
that is loaded again, and the memory of both processes all the while.

Fails when a reply hangs, when text of one reply comes in another's, when a reply fails for no reason given here, when
something runs on that nobody asked for, or when memory grows by more than 5 % after the warm-up. The last line printed
is one JSON object.
"""

import argparse
import asyncio
import json
import logging
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import structlog

from benchmarks.soak_guests import HUNG_S, Guests
from hearth_reflex.domain.generation import ChatRequest, ChatTurn, Sampling
from hearth_reflex.llm.address import socket_path
from hearth_reflex.llm.client import OpenAiDialectClient
from hearth_reflex.llm.config import EngineConfig, demo_model_file
from hearth_reflex.llm.supervisor import LocalEngine

MOST_GROWTH = 5.0  # percent
RELOAD_AT, WARM_AT, WINDOW = 0.1, 0.3, 0.1  # parts of the whole time
MOST_GUESTS = 12  # at once; eight can speak
_ARRIVALS_S = 0.7  # between two guests, on average
_EXCUSED_S = 20.0  # after the model was asked to load again
_SAMPLES = 300
_MOST_LOOKS = 100  # for replies that still run when everybody has gone
_COUNTED = ("asked", "finished", "left", "interrupted", "refused", "failed", "hung", "mixed")
_CONTEXT, _DISK_MB = 2048, 64  # small, so that memory and disk are full most of the time
_FAULTS = ("hung", "mixed", "failed", "left_running")

Sample = tuple[float, int]  # part of the whole time, resident bytes


@dataclass(slots=True)
class Memory:
    """Of one process, over time."""

    samples: list[Sample] = field(default_factory=list[Sample])

    def growth(self) -> float:
        return growth(self.samples)


def growth(samples: Sequence[Sample], *, begin: float = WARM_AT) -> float:
    """Percent by which the last samples are above the first ones after the warm-up, medians of each."""
    first = median(size for at, size in samples if begin <= at < begin + WINDOW)
    last = median(size for at, size in samples if at >= 1 - WINDOW)
    return (last / first - 1) * 100


class Soak:
    """Args:
    folder: the engine's data folder.
    """

    def __init__(self, config: EngineConfig, folder: Path, *, seconds: float, seed: int) -> None:
        self._engine, self._folder, self._seconds = LocalEngine(config), folder, seconds
        self.guests = Guests(self._engine.stream, seed=seed)
        self._draw = random.Random(seed)
        self._began = 0.0
        self.worker, self.own = Memory(), Memory()

    @property
    def _at(self) -> float:
        return (time.monotonic() - self._began) / self._seconds

    async def run(self) -> int:
        """Returns how many replies the engine still runs or holds when everybody has gone."""
        await self._engine.start()
        await self._engine.count_tokens(["awake"])
        self._began = time.monotonic()
        helpers = [asyncio.create_task(self._watch_memory()), asyncio.create_task(self._reload())]
        try:
            await self._receive()
            left = await self._left_running()
            for story in self.guests.hung:
                _tell(f"hung: {story}")
            await self._last_word()
        finally:
            for task in helpers:
                task.cancel()
            await asyncio.wait(helpers)
            await self._engine.close()
        return left

    async def _receive(self) -> None:
        visits = set[asyncio.Task[None]]()
        while self._at < 1:
            if self.guests.here < MOST_GUESTS:
                task = asyncio.create_task(self.guests.visit())
                visits.add(task)
                task.add_done_callback(visits.discard)
            await asyncio.sleep(self._draw.expovariate(1 / _ARRIVALS_S))
        if visits:
            await asyncio.wait(visits, timeout=HUNG_S * 1.1)

    async def _reload(self) -> None:
        await asyncio.sleep(self._seconds * RELOAD_AT)
        self.guests.interruptible = True
        await self._engine.reload()
        await asyncio.sleep(_EXCUSED_S)
        self.guests.interruptible = False

    async def _watch_memory(self) -> None:
        while True:
            pid, at = self._engine.worker_pid, self._at
            self.own.samples.append((at, resident_bytes(os.getpid())))
            if pid is not None and (size := resident_bytes(pid)):
                self.worker.samples.append((at, size))
            _tell(f"{at:4.0%} worker {_mb(self.worker)} MB, own {_mb(self.own)} MB, {dict(self.guests.counts)}")
            await asyncio.sleep(max(1.0, self._seconds / _SAMPLES))

    async def _left_running(self) -> int:
        door = OpenAiDialectClient(socket=socket_path(self._folder), extended=True)
        try:
            left = 0
            for _ in range(_MOST_LOOKS):
                told = await door.health()
                left = told.running + told.waiting
                if not left:
                    break
                await asyncio.sleep(0.1)
            return left
        finally:
            await door.close()

    async def _last_word(self) -> None:
        request = ChatRequest((ChatTurn("user", "Good night."),), Sampling(max_tokens=4, temperature=0))
        async with asyncio.timeout(HUNG_S):
            async for _ in self._engine.stream(request):
                pass


def resident_bytes(pid: int) -> int:
    """Of one process; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1]) * 1024
    except (OSError, StopIteration):
        return 0


def verdict(line: dict[str, float]) -> list[str]:
    """What went wrong, in words; empty when nothing did."""
    grown = [name for name in ("worker_growth_percent", "own_growth_percent") if line[name] > MOST_GROWTH]
    return [f"{name}: {line[name]}" for name in [*(name for name in _FAULTS if line[name]), *grown]]


def main() -> int:
    arguments = _parser().parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory(prefix="hearth-soak-") as folder:
        config = EngineConfig(
            data_dir=Path(folder),
            model_path=arguments.model,
            n_ctx=_CONTEXT,
            n_threads=arguments.threads,
            kv_disk_mb=_DISK_MB,
        )
        soak = Soak(config, Path(folder), seconds=arguments.minutes * 60, seed=arguments.seed)
        left = asyncio.run(soak.run())
    line = _line(soak, minutes=arguments.minutes, left=left)
    wrong = verdict(line)
    print("\n".join(f"WRONG {what}" for what in wrong) or "nothing went wrong")
    print(json.dumps(line))
    return 1 if wrong else 0


def _line(soak: Soak, *, minutes: float, left: int) -> dict[str, float]:
    return {
        "minutes": minutes,
        "worker_growth_percent": round(soak.worker.growth(), 2),
        "own_growth_percent": round(soak.own.growth(), 2),
        "worker_mb": _mb(soak.worker),
        "own_mb": _mb(soak.own),
        **dict.fromkeys(_COUNTED, 0),
        "left_running": left,
        **soak.guests.counts,
    }


def _mb(memory: Memory) -> int:
    return memory.samples[-1][1] // 1_000_000 if memory.samples else 0


def _tell(what: str) -> None:
    print(what, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--model", type=Path, default=demo_model_file(), help="GGUF file; the demo model")
    parser.add_argument("--threads", type=int, default=0, help="0 leaves one core free")
    parser.add_argument("--seed", type=int, default=1)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
