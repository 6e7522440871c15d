"""The forms of a text in which it is held against questions and other texts, each made once for many looks.

A look compares more than a hundred passages, and the next one many of them again.
"""

import re
from functools import lru_cache

from hearth_reflex.domain.korean import fold
from hearth_reflex.domain.queries import hangul_share

_READ_MAX = 6_000  # letters of one text that are compared
_LANGUAGE_MAX = 400  # letters that tell its language
_KEPT = 600  # texts: a few looks' passages, 5 to 20 MB
_NO_LETTERS = re.compile(r"[\W_]+")


@lru_cache(maxsize=_KEPT)
def folded(text: str) -> str:
    """As `korean.fold` makes it, of bounded length."""
    return fold(text[:_READ_MAX])


@lru_cache(maxsize=_KEPT)
def spaced(text: str) -> str:
    """The words of it as folded, one space before and behind each."""
    return f" {_NO_LETTERS.sub(' ', folded(text))} "


@lru_cache(maxsize=_KEPT)
def plain(text: str) -> str:
    """Its letters alone, however it is spaced and cased."""
    return _NO_LETTERS.sub("", folded(text))


@lru_cache(maxsize=_KEPT)
def korean_share(text: str) -> float:
    """How much of its beginning is written in Hangul, 0 to 1."""
    return hangul_share(text[:_LANGUAGE_MAX])
