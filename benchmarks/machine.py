"""What this machine could do at best, the roofline's two sides: how fast it reads memory, and how much a token needs.

A model that says one token reads all its weights once, and the keys and values of what was said before.
"""

import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGUFReader

_ARRAY_BYTES = 512 * 1024 * 1024  # no cache holds it
_KV_BYTES = 2  # a number of keys and values, in 16 bits
_TRIES = 4


def bandwidth(threads: int) -> float:
    """Bytes a second that `threads` threads read from a large array, or read and write while they copy it; the best
    of several tries of either."""
    array = np.ones(_ARRAY_BYTES // 8, np.int64)
    target = np.empty_like(array)
    each = array.size // threads
    slices = [slice(number * each, (number + 1) * each) for number in range(threads)]

    def read(part: slice) -> None:
        np.bitwise_or.reduce(array[part])

    def copy(part: slice) -> None:
        np.copyto(target[part], array[part])

    with ThreadPoolExecutor(threads) as pool:
        return max(_rate(pool, read, slices, _ARRAY_BYTES), _rate(pool, copy, slices, _ARRAY_BYTES * 2))


def _rate(pool: ThreadPoolExecutor, work: Callable[[slice], None], slices: list[slice], size: int) -> float:
    best = 0.0
    for _ in range(_TRIES):
        began = time.perf_counter()
        list(pool.map(work, slices))
        best = max(best, size / (time.perf_counter() - began))
    return best


def bytes_per_token(model: Path, *, talk_tokens: float) -> float:
    """Bytes read for one token of one reply, with `talk_tokens` said before it."""
    reader = GGUFReader(model)
    sizes = {tensor.name: int(tensor.n_bytes) for tensor in reader.tensors}
    weights = sum(sizes.values())
    if "output.weight" in sizes:  # else the words' own table is read whole, to choose the next one
        weights -= sizes["token_embd.weight"]
    return weights + talk_tokens * _cell_bytes(reader)


def _cell_bytes(reader: GGUFReader) -> int:
    """Keys and values of one token, all layers."""
    architecture = reader.fields["general.architecture"].contents()

    def told(name: str, otherwise: Any = None) -> Any:
        field = reader.fields.get(f"{architecture}.{name}")
        return otherwise if field is None else field.contents()

    heads = told("attention.head_count")
    head = told("attention.key_length", math.ceil(told("embedding_length") / heads))
    return 2 * _KV_BYTES * head * told("attention.head_count_kv", heads) * told("block_count")
