"""How alike two pictures look: a perceptual hash for what is where, a grid of colours for the mood. Only values.

The hash is pHash (Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010): of the discrete
cosine transform of a small grey picture, which of the slow waves stand above their middle. It outlives another size,
another quality and small cuts. Colours are points in the cone of hue, saturation and value, where red lies beside red
on both ends of the circle and all that is dark lies together.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

SIDE = 32  # points on each side of the grey picture that is hashed
GRID = 4  # fields of colour on each side
ALIKE = 0.5  # from here on a picture is shown to somebody who looks for more like another

_WAVES = 8
_BITS = _WAVES * _WAVES
_CHANCE = 26  # bits in which pictures that have nothing in common differ, and some fewer: of 64 it is about half
_FAR = 90.0  # between colours that have nothing in common, on a scale of 255
_SHAPE, _COLOUR = 0.65, 0.35


@dataclass(frozen=True, slots=True)
class Looks:
    """Hexadecimal both: 64 bits of the hash, three bytes for each field of colour. "" of what could not be opened."""

    hash: str = ""
    colours: str = ""


class Looker(Protocol):
    """Who opens a picture to see how it looks, in a process of its own."""

    async def look(self, path: Path) -> Looks:
        """Raises `errors.InputError`: `picture_unreadable`, `picture_large`."""
        ...


def hash_of(grey: Sequence[int]) -> str:
    """The hash of `SIDE` rows of `SIDE` grey values each, 0 to 255."""
    rows = [grey[at : at + SIDE] for at in range(0, SIDE * SIDE, SIDE)]
    across = [[_wave(row, number) for number in range(_WAVES)] for row in rows]
    waves = [_wave([row[x] for row in across], y) for y in range(_WAVES) for x in range(_WAVES)]
    slow = sorted(waves[1:])  # the first is the brightness of the whole, which says nothing
    middle = slow[len(slow) // 2]
    bits = sum(1 << place for place, wave in enumerate(waves) if place and wave > middle)
    return f"{bits:0{_BITS // 4}x}"


def colours_of(fields: Sequence[tuple[int, int, int]]) -> str:
    """The colours of `GRID` rows of `GRID` fields each, from their red, green and blue."""
    return bytes(value for field in fields for value in _in_cone(*field)).hex()


def likeness(one: Looks, other: Looks) -> float:
    """From 0, nothing in common, to 1, the same; 0 where one of them could not be opened."""
    if not one.hash or not other.hash:
        return 0.0
    differing = (int(one.hash, 16) ^ int(other.hash, 16)).bit_count()
    shape = max(0.0, 1 - differing / _CHANCE)
    return _SHAPE * shape + _COLOUR * _colour_likeness(bytes.fromhex(one.colours), bytes.fromhex(other.colours))


def most_alike(wanted: Looks, others: Sequence[Looks], *, limit: int) -> list[tuple[int, float]]:
    """The places of those that look like `wanted` and how much, the likest first; those beside it last in doubt."""
    worth = [(place, likeness(wanted, other)) for place, other in enumerate(others)]
    return sorted((pair for pair in worth if pair[1] >= ALIKE), key=lambda pair: -pair[1])[:limit]


def _colour_likeness(one: bytes, other: bytes) -> float:
    if not one or len(one) != len(other):
        return 0.0
    fields = range(0, len(one), 3)
    apart = sum(math.dist(one[at : at + 3], other[at : at + 3]) for at in fields) / len(fields)
    return max(0.0, 1 - apart / _FAR)


def _wave(values: Sequence[float], number: int) -> float:
    return sum(value * turn for value, turn in zip(values, _turns(number), strict=True))


@cache
def _turns(number: int) -> tuple[float, ...]:
    return tuple(math.cos(math.pi * number * (2 * place + 1) / (2 * SIDE)) for place in range(SIDE))


def _in_cone(red: int, green: int, blue: int) -> tuple[int, int, int]:
    """How far it leans to red and to green-blue, as far as it is bright, and how bright it is; 0 to 255 each."""
    value = max(red, green, blue)
    # The hexagon of hues as a circle: its two axes in the plane of red, green and blue.
    lean, side = red - (green + blue) / 2, (green - blue) * math.sqrt(3) / 2
    return _byte(128 + lean / 2), _byte(128 + side / 2), value


def _byte(value: float) -> int:
    return min(255, max(0, round(value)))
