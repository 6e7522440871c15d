"""Documents that are much alike, what they say, and what they do not: the project's own set (`citing_set.jsonl`).

Of each document some questions are answered, in a sentence that is known; others are near misses: another year, person
or place, or something beside what it tells. Each question comes with what a model might say to it: the truth in other
words, or something made up. What is fitted is fitted on the half `fit`; documents that are alike are in one half.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("citing_set.jsonl")
HALVES = ("fit", "held")


@dataclass(frozen=True, slots=True)
class Told:
    """A document of the set."""

    name: str
    text: str
    half: str
    language: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question. `gold` is what answers it, letter by letter in `document`; "" where nothing does. `claim` is what a
    model may say. `across` is whether question and document are in two languages."""

    text: str
    document: str
    half: str
    claim: str
    gold: str = ""
    across: bool = False


@cache
def _lines() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(line) for line in _FILE.read_text(encoding="utf-8").splitlines())


def documents() -> list[Told]:
    return [Told(one["name"], one["text"], one["half"], one["language"]) for one in _lines()]


def questions(half: str = "") -> list[Asked]:
    """Args:
    half: `fit` or `held`; "" for both.
    """
    return [asked for one in _lines() if half in ("", one["half"]) for asked in _of(one)]


def _of(one: dict[str, Any]) -> list[Asked]:
    name, half = one["name"], one["half"]
    answered = [
        Asked(text, name, half, claim, gold, across)
        for key, across in (("asks", False), ("across", True))
        for text, gold, claim in one[key]
    ]
    missed = [
        Asked(text, name, half, claim, across=across)
        for key, across in (("misses", False), ("misses_across", True))
        for text, claim in one[key]
    ]
    return answered + missed
