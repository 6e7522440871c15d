"""Which texts say the same but for little: letters in, yes or no out. By how many pieces of five letters they share.

Method: A. Broder, "On the resemblance and containment of documents", Compression and Complexity of Sequences 1997;
here of all pieces, as texts are few.
"""

from collections import Counter
from collections.abc import Set

from hearth_reflex.domain.compared import plain

_SHINGLE = 5  # letters: of such pieces two texts are made to see how much they have in common
_SAMPLES = 16  # of them that are looked for first
_HEAD = 24  # letters by which texts are looked for before that,
_BODY = slice(48, 72)  # and some behind the name and heading that all pieces of a document begin with
_SAME = 0.75  # of them in common, from which on two texts say the same


class Distinct:
    """Texts that say different things, as many as were taken. One that differs from one of them in one place alone is
    told by both their beginnings; else nothing is held against it but what has half of a few samples of it: of texts
    that say the same, most samples stand in both."""

    def __init__(self) -> None:
        self._texts: list[tuple[str, Set[str]]] = []
        self._having: dict[str, list[int]] = {}  # which of them, by piece
        self._heads: dict[str, list[int]] = {}

    def takes(self, text: str) -> bool:
        """Whether this says something new; then it is one of them from now on."""
        letters = plain(text)
        head = letters[:_HEAD]
        for other, pieces in (self._texts[number] for number in self._heads.get(head, ())):
            seems_same = other[_BODY] == letters[_BODY] or other[-_HEAD:] == letters[-_HEAD:]
            if seems_same and _changed_little(other, pieces, letters):
                return False
        last = max(1, len(letters) - _SHINGLE + 1)
        samples = {letters[place : place + _SHINGLE] for place in range(0, last, max(1, last // _SAMPLES))}
        shared = Counter(number for sample in samples for number in self._having.get(sample, ()))
        near = [self._texts[number] for number, count in shared.items() if 2 * count >= len(samples)]
        if any(_changed_little(other, pieces, letters) for other, pieces in near):
            return False
        pieces = _pieces(letters)
        if any(in_common(pieces, its) >= _SAME for _, its in near):
            return False
        for piece in pieces:
            self._having.setdefault(piece, []).append(len(self._texts))
        self._heads.setdefault(head, []).append(len(self._texts))
        self._texts.append((letters, pieces))
        return True


def _changed_little(text: str, pieces: Set[str], changed: str) -> bool:
    """Whether two texts differ in one place alone, and by so little that they must say the same: told without the
    second one's pieces, of which as many are new at most as letters are, and those before them that reach into them."""
    head = _alike(text, changed, most=min(len(text), len(changed)))
    tail = _alike(text[::-1], changed[::-1], most=min(len(text), len(changed)) - head)
    gone, new = (len(one) - head - tail + _SHINGLE - 1 for one in (text, changed))
    return len(pieces) - gone >= _SAME * (len(pieces) + new)


def _alike(one: str, other: str, *, most: int) -> int:
    """How many letters two texts have in common from the beginning on."""
    least = 0
    while least < most:
        middle = (least + most + 1) // 2
        if one.startswith(other[least:middle], least):
            least = middle
        else:
            most = middle - 1
    return least


def shingles(text: str) -> Set[str]:
    """All pieces of a text of a few letters, however it is spaced and cased."""
    return _pieces(plain(text))


def _pieces(letters: str) -> Set[str]:
    return {letters[place : place + _SHINGLE] for place in range(max(1, len(letters) - _SHINGLE + 1))}


def in_common(one: Set[str], other: Set[str]) -> float:
    """0 to 1 (Jaccard's index)."""
    if not one or not other or min(len(one), len(other)) < _SAME * max(len(one), len(other)):
        return 0.0  # too unlike in length to be the same
    both = len(one & other)
    return both / (len(one) + len(other) - both)
