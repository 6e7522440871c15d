"""How well and how fast the house finds passages of a given set, by its own ways in and out: each passage is a document
of a room, cut, embedded and brought into the index as any other, and each question is asked of `Retrieval`.

    python -m benchmarks.retrieval --set PREFIX [--scale]

Reads PREFIX.passages.jsonl (id, text and perhaps title) and PREFIX.questions.jsonl (question, relevant: ids). `--scale`
also asks among ten and a hundred thousand passages, made up beside those of the set. The last line printed is one JSON
object; docs/benchmarks.md says what its figures are.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from math import log2
from pathlib import Path
from typing import Any

from benchmarks.bare_encoder import BATCH, bare_encoder
from benchmarks.report import percentile
from benchmarks.retrieval_house import Asked, Library, open_library
from benchmarks.retrieval_leaks import leaks
from benchmarks.retrieval_scale import scaled
from hearth_reflex.bootstrap.index import embedder_order

TOP = 10


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", required=True, type=Path, dest="prefix", help="what both files begin with")
    parser.add_argument("--scale", action="store_true", help="also among 10,000 and 100,000 passages")
    parser.add_argument("--ingest-only", action="store_true", help="no questions")
    parser.add_argument("--rooms", type=int, default=50, help="rooms with a canary each")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hearth-retrieval-") as folder:
        line = asyncio.run(
            measure(Path(folder), given.prefix, rooms=given.rooms, scale=given.scale, asked=not given.ingest_only)
        )
    print(json.dumps(line))
    return 0


async def measure(folder: Path, prefix: Path, *, rooms: int, scale: bool, asked: bool) -> dict[str, Any]:
    passages = _lines(prefix, "passages")
    questions = [Asked(row["question"], frozenset(map(str, row["relevant"]))) for row in _lines(prefix, "questions")]
    async with open_library(folder) as library:
        await library.warm_up()
        texts = [(str(row["id"]), str(row["text"])) for row in passages]
        taken, encoded, in_one_go = await beside_bare_encoding(library, texts)
        line = dict[str, Any]()
        if asked:
            line = await quality(library, questions)
            line |= await speed(library, questions)
            line["leaks"] = await leaks(library, rooms=rooms)
        if scale:
            for amount in (10_000, 100_000):
                line |= await scaled(library, amount, [question.text for question in questions])
    line |= {
        "ingest_passages_per_s": round(len(passages) / taken, 2),
        "encode_passages_per_s": round(len(passages) / encoded, 2),
        "ingest_share": round(encoded / taken, 3),
        "encode_in_one_go_per_s": round(len(passages) / in_one_go, 2),
        "passages": len(passages),
        "questions": len(questions),
    }
    return line


async def beside_bare_encoding(library: Library, texts: Sequence[tuple[str, str]]) -> tuple[float, float, float]:
    """Seconds to take (id, text) in, to encode the texts alone by turns with that, and to encode them again in one go.

    All are kept as documents first; then a step of the index and a batch of bare encoding take turns, because a machine
    is not as fast at every time. The batches are those that sentence-transformers makes of all texts.
    """
    longest_first = sorted((text for _, text in texts), key=len, reverse=True)
    batches = deque(longest_first[at : at + BATCH] for at in range(0, len(texts), BATCH))
    encoded = 0.0
    begun = time.perf_counter()
    await library.keep_all(texts)
    taken = time.perf_counter() - begun
    async with bare_encoder(embedder_order(library.house.settings)) as bare:
        await bare.seconds(batches[0])
        waiting = True
        while waiting or batches:
            begun = time.perf_counter()
            waiting = waiting and await library.house.indexing.step()
            taken += time.perf_counter() - begun
            if batches:
                encoded += await bare.seconds(batches.popleft())
        in_one_go = await bare.seconds(longest_first)
    return taken, encoded, in_one_go


async def quality(library: Library, questions: list[Asked]) -> dict[str, Any]:
    """nDCG of each leg alone and of what the house makes of both."""
    gains: dict[str, list[float]] = {"vector": [], "text": [], "hybrid": []}
    recall: list[float] = []
    for question in questions:
        found = {
            "vector": await library.by_vectors(question.text, TOP),
            "text": await library.by_words(question.text, TOP),
            "hybrid": await library.find(question.text, TOP),
        }
        for way, ids in found.items():
            gains[way].append(ndcg(ids, question.relevant))
        hits = question.relevant & set(found["hybrid"][:TOP])
        recall.append(len(hits) / min(TOP, len(question.relevant)))
    means = {way: sum(values) / len(values) for way, values in gains.items()}
    return {
        "ndcg10_vector": round(means["vector"], 4),
        "ndcg10_text": round(means["text"], 4),
        "ndcg10_hybrid": round(means["hybrid"], 4),
        "ndcg10_best_leg": round(max(means["vector"], means["text"]), 4),
        "recall10_hybrid": round(sum(recall) / len(recall), 4),
    }


async def speed(library: Library, questions: list[Asked]) -> dict[str, Any]:
    """Milliseconds of a whole search, and of the barest exact one: the question as a vector, compared with each."""
    whole, exact = await library.timed([question.text for question in questions[:200]])
    return {
        "p50_ms": round(percentile(whole, 50), 1),
        "p95_ms": round(percentile(whole, 95), 1),
        "exact_p95_ms": round(percentile(exact, 95), 1),
    }


def ndcg(found: list[str], relevant: frozenset[str]) -> float:
    gained = sum(1 / log2(place + 2) for place, one in enumerate(found[:TOP]) if one in relevant)
    best = sum(1 / log2(place + 2) for place in range(min(TOP, len(relevant))))
    return gained / best if best else 0.0


def _lines(prefix: Path, name: str) -> list[dict[str, Any]]:
    file = prefix.with_name(f"{prefix.name}.{name}.jsonl")
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    os.environ.setdefault("HEARTH_LOG_LEVEL", "warning")
    raise SystemExit(main())
