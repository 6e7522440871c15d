"""What the words of a question may be called in the other language, and which texts say them. Words in, numbers out.

Method: a question is put into the other language word by word, all usual translations of a word standing for it as one:
A. Pirkola, "The effects of query structure and dictionary setups in dictionary-based cross-language information
retrieval", SIGIR 1998.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

_NO_WORDS = re.compile(r"[^0-9a-z가-힣]+")


@dataclass(frozen=True, slots=True)
class Meanings:
    """Attributes:
    words: what full text looks for in the other language, spaces between them.
    each: for each word of the question what it may be there: beginnings of words in small letters, of several with
        spaces between them all must stand in a text. Empty for a word that no dictionary knows.
    """

    words: str = ""
    each: tuple[tuple[str, ...], ...] = ()


UNKNOWN = Meanings()


def covered_across(meanings: Meanings, folded: Sequence[str]) -> list[float]:
    """How much of the question each text says in the other language, 0 to 1; a word that few of them say counts more.

    Args:
        folded: texts as `korean.fold` makes them.
    """
    texts = [" " + _NO_WORDS.sub(" ", text) for text in folded]
    said = [[any(_stands(meaning, text) for meaning in word) for text in texts] for word in meanings.each]
    weights = [_rarity(sum(its), len(texts)) for its in said]
    total = sum(weights)
    if not total:
        return [0.0] * len(texts)
    return [
        sum(weight for weight, its in zip(weights, said, strict=True) if its[at]) / total for at in range(len(texts))
    ]


def _stands(meaning: str, text: str) -> bool:
    """English words begin where words begin; Korean ones may stand within another (당근케이크)."""
    if meaning.isascii():
        parts = meaning.split()
        return bool(parts) and all(f" {part}" in text for part in parts)
    return meaning in text


def _rarity(having: int, of: int) -> float:
    return log(1.0 + (of - having + 0.5) / (having + 0.5))
