"""Stands in for the reader of model files, under its limits, with a file that would make it take all memory."""

import sys

from hearth_reflex.llm import gguf_reading


def greedy(path: object) -> dict[str, object]:
    held = [bytearray(200_000_000) for _ in range(100)]
    return {"held": len(held)}


gguf_reading.facts_of = greedy
sys.exit(gguf_reading.main())
