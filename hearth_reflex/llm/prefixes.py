"""Which of several token sequences begins most like a prompt. Plain Python; knows no memory.

Sequences are cut into blocks; each block's mark is made from the one before it, so that equal marks mean equal
beginnings. A prompt's marks are made once, and finding the best sequence is a walk over them: the cost is that of the
prompt's length, however many sequences there are. Marks are made of whole numbers only, so they are the same in every
process of one Python; what they find is compared token by token before it is believed.
"""

from collections.abc import Hashable, Iterator, Sequence
from typing import Generic, TypeVar

BLOCK = 32
K = TypeVar("K", bound=Hashable)


def marks_of(tokens: Sequence[int]) -> Iterator[int]:
    """The mark of each whole block of `tokens`."""
    mark = 0
    for at in range(0, len(tokens) - BLOCK + 1, BLOCK):
        mark = hash((mark, *tokens[at : at + BLOCK]))
        yield mark


def shared_length(first: Sequence[int], second: Sequence[int]) -> int:
    """How many tokens two sequences have in common at their beginning."""
    length = min(len(first), len(second))
    if first[:length] == second[:length]:
        return length
    low, high = 0, length  # halving with slices: each comparison runs at the speed of C
    while high - low > 1:
        middle = (low + high) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle
    return low


class PrefixIndex(Generic[K]):
    """Finds, by prefix, the owners of token sequences."""

    def __init__(self) -> None:
        self._owners: dict[int, set[K]] = {}
        self._marks: dict[K, list[int]] = {}

    def put(self, owner: K, tokens: Sequence[int]) -> None:
        """`owner` holds `tokens` now, and nothing else."""
        self.drop(owner)
        marks = list(marks_of(tokens))
        for mark in marks:
            self._owners.setdefault(mark, set()).add(owner)
        self._marks[owner] = marks

    def drop(self, owner: K) -> None:
        for mark in self._marks.pop(owner, ()):
            owners = self._owners[mark]
            owners.discard(owner)
            if not owners:
                del self._owners[mark]

    def best(self, tokens: Sequence[int]) -> set[K]:
        """Owners that share the most whole blocks with `tokens`; empty when nobody shares one."""
        found = set[K]()
        for mark in marks_of(tokens):
            owners = self._owners.get(mark)
            if not owners:
                break
            found = owners
        return set(found)
