"""Questions in other words than their passages, and in the other language: the project's own (`retrieval_set.jsonl`).

Every passage is asked about once in Korean and once in English. What is fitted is fitted on every other passage; the
rest is held out.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("retrieval_set.jsonl")


@dataclass(frozen=True, slots=True)
class Question:
    """`direction` is the language of the question and that of its passage, as `ko-en`."""

    text: str
    passage: str
    direction: str


@cache
def _lines() -> tuple[dict[str, str], ...]:
    return tuple(json.loads(line) for line in _FILE.read_text(encoding="utf-8").splitlines())


def passages() -> list[str]:
    return [line["text"] for line in _lines()]


def questions(*, held_out: bool = False) -> list[Question]:
    """Args:
    held_out: only those of the half that nothing was fitted on.
    """
    chosen = [line for at, line in enumerate(_lines()) if not held_out or at % 2]
    return [
        Question(line[asked], line["text"], f"{asked}-{line['language']}") for line in chosen for asked in ("ko", "en")
    ]
