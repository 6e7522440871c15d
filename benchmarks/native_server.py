"""llama.cpp's own server, from the package xllamacpp, with as many places as are asked for. A program of its own that
the engine's benchmark starts: it prints the server's address and serves until its standard input closes.

Left as it comes, but for what is compared (model, threads, context, batch), and for what would only cost it time here:
its samplers are cut down to the one that greedy replies need, and it keeps nothing of earlier prompts, which never come
again.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import xllamacpp

from benchmarks.peer_process import answer, settle

_library: Any = xllamacpp  # compiled, without hints


def main() -> int:
    arguments = _parser().parse_args()
    out = settle()
    server = _library.Server(_parameters(arguments))
    answer(out, {"address": server.listening_address, "built_for": _library.get_system_info().strip()})
    sys.stdin.read()
    return 0


def _parameters(arguments: argparse.Namespace) -> Any:
    params = _library.CommonParams()
    params.model.path = str(arguments.model)
    params.n_parallel = arguments.width
    params.n_ctx = arguments.context * arguments.width
    params.n_batch = params.n_ubatch = arguments.batch
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = arguments.threads
    params.n_gpu_layers = 0
    params.sampling.top_k = 1
    params.cache_ram_mib = 0
    params.verbosity = 0
    params.ui = False
    return params


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="GGUF file")
    parser.add_argument("--width", type=int, required=True, help="replies side by side")
    parser.add_argument("--context", type=int, required=True, help="tokens of context of each")
    parser.add_argument("--batch", type=int, required=True, help="most tokens of a step")
    parser.add_argument("--threads", type=int, required=True)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
