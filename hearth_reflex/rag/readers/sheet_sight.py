"""Which rows and columns of a sheet of Excel nobody sees: hidden, filtered out, folded away, or of no height or width.
Where its XML breaks off nobody knows of the rest, and it counts as not seen: others read such a sheet on.

openpyxl tells of them only where it holds a whole sheet in memory, so the sheet is gone through once for this alone.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from hearth_reflex.rag.markup import tags_of

_YES = ("1", "true")


class Unseen:
    """Rows and columns by their numbers, from 1."""

    def __init__(self) -> None:
        self._rows = set[int]()
        self._known: int | None = None  # rows until there are known; None for all
        self._columns: list[tuple[int, int]] = []

    @classmethod
    def of(cls, xml: bytes) -> "Unseen":
        """What the XML of a sheet hides."""
        unseen, row = cls(), 0
        try:
            for tag, said in tags_of(xml, "row", "col"):
                if tag == "col":
                    unseen._column(said)
                    continue
                row = _number(said.get("r"), row + 1)
                if _is_hidden(said, "ht"):
                    unseen._rows.add(row)
        except ValueError:
            unseen._known = row
        unseen._columns = _merged(unseen._columns)
        return unseen

    def row(self, number: int) -> bool:
        return number in self._rows or (self._known is not None and number > self._known)

    def column(self, number: int) -> bool:
        at = bisect_right(self._columns, (number, 1 << 30)) - 1
        return at >= 0 and number <= self._columns[at][1]

    def _column(self, said: Mapping[str, str]) -> None:
        first = _number(said.get("min"), 0)
        if _is_hidden(said, "width"):
            self._columns.append((first, _number(said.get("max"), first)))


def _merged(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, and none within another."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _is_hidden(said: Mapping[str, str], measure: str) -> bool:
    return said.get("hidden") in _YES or _is_zero(said.get(measure, ""))


def _is_zero(measure: str) -> bool:
    try:
        return float(measure) <= 0
    except ValueError:
        return False


def _number(said: str | None, otherwise: int) -> int:
    try:
        return int(float(said)) if said else otherwise
    except (ValueError, OverflowError):
        return otherwise
