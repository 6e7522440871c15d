"""The fire, drawn: twelve frames of a flame side by side in one SVG, which CSS steps through.

Knows shapes and colours, no page. Every movement is a whole number of turns over the twelve frames, so that the last
frame runs into the first; no chance is in it, so that the same file comes out each time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi, sin

FRAMES = 12
WIDTH, HEIGHT = 200, 260
_BASE = 248.0
_STILL = 0.36  # the moment of the turn that looks best standing still
_STEPS = 9  # points on each side of a tongue; the curve between them is smooth


@dataclass(frozen=True, slots=True)
class Tongue:
    """One tongue of flame. `sway` is how far its tip wanders, `phase` where in the turn it begins."""

    colour: str
    x: float
    height: float
    width: float
    sway: float
    phase: float


# From the back to the front: the cooler the colour, the wider and the taller.
TONGUES = (
    Tongue("#A93C14", 66, 150, 39, 17, 0.10),
    Tongue("#A93C14", 138, 164, 40, 18, 0.62),
    Tongue("#C9551C", 100, 226, 58, 22, 0.00),
    Tongue("#E8762A", 78, 142, 35, 15, 0.38),
    Tongue("#E8762A", 124, 152, 34, 16, 0.84),
    Tongue("#F5973F", 100, 186, 46, 18, 0.16),
    Tongue("#FFBE5C", 94, 132, 33, 13, 0.52),
    Tongue("#FFD98A", 104, 94, 25, 9, 0.30),
    Tongue("#FFF0C4", 100, 54, 15, 5, 0.70),
)
# x, phase, size of each spark
SPARKS = ((70, 0.05, 3.1), (92, 0.48, 2.4), (121, 0.27, 2.8), (139, 0.73, 2.2), (106, 0.90, 2.0))


def sprite() -> str:
    """The whole strip, as SVG source."""
    frames = "".join(f'<g transform="translate({k * WIDTH} 0)">{_frame(k / FRAMES)}</g>' for k in range(FRAMES))
    size = f'viewBox="0 0 {WIDTH * FRAMES} {HEIGHT}" width="{WIDTH * FRAMES}" height="{HEIGHT}"'
    # Stretched as it is told: kept in proportion, a rounded box would shift the frames against its window.
    size += ' preserveAspectRatio="none"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{frames}</svg>\n'


def still() -> str:
    """One frame alone, for icons and for whoever wants no movement."""
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{_frame(_STILL)}</svg>\n'


def shapes(*, turn: float = _STILL) -> list[tuple[str, list[tuple[float, float]]]]:
    """The tongues of one moment as coloured polygons with a round base, from the back to the front."""
    return [(tongue.colour, _rounded(outline(tongue, turn=turn, steps=60))) for tongue in TONGUES]


def outline(tongue: Tongue, *, turn: float, steps: int = _STEPS) -> list[tuple[float, float]]:
    """The points of a tongue at a moment of the turn: up its left side, down its right."""
    left = [_edge(tongue, turn, step / steps, side=-1) for step in range(steps + 1)]
    right = [_edge(tongue, turn, step / steps, side=1) for step in reversed(range(steps))]
    return left + right


def _frame(turn: float) -> str:
    flames = "".join(f'<path fill="{tongue.colour}" d="{_path(outline(tongue, turn=turn))}"/>' for tongue in TONGUES)
    return flames + "".join(_sparks(turn))


def _edge(tongue: Tongue, turn: float, up: float, *, side: int) -> tuple[float, float]:
    """A point `up` of the way from the base (0) to the tip (1)."""
    height = tongue.height * (1 + 0.07 * _wave(turn + tongue.phase))
    # A little narrowed at the base, widest at a quarter of the height, drawn out to a tip.
    half = tongue.width * max(0.0, sin(pi * (0.27 + 0.73 * up**0.85))) * (1 - 0.25 * up)
    lean = tongue.sway * up**1.6 * _wave(turn + tongue.phase - 0.7 * up)
    curl = tongue.sway * 0.45 * up**2 * _wave(2 * turn + tongue.phase - 1.3 * up)
    ripple = 1 + 0.13 * up * _wave(turn + tongue.phase - 1.1 * up + side * 0.21)
    return tongue.x + lean + curl + side * half * ripple, _BASE - height * up


def _sparks(turn: float) -> Iterator[str]:
    for x, phase, size in SPARKS:
        up = (turn + phase) % 1.0
        radius = size * (1 - up) ** 0.7
        if up > 0.2 and radius > 0.4:  # below that a spark would be seen inside the flame
            drift = x + 9 * _wave(phase + up)
            yield f'<circle fill="#FFC97A" cx="{drift:.1f}" cy="{_BASE - 20 - 225 * up:.1f}" r="{radius:.1f}"/>'


def _path(points: list[tuple[float, float]]) -> str:
    """A smooth curve through all points (Catmull-Rom, written as Bézier segments), closed by a round base."""
    segments = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for i in range(len(points) - 1):
        before, here, there = points[max(i - 1, 0)], points[i], points[i + 1]
        after = points[min(i + 2, len(points) - 1)]
        first = (here[0] + (there[0] - before[0]) / 6, here[1] + (there[1] - before[1]) / 6)
        second = (there[0] - (after[0] - here[0]) / 6, there[1] - (after[1] - here[1]) / 6)
        segments.append("C" + " ".join(f"{x:.1f} {y:.1f}" for x, y in (first, second, there)))
    (left, base), (right, _) = points[0], points[-1]
    segments.append(f"Q{(left + right) / 2:.1f} {base + 14:.1f} {left:.1f} {base:.1f}Z")
    return "".join(segments)


def _rounded(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    (left, base), (right, _) = points[0], points[-1]
    middle, reach = (left + right) / 2, (right - left) / 2
    return points + [(middle + reach * cos(pi * k / 20), base + 9 * sin(pi * k / 20)) for k in range(1, 20)]


def _wave(turns: float) -> float:
    return sin(2 * pi * turns)
