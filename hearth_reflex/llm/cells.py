"""Who holds which cells of the KV memory. Plain Python: counts only, touches no memory.

Sequences may share cells (a copied prefix occupies none of its own), so what is used is the number of different cells,
not the sum of the sequences' lengths. Every operation costs what it changes, never the size of the memory.
"""

from collections.abc import Iterable


class Ledger:
    """Cells of `sequences` sequences in one memory.

    Args:
        sequences: how many there are.
        size: cells of the memory.
    """

    def __init__(self, sequences: int, size: int) -> None:
        self.size = size
        self._held: list[list[int]] = [[] for _ in range(sequences)]
        self._owners: dict[int, int] = {}
        self._next = 0

    @property
    def used(self) -> int:
        return len(self._owners)

    def length(self, sequence: int) -> int:
        return len(self._held[sequence])

    def own(self, sequence: int) -> int:
        """Cells that would be free without this sequence."""
        return sum(self._owners[cell] == 1 for cell in self._held[sequence])

    def extend(self, sequence: int, count: int) -> None:
        cells = range(self._next, self._next + count)
        self._next += count
        self._held[sequence].extend(cells)
        self._owners.update(dict.fromkeys(cells, 1))

    def cut(self, sequence: int, length: int) -> None:
        """Forget all from position `length` on."""
        held = self._held[sequence]
        self._release(held[length:])
        del held[length:]

    def copy(self, source: int, target: int, length: int) -> None:
        """`target`, which must be empty, shares the first `length` cells of `source`."""
        cells = self._held[source][:length]
        self._held[target] = list(cells)
        for cell in cells:
            self._owners[cell] += 1

    def _release(self, cells: Iterable[int]) -> None:
        for cell in cells:
            left = self._owners[cell] - 1
            if left:
                self._owners[cell] = left
            else:
                del self._owners[cell]
