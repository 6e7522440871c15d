"""A model of pictures and words that knows three colours, its index and its thumbnails. For tests only."""

import math
from collections.abc import Sequence
from pathlib import Path

from hearth_reflex.domain.passages import Entry
from hearth_reflex.domain.seeing import Pixels
from hearth_reflex.errors import EmbedderError
from tests.embedders import MemoryIndex

RED, GREEN, BLUE = (230, 10, 10), (10, 230, 10), (10, 10, 230)
_WORDS = {"빨간": RED, "red": RED, "파란": BLUE, "blue": BLUE}
_GREY = (128, 128, 128)


class ColourSeer:
    """Attributes:
    seen: pictures that vectors were made of.
    asked: how many at a time, each time, those included that could not be seen.
    is_broken: it says nothing.
    fails_on: a picture of this colour cannot be seen, nor can those beside it.
    """

    model = "three-colours"

    def __init__(self) -> None:
        self.seen, self.is_broken = 0, False
        self.asked: list[int] = []
        self.fails_on: tuple[int, int, int] | None = None

    async def see(self, pictures: Sequence[Pixels]) -> list[list[float]]:
        self.asked.append(len(pictures))
        self._check()
        if any(tuple(picture.rgb[:3]) == self.fails_on for picture in pictures):
            raise EmbedderError
        self.seen += len(pictures)
        return [_unit([float(value) for value in picture.rgb[:3]]) for picture in pictures]

    async def imagine(self, texts: Sequence[str]) -> list[list[float]]:
        self._check()
        return [
            _unit([float(value) for value in next((_WORDS[word] for word in _WORDS if word in text), _GREY)])
            for text in texts
        ]

    def _check(self) -> None:
        if self.is_broken:
            raise EmbedderError


class LooksMemory(MemoryIndex):
    """The index of looks in a dictionary.

    Attributes:
        cannot_remove, cannot_put: it fails at that.
        cannot_be_read: until it is opened.
        dropped: how often tables of other models were dropped.
        tidied: how often it was tidied.
    """

    cannot_remove = cannot_put = cannot_be_read = False
    dropped = tidied = 0

    async def put(self, entries: Sequence[Entry], vectors: Sequence[Sequence[float]], words: Sequence[str]) -> None:
        if self.cannot_put:
            raise EmbedderError
        await super().put(entries, vectors, words)

    async def remove(self, keys: Sequence[str]) -> None:
        if self.cannot_remove:
            raise EmbedderError
        await super().remove(keys)

    async def sound(self) -> bool:
        return not self.cannot_be_read and await super().sound()

    async def tidy(self) -> None:
        self.tidied += 1

    async def drop_others(self) -> None:
        self.dropped += 1

    async def scopes(self) -> dict[str, str]:
        if self.cannot_be_read:
            raise EmbedderError
        return {key: entry.scope for key, (entry, _, _) in self.rows.items()}

    async def vector(self, key: str) -> list[float]:
        if self.cannot_be_read:
            raise EmbedderError
        return self.rows[key][1] if key in self.rows else []

    async def open(self, dimension: int) -> str:
        if self.cannot_be_read:
            self.rows.clear()
        self.lost = self.cannot_be_read = False
        return await super().open(dimension)


class Painted:
    """Thumbnails of one colour each, by the uuid in their path.

    Args:
        colours: red for those that are not named.
    """

    def __init__(self) -> None:
        self.colours: dict[str, tuple[int, int, int]] = {}

    async def pixels(self, path: Path) -> Pixels:
        colour = next((colour for uuid, colour in self.colours.items() if uuid in str(path)), RED)
        return Pixels(1, 1, bytes(colour))


def _unit(numbers: list[float]) -> list[float]:
    return [number / math.hypot(*numbers) for number in numbers]
