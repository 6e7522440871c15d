"""What a GGUF file is, told without loading it, and how much memory it will want.

The file itself is opened only by a short-lived process (`gguf_reading`), so a hostile one can neither end nor stall
this one. Knows no folder, no table and no engine.
"""

import asyncio
import hashlib
import json
import os
import re
import subprocess
import sys
import threading
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, cast

import structlog

from hearth_reflex.errors import ModelBrokenError, ModelMissingError

log = structlog.get_logger(__name__)

READ_SECONDS = 90.0
_READING_MODULE = "hearth_reflex.llm.gguf_reading"
_MISSING_EXIT = 4
POOL_CONTEXTS, POOL_SHARE = 4, 4  # as the engine sizes its KV cache (core.py), which this process must not import
_PROCESS_BYTES = 120_000_000  # interpreter, web server and vocabulary of the engine process
_PART = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf", re.IGNORECASE)
_MOST_PARTS = 1000
_HASH_STEP = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a model file says of itself. Everything is 0 or "" where it does not say.

    Args:
        kind: only what `speaks` can answer; a `projector` gives sight to another model, an `encoder` makes vectors.
        kv_token_bytes: what one token takes in the KV cache, all layers together.
        weight_bytes: what the weights take, all parts of a split model together.
        projection: of a projector, the embedding length of the models that it fits.
        parts: files that make up the model.
    """

    kind: Literal["speaks", "projector", "encoder"] = "speaks"
    architecture: str = ""
    name: str = ""
    licence: str = ""
    parameters: int = 0
    quantisation: str = ""
    context_tokens: int = 0
    layers: int = 0
    heads: int = 0
    kv_heads: int = 0
    embedding: int = 0
    feed_forward: int = 0
    projection: int = 0
    vocabulary: int = 0
    kv_token_bytes: int = 0
    weight_bytes: int = 0
    parts: int = 1
    template_sha256: str = ""
    template_id: str = ""


def facts_from(kept: dict[str, Any]) -> ModelFacts:
    """Facts as they were kept, by this version or an older one."""
    known = {field.name for field in fields(ModelFacts)}
    return ModelFacts(**{name: value for name, value in kept.items() if name in known})


def ram_estimate(facts: ModelFacts, *, n_ctx: int, n_batch: int, n_seq: int = 1, free_bytes: int = 0) -> int:
    """Bytes of memory that the engine process will take with this model; with one sequence, the least it can do with.

    weights + KV cache + compute buffers + the process itself, where
    KV cache = tokens of context (no more than the model was trained with) × KV bytes of a token, for as many talks at
    once as the engine keeps room for: up to POOL_CONTEXTS, as long as they fit into 1/POOL_SHARE of the free memory;
    KV bytes of a token = sum over layers of KV heads × (key + value length) × 2 bytes;
    compute buffers = n_batch × 4 bytes × (8 × embedding length + 4 × feed-forward length), an allowance.
    A sliding window or a recurrent layer needs less than that.
    """
    context = min(n_ctx, facts.context_tokens) if facts.context_tokens else n_ctx
    one_talk = context * facts.kv_token_bytes
    talks = one_talk * max(1, min(n_seq, POOL_CONTEXTS))
    kept = min(talks, max(one_talk, free_bytes // POOL_SHARE)) if free_bytes else talks
    compute = n_batch * 4 * (8 * facts.embedding + 4 * facts.feed_forward)
    return facts.weight_bytes + kept + compute + _PROCESS_BYTES


def available_memory() -> int:
    """Bytes that could be had without swapping; 0 where the system does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), 0)


async def read_facts(path: Path) -> ModelFacts:
    """The facts of a file; of a split model's first part, those of all its parts together.

    Raises:
        ModelMissingError: it is not there; `model_part` when one of its parts is not.
        ModelBrokenError: it is no usable GGUF file.
    """
    first = await _facts_of_one(path)
    others = parts_of(path)[1:]
    if first["part"] or first["parts"] != len(others) + 1:
        raise ModelBrokenError  # a part of a split model under another name: llama.cpp would not find the rest
    for part in others:
        if not part.is_file():
            raise ModelMissingError("model_part")
        more = await _facts_of_one(part)
        first["parameters"] += more["parameters"]
        first["weight_bytes"] += more["weight_bytes"]
    return facts_from(first)


async def check_file(path: Path) -> None:
    """Raises as `read_facts` for what is no whole GGUF file; a part of a split model may stand alone."""
    await _facts_of_one(path)


async def _facts_of_one(path: Path) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        _READING_MODULE,
        os.fspath(path),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(READ_SECONDS):
            told, _ = await process.communicate()
    except TimeoutError:
        log.warning("model.reading_took_too_long")
        raise ModelBrokenError from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == 0:
        return cast("dict[str, Any]", json.loads(told))
    raise ModelMissingError if process.returncode == _MISSING_EXIT else ModelBrokenError


def parts_of(path: Path) -> list[Path]:
    """The files of a model, `path` first: several for a split one (`…-00001-of-00003.gguf`), mostly one."""
    match = _PART.fullmatch(path.name)
    if match is None or int(match["number"]) != 1 or int(match["count"]) > _MOST_PARTS:
        return [path]
    count = match["count"]
    return [path.with_name(f"{match['stem']}-{number:05}-of-{count}.gguf") for number in range(1, int(count) + 1)]


def first_part(name: str) -> str:
    """The file that stands for a split model, by the name of any of its parts; of other files their own."""
    match = _PART.fullmatch(name)
    return f"{match['stem']}-00001-of-{match['count']}.gguf" if match else name


def is_later_part(name: str) -> bool:
    return first_part(name) != name


def sha256_of(path: Path, stop: threading.Event) -> str:
    """The sha256 of all that a model is made of; "" when `stop` was set before the end.

    Reads everything: for a thread, and not for an event loop.
    """
    return _sha256(parts_of(path), stop)


def sha256_of_file(path: Path, stop: threading.Event) -> str:
    """The same of one file, whatever its name."""
    return _sha256([path], stop)


def _sha256(paths: list[Path], stop: threading.Event) -> str:
    digest, view = hashlib.sha256(), memoryview(bytearray(_HASH_STEP))
    for path in paths:
        with path.open("rb", buffering=0) as file:
            while length := file.readinto(view):
                if stop.is_set():
                    return ""
                digest.update(view[:length])
    return digest.hexdigest()
