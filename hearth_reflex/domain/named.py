"""What a question names, and which passages do not: another year, another place, another person. Pure.

Who asks of 2027, flat 4C or Turku is not answered by what is said of 2026, 3B or Tampere, however near it is otherwise:
in other words one puts everything, but not numbers and names. Names are told by their capitals, so only those of
English are known, and only in texts that are not Korean, where they would be written otherwise.
"""

import re
from collections.abc import Sequence

from hearth_reflex.domain.text_facts import language_of
from hearth_reflex.domain.wording import Said, has, said

_NAME = re.compile(r"(?<![.!?:]\s)(?<=\s)[A-Z][A-Za-z]+")
_NO_NAME = frozenset(("I",))


def numbers_in(question: str) -> list[Sequence[str]]:
    return [word for word in said(question).words if word[0][:1].isdigit()]


def names_in(question: str) -> list[Sequence[str]]:
    """Words with a capital that does not begin a sentence."""
    found = [name for name in _NAME.findall(question) if name not in _NO_NAME]
    return [word for name in found for word in said(name).words]


def lacks(question: str, text: str, words: Said) -> bool:
    """Whether a text says nothing of something that the question names.

    Args:
        words: the telling words of `text`.
    """
    named = numbers_in(question)
    if language_of(text) != "ko":
        named += names_in(question)
    return any(not has(words, one) for one in named)
