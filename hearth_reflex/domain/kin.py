"""Words that mean the same: how much of a question a passage says in other words, or in the other language.

Vectors of whole passages lose a single word that tells ("compost", "퇴비"); words of a passage that are near a word of
the question by their own vectors bring it back. Words and numbers in, numbers out; knows no model.

Method: the soft alignment of words by the cosine of their vectors, each word of one side with its nearest of the other,
weighed by rarity, as in T. Zhang et al., "BERTScore", ICLR 2020.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from math import exp, log
from statistics import fmean

from hearth_reflex.domain.endings import without_particle
from hearth_reflex.domain.fusion import Ranked, is_foreign
from hearth_reflex.domain.queries import Query
from hearth_reflex.domain.rarity import rarity

LOOKED_AT = 50  # of the best, whose words are compared
LETTERS_MAX = 2_000  # of one passage
_WORDS_MAX = 400
_WORD = re.compile(r"[A-Za-z]{2,24}|[가-힣]{2,12}")
# Fitted on every other roundabout question: docs/decisions/0023.
_LEAST = 0.4  # cosine from which on two words have something in common
_SAID = 0.15  # of what is left above it, from which on a passage counts as saying the word
_WEIGHT, _OWN = 2.0, 0.5  # of a whole question said, in spreads; and how much of that within one language
_FOREMOST = 10  # that may stand out, at most the first third; behind them is the crowd
# How sure it is that a passage is about the question: by so much of it as passages say by chance, and for what it says
# beyond, in the other language and in its own; then brought back to the scale of `fusion.py`.
_BY_CHANCE, _SURER, _SURER_OWN = 0.12, 5.0, 3.0
_SCALE, _SHIFT = 0.54, -0.58

Alike = Sequence[Sequence[float]]


@lru_cache(maxsize=20_000)
def plain_word(word: str) -> str:
    """As words are compared: small letters, no particle."""
    small = word.lower()
    return without_particle(small) if "가" <= small[:1] <= "힣" else small


@lru_cache(maxsize=2_000)
def words_in(text: str) -> tuple[str, ...]:
    """The words of a text that are compared, each once, in order."""
    found = (plain_word(word) for word in _WORD.findall(text[:LETTERS_MAX]))
    return tuple(dict.fromkeys(word for word in found if len(word) > 1))[:_WORDS_MAX]


def asked_words(query: Query) -> tuple[str, ...]:
    """The same of a question's telling words."""
    return tuple(dict.fromkeys(word for keyword in query.keywords for word in words_in(keyword)))


def by_kin(query: Query, order: Sequence[Ranked], alike: Alike) -> list[Ranked]:
    """The order, with those first whose words mean what the question's mean, and these more likely about it.

    Args:
        order: the best first, as `fuse` has it.
        alike: of the first of them, for each word of the question the cosine of the nearest word there.
    """
    looked = order[: len(alike)]
    said = [[max(0.0, (cosine - _LEAST) / (1 - _LEAST)) for cosine in its] for its in alike]
    weights = (
        [rarity(sum(its[word] > _SAID for its in said), len(said)) for word in range(len(said[0]))] if said else []
    )
    total = sum(weights)
    if not total:
        return list(order)
    shares = [sum(weight * its for weight, its in zip(weights, one, strict=True)) / total for one in said]
    foreign = [is_foreign(query, one.candidate.text) for one in looked]
    crowd = {
        side: _crowd([share for share, its in zip(shares, foreign, strict=True) if its is side])
        for side in (False, True)
    }
    moved = [
        replace(
            one,
            fused=one.fused + _WEIGHT * (1.0 if other else _OWN) * (share - crowd[other]),
            likely=_likely(one.likely, share, other=other),
        )
        for one, share, other in zip(looked, shares, foreign, strict=True)
    ]
    return [*sorted(moved, key=lambda one: (-one.fused, one.candidate.key)), *order[len(alike) :]]


def _likely(before: float, share: float, *, other: bool) -> float:
    sure = log(max(before, 1e-12) / max(1.0 - before, 1e-12))
    surer = sure + (_SURER if other else _SURER_OWN) * (share - _BY_CHANCE)
    return 1.0 / (1.0 + exp(-(_SCALE * surer + _SHIFT)))


def _crowd(shares: Sequence[float]) -> float:
    ordered = sorted(shares, reverse=True)
    return fmean(ordered[min(_FOREMOST, len(ordered) // 3) :]) if ordered else 0.0
