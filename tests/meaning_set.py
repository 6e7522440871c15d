"""Questions in other words than their passages, and in the other language: the project's own, in four sets.

Every passage of `retrieval_set.jsonl` is asked about once in Korean and once in English, on purpose in roundabout
words: every telling word is replaced. What is fitted is fitted on every other passage; the rest is held out. The
questions of `natural_set.jsonl` are about the same passages, as somebody asks weeks later who remembers the matter and
not the words; they were written without seeing what is found, and looked at when limits were chosen. Those of
`blind_set.jsonl` are as natural, by another hand that saw the passages and nothing else, after the weights of
the order were chosen; the limits of likelihood were chosen when its figures had been seen. `fresh_set.jsonl` has
passages of its own, by one hand, and natural questions by another that saw these alone; both came last, and nothing
at all was chosen by them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("retrieval_set.jsonl")
_NATURAL = Path(__file__).with_name("natural_set.jsonl")
_BLIND = Path(__file__).with_name("blind_set.jsonl")
_FRESH = Path(__file__).with_name("fresh_set.jsonl")


@dataclass(frozen=True, slots=True)
class Question:
    """`direction` is the language of the question and that of its passage, as `ko-en`."""

    text: str
    passage: str
    direction: str


@cache
def _lines(file: Path = _FILE) -> tuple[dict[str, str], ...]:
    return tuple(json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())


def passages() -> list[str]:
    return [line["text"] for line in _lines()]


def fresh_passages() -> list[str]:
    return [line["text"] for line in _lines(_FRESH)]


def questions(*, held_out: bool = False) -> list[Question]:
    """Args:
    held_out: only those of the half that nothing was fitted on.
    """
    chosen = [line for at, line in enumerate(_lines()) if not held_out or at % 2]
    return _asked_beside(chosen)


def natural_questions() -> list[Question]:
    """As people ask."""
    return _asked_of_passages(_NATURAL)


def blind_questions() -> list[Question]:
    """As people ask; no weight of the order was chosen by them."""
    return _asked_of_passages(_BLIND)


def fresh_questions() -> list[Question]:
    """As people ask, about `fresh_passages`; nothing was chosen by them."""
    return _asked_beside(_lines(_FRESH))


def _asked_beside(lines: Sequence[dict[str, str]]) -> list[Question]:
    return [
        Question(line[asked], line["text"], f"{asked}-{line['language']}") for line in lines for asked in ("ko", "en")
    ]


def _asked_of_passages(file: Path) -> list[Question]:
    lines = {line["id"]: line for line in _lines()}
    chosen = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [
        Question(one[asked], lines[one["passage"]]["text"], f"{asked}-{lines[one['passage']]['language']}")
        for one in chosen
        for asked in ("ko", "en")
    ]
