"""How fast the engine is: alone, with eight replies side by side, and against what else there is for Python.

Ours runs as in the product, process and socket included; beside it, in turns and with the same prompts, llama.cpp's
native server (xllamacpp) and `Llama()` one reply after the other. Then what one reply waits for: kept and shared
memory, stops, the event loop, the whole house around it; and how far all that is from what the machine's memory allows.
The last line printed is one JSON object. docs/benchmarks.md says how to read it.
"""

import argparse
import asyncio
import json
import logging
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from benchmarks import engine_house
from benchmarks.engine_contenders import Ours, Terms, hear_all
from benchmarks.engine_prompts import Bias, fresh_prompts, marks_forbidden
from benchmarks.engine_report import Board, Measured, Roofline, summary, table
from benchmarks.engine_rounds import Arena, Plan
from benchmarks.engine_turns import TurnBench
from benchmarks.loop_lag import naps_taken
from benchmarks.machine import bandwidth, bytes_per_token
from benchmarks.random_model import WEIGHTS, write_random_model
from hearth_reflex.llm.config import demo_model_file, physical_cores

WIDTHS = (1, 2, 4, 8)
IDLE_S = 2.0


@dataclass(frozen=True, slots=True)
class Extent:
    """How long everything is measured. `big` is the plan for the model of a 7B's shape, None to leave it out."""

    talk: Plan
    big: Plan | None
    rounds: int
    stops: int
    lag_tokens: int
    house_rounds: int
    house_tokens: int
    weights: str = "q8_0"  # of the big one


WHOLE = Extent(
    talk=Plan(WIDTHS, rounds=4, tokens=96, prompt_words=30, long_words=120),
    big=Plan((1, 8), rounds=3, tokens=64, prompt_words=90, long_words=0),
    rounds=3,
    stops=7,
    lag_tokens=200,
    house_rounds=3,
    house_tokens=200,
)
QUICK = Extent(
    talk=Plan(WIDTHS, rounds=1, tokens=32, prompt_words=10, long_words=100),
    big=Plan((8,), rounds=1, tokens=6, prompt_words=5, long_words=0),
    rounds=1,
    stops=2,
    lag_tokens=48,
    house_rounds=1,
    house_tokens=64,
)


def main() -> int:
    arguments = _parser().parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    terms = Terms(arguments.model, threads=arguments.threads)
    extent = QUICK if arguments.quick else WHOLE
    extent = replace(extent, weights=arguments.weights)
    if arguments.no_7b:
        extent = replace(extent, big=None)
    with tempfile.TemporaryDirectory(prefix="hearth-engine-") as folder:
        measured = asyncio.run(measure(terms, extent, Path(folder)))
    for title, board in (("the model", measured.board), ("a 7B's shape", measured.big)):
        print("\n".join([f"\n{title}", *table(board)]) if board else "")
    line = summary(measured)
    for name, value in line.items():
        print(f"{name:>28}  {value}")
    print(json.dumps(line))
    return 0


async def measure(terms: Terms, extent: Extent, folder: Path) -> Measured:
    """One thing after the other; at any time one engine has the machine."""
    read_speed = await asyncio.to_thread(bandwidth, terms.threads)
    bias = marks_forbidden(terms.model)
    (folder / "ours").mkdir()
    async with Arena(terms, folder / "ours", widths=extent.talk.widths, bias=bias) as arena:
        _tell(f"the native server is built for {arena.natives[extent.talk.widths[0]].built_for}")
        board = await arena.play(extent.talk)
        _tell("first tokens and stops")
        waits = await TurnBench(arena.ours.engine, folder / "ours", bias=bias).measure(
            rounds=extent.rounds, stops=extent.stops
        )
        naps, idle_naps = await _naps(arena.ours, tokens=extent.lag_tokens, bias=bias)
    _tell("the house, with people in it")
    (folder / "house").mkdir()
    shown = await engine_house.watch(terms, folder / "house", rounds=extent.house_rounds, tokens=extent.house_tokens)
    big = await _big(terms, extent.big, folder, weights=extent.weights) if extent.big else {}
    talk_tokens = extent.talk.prompt_words + extent.talk.tokens / 2
    roofline = Roofline(read_speed, bytes_per_token(terms.model, talk_tokens=talk_tokens))
    return Measured(board, waits, naps, idle_naps, shown, roofline, big, arena.resting_share)


async def _naps(ours: Ours, *, tokens: int, bias: Bias) -> tuple[list[float], list[float]]:
    """Naps in this process while eight replies come in, and while nothing does."""
    _tell("the event loop")
    async with naps_taken() as idle:
        await asyncio.sleep(IDLE_S)
    async with naps_taken() as taken:
        await hear_all(ours.engine.stream, fresh_prompts(8, words=40, tokens=tokens, bias=bias))
    return taken, idle


async def _big(terms: Terms, plan: Plan, folder: Path, *, weights: str) -> Board:
    """The same turns with a model whose layers are as large as a 7B's."""
    _tell("a model of a 7B's shape")
    model = folder / "random-7b-shape.gguf"
    write_random_model(model, weights=weights)
    try:
        big = replace(terms, model=model)
        (folder / "big").mkdir()
        async with Arena(big, folder / "big", widths=plan.widths, bias=marks_forbidden(model)) as arena:
            return await arena.play(plan)
    finally:
        model.unlink()


def _tell(what: str) -> None:
    print(what, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=demo_model_file(), help="GGUF file; the demo model")
    threads = max(1, physical_cores() - 1)
    parser.add_argument("--threads", type=int, default=threads, help="of every engine; one less than there are cores")
    parser.add_argument("--quick", action="store_true", help="two minutes: every step once, figures worth little")
    parser.add_argument("--weights", choices=list(WEIGHTS), default="q8_0", help="of the model of a 7B's shape")
    parser.add_argument("--no-7b", action="store_true", help="leave out the model of a 7B's shape")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
