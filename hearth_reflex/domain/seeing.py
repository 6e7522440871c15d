"""Pictures found by how they look: what a model of pictures and words is asked, and how its answers are weighed.

Such a model puts pictures and captions into one space, where each caption is somewhat near to each picture. So a
question counts by how much nearer a picture is to it than to captions that fit anything. Where that is enough was set
by hand from what is known of such models, and not measured: the figures are provisional. Values and two seams.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, sqrt
from pathlib import Path
from typing import Protocol

SIDE_MOST = 448  # points of the longer side of what a model is given; it looks at fewer
_SIDE_LEAST = 4  # with three points it could be taken for its colours
_LONGEST = 8  # times the shorter side, which models bring to a length: a line of points would become a canvas
PLAIN = {
    False: ("a photo", "a picture of something", "an image", "a photo of a person", "a photo of a place", "a drawing"),
    True: ("사진", "무언가의 그림", "이미지", "사람 사진", "장소 사진", "그려진 그림"),
}
_SHARPNESS, _ENOUGH = 100.0, 0.08  # how much nearer than a plain caption is as likely as not what was asked for
_STRANGERS, _SAME = 0.5, 1.0  # cosines of two pictures that have nothing in common, and of one with itself

Vector = Sequence[float]


@dataclass(frozen=True, slots=True)
class Pixels:
    """A small picture, unpacked: three bytes a point, row after row."""

    width: int
    height: int
    rgb: bytes


def canvas_of(width: int, height: int) -> tuple[int, int]:
    """The smallest size for a picture of this one that a model can take."""
    least = max(_SIDE_LEAST, ceil(max(width, height) / _LONGEST))
    return max(width, least), max(height, least)


class Seer(Protocol):
    """The seam to a model of pictures and words."""

    @property
    def model(self) -> str:
        """What tells its vectors from those of others."""
        ...

    async def see(self, pictures: Sequence[Pixels]) -> list[list[float]]:
        """Unit vectors. Raises `errors.EmbedderError`."""
        ...

    async def imagine(self, texts: Sequence[str]) -> list[list[float]]:
        """Unit vectors of what these captions would look like. Raises `errors.EmbedderError`."""
        ...


class Thumbnails(Protocol):
    """Who unpacks a picture, in a process of its own."""

    async def pixels(self, path: Path) -> Pixels:
        """Raises `errors.InputError`: `picture_unreadable`, `picture_large`."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which way a picture lies that is nearer to a question than to plain captions; `far` turns a cosine into how much
    nearer it is."""

    way: tuple[float, ...]
    far: float

    @classmethod
    def of(cls, question: Vector, plain: Sequence[Vector]) -> "Wanted":
        mean = [sum(numbers) / len(plain) for numbers in zip(*plain, strict=True)]
        apart = [number - other for number, other in zip(question, mean, strict=True)]
        far = sqrt(sum(number * number for number in apart))
        return cls(tuple(number / far for number in apart) if far else tuple(apart), far)

    def likely(self, cosine: float) -> float:
        """0 to 1, how likely a picture shows what was asked for."""
        sure = _SHARPNESS * (cosine * self.far - _ENOUGH)
        return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, sure))))


def likeness_of(cosine: float) -> float:
    """How much two pictures look alike to the model: 0, nothing in common, to 1, the same."""
    return max(0.0, min(1.0, (cosine - _STRANGERS) / (_SAME - _STRANGERS)))
