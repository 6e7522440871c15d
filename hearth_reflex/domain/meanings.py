"""What the words of a question may be called in the other language, and which texts say them. Words in, numbers out.

Method: a question is put into the other language word by word, all usual translations of a word standing for it as one:
A. Pirkola, "The effects of query structure and dictionary setups in dictionary-based cross-language information
retrieval", SIGIR 1998.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from hearth_reflex.domain.korean import fold
from hearth_reflex.domain.rarity import rarity

_NO_WORDS = re.compile(r"[\W_]+")
_DENSE = re.compile("[가-힣\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_WHOLE_UP_TO = 3  # letters of a word that stands for itself and its plural alone: "car" is not in "care"


@dataclass(frozen=True, slots=True)
class Meanings:
    """Attributes:
    words: what full text looks for in the other language, spaces between them.
    each: for each word of the question by what it is seen in a text: the word itself, and what it may be in the other
        language; of several words with spaces between them all must stand there. Empty for one that is not looked for.
    """

    words: str = ""
    each: tuple[tuple[str, ...], ...] = ()


UNKNOWN = Meanings()


def covered_across(meanings: Meanings, texts: Sequence[str]) -> list[float]:
    """How much of the question each text says in the other language, 0 to 1; a word that few of them say counts more.

    Args:
        texts: as `compared.spaced` makes them.
    """
    said = [_where_it_is_said(word, texts) for word in meanings.each]
    weights = [rarity(sum(its), len(texts)) for its in said]
    total = sum(weights)
    if not total:
        return [0.0] * len(texts)
    return [
        sum(weight for weight, its in zip(weights, said, strict=True) if its[at]) / total for at in range(len(texts))
    ]


def _where_it_is_said(meanings: Sequence[str], texts: Sequence[str]) -> list[bool]:
    """For each text whether any of the meanings stands there."""
    signs = [_signs(meaning) for meaning in meanings]
    # Any sign of a meaning of one word will do: these are looked for first, one after the other.
    single = tuple(piece for words in signs if len(words) == 1 for piece in words[0])
    several = [words for words in signs if len(words) > 1]
    return [has_any(single, text) or any(_has_all(words, text) for words in several) for text in texts]


@lru_cache(maxsize=5_000)
def _signs(meaning: str) -> tuple[tuple[str, ...], ...]:
    """For each word of a meaning the pieces of text of which one shows that it stands there."""
    return tuple(_pieces(word) for word in _NO_WORDS.sub(" ", fold(meaning)).split())


def _pieces(word: str) -> tuple[str, ...]:
    """Words begin where words begin, short ones stand whole; in Korean they may stand within another (당근케이크)."""
    if _DENSE.search(word):
        return (word if len(word) > 1 else f" {word}",)
    return (f" {word} ", f" {word}s ", f" {word}es ") if len(word) <= _WHOLE_UP_TO else (f" {word}",)


def has_any(pieces: Sequence[str], text: str) -> bool:
    """Whether any of them stands in a text."""
    for piece in pieces:  # noqa: SIM110 - a hundred texts and their words: a generator takes twice as long
        if piece in text:
            return True
    return False


def _has_all(words: Sequence[Sequence[str]], text: str) -> bool:
    return all(has_any(pieces, text) for pieces in words)
